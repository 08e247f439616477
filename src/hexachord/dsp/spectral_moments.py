"""Where a spectrum's weight lies: centroid, spread, skewness, kurtosis, slope, decrease, a fitted line, the weight of the highs.

Everything here is linear in the spectrum up to a last division, so that a whole spectrogram takes one matrix product. Peeters, *A large
set of audio features for sound description*, IRCAM, 2004, §6.1; Lerch, *An Introduction to Audio Content Analysis*, 2012, §3.3; Masri and
Bateman, *Improved modelling of attack transients in music analysis-resynthesis*, ICMC 1996 (high-frequency content).
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray

_NARROW = 1e-10  # a variance below this, on an axis from 0 to 1, is a single line: it has no shape


class Moments(NamedTuple):
    """Each (frames,) float64; zeros where there is no weight.

    `centroid` and `spread` are in the units of the axis, `skewness` and `kurtosis` (3 for a bell) have none.
    """

    centroid: Float64Array
    spread: Float64Array
    skewness: Float64Array
    kurtosis: Float64Array


def weighted_moments(weights: FloatArray, axis: FloatArray) -> Moments:
    """Take mean, standard deviation, skewness and kurtosis of an axis under each row of weights.

    Parameters
    ----------
    weights : (frames, bins) non-negative: magnitudes, powers or bands
    axis : (bins,) what the bins stand for: Hz, Bark, numbers

    Examples
    --------
    >>> found = weighted_moments(np.array([[1.0, 2.0, 1.0]]), np.array([100.0, 200.0, 300.0]))
    >>> found.centroid, found.spread.round(3), found.skewness, found.kurtosis
    (array([200.]), array([70.711]), array([0.]), array([2.]))
    """
    low, span = float(axis[0]), max(float(axis[-1] - axis[0]), 1e-30)
    position = (np.asarray(axis, dtype=np.float64) - low) / span  # from 0 to 1, so that high powers keep their digits
    raw = weights.astype(np.float64, copy=False) @ np.stack([position**order for order in range(5)], axis=1)
    heard = raw[:, 0] > 0
    total = np.where(heard, raw[:, 0], 1.0)
    m1, m2, m3, m4 = (raw[:, order] / total for order in range(1, 5))
    variance = np.maximum(m2 - m1**2, 0.0)
    shaped = variance > _NARROW
    safe = np.where(shaped, variance, 1.0)
    third = m3 - 3 * m1 * m2 + 2 * m1**3
    fourth = m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4
    return Moments(
        np.where(heard, m1 * span + low, 0.0),
        np.sqrt(variance) * span,
        np.where(shaped, third / safe**1.5, 0.0),
        np.where(shaped, fourth / safe**2, 0.0),
    )


def spectral_slope(magnitude: FloatArray, *, rate_hz: float) -> Float64Array:
    """Fit a line to each spectrum of unit sum: its slope per Hz, negative where the bass prevails. Peeters 2004, §6.1.3.

    Examples
    --------
    >>> bool(spectral_slope(np.array([[4.0, 3.0, 2.0, 1.0, 0.0]]), rate_hz=8) < 0)
    True
    """
    line = line_fit(magnitude, rate_hz=rate_hz)[:, 0]
    total = magnitude.sum(axis=1, dtype=np.float64)
    return np.asarray(np.divide(line, total, out=np.zeros_like(total), where=total > 0))


def line_fit(magnitude: FloatArray, *, rate_hz: float, order: int = 1) -> Float64Array:
    """Fit a polynomial of the frequency in Hz to each spectrum: (frames, order + 1), highest power first; `poly_features` of librosa.

    Examples
    --------
    >>> line_fit(np.array([[1.0, 3.0, 5.0]]), rate_hz=4).round(6)  # bins at 0, 1 and 2 Hz
    array([[2., 1.]])
    """
    bins = magnitude.shape[1]
    scale = rate_hz / 2
    position = np.linspace(0.0, 1.0, bins)
    fit = np.linalg.pinv(np.vander(position, order + 1)).T / scale ** np.arange(order, -1, -1)
    return np.asarray(magnitude.astype(np.float64, copy=False) @ fit)


def spectral_decrease(magnitude: FloatArray) -> Float64Array:
    """Weigh how the spectrum falls from its lowest bin, near bins more: sum (a_k - a_0) / k over sum a_k. Peeters 2004, §6.1.4.

    Examples
    --------
    >>> spectral_decrease(np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 1.0]]))
    array([ 0. , -1.5])
    """
    nearness = np.zeros(magnitude.shape[1])
    nearness[1:] = 1.0 / np.arange(1, magnitude.shape[1])
    fall = magnitude @ nearness.astype(magnitude.dtype) - magnitude[:, 0] * magnitude.dtype.type(nearness.sum())
    rest = magnitude[:, 1:].sum(axis=1, dtype=np.float64)
    return np.asarray(np.divide(fall, rest, out=np.zeros_like(rest), where=rest > 0))


def high_frequency_content(power: FloatArray) -> Float64Array:
    """Weigh each bin's power by its number: large at attacks. Masri and Bateman 1996.

    Examples
    --------
    >>> high_frequency_content(np.array([[1.0, 1.0, 2.0]]))
    array([5.])
    """
    return np.asarray(power @ np.arange(power.shape[1], dtype=power.dtype), dtype=np.float64)
