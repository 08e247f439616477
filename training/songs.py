"""Songs of the data engine for trainers: rendered by several processes, looked at where they are made, and kept on disk if wanted.

A trainer says what it wants to know of a song (a function of a `Song`) and gets the answers in order. With ``--keep FOLDER`` the songs stay
there as FLAC with their labels, so that the next trainer, or the next try, does not render them again.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from singing import RATE_HZ, with_singer

from hexachord.audio import Audio, load_audio, save_audio
from hexachord.corpus.workers import in_order
from hexachord.files import read_text, write_text
from hexachord.rendering.instruments import Instruments, default_folders, find_instruments
from hexachord.rendering.labels_json import labels_from_json, labels_to_json
from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split
from hexachord.rendering.stream import Recipe, song, unopened

T = TypeVar("T")
TONAL_KINDS = (
    ("band", 0.36), ("electronic", 0.08), ("pop", 0.16), ("song", 0.1), ("piano", 0.08), ("ensemble", 0.06), ("orchestra", 0.06),
    ("chorale", 0.03), ("solo", 0.07),
)  # fmt: skip
"""What has a harmony or a tune: drums alone teach neither. The trainers of chords, keys and melodies share these songs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Song:
    """A rendered song: what is heard, mono at `RATE_HZ`, and the take with all that is true of it."""

    signal: NDArray[np.float32]
    take: Take

    @property
    def kind(self) -> str:
        """Kind of the take: ``band``, ``piano`` ..."""
        return self.take.notes["kind"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ear(Generic[T]):
    """A job for workers: make a song, or recall it, and look at it."""

    look: Callable[[Song], T]
    recipe: Recipe
    shelf: Shelf
    instruments: Instruments
    keep: Path | None
    singers: bool = False

    def __call__(self, index: int) -> T:
        """Look at song `index`."""
        if self.keep is None:
            return self.look(self.rendered(index))
        sound = self.keep / f"{self.recipe.identity}{'-sung' * self.singers}" / f"{index:06d}.flac"
        labels = sound.with_suffix(".json")
        if not (sound.exists() and labels.exists()):
            made = self.rendered(index)
            sound.parent.mkdir(parents=True, exist_ok=True)
            save_audio(Audio(samples=made.signal[np.newaxis], rate_hz=RATE_HZ), sound, subtype="PCM_16")
            write_text(labels, labels_to_json(made.take))
        take, _ = labels_from_json(read_text(labels, what="labels"), source=str(labels))
        return self.look(Song(signal=load_audio(sound).samples[0], take=take))

    def rendered(self, index: int) -> Song:
        """Render song `index`."""
        made = song(index, self.recipe, self.shelf, self.instruments)
        if self.singers:
            signal, take = with_singer(made, np.random.default_rng([self.recipe.song_seed(index), 77]))
            return Song(signal=signal, take=take)
        return Song(signal=made.audio.mean(axis=0), take=made.take)


def looked_at(
    look: Callable[[Song], T],
    options: argparse.Namespace,
    *,
    count: int,
    side: Side = "train",
    kinds: tuple[tuple[str, float], ...] = (),
    length_s: float = 30.0,
    singers: bool = False,
) -> Iterator[T]:
    """Look at `count` songs of one side.

    Parameters
    ----------
    look : an importable function of a song
    options : as `add_options` parsed them
    kinds : of takes and how often each; what the engine usually draws when empty
    singers : let somebody sing the tune at times (see `singing`)
    """
    split = load_split()
    recipe = Recipe(side=side, kinds=kinds, length_s=length_s, rate_hz=RATE_HZ, stems=singers, seed=options.seed)
    shelf, instruments = unopened(
        Shelf(data=options.data, split=split, side=side), find_instruments(split, side, folders=instrument_folders(options))
    )
    ear = Ear(look=look, recipe=recipe, shelf=shelf, instruments=replace(instruments), keep=options.keep, singers=singers)
    return in_order(ear, count=count, workers=options.workers)


def instrument_folders(options: argparse.Namespace) -> tuple[Path, ...]:
    """Return where instruments are looked for: what was named, then the usual places."""
    return (*(options.instruments or ()), *default_folders())


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what every trainer on rendered songs is told."""
    parser.add_argument("--data", type=Path, required=True, help="the folder with train/ in it")
    parser.add_argument("--seed", type=int, default=1, help="of the songs (1)")
    parser.add_argument("--workers", type=int, default=2, help="processes that render (2)")
    parser.add_argument("--instruments", type=Path, action="append", help="look for instruments here first; may be given again")
    parser.add_argument("--keep", type=Path, help="keep rendered songs here, and use those that are here")
