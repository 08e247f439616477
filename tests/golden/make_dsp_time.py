"""Expected numbers for the time-side modules of `hexachord.dsp`, from librosa 0.11 as the oracle.

Run in an environment with the `peers` extra: `python tests/golden/make_dsp_time.py`. Inputs are stored beside outputs, so the tests
need neither librosa nor the same random generator.
"""

from pathlib import Path

import librosa
import numpy as np

HERE = Path(__file__).parent


def plucked(rate_hz: int, seconds: float) -> np.ndarray:
    """Decaying noisy plucks every 0.4 s over a gliding tone."""
    rng = np.random.default_rng(7)
    n = int(rate_hz * seconds)
    time_s = np.arange(n) / rate_hz
    tone = 0.2 * np.sin(2 * np.pi * (220 * time_s + 20 * time_s**2))
    return (tone + 0.3 * rng.standard_normal(n) * np.exp(-8 * (time_s % 0.4))).astype(np.float32)


def make_rhythm() -> dict[str, np.ndarray]:
    signal = plucked(22050, 3.0)
    mel = librosa.feature.melspectrogram(y=signal, sr=22050, n_mels=40)
    log_mel = librosa.power_to_db(mel).astype(np.float32)
    strength = librosa.onset.onset_strength(S=log_mel, sr=22050)
    return {
        "log_mel": log_mel.T,
        "onset_strength": strength,
        "onset_strength_lag2_max3": librosa.onset.onset_strength(S=log_mel, sr=22050, lag=2, max_size=3),
        "peaks": librosa.util.peak_pick(strength, pre_max=3, post_max=4, pre_avg=10, post_avg=11, delta=0.2, wait=4),
        "tempogram": librosa.feature.tempogram(onset_envelope=strength, win_length=64).T.astype(np.float32),
    }


def make_hpss() -> dict[str, np.ndarray]:
    magnitude = np.abs(librosa.stft(plucked(22050, 1.5), n_fft=128, hop_length=512))
    harmonic, percussive = librosa.decompose.hpss(magnitude, kernel_size=(17, 31), mask=True)
    strict_harmonic, strict_percussive = librosa.decompose.hpss(magnitude, margin=(2.0, 3.0), power=1.5, mask=True)
    return {
        "magnitude": magnitude.T,
        "harmonic": harmonic.T,
        "percussive": percussive.T,
        "strict_harmonic": strict_harmonic.T,
        "strict_percussive": strict_percussive.T,
    }


if __name__ == "__main__":
    np.savez_compressed(HERE / "dsp_hpss.npz", **make_hpss())
    np.savez_compressed(HERE / "dsp_rhythm.npz", **make_rhythm())
