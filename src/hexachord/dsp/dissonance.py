"""How rough a sound is: partials close together beat.

Plomp and Levelt, *Tonal consonance and critical bandwidth*, JASA 38, 1965; Sethares, *Local consonance and the relationship between timbre
and scale*, JASA 94(3), 1993 (the curve as two exponentials); Vassilakis, *Perceptual and physical properties of amplitude fluctuation and
their musical significance*, PhD thesis, UCLA 2001 (weights by amplitude fluctuation).
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray

_NEAR, _FAR = 3.5, 5.75  # Sethares' exponents
_WORST = float((_NEAR / _FAR) ** (_NEAR / (_FAR - _NEAR)) - (_NEAR / _FAR) ** (_FAR / (_FAR - _NEAR)))  # height of the curve


def beating(first_hz: FloatArray, second_hz: FloatArray) -> FloatArray:
    """How much two partials disturb each other: 0 in unison, highest a quarter of a critical band apart (0.18), 0 again far apart.

    Examples
    --------
    >>> beating(np.array([440.0, 440.0, 440.0]), np.array([440.0, 470.0, 660.0])).round(3)
    array([0.   , 0.179, 0.001])
    """
    lower = np.minimum(first_hz, second_hz)
    distance = np.abs(first_hz - second_hz) * (0.24 / (0.0207 * lower + 18.96))
    decay: FloatArray = np.exp(-_NEAR * distance) - np.exp(-_FAR * distance)
    return decay


def dissonance(hz: FloatArray, amplitude: FloatArray) -> Float64Array:
    """Mean beating of all pairs of partials, weighted by the product of their amplitudes; 1 if all were as far apart as beats worst.

    Parameters
    ----------
    hz, amplitude : (frames, partials); partials of amplitude 0 do not count

    Returns
    -------
    (frames,) 0 to 1; level does not matter
    """
    first, second = np.triu_indices(hz.shape[1], 1)
    weight = amplitude[:, first] * amplitude[:, second]
    total = weight.sum(axis=1, dtype=np.float64)
    sum_: Float64Array = np.einsum("ij,ij->i", weight, beating(hz[:, first], hz[:, second])).astype(np.float64)
    return np.asarray(np.divide(sum_, total * _WORST, out=np.zeros_like(total), where=total > 0))


def roughness(hz: FloatArray, amplitude: FloatArray) -> Float64Array:
    """Sum the roughness of all pairs of partials: (a b)^0.1 / 2 * (2 min / (a + b))^3.11 * beating. Vassilakis 2001, eq. 6.23.

    Parameters
    ----------
    hz, amplitude : (frames, partials); partials of amplitude 0 do not count

    Returns
    -------
    (frames,)
    """
    first, second = np.triu_indices(hz.shape[1], 1)
    tenth: Float32Array = np.power(np.maximum(amplitude, 0), 0.1, dtype=np.float32)
    a, b = amplitude[:, first], amplitude[:, second]
    both = (a > 0) & (b > 0)
    depth = 2 * np.minimum(a, b) / np.where(both, a + b, 1)
    degree = np.exp(3.11 * np.log(np.where(both, depth, 1)))
    pairs = 0.5 * tenth[:, first] * tenth[:, second] * degree * beating(hz[:, first], hz[:, second])
    return np.asarray(np.where(both, pairs, 0).sum(axis=1, dtype=np.float64))
