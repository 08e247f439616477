import numpy as np
import pytest

from hexachord.dsp.beat_histogram import beat_histogram, pulse_clarity

HOP_S = 0.02
RNG = np.random.default_rng(0)


def strokes(period: int, frames: int = 3000) -> np.ndarray:
    return (np.arange(frames) % period == 0).astype(float)


@pytest.mark.parametrize("period", [20, 25, 40, 60])
def test_the_period_is_counted(period: int) -> None:
    found = beat_histogram(strokes(period)[:, None], hop_s=HOP_S)
    bpm = 60 / (period * HOP_S)
    assert found.first_bpm == pytest.approx(bpm, abs=2)
    assert found.weight.shape == (161,)
    assert found.strength_ratio == pytest.approx(found.second_strength / found.first_strength)


def test_two_rhythms() -> None:
    bands = np.stack([strokes(22), 0.6 * strokes(31)], axis=1)
    found = beat_histogram(bands, hop_s=HOP_S)
    assert found.first_bpm == pytest.approx(60 / 22 / HOP_S, abs=2)
    assert found.weight[round(60 / 31 / HOP_S) - 40 - 2 : round(60 / 31 / HOP_S) - 40 + 3].sum() > 0


def test_a_pulse_is_clearer_than_noise() -> None:
    clear = pulse_clarity(strokes(25), hop_s=HOP_S)
    smeared = pulse_clarity(strokes(25) + RNG.random(3000), hop_s=HOP_S)
    noise = pulse_clarity(RNG.random(3000), hop_s=HOP_S)
    assert clear == pytest.approx(1.0, abs=0.02)
    assert clear > smeared > noise
    assert noise < 0.15


def test_edges() -> None:
    for envelopes in (np.zeros((500, 3)), np.ones((500, 3)), np.zeros((1, 3)), np.ones((5, 3))):
        found = beat_histogram(envelopes, hop_s=HOP_S)
        assert not found.weight.any()
        assert found[1:] == (0.0,) * 6
    assert pulse_clarity(np.zeros(1000), hop_s=HOP_S) == pulse_clarity(np.ones(3), hop_s=HOP_S) == 0
