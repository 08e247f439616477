import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.attacks import attacks_of

RATE = 22050


def strokes(at_s: np.ndarray, *, gain: float = 0.3, decay: float = 30.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(0.2 * RATE)) / RATE
    signal = np.zeros(round((at_s[-1] + 0.5) * RATE), dtype=np.float32)
    for start in np.rint(at_s * RATE).astype(int):
        signal[start : start + len(time_s)] += (gain * np.exp(-decay * time_s) * rng.standard_normal(len(time_s))).astype(np.float32)
    return signal


@pytest.mark.parametrize("gain", [0.3, 0.003])
@pytest.mark.parametrize("rate_hz", [22050, 44100])
def test_strokes_are_found_to_milliseconds(gain: float, rate_hz: int) -> None:
    at_s = 0.3 + 0.25 * np.arange(40) + 0.02 * np.random.default_rng(1).random(40)
    scale = rate_hz / RATE
    signal = strokes(at_s * scale, gain=gain)  # at the higher rate the same samples go by faster
    found = attacks_of(signal, rate_hz=rate_hz)
    assert len(found) == pytest.approx(40, abs=3)
    nearest = found.time_s[np.abs(found.time_s[:, None] - at_s).argmin(axis=0)]
    assert np.abs(nearest - at_s).max() < 0.008
    assert np.std(nearest - at_s) < 0.003


def test_loud_strokes_are_stronger_and_silence_has_none() -> None:
    at_s = 0.3 + 0.3 * np.arange(10)
    signal = strokes(at_s)
    signal[: round(1.4 * RATE)] *= 0.02
    found = attacks_of(signal, rate_hz=RATE)
    assert (found.confidence > 0).all()
    assert len(attacks_of(np.zeros(RATE, np.float32), rate_hz=RATE)) == 0
    assert len(attacks_of(np.zeros(0, np.float32), rate_hz=RATE)) == 0
    assert len(attacks_of(np.ones(10, np.float32), rate_hz=RATE)) == 0
