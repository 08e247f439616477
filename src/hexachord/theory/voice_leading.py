"""Voice leading: what a teacher of harmony would mark in four voices, and in any other number.

Voices are rows over time, as in a chorale: one pitch each at each moment, or a rest. Faults are those of every textbook: parallel and
hidden fifths and octaves, crossing and overlapping voices, gaps between neighbours, notes out of a singer's range, leaps nobody sings.
S. Kostka, D. Payne, *Tonal Harmony*, ch. 5; W. Piston, *Harmony*, ch. 3. Bach has some of each: how often is what is compared.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hexachord.arrays import FloatArray, IntArray

REST = -1
SATB = ((60, 81), (53, 76), (48, 69), (38, 64))
"""Lowest and highest note of soprano, alto, tenor and bass, as widely as chorales go: C4–A5, F3–E5, C3–A4, D2–E4."""
SATB_NAMES = ("soprano", "alto", "tenor", "bass")
KINDS = ("parallel fifths", "parallel octaves", "hidden fifths", "hidden octaves", "crossing", "overlap", "spacing", "range", "leap")
_OCTAVE = 12
_LARGEST_LEAP = 9  # a major sixth; an octave is sung too
_TRITONE = 6


class Fault(NamedTuple):
    """What is wrong, from which moment on (the second of two, where it is in a move), and in which voices, the upper first."""

    kind: str
    moment: int
    voices: tuple[int, ...]


def voice_leading_faults(voices: IntArray, *, ranges: Sequence[tuple[int, int]] = SATB, kinds: Sequence[str] = KINDS) -> tuple[Fault, ...]:
    """Mark the faults of a voice setting.

    Parameters
    ----------
    voices : (moments, voices) MIDI numbers, the highest voice first; `REST` where one is silent. A held note is the same number again,
        and so is a struck one: only what moves can move in parallel
    ranges : of each voice; voices beyond them are not asked for theirs
    kinds : what to look for, of `KINDS`:
        *parallel fifths, octaves*: two voices move, in one direction or by octaves, from one perfect fifth (octave, unison) into another;
        *hidden*: the outer voices move in one direction into one, the upper by a leap;
        *crossing*: a voice above its upper neighbour, *overlap*: beyond where that one just was; both once, when they begin;
        *spacing*: more than an octave between neighbours, the lowest pair excepted; *range*: outside a voice's;
        *leap*: more than a major sixth that is no octave, or a tritone

    Returns
    -------
    Faults in order of time

    Examples
    --------
    >>> fifths = np.array([[67, 64, 60, 48], [69, 65, 62, 50]])  # soprano and bass, tenor and bass too: C to D with G to A above
    >>> [fault for fault in voice_leading_faults(fifths) if fault.kind == "parallel fifths"]
    [Fault(kind='parallel fifths', moment=1, voices=(0, 2)), Fault(kind='parallel fifths', moment=1, voices=(0, 3))]
    """
    rows = np.asarray(voices, dtype=np.int64)
    if rows.ndim != 2:
        raise ValueError(f"voices are (moments, voices), not {rows.shape}")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ValueError(f"unknown fault {unknown[0]!r}: expected some of {', '.join(KINDS)}")
    found = [fault for fault in (*_of_moves(rows), *_of_moments(rows, ranges)) if fault.kind in kinds]
    return tuple(sorted(found, key=lambda fault: (fault.moment, KINDS.index(fault.kind), fault.voices)))


def fault_rates(voices: IntArray, *, ranges: Sequence[tuple[int, int]] = SATB) -> dict[str, float]:
    """Count faults of each kind per hundred moments at which any voice moves.

    Examples
    --------
    >>> fault_rates(np.array([[67, 64, 60, 48], [69, 65, 62, 50]]))["parallel octaves"]
    100.0
    """
    rows = np.asarray(voices, dtype=np.int64)
    moves = max(int((rows[1:] != rows[:-1]).any(axis=1).sum()), 1)
    faults = voice_leading_faults(rows, ranges=ranges)
    return {kind: 100.0 * sum(fault.kind == kind for fault in faults) / moves for kind in KINDS}


def voices_of_notes(onset: FloatArray, end: FloatArray, pitch: IntArray, voice: IntArray) -> tuple[FloatArray, IntArray]:
    """Cut notes of numbered voices into moments: where any of them begins or ends a note.

    Parameters
    ----------
    onset, end, pitch : (n,)
    voice : (n,) 0 for the highest; of several notes of one voice at once the highest counts

    Returns
    -------
    (moments,) when each begins, and (moments, voices) pitches with `REST`

    Examples
    --------
    >>> start, rows = voices_of_notes(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([72, 60, 74]), np.array([0, 1, 0]))
    >>> start.tolist(), rows.tolist()
    ([0, 1], [[72, 60], [74, 60]])
    """
    times = np.unique(np.concatenate([onset, end]))[:-1] if len(onset) else np.zeros(0)
    rows = np.full((len(times), int(np.max(voice, initial=-1)) + 1), REST, dtype=np.int64)
    first, last = np.searchsorted(times, onset), np.searchsorted(times, end)
    for a, b, key, line in zip(first, last, pitch, voice, strict=True):
        rows[a:b, line] = np.maximum(rows[a:b, line], key)
    return times, rows


def _of_moves(rows: IntArray) -> list[Fault]:
    found: list[Fault] = []
    if len(rows) < 2:
        return found
    before, after = rows[:-1], rows[1:]
    heard = (before != REST) & (after != REST)
    step = np.where(heard, after - before, 0)
    count = rows.shape[1]
    for upper in range(count):
        leap = (np.abs(step[:, upper]) > _LARGEST_LEAP) & (np.abs(step[:, upper]) != _OCTAVE) | (np.abs(step[:, upper]) == _TRITONE)
        found += [Fault("leap", int(at) + 1, (upper,)) for at in np.flatnonzero(leap)]
        for lower in range(upper + 1, count):
            both = heard[:, upper] & heard[:, lower] & (step[:, upper] != 0) & (step[:, lower] != 0)
            was, now = (before[:, upper] - before[:, lower]) % _OCTAVE, (after[:, upper] - after[:, lower]) % _OCTAVE
            along = both & (np.sign(step[:, upper]) == np.sign(step[:, lower]))
            for interval, name in ((7, "fifths"), (0, "octaves")):
                parallel = both & (was == interval) & (now == interval)
                found += [Fault(f"parallel {name}", int(at) + 1, (upper, lower)) for at in np.flatnonzero(parallel)]
                if (upper, lower) == (0, count - 1):
                    hidden = along & (was != interval) & (now == interval) & (np.abs(step[:, upper]) > 2)
                    found += [Fault(f"hidden {name}", int(at) + 1, (upper, lower)) for at in np.flatnonzero(hidden)]
        if upper + 1 < count:
            lower = upper + 1
            all_heard = heard[:, upper] & heard[:, lower]
            beyond = (after[:, lower] > before[:, upper]) | (after[:, upper] < before[:, lower])
            straight = after[:, upper] >= after[:, lower]  # otherwise it is a crossing
            found += [Fault("overlap", int(at) + 1, (upper, lower)) for at in np.flatnonzero(all_heard & beyond & straight)]
    return found


def _of_moments(rows: IntArray, ranges: Sequence[tuple[int, int]]) -> list[Fault]:
    found: list[Fault] = []
    count = rows.shape[1]
    for voice, (low, high) in zip(range(count), ranges, strict=False):
        out = (rows[:, voice] != REST) & ((rows[:, voice] < low) | (rows[:, voice] > high))
        found += [Fault("range", int(at), (voice,)) for at in _beginnings(out)]
    for upper in range(count - 1):
        heard = (rows[:, upper] != REST) & (rows[:, upper + 1] != REST)
        apart = rows[:, upper] - rows[:, upper + 1]
        found += [Fault("crossing", int(at), (upper, upper + 1)) for at in _beginnings(heard & (apart < 0))]
        if upper + 1 < count - 1:
            found += [Fault("spacing", int(at), (upper, upper + 1)) for at in _beginnings(heard & (apart > _OCTAVE))]
    return found


def _beginnings(wrong: np.ndarray) -> IntArray:
    return np.flatnonzero(wrong & ~np.append(False, wrong[:-1]))
