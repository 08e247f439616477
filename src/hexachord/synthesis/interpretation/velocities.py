"""How loud each written note is struck: its own velocity, or what dynamics, articulations and metre say."""

from functools import lru_cache

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.score.model import DEFAULT_VELOCITY, MetreMark, Note, Part, Score
from hexachord.score.timing import bar_duration, bars_of, beat_duration, metre_at
from hexachord.synthesis.interpretation.loudness_marks import has_dynamics, loudness_curve
from hexachord.synthesis.interpretation.play_options import PlayOptions

_ARTICULATIONS = {
    "accent": 14, "strong-accent": 20, "soft-accent": 8, "stress": 8, "unstress": -8, "tenuto": 3, "staccatissimo": 4, "snap-pizzicato": 12,
    "notehead-parentheses": -16,
}  # fmt: skip
_KEYBOARDS = range(8)
_LOUDEST, _SOFTEST = 127, 6


def velocities(part: Part, score: Score, *, options: PlayOptions = PlayOptions()) -> IntArray:
    """The velocity of every written notehead of a part; those that have one keep it.

    Returns
    -------
    (notes,) 1–127, in the order of ``part.notes``.
    """
    given = np.array([-1 if note.velocity is None else note.velocity for note in part.notes], dtype=np.int64)
    unmarked = np.flatnonzero(given < 0)
    if not len(unmarked):
        return np.clip(given, 1, _LOUDEST)
    notes = [part.notes[index] for index in unmarked]
    onset = np.array([note.onset for note in notes], dtype=np.int64)
    level = np.full(len(notes), float(DEFAULT_VELOCITY))
    if has_dynamics(part):
        staves = np.array([note.staff for note in notes])
        for staff in np.unique(staves).tolist():
            mine = staves == staff
            level[mine] = loudness_curve(part, score, staff=staff).at(onset[mine])
    level += np.array([_articulation(note.marks) for note in notes], dtype=np.float64)
    if options.expression:
        level += metrical_accents(onset, score, options=options)
        if not part.is_percussion and (part.staves > 1 or part.program in _KEYBOARDS):
            level[_top_notes(notes)] += options.top_voice_accent
    given[unmarked] = np.rint(np.clip(level, _SOFTEST, _LOUDEST)).astype(np.int64)
    return np.clip(given, 1, _LOUDEST)


@lru_cache(maxsize=4096)
def _articulation(marks: tuple[str, ...]) -> int:
    return sum(_ARTICULATIONS.get(mark, 0) for mark in marks)


def _top_notes(notes: list[Note]) -> list[int]:
    """Indexes of the highest note of each moment on the upper staff."""
    highest: dict[int, int] = {}
    for index, note in enumerate(notes):
        if note.staff == 1 and note.pitch > (notes[highest[note.onset]].pitch if note.onset in highest else -1):
            highest[note.onset] = index
    return list(highest.values())


def metrical_accents(ticks: IntArray, score: Score, *, options: PlayOptions = PlayOptions()) -> Float64Array:
    """What the place in the bar adds to notes: downbeats most, other strong beats some, what is off the beat less than nothing.

    Strong is the middle of a bar of four beats, and the beginning of a group of an additive metre; the last beats of a pick-up count
    as the last beats of a full bar.
    """
    bars = bars_of(score)
    starts = np.array([bar.tick for bar in bars], dtype=np.int64)
    index = np.clip(np.searchsorted(starts, ticks, side="right") - 1, 0, None)
    position = ticks - starts[index]
    accent = np.full(len(ticks), float(options.offbeat_accent))
    marks = [metre_at(score, bar.tick) for bar in bars]
    full = np.array([bar_duration(mark, ticks_per_quarter=score.ticks_per_quarter) for mark in marks])
    lacking = full[0] - bars[0].duration
    if lacking > 0:
        position = np.where(index == 0, position + lacking, position)
    for metre in set(marks):
        here = np.array([mark == metre for mark in marks])[index]
        beat = max(1, beat_duration(metre, ticks_per_quarter=score.ticks_per_quarter))
        accent[here & (position % beat == 0)] = 0.0
        accent[here & np.isin(position, _strong_ticks(metre, beat, score.ticks_per_quarter))] = options.strong_beat_accent
    accent[position == 0] = options.downbeat_accent
    return accent


def _strong_ticks(metre: MetreMark, beat: int, ticks_per_quarter: int) -> list[int]:
    if metre.groups:
        unit = ticks_per_quarter * 4 // metre.beat_type
        return [int(tick) * unit for tick in np.cumsum(metre.groups)[:-1]]
    full = bar_duration(metre, ticks_per_quarter=ticks_per_quarter)
    return [full // 2] if full == 4 * beat else []
