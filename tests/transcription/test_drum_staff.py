"""A rock beat on a drum staff: hands up, foot down, nothing hides a beat, and files keep it."""

import numpy as np
import pytest

from hexachord.knowledge import Beats, Drums, Metre
from hexachord.score.formats import load_score, save_score
from hexachord.transcription.notation import drum_staff

QUARTER = 10080
BEATS = Beats(time_s=np.arange(9) * 0.5, position=np.arange(9) % 4 + 1)


def strokes(*rows):
    """Build Drums of (beat, label, velocity) at 120 a minute, late and early by up to 10 ms."""
    late = np.random.default_rng(0).uniform(-0.01, 0.01, len(rows))
    time_s = np.maximum(np.array([row[0] for row in rows]) * 0.5 + late, 0.0)
    order = np.argsort(time_s, kind="stable")
    return Drums(time_s=time_s[order], label=tuple(rows[i][1] for i in order), velocity=np.array([rows[i][2] for i in order], dtype=float))


ROCK = strokes(
    *((eighth / 2, "hihat_closed", 80 if eighth % 2 else 100) for eighth in range(15)),
    *((beat, "kick", 110) for beat in (0, 2, 2.5, 4, 6)),
    *((beat, "snare", 105) for beat in (1, 3, 5, 7)),
    (7.5, "hihat_open", 90),
)


@pytest.fixture
def score():
    return drum_staff(ROCK, beats=BEATS, metre=Metre(beats_per_bar=4), title="Rock")


def test_hands_and_foot_have_a_voice_each(score):
    (part,) = score.parts
    assert part.is_percussion
    assert {note.pitch for note in part.notes if note.voice == 2} == {36}
    assert {note.pitch for note in part.notes if note.voice == 1} == {38, 42, 46}
    assert [note.onset / QUARTER for note in part.notes if note.pitch == 36] == [0, 2, 2.5, 4, 6]
    assert [note.onset / QUARTER for note in part.notes if note.pitch == 38] == [1, 3, 5, 7]


def test_no_stroke_hides_a_beat(score):
    for note in score.parts[0].notes:
        assert note.duration > 0
        assert note.onset // QUARTER == (note.end - 1) // QUARTER


def test_velocities_survive(score):
    assert {note.velocity for note in score.parts[0].notes if note.pitch == 36} == {110}


def test_two_strokes_on_one_tick_are_one():
    flam = strokes((0, "snare", 30), (1, "snare", 90), (1.02, "snare", 100), (2, "kick", 90))
    notes = drum_staff(flam, beats=BEATS, metre=Metre(beats_per_bar=4)).parts[0].notes
    assert [(note.onset // QUARTER, note.velocity) for note in notes if note.pitch == 38] == [(0, 30), (1, 100)]


def test_no_strokes_make_an_empty_page():
    nothing = Drums(time_s=np.zeros(0), label=(), velocity=np.zeros(0))
    assert drum_staff(nothing, beats=BEATS, metre=Metre(beats_per_bar=4)).note_count == 0


def test_files_keep_the_drums(score, tmp_path):
    for suffix in (".musicxml", ".mid"):
        save_score(score, tmp_path / f"rock{suffix}")
        (part,) = load_score(tmp_path / f"rock{suffix}").parts
        assert part.is_percussion
        assert sorted(note.pitch for note in part.notes) == sorted(note.pitch for note in score.parts[0].notes)
    page = (tmp_path / "rock.musicxml").read_text()
    assert "<sign>percussion</sign>" in page
    assert "<unpitched>" in page
    assert "<notehead>x</notehead>" in page
    assert "<pitch>" not in page
