"""Statistics over time: those of scipy, and with missing frames those of what is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from hexachord.errors import InputError
from hexachord.learning.features.statistics import check_statistics, covariance_triangle, pool_columns, statistic_names

rng = np.random.default_rng(5)
FRAMES = rng.gamma(2.0, 3.0, (200, 7)) - 2.0

ORACLES = {
    "mean": lambda x: x.mean(axis=0),
    "std": lambda x: x.std(axis=0),
    "var": lambda x: x.var(axis=0),
    "min": lambda x: x.min(axis=0),
    "max": lambda x: x.max(axis=0),
    "range": lambda x: np.ptp(x, axis=0),
    "median": lambda x: np.median(x, axis=0),
    "iqr": lambda x: stats.iqr(x, axis=0),
    "skew": lambda x: stats.skew(x, axis=0),
    "kurtosis": lambda x: stats.kurtosis(x, axis=0),
    "p5": lambda x: np.percentile(x, 5, axis=0),
    "p97.5": lambda x: np.percentile(x, 97.5, axis=0),
    "power_mean_2": lambda x: np.sqrt(np.mean(x**2, axis=0)),
    "power_mean_0": lambda x: stats.gmean(np.abs(x), axis=0),
    "power_mean_-1": lambda x: stats.hmean(np.abs(x), axis=0),
    "power_mean_3": lambda x: stats.pmean(np.abs(x), 3, axis=0),
    "central_moment_3": lambda x: stats.moment(x, 3, axis=0),
    "central_moment_5": lambda x: stats.moment(x, 5, axis=0),
    "raw_moment_2": lambda x: np.mean(x**2, axis=0),
    "delta_mean": lambda x: np.diff(x, axis=0).mean(axis=0),
    "delta_std": lambda x: np.diff(x, axis=0).std(axis=0),
    "delta2_std": lambda x: np.diff(x, n=2, axis=0).std(axis=0),
    "delta_p90": lambda x: np.percentile(np.diff(x, axis=0), 90, axis=0),
}


@pytest.mark.parametrize("name", ORACLES)
def test_as_scipy_says(name: str) -> None:
    np.testing.assert_allclose(pool_columns(FRAMES, [name])[0], ORACLES[name](FRAMES), rtol=1e-10)


@pytest.mark.parametrize("name", [name for name in ORACLES if "delta" not in name])
def test_missing_frames_are_left_out(name: str) -> None:
    holed = FRAMES.copy()
    holed[::3, 1] = np.nan
    holed[5, 2] = np.inf
    holed[:, 4] = np.nan
    found = pool_columns(holed, [name])[0]
    for column in range(7):
        there = holed[np.isfinite(holed[:, column])][:, [column]]
        expected = ORACLES[name](there)[0] if len(there) else np.nan
        np.testing.assert_allclose(found[column], expected, rtol=1e-10, err_msg=f"{name} of column {column}")


def test_differences_do_not_jump_over_a_hole() -> None:
    holed = np.array([[0.0], [1.0], [np.nan], [100.0], [101.0]])
    assert pool_columns(holed, ["delta_mean", "delta_max"]).ravel().tolist() == [1.0, 1.0]
    assert np.isnan(pool_columns(holed, ["delta2_mean"])).all()


def test_what_never_changes() -> None:
    still = np.column_stack([np.full(50, 0.1), np.zeros(50), np.full(50, -1e9)])
    found = dict(zip(["std", "skew", "kurtosis", "delta_std"], pool_columns(still, ["std", "skew", "kurtosis", "delta_std"]), strict=True))
    assert np.all(found["skew"] == 0)
    assert np.all(found["kurtosis"] == 0)
    assert np.all(found["delta_std"] == 0)
    np.testing.assert_allclose(found["std"], 0, atol=1e-6)


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_hardly_a_frame(frames: int) -> None:
    found = pool_columns(np.ones((frames, 2)), ["mean", "std", "median", "p10", "skew", "delta_mean", "delta2_mean"])
    assert found.shape == (7, 2)
    assert np.isnan(found[:5]).all() == (frames == 0)
    assert np.isnan(found[5]).all() == (frames < 2)
    assert np.isnan(found[6]).all()


@given(arrays(np.float64, (12, 3), elements=st.floats(-1e6, 1e6)))
def test_in_order_and_within(values: np.ndarray) -> None:
    low, p10, median, p90, high, mean = pool_columns(values, ["min", "p10", "median", "p90", "max", "mean"])
    assert np.all((low <= p10) & (p10 <= median) & (median <= p90) & (p90 <= high))
    assert np.all((low - 1e-6 <= mean) & (mean <= high + 1e-6))
    shuffled = pool_columns(values[::-1], ["median", "std"])
    np.testing.assert_allclose(shuffled, pool_columns(values, ["median", "std"]), rtol=1e-9, atol=1e-9)


def test_covariance() -> None:
    whole = np.cov(FRAMES, rowvar=False, bias=True)
    np.testing.assert_allclose(covariance_triangle(FRAMES), whole[np.triu_indices(7)], rtol=1e-10)
    holed = FRAMES.copy()
    holed[3, 3] = np.nan
    np.testing.assert_allclose(covariance_triangle(holed), np.cov(np.delete(FRAMES, 3, 0), rowvar=False, bias=True)[np.triu_indices(7)])
    assert np.isnan(covariance_triangle(FRAMES[:0])).all()


@pytest.mark.parametrize("name", ["average", "p100", "p", "delta3_mean", "central_moment_", "Mean", "power_mean_x", ""])
def test_unknown_statistics(name: str) -> None:
    with pytest.raises(InputError, match="a statistic that is not known; expected one of mean, std"):
        check_statistics([name])


def test_names() -> None:
    assert "pNN (percentile)" in statistic_names()
    plain = [name for name in statistic_names() if name.islower()]
    check_statistics(plain)
