"""Tracks that differ in where their energy lies: quickly made, quickly learnt, and not all of it noise."""

from pathlib import Path

import numpy as np

from hexachord.dsp.features import LogMel, feature_bytes
from hexachord.learning.datasets.split import Fold

LOWS_HZ = (220.0, 700.0, 1800.0)
NAMES = ("low", "middle", "high")


def melody(low_hz: float, *, seconds: float, seed: int, rate_hz: int = 22050) -> np.ndarray:
    """Notes of five partials, four a second, within an octave above a frequency, in some noise."""
    random = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    f0 = low_hz * 2.0 ** (random.integers(0, 12, len(time_s) // (rate_hz // 4) + 1) / 12)
    phase = 2 * np.pi * np.cumsum(np.repeat(f0, rate_hz // 4)[: len(time_s)]) / rate_hz
    tone = sum(np.sin(partial * phase) / partial for partial in range(1, 6)) * np.exp(-3 * (time_s % 0.25))
    return (0.1 * tone + random.normal(0, 0.003, len(time_s))).astype(np.float32)


def tracks(count: int, *, seconds: float = 6.0, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """Mels of `count` tracks of each class, by turns, and their classes."""
    classes = np.tile(np.arange(3), count)
    mels = [feature_bytes(melody(LOWS_HZ[kind], seconds=seconds, seed=seed + row), LogMel()) for row, kind in enumerate(classes)]
    return mels, classes


def thirds(count: int) -> Fold:
    """Half of the tracks to learn from, a quarter to choose by, a quarter to be judged by."""
    rows = np.arange(3 * count)
    return Fold(train=rows[: 3 * (count // 2)], valid=rows[3 * (count // 2) : 3 * (3 * count // 4)], test=rows[3 * (3 * count // 4) :])


def saved(mels: list[np.ndarray], folder: Path) -> list[Path]:
    """The same mels as files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{row:02d}.npy" for row in range(len(mels))]
    for path, mel in zip(paths, mels, strict=True):
        np.save(path, mel)
    return paths
