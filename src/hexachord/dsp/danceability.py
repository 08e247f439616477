"""How danceable a recording is: whether its level moves to a steady pulse, or strays as speech and weather do.

Detrended fluctuation analysis asks how far the accumulated level strays from a line within windows of growing length. Peng et al.,
*Mosaic organization of DNA nucleotides*, Physical Review E 49(2), 1994; for music, Streich and Herrera, *Detrended fluctuation analysis of
music signals: danceability estimation and further semantic characterization*, AES 118, 2005.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray

_SHORTEST_S, _LONGEST_S, _GROWTH = 0.31, 8.8, 1.1
_MOST = 3.0
_OVERLAP = 4  # windows start every quarter of their length


def fluctuation_exponents(series: FloatArray, lengths: FloatArray) -> Float64Array:
    """Measure how the residue of a walk grows with the window's length.

    Parameters
    ----------
    series : (n,) the walk's steps
    lengths : (m,) windows, whole numbers of steps, ascending, from 4 to n

    Returns
    -------
    (m - 1,) exponents between successive lengths: 0.5 for white noise, 1 for pink, 1.5 for a random walk, near 0 for a periodic series

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal(20000)
    >>> round(float(fluctuation_exponents(noise, np.array([16, 64, 256])).mean()), 1)
    0.5
    """
    steps = np.asarray(series, dtype=np.float64)
    walk = np.cumsum(steps - steps.mean()) if len(steps) else steps
    residue = np.array([_residue(walk, int(length)) for length in lengths])
    growth = np.log(np.maximum(residue, 1e-30))
    return np.asarray(np.diff(growth) / np.diff(np.log(np.asarray(lengths, dtype=np.float64))))


def danceability(level: FloatArray, *, hop_s: float) -> float:
    """Say how danceable a recording is: the inverse of its mean exponent, from about 0.5 (strays) to 3 (steady as a machine).

    Parameters
    ----------
    level : (moments,) standard deviation of the samples of each moment of 10 ms
    hop_s : seconds from moment to moment

    Returns
    -------
    0 to 3; 0 for silence and for recordings too short to tell
    """
    lengths: list[int] = []
    length_s = _SHORTEST_S
    while length_s <= _LONGEST_S:
        length = round(length_s / hop_s)
        if length >= 4 and 2 * length <= len(level) and length not in lengths:
            lengths.append(length)
        length_s *= _GROWTH
    if len(lengths) < 3 or not float(np.ptp(level)) > 0:
        return 0.0
    mean = float(fluctuation_exponents(level, np.array(lengths)).mean())
    return float(np.clip(1.0 / max(mean, 1.0 / _MOST), 0.0, _MOST))


def _residue(walk: Float64Array, length: int) -> float:
    """Root mean square of what a line leaves of each window."""
    windows = np.lib.stride_tricks.sliding_window_view(walk, length)[:: max(1, length // _OVERLAP)]
    time = np.arange(length) - (length - 1) / 2
    squared = 0.0
    step = max(1, (1 << 22) // length)
    for first in range(0, len(windows), step):
        part = windows[first : first + step]
        part = part - part.mean(axis=1, keepdims=True)
        slope = part @ time / float(time @ time)
        squared += float(np.einsum("ij,ij->", part, part) - np.sum(slope * slope) * float(time @ time))
    return float(np.sqrt(max(squared, 0.0) / (len(windows) * length)))
