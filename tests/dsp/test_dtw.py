from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp import dtw
from hexachord.dsp.dtw import SLOPE_LIMITED, Steps

GOLDEN = dict(np.load(Path(__file__).parents[1] / "golden" / "dsp_warping.npz"))
WEIGHTED = Steps(moves=((1, 1), (2, 1), (1, 2)), weights=(1.0, 2.0, 3.0), extras=(0.0, 0.1, 0.2))


def test_equals_librosa() -> None:
    cost = GOLDEN["cost"]
    np.testing.assert_allclose(dtw.accumulated_cost(cost), GOLDEN["accumulated"], rtol=1e-9)
    path, total = dtw.warp(cost)
    np.testing.assert_array_equal(path, GOLDEN["path"])
    assert total == pytest.approx(GOLDEN["accumulated"][-1, -1])
    np.testing.assert_allclose(dtw.accumulated_cost(cost, steps=WEIGHTED), GOLDEN["limited"], rtol=1e-9)
    np.testing.assert_array_equal(dtw.warp(cost, steps=WEIGHTED)[0], GOLDEN["limited_path"])
    np.testing.assert_array_equal(dtw.warp(cost[:12], subsequence=True)[0], GOLDEN["subsequence_path"])


def test_ties_go_to_the_first_move() -> None:
    path, total = dtw.warp(np.zeros((4, 4)))
    assert path.tolist() == [[k, k] for k in range(4)]
    assert total == 0


def test_cost_matrix_equals_its_definition() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.random((5, 3)), rng.random((4, 3))
    b[2] = 0
    euclidean = dtw.cost_matrix(a, b, metric="euclidean")
    cosine = dtw.cost_matrix(a, b)
    for i in range(5):
        for j in range(4):
            assert euclidean[i, j] == pytest.approx(np.linalg.norm(a[i] - b[j]))
            cos = a[i] @ b[j] / (np.linalg.norm(a[i]) * np.linalg.norm(b[j])) if j != 2 else 0
            assert cosine[i, j] == pytest.approx(1 - cos)


def test_band_keeps_to_the_diagonal_and_wide_bands_do_nothing() -> None:
    cost = np.random.default_rng(1).random((60, 90))
    narrow, narrow_total = dtw.warp(cost, band=0.08)
    assert np.abs(narrow[:, 1] - narrow[:, 0] * 89 / 59).max() <= 0.08 * 90 + 1e-9
    whole, total = dtw.warp(cost)
    assert narrow_total >= total
    np.testing.assert_array_equal(dtw.warp(cost, band=1.0)[0], whole)


def test_slope_limit() -> None:
    with pytest.raises(ValueError, match="no path"):
        dtw.warp(np.ones((3, 9)), steps=SLOPE_LIMITED)
    path, _ = dtw.warp(np.random.default_rng(0).random((30, 40)), steps=SLOPE_LIMITED)
    assert {tuple(step) for step in np.diff(path, axis=0)} <= {(1, 1), (2, 1), (1, 2)}


def warped_pair(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    events = rng.random((frames // 5, 12)) ** 4
    steady = np.linspace(0, events.shape[0] - 1, frames)
    pace = np.cumsum(np.exp(0.5 * np.sin(np.arange(int(0.9 * frames)) / 70)))
    bent = pace / pace[-1] * (events.shape[0] - 1)
    noise = 0.05
    first = events[steady.astype(int)] + noise * rng.random((steady.size, 12))
    second = events[bent.astype(int)] + noise * rng.random((bent.size, 12))
    return first, second, steady, bent


@pytest.mark.parametrize("steps", [dtw.CLASSIC, SLOPE_LIMITED])
def test_multiscale_finds_the_warp(steps: Steps) -> None:
    first, second, steady, bent = warped_pair(1500)
    path, _ = dtw.warp_multiscale([first], [second], steps=steps, whole_cells=10_000, radius=60)
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [first.shape[0] - 1, second.shape[0] - 1]
    assert np.abs(steady[path[:, 0]] - bent[path[:, 1]]).max() < 2
    if steps is dtw.CLASSIC:
        whole, total = dtw.warp(dtw.cost_matrix(first, second))
        banded, banded_total = dtw.warp_multiscale([first], [second], whole_cells=10_000, radius=200)
        assert banded_total == pytest.approx(total, rel=1e-5)
        assert len(set(map(tuple, banded.tolist())) & set(map(tuple, whole.tolist()))) > 0.99 * whole.shape[0]


def test_several_kinds_of_features_add_up() -> None:
    first, second, *_ = warped_pair(300)
    expected = dtw.cost_matrix(first, second) + 0.5 * dtw.cost_matrix(first, second, metric="euclidean")
    path, total = dtw.warp(expected)
    both, both_total = dtw.warp_multiscale([first, first], [second, second], weights=(1, 0.5), metrics=("cosine", "euclidean"))
    assert both_total == pytest.approx(total, rel=1e-4)
    assert np.mean(both[: path.shape[0]] == path[: both.shape[0]]) > 0.95


def test_subsequence_is_found() -> None:
    rng = np.random.default_rng(2)
    long = rng.random((400, 12))
    path, _ = dtw.warp(dtw.cost_matrix(long[130:190], long), subsequence=True)
    assert path[0].tolist() == [0, 130]
    assert path[-1].tolist() == [59, 189]


def test_edges() -> None:
    assert dtw.warp(np.array([[0.7]]))[0].tolist() == [[0, 0]]
    assert dtw.warp(np.ones((1, 4)))[0].tolist() == [[0, 0], [0, 1], [0, 2], [0, 3]]
    assert dtw.warp(np.ones((4, 1)))[1] == 4
    path, _ = dtw.warp_multiscale([np.ones((1, 3))], [np.ones((5, 3))])
    assert path[-1].tolist() == [0, 4]
    for bad in (np.zeros((0, 3)), np.full((2, 2), np.nan)):
        with pytest.raises(ValueError, match="cost"):
            dtw.warp(bad)
    with pytest.raises(ValueError, match="forward"):
        Steps(moves=((0, 2),), weights=(1.0,), extras=(0.0,))


def test_strictly_monotone_keeps_the_ends() -> None:
    path, _ = dtw.warp(np.random.default_rng(3).random((20, 50)))
    thin = dtw.strictly_monotone(path)
    assert (np.diff(thin, axis=0) > 0).all()
    assert thin[0].tolist() == [0, 0]
    assert thin[-1].tolist() == [19, 49]
