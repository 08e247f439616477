"""Prints what is drawn, and renders it to be listened to.

``python -m hexachord.rendering.catalogue --data DATA --seed 0 --count 20`` draws and counts;
``... --render FOLDER`` writes each take's sound, and beside it its labels and its production as JSON.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from hexachord.audio import Audio, save_audio
from hexachord.files import write_text
from hexachord.rendering.devices import device_shares
from hexachord.rendering.instruments import default_folders, find_instruments
from hexachord.rendering.labels_json import labels_to_json
from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import Rendered
from hexachord.rendering.split import SIDES, load_split
from hexachord.rendering.stream import Recipe, stream
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


def save_rendered(rendered: Rendered, folder: Path) -> Path:
    """Write a rendered take: ``ID.wav`` (32-bit float, so nothing is clipped), ``ID.json``, and ``ID.stems/`` where stems were kept.

    Returns
    -------
    The sound file
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{rendered.take.id}.wav"
    save_audio(Audio(samples=rendered.audio, rate_hz=rendered.rate_hz), path, subtype="FLOAT")
    for number, (stem, role) in enumerate(zip(rendered.stems, rendered.take.roles, strict=False)):
        stems = path.with_suffix(".stems")
        stems.mkdir(exist_ok=True)
        save_audio(Audio(samples=stem, rate_hz=rendered.rate_hz), stems / f"{number:02d}-{role}.wav", subtype="FLOAT")
    write_text(path.with_suffix(".json"), labels_to_json(rendered.take, rendered.production, strokes=True) + "\n")
    return path


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw takes and print them and their statistics; render them where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HEXACHORD_DATA", ".")), help="the folder that holds train/")
    parser.add_argument("--splits", type=Path, help="another split than the project's")
    parser.add_argument("--side", choices=SIDES, default="train")
    parser.add_argument("--kind", choices=tuple(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--length", type=float, default=30.0, help="seconds")
    parser.add_argument("--quiet", action="store_true", help="statistics only")
    parser.add_argument("--render", type=Path, metavar="FOLDER", help="write each take's sound and labels there")
    parser.add_argument("--rate", type=int, default=44_100, help="of the sound, in Hz")
    parser.add_argument("--stems", action="store_true", help="write the tracks apart as well")
    parser.add_argument("--workers", type=int, default=2, help="processes that render")
    options = parser.parse_args(arguments)
    takes, begun = [], time.perf_counter()
    for take in _rendered(options) if options.render else _drawn(options):
        takes.append(take)
        if not options.quiet:
            print(described(take), flush=True)
    wall_s = time.perf_counter() - begun
    print(f"{options.count} takes of {options.length:.0f} s in {wall_s:.1f} s: {60 * options.count / wall_s:.0f} a minute")
    print("devices       ", ", ".join(f"{name} {100 * share:.1f} %" for name, share in device_shares(takes).items()))
    for name, counts in statistics(takes).items():
        print(f"{name:14s}", ", ".join(f"{value} {count}" for value, count in sorted(counts.items(), key=lambda item: -item[1])))


def _drawn(options: argparse.Namespace) -> Iterator[Take]:
    shelf = Shelf(data=options.data, split=load_split(options.splits), side=options.side)
    for seed in range(options.seed, options.seed + options.count):
        yield draw_take(seed, shelf, kind=options.kind, length_s=options.length)


def _rendered(options: argparse.Namespace) -> Iterator[Take]:
    """The same takes by the stream, written as they come."""
    split = load_split(options.splits)
    instruments = find_instruments(split, options.side, folders=dict.fromkeys((options.data / "instruments", *default_folders())))
    for name in instruments.missing:
        print(f"not found: {name}", file=sys.stderr)
    recipe = Recipe(
        side=options.side,
        kinds=((options.kind, 1.0),) if options.kind else (),
        length_s=options.length,
        rate_hz=options.rate,
        stems=options.stems,
    )
    shelf = Shelf(data=options.data, split=split, side=options.side)
    for done in stream(recipe, shelf, instruments, first=options.seed, count=options.count, workers=options.workers):
        save_rendered(done, options.render)
        yield done.take


if __name__ == "__main__":
    main()
