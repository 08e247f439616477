"""Cents of notes and of their bends: what is counted, and what is left out."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.datasets import F0Item, NoteItem, Recording
from hexachord.bench.note_pitches import score_courses, score_placed
from hexachord.knowledge import Notes
from hexachord.transcription.note_courses import PitchCourses, no_courses

RECORDING = Recording(id="sung", paths=(Path("sung.wav"),))
TIME_S = np.arange(100) * 0.01


def notes(*pitch: float) -> Notes:
    """Notes of half a second, one after the other."""
    onset_s = np.arange(len(pitch)) * 0.5
    return Notes(onset_s=onset_s, offset_s=onset_s + 0.5, pitch=np.array(pitch), velocity=np.full(len(pitch), 0.5))


def voices(*pitch: object) -> F0Item:
    hz = [440.0 * 2.0 ** ((np.broadcast_to(np.asarray(one, dtype=np.float64), TIME_S.shape) - 69.0) / 12.0) for one in pitch]
    return F0Item(recording=RECORDING, kind="choir", time_s=TIME_S, f0_hz=np.stack(hz))


def test_key_pitch_and_course_each_have_their_distance() -> None:
    sway = np.where(TIME_S < 0.6, 60.5, 60.1)
    course = PitchCourses(start=np.array([0, 100]), time_s=TIME_S, pitch=sway + 0.01)
    one = Notes(onset_s=np.zeros(1), offset_s=np.ones(1), pitch=np.array([60.25]), velocity=np.ones(1))
    found = score_courses(voices(sway), one, course)
    assert {name: round(value, 1) for name, value in found.items()} == {
        "choir_pitch_cents": 25.0,
        "choir_bend_cents": 1.0,
        "choir_whole_cents": 50.0,
    }


def test_of_several_voices_the_nearest_counts_and_others_are_far() -> None:
    silent = np.full(100, -1e6)  # 0 Hz
    found = score_courses(voices(64.1, 67.2, silent), notes(67.1, 71.0), no_courses(2))
    assert found["choir_pitch_cents"] == pytest.approx(10.0)
    assert score_courses(voices(silent), notes(60.0), no_courses(1)) == {}
    assert score_courses(voices(60.0), notes(), no_courses(0)) == {}


def test_placed_notes_count_where_they_are_matched() -> None:
    intervals = np.array([[0.0, 0.5], [0.5, 1.0]])
    item = NoteItem(recording=RECORDING, kind="rendered", intervals_s=intervals, pitch=np.array([60.2, 64.2]))
    found = score_placed(item, notes(60.15, 64.25, 70.0))
    assert found == {"pitch_cents": pytest.approx(5.0), "whole_cents": pytest.approx(20.0)}
    assert score_placed(item, notes(50.0)) == {}
