"""Phrases of a melody: boundaries where time, pitch or silence makes a gap that is large against its neighbours.

The local boundary detection model: E. Cambouropoulos, "The local boundary detection model (LBDM) and its application in the study of
expressive timing", ICMC 2001. Each interval (of pitch, of time from onset to onset, of rest) gets a strength: its size times how much it
changes from and to its neighbours; the three are weighted one to two to one, and phrases begin at peaks.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

_WEIGHTS = (0.25, 0.5, 0.25)  # pitch, onset to onset, rest
_PEAK = 1.2  # standard deviations above the mean
_LEAST_NOTES = 4
_TOGETHER = 1e-6


def top_line(onset: FloatArray, pitch: IntArray) -> IntArray:
    """Pick the melody that the highest notes make: of each onset the highest (the skyline).

    A. Uitdenbogerd, J. Zobel, "Manipulation of music for melody matching", ACM Multimedia 1998.

    Returns
    -------
    (m,) indices into the notes, by onset

    Examples
    --------
    >>> top_line(np.array([0.0, 0.0, 1.0]), np.array([60, 67, 64])).tolist()
    [1, 2]
    """
    order = np.lexsort((np.asarray(pitch), np.asarray(onset)))
    last = np.append(np.diff(np.asarray(onset)[order]) > _TOGETHER, True)[: len(order)]
    return np.asarray(order[last])


def boundary_strength(onset: FloatArray, end: FloatArray, pitch: IntArray) -> Float64Array:
    """Measure how much each note of a melody begins something new.

    Parameters
    ----------
    onset, end, pitch : (n,) one note at a time, ascending; any unit of time

    Returns
    -------
    (n,) in [0, 1]; 0 for the first

    Examples
    --------
    >>> strength = boundary_strength(np.array([0, 1, 2, 5, 6, 7]), np.array([1, 2, 3, 6, 7, 8]), np.array([60, 62, 64, 60, 62, 64]))
    >>> int(strength.argmax())
    3
    """
    count = len(onset)
    if count < 2:
        return np.zeros(count)
    start, stop, key = (np.asarray(column, dtype=np.float64) for column in (onset, end, pitch))
    gaps = np.abs(np.diff(key)), np.diff(start), np.maximum(start[1:] - stop[:-1], 0.0)
    strength = sum(weight * _profile(gap) for weight, gap in zip(_WEIGHTS, gaps, strict=True))
    return np.concatenate([[0.0], strength])


def phrase_starts(onset: FloatArray, end: FloatArray, pitch: IntArray, *, least_notes: int = _LEAST_NOTES) -> IntArray:
    """Find the notes of a melody with which phrases begin.

    Parameters
    ----------
    onset, end, pitch : see `boundary_strength`
    least_notes : of a phrase

    Returns
    -------
    (phrases,) indices, the first note among them; empty if there are no notes

    Examples
    --------
    >>> onset = np.concatenate([np.arange(6.0), 8 + np.arange(6.0), 16 + np.arange(6.0)])
    >>> phrase_starts(onset, onset + 1, np.tile([60, 62, 64, 65, 64, 62], 3)).tolist()
    [0, 6, 12]
    """
    if not len(onset):
        return np.zeros(0, dtype=np.int64)
    strength = boundary_strength(onset, end, pitch)
    least = float(strength.mean() + _PEAK * strength.std())
    peak = (strength >= np.append(strength[1:], 0.0)) & (strength > np.append(0.0, strength[:-1])) & (strength > least)
    starts = [0]
    for at in np.flatnonzero(peak):
        if at - starts[-1] >= least_notes and len(strength) - at >= least_notes:
            starts.append(int(at))
    return np.array(starts, dtype=np.int64)


def _profile(gap: Float64Array) -> Float64Array:
    """Strength of each interval: its size times the degrees of change on both sides, scaled to 1."""
    total = gap[1:] + gap[:-1]
    change = np.divide(np.abs(np.diff(gap)), total, out=np.zeros(len(total)), where=total > 0)
    strength = gap * (np.append(0.0, change) + np.append(change, 0.0))
    return np.asarray(strength / max(float(strength.max(initial=0.0)), 1e-12))
