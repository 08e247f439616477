"""Prints what is drawn: ``python -m hexachord.rendering.catalogue --data DATA --splits training/splits.json --seed 0 --count 20``."""

import argparse
import os
import time
from collections import Counter
from pathlib import Path

import numpy as np

from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import SIDES, load_split
from hexachord.rendering.take import KINDS, draw_take
from hexachord.rendering.timing import CHANGING


def described(take: Take) -> str:
    """One line about a take."""
    bpm = f"{take.truth.tempo.bpm:5.1f}" if take.truth.tempo else "    -"
    metres = " ".join(dict.fromkeys(take.metres.label)) if take.metres else "-"
    roles = " ".join(f"{role}:{track.program}" for role, track in zip(take.roles, take.tracks, strict=True))
    key = take.truth.key.name if take.truth.key else "-"
    return (
        f"{take.id:24s} {take.genre:12s} {metres:9s} {bpm} {take.notes.get('tempo', ''):11s} {key:9s} {roles} | {', '.join(take.origins)}"
    )


def statistics(takes: list[Take]) -> dict[str, Counter[str]]:
    """Count kinds, genres, metres, tempi (beats a minute in steps of a third of an octave), tempo curves and what is labelled."""
    edges = [0, 30, 40, 50, 63, 79, 100, 126, 159, 200, 252, 300, 10_000]

    def tempo(take: Take) -> str:
        if take.truth.tempo is None:
            return "none"
        at = int(np.searchsorted(edges, take.truth.tempo.bpm, side="right"))
        return f"{edges[at - 1]:3d}-{edges[at]}"

    labels = ("beats", "tempo", "metre", "key", "chords", "sections", "melody", "notes")
    return {
        "kind": Counter(take.notes["kind"] for take in takes),
        "genre": Counter(take.genre for take in takes),
        "metre": Counter(take.metres.label[0] if take.metres else "none" for take in takes),
        "metre changes": Counter(str(take.metres is not None and len(set(take.metres.label)) > 1) for take in takes),
        "bpm": Counter(tempo(take) for take in takes),
        "tempo curve": Counter(take.notes["tempo"] for take in takes),
        "tempo changes": Counter(str(take.notes["tempo"] in CHANGING) for take in takes),
        "swing": Counter("swung" if take.swing > 0.55 else "straight" for take in takes),
        "labelled": Counter(name for take in takes for name in labels if getattr(take.truth, name) is not None),
        "tracks": Counter(str(len(take.tracks)) for take in takes),
    }


def main() -> None:
    """Draw takes and print them and their statistics."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HEXACHORD_DATA", ".")))
    parser.add_argument("--splits", type=Path, default=Path("training/splits.json"))
    parser.add_argument("--side", choices=SIDES, default="train")
    parser.add_argument("--kind", choices=tuple(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--length", type=float, default=30.0, help="seconds")
    parser.add_argument("--quiet", action="store_true", help="statistics only")
    options = parser.parse_args()
    shelf = Shelf(data=options.data, split=load_split(options.splits), side=options.side)
    takes, begun = [], time.perf_counter()
    for seed in range(options.seed, options.seed + options.count):
        takes.append(draw_take(seed, shelf, kind=options.kind, length_s=options.length))
        if not options.quiet:
            print(described(takes[-1]))
    wall_s = time.perf_counter() - begun
    print(f"{options.count} takes of {options.length:.0f} s in {wall_s:.1f} s: {60 * options.count / wall_s:.0f} a minute")
    for name, counts in statistics(takes).items():
        print(f"{name:14s}", ", ".join(f"{value} {count}" for value, count in sorted(counts.items(), key=lambda item: -item[1])))


if __name__ == "__main__":
    main()
