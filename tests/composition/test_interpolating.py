"""From one clip to another."""

from itertools import pairwise

import numpy as np
import pytest

from hexachord.composition.morph.interpolating import interpolate
from hexachord.composition.morph.joining import in_a_row
from hexachord.composition.morph.note_distance import match_notes, note_distance
from hexachord.composition.pages.keeping import played_notes
from hexachord.errors import InputError
from hexachord.score.abc import read_abc
from hexachord.score.builtin import builtin_score
from hexachord.score.edit import with_bars
from hexachord.score.formats import load_score
from hexachord.score.model import Score
from hexachord.score.trimming import without_bars

TWINKLE = read_abc("X:1\nM:4/4\nL:1/4\nK:C\nC C G G|A A G2|F F E E|D D C2|")
JOY = read_abc("X:1\nM:4/4\nL:1/4\nQ:1/4=90\nK:G\nB B c d|d c B A|G G A B|B>A A2|")
JIG = read_abc("X:1\nM:6/8\nL:1/8\nK:D\nd2A F2A|d2e f2d|e2d c2B|A3 A3|d2A F2A|d2e f2d|")


def is_on_the_way(made) -> bool:
    far, near = (0.0, *made.from_first, 1.0), (1.0, *made.to_second, 0.0)
    return all(a < b for a, b in pairwise(far)) and all(a > b for a, b in pairwise(near))


def test_the_distance_is_a_metric():
    random = np.random.default_rng(0)
    clips = [
        np.stack([random.integers(0, 16, n) / 4, random.integers(55, 80, n), random.integers(-2, 2, n)], axis=1)
        for n in (6, 9, 12, 7, 8, 0)
    ]
    for one in clips:
        assert note_distance(one, one) == 0
        for other in clips:
            assert note_distance(one, other) == pytest.approx(note_distance(other, one))
            assert all(note_distance(one, other) <= note_distance(one, third) + note_distance(third, other) + 1e-9 for third in clips)


def test_notes_that_are_far_apart_are_not_the_same():
    found = match_notes(np.array([[0.0, 60, 0], [4.0, 60, 0]]), np.array([[0.0, 61, 0], [0.25, 90, 0]]))
    assert (found.one.tolist(), found.other.tolist()) == ([0], [0])


@pytest.mark.parametrize(("one", "other"), [(TWINKLE, JOY), (JOY, TWINKLE), (TWINKLE, JIG), (JIG, JOY)])
@pytest.mark.parametrize("steps", [1, 4, 9])
def test_every_step_leaves_one_and_nears_the_other(one, other, steps):
    made = interpolate(one, other, steps=steps)
    assert len(made.scores) == steps or made.warnings
    assert len(made.scores) >= min(steps, 4)
    assert is_on_the_way(made)
    for score in made.scores:
        assert len(score.bars) == len(one.bars)
        notes = [each.note for each in played_notes(score)]
        assert all(before.end <= after.onset for before, after in pairwise(notes))  # one voice stays one voice
    even = np.abs(np.array(made.from_first) - np.arange(1, len(made.scores) + 1) / (len(made.scores) + 1))
    assert even.max() < 0.25


def test_tempo_and_key_go_over():
    made = interpolate(TWINKLE, JOY, steps=3)
    tempi = [score.tempos[0].quarter_bpm for score in made.scores]
    assert all(a > b for a, b in pairwise([120.1, *tempi, 89.9]))
    assert [made.scores[place].keys[0].fifths for place in (0, 2)] == [0, 1]


def test_in_a_row():
    made = interpolate(TWINKLE, JOY, steps=2)
    whole = in_a_row((made.ends[0], *made.scores, made.ends[1]), title="way")
    assert len(whole.bars) == 16
    assert [bar.number for bar in whole.bars[:2]] == ["1", "2"]
    assert [note.pitch for note in whole.parts[0].notes][: TWINKLE.note_count] == [note.pitch for note in TWINKLE.parts[0].notes]


@pytest.mark.parametrize(
    ("one", "other", "steps", "words"),
    [(TWINKLE, TWINKLE, 3, "the same notes"), (Score(), JOY, 3, "no notes"), (TWINKLE, JOY, 0, "no step")],
)
def test_bad_wishes_are_put_into_words(one, other, steps, words):
    with pytest.raises(InputError, match=words):
        interpolate(one, other, steps=steps)


@pytest.mark.data
@pytest.mark.parametrize(("one", "other"), [("472", "602"), ("661", "472")])
def test_real_songs_of_three_parts(data_dir, one, other):
    songs = [with_bars(load_score(data_dir / "train" / "pop909" / name / f"{name}.mid")) for name in (one, other)]
    clips = [without_bars(song, [bar for bar in range(len(song.bars)) if not 8 <= bar < 16]) for song in songs]
    made = interpolate(*clips, steps=6)
    assert len(made.scores) == 6
    assert is_on_the_way(made)


@pytest.mark.slow
def test_built_in_song_against_an_invention():
    made = interpolate(builtin_score("six-small-notes"), builtin_score("bach-invention-4"), steps=5)
    assert len(made.scores) == 5
    assert is_on_the_way(made)
