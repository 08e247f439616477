"""Count the pitch classes of bars in major and in minor: ``python training/key_notes.py --data DATA``.

What `hexachord.theory.keys.LIEDER_SHARES` holds. Songs of OpenScore Lieder and pieces of MuseTrainer on the training side, each under
its key signatures; a signature leaves two keys open, and the mode is that of the key that explains the notes under it better, found in four
rounds from Temperley's profiles on. Prints the shares, and how much of the time on the valid side local keys have the page's signature.
Deterministic; five minutes, nearly all of it reading scores.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.errors import InputError
from hexachord.rendering.lieder import lieder_names
from hexachord.rendering.split import Side, load_split
from hexachord.score.formats import load_score
from hexachord.score.notes import note_array
from hexachord.score.timing import bars_of, tempo_map_of
from hexachord.theory.keys import KEY_NAMES, PROFILES, key_fifths, local_keys, sounding_between

_ROUNDS = 4
_SIGNATURES = np.array([key_fifths(*name.split()) % 12 for name in KEY_NAMES])


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Notes in seconds, bar lines, and signatures as (start_s, end_s, sharps)."""

    onset_s: np.ndarray
    offset_s: np.ndarray
    pitch: np.ndarray
    bar_s: np.ndarray
    signatures: tuple[tuple[float, float, int], ...]


def pieces(data: Path, side: Side, *, songs: int) -> Iterator[Piece]:
    """Read some songs and all piano pieces of a side, in a fixed order."""
    split, train = load_split(), data / "train"
    names = list(lieder_names(train / "openscore_lieder"))
    random.Random(3).shuffle(names)
    chosen = [name for name in names if split.side(f"openscore_lieder/{name}") == side][:songs]
    paths = [train / "openscore_lieder" / f"{name}.mxl" for name in chosen]
    listed = set(split.names("musetrainer", side))
    paths += sorted(path for path in (train / "musetrainer").glob("**/*.mxl") if path.stem in listed)
    for path in paths:
        try:
            score = load_score(path)
        except InputError:
            continue
        notes = note_array(score, percussion=False)
        bars = bars_of(score)
        if not score.keys or len(notes) == 0 or len(bars) < 2:
            continue
        clock = tempo_map_of(score)
        ends = [*(mark.tick for mark in score.keys[1:]), score.end_tick]
        yield Piece(
            onset_s=notes["onset_s"],
            offset_s=notes["onset_s"] + notes["duration_s"],
            pitch=notes["pitch"],
            bar_s=clock.seconds(np.array([bar.tick for bar in bars])),
            signatures=tuple(
                (float(clock.seconds(mark.tick)), float(clock.seconds(end)), mark.fifths)
                for mark, end in zip(score.keys, ends, strict=True)
            ),
        )


def shares_of(group: list[Piece]) -> list[np.ndarray]:
    """Count the shares of the twelve degrees, major and minor."""
    spans: list[tuple[np.ndarray, int]] = []
    for piece in group:
        borders = np.append(piece.bar_s, max(float(piece.offset_s.max()), float(piece.bar_s[-1]) + 1e-3))
        bars = sounding_between(piece.onset_s, piece.offset_s, piece.pitch % 12, borders)
        bars /= np.maximum(bars.sum(axis=1, keepdims=True), 1e-9)
        for start, end, fifths in piece.signatures:
            inside = bars[(borders[:-1] >= start - 0.01) & (borders[:-1] < end - 0.01)]
            if len(inside) > 1:
                spans.append((inside.sum(axis=0), fifths % 12))
    profiles = [np.array(mode) / sum(mode) for mode in PROFILES["temperley"]]
    for _ in range(_ROUNDS):
        logs = np.log(np.array([np.roll(mode + 1e-3, tonic) for mode in profiles for tonic in range(12)]))
        counts = [np.full(12, 1e-3), np.full(12, 1e-3)]
        for weights, signature in spans:
            possible = np.flatnonzero(signature == _SIGNATURES)
            key = int(possible[(logs[possible] @ weights).argmax()])
            counts[key // 12] += np.roll(weights, -(key % 12))
        profiles = [count / count.sum() for count in counts]
    return profiles


def agreement(piece: Piece) -> float:
    """Share of the time in which the local key has the signature of the page."""
    keys = local_keys(piece.onset_s, piece.offset_s, piece.pitch, step_s=piece.bar_s)
    right = total = 0.0
    for start, end, fifths in piece.signatures:
        total += end - start
        for from_s, to_s, label in zip(keys.start_s, keys.end_s, keys.label, strict=True):
            if (key_fifths(*label.split()) - fifths) % 12 == 0:
                right += max(0.0, min(end, float(to_s)) - max(start, float(from_s)))
    return right / max(total, 1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=150, help="of OpenScore Lieder (150)")
    options = parser.parse_args()
    for name, profile in zip(("major", "minor"), shares_of(list(pieces(options.data, "train", songs=options.songs))), strict=True):
        print(name, ", ".join(f"{share:.3f}" for share in profile))
    found = [agreement(piece) for piece in pieces(options.data, "valid", songs=50)]
    print(f"valid side: the signature of the page for {np.mean(found):.3f} of the time, {len(found)} pieces")


if __name__ == "__main__":
    main()
