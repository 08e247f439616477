"""Voices of a staff."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hexachord.theory.voices import two_voices

NOTES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(40, 90)), max_size=60)


@given(NOTES)
def test_no_voice_overlaps_itself(rows: list[tuple[int, int, int]]) -> None:
    rows = sorted({(onset, pitch): (onset, length, pitch) for onset, length, pitch in rows}.values())
    onset = np.array([row[0] for row in rows], dtype=int)
    end = np.array([row[0] + row[1] for row in rows], dtype=int)
    pitch = np.array([row[2] for row in rows], dtype=int)
    voice, new_end = two_voices(onset, end, pitch)
    assert set(voice) <= {1, 2}
    assert (new_end > onset).all()
    for line in (1, 2):
        chords: dict[int, set[int]] = {}
        for a, b in zip(onset[voice == line].tolist(), new_end[voice == line].tolist(), strict=True):
            chords.setdefault(a, set()).add(b)
        starts = sorted(chords)
        assert all(len(ends) == 1 for ends in chords.values())  # a chord ends together
        assert all(max(chords[a]) <= b for a, b in pairwise(starts))


def test_a_plain_line_stays_in_one_voice() -> None:
    voice, end = two_voices(np.arange(4), np.arange(1, 5), np.array([60, 72, 55, 64]))
    assert voice.tolist() == [1, 1, 1, 1]
    assert end.tolist() == [1, 2, 3, 4]


def test_held_note_over_a_moving_one_goes_up() -> None:
    voice, _ = two_voices(np.array([0, 0, 1, 2, 3]), np.array([4, 1, 2, 3, 4]), np.array([76, 60, 64, 67, 64]))
    assert voice.tolist() == [1, 2, 2, 2, 2]


def test_held_bass_under_a_moving_line_goes_down() -> None:
    voice, _ = two_voices(np.array([0, 0, 1, 2, 3]), np.array([4, 1, 2, 3, 4]), np.array([48, 60, 64, 67, 64]))
    assert voice.tolist() == [2, 1, 1, 1, 1]
