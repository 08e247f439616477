import numpy as np
import pytest

from hexachord.dsp.danceability import danceability, fluctuation_exponents

RNG = np.random.default_rng(0)
LENGTHS = np.array([16, 32, 64, 128, 256, 512])


def test_exponents_of_coloured_noise() -> None:
    white = RNG.standard_normal(40000)
    assert fluctuation_exponents(white, LENGTHS).mean() == pytest.approx(0.5, abs=0.08)
    assert fluctuation_exponents(np.cumsum(white), LENGTHS).mean() == pytest.approx(1.5, abs=0.1)
    spectrum = np.fft.rfft(white) / np.sqrt(np.maximum(np.arange(20001), 1))
    assert fluctuation_exponents(np.fft.irfft(spectrum), LENGTHS).mean() == pytest.approx(1.0, abs=0.1)


def test_a_line_leaves_nothing() -> None:
    """The residue of a walk that is a parabola grows as the square of the window."""
    assert fluctuation_exponents(np.arange(5000.0), LENGTHS).mean() == pytest.approx(2.0, abs=0.02)


def test_a_pulse_is_danceable_and_a_drift_is_not() -> None:
    moments = np.arange(6000)
    pulse = (moments % 50 < 5).astype(float) + 0.01 * RNG.random(6000)
    drift = np.abs(np.cumsum(RNG.standard_normal(6000)))
    assert danceability(pulse, hop_s=0.01) > 2 > 1 > danceability(drift, hop_s=0.01)


def test_edges() -> None:
    assert danceability(np.ones(5000), hop_s=0.01) == 0
    assert danceability(RNG.random(30), hop_s=0.01) == 0
    assert danceability(np.zeros(0), hop_s=0.01) == 0
