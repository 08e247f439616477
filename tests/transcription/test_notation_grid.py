"""Beats to bars: exact clock, pick-ups, odd bars."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hexachord.knowledge import Beats, Metre
from hexachord.score.model import TICKS_PER_QUARTER
from hexachord.score.timing import tempo_map
from hexachord.transcription.notation import bar_grid

FOUR = Metre(beats_per_bar=4)


def beats(times: np.ndarray, first: int = 1, count: int = 4) -> Beats:
    return Beats(time_s=times, position=(np.arange(len(times)) + first - 1) % count + 1)


@given(st.lists(st.floats(0.25, 1.2), min_size=4, max_size=60), st.floats(0.0, 5.0), st.integers(1, 4))
def test_the_score_clock_follows_the_beats(periods: list[float], start: float, first: int) -> None:
    times = start + np.concatenate([[0.0], np.cumsum(periods)])
    grid = bar_grid(beats(times, first), metre=FOUR, end_s=float(times[-1]))
    clock = tempo_map(grid.tempos, ticks_per_quarter=TICKS_PER_QUARTER)
    ticks = np.array([grid.nearest_beat_tick(float(time)) for time in times])
    error = np.abs(clock.seconds(ticks) - times)
    # Tempo marks are straight lines through several beats; only a first beat right at the start may be bent to second 0.
    assert error[1:].max() <= 0.011
    assert grid.bars[-1].end >= ticks[-1]
    assert all(a.end == b.tick for a, b in zip(grid.bars, grid.bars[1:], strict=False))


def test_steady_beats_need_one_tempo_mark() -> None:
    grid = bar_grid(beats(np.arange(40) * 0.5), metre=FOUR, end_s=20.0)
    assert [(mark.tick, mark.quarter_bpm, mark.metronome) for mark in grid.tempos] == [(0, 120.0, "quarter = 120")]
    assert [bar.number for bar in grid.bars[:2]] == ["1", "2"]


def test_pick_up_is_bar_zero() -> None:
    grid = bar_grid(beats(np.arange(9) * 0.5, first=4), metre=FOUR, end_s=4.0)
    assert (grid.bars[0].number, grid.bars[0].duration) == ("0", TICKS_PER_QUARTER)
    assert grid.metres == ((0, 4, 4, (), ""),)


def test_a_bar_of_two_beats_gets_its_own_metre() -> None:
    position = np.array([1, 2, 3, 4, 1, 2, 1, 2, 3, 4, 1])
    grid = bar_grid(Beats(time_s=np.arange(11) * 0.5, position=position), metre=FOUR, end_s=5.0)
    assert [(mark.tick // TICKS_PER_QUARTER, mark.beats) for mark in grid.metres] == [(0, 4), (4, 2), (6, 4)]


def test_silence_before_the_first_beat_is_filled_with_beats() -> None:
    grid = bar_grid(beats(2.2 + np.arange(9) * 0.5), metre=FOUR, end_s=6.2)
    assert grid.nearest_beat_tick(2.2) == 4 * TICKS_PER_QUARTER
    clock = tempo_map(grid.tempos, ticks_per_quarter=TICKS_PER_QUARTER)
    assert float(clock.seconds(4 * TICKS_PER_QUARTER)) == pytest.approx(2.2, abs=0.011)


def test_unknown_positions_are_counted() -> None:
    grid = bar_grid(Beats(time_s=np.arange(8) * 0.5, position=np.zeros(8, int)), metre=Metre(beats_per_bar=3), end_s=3.5)
    assert [bar.duration // TICKS_PER_QUARTER for bar in grid.bars] == [3, 3, 3]


def test_compound_beats_are_dotted() -> None:
    grid = bar_grid(beats(np.arange(9) * 0.8, count=2), metre=Metre(beats_per_bar=2).divided(3), end_s=6.4)
    assert grid.metres[0][1:3] == (6, 8)
    assert grid.tempos[0].metronome == "quarter. = 75"


def test_one_beat_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two or more"):
        bar_grid(beats(np.array([1.0])), metre=FOUR, end_s=2.0)
