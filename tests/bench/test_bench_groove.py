"""The bench of grooves: its scores, and the rules it is set beside."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.groove import Rules, hit_f, load_takes, score, score_strokes, summary
from hexachord.bench.harness import BenchItem
from hexachord.composition.drums.groove_network import DRUMS
from hexachord.rendering.groove_grid import GrooveTake


def take(name: str = "drummer1/1", *, kick_velocity: float = 100.0, late: float = 0.1) -> GrooveTake:
    hits = np.zeros((32, len(DRUMS)), dtype=bool)
    hits[::8, 0] = hits[4::8, 1] = True
    velocity = np.where(hits, kick_velocity, 0.0).astype(np.float32)
    offset = np.where(hits, late, 0.0).astype(np.float32)
    return GrooveTake(
        id=name, hits=hits, velocity=velocity, offset=offset, written=np.zeros_like(offset), bpm=100.0, steps_per_bar=16, style="rock",
        drummer="drummer1", lag=-0.1,
    )  # fmt: skip


def test_errors_are_of_strokes_in_milliseconds() -> None:
    one = take()
    found = score(one, {"": (np.full(one.hits.shape, 90.0), np.zeros(one.hits.shape))})
    assert found == pytest.approx({"strokes": 8.0, "timing_mae_ms": 15.0, "velocity_mae": 10.0, "timing_click_mae_ms": 0.0}, abs=1e-4)


def test_the_rules_copy_the_most_similar_bar_and_know_means() -> None:
    other = take("drummer1/2", kick_velocity=60.0, late=-0.2)
    other.hits[:, 0] = False
    other.hits[::2, 2] = True
    rules = Rules.of([take(), other])
    made = rules.play(take("drummer1/3"))
    np.testing.assert_allclose(made["neighbour_"][0][take().hits], 100.0)
    np.testing.assert_allclose(made["neighbour_"][1][take().hits], 0.1, atol=1e-6)
    assert 60.0 < made["mean_"][0][4, 1] < 100.0
    assert rules.usual(take())[4, 1]


def test_strokes_are_compared_by_drum_and_by_moment() -> None:
    one = take()
    moved = np.zeros_like(one.hits)
    moved[:, 5] = one.hits.any(axis=1)
    assert score_strokes(one, {"": moved}) == {"hit_f": 0.0, "onset_f": 1.0}
    assert hit_f(one.hits, one.hits) == 1.0


def test_long_takes_count_more() -> None:
    rows = [BenchItem(id=str(n), metrics={"strokes": n, "timing_mae_ms": n, "velocity_mae": 1.0}) for n in (1.0, 3.0)]
    means = summary(rows)
    assert (means["timing_mae_ms"], means["timing_mae_ms_by_take"], means["takes"]) == (2.5, 2.0, 2.0)
    assert summary([]) == {}


def test_missing_data_is_named(tmp_path: Path) -> None:
    assert load_takes(tmp_path) == ((), ("groove/info.csv: no such file",))
