import numpy as np
import pytest

from hexachord.dsp.linear_prediction import linear_prediction

RNG = np.random.default_rng(0)


def repeats(signal: np.ndarray, lags: int) -> np.ndarray:
    return np.array([[signal[: len(signal) - lag] @ signal[lag:] for lag in range(lags)]])


def test_it_solves_the_normal_equations() -> None:
    linalg = pytest.importorskip("scipy.linalg")
    r = np.concatenate([repeats(RNG.standard_normal(400), 13) for _ in range(6)])
    found, _, error = linear_prediction(r, order=12)
    for row in range(6):
        expected = -linalg.solve_toeplitz(r[row, :12], r[row, 1:13])
        np.testing.assert_allclose(found[row], expected, rtol=1e-5, atol=1e-7)
        assert error[row] == pytest.approx(1 + expected @ r[row, 1:13] / r[row, 0], rel=1e-6)


def test_it_is_librosas_for_a_resonance() -> None:
    pole = 0.95 * np.exp(2j * np.pi * 0.1)
    signal = np.zeros(20000)
    noise = RNG.standard_normal(20000)
    for n in range(2, 20000):
        signal[n] = 2 * pole.real * signal[n - 1] - abs(pole) ** 2 * signal[n - 2] + noise[n]
    found, reflection, _ = linear_prediction(repeats(signal, 3), order=2)
    np.testing.assert_allclose(found[0], [-2 * pole.real, abs(pole) ** 2], atol=0.02)
    assert reflection[0, 1] == pytest.approx(found[0, 1])  # the last reflection is the last coefficient


def test_edges() -> None:
    coefficients, reflection, error = linear_prediction(np.zeros((2, 5)), order=4)
    assert not coefficients.any()
    assert not reflection.any()
    assert not error.any()
    tone = np.cos(0.3 * np.arange(11))[None]
    coefficients, reflection, error = linear_prediction(tone, order=10)
    assert np.isfinite(coefficients).all()
    assert np.abs(reflection).max() <= 1
    assert error[0] < 1e-3
    with pytest.raises(ValueError, match="needs 5 lags"):
        linear_prediction(np.ones((1, 4)), order=4)
