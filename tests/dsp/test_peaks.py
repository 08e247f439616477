import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hexachord.dsp import peaks


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=60), st.integers(0, 7), st.integers(0, 7))
def test_moving_statistics_equal_their_definition(values: list[float], before: int, after: int) -> None:
    curve = np.array(values)
    windows = [curve[max(0, i - before) : i + after + 1] for i in range(curve.size)]
    np.testing.assert_allclose(peaks.moving_maximum(curve, before=before, after=after), [w.max() for w in windows])
    np.testing.assert_allclose(peaks.moving_mean(curve, before=before, after=after), [w.mean() for w in windows], atol=1e-9)


def test_moving_median_inside_equals_numpy() -> None:
    curve = np.random.default_rng(0).random(101)
    median = peaks.moving_median(curve, before=3, after=5)
    assert [median[i] for i in range(3, 96)] == [np.median(curve[i - 3 : i + 6]) for i in range(3, 96)]


def test_parabola_finds_the_top_between_samples() -> None:
    x = np.arange(40.0)
    for top in (10.0, 10.3, 10.49, 9.6):
        position, height = peaks.refine_peaks(2.5 - 0.1 * (x - top) ** 2, np.array([round(top)]))
        assert position[0] == pytest.approx(top)
        assert height[0] == pytest.approx(2.5)


def test_refine_leaves_ends_and_flats_alone() -> None:
    position, height = peaks.refine_peaks(np.array([3.0, 1.0, 1.0, 1.0, 2.0]), np.array([0, 2, 4]))
    assert position.tolist() == [0, 2, 4]
    assert height.tolist() == [3, 1, 2]


def test_plateau_counts_once() -> None:
    assert np.flatnonzero(peaks.local_maxima(np.array([0, 2, 2, 2, 0, 1, 0.0]))).tolist() == [1, 5]


def test_nothing_in_constant_empty_or_single() -> None:
    for curve in (np.zeros(0), np.ones(1), np.full(50, 0.7)):
        assert peaks.pick_peaks(curve, pre_max=2, post_max=2, pre_mean=5, post_mean=5).size == 0
        assert peaks.pick_peaks_over_median(curve, median_frames=9).size == 0


def test_shift_of_curve_shifts_peaks() -> None:
    curve = np.random.default_rng(1).random(300)
    curve[:60] = curve[-60:] = 0
    picked = peaks.pick_peaks_over_median(curve, median_frames=15, offset=0.1, refractory=4)
    moved = peaks.pick_peaks_over_median(np.roll(curve, 7), median_frames=15, offset=0.1, refractory=4)
    np.testing.assert_array_equal(picked + 7, moved)
    assert (np.diff(picked) >= 4).all()


def test_golden_peak_picking(golden_rhythm: dict[str, np.ndarray]) -> None:
    found = peaks.pick_peaks(golden_rhythm["onset_strength"], pre_max=3, post_max=3, pre_mean=10, post_mean=10, offset=0.2, refractory=4)
    np.testing.assert_array_equal(found, golden_rhythm["peaks"])


@pytest.fixture(scope="module")
def golden_rhythm() -> dict[str, np.ndarray]:
    from pathlib import Path

    return dict(np.load(Path(__file__).parents[1] / "golden" / "dsp_rhythm.npz"))
