"""Curves that rise at once and fall slowly: what compressors, gates and limiters listen to."""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray


def decaying_maximum(values: FloatArray, *, decay: float, before: float = 0.0) -> Float64Array:
    """Follow the peaks: ``y[i] = max(x[i], exp(-decay) y[i - 1])``, computed as a running maximum of logarithms.

    Parameters
    ----------
    values : (n,) 0 or more
    decay : fall of the logarithm for each step
    before : the last value before the first

    Examples
    --------
    >>> decaying_maximum(np.array([0.0, 1.0, 0.0, 0.0]), decay=np.log(2)).round(3)
    array([0.  , 1.  , 0.5 , 0.25])
    """
    out = np.empty(values.size)
    limit = max(1, int(600.0 / max(decay, 1e-9)))  # beyond, the logarithm that is added would drown the values
    for first in range(0, values.size, limit):
        piece = values[first : first + limit]
        rise = decay * np.arange(1, piece.size + 1)
        with np.errstate(divide="ignore"):
            raised = np.log(piece.astype(np.float64, copy=False)) + rise
            start = np.log(before)
        out[first : first + limit] = np.exp(np.maximum.accumulate(np.maximum(raised, start)) - rise)
        before = float(out[min(first + limit, values.size) - 1])
    return out
