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


def make_sequence() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    observation, transition = rng.random((60, 8)), rng.dirichlet(np.ones(8) / 2, size=8)
    initial = rng.dirichlet(np.ones(8))
    states, score = librosa.sequence.viterbi(observation.T, transition, p_init=initial, return_logp=True)
    return {"observation": observation, "transition": transition, "initial": initial, "states": states, "log_likelihood": np.float64(score)}


def make_warping() -> dict[str, np.ndarray]:
    cost = np.random.default_rng(5).random((37, 45)).astype(np.float32)
    accumulated, path = librosa.sequence.dtw(C=cost.astype(np.float64))
    moves = {
        "step_sizes_sigma": np.array([[1, 1], [2, 1], [1, 2]]),
        "weights_mul": np.array([1.0, 2.0, 3.0]),
        "weights_add": np.array([0.0, 0.1, 0.2]),
    }
    limited, limited_path = librosa.sequence.dtw(C=cost.astype(np.float64), **moves)
    _, part = librosa.sequence.dtw(C=cost[:12].astype(np.float64), subseq=True)
    return {
        "cost": cost,
        "accumulated": accumulated,
        "path": path[::-1],
        "limited": limited,
        "limited_path": limited_path[::-1],
        "subsequence_path": part[::-1],
    }


def make_pitch() -> dict[str, np.ndarray]:
    """A harmonic tone that glides and wobbles, pauses, and turns into noise."""
    rng = np.random.default_rng(3)
    time_s = np.arange(int(22050 * 1.6)) / 22050
    f0_hz = 180 * 2 ** (time_s / 1.2) * 2 ** (0.3 / 12 * np.sin(2 * np.pi * 5.5 * time_s))
    phase = 2 * np.pi * np.cumsum(f0_hz) / 22050
    signal = sum(0.25 / k * np.sin(k * phase) for k in range(1, 7)) * ((time_s % 0.6) > 0.1)
    signal = signal + np.where(time_s > 1.3, 0.2, 0.002) * rng.standard_normal(time_s.size)
    stored = np.clip(np.rint(signal * 32767), -32768, 32767).astype(np.int16)
    signal = stored.astype(np.float32) / 32767
    options = {"fmin": 80, "fmax": 1000, "sr": 22050, "frame_length": 1024, "hop_length": 256}
    pyin_hz, voiced, probability = librosa.pyin(signal, fill_na=None, **options)
    return {"signal": stored, "yin_hz": librosa.yin(signal, **options), "pyin_hz": pyin_hz, "voiced": voiced, "probability": probability}


if __name__ == "__main__":
    np.savez_compressed(HERE / "dsp_sequence.npz", **make_sequence())
    np.savez_compressed(HERE / "dsp_warping.npz", **make_warping())
    np.savez_compressed(HERE / "dsp_pitch.npz", **make_pitch())
    np.savez_compressed(HERE / "dsp_hpss.npz", **make_hpss())
    np.savez_compressed(HERE / "dsp_rhythm.npz", **make_rhythm())
