"""The strongest partials of each spectrum, as matrices: what dissonance, roughness, irregularity and pitch-class profiles look at."""

import numpy as np

from hexachord.arrays import Float32Array, FloatArray, IntArray
from hexachord.dsp.spectral_measures import local_peaks


def strongest_partials(
    magnitude: FloatArray, *, rate_hz: float, count: int = 20, low_hz: float = 20.0, high_hz: float = 5000.0
) -> tuple[Float32Array, Float32Array]:
    """Find the highest peaks of each spectrum, between the bins.

    Parameters
    ----------
    magnitude : (frames, n_fft // 2 + 1)
    rate_hz : of the signal
    count : most partials per frame
    low_hz, high_hz : where to look

    Returns
    -------
    frequencies in Hz, amplitudes : (frames, count) float32, each row by ascending frequency; what is not filled is 0. Frequency and height
    are those of a parabola through the logarithms of three bins (Smith and Serra, *PARSHL*, ICMC 1987).

    Examples
    --------
    >>> from hexachord.dsp.stft import stft
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(4096) / 22050)
    >>> hz, _ = strongest_partials(np.abs(stft(tone)), rate_hz=22050, count=1)
    >>> hz[4].round(1)
    array([439.9], dtype=float32)
    """
    frames, bins = magnitude.shape
    width_hz = rate_hz / (2 * (bins - 1))
    first, stop = max(int(low_hz / width_hz), 1), min(int(high_hz / width_hz) + 2, bins)
    hz, amplitude = np.zeros((2, frames, count), dtype=np.float32)
    if stop - first < 3:
        return hz, amplitude
    part = magnitude[:, first:stop]
    heights = np.where(local_peaks(part), part, 0)
    weakest = np.sort(heights, axis=1)[:, -min(count, heights.shape[1])]
    row, column = np.nonzero((heights >= np.maximum(weakest, 1e-7)[:, None]) & (heights > 0))
    place = running_number(row, frames)
    fits = place < count  # equal heights may make a row longer
    row, column, place = row[fits], column[fits], place[fits]
    left, peak, right = (np.log(np.maximum(part[row, column + step], 1e-12)) for step in (-1, 0, 1))
    curvature = left - 2 * peak + right
    offset = np.where(curvature < 0, 0.5 * (left - right) / np.where(curvature < 0, curvature, -1), 0)
    hz[row, place] = (column + first + offset) * width_hz
    amplitude[row, place] = np.exp(peak - 0.25 * (left - right) * offset)
    return hz, amplitude


def running_number(rows: IntArray, count: int) -> IntArray:
    """Number the entries of each row from 0, rows ascending.

    Examples
    --------
    >>> running_number(np.array([0, 0, 2, 2, 2]), 3)
    array([0, 1, 0, 1, 2])
    """
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))[:-1]])
    return np.asarray(np.arange(len(rows)) - starts[rows])


def keep_strongest(hz: FloatArray, amplitude: FloatArray, count: int, *, part: float = 0.03) -> tuple[Float32Array, Float32Array]:
    """Keep the strongest `count` partials of each row, in their order and from the first place on.

    Parameters
    ----------
    hz, amplitude : (frames, partials), 0 where there is none
    count : most partials per frame
    part : of the row's strongest that a partial must reach; the side lobes of a Hann window reach 0.027

    Returns
    -------
    hz, amplitude : (frames, count) float32

    Examples
    --------
    >>> keep_strongest(np.array([[100.0, 200.0, 300.0]]), np.array([[0.01, 1.0, 0.5]]), 3)[0]
    array([[200., 300.,   0.]], dtype=float32)
    """
    frames = len(hz)
    kept_hz, kept = np.zeros((2, frames, count), dtype=np.float32)
    if amplitude.shape[1] == 0:
        return kept_hz, kept
    ordered = np.sort(amplitude, axis=1)
    weakest = np.maximum(ordered[:, -min(count, ordered.shape[1])], part * ordered[:, -1])
    row, column = np.nonzero((amplitude >= weakest[:, None]) & (amplitude > 0))
    place = running_number(row, frames)
    fits = place < count
    row, column, place = row[fits], column[fits], place[fits]
    kept_hz[row, place], kept[row, place] = hz[row, column], amplitude[row, column]
    return kept_hz, kept
