"""Ornaments among played notes: what a page writes small, or as a sign, and gives no time of its own.

A trill is played as many quick notes and written as one; a grace note is a short one just before its neighbour; a broken chord begins note
by note and is held. Found in one hand at a time, before its notes are put on the grid: no grid has a place for them. (C. Brown, *Classical
and Romantic Performing Practice*, Oxford 1999, chapters 13 and 16, says what pianists make of the signs.)
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray

TRILL, ARPEGGIO = "trill-mark", "arpeggiate"
_TRILL_STROKES, _TRILL_STEP_S, _TRILL_SEMITONES = 6, 0.15, 2
_GRACE_GAP_S, _GRACE_LONGEST_S = (0.04, 0.085), 0.16  # nearer ones are a chord that is not quite together
_GRACE_SHARE = 0.3  # of the time from the main note to the next: a run is no grace note
_GRACE_SEMITONES = 2
_BROKEN_STEP_S, _BROKEN_FROM_S, _BROKEN_NOTES = 0.09, 0.035, 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Ornaments:
    """What stands for what.

    Attributes
    ----------
    main : (n,) the note each one belongs to: itself if it stands on the page at its full size
    is_grace : (n,) whether it is written small before `main`; other notes that belong to another are not written at all
    mark : (n,) name of the sign over it, or ""
    onset_s, offset_s : (n,) of what is written
    """

    main: IntArray
    is_grace: BoolArray
    mark: tuple[str, ...]
    onset_s: Float64Array
    offset_s: Float64Array

    @property
    def written(self) -> IntArray:
        """The notes that stand on the page at their full size."""
        return np.flatnonzero(self.main == np.arange(len(self.main)))


def find_ornaments(onset_s: FloatArray, offset_s: FloatArray, pitch: FloatArray | IntArray, *, hand: IntArray) -> Ornaments:
    """Find trills, grace notes and broken chords.

    Parameters
    ----------
    onset_s, offset_s, pitch, hand : (n,) notes as played, onsets ascending

    Examples
    --------
    >>> onset = np.array([0.0, 0.93, 1.0, 2.0])
    >>> found = find_ornaments(onset, onset + [0.9, 0.08, 0.9, 0.9], np.array([60, 66, 67, 64]), hand=np.ones(4, dtype=int))
    >>> found.main.tolist(), found.is_grace.tolist()
    ([0, 2, 2, 3], [False, True, False, False])
    """
    count = len(onset_s)
    start, end = np.array(onset_s, dtype=np.float64), np.array(offset_s, dtype=np.float64)
    height = np.asarray(pitch, dtype=np.float64)
    main, is_grace, mark = np.arange(count), np.zeros(count, dtype=bool), [""] * count
    for number in np.unique(hand).tolist():
        rows = np.flatnonzero(hand == number)
        for run in _trills(start[rows], height[rows]):
            own = rows[run]
            main[own[1:]], end[own[0]], mark[own[0]] = own[0], end[own].max(), TRILL
        rows = rows[main[rows] == rows]
        for chord in _broken_chords(start[rows], end[rows], height[rows]):
            own = rows[chord]
            start[own] = start[own].mean()
            mark[own[0]] = ARPEGGIO
        for small, large in _graces(start[rows], end[rows], height[rows]):
            if not (mark[rows[small]] or mark[rows[large]]):
                main[rows[small]], is_grace[rows[small]] = rows[large], True
    return Ornaments(main=main, is_grace=is_grace, mark=tuple(mark), onset_s=start, offset_s=end)


def _trills(onset_s: Float64Array, pitch: Float64Array) -> list[IntArray]:
    """Runs of quick notes that alternate between two neighbours, first note first; other notes of the hand may sound below or above."""
    found, taken = list[IntArray](), np.zeros(len(onset_s), dtype=bool)
    for first in range(len(onset_s)):
        if taken[first]:
            continue
        run, last = [first], first
        other: float | None = None
        for index in range(first + 1, len(onset_s)):
            if onset_s[index] - onset_s[last] > _TRILL_STEP_S:
                break
            away = abs(pitch[index] - pitch[first])
            if len(run) % 2 == 1 and 0 < away <= _TRILL_SEMITONES and (other is None or pitch[index] == other):
                other = float(pitch[index])
                run.append(index)
                last = index
            elif len(run) % 2 == 0 and pitch[index] == pitch[first]:
                run.append(index)
                last = index
        if len(run) >= _TRILL_STROKES:
            taken[run] = True
            found.append(np.array(run))
    return found


def _graces(onset_s: Float64Array, end_s: Float64Array, pitch: Float64Array) -> list[tuple[int, int]]:
    """Pairs of a short note and the one that it leans on."""
    moments = np.append(onset_s, np.inf)
    found = list[tuple[int, int]]()
    for small, large in pairwise(range(len(onset_s))):
        gap = onset_s[large] - onset_s[small]
        before = onset_s[small] - moments[small - 1] if small else np.inf
        short = _GRACE_GAP_S[0] < gap < _GRACE_GAP_S[1] and end_s[small] - onset_s[small] < max(_GRACE_LONGEST_S, 1.5 * gap)
        near = 0 < abs(pitch[large] - pitch[small]) <= _GRACE_SEMITONES
        alone = before > 1.5 * gap and gap < _GRACE_SHARE * (moments[large + 1] - onset_s[large])
        if short and near and alone and end_s[small] < onset_s[large] + 0.03:
            found.append((small, large))
    return found


def _broken_chords(onset_s: Float64Array, end_s: Float64Array, pitch: Float64Array) -> list[IntArray]:
    """Notes that begin one after another upwards, and all are held when the last begins."""
    found = list[IntArray]()
    first = 0
    for index in range(1, len(onset_s) + 1):
        goes_on = index < len(onset_s) and onset_s[index] - onset_s[index - 1] < _BROKEN_STEP_S and pitch[index] > pitch[index - 1]
        if goes_on:
            continue
        chord = np.arange(first, index)
        spread = onset_s[chord[-1]] - onset_s[chord[0]]
        if len(chord) >= _BROKEN_NOTES and spread > _BROKEN_FROM_S and bool((end_s[chord] > onset_s[chord[-1]] + 0.1).all()):
            found.append(chord)
        first = index
    return found
