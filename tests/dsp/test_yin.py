from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp.pyin import PyinOptions, pyin
from hexachord.dsp.yin import YinFrame, difference_blocks, yin

GOLDEN = dict(np.load(Path(__file__).parents[1] / "golden" / "dsp_pitch.npz"))
RATE_HZ = 22050


def cents(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.abs(1200 * np.log2(a / b))


def tone(f0_hz: float, seconds: float = 1.0) -> np.ndarray:
    phase = 2 * np.pi * f0_hz * np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    return sum(0.5**k * np.sin(k * phase) for k in (1, 2, 3, 4)).astype(np.float32)


def test_yin_equals_librosa() -> None:
    signal = GOLDEN["signal"].astype(np.float32) / 32767
    f0_hz, _ = yin(signal, rate_hz=RATE_HZ, frame=YinFrame(lowest_hz=80, highest_hz=1000, frame_length=1024, hop=256))
    np.testing.assert_allclose(f0_hz, GOLDEN["yin_hz"], rtol=1e-4)


def test_pyin_equals_librosa() -> None:
    signal = GOLDEN["signal"].astype(np.float32) / 32767
    frame = YinFrame(lowest_hz=80, highest_hz=1000, frame_length=1024, hop=256)
    track = pyin(signal, rate_hz=RATE_HZ, options=PyinOptions(frame=frame))
    np.testing.assert_allclose(track.probability, GOLDEN["probability"], atol=1e-4)
    assert np.mean(track.voiced == GOLDEN["voiced"]) >= 0.99
    both = track.voiced & GOLDEN["voiced"]
    assert both.sum() > 50
    assert np.mean(cents(track.f0_hz[both], GOLDEN["pyin_hz"][both]) < 10) >= 0.99


@pytest.mark.parametrize("f0_hz", [82.4, 220.0, 445.3, 1318.5])
def test_harmonic_tones(f0_hz: float) -> None:
    found, aperiodicity = yin(tone(f0_hz), rate_hz=RATE_HZ)
    assert cents(found[4:-4], f0_hz).max() < 15
    assert aperiodicity[4:-4].max() < 0.2
    track = pyin(tone(f0_hz), rate_hz=RATE_HZ)
    assert track.voiced[4:-4].all()
    assert cents(track.f0_hz[4:-4], f0_hz).max() < 15


def test_difference_function_equals_its_definition() -> None:
    signal = np.random.default_rng(0).standard_normal(3000)
    frame = YinFrame(lowest_hz=200, highest_hz=2000, frame_length=512, hop=100)
    shortest, longest = frame.lags(RATE_HZ)
    found = np.concatenate([block for _, block in difference_blocks(signal, rate_hz=RATE_HZ, frame=frame, block_frames=7)])
    padded = np.pad(signal, 256)
    for number in (0, 3, 30):
        x = np.concatenate([padded[number * 100 : number * 100 + 512], np.zeros(longest)])
        difference = np.array([np.sum((x[:512] - x[lag : lag + 512]) ** 2) for lag in range(longest + 1)])
        mean = np.cumsum(difference[1:]) / np.arange(1, longest + 1)
        np.testing.assert_allclose(found[number], difference[shortest:] / mean[shortest - 1 :], rtol=1e-9)


@pytest.mark.parametrize("signal", [np.zeros(0), np.zeros(1), np.zeros(9000), np.full(9000, 0.5)], ids=["none", "one", "silence", "dc"])
def test_no_pitch(signal: np.ndarray) -> None:
    track = pyin(signal.astype(np.float32), rate_hz=RATE_HZ)
    assert track.f0_hz.shape == track.voiced.shape == track.probability.shape
    assert np.isfinite(track.f0_hz).all()
    assert not track.voiced[4:-4].any()


def test_noise_is_improbable() -> None:
    track = pyin(np.random.default_rng(1).standard_normal(30000).astype(np.float32), rate_hz=RATE_HZ)
    assert track.probability.max() < 0.1  # the path may still call some of it voiced, as the original does: trust `probability` then


def test_impossible_ranges_are_refused() -> None:
    with pytest.raises(ValueError, match="fits"):
        yin(tone(220), rate_hz=RATE_HZ, frame=YinFrame(lowest_hz=10))
    with pytest.raises(ValueError, match="low to high"):
        yin(tone(220), rate_hz=RATE_HZ, frame=YinFrame(lowest_hz=300, highest_hz=200))
