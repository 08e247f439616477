"""Measure the songs of the teaching views: ``python -m training.teaching_songs ROOT``.

ROOT is a tree ``artist/album/song.flac`` as `hexachord.rendering.artists_corpus.write_artists` writes it: six artists who do not exist,
with six albums of four songs each, mastered at the default strength. Every song is cut into pieces of five seconds, each described by
means (and a few deviations) of descriptors with names that need no explanation. The table is small enough to be part of the package:
``journeys/lab/teaching/songs.csv``.
"""

import argparse
from pathlib import Path

import numpy as np

from hexachord.audio.decode import load_audio
from hexachord.audio_analysis.descriptors import describe_frames
from hexachord.files import write_text
from hexachord.learning.features.pooling import PoolingOptions, pool

MEANS = (
    "spectral/centroid_hz", "spectral/bandwidth_hz", "spectral/rolloff85_hz", "spectral/flatness", "spectral/flux", "spectral/brightness",
    "spectral/tonal_power_ratio", "timbre/zero_crossing_rate", "timbre/mfcc_01", "timbre/mfcc_02", "timbre/mfcc_03", "timbre/roughness",
    "timbre/noisiness", "tonal/pitch_salience", "dynamics/rms", "dynamics/crest", "rhythm/onset_strength",
)  # fmt: skip
DEVIATIONS = ("spectral/centroid_hz", "dynamics/rms", "timbre/mfcc_02")
PIECE_S = 5.0
RATE_HZ = 22050


def describe_song(path: Path) -> tuple[tuple[str, ...], list[tuple[float, np.ndarray]]]:
    """Give the names of the columns, and for each piece where it begins and its row."""
    signal = load_audio(path, rate_hz=RATE_HZ, mono=True).samples[0]
    found = describe_frames(signal, rate_hz=RATE_HZ, families=("spectral", "timbre", "tonal", "dynamics", "rhythm"))
    pooled = pool(found.values, found.names, hop_s=found.hop_s, options=PoolingOptions(chunk_s=PIECE_S, song_numbers=False))
    names = (*(f"{name}/mean" for name in MEANS), *(f"{name}/std" for name in DEVIATIONS))
    columns = [pooled.names.index(name) for name in names]
    length_s = len(signal) / RATE_HZ
    whole = [row for row, start_s in enumerate(pooled.times_s) if start_s + PIECE_S <= length_s + 0.05]
    return names, [(float(pooled.times_s[row]), pooled.values[row, columns]) for row in whole]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/hexachord/journeys/lab/teaching/songs.csv"))
    asked = parser.parse_args()
    lines = []
    for path in sorted(asked.root.glob("*/*/*.flac")):
        names, rows = describe_song(path)
        if not lines:
            lines.append(",".join(("artist", "album", "song", "start_s", *names)))
        artist, album, song = path.relative_to(asked.root).with_suffix("").parts
        lines += [",".join((artist, album, song, f"{start_s:.2f}", *(f"{value:.5g}" for value in row))) for start_s, row in rows]
        print(f"\r{path.relative_to(asked.root)}   ", end="", flush=True)
    write_text(asked.out, "\n".join(lines) + "\n")
    print(f"\n{len(lines) - 1} pieces in {asked.out}")


if __name__ == "__main__":
    main()
