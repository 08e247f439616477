"""Small learnt tables: arrays that a script in ``training/`` fitted, stored as .npz beside the code.

For models of a few hundred kilobytes at most, whose inference is a handful of matrix products in numpy. Networks live in ONNX instead.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

import numpy as np

from hexachord.arrays import FloatArray


@lru_cache(maxsize=16)
def load_table(name: str) -> Mapping[str, FloatArray]:
    """Load the arrays of ``models/weights/NAME.npz`` as float32, once per process.

    Parameters
    ----------
    name : without the ending

    Returns
    -------
    A read-only mapping from array name to read-only array.

    Raises
    ------
    FileNotFoundError : if the installation has no such table, which is a bug of the package.
    """
    source = resources.files("hexachord.models") / "weights" / f"{name}.npz"
    arrays: dict[str, FloatArray] = {}
    with source.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        for key in stored.files:
            array = stored[key].astype(np.float32)
            array.setflags(write=False)
            arrays[key] = array
    return MappingProxyType(arrays)
