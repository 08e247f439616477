"""Paths through the fretboard: always playable, in tune, and where a player would go."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hexachord.theory.fingering import Fingering, best_capo, finger_notes
from hexachord.theory.fretboard import fretboard
from hexachord.theory.fretboard_hands import HandCosts

note = st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(20, 100))


def played(notes: list[tuple[int, int, int]], *, tuning: str = "standard", capo: int = 0) -> tuple[Fingering, np.ndarray, np.ndarray]:
    rows = np.array(notes, dtype=float).reshape(-1, 3)
    onset, end = rows[:, 0] / 8, (rows[:, 0] + rows[:, 1]) / 8
    return finger_notes(onset, end, rows[:, 2], board=fretboard(tuning, capo=capo)), onset, rows[:, 2].astype(int)


@settings(max_examples=60, deadline=None)
@given(st.lists(note, max_size=24), st.sampled_from(["standard", "dadgad", "bass", "ukulele", "open-g"]), st.integers(0, 5))
def test_whatever_comes_can_be_played_and_sounds_right(notes: list[tuple[int, int, int]], tuning: str, capo: int) -> None:
    fingering, onset, pitch = played(notes, tuning=tuning, capo=capo)
    board = fingering.board
    reach = HandCosts().reach
    for row in np.flatnonzero(fingering.is_played):
        sounding = board.pitch_at(int(fingering.string[row]), int(fingering.fret[row]))
        assert sounding == pitch[row] + 12 * fingering.octaves[row]
        assert 0 <= fingering.fret[row] <= board.frets - board.capo
    assert (fingering.end_s >= onset).all()
    assert (fingering.octaves[~fingering.is_played] == 0).all()
    for moment in np.unique(onset):
        down = fingering.is_played & (onset <= moment) & ((fingering.end_s > moment + 0.03) | (onset == moment))
        strings, frets = fingering.string[down], fingering.fret[down]
        assert len(set(strings.tolist())) == len(strings), "two notes on one string"
        pressed = frets[frets > 0]
        assert len(pressed) == 0 or np.ptp(pressed) <= reach
        at_index = np.count_nonzero(pressed == pressed.min(initial=99))
        assert len(pressed) - max(0, at_index - 1) <= 4


def test_a_note_in_reach_is_never_dropped_alone() -> None:
    pitch = np.arange(0, 128)
    fingering = finger_notes(np.arange(128) * 0.3, np.arange(128) * 0.3 + 0.2, pitch, board=fretboard())
    assert fingering.is_played.all()
    assert (fingering.octaves[40:85] == 0).all()
    assert fingering.octaves[39] == 1
    assert fingering.octaves[85] == -1
    assert "moved by octaves" in fingering.words


def test_a_scale_of_c_lies_in_the_first_position() -> None:
    scale = np.array([48, 50, 52, 53, 55, 57, 59, 60, 62, 64, 65, 67])
    for pace_s in (0.5, 0.1):
        onset = np.arange(len(scale)) * pace_s
        fingering = finger_notes(onset, onset + pace_s, scale, board=fretboard())
        assert fingering.string.tolist() == [5, 4, 4, 4, 3, 3, 2, 2, 2, 1, 1, 1]
        assert fingering.fret.tolist() == [3, 0, 2, 3, 0, 2, 0, 1, 3, 0, 1, 3]
        assert set(fingering.position.tolist()) == {1}


def test_fast_runs_do_not_jump() -> None:
    rng = np.random.default_rng(4)
    pitch = np.clip(62 + np.cumsum(rng.integers(-2, 3, 300)), 45, 80)
    onset = np.arange(300) * 0.1
    fingering = finger_notes(onset, onset + 0.1, pitch, board=fretboard())
    moves = np.abs(np.diff(fingering.position))
    assert np.count_nonzero(moves) < 25
    assert moves.max() <= 5


def test_ringing_strings_are_left_alone() -> None:
    # A bass that rings through, and a melody that could be had on its string as well.
    onset = np.array([0.0, 0.0, 0.5, 1.0, 1.5])
    end = np.array([2.0, 0.5, 1.0, 1.5, 2.0])
    fingering = finger_notes(onset, end, np.array([45, 60, 59, 57, 55]), board=fretboard())
    assert fingering.string[0] not in fingering.string[1:]
    assert fingering.end_s[0] == 2.0


def test_a_struck_string_stops_its_note() -> None:
    fingering = finger_notes(np.array([0.0, 1.0]), np.array([3.0, 2.0]), np.array([40, 41]), board=fretboard())
    assert fingering.string.tolist() == [6, 6]
    assert fingering.end_s.tolist() == [1.0, 2.0]


def test_capo_for_a_song_in_e_flat_and_in_g() -> None:
    def chords(*shapes: str, up: int) -> tuple[np.ndarray, np.ndarray]:
        board = fretboard(capo=up)
        pairs = [
            (at, board.pitch_at(6 - place, int(fret))) for at, shape in enumerate(shapes) for place, fret in enumerate(shape) if fret != "x"
        ]
        rows = np.array(pairs)
        return rows[:, 0].astype(float), rows[:, 1]

    for up in (0, 3, 5):
        onset, pitch = chords("x32010", "320003", "x02210", "xx3211", up=up)
        assert best_capo(onset, onset + 0.9, pitch, board=fretboard()) == up


def test_nothing_to_play() -> None:
    fingering = finger_notes(np.zeros(0), np.zeros(0), np.zeros(0), board=fretboard())
    assert len(fingering.string) == 0
    assert fingering.words == ""
    assert best_capo(np.zeros(0), np.zeros(0), np.zeros(0), board=fretboard()) == 0


def test_arrays_must_agree() -> None:
    with pytest.raises(ValueError, match="2 onsets"):
        finger_notes(np.zeros(2), np.zeros(1), np.zeros(2), board=fretboard())
