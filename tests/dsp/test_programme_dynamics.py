import numpy as np
import pytest

from hexachord.dsp.programme_dynamics import equivalent_level_db, larm_db, long_term_loudness, stevens_loudness


def test_stevens() -> None:
    assert stevens_loudness(np.array([10.0]))[0] / stevens_loudness(np.array([1.0]))[0] == pytest.approx(10**0.67)


def test_loud_moments_count_more() -> None:
    loudness, complexity = long_term_loudness(np.array([-20.0, -40.0]))
    weight = 0.9**20
    assert loudness == pytest.approx((-20 - 40 * weight) / (1 + weight))
    assert complexity == pytest.approx(10.0)
    assert long_term_loudness(np.zeros(0)) == (-90.0, 0.0)
    assert long_term_loudness(np.array([-np.inf, -np.inf])) == (-90.0, 0.0)


def test_equivalent_level() -> None:
    assert equivalent_level_db(np.array([0.0, 0.02])) == pytest.approx(-20.0)
    assert equivalent_level_db(np.zeros(3)) == equivalent_level_db(np.zeros(0)) == -100.0


def test_larm_holds_peaks() -> None:
    steady, strokes = np.full(1000, 0.1), np.zeros(1000)
    strokes[::20] = 0.1  # every fifth of a second
    assert larm_db(steady, hop_s=0.01) == pytest.approx(-20.0)
    assert -21.0 < larm_db(strokes, hop_s=0.01) < -20.0
    assert larm_db(np.zeros(10), hop_s=0.01) == larm_db(np.zeros(0), hop_s=0.01) == -100.0
    assert larm_db(2 * strokes, hop_s=0.01) == pytest.approx(larm_db(strokes, hop_s=0.01) + 6.02, abs=0.01)
