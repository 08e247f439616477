"""Train the note transcriber: ``python training/notes.py --data DATA``.

Writes templates of single tones (means of the spectra of instruments of the training side), the network that judges candidates, and linear
fits of velocity and of how late a note shows, from songs of the data engine (see `songs`). Judged on the valid side. About ten minutes on
one core, and the rendering.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from note_songs import LEAD_S, TONE_S, SeenSong, seen, tones
from sklearn.neural_network import MLPClassifier
from songs import add_options, instrument_folders, looked_at

from hexachord.metrics.transcription import note_f
from hexachord.models.tables import load_table
from hexachord.rendering.instruments import Instruments, find_instruments
from hexachord.rendering.split import Side, load_split
from hexachord.transcription.activations import HOP, LOWEST_PITCH, PITCHES, RATE_HZ, note_spectrum

Judge = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
PLUCKED, SUSTAINED, BRASS, FLUTES = (4, 6, 24, 25, 26, 33, 46), (48, 41, 19, 16, 81), (56, 60, 65, 68), (71, 73, 52)
SPANS = ((0, 3), (5, 15), (25, 55))  # frames after the onset: attack, early, late
PIANO_SPANS = ((-1, 3), (4, 14), (25, 70))
HIDDEN = (64, 32)
KINDS = (("piano", 0.5), ("song", 0.1), ("solo", 0.1), ("pop", 0.1), ("band", 0.12), ("ensemble", 0.04), ("orchestra", 0.04))
"""Half of it is piano: the task is harder there, and the judge decides about both."""
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)


def unit(spectrum: np.ndarray) -> np.ndarray:
    return spectrum / (spectrum.sum(axis=-1, keepdims=True) + 1e-9)


def tone_spectra(instruments: Instruments, origin: str, program: int, spans: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Spectra of every pitch of an instrument: (pitches, spans, bins)."""
    spectrum = note_spectrum(tones(instruments, origin, program))
    starts = np.rint((LEAD_S + TONE_S * np.arange(PITCHES)) * RATE_HZ / HOP).astype(int)
    return np.array([[unit(spectrum[at + a : at + b].mean(axis=0)) for a, b in spans] for at in starts])


def make_templates(instruments: Instruments) -> np.ndarray:
    """(pitches, 8, bins) float16: the piano's three spans, two of plucked, and sustained, brass and flutes."""
    fonts = [origin for origin in instruments.paths if origin.startswith("font/") and "salamander" not in origin]
    pianos = [origin for origin in instruments.paths if origin.startswith("font/")]

    def family(programs: tuple[int, ...], span: int) -> np.ndarray:
        return np.mean([spectra[program][:, span] for program in programs], axis=0)

    wanted = (*PLUCKED, *SUSTAINED, *BRASS, *FLUTES)
    spectra = {program: np.mean([tone_spectra(instruments, font, program, SPANS) for font in fonts], axis=0) for program in wanted}
    piano = np.mean([tone_spectra(instruments, origin, 0, PIANO_SPANS) for origin in pianos], axis=0)
    groups = [piano[:, 0], piano[:, 1], piano[:, 2], family(PLUCKED, 0), family(PLUCKED, 1)]
    groups += [family(programs, 1) for programs in (SUSTAINED, BRASS, FLUTES)]
    templates = np.stack(groups, axis=1)
    silent = templates.sum(axis=2) < 0.5  # an instrument without that pitch: the piano's stands in
    templates[silent] = np.repeat(piano[:, 1:2], templates.shape[1], axis=1)[silent]
    return unit(templates).astype(np.float16)


def ridge(values: np.ndarray, target: np.ndarray, weight: float = 10.0) -> np.ndarray:
    wide = np.hstack([values, np.ones((len(values), 1))])
    return np.linalg.solve(wide.T @ wide + weight * np.eye(wide.shape[1]), wide.T @ target)


def judge(songs: list[SeenSong], chance: Judge, lag: np.ndarray) -> dict[str, float]:
    """Measure F of onsets on songs, by kind, for several thresholds."""
    scores: dict[str, list[float]] = {}
    for song, found, _ in songs:
        scaled, probability = chance(found.features)
        onset = np.maximum(found.frame * (HOP / RATE_HZ) + np.hstack([scaled, np.ones((len(scaled), 1))]) @ lag, 0)
        for threshold in THRESHOLDS:
            kept = probability >= threshold
            heard = np.stack([onset[kept], onset[kept] + 0.1], axis=1)
            f = note_f(song.notes[:, :2], song.notes[:, 2], heard, found.pitch_index[kept] + float(LOWEST_PITCH)).f
            scores.setdefault(f"{'piano' if song.is_piano else 'other'} {threshold}", []).append(f)
    return {name: round(float(np.mean(values)), 4) for name, values in sorted(scores.items())}


def judge_of(table: Mapping[str, np.ndarray]) -> Judge:
    """The network of a table as a function of features: (scaled, chance)."""

    def chance(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scaled = (features - table["mean"]) / table["scale"]
        hidden = scaled
        for layer in range(len(HIDDEN)):
            hidden = np.maximum(hidden @ table[f"weight{layer}"] + table[f"bias{layer}"], 0.0)
        last = len(HIDDEN)
        return scaled, 1.0 / (1.0 + np.exp(-(hidden @ table[f"weight{last}"] + table[f"bias{last}"])[:, 0]))

    return chance


def fit(songs: list[SeenSong], templates: np.ndarray) -> dict[str, np.ndarray]:
    """Fit the network on all songs, velocity and lateness on pianos."""
    features = np.concatenate([found.features for _, found, _ in songs])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    network = MLPClassifier(HIDDEN, alpha=1e-3, early_stopping=True, random_state=0, max_iter=40, batch_size=512)
    network.fit((features - mean) / scale, np.concatenate([truth >= 0 for _, _, truth in songs]))
    hits, velocity, lag_s = [], [], []
    for song, found, truth in songs:
        right = truth >= 0
        if song.is_piano and right.any():
            hits.append((found.features[right] - mean) / scale)
            velocity.append(song.notes[truth[right], 3])
            lag_s.append(song.notes[truth[right], 0] - found.frame[right] * (HOP / RATE_HZ))
    table = {"templates": templates, "mean": mean, "scale": scale}
    table["velocity"] = ridge(np.concatenate(hits), np.concatenate(velocity))
    table["lag"] = ridge(np.concatenate(hits), np.concatenate(lag_s))
    for layer, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        table[f"weight{layer}"], table[f"bias{layer}"] = weight, bias
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/hexachord/models/weights/notes.npz")
    parser.add_argument("--songs", type=int, default=240)
    parser.add_argument("--valid-songs", type=int, default=40)
    options = parser.parse_args()
    shipped = load_table("notes")
    before = look(options, shipped["templates"], count=options.valid_songs, side="valid")
    print("shipped, valid side:", json.dumps(judge(before, judge_of(shipped), shipped["lag"])), flush=True)
    templates = make_templates(find_instruments(load_split(), "train", folders=instrument_folders(options)))
    table = fit(look(options, templates, count=options.songs, side="train"), templates)
    after = look(options, templates, count=options.valid_songs, side="valid")
    print("new, valid side:", json.dumps(judge(after, judge_of(table), table["lag"])))
    with options.out.open("wb") as file:
        kept = {name: array if array.dtype == np.float16 else array.astype(np.float32) for name, array in table.items()}
        np.savez_compressed(file, **kept)
    print(f"wrote {options.out}")


def look(options: argparse.Namespace, templates: np.ndarray, *, count: int, side: Side) -> list[SeenSong]:
    """Look at songs of one side through templates."""
    songs = looked_at(partial(seen, templates=templates), options, count=count, side=side, kinds=KINDS)
    return [one for one in songs if one is not None]


if __name__ == "__main__":
    main()
