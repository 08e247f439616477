"""Tunes that differ by their number, written as files: real sound for loaders, indexes and guards."""

from pathlib import Path

import numpy as np

from hexachord.audio import Audio, save_audio
from hexachord.learning.datasets.dataset import Dataset, Track

RATE_HZ = 16000


def tune(number: int, *, seconds: float = 6.0, rate_hz: int = RATE_HZ) -> Audio:
    """Notes drawn by the number: three voices of decaying partials over a soft noise."""
    random = np.random.default_rng([number, 9])
    samples = 0.003 * random.standard_normal(round(seconds * rate_hz))
    for voice in range(3):
        at = 0.0
        while at < seconds - 0.1:
            length = float(random.choice([0.12, 0.2, 0.3, 0.45]))
            pitch = 40 + 12 * voice + int(random.integers(0, 24))
            time_s = np.arange(min(round(1.5 * length * rate_hz), len(samples) - round(at * rate_hz))) / rate_hz
            f0_hz = 440 * 2 ** ((pitch - 69) / 12)
            note = sum(np.sin(2 * np.pi * f0_hz * partial * time_s) / partial for partial in range(1, 6)) * np.exp(-4 * time_s)
            samples[round(at * rate_hz) : round(at * rate_hz) + len(time_s)] += 0.1 * note
            at += length
    return Audio(samples=samples.astype(np.float32), rate_hz=rate_hz)


def write_tune(path: Path, number: int, *, seconds: float = 6.0) -> Path:
    """Write a tune in the format of the path's suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return save_audio(tune(number, seconds=seconds), path)


def toy(labels: dict[str, int], *, albums: int = 0) -> Dataset:
    """A dataset without files: so many songs of each label, dealt out over albums where there are any."""
    tracks = []
    for label, count in labels.items():
        for song in range(count):
            groups = {"artist": label} | ({"album": f"{label}/{song % albums}"} if albums else {})
            tracks.append(Track(id=f"{label}/{song:03d}", labels=(label,), groups=groups))
    return Dataset(name="toy", tracks=tuple(sorted(tracks, key=lambda track: track.id)))
