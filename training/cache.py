"""Render what a network learns from: ``python -m training.cache rhythm --data DATA``.

Songs come from the data engine (see `hexachord.rendering.stream`), are rendered at the rate of their features, and kept as bytes with their
labels (see `hexachord.rendering.shards`). A run that was stopped goes on when the same command is given again; more `--hours` make a cache
longer. Every NAME has a ``NAME-plain``: the same music played by one font, dry, to see what the rest of the engine is worth; ``--dry`` (all
instruments, no effects) and ``--grid`` (nobody early, late, louder or at any but a steady tempo) are the steps between.
"""

import argparse
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from hexachord.dsp.features import Feature, LogConstantQ, LogMel
from hexachord.errors import HexachordError, InputError
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.shards import Cache, fill_cache
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import SIDES, load_split
from hexachord.rendering.stream import Recipe
from hexachord.rendering.suite_files import cache_folder
from hexachord.rendering.take import KINDS

PLAIN_FONT = "font/fluid_r3_mono"  # comes with the package
_PLAIN = "-plain"
_LINE_S = 30.0  # between two lines of progress where there is no terminal


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What one network is shown. `without` names the kinds of takes that have nothing to teach it."""

    features: Mapping[str, Feature]
    without: tuple[str, ...] = ()
    recipe: Recipe = field(default_factory=Recipe)


CONFIGURATIONS: dict[str, Configuration] = {
    "rhythm": Configuration(features={"mel": LogMel()}),
    "harmony": Configuration(features={"cqt": LogConstantQ()}, without=("drums",)),
    "melody": Configuration(features={"cqt": LogConstantQ(hop=256, octaves=6, bins_per_octave=60)}, without=("drums",)),
    # From A0; variable-Q, or the kernels of the bass would be longer than the notes.
    "notes": Configuration(features={"cqt": LogConstantQ(hop=512, fmin_hz=27.5, gamma_hz=8.0)}, without=("drums",)),
    "drums": Configuration(features={"mel": LogMel(hop=220, n_fft=1024, bands=96)}, without=("song", "piano", "ensemble", "chorale")),
}


def configuration(name: str) -> Configuration:
    """Look up a configuration by its name, ``-plain`` or not."""
    found = CONFIGURATIONS[name.removesuffix(_PLAIN)]
    kinds = tuple((kind, weight) for kind, (weight, _) in KINDS.items() if kind not in found.without) if found.without else ()
    return replace(found, recipe=replace(found.recipe, kinds=kinds, plain_font=PLAIN_FONT if name.endswith(_PLAIN) else None))


class Meter:
    """Shows how far it is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, song_s: float) -> None:
        self.song_s = song_s
        self.console = Console(stderr=True, highlight=False)
        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
            TimeRemainingColumn(), console=self.console, disable=not self.console.is_terminal,
        )  # fmt: skip
        self.task: TaskID | None = None
        self.began_s = self.said_s = time.monotonic()
        self.first = self.done = 0

    def __call__(self, done: int, total: int) -> None:
        now_s = time.monotonic()
        if self.task is None:
            self.first, self.began_s, self.said_s = done, now_s, now_s
            self.task = self.bar.add_task("songs", total=total)
        self.done = done
        self.bar.update(self.task, completed=done, description=f"songs, {self.speed(now_s)}")
        if self.bar.disable and (now_s - self.said_s >= _LINE_S):
            self.said_s = now_s
            left_s = (total - done) * (now_s - self.began_s) / max(done - self.first, 1)
            self.console.print(f"{done} of {total} songs, {self.speed(now_s)}, {left_s / 60:.1f} min left")

    def speed(self, now_s: float) -> str:
        minutes = max(now_s - self.began_s, 1e-9) / 60
        songs = (self.done - self.first) / minutes
        return f"{songs:.0f} songs/min, {songs * self.song_s / 60:.0f}x real time"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.cache", description=__doc__.split("\n\n")[0])
    names = [name + suffix for name in CONFIGURATIONS for suffix in ("", _PLAIN)]
    parser.add_argument("name", choices=names, metavar="NAME", help=", ".join(CONFIGURATIONS) + "; each with -plain")
    parser.add_argument("--hours", type=float, default=20.0, help="of music (20)")
    parser.add_argument("--out", type=Path, help="the folder to fill; in the user's cache folder when not given")
    parser.add_argument("--workers", type=int, default=2, help="processes (2)")
    parser.add_argument("--data", type=Path, default=os.environ.get("HEXACHORD_DATA"), help="real music ($HEXACHORD_DATA)")
    parser.add_argument("--instruments", type=Path, action="append", help="look for instruments here; may be given again")
    parser.add_argument("--seed", type=int, default=0, help="other seeds make other songs (0)")
    parser.add_argument("--dry", action="store_true", help="no effects")
    parser.add_argument("--grid", action="store_true", help="no human timing")
    parser.add_argument("--kinds", type=_kinds, help="of takes and their shares instead of the usual ones: drums=1 or band=2,drums=1")
    parser.add_argument("--side", choices=SIDES, default="train", help="of the split (train)")
    options = parser.parse_args()
    if options.data is None:
        parser.error("name the folder of real music with --data, or set HEXACHORD_DATA")
    if options.hours <= 0 or options.workers < 0:
        parser.error("--hours must be more than 0, --workers at least 0")
    try:
        run(options)
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on where it ended", file=sys.stderr)
        sys.exit(130)
    except HexachordError as error:
        print("\n".join([str(error), *getattr(error, "__notes__", ())]), file=sys.stderr)
        sys.exit(2 if isinstance(error, InputError) else 1)


def _kinds(text: str) -> tuple[tuple[str, float], ...]:
    pairs = [part.partition("=") for part in text.split(",")]
    unknown = [name for name, _, _ in pairs if name not in KINDS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no kind {unknown[0]!r}: there are {', '.join(KINDS)}")
    try:
        shares = tuple((name, float(share or 1)) for name, _, share in pairs)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: a share is a number, as in band=2,drums=1") from None
    if any(share <= 0 for _, share in shares):
        raise argparse.ArgumentTypeError(f"{text!r}: shares are more than 0")
    return shares


def run(options: argparse.Namespace) -> Cache:
    chosen = configuration(options.name)
    kinds = options.kinds or chosen.recipe.kinds
    recipe = replace(chosen.recipe, kinds=kinds, seed=options.seed, side=options.side, dry=options.dry, human=not options.grid)
    split = load_split()
    instruments = find_instruments(split, options.side, folders=options.instruments)
    if instruments.missing and recipe.plain_font is None:
        print("not at hand: " + ", ".join(instruments.missing), file=sys.stderr)
    only = "".join(f"-{name}{share:g}" for name, share in options.kinds or ())
    out = options.out or _default_out(f"{options.name}{only}{'-dry' * options.dry}{'-grid' * options.grid}-{options.side}-{options.seed}")
    meter = Meter(recipe.length_s)
    songs = max(1, round(options.hours * 3600 / recipe.length_s))
    with meter.bar:
        cache = fill_cache(
            out, recipe=recipe, features=chosen.features, shelf=Shelf(data=options.data, split=split, side=options.side),
            instruments=instruments, songs=songs, workers=options.workers, on_progress=meter,
        )  # fmt: skip
    made_s = (meter.done - meter.first) * recipe.length_s
    size = sum(path.stat().st_size for path in out.iterdir())
    print(f"{out}: {len(cache)} songs, {len(cache) * recipe.length_s / 3600:.2f} h, {size / 1e6:.0f} MB")
    if made_s:
        wall_s = time.monotonic() - meter.began_s
        times = os.times()
        cpu_s = times.user + times.system + times.children_user + times.children_system
        speed = f"{made_s / wall_s:.1f}x real time, {cpu_s / made_s:.4f} CPU seconds for one of music"
        print(f"{made_s / 3600:.2f} h made in {wall_s / 60:.1f} min: {speed}")
    return cache


def _default_out(name: str) -> Path:
    base = cache_folder()
    if base is None:
        raise InputError("HEXACHORD_CACHE", found="off", expected="a folder", next_step="name one with --out")
    return base / "training" / name


if __name__ == "__main__":
    main()
