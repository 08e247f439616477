"""Quantisation: what was meant, in spite of how it was played."""

import numpy as np
import pytest

from hexachord.knowledge import Beats, Metre
from hexachord.score.model import TICKS_PER_QUARTER
from hexachord.transcription.notation import BarGrid, QuantiseOptions, bar_grid, close_gaps, quantise

QUARTER = TICKS_PER_QUARTER


def steady(count: int, period_s: float = 0.6) -> BarGrid:
    times = np.arange(count) * period_s
    return bar_grid(Beats(time_s=times, position=np.arange(count) % 4 + 1), metre=Metre(beats_per_bar=4), end_s=float(times[-1]))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("pattern", [[0, 1], [0, 0.5], [0, 0.25, 0.5, 0.75], [0, 1 / 3, 2 / 3], [0, 0.75], [0, 0.25], [0.5], [0, 2 / 3]])
def test_patterns_survive_twenty_milliseconds_of_jitter(pattern: list[float], seed: int) -> None:
    meant = np.array([beat + place for beat in range(16) for place in pattern if place < 1])
    rng = np.random.default_rng(seed)
    onset = np.sort(np.maximum(0, meant * 0.6 + rng.uniform(-0.02, 0.02, len(meant))))
    written = quantise(onset, onset + 0.1, grid=steady(17))
    assert np.mean(written.onset == np.round(meant * QUARTER)) >= 0.97


def test_a_triplet_among_quarters_and_back() -> None:
    meant = np.array([0, 1, 2, 2 + 1 / 3, 2 + 2 / 3, 3, 3.5, 4])
    written = quantise(meant * 0.6, meant * 0.6 + 0.15, grid=steady(8))
    assert written.onset.tolist() == np.round(meant * QUARTER).astype(int).tolist()
    assert written.division[0, 2] == 3
    assert written.division[0, 3] == 2


def test_a_rolled_chord_is_one_chord() -> None:
    onset = np.array([0.60, 0.62, 0.645, 0.66])
    assert len(set(quantise(onset, onset + 0.5, grid=steady(6)).onset.tolist())) == 1


def test_a_note_just_before_the_beat_belongs_to_it() -> None:
    assert quantise(np.array([1.17]), np.array([1.7]), grid=steady(6)).onset.tolist() == [2 * QUARTER]


@pytest.mark.parametrize("seed", range(4))
def test_sixteenths_and_a_stray_note_do_not_turn_the_page_black(seed: int) -> None:
    rng = np.random.default_rng(seed)
    meant = np.arange(0, 16, 0.25)
    onset = np.sort(np.append(meant * 0.6 + rng.normal(0, 0.015, len(meant)), 0.6 * (rng.integers(0, 16) + 0.375)))
    written = quantise(np.maximum(onset, 0), onset + 0.05, grid=steady(17))
    assert set(written.division.ravel().tolist()) <= {1, 2, 3, 4}
    assert (written.end > written.onset).all()


def test_options_choose_the_grids() -> None:
    meant = np.arange(0, 4, 1 / 3)
    written = quantise(meant * 0.6, meant * 0.6 + 0.1, grid=steady(6), options=QuantiseOptions(divisions=(1, 2, 4)))
    assert not (written.onset % (QUARTER // 4)).any()


def test_small_rests_close_and_long_ones_stay() -> None:
    onset = np.array([0, 1, 2, 6]) * QUARTER
    end = np.array([0.75, 1.5, 3, 7]) * QUARTER
    closed = close_gaps(onset, end.astype(int), beat_ticks=QUARTER, share=0.5)
    assert (closed / QUARTER).tolist() == [1, 2, 3, 7]


def test_an_overlap_is_cut() -> None:
    assert close_gaps(np.array([0, 100]), np.array([150, 200]), beat_ticks=100, share=0.5).tolist() == [100, 200]


def test_nothing_gives_nothing() -> None:
    written = quantise(np.zeros(0), np.zeros(0), grid=steady(6))
    assert len(written.onset) == 0
