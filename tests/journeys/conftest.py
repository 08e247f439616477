from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE_HZ = 22050
BEAT_S = 0.5
_BARS = ((60, 64, 67), (65, 69, 72), (67, 71, 74), (60, 64, 67))  # C F G C
_MELODY = (72, 76, 79, 76, 77, 81, 84, 81, 79, 83, 86, 83, 84, 79, 76, 72)


def tone(pitch: float, seconds: float, decay: float) -> np.ndarray:
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    f0_hz = 440.0 * 2 ** ((pitch - 69) / 12)
    partials = sum(np.sin(2 * np.pi * k * f0_hz * t) / k**1.5 for k in range(1, 6))
    return partials * np.exp(-t * decay) * np.minimum(1, t / 0.005)


def small_song(repeats: int = 2) -> np.ndarray:
    """Four bars of C F G C at 120 a minute with a melody, a bass and noise on every beat; (n,) float64."""
    rng = np.random.default_rng(0)
    signal = np.zeros(int((16 * repeats * BEAT_S + 1.0) * RATE_HZ))

    def add(sound: np.ndarray, at_s: float) -> None:
        start = int(at_s * RATE_HZ)
        signal[start : start + len(sound)] += sound[: len(signal) - start]

    for beat in range(16 * repeats):
        at_s = beat * BEAT_S
        chord = _BARS[beat // 4 % 4]
        add(0.25 * tone(_MELODY[beat % 16], BEAT_S * 0.95, 2.0), at_s)
        add(0.3 * rng.normal(size=600) * np.linspace(1, 0, 600) * (1.0 if beat % 4 == 0 else 0.5), at_s)
        if beat % 4 == 0:
            add(0.25 * tone(chord[0] - 24, 4 * BEAT_S, 0.8), at_s)
            for pitch in chord:
                add(0.08 * tone(pitch, 4 * BEAT_S, 0.8), at_s)
    return signal / np.abs(signal).max() * 0.8


@pytest.fixture(scope="session")
def small_song_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("song") / "small song.wav"
    signal = small_song()
    soundfile.write(path, np.stack([signal, signal * 0.9], axis=1), RATE_HZ)
    return path
