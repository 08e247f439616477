"""Sounds that are hard to write down, or are no music at all; (n,) float32 at `RATE_HZ`, but the telephone's."""

import numpy as np
from scipy.signal import butter, lfilter, resample_poly, sosfilt

RATE_HZ = 22050
SCALE = (60, 62, 64, 65, 67, 69, 71, 72, 72, 71, 69, 67, 65, 64, 62, 60)
_VOWELS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410), (490, 1350, 1690))


def scale(a4_hz: float = 440.0) -> np.ndarray:
    """C major up and down, a tone every half second."""
    sound = np.zeros(round((len(SCALE) * 0.5 + 1) * RATE_HZ))
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    for place, pitch in enumerate(SCALE):
        f0_hz = a4_hz * 2 ** ((pitch - 69) / 12)
        partials = sum(np.sin(2 * np.pi * f0_hz * k * t) / k**1.5 for k in range(1, 9))
        start = round((0.25 + place * 0.5) * RATE_HZ)
        sound[start : start + len(t)] += partials * np.minimum(t / 0.005, 1) * np.exp(-2 * t) * np.minimum((0.5 - t) / 0.02, 1)
    return (0.2 * sound).astype(np.float32)


def silence() -> np.ndarray:
    return np.zeros(3 * RATE_HZ, np.float32)


def noise() -> np.ndarray:
    return (0.1 * np.random.default_rng(0).standard_normal(6 * RATE_HZ)).astype(np.float32)


def one_sample() -> np.ndarray:
    return np.array([0.5], np.float32)


def clipped() -> np.ndarray:
    return np.clip(20 * scale(), -1, 1)


def telephone() -> np.ndarray:
    """At 8000 Hz."""
    return resample_poly(sosfilt(butter(4, (300, 3400), "bandpass", fs=RATE_HZ, output="sos"), scale()), 8000, RATE_HZ).astype(np.float32)


def speech(seed: int = 0, f0_hz: float = 120.0) -> np.ndarray:
    """Syllables of vowels whose pitch glides, hisses between them, and pauses."""
    rng = np.random.default_rng(seed)
    pieces: list[np.ndarray] = []
    while sum(map(len, pieces)) < 8 * RATE_HZ:
        t = np.arange(int(RATE_HZ * rng.uniform(0.12, 0.28))) / RATE_HZ
        way = t / t[-1]
        semitones = rng.uniform(-3, 5) + rng.uniform(-5, 3) * way + 2 * np.sin(np.pi * way)
        pieces.append(_vowel(f0_hz * 2 ** (semitones / 12), _VOWELS_HZ[rng.integers(6)], rng) * np.hanning(len(t)) ** 0.4)
        if rng.random() < 0.5:
            hiss = np.diff(rng.standard_normal(int(RATE_HZ * rng.uniform(0.04, 0.12))), prepend=0)
            pieces.append(0.08 * hiss * np.hanning(len(hiss)))
        if rng.random() < 0.15:
            pieces.append(np.zeros(int(RATE_HZ * rng.uniform(0.2, 0.5))))
    return (0.3 * np.concatenate(pieces)).astype(np.float32)


def song_of_a_voice() -> np.ndarray:
    """A to E and back, with vibrato, each tone reached from below."""
    rng = np.random.default_rng(0)
    t = np.arange(int(0.6 * RATE_HZ)) / RATE_HZ
    swing = 0.5 * np.sin(2 * np.pi * 5.5 * t) * np.minimum(t / 0.2, 1) - np.exp(-t / 0.05)
    tones = [
        _vowel(440 * 2 ** ((pitch - 69 + swing) / 12), _VOWELS_HZ[0], rng) * np.hanning(len(t)) ** 0.2
        for pitch in (57, 59, 60, 62, 64, 62, 60, 59, 57)
    ]
    return (0.3 * np.concatenate([np.zeros(RATE_HZ // 4), *tones])).astype(np.float32)


def drums() -> np.ndarray:
    """Eight bars of two beats: kick, snare, hats."""
    rng = np.random.default_rng(1)
    sound = np.zeros(9 * RATE_HZ)
    t, short = np.arange(int(0.3 * RATE_HZ)) / RATE_HZ, np.arange(int(0.06 * RATE_HZ)) / RATE_HZ

    def add(at_s: float, stroke: np.ndarray) -> None:
        sound[round(at_s * RATE_HZ) :][: len(stroke)] += stroke

    for beat in range(16):
        kick = 0.8 * np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t * 30)))) * np.exp(-12 * t)
        snare = 0.4 * (rng.standard_normal(len(t)) * np.exp(-18 * t) + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-20 * t))
        add(0.25 + beat * 0.5, snare if beat % 2 else kick)
        for half in (0, 0.25):
            add(0.25 + beat * 0.5 + half, 0.15 * np.diff(rng.standard_normal(len(short)), prepend=0) * np.exp(-60 * short))
    return (0.5 * sound).astype(np.float32)


def _vowel(f0_hz: np.ndarray, formants_hz: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    sound = np.diff(np.floor(np.cumsum(f0_hz / RATE_HZ)), prepend=0) + 0.01 * rng.standard_normal(len(f0_hz))
    for formant_hz, width_hz in zip(formants_hz, (80, 100, 140), strict=True):
        r = np.exp(-np.pi * width_hz / RATE_HZ)
        sound = lfilter([1 - r], [1, -2 * r * np.cos(2 * np.pi * formant_hz / RATE_HZ), r * r], sound)
    return sound / np.abs(sound).max()
