"""Fit the judge of `hexachord.transcription.melody_line` on rendered songs, and report note F on held-out ones.

    python training/melody_line.py --data DATA --font FluidR3_GM.sf2

Five minutes on one core: a hundred and sixty excerpts of half a minute are rendered, transcribed and followed; a network of 32 units
learns which candidates are melody. Reads train/pop909, train/openscore_lieder, train/musetrainer and train/groove.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from melody_renders import Song, songs
from sklearn.neural_network import MLPClassifier

import hexachord.models
from hexachord.audio_analysis.melody import melody_by_salience
from hexachord.audio_analysis.melody_notes import segment_notes
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import F0, Notes
from hexachord.metrics.transcription import note_f
from hexachord.transcription.melody_line import Candidates, LineOptions, candidates, describe, melody_line
from hexachord.transcription.notes import transcribe_notes

WEIGHTS = Path(hexachord.models.__file__).parent / "weights" / "melody_line.npz"
EACH_TRAINING, EACH_TUNING = 24, 8
HIDDEN = (32,)
LEAPS, BIASES = (0.5, 1.0, 2.0), (0.5, 1.0, 1.5)


def hear(song: Song) -> tuple[Notes, F0, Notes]:
    frontend = FrontEnd(song.signal)
    f0 = melody_by_salience(frontend)
    return transcribe_notes(frontend), f0, segment_notes(f0)


def label(heard: Candidates, melody: np.ndarray) -> np.ndarray:
    """Mark the candidate nearest to every note of the true melody."""
    truth = np.zeros(len(heard.onset_s), dtype=np.bool_)
    for onset, _, pitch in melody:
        near = np.flatnonzero((np.abs(heard.onset_s - onset) < 0.07) & (np.abs(heard.pitch - pitch) < 0.5) & ~truth)
        if len(near):
            truth[near[np.abs(heard.onset_s[near] - onset).argmin()]] = True
    return truth


def score(song: Song, heard: Notes) -> float:
    times = [np.stack([on, np.maximum(off, on + 0.001)], axis=1) for on, off in (song.melody[:, :2].T, (heard.onset_s, heard.offset_s))]
    return float(note_f(times[0], song.melody[:, 2], times[1], np.asarray(heard.pitch)).f)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--font", type=Path, required=True)
    given = parser.parse_args()
    tables, truths = [], []
    for song in songs(given.data, given.font, each=EACH_TRAINING, tuning=False):
        notes, f0, followed = hear(song)
        heard = candidates(notes, followed)
        tables.append(describe(heard, f0))
        truths.append(label(heard, song.melody))
    features, truth = np.concatenate(tables).astype(np.float64), np.concatenate(truths)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    network = MLPClassifier(HIDDEN, alpha=1e-2, early_stopping=True, random_state=0, max_iter=120, batch_size=256)
    network.fit((features - mean) / scale, truth)
    table = {"mean": mean, "scale": scale}
    for layer, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        table[f"weight{layer}"], table[f"bias{layer}"] = weight, bias
    with WEIGHTS.open("wb") as file:
        np.savez_compressed(file, **{name: array.astype(np.float32) for name, array in table.items()})
    scores: dict[str, list[float]] = {}
    for song in songs(given.data, given.font, each=EACH_TUNING, tuning=True):
        notes, f0, followed = hear(song)
        scores.setdefault(f"{song.kind} predominant pitch alone", []).append(score(song, followed))
        for leap in LEAPS:
            for bias in BIASES:
                line = melody_line(notes, melody=f0, melody_notes=followed, options=LineOptions(leap_cost=leap, bias=bias))
                f = score(song, line)
                scores.setdefault(f"all leap {leap} bias {bias}", []).append(f)
                if (leap, bias) == (LineOptions().leap_cost, LineOptions().bias):
                    scores.setdefault(f"{song.kind} line", []).append(f)
    print(
        json.dumps(
            {"candidates": len(truth), **{name: round(float(np.mean(values)), 3) for name, values in sorted(scores.items())}}, indent=1
        )
    )


if __name__ == "__main__":
    main()
