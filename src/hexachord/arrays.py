"""Names for the array types that signatures speak of."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]  # any float width: functions keep what they are given
Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]
ComplexArray = NDArray[np.complexfloating[Any, Any]]
UInt8Array = NDArray[np.uint8]
IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]
StructuredArray = NDArray[np.void]
