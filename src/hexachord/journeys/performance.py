"""Heard notes as a performance: a score whose notes sit where they were played, ready for MIDI."""

from dataclasses import replace

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.knowledge.model import Notes, Segments
from hexachord.score.model import Control, Note, Part, Score, TempoMark

TICKS_PER_QUARTER = 960
QUARTER_BPM = 120.0  # a clock, not a tempo: 1920 ticks a second
TICKS_PER_S = TICKS_PER_QUARTER * QUARTER_BPM / 60.0
_VELOCITY_UNKNOWN = 80
_SUSTAIN, _DOWN, _UP = 64, 127, 0


def performance_of(notes: Notes, *, title: str = "", name: str = "Piano", program: int = 0) -> Score:
    """Write notes in seconds as a performance.

    Parameters
    ----------
    notes : pitches are rounded to semitones and kept within MIDI's 0 to 127
    title, name, program : of the score and its one part

    Examples
    --------
    >>> heard = Notes(onset_s=np.array([0.5]), offset_s=np.array([1.0]), pitch=np.array([60.2]), velocity=np.array([1.0]))
    >>> performance_of(heard).parts[0].notes[0]._asdict() | {}  # doctest: +ELLIPSIS
    {'onset': 960, 'duration': 960, 'pitch': 60, 'velocity': 127, ...}
    """
    part = Part(
        notes=tuple(sorted(played_notes(notes), key=lambda note: (note.onset, note.pitch, note.duration))), name=name, program=program
    )
    return Score(parts=(part,), ticks_per_quarter=TICKS_PER_QUARTER, title=title, tempos=(TempoMark(0, QUARTER_BPM),))


def with_pedal(played: Score, pedal: Segments | None) -> Score:
    """Give every part of a performance the sustain pedal, controller 64, down where `pedal` says so.

    Examples
    --------
    >>> heard = Notes(onset_s=np.array([0.5]), offset_s=np.array([1.0]), pitch=np.array([60.0]), velocity=np.array([1.0]))
    >>> down = Segments(start_s=np.array([0.5]), end_s=np.array([1.5]), label=("down",))
    >>> [(control.tick, control.value) for control in with_pedal(performance_of(heard), down).parts[0].controls]
    [(960, 127), (2880, 0)]
    """
    if pedal is None or not len(pedal):
        return played
    down, up = (ticks_of(np.asarray(moment, dtype=np.float64)).tolist() for moment in (pedal.start_s, pedal.end_s))
    controls = sorted([*(Control(tick, _SUSTAIN, _DOWN) for tick in down), *(Control(tick, _SUSTAIN, _UP) for tick in up)])
    return replace(played, parts=tuple(replace(part, controls=(*part.controls, *controls)) for part in played.parts))


def played_notes(notes: Notes) -> list[Note]:
    """Write notes in seconds as those of a score, row by row."""
    onset = ticks_of(np.asarray(notes.onset_s, dtype=np.float64))
    end = np.maximum(onset + 1, np.rint(np.asarray(notes.offset_s) * TICKS_PER_S).astype(np.int64))
    pitch = np.clip(np.rint(notes.pitch), 0, 127).astype(np.int64)
    loud = np.nan_to_num(np.asarray(notes.velocity, dtype=np.float64), nan=_VELOCITY_UNKNOWN / 127)
    velocity = np.clip(np.rint(loud * 127), 1, 127).astype(np.int64)
    rows = zip(onset.tolist(), (end - onset).tolist(), pitch.tolist(), velocity.tolist(), strict=True)
    return [Note(start, length, number, velocity=force) for start, length, number, force in rows]


def ticks_of(time_s: Float64Array) -> IntArray:
    """Turn seconds into ticks of a performance; what lies before the beginning is at it."""
    return np.maximum(0, np.rint(time_s * TICKS_PER_S)).astype(np.int64)
