"""How notes move between the keys, as MIDI can say it: pitch bends, a track for each bent note that sounds at a time.

A bend moves a whole channel, so bent notes that sound together each need one of their own: MIDI Polyphonic Expression's idea (MIDI
Manufacturers Association, *MPE*, 2018), here with a track for every channel, which every sequencer shows as it is. A line is one track;
elsewhere notes that stand on their keys share the first one. The tuning of a recording is said once, as the channels' fine tuning.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.tones import hz_to_midi
from hexachord.journeys.concert_pitch import LEAST_CONFIDENCE, at_concert_pitch, tuning_semitones
from hexachord.journeys.performance import performance_of, played_notes, ticks_of
from hexachord.knowledge.model import F0, Notes
from hexachord.score.model import Bend, Control, Score
from hexachord.transcription.note_courses import PitchCourses

RANGE_SEMITONES = 2
"""What a full bend is: what General MIDI begins with, so that who does not read the range gets it right too."""
_CHANNELS = 15  # without that of drums
_STEP_S = 0.01
_FINE_SEMITONES = 0.01  # what is bent less is not heard to move
_ON_ITS_KEY = 0.1  # semitones: a note that never strays as far needs no bend


@dataclass(frozen=True, kw_only=True)
class Bending:
    """What bends a performance: the courses of its notes, in the recording's time and by its own A, and where that A is."""

    courses: PitchCourses
    tuning_cents: float = 0.0


def hear_bending(frontend: FrontEnd, notes: Notes, *, melody: F0 | None = None) -> Bending:
    """Hear how notes move.

    Parameters
    ----------
    frontend : of the recording
    notes : by the recording's own A where that is far from 440 Hz, as the main job finds them
    melody : the f0 that they were cut out of, if they were; by default they are measured in the spectrum
    """
    away, tuning = tuning_semitones(frontend), frontend.tuning
    near = tuning.cents / 100.0 if not away and tuning.confidence >= LEAST_CONFIDENCE else 0.0
    if melody is not None:
        courses = courses_of_f0(replace(melody, f0_hz=np.asarray(melody.f0_hz) * 2.0 ** (-away / 12.0)), notes)
    else:
        courses = _courses_in_sound(frontend, notes)
    return Bending(courses=replace(courses, pitch=courses.pitch - near), tuning_cents=100.0 * (away + near))


def _courses_in_sound(frontend: FrontEnd, notes: Notes) -> PitchCourses:
    from hexachord.dsp.pitch_spectrum import RATE_HZ
    from hexachord.transcription.note_pitch import pitch_courses

    played, slower = at_concert_pitch(frontend)
    found = pitch_courses(played.signal_at(RATE_HZ), replace(notes, onset_s=notes.onset_s / slower, offset_s=notes.offset_s / slower))
    return replace(found, time_s=found.time_s * slower)


def courses_of_f0(f0: F0, notes: Notes) -> PitchCourses:
    """Take the courses of a melody's notes from the f0 that they were cut out of, where that is within reach of a bend.

    Examples
    --------
    >>> f0 = F0(time_s=np.array([0.0, 0.1, 0.2]), f0_hz=np.array([440.0, 0.0, 445.0]), voicing=np.ones(3))
    >>> one = Notes(onset_s=np.zeros(1), offset_s=np.ones(1), pitch=np.array([69.0]), velocity=np.ones(1))
    >>> courses_of_f0(f0, one).of(0)[1].round(2)
    array([69. , 69.2])
    """
    time_s, hz = np.asarray(f0.time_s, dtype=np.float64), np.asarray(f0.f0_hz, dtype=np.float64)
    spans = np.searchsorted(time_s, np.stack([notes.onset_s, notes.offset_s]))
    pitch = hz_to_midi(np.maximum(hz, 1e-3))  # what is unvoiced is far from every key
    inside = [
        first + np.flatnonzero(np.abs(pitch[first:last] - key) <= RANGE_SEMITONES)
        for (first, last), key in zip(spans.T.tolist(), np.rint(notes.pitch).tolist(), strict=True)
    ]
    rows = np.concatenate(inside) if inside else np.zeros(0, dtype=np.int64)
    return PitchCourses(start=np.cumsum([0, *map(len, inside)]), time_s=time_s[rows], pitch=pitch[rows])


def bent_performance(notes: Notes, bending: Bending, *, title: str = "", name: str = "Piano", program: int = 0) -> Score:
    """Write notes in seconds as a performance whose notes move as they were heard to.

    Parameters
    ----------
    notes, title, name, program : as in `hexachord.journeys.performance.performance_of`
    bending : of the same notes; a note without a course stands at its own pitch

    Returns
    -------
    Score of one part, where a single line is played; otherwise one for all notes that stand on their keys and one for each bent note that
    sounds at a time, up to a channel for each. All have the same name; every bend is within `RANGE_SEMITONES` of its note's key.

    Raises
    ------
    ValueError : if there are courses for another number of notes.

    Examples
    --------
    >>> from hexachord.transcription.note_courses import no_courses
    >>> heard = Notes(onset_s=np.zeros(2), offset_s=np.ones(2), pitch=np.array([60.0, 64.25]), velocity=np.ones(2))
    >>> score = bent_performance(heard, Bending(courses=no_courses(2)))
    >>> [(part.notes[0].pitch, [bend.value for bend in part.bends]) for part in score.parts]
    [(60, []), (64, [1024])]
    """
    if len(bending.courses) != len(notes):
        raise ValueError(f"{len(notes)} notes, but {len(bending.courses)} courses")
    plain = performance_of(notes, title=title, name=name, program=program)
    courses = [_course(notes, bending.courses, row) for row in range(len(notes))]
    bent = np.array([bool(np.abs(away).max() >= _ON_ITS_KEY) for _, away in courses], dtype=np.bool_)
    lane, played = _lanes(notes, bent), played_notes(notes)
    is_line, parts = not lane.any(), []
    for number in range(int(lane.max(initial=0)) + 1):
        rows = np.flatnonzero(lane == number).tolist()
        bends = _bends(notes, rows, courses) if number or (is_line and bent.any()) else ()
        mine = tuple(sorted((played[row] for row in rows), key=lambda note: (note.onset, note.pitch, note.duration)))
        controls = _registered(bending.tuning_cents, bends=bool(bends))
        parts.append(replace(plain.parts[0], notes=mine, id=f"P{number + 1}", controls=controls, bends=bends))
    return replace(plain, parts=tuple(parts))


def deal_lanes(onset_s: FloatArray, offset_s: FloatArray) -> IntArray:
    """Deal notes to lanes in each of which one note sounds at a time, each note to the first lane that is free.

    Examples
    --------
    >>> deal_lanes(np.array([0.0, 0.5, 1.0]), np.array([1.0, 2.0, 2.0]))
    array([0, 1, 0])
    """
    lane = np.zeros(len(onset_s), dtype=np.int64)
    free_s: list[float] = []
    for row in np.argsort(onset_s, kind="stable").tolist():
        begins = float(onset_s[row]) + 1e-6
        place = next((number for number, until in enumerate(free_s) if until <= begins), len(free_s))
        free_s[place : place + 1] = [float(offset_s[row])]
        lane[row] = place
    return lane


def _lanes(notes: Notes, bent: BoolArray) -> IntArray:
    """The part of each note: the first holds a whole line, or all that is not bent and what no channel is left for."""
    onset_s, offset_s = np.asarray(notes.onset_s), np.asarray(notes.offset_s)
    lane = deal_lanes(onset_s, offset_s)
    if not lane.any():
        return lane
    dealt = 1 + deal_lanes(onset_s[bent], offset_s[bent])
    lane[:] = 0
    lane[bent] = np.where(dealt < _CHANNELS, dealt, 0)
    return lane


def _course(notes: Notes, courses: PitchCourses, row: int) -> tuple[Float64Array, Float64Array]:
    """Times, and how far from its key a note is then; at its own pitch where nothing more is known."""
    time_s, pitch = courses.of(row)
    if not len(time_s):
        time_s, pitch = np.asarray(notes.onset_s[row : row + 1]), np.asarray(notes.pitch[row : row + 1])
    return time_s, pitch - float(np.rint(notes.pitch[row]))


def _bends(notes: Notes, rows: list[int], courses: list[tuple[Float64Array, Float64Array]]) -> tuple[Bend, ...]:
    """The bends of one part's notes: each note begins where it is heard to, and its bend holds until the next one."""
    written: list[Bend] = []
    order = sorted(rows, key=lambda row: float(notes.onset_s[row]))
    at = 0
    for row, later in pairwise([*order, -1]):
        begins, ends = float(notes.onset_s[row]), float(notes.offset_s[row])
        ends = ends if later < 0 else min(ends, float(notes.onset_s[later]))
        times = np.arange(begins, max(ends - 0.5 * _STEP_S, begins + 1e-9), _STEP_S)
        for tick, value in zip(ticks_of(times).tolist(), _values(np.interp(times, *courses[row])), strict=True):
            if value != at:
                written.append(Bend(tick, value))
                at = value
    return tuple(written)


def _values(away: Float64Array) -> list[int]:
    """Bends, each the last one again where nobody would hear a difference."""
    step = _FINE_SEMITONES * 8192.0 / RANGE_SEMITONES
    values = np.clip(np.rint(away / _FINE_SEMITONES) * step, -8192, 8191)
    found: list[int] = np.rint(values).astype(np.int64).tolist()
    return found


def _registered(tuning_cents: float, *, bends: bool) -> tuple[Control, ...]:
    """Registered parameters at the beginning: 0, the bend range, where there are bends; 1, fine tuning, where there is one."""
    said: list[tuple[int, int]] = []
    if bends:
        said += [(101, 0), (100, 0), (6, RANGE_SEMITONES), (38, 0)]
    if tuning_cents:
        fine = int(np.clip(round(8192 + 81.92 * tuning_cents), 0, 16383))
        said += [(101, 0), (100, 1), (6, fine >> 7), (38, fine & 127)]
    if said:
        said += [(101, 127), (100, 127)]  # no parameter: a later data entry moves nothing
    return tuple(Control(0, number, value) for number, value in said)
