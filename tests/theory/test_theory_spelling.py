"""Pitch spelling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hexachord.score.builtin import builtin_score
from hexachord.theory.spelling import STEPS, name_in_key, spell, spell_notes
from hexachord.theory.spelling_context import line_places, spelling_views


@given(st.integers(0, 127), st.integers(0, 6))
def test_a_spelling_sounds_as_its_pitch(pitch: int, step: int) -> None:
    name = spell(pitch, step)
    assert name.pitch == pitch
    assert name.step == STEPS[step]


@given(st.lists(st.integers(20, 108), max_size=60), st.one_of(st.none(), st.integers(-6, 6)))
def test_every_note_keeps_its_pitch(pitches: list[int], fifths: int | None) -> None:
    names = spell_notes(np.arange(len(pitches)), np.array(pitches, dtype=int), fifths=fifths)
    assert [name.pitch for name in names] == pitches
    assert all(abs(name.alter) <= 2 for name in names)


@pytest.mark.parametrize(
    ("pitches", "fifths", "expected"),
    [
        ([57, 59, 60, 62, 64, 65, 68, 69], 0, "A B C D E F G# A"),
        ([60, 62, 63, 65, 67, 68, 71, 72], -3, "C D Eb F G Ab B C"),
        ([61, 63, 65, 66, 68, 70, 72, 73], -5, "Db Eb F Gb Ab Bb C Db"),
        ([61, 63, 64, 66, 68, 69, 72, 73], 4, "C# D# E F# G# A B# C#"),
    ],
)
def test_scales_are_spelt_as_in_the_books(pitches: list[int], fifths: int, expected: str) -> None:
    names = spell_notes(np.arange(len(pitches)), np.array(pitches), fifths=fifths)
    assert [str(name)[:-1] for name in names] == expected.split()


def test_invention_is_spelt_as_written() -> None:
    notes = [note for note in builtin_score("bach-invention-4").parts[0].notes if not note.tied_to_previous]
    names = spell_notes(np.array([note.onset for note in notes]), np.array([note.pitch for note in notes]), fifths=-1)
    right = sum(name == note.spelling for name, note in zip(names, notes, strict=True))
    assert right >= 0.995 * len(notes)


def test_names_in_keys() -> None:
    assert [name_in_key(10, fifths=k) for k in (-5, 0, 1, 4)] == ["Bb", "Bb", "Bb", "A#"]
    assert name_in_key(11, fifths=-6) == "Cb"
    assert name_in_key(11, fifths=-5) == "B"


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 onsets but 1"):
        spell_notes(np.arange(2), np.array([60]))


@pytest.mark.parametrize("move", [-5, -2, 1, 4])
def test_music_and_signature_moved_alike_are_spelt_alike(move: int) -> None:
    random = np.random.default_rng(0)
    onset, pitch = np.sort(random.integers(0, 40, 90)), random.integers(40, 80, 90)
    here, there = (line_places(pitch + 7 * step, np.full(90, step)) for step in (0, move))
    np.testing.assert_array_equal(there, here + move)
    one, other = (spelling_views(onset, pitch + 7 * step, np.full(90, step)) for step in (0, move))
    np.testing.assert_allclose(one[:, :-1], other[:, :-1], atol=1e-6)  # the last column is the signature itself


def test_neighbours_go_where_they_lead() -> None:
    turn = np.array([67, 66, 67, 72, 71, 72, 76, 75, 76, 79, 78, 79] * 4)  # lower neighbours are sharps
    names = {str(name)[:-1] for name in spell_notes(np.arange(len(turn)), turn, fifths=0)}
    assert names == {"G", "F#", "C", "B", "E", "D#"}


def test_a_wrong_signature_does_not_name_the_chords() -> None:
    chords = [[60, 64, 67], [53, 65, 69], [55, 62, 71], [60, 64, 72]] * 6
    onset = np.repeat(np.arange(len(chords)), 3)
    names = {str(name)[:-1] for name in spell_notes(onset, np.array(chords).ravel(), fifths=-1)}
    assert names == set("CDEFGAB")
