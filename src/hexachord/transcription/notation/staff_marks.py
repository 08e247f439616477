"""Signs that make a page easy to read: clefs that keep notes on the staff, octave lines, dynamics, pedal.

Clefs follow the hand where it stays high or low for long, and do not chase single notes (E. Gould, *Behind Bars*, Faber 2011, "Clefs" and
"Octave signs"); dynamics stand where loudness has changed for some bars, not at every accent.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.knowledge import Segments
from hexachord.score.model import Bar, Clef, Direction
from hexachord.transcription.notation.grid import BarGrid

_CLEFS = (("G", 2), ("F", 4))
_STAFF = ((64, 77), (43, 57))
"""Lowest and highest pitch on the lines of each clef."""
_LEDGER = 3.5  # semitones of a ledger line
_CHANGE = 14.0  # ledger lines of notes that a change of clef must save
_INSIDE = 1.3  # times as many inside a bar
_HOME = 0.25  # of a ledger line a note, for leaving the clef that everybody expects on this staff
_OCTAVE_FROM, _OCTAVE_STAYS, _OCTAVE_NOTES = 98, 91, 4
_DYNAMICS = ("pp", "p", "mp", "mf", "f", "ff")
_LEVELS = (26.0, 40.0, 54.0, 68.0, 82.0, 98.0)  # MIDI velocities
_PEDALLED = 0.4
_WINDOW_BARS, _HYSTERESIS, _CLEAR = 2, 10.0, 3


def clefs_of_staff(onset: IntArray, pitch: IntArray, *, staff: int, grid: BarGrid) -> tuple[Clef, ...]:
    """Choose treble or bass clef beat by beat, with as few changes as the ledger lines allow; `onset` in ticks."""
    beats = len(grid.beat_s)
    where = np.clip(onset // grid.beat_ticks, 0, beats - 1)
    home, count = staff - 1, len(_CLEFS)
    cost = np.zeros((beats, count))
    for column, (low, high) in enumerate(_STAFF):
        ledger = np.maximum(0.0, np.maximum(low - pitch, pitch - high) / _LEDGER) + (_HOME if column != home else 0.0)
        np.add.at(cost[:, column], where, ledger)
    change = np.full((beats, 1, 1), _CHANGE) * (1.0 - np.eye(count))
    lines = np.array([bar.tick // grid.beat_ticks for bar in grid.bars])
    change[np.setdiff1d(np.arange(beats), lines)] *= _INSIDE
    total, back = cost[0] + change[0, home], np.zeros(cost.shape, dtype=np.int64)
    for beat in range(1, beats):
        arrive = total[:, None] + change[beat]
        back[beat] = arrive.argmin(axis=0)
        total = arrive.min(axis=0) + cost[beat]
    path = [int(total.argmin())]
    for beat in range(beats - 1, 0, -1):
        path.append(int(back[beat, path[-1]]))
    path.reverse()
    return tuple(
        Clef(beat * grid.beat_ticks, staff, *_CLEFS[clef]) for beat, clef in enumerate(path) if beat == 0 or clef != path[beat - 1]
    )


def octave_lines(onset: IntArray, end: IntArray, pitch: IntArray, *, staff: int = 1) -> tuple[Direction, ...]:
    """Write 8va over stretches far above the treble staff; notes by onset, in ticks."""
    lines, moments = list[Direction](), np.unique(onset)
    lowest = np.full(len(moments), 200)
    np.minimum.at(lowest, np.searchsorted(moments, onset), pitch)
    first = 0
    for index in range(len(moments) + 1):
        if index < len(moments) and lowest[index] >= _OCTAVE_STAYS:
            continue
        here = slice(first, index)
        if index - first >= _OCTAVE_NOTES and (lowest[here] >= _OCTAVE_FROM).sum() >= _OCTAVE_NOTES:
            until = int(end[(onset >= moments[first]) & (onset <= moments[index - 1])].max())
            until = min(until, int(moments[index])) if index < len(moments) else until
            lines.append(Direction(int(moments[first]), "octave-shift", "8va", end=until, staff=staff, above=True))
        first = index + 1
    return tuple(lines)


def dynamics_of(onset: IntArray, velocity: IntArray, *, bars: Sequence[Bar]) -> tuple[Direction, ...]:
    """Write dynamics where loudness has clearly changed: at the first bar with notes, then where two bars differ by enough.

    `velocity` is 1 to 127; where all notes have nearly the same, nobody said how loud they are, and nothing is written.
    """
    if len(onset) == 0 or float(np.ptp(velocity)) < _CLEAR:
        return ()
    starts = np.array([bar.tick for bar in bars])
    where = np.clip(np.searchsorted(starts, onset, side="right") - 1, 0, len(bars) - 1)
    total, count = np.bincount(where, weights=velocity, minlength=len(bars)), np.bincount(where, minlength=len(bars))
    marks, level = list[Direction](), -1
    for bar in np.flatnonzero(count).tolist():
        window = slice(bar, bar + _WINDOW_BARS)
        mean = float(total[window].sum() / max(1, count[window].sum()))
        nearest = int(np.abs(np.array(_LEVELS) - mean).argmin())
        stray = min(abs(mean - _LEVELS[level]), abs(float(total[bar] / count[bar]) - _LEVELS[level]))  # here already, and in what follows
        if level < 0 or (nearest != level and stray > _HYSTERESIS):
            marks.append(Direction(bars[bar].tick, "dynamic", _DYNAMICS[nearest], staff=1, above=False))
            level = nearest
    return tuple(marks)


def pedal_marks(pedal: Segments | None, *, grid: BarGrid) -> tuple[Direction, ...]:
    """Draw the sustain pedal as lines under the lower staff, from the nearest half beats to the nearest.

    Nothing is drawn where it is only touched now and then: less than two fifths of the time, or hardly ever for a beat.
    """
    if pedal is None or not len(pedal.start_s):
        return ()
    length_s = np.asarray(pedal.end_s) - np.asarray(pedal.start_s)
    share = float(length_s.sum()) / max(float(grid.beat_s[-1] - grid.beat_s[0]), 1e-6)
    if share < _PEDALLED or float(np.median(length_s)) < 0.75 * float(np.median(np.diff(grid.beat_s))):
        return ()
    half = grid.beat_ticks // 2
    down, up = (np.round(grid.beats_at(_inside(moment)) * 2).astype(np.int64) * half for moment in (pedal.start_s, pedal.end_s))
    end = grid.bars[-1].end
    spans = [(max(0, int(a)), min(int(b), end)) for a, b in zip(down, up, strict=True) if b - a >= half]
    lines, free = list[Direction](), 0
    for begin, stop in spans:
        begin = max(begin, free)
        if stop - begin >= half:
            lines.append(Direction(begin, "pedal", "line", end=stop, staff=2, above=False))
            free = stop
    return tuple(lines)


def _inside(time_s: FloatArray) -> Float64Array:
    return np.maximum(np.asarray(time_s, dtype=np.float64), 0.0)
