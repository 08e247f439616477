"""Musical time and clock time: ticks ↔ seconds, ticks ↔ bars and beats.

The tempo map is piecewise constant, as in MIDI; conversion is exact interpolation between its corners, vectorised over arrays.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.score.model import DEFAULT_QUARTER_BPM, Bar, MetreMark, Score, TempoMark

_COMMON_TIME = MetreMark(0, 4, 4)


@dataclass(frozen=True)
class TempoMap:
    """Corners of the tick → second line, and its last slope."""

    corner_ticks: Float64Array
    corner_s: Float64Array
    seconds_per_tick: Float64Array  # from each corner on

    def seconds(self, ticks: IntArray | FloatArray | int) -> Float64Array:
        """Clock time of ticks, any shape."""
        at = np.asarray(ticks, dtype=np.float64)
        index = np.clip(np.searchsorted(self.corner_ticks, at, side="right") - 1, 0, None)
        return np.asarray(self.corner_s[index] + (at - self.corner_ticks[index]) * self.seconds_per_tick[index])

    def ticks(self, seconds: FloatArray | float) -> Float64Array:
        """Fractional ticks of clock times; the caller rounds."""
        at = np.asarray(seconds, dtype=np.float64)
        index = np.clip(np.searchsorted(self.corner_s, at, side="right") - 1, 0, None)
        return np.asarray(self.corner_ticks[index] + (at - self.corner_s[index]) / self.seconds_per_tick[index])


def tempo_map(tempos: tuple[TempoMark, ...], *, ticks_per_quarter: int) -> TempoMap:
    """Build the tick ↔ second conversion; before the first mark the tempo is 120.

    Raises
    ------
    ValueError : if a tempo is not positive.
    """
    marks = sorted(tempos)
    if not marks or marks[0].tick > 0:
        marks.insert(0, TempoMark(0, DEFAULT_QUARTER_BPM))
    latest = {mark.tick: mark.quarter_bpm for mark in marks}  # of several marks on one tick the last counts
    if min(latest.values()) <= 0:
        raise ValueError("a tempo must be positive")
    ticks = np.array(list(latest), dtype=np.float64)
    slopes = 60.0 / (np.array(list(latest.values())) * ticks_per_quarter)
    starts = np.concatenate([[0.0], np.cumsum(np.diff(ticks) * slopes[:-1])])
    return TempoMap(ticks, starts, slopes)


def tempo_map_of(score: Score) -> TempoMap:
    """The tick ↔ second conversion of a score."""
    return tempo_map(score.tempos, ticks_per_quarter=score.ticks_per_quarter)


def bar_duration(metre: MetreMark, *, ticks_per_quarter: int) -> int:
    """How many ticks a full bar of this metre lasts; at least one, so that bars always go forward."""
    return max(1, metre.beats * ticks_per_quarter * 4 // metre.beat_type)


def beat_duration(metre: MetreMark, *, ticks_per_quarter: int) -> int:
    """Ticks of one felt beat: 6/8, 9/8 and 12/8 beat in dotted quarters, everything else in its denominator."""
    return ticks_per_quarter * 4 // metre.beat_type * (3 if is_compound(metre.beats, metre.beat_type) else 1)


def is_compound(beats: int, beat_type: int) -> bool:
    """Whether a time signature is felt in threes: 6/8, 9/8, 12/8, 6/16 are, 3/8 and 6/4 count as they are written.

    Examples
    --------
    >>> is_compound(6, 8), is_compound(3, 8), is_compound(6, 4)
    (True, False, False)
    """
    return beat_type >= 8 and beats % 3 == 0 and beats > 3


def felt_metre(beats: int, beat_type: int) -> tuple[int, int]:
    """Say what a time signature is felt as: beats in a bar, and parts of a beat, as `hexachord.knowledge.Metre` has them.

    Examples
    --------
    >>> felt_metre(6, 8), felt_metre(3, 4), felt_metre(7, 8)
    ((2, 3), (3, 2), (7, 2))
    """
    return (beats // 3, 3) if is_compound(beats, beat_type) else (beats, 2)


@lru_cache(maxsize=16)
def bars_from_metres(metres: tuple[MetreMark, ...], *, ticks_per_quarter: int, end_tick: int) -> tuple[Bar, ...]:
    """Lay bars over a span by the metre map alone (4/4 where it is silent); a change of metre cuts the bar it falls into."""
    marks = sorted(metres)
    if not marks or marks[0].tick > 0:
        marks.insert(0, _COMMON_TIME)
    bars: list[Bar] = []
    tick, index, number = 0, 0, 1
    while tick < end_tick or not bars:
        while index + 1 < len(marks) and marks[index + 1].tick <= tick:
            index += 1
        duration = bar_duration(marks[index], ticks_per_quarter=ticks_per_quarter)
        if index + 1 < len(marks):
            duration = min(duration, marks[index + 1].tick - tick)
        bars.append(Bar(tick, duration, str(number)))
        tick += duration
        number += 1
    return tuple(bars)


def bars_of(score: Score) -> tuple[Bar, ...]:
    """The score's written bars, or bars laid over it by its metres."""
    return score.bars or bars_from_metres(score.metres, ticks_per_quarter=score.ticks_per_quarter, end_tick=score.end_tick)


def metre_at(score: Score, tick: int) -> MetreMark:
    """The time signature in force at a tick."""
    index = bisect_right(score.metres, tick, key=lambda mark: mark.tick) - 1
    return score.metres[index] if index >= 0 else _COMMON_TIME
