import numpy as np
import pytest

from hexachord.dsp.spectral_moments import high_frequency_content, line_fit, spectral_decrease, spectral_slope, weighted_moments

RNG = np.random.default_rng(0)


def test_moments_are_those_of_a_sample() -> None:
    """Weights that are counts: the moments of the numbers they count."""
    stats = pytest.importorskip("scipy.stats")
    counts = RNG.integers(0, 9, size=(5, 40)).astype(np.float32)
    axis = np.linspace(100.0, 4000.0, 40)
    found = weighted_moments(counts, axis)
    for row, weights in enumerate(counts.astype(int)):
        sample = np.repeat(axis, weights)
        assert found.centroid[row] == pytest.approx(sample.mean())
        assert found.spread[row] == pytest.approx(sample.std())
        assert found.skewness[row] == pytest.approx(stats.skew(sample))
        assert found.kurtosis[row] == pytest.approx(stats.kurtosis(sample, fisher=False))


def test_a_line_has_a_place_and_no_shape() -> None:
    found = weighted_moments(np.eye(5)[[3]], np.arange(5.0))
    assert found.centroid[0] == pytest.approx(3.0)
    assert (found.spread[0], found.skewness[0], found.kurtosis[0]) == (0.0, 0.0, 0.0)
    assert not any(values.any() for values in weighted_moments(np.zeros((2, 5)), np.arange(5.0)))


def test_line_fit_is_numpys() -> None:
    magnitude = RNG.random((4, 33))
    hz = np.linspace(0, 4000, 33)
    for order in (1, 2):
        expected = np.polyfit(hz, magnitude.T, order).T
        np.testing.assert_allclose(line_fit(magnitude, rate_hz=8000, order=order), expected, rtol=1e-9)


def test_slope_does_not_know_level() -> None:
    magnitude = RNG.random((4, 33))
    np.testing.assert_allclose(spectral_slope(10 * magnitude, rate_hz=8000), spectral_slope(magnitude, rate_hz=8000))
    assert spectral_slope(np.linspace(2, 1, 33)[None], rate_hz=8000)[0] < 0
    assert spectral_slope(np.zeros((1, 33)), rate_hz=8000)[0] == 0


def test_decrease_by_its_definition() -> None:
    magnitude = RNG.random((3, 20))
    expected = [sum((row[k] - row[0]) / k for k in range(1, 20)) / row[1:].sum() for row in magnitude]
    np.testing.assert_allclose(spectral_decrease(magnitude), expected)


def test_high_frequencies_weigh_more() -> None:
    assert high_frequency_content(np.eye(8)).tolist() == list(range(8))
