"""How a spectrum is shaped beyond its moments: crest, entropy, flatness of bands, roll-off, brightness, flux, tonal power, peaks.

Each function takes a spectrogram and gives one number (or one per band) for each frame; silence is 0. Peeters, *A large set of audio
features for sound description*, IRCAM, 2004, §6; Lerch, *An Introduction to Audio Content Analysis*, 2012, §3.3; ISO/IEC 15938-4 (MPEG-7
audio), flatness in bands; Laurier et al., *Audio music mood classification using support vector machine*, MIREX 2007 (complexity);
Gouyon and Herrera, *Exploration of techniques for automatic labeling of audio drum tracks' instruments*, MOSART 2001 (strong peak).
"""

import itertools
from collections.abc import Sequence

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray

_COMPLEX_PEAK = 0.005  # of a frame's largest magnitude: a full-scale sine's window leaves no side lobe above it


def crest(values: FloatArray) -> Float64Array:
    """Largest value of each row over its mean: 1 for a flat row.

    Examples
    --------
    >>> crest(np.array([[1.0, 1.0], [0.0, 4.0], [0.0, 0.0]]))
    array([1., 2., 0.])
    """
    return _over(values.max(axis=1), values.mean(axis=1, dtype=np.float64))


def flatness_of_logs(log_values: FloatArray) -> Float64Array:
    """Geometric over arithmetic mean of each row, given its natural logarithms: 1 for a flat row."""
    top = log_values.max(axis=1, keepdims=True)  # keeps the exponentials in range
    below = log_values - top
    return np.asarray(np.exp(below.mean(axis=1, dtype=np.float64)) / np.exp(below).mean(axis=1, dtype=np.float64))


def entropy(values: FloatArray, log_values: FloatArray | None = None) -> Float64Array:
    """Shannon entropy of each row as a distribution, over that of a flat one: 0 for a single line, 1 for white.

    Parameters
    ----------
    values : (frames, bins) non-negative
    log_values : their natural logarithms (finite where a value is 0), if at hand

    Examples
    --------
    >>> entropy(np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 0.0, 0.0, 0.0]])).round(6) + 0.0
    array([1., 0.])
    """
    if log_values is None:
        log_values = np.log(np.maximum(values, np.finfo(values.dtype).tiny))
    total = values.sum(axis=1, dtype=np.float64)
    heard = total > 0
    safe = np.where(heard, total, 1.0)
    weighed = np.einsum("ij,ij->i", values, log_values) / safe
    return np.where(heard, (np.log(safe) - weighed) / np.log(max(2, values.shape[1])), 0.0)


def rolloff_hz(magnitude: FloatArray, *, rate_hz: float, parts: Sequence[float] = (0.85, 0.95)) -> Float64Array:
    """Find the frequencies below which given parts of the magnitude lie: (frames, parts).

    Examples
    --------
    >>> rolloff_hz(np.array([[0.0, 1.0, 0.0, 1.0, 0.0]]), rate_hz=8, parts=(0.4, 0.6))
    array([[1., 3.]])
    """
    below = np.cumsum(magnitude, axis=1)
    step_hz = rate_hz / (2 * (magnitude.shape[1] - 1))
    heard = below[:, -1] > 0
    edges = [np.argmax(below >= magnitude.dtype.type(part) * below[:, -1:], axis=1) for part in parts]
    return np.stack([np.where(heard, edge * step_hz, 0.0) for edge in edges], axis=1)


def share_above(values: FloatArray, first_bin: int) -> Float64Array:
    """Part of each row's sum that lies in `first_bin` and above: brightness, when the row is a spectrum.

    Examples
    --------
    >>> share_above(np.array([[1.0, 2.0, 1.0]]), 2)
    array([0.25])
    """
    return _over(values[:, first_bin:].sum(axis=1, dtype=np.float64), values.sum(axis=1, dtype=np.float64))


def flux(magnitude: FloatArray, before: FloatArray | None = None, *, unit_length: bool = True) -> Float64Array:
    """Distance of each spectrum from the one before it.

    Parameters
    ----------
    magnitude : (frames, bins)
    before : (bins,) the spectrum before the first; without it the first frame's flux is 0
    unit_length : bring spectra to unit length first, so that loudness does not count: 0 to 1.41

    Examples
    --------
    >>> flux(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])).round(3)
    array([0.   , 0.   , 1.414])
    """
    rows = np.concatenate([magnitude[:1] if before is None else before[None, :], magnitude])
    if unit_length:
        size = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
        rows = rows / np.where(size > 0, size, 1)
    rise = np.diff(rows, axis=0)
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rise, rise)), dtype=np.float64)


def local_peaks(magnitude: FloatArray) -> BoolArray:
    """Mark the bins that are higher than the one below and no lower than the one above; never the first or the last bin."""
    marks = np.zeros(magnitude.shape, dtype=np.bool_)
    middle = magnitude[:, 1:-1]
    np.logical_and(middle > magnitude[:, :-2], middle >= magnitude[:, 2:], out=marks[:, 1:-1])
    return marks


def tonal_power_ratio(power: FloatArray, peaks: BoolArray) -> Float64Array:
    """Power in the spectrum's peaks over all its power: high for tones, low for noise. Lerch 2012, §3.3.3.

    Examples
    --------
    >>> power = np.array([[0.0, 3.0, 0.0, 1.0, 1.0]])
    >>> tonal_power_ratio(power, local_peaks(power))
    array([0.8])
    """
    return _over(np.einsum("ij,ij->i", power, peaks), power.sum(axis=1, dtype=np.float64))


def spectral_complexity(magnitude: FloatArray, peaks: BoolArray, *, last_bin: int | None = None) -> Float64Array:
    """Count the peaks above half a percent of the frame's largest magnitude (up to `last_bin`). Laurier et al. 2007."""
    part = slice(0, last_bin)
    strong = magnitude[:, part] > _COMPLEX_PEAK * magnitude[:, part].max(axis=1, keepdims=True)
    return np.asarray(np.count_nonzero(peaks[:, part] & strong, axis=1), dtype=np.float64)


def strong_peak(magnitude: FloatArray) -> Float64Array:
    """Height of the highest peak over its width in octaves, at half its height: sharp lone peaks score high. Gouyon and Herrera 2001."""
    frames, bins = magnitude.shape
    rows = np.arange(frames)
    summit = magnitude[:, 1:].argmax(axis=1) + 1
    height = magnitude[rows, summit].astype(np.float64)
    reach = min(32, bins - 1)  # a broader bump is no peak
    steps = np.arange(reach + 1)
    upper = magnitude[rows[:, None], np.minimum(summit[:, None] + steps, bins - 1)] < 0.5 * height[:, None]
    lower = magnitude[rows[:, None], np.maximum(summit[:, None] - steps, 0)] < 0.5 * height[:, None]
    above = np.where(upper.any(axis=1), upper.argmax(axis=1), reach)
    below = np.where(lower.any(axis=1), lower.argmax(axis=1), reach)
    width = np.log2((summit + above) / np.maximum(summit - below, 0.5))
    return _over(_over(height, magnitude.mean(axis=1, dtype=np.float64)), width)


def band_flatness(log_values: FloatArray, edges: Sequence[int]) -> Float64Array:
    """Flatness of each band between successive bin numbers: (frames, bands)."""
    return np.stack([flatness_of_logs(log_values[:, a:b]) for a, b in itertools.pairwise(edges)], axis=1)


def _over(above: FloatArray, below: FloatArray) -> Float64Array:
    return np.asarray(np.divide(above, below, out=np.zeros(len(below), dtype=np.float64), where=below > 0))
