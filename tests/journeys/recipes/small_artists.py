"""Artists who differ by the sound they play on: real files for recipes, three seconds each."""

import json
from pathlib import Path

import numpy as np

from hexachord.audio import Audio, save_audio

RATE_HZ = 16000
ARTISTS = {"clarinet": (1, 3, 5), "organ": (1, 2, 4, 8), "strings": (1, 2, 3, 4, 5, 6)}  # which partials sound


def song(artist: str, number: int, *, gain: float = 1.0, seconds: float = 3.0) -> Audio:
    """A tune drawn by the number, on the artist's partials, over a soft noise."""
    random = np.random.default_rng([number, 5])
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    samples = 0.002 * random.standard_normal(len(time_s))
    for start in np.arange(0.0, seconds, 0.3):
        here = (time_s >= start) & (time_s < start + 0.3)
        f0_hz = 220 * 2 ** (random.integers(0, 12) / 12)
        tone = sum(np.sin(2 * np.pi * f0_hz * partial * time_s[here]) / partial for partial in ARTISTS[artist])
        samples[here] += 0.1 * tone * np.exp(-3 * (time_s[here] - start))
    return Audio(samples=(gain * samples).astype(np.float32), rate_hz=RATE_HZ)


def save_artists(root: Path, *, albums: int = 3, songs: int = 2) -> Path:
    """Write ``artist/album/song.wav``."""
    number = 0
    for artist in ARTISTS:
        for album in range(albums):
            for track in range(songs):
                number += 1
                path = root / artist / f"album {album + 1}" / f"{track + 1:02d}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                save_audio(song(artist, number, gain=0.5 + 0.25 * album), path)
    return root


def save_artist20(root: Path) -> Path:
    """Write the course's layout: two albums of each artist to learn from, one to choose by, and three songs without labels."""
    save_artists(root / "train_val")
    every = sorted(path.relative_to(root).as_posix() for path in (root / "train_val").rglob("*.wav"))
    sides = {"train": [], "val": []}
    for path in every:
        sides["val" if "album 3" in path else "train"].append(f"./{path}")
    for side, paths in sides.items():
        (root / f"{side}.json").write_text(json.dumps(paths))
    (root / "test").mkdir()
    for number, artist in enumerate(("organ", "clarinet", "strings"), start=1):
        save_audio(song(artist, 100 + number), root / "test" / f"{number:03d}.wav")
    return root
