import numpy as np
import pytest

from hexachord.dsp.dissonance import beating, dissonance, roughness


def test_the_curve_of_plomp_and_levelt() -> None:
    apart = np.linspace(0, 400, 401)
    curve = beating(np.full(401, 440.0), 440 + apart)
    assert curve[0] == 0
    assert curve.max() == pytest.approx(0.1807, abs=1e-3)
    assert 20 < apart[curve.argmax()] < 35  # about a quarter of a critical band
    assert curve[-1] < 0.001
    np.testing.assert_allclose(beating(440 + apart, np.full(401, 440.0)), curve)


def test_a_worst_pair_is_one() -> None:
    apart = np.log(5.75 / 3.5) / 2.25 / (0.24 / (0.0207 * 440 + 18.96))
    hz = np.array([[440.0, 440 + apart]])
    assert dissonance(hz, np.array([[1.0, 0.3]]))[0] == pytest.approx(1.0, abs=1e-6)
    assert dissonance(hz, np.array([[10.0, 3.0]]))[0] == pytest.approx(1.0, abs=1e-6)


def test_harmonic_intervals_are_smoother() -> None:
    """Sethares' curve for a tone of six harmonics: dips at the octave, the fifth, the fourth, the major third."""
    number = np.arange(1, 7)
    amplitude = np.tile(0.88 ** (number - 1), 2)[None]

    def of(ratio: float) -> float:
        return float(dissonance(np.concatenate([220.0 * number, 220.0 * ratio * number])[None], amplitude)[0])

    for pure in (2, 3 / 2, 4 / 3, 5 / 4):
        assert of(pure) < min(of(pure * 1.03), of(pure / 1.03))
    assert of(2 ** (1 / 12)) > of(3 / 2)


def test_roughness_by_its_formula() -> None:
    hz, amplitude = np.array([[500.0, 530.0, 900.0]]), np.array([[1.0, 0.5, 0.25]])
    expected = 0.0
    for i, j in ((0, 1), (0, 2), (1, 2)):
        a, b = amplitude[0, [i, j]]
        expected += (a * b) ** 0.1 * 0.5 * (2 * min(a, b) / (a + b)) ** 3.11 * beating(hz[0, i], hz[0, j])
    assert roughness(hz, amplitude)[0] == pytest.approx(expected, rel=1e-5)


def test_absent_partials_do_not_count() -> None:
    hz, amplitude = np.array([[500.0, 530.0, 0.0]]), np.array([[1.0, 0.5, 0.0]])
    assert roughness(hz, amplitude) == pytest.approx(roughness(hz[:, :2], amplitude[:, :2]))
    assert dissonance(hz, amplitude) == pytest.approx(dissonance(hz[:, :2], amplitude[:, :2]))
    assert roughness(hz * 0, amplitude * 0)[0] == dissonance(hz * 0, amplitude * 0)[0] == 0
