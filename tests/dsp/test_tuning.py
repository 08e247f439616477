import numpy as np
import pytest

from hexachord.dsp.stft import power_spectrogram
from hexachord.dsp.tuning import estimate_tuning, estimate_tuning_curve, spectral_peaks, tuning_of_peaks

RATE_HZ = 22050


def melody(cents: np.ndarray | float, seconds: float = 20.0) -> np.ndarray:
    """Notes of half a second with five partials, all moved by `cents` (a number, or one per sample)."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    midi = np.random.default_rng(3).integers(48, 80, int(seconds * 2) + 1)[(t * 2).astype(int)]
    hz = 440.0 * 2.0 ** ((midi - 69) / 12 + cents / 1200)
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    return sum(np.sin(k * phase) / k for k in range(1, 6)).astype(np.float32)


@pytest.mark.parametrize("cents", [-49.0, -30.0, -7.0, 0.0, 12.0, 25.0, 45.0])
def test_tuning_is_found(cents: float) -> None:
    tuning = estimate_tuning(melody(cents), rate_hz=RATE_HZ)
    assert (tuning.cents - cents + 50) % 100 - 50 == pytest.approx(0.0, abs=1.5)
    assert tuning.confidence > 0.5
    assert tuning.a4_hz == pytest.approx(440 * 2 ** (tuning.cents / 1200))


def test_noise_and_silence_have_none() -> None:
    assert estimate_tuning(np.random.default_rng(0).standard_normal(10 * RATE_HZ), rate_hz=RATE_HZ).confidence < 0.05
    silence = estimate_tuning(np.zeros(RATE_HZ, dtype=np.float32), rate_hz=RATE_HZ)
    assert (silence.cents, silence.confidence) == (0.0, 0.0)
    assert estimate_tuning(np.zeros(0, dtype=np.float32), rate_hz=RATE_HZ).confidence == 0.0
    assert tuning_of_peaks(np.zeros(0), np.zeros(0)).confidence == 0.0


def test_a_sinking_choir() -> None:
    seconds = 60.0
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    curve = estimate_tuning_curve(melody(40 - 80 * t / 60, seconds), rate_hz=RATE_HZ)
    assert curve.drift_cents_per_minute == pytest.approx(-80, abs=4)
    inner = (curve.times_s > 5) & (curve.times_s < 55)
    np.testing.assert_allclose(curve.cents[inner], 40 - 80 * curve.times_s[inner] / 60, atol=6)


def test_curve_holds_through_silence() -> None:
    signal = np.concatenate([melody(20.0), np.zeros(30 * RATE_HZ, dtype=np.float32)])
    curve = estimate_tuning_curve(signal, rate_hz=RATE_HZ)
    assert curve.confidence[-1] == 0.0
    assert curve.cents[-1] == pytest.approx(20.0, abs=3)
    empty = estimate_tuning_curve(np.zeros(0, dtype=np.float32), rate_hz=RATE_HZ)
    assert len(empty.times_s) == len(empty.cents) == 0
    assert empty.drift_cents_per_minute == 0.0


def test_peaks_lie_between_bins() -> None:
    hz = np.array([300.3, 700.7, 1234.5])
    signal = np.sin(2 * np.pi * hz[:, None] * np.arange(4096) / RATE_HZ).sum(axis=0)
    frames, found, power = spectral_peaks(power_spectrogram(signal, n_fft=4096, hop=4096, centre=False), rate_hz=RATE_HZ)
    np.testing.assert_array_equal(frames, 0)
    np.testing.assert_allclose(found, hz, atol=0.2)
    assert (power > 1e5).all()
