"""Expected numbers for the textbook's rhythm techniques: librosa 0.11 where it has the same definition, else the formula, written out.

Run in an environment with the `peers` extra: `python tests/golden/make_rhythm_textbook.py`. The direct versions follow the sums of
FMP chapter 6 term by term, in plain loops and double precision; they share no code with the package.
"""

from pathlib import Path

import librosa
import numpy as np
from make_dsp_time import plucked

HERE = Path(__file__).parent
RATE_HZ, N_FFT, HOP = 22050, 256, 256
GAMMA, ENERGY_GAMMA, MEAN_FRAMES = 100.0, 10.0, 7
TEMPOGRAM_HOP_S, WINDOW_S = 0.02, 4.0
TEMPI = np.array([60.0, 75.0, 90.0, 120.0, 150.0, 180.0, 240.0])


def frames_of(signal: np.ndarray) -> np.ndarray:
    padded = np.pad(signal.astype(np.float64), N_FFT // 2)
    count = 1 + len(signal) // HOP
    return np.stack([padded[frame * HOP : frame * HOP + N_FFT] for frame in range(count)])


def make_novelty() -> dict[str, np.ndarray]:
    signal = plucked(RATE_HZ, 0.9)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)
    frames = frames_of(signal)
    spectrum = np.fft.rfft(frames * window).astype(np.complex64)
    count, bins = spectrum.shape
    size, phase = np.abs(spectrum.astype(np.complex128)), np.angle(spectrum.astype(np.complex128)) / (2 * np.pi)
    energy, spectral, bend, complex_domain = (np.zeros(count) for _ in range(4))
    local_energy = [float(np.log(1 + ENERGY_GAMMA * sum((frames[n] * window) ** 2))) for n in range(count)]
    for n in range(1, count):
        energy[n] = max(local_energy[n] - local_energy[n - 1], 0.0)
        for k in range(bins):
            spectral[n] += max(np.log(1 + GAMMA * size[n, k]) - np.log(1 + GAMMA * size[n - 1, k]), 0.0)
            if n >= 2:
                first, second = phase[n, k] - phase[n - 1, k], phase[n - 1, k] - phase[n - 2, k]
                turn = (first - second + 0.5) % 1.0 - 0.5  # the principal argument
                bend[n] += abs(turn)
                predicted = size[n - 1, k] * np.exp(2j * np.pi * (phase[n - 1, k] + second))
                if size[n, k] > size[n - 1, k]:
                    complex_domain[n] += abs(spectrum[n, k] - predicted)
    local = [spectral[max(0, n - MEAN_FRAMES) : n + MEAN_FRAMES + 1].mean() for n in range(count)]
    return {
        "signal": signal,
        "spectrum": spectrum,
        "energy": energy,
        "spectral": spectral,
        "phase": bend,
        "complex": complex_domain,
        "local_mean_taken_away": np.maximum(spectral - local, 0.0),
        "normalised": spectral / spectral.max(),
        "resampled": np.interp(np.arange(0, (count - 1) * HOP / RATE_HZ + 1e-9, 0.02), np.arange(count) * HOP / RATE_HZ, spectral),
    }


def make_tempograms() -> dict[str, np.ndarray]:
    """A pulse that quickens from 110 to 130 beats a minute, every third beat missing."""
    beats = np.cumsum(60.0 / np.linspace(110, 130, 30))
    novelty = np.zeros(700)
    for number, beat in enumerate(beats[beats < 13.9]):
        novelty[round(beat / TEMPOGRAM_HOP_S)] = 0.0 if number % 3 == 2 else 1.0
    half = round(WINDOW_S / TEMPOGRAM_HOP_S / 2)
    window = np.array([0.5 + 0.5 * np.cos(np.pi * m / (half + 1)) for m in range(-half, half + 1)])
    count = len(novelty)
    fourier = np.zeros((count, len(TEMPI)), dtype=np.complex128)
    for t in range(count):
        for column, bpm in enumerate(TEMPI):
            for m in range(-half, half + 1):
                if 0 <= t + m < count and novelty[t + m]:
                    fourier[t, column] += novelty[t + m] * window[m + half] * np.exp(-2j * np.pi * bpm / 60 * m * TEMPOGRAM_HOP_S)
    fourier /= window.sum()
    pulse = np.zeros(count)
    for t in range(count):
        column = int(np.abs(fourier[t]).argmax())
        for m in range(-half, half + 1):
            if 0 <= t + m < count:
                turn = TEMPI[column] / 60 * m * TEMPOGRAM_HOP_S + np.angle(fourier[t, column]) / (2 * np.pi)
                pulse[t + m] += window[m + half] / window.sum() * np.cos(2 * np.pi * turn)
    octaves = 30.0 * 2.0 ** (np.arange(3 * 12 + 1) / 12)
    strength = np.random.default_rng(3).random((5, len(octaves)))
    cyclic = np.zeros((5, 12))
    for bin_ in range(12):
        members = [column for column in range(len(octaves)) if column % 12 == bin_]
        cyclic[:, bin_] = strength[:, members].mean(axis=1)
    grid = np.linspace(30, 300, 91)
    magnitude = np.random.default_rng(4).random((6, 91))
    bpm = np.linspace(70, 140, 6)
    return {
        "novelty": novelty,
        "fourier": fourier.astype(np.complex64),
        "pulse": np.maximum(pulse, 0.0),
        "cyclic_input": strength,
        "cyclic": cyclic,
        "ratio_input": magnitude,
        "ratio": librosa.feature.tempogram_ratio(tg=magnitude.T, freqs=grid, bpm=bpm).T,
    }


def make_beats() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(9)
    frame = np.arange(1300)
    beats = np.cumsum(21.5 + 0.6 * rng.standard_normal(60))
    strength = 0.2 * rng.random(1300) + np.exp(-(((frame[:, None] - beats) / 1.5) ** 2)).sum(axis=1)
    _, found = librosa.beat.beat_track(onset_envelope=strength, sr=22050, hop_length=512, bpm=120.0, trim=False)
    features = rng.random((200, 3))
    edges = np.sort(rng.random(12)) * 19.0
    windows = np.zeros((2, 11, 3))
    for row, margin in enumerate((0.0, 0.25)):
        for k in range(11):
            start, end = edges[k] + margin * (edges[k + 1] - edges[k]), edges[k + 1] - margin * (edges[k + 1] - edges[k])
            chosen = [i for i in range(200) if start <= i * 0.1 and (i * 0.1 < end or (margin > 0 and i * 0.1 <= end))]
            windows[row, k] = features[chosen or [round((start + end) / 2 / 0.1)]].mean(axis=0)
    return {"strength": strength, "beats": found, "features": features, "edges": edges, "windows": windows}


if __name__ == "__main__":
    np.savez_compressed(
        HERE / "rhythm_textbook.npz",
        **{f"novelty_{name}": value for name, value in make_novelty().items()},
        **{f"tempo_{name}": value for name, value in make_tempograms().items()},
        **{f"beat_{name}": value for name, value in make_beats().items()},
    )
