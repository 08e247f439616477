"""Imagined pianists: what they play is the page, and where its beats are is known."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from performances import Sheet, movements, play

from hexachord.score_analysis.beat_features import HOP_S


def page(bars: int = 120, *, bar: int = 3, then: int | None = None, seed: int = 0) -> Sheet:
    """Chords on beats and a tune in eighths; after half of the bars, perhaps, bars of another length."""
    random = np.random.default_rng(seed)
    lengths = [bar] * (bars // 2 if then else bars) + ([then] * (bars // 2) if then else [])
    position = np.concatenate([np.arange(length) + 1 for length in lengths])
    beat = np.arange(len(position), dtype=float)
    rows = []
    for at, place in zip(beat.tolist(), position.tolist(), strict=True):
        rows += [(at, 0.9, pitch, 70.0) for pitch in ((40, 60, 64) if place == 1 else (60, 64))]
        rows += [(at + part, 0.5, 76.0 + float(random.integers(0, 8)), 80.0) for part in (0.0, 0.5)]
    notes = np.array(sorted(rows))
    return Sheet(
        id="page", corpus="made", notes=notes, tune=notes[:, 2] > 70, beat_quarter=beat, position=position, beat_length=1.0,
        bar_beats=bar, bpm=100.0, said=True,
    )  # fmt: skip


def test_a_performance_is_the_same_for_a_seed_and_another_for_another() -> None:
    first, again, other = (play(page(), np.random.default_rng(seed), length_s=30.0) for seed in (1, 1, 2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert len(first.onset_s) != len(other.onset_s) or not np.allclose(first.onset_s, other.onset_s)


@pytest.mark.parametrize("seed", range(8))
def test_beats_are_where_something_is_played_and_counted_in_bars(seed: int) -> None:
    played = play(page(), np.random.default_rng(seed), length_s=30.0)
    assert (np.diff(played.beat_s) > 0).all()
    assert len(played.beat_s) > 8
    assert ((np.diff(played.position) == 1) | (played.position[1:] == 1)).all()
    distance = np.abs(played.onset_s[:, None] - played.beat_s[None, :]).min(axis=0)
    assert np.mean(distance < 0.07) > 0.9  # broken chords and slips aside
    assert (np.diff(played.onset_s) >= 0).all()
    assert played.onset_s.min() >= 0
    assert played.onset_s.max() < 30.0
    assert ((played.velocity > 0) & (played.velocity <= 127)).all()


def test_movements_are_cut_where_bars_change_for_long() -> None:
    assert len(movements(page())) == 1
    parts = movements(page(bar=4, then=3))
    assert [part.bar_beats for part in parts] == [4, 3]
    assert sum(len(part.beat_quarter) for part in parts) == 60 * 7
    assert sum(len(part.notes) for part in parts) == len(page(bar=4, then=3).notes)
    assert parts[1].position[0] == 1


def test_the_network_is_told_beats_places_bars_and_tempo() -> None:
    pytest.importorskip("torch")
    from midi_beats import IMPORTANCE, TEMPI_BPM, truth

    sheet = page()
    played = play(sheet, np.random.default_rng(3), length_s=30.0)
    target, known = truth(played, frames=round(30.0 / HOP_S))
    assert target.shape == known.shape == (750, len(IMPORTANCE))
    assert target[:, 0].sum() == len(played.beat_s)
    assert target[:, 1].sum() == (played.position == 1).sum()
    assert target[:, 4].sum() == 0  # no fourth beat in bars of three
    assert (target[:, 6] == 1).all()  # of METRES the second, three
    bpm = 60.0 / np.median(np.diff(played.beat_s))
    likely = TEMPI_BPM[target[:, 8:].sum(axis=0).argmax()]
    assert abs(np.log2(bpm / likely)) < 0.5
    assert (target[:, 8:].sum(axis=1) == 1).all()
