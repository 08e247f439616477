"""Heard notes as a performance: a score whose notes sit where they were played, ready for MIDI."""

import numpy as np

from hexachord.knowledge.model import Notes
from hexachord.score.model import Note, Part, Score, TempoMark

TICKS_PER_QUARTER = 960
QUARTER_BPM = 120.0  # a clock, not a tempo: 1920 ticks a second
TICKS_PER_S = TICKS_PER_QUARTER * QUARTER_BPM / 60.0
_VELOCITY_UNKNOWN = 80


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
    onset = np.maximum(0, np.rint(np.asarray(notes.onset_s) * TICKS_PER_S)).astype(np.int64)
    end = np.maximum(onset + 1, np.rint(np.asarray(notes.offset_s) * TICKS_PER_S).astype(np.int64))
    pitch = np.clip(np.rint(notes.pitch), 0, 127).astype(np.int64)
    loud = np.nan_to_num(np.asarray(notes.velocity, dtype=np.float64), nan=_VELOCITY_UNKNOWN / 127)
    velocity = np.clip(np.rint(loud * 127), 1, 127).astype(np.int64)
    rows = sorted(zip(onset.tolist(), pitch.tolist(), (end - onset).tolist(), velocity.tolist(), strict=True))
    played = tuple(Note(start, length, number, velocity=force) for start, number, length, force in rows)
    part = Part(notes=played, name=name, program=program)
    return Score(parts=(part,), ticks_per_quarter=TICKS_PER_QUARTER, title=title, tempos=(TempoMark(0, QUARTER_BPM),))
