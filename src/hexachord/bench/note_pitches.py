"""How far notes are from where they sound, in cents: where a voice's f0 is known at every moment, and where rendered notes are put.

A note is compared with the voice that is nearest to its key in every frame of it, where one is within a semitone: what a wrong note is
beside, other scores tell. Each figure is the median over frames of the distance of the note's key (``whole``, what a transcriber of keys
would write), of its pitch (``pitch``) and of its course (``bend``).
"""

from collections.abc import Callable, Sequence

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.bench.datasets import F0Item, NoteItem, Recording
from hexachord.bench.harness import Progress
from hexachord.bench.loop import Measured, measure
from hexachord.dsp.tones import hz_to_midi
from hexachord.knowledge import Notes
from hexachord.metrics import transcription
from hexachord.transcription.note_courses import PitchCourses

_NEAR_SEMITONES = 1.0

Followed = tuple[Notes, PitchCourses]


def measure_pitches(items: Sequence[F0Item], follow: Callable[[Recording], Followed], *, progress: Progress | None = None) -> Measured:
    """Measure ``KIND_pitch_cents KIND_bend_cents KIND_whole_cents`` on recordings with f0, kind ``solo``, ``choir`` or ``orchestra``.

    Parameters
    ----------
    items : see `hexachord.bench.datasets.load_f0`
    follow : transcribes a recording and follows its notes
    """
    return measure(
        items,
        what="pitches of notes",
        name=lambda item: f"{item.recording.id} f0",
        estimate=lambda item: follow(item.recording),
        score=lambda item, heard: score_courses(item, *heard),
        progress=progress,
    )


def score_courses(item: F0Item, notes: Notes, courses: PitchCourses) -> dict[str, float]:
    """Compare notes and their courses with the voices of a recording; nothing where no note is near one."""
    voices = np.where(item.f0_hz > 0, hz_to_midi(np.maximum(item.f0_hz, 1.0)), -np.inf)
    rows: list[Float64Array] = [np.zeros((0, 3))]
    for row, pitch in enumerate(np.asarray(notes.pitch, dtype=np.float64).tolist()):
        key = float(np.rint(pitch))
        first, last = np.searchsorted(item.time_s, [notes.onset_s[row], notes.offset_s[row]])
        here = voices[:, first:last]
        nearest = np.take_along_axis(here, np.abs(here - key).argmin(axis=0)[None], axis=0)[0]
        near = np.abs(nearest - key) <= _NEAR_SEMITONES
        time_s, course = courses.of(row)
        moving = np.interp(item.time_s[first:last], time_s, course) if len(time_s) else np.full(last - first, pitch)
        rows.append(np.stack([nearest - key, nearest - pitch, nearest - moving], axis=1)[near])
    away = np.concatenate(rows)
    if not len(away):
        return {}
    whole, pitched, bent = (100.0 * np.median(np.abs(away), axis=0)).tolist()
    return {f"{item.kind}_pitch_cents": pitched, f"{item.kind}_bend_cents": bent, f"{item.kind}_whole_cents": whole}


def score_placed(item: NoteItem, notes: Notes) -> dict[str, float]:
    """Compare notes with labels between the keys, over those that are matched: ``pitch_cents``, and ``whole_cents`` of their keys."""
    onset_s = np.maximum(notes.onset_s.astype(np.float64), 0.0)
    heard = np.stack([onset_s, np.maximum(notes.offset_s, onset_s + 0.001)], axis=1)
    pitch = np.asarray(notes.pitch, dtype=np.float64)
    pairs = transcription.match_notes(item.intervals_s, item.pitch, heard, pitch)
    if not len(pairs):
        return {}
    truth, found = item.pitch[pairs[:, 0]], pitch[pairs[:, 1]]
    return {
        "pitch_cents": 100.0 * float(np.median(np.abs(found - truth))),
        "whole_cents": 100.0 * float(np.median(np.abs(np.rint(found) - truth))),
    }
