"""The spectral front end beside librosa 0.11, whose numbers `tests/golden/make_dsp_spectra.py` wrote down."""

from pathlib import Path

import numpy as np
import pytest
from spectra_signal import RATE_HZ, golden_signal

from hexachord.dsp.chroma import chroma_cens, chroma_cqt, chroma_stft
from hexachord.dsp.constantq import ConstantQ, cqt
from hexachord.dsp.mel import delta, mel_filterbank, mel_from_power, mel_spectrogram, mfcc, power_to_db
from hexachord.dsp.shape import rms, spectral_centroid_hz, spectral_shape, zero_crossing_rate
from hexachord.dsp.stft import power_spectrogram, stft

FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = {**np.load(FOLDER / "dsp_spectra.npz"), **np.load(FOLDER / "dsp_pitch_spectra.npz")}


@pytest.fixture(scope="module")
def signal() -> np.ndarray:
    return golden_signal()


def assert_close(ours: np.ndarray, name: str, *, frames: slice = slice(None), relative: float = 1e-4) -> None:
    """Within 1e-4 of each frame's largest value."""
    golden = GOLDEN[name][frames]
    assert ours[frames].shape == golden.shape
    size = np.abs(golden).max(axis=-1, keepdims=True) if golden.ndim == 2 else np.abs(golden)
    worst = np.max(np.abs(ours[frames] - golden) / (size + 1e-9))
    assert worst < relative, f"{name}: off by {worst:.1e} of the frame's largest value"


def test_stft(signal: np.ndarray) -> None:
    assert_close(stft(signal)[::27], "stft_27", relative=1e-6)


def test_mel(signal: np.ndarray) -> None:
    assert_close(mel_spectrogram(signal, rate_hz=RATE_HZ)[::9], "mel_9", relative=1e-5)
    heights = mel_filterbank(rate_hz=RATE_HZ, n_fft=2048, bands=40, low_hz=30, high_hz=8000, scale="htk", unit_area=False)
    assert_close((power_spectrogram(signal) @ heights)[::9], "mel_htk_9", relative=1e-5)
    whole = mel_from_power(power_spectrogram(signal), rate_hz=RATE_HZ)
    np.testing.assert_allclose(whole, mel_spectrogram(signal, rate_hz=RATE_HZ), rtol=1e-5)


def test_mfcc_and_slopes(signal: np.ndarray) -> None:
    coefficients = mfcc(power_to_db(mel_spectrogram(signal, rate_hz=RATE_HZ), range_db=80), lifter=22)
    assert_close(coefficients, "mfcc")
    assert_close(delta(coefficients), "delta")
    assert_close(delta(coefficients, order=2, width=7), "delta2")


def test_shape(signal: np.ndarray) -> None:
    assert_close(rms(signal), "rms")
    assert_close(zero_crossing_rate(signal), "zero_crossings")
    shape = spectral_shape(signal, rate_hz=RATE_HZ)
    assert_close(shape.centroid_hz, "centroid")
    assert_close(spectral_centroid_hz(np.sqrt(power_spectrogram(signal)), rate_hz=RATE_HZ), "centroid")
    assert_close(shape.bandwidth_hz, "bandwidth")
    assert_close(shape.rolloff_hz, "rolloff")
    assert_close(shape.flatness, "flatness")


def test_constant_q(signal: np.ndarray) -> None:
    # Kernels near the ends look beyond the signal, where librosa cuts the halved signals off and we let the filter ring.
    inner = slice(1, -1)
    assert_close(cqt(signal)[::9], "cqt_9", frames=inner)
    fine = ConstantQ(bins=252, bins_per_octave=36, tuning_cents=20.0)
    assert_close(cqt(signal, fine)[::27], "cqt_36_27", frames=inner)


def test_chroma(signal: np.ndarray) -> None:
    assert_close(chroma_stft(signal, rate_hz=RATE_HZ, tuning_cents=12.0), "chroma_stft")
    assert_close(chroma_cqt(signal, rate_hz=RATE_HZ, tuning_cents=0.0), "chroma_cqt", frames=slice(34, -34))
    assert_close(chroma_cens(signal, rate_hz=RATE_HZ, tuning_cents=0.0), "chroma_cens")
