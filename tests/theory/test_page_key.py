"""The key that a page would be written in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hexachord.score.builtin import builtin_score
from hexachord.score.notes import note_array
from hexachord.theory.keys import KEY_NAMES, key_fifths
from hexachord.theory.page_key import SIGNATURES, VIEW, find_page_key, key_chances, key_views

CHORDS = {"I": (48, 64, 67, 72), "IV": (53, 65, 69, 72), "V": (55, 62, 67, 71), "V7": (55, 65, 67, 71), "V/V": (50, 66, 69, 74)}


def played(*numerals: str, shift: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chords of C major, one a second."""
    rows = [(second, pitch + shift) for second, name in enumerate(numerals) for pitch in CHORDS[name]]
    onset, pitch = np.array(rows, dtype=float).T
    return onset, onset + 0.9, pitch.astype(int)


@pytest.mark.parametrize("shift", range(-5, 7))
def test_cadences_have_their_key_wherever_they_stand(shift: int) -> None:
    key = find_page_key(*played(*("I", "IV", "V7", "I") * 4, shift=shift))
    assert key.name == KEY_NAMES[shift % 12]
    assert key.confidence > max(chance for _, chance in key.alternatives)


def test_a_piece_that_dwells_on_its_dominant_keeps_its_key() -> None:
    opening, away = ("I", "IV", "V7", "I") * 3, ("V", "I", "V/V", "V") * 5
    assert find_page_key(*played(*opening, *away, "I", "IV", "V7", "I")).name == "C major"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 200), st.integers(30, 90)), min_size=1, max_size=40), st.integers(1, 11))
def test_transposing_the_music_transposes_the_answer(rows: list[tuple[int, int]], shift: int) -> None:
    onset, pitch = np.array(rows).T
    onset = onset / 7.0
    chances, moved = key_chances(onset, onset + 0.5, pitch), key_chances(onset, onset + 0.5, pitch + shift)
    np.testing.assert_allclose(moved.reshape(2, 12), np.roll(chances.reshape(2, 12), shift, axis=1), atol=1e-9)
    np.testing.assert_allclose(
        key_views(onset, onset + 0.5, pitch + shift), np.roll(key_views(onset, onset + 0.5, pitch), shift, axis=0), atol=1e-9
    )


def test_chances_are_chances() -> None:
    chances = key_chances(*played("I", "V7", "I"))
    assert chances.shape == (24,)
    assert chances.sum() == pytest.approx(1.0)
    assert key_views(*played("I", "V7", "I")).shape == (12, VIEW)


def test_order_and_tempo_of_writing_do_not_matter() -> None:
    onset, offset, pitch = played("I", "IV", "V7", "I", "V", "I")
    shuffled = np.random.default_rng(0).permutation(len(onset))
    np.testing.assert_allclose(
        key_chances(onset[shuffled], offset[shuffled], pitch[shuffled]), key_chances(onset, offset, pitch), atol=1e-9
    )


def test_silence_is_no_key_and_one_note_is_no_certainty() -> None:
    nothing = np.zeros(0)
    assert find_page_key(nothing, nothing, nothing).confidence == 0.0
    assert key_chances(nothing, nothing, nothing) == pytest.approx(1 / 24)
    assert find_page_key(np.zeros(1), np.ones(1), np.array([60])).confidence < 0.9


def test_signatures_are_those_of_the_keys() -> None:
    assert all(key_fifths(*name.split()) % 12 == signature for name, signature in zip(KEY_NAMES, SIGNATURES, strict=True))


def test_the_invention_is_in_d_minor() -> None:
    notes = note_array(builtin_score("bach-invention-4"))
    key = find_page_key(notes["onset_s"], notes["onset_s"] + notes["duration_s"], notes["pitch"])
    assert key.name == "D minor"
