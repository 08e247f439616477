"""Halving the sample rate, exactly the same in blocks as in one go.

A half-band filter (cut-off at a quarter of the sample rate, every second tap zero) followed by dropping every second sample. Its finite,
symmetric response makes any stretch of the output a function of a known stretch of the input, so an analysis can descend a pyramid of
rates anywhere in a file. Kaiser's window method; Vaidyanathan, *Multirate Systems and Filter Banks*, 1993, §4.6.2.

What passes: below an eighth of the input's rate (half of the new Nyquist frequency) the response is flat, and what folds back into that
range is suppressed, both to 1e-5. Above, up to the new Nyquist frequency, is the transition: callers must not look there.
"""

from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.frames import frame_view

REACH = 15  # input samples on each side that one output sample depends on
_KAISER_BETA = 11.0  # 110 dB with a transition of a quarter of the rate
_TILE = 32  # output samples per row of the product; fastest of 8 to 128


def halve_rate(samples: FloatArray) -> Float32Array:
    """Low-pass and drop every second sample, keeping only outputs whose whole support is given.

    Parameters
    ----------
    samples : (n,) float array, n >= 31; sample `REACH` is where the first output sits

    Returns
    -------
    ((n - 31) // 2 + 1,) float32: output `j` is centred on input `REACH + 2 * j`

    Examples
    --------
    >>> halve_rate(np.ones(41, dtype=np.float32)).round(4)
    array([1., 1., 1., 1., 1., 1.], dtype=float32)
    """
    count = (samples.shape[0] - 2 * REACH - 1) // 2 + 1
    if count < 1:
        return np.zeros(0, dtype=np.float32)
    side_taps, toeplitz = _filters()
    # The centre tap meets the even phase, all others the odd one: 16 products for an output instead of 31. They are done as one matrix
    # product over rows of 32 outputs, which is faster than a convolution because the matrix library keeps everything in registers.
    rows = -(-count // _TILE)
    odd = np.zeros(rows * _TILE + len(side_taps) - 1, dtype=np.float32)
    odd[: count + len(side_taps) - 1] = samples[0 : 2 * (count + len(side_taps) - 1) : 2]
    out = np.asarray(frame_view(odd, frame_length=len(toeplitz), hop=_TILE) @ toeplitz, dtype=np.float32).reshape(-1)[:count]
    out += np.float32(0.5) * samples[REACH : REACH + 2 * count - 1 : 2].astype(np.float32, copy=False)
    return out


@lru_cache(maxsize=1)
def _filters() -> tuple[Float32Array, Float32Array]:
    offsets = np.arange(-REACH, REACH + 1)
    taps = 0.5 * np.sinc(offsets / 2) * np.kaiser(len(offsets), _KAISER_BETA)
    side = taps[::2]
    side *= 0.5 / side.sum()  # with the centre's 0.5: unit gain at zero frequency
    toeplitz = np.zeros((_TILE + len(side) - 1, _TILE))
    for j in range(_TILE):
        toeplitz[j : j + len(side), j] = side
    return side.astype(np.float32), toeplitz.astype(np.float32)
