from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp import onset

GOLDEN = dict(np.load(Path(__file__).parents[1] / "golden" / "dsp_rhythm.npz"))
RATE_HZ, N_FFT, HOP = 22050, 1024, 256


def stft(signal: np.ndarray) -> np.ndarray:
    padded = np.pad(signal, N_FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    return np.fft.rfft(frames * np.hanning(N_FFT + 1)[:-1]).astype(np.complex64)


def notes(times_s: list[float], seconds: float = 3.0) -> np.ndarray:
    """Tones that start at the given times, each at a new pitch."""
    time = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    out = np.zeros(time.size)
    for number, start in enumerate(times_s):
        since = time - start
        tone = np.sin(2 * np.pi * 220 * 2 ** (5 * number / 12 % 2) * since)
        out += np.where(since > 0, tone * np.exp(-6 * np.maximum(since, 0)), 0)
    fade = np.clip((seconds - time) / 0.3, 0, 1)  # a cut-off end is an event too
    return (0.3 * fade * out).astype(np.float32)


def test_onset_strength_equals_librosa() -> None:
    plain = onset.onset_strength(GOLDEN["log_mel"])
    np.testing.assert_allclose(plain, GOLDEN["onset_strength"], rtol=1e-4, atol=1e-5)
    wide = onset.onset_strength(GOLDEN["log_mel"], lag=2, band_max=3)
    np.testing.assert_allclose(wide, GOLDEN["onset_strength_lag2_max3"], rtol=1e-4, atol=1e-5)


NOVELTIES = {
    "energy": lambda signal: onset.energy_novelty(signal, frame_length=N_FFT, hop=HOP),
    "spectral": lambda signal: onset.spectral_novelty(np.abs(stft(signal))),
    "phase": lambda signal: onset.phase_novelty(stft(signal)),
    "complex": lambda signal: onset.complex_novelty(stft(signal)),
    "superflux": lambda signal: onset.superflux(np.abs(stft(signal)), rate_hz=RATE_HZ, n_fft=N_FFT),
}


@pytest.mark.parametrize("name", ["energy", "spectral", "complex", "superflux"])
def test_notes_are_found_where_they_start(name: str) -> None:
    starts = [0.4, 0.9, 1.3, 2.1, 2.5]
    curve = NOVELTIES[name](notes(starts))
    found = onset.pick_onsets(curve, hop_s=HOP / RATE_HZ).time_s
    assert found.size == len(starts)
    assert np.abs(found - starts).max() < 0.035


@pytest.mark.parametrize("name", NOVELTIES)
def test_silence_and_shape(name: str) -> None:
    silence = np.zeros(RATE_HZ, dtype=np.float32)
    curve = NOVELTIES[name](silence)
    assert curve.shape == (1 + RATE_HZ // HOP,)
    assert not curve.any()
    assert onset.pick_onsets(curve, hop_s=0.01).time_s.size == 0
    assert NOVELTIES[name](silence[:1]).shape == (1,)


def test_steady_sine_is_no_news_to_phase_or_complex() -> None:
    steady = np.sin(2 * np.pi * 441 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
    spectrum = stft(steady)[8:-8]  # the ends, half outside the signal, are news
    strongest = np.abs(spectrum[0]) > 1
    assert onset.phase_novelty(spectrum[:, strongest]).max() < 1e-3
    assert onset.complex_novelty(spectrum).max() < 1e-2 * np.abs(spectrum[0]).sum()


def test_superflux_is_deaf_to_vibrato() -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    wobble = np.sin(2 * np.pi * 880 * time + 12 * np.sin(2 * np.pi * 6 * time)).astype(np.float32)
    magnitude = np.abs(stft(wobble))[10:-10]
    plain = onset.superflux(magnitude, rate_hz=RATE_HZ, n_fft=N_FFT, band_max=1)
    filtered = onset.superflux(magnitude, rate_hz=RATE_HZ, n_fft=N_FFT, band_max=3)
    assert filtered.mean() < 0.3 * plain.mean()


def test_blocks_do_not_show() -> None:
    rng = np.random.default_rng(3)
    spectrum = (rng.standard_normal((2500, 7)) + 1j * rng.standard_normal((2500, 7))).astype(np.complex64)
    whole = onset.complex_novelty(spectrum)
    turns = np.angle(spectrum)
    size = np.abs(spectrum)
    expected = size[1:-1] * np.exp(1j * (2 * turns[1:-1] - turns[:-2]))
    by_hand = (np.abs(expected - spectrum[2:]) * (size[2:] > size[1:-1])).sum(axis=1)
    np.testing.assert_allclose(whole[2:], by_hand, rtol=1e-4)
    np.testing.assert_allclose(
        onset.spectral_novelty(size)[1:], np.maximum(np.diff(np.log1p(100 * size), axis=0), 0).sum(axis=1), rtol=1e-4
    )


def test_activation_is_fair_to_quiet_passages() -> None:
    curve = np.zeros(2000)
    curve[50:1000:50] = 1.0
    curve[1050:2000:50] = 0.2
    activation = onset.novelty_to_activation(curve, hop_s=0.02)
    assert activation.min() >= 0
    assert activation.max() <= 1
    assert activation[[300, 1800]] == pytest.approx([1, 1], abs=0.05)
    assert not onset.novelty_to_activation(np.zeros(10), hop_s=0.02).any()


def test_bad_curves_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        onset.pick_onsets(np.array([0.0, np.nan]), hop_s=0.01)
    with pytest.raises(ValueError, match="shape"):
        onset.pick_onsets(np.zeros((3, 3)), hop_s=0.01)
