"""Fit the judge of `hexachord.transcription.melody_line`: ``python training/melody_line.py --data DATA``, after notes and melody.

Songs of the data engine are transcribed and followed; a network of 32 units learns which candidates are melody. Reported on the valid side:
F of notes of the predominant pitch alone, of the shipped line and of the new one, and the line for several weights of its options.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from melody_songs import MelodySong, label, melody_of
from sklearn.neural_network import MLPClassifier
from songs import TONAL_KINDS, add_options, looked_at

from hexachord.files import atomic_path
from hexachord.knowledge import Notes
from hexachord.metrics.transcription import note_f
from hexachord.models.tables import load_table
from hexachord.transcription.melody_line import LineOptions, describe, melody_line

HIDDEN = (32,)
LEAPS, BIASES = (0.5, 1.0, 2.0), (0.5, 1.0, 1.5)


def score(song: MelodySong, heard: Notes) -> float:
    times = [np.stack([on, np.maximum(off, on + 0.001)], axis=1) for on, off in (song.melody[:, :2].T, (heard.onset_s, heard.offset_s))]
    return float(note_f(times[0], song.melody[:, 2], times[1], np.asarray(heard.pitch)).f)


def judge(songs: list[MelodySong], weights: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Measure F of notes on songs."""
    scores: dict[str, list[float]] = {}
    for song in songs:
        scores.setdefault("predominant pitch alone", []).append(score(song, song.followed))
        for leap in LEAPS:
            for bias in BIASES:
                options = LineOptions(leap_cost=leap, bias=bias)
                line = melody_line(song.notes, melody=song.f0, melody_notes=song.followed, options=options, weights=weights)
                f = score(song, line)
                scores.setdefault(f"leap {leap} bias {bias}", []).append(f)
                if options == LineOptions():
                    scores.setdefault(f"line, {song.kind}", []).append(f)
                    scores.setdefault("line", []).append(f)
    return {name: round(float(np.mean(values)), 3) for name, values in sorted(scores.items())}


def fit(songs: list[MelodySong]) -> dict[str, np.ndarray]:
    """Fit the network."""
    features = np.concatenate([describe(song.candidates, song.f0) for song in songs]).astype(np.float64)
    truth = np.concatenate([label(song.candidates, song.melody) for song in songs])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    network = MLPClassifier(HIDDEN, alpha=1e-2, early_stopping=True, random_state=0, max_iter=120, batch_size=256)
    network.fit((features - mean) / scale, truth)
    table = {"mean": mean, "scale": scale}
    for layer, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        table[f"weight{layer}"], table[f"bias{layer}"] = weight, bias
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/melody_line.npz")
    parser.add_argument("--songs", type=int, default=240)
    parser.add_argument("--valid-songs", type=int, default=60)
    options = parser.parse_args()
    valid = [
        song
        for song in looked_at(melody_of, options, count=options.valid_songs, side="valid", kinds=TONAL_KINDS, singers=True)
        if song is not None
    ]
    print("shipped, valid side:", json.dumps(judge(valid, load_table("melody_line"))), flush=True)
    songs = [song for song in looked_at(melody_of, options, count=options.songs, kinds=TONAL_KINDS, singers=True) if song is not None]
    table = fit(songs)
    print(f"new of {len(songs)} songs, valid side:", json.dumps(judge(valid, table)))
    with atomic_path(options.out) as path, path.open("wb") as file:
        np.savez_compressed(file, **{name: array.astype(np.float32) for name, array in table.items()})
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
