from pathlib import Path

import numpy as np
import pytest
from spectra_signal import RATE_HZ, golden_signal

from hexachord.dsp import frontend
from hexachord.dsp.chroma import chroma_cqt
from hexachord.dsp.frontend import FrontEnd, FrontEndOptions
from hexachord.dsp.mel import mel_spectrogram, mfcc, power_to_db
from hexachord.dsp.shape import rms, spectral_shape, zero_crossing_rate

MATRICES = ("log_mel_db", "mfcc", "rms", "cqt", "chroma", "bass_chroma", "treble_chroma")


def test_same_numbers_as_the_functions() -> None:
    signal = golden_signal()
    front = FrontEnd(signal, options=FrontEndOptions(follow_tuning=False))
    log_mel = power_to_db(mel_spectrogram(signal, rate_hz=RATE_HZ))
    np.testing.assert_allclose(front.log_mel_db, log_mel, atol=1e-3)
    np.testing.assert_allclose(front.mfcc, mfcc(log_mel), atol=1e-2)
    np.testing.assert_allclose(front.chroma, chroma_cqt(signal, rate_hz=RATE_HZ, tuning_cents=0.0), atol=1e-5)
    np.testing.assert_array_equal(front.shape.centroid_hz, spectral_shape(signal, rate_hz=RATE_HZ).centroid_hz)
    np.testing.assert_array_equal(front.rms, rms(signal))
    assert front.frame_times_s[10] == pytest.approx(10 * front.hop_s)
    assert all(len(getattr(front, name)) == front.frames == len(front.frame_times_s) for name in MATRICES)


def test_each_representation_is_made_once() -> None:
    front = FrontEnd(golden_signal())
    for name in (*MATRICES, "shape", "tuning", "tuning_curve", "raw_chroma"):
        assert getattr(front, name) is getattr(front, name)


def test_memory_maps_and_long_recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording too long to keep its constant-Q is folded block by block, with the same result."""
    signal = np.tile(golden_signal(), 4)
    signal.tofile(tmp_path / "signal.f32")
    whole = FrontEnd(signal)
    monkeypatch.setattr(frontend, "_KEEP_CQT_FRAMES", 100)
    monkeypatch.setattr(frontend, "_CQT_BLOCK_FRAMES", 61)
    mapped = FrontEnd(np.memmap(tmp_path / "signal.f32", dtype=np.float32, mode="r"))
    for name in MATRICES:
        np.testing.assert_allclose(getattr(mapped, name), getattr(whole, name), atol=2e-6 * np.abs(getattr(whole, name)).max())
    long = FrontEnd(signal)
    np.testing.assert_allclose(long.treble_chroma, whole.treble_chroma, atol=1e-6)
    assert "cqt" not in vars(long)


@pytest.mark.parametrize("samples", [0, 1, 100, 5000])
def test_short_and_silent(samples: int) -> None:
    for signal in (np.zeros(samples, dtype=np.float32), np.ones(samples, dtype=np.float64)):
        front = FrontEnd(signal)
        for name in MATRICES:
            assert np.isfinite(getattr(front, name)).all()
            assert len(getattr(front, name)) == (1 + samples // 512 if samples else 0)
        assert np.isfinite(front.shape.flatness).all()


@pytest.mark.parametrize("rate_hz", [8000, 44100])
def test_other_rates(rate_hz: int) -> None:
    t = np.arange(2 * rate_hz) / rate_hz
    front = FrontEnd(np.sin(2 * np.pi * 440 * t).astype(np.float32), rate_hz=rate_hz)
    assert front.chroma[front.frames // 2].argmax() == 9
    assert front.cqt_options.frequencies_hz[-1] < rate_hz / 2


def test_rejects_what_is_no_mono_signal() -> None:
    with pytest.raises(ValueError, match="mono float"):
        FrontEnd(np.zeros((2, 100)))
    with pytest.raises(ValueError, match="mono float"):
        FrontEnd(np.zeros(100, dtype=np.int16))


def test_rms_both_ways_and_in_blocks() -> None:
    signal = golden_signal()
    direct = [np.sqrt(np.mean(np.pad(signal, 1024)[i * 512 : i * 512 + 2048].astype(float) ** 2)) for i in range(len(rms(signal)))]
    np.testing.assert_allclose(rms(signal), direct, rtol=1e-5)
    np.testing.assert_allclose(rms(signal, hop=500)[::16], rms(signal, hop=32)[::250], rtol=1e-5)
    assert zero_crossing_rate(np.array([1.0, -1.0] * 500), frame_length=100, hop=50)[10] == pytest.approx(0.99)


def test_scaling_by_ten_is_twenty_decibels() -> None:
    signal = golden_signal()
    np.testing.assert_allclose(rms(10 * signal), 10 * rms(signal), rtol=1e-5)
    a, b = FrontEnd(signal).log_mel_db, FrontEnd(10 * signal).log_mel_db
    np.testing.assert_allclose((b - a)[a > -60], 20.0, atol=1e-2)
