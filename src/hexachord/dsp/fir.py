"""Finite filters: a response from a wish about its magnitude, and filtering block by block.

A minimum-phase response answers as early as its magnitude allows; its logarithm has no part before time zero, so it follows from the
magnitude alone by folding the cepstrum (Oppenheim & Schafer, *Discrete-Time Signal Processing*, §13.4).
"""

import numpy as np
from scipy import fft

from hexachord.arrays import Float32Array, Float64Array, FloatArray

_SHORT = 256  # taps that are cheap even in double precision


def minimum_phase(magnitude: FloatArray, *, taps: int) -> Float64Array:
    """Find the earliest response of a given magnitude, cut to length with a soft end.

    Parameters
    ----------
    magnitude : (2**k + 1,) values above 0, from 0 Hz to the Nyquist frequency
    taps : how many of its samples to keep

    Examples
    --------
    >>> minimum_phase(np.full(65, 2.0), taps=3)
    array([2., 0., 0.])
    """
    cepstrum = fft.irfft(np.log(np.maximum(magnitude, 1e-6)))
    half = cepstrum.size // 2
    cepstrum[1:half] *= 2
    cepstrum[half + 1 :] = 0
    response = fft.irfft(np.exp(fft.rfft(cepstrum)))[:taps]
    end = taps // 4
    response[taps - end :] *= np.square(np.cos(0.5 * np.pi * (np.arange(end) + 1) / (end + 1)))
    return np.asarray(response.round(12) + 0.0)


class Fir:
    """A finite filter that remembers the end of the last block; all channels go through the same one.

    Examples
    --------
    >>> echo = Fir(np.array([1.0, 0.0, 0.5]), channels=1)
    >>> echo(np.ones((1, 3), np.float32)).round(3), echo(np.zeros((1, 3), np.float32)).round(3) + 0.0
    (array([[1. , 1. , 1.5]], dtype=float32), array([[0.5, 0.5, 0. ]], dtype=float32))
    """

    def __init__(self, taps: FloatArray, *, channels: int) -> None:
        precision = np.float64 if len(taps) <= _SHORT else np.float32  # rounding depends on the cuts, and what follows may amplify it
        self._taps = np.asarray(taps, dtype=precision)[np.newaxis]
        self._past = np.zeros((channels, self._taps.size - 1), dtype=precision)

    def __call__(self, block: Float32Array) -> Float32Array:
        """Filter the next ``(channels, n)`` frames."""
        from scipy.signal import oaconvolve

        if not block.shape[1]:
            return block
        joined = np.concatenate([self._past, block], axis=1, dtype=self._past.dtype)
        self._past = joined[:, joined.shape[1] - self._past.shape[1] :]
        return np.asarray(oaconvolve(joined, self._taps, mode="valid", axes=1), dtype=np.float32)
