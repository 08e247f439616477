"""The endless stream of songs: a recipe and a number make a song, the same for ever, on any machine with the same music and instruments.

Nothing is remembered from one song to the next, so the stream can be entered anywhere, left at any time, and made by any number of
processes.
"""

from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

import numpy as np

from hexachord.corpus.workers import in_order
from hexachord.errors import HexachordError, InputError
from hexachord.processing.effects.random_chains import Taste
from hexachord.rendering.features import identity_of
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.model import Take
from hexachord.rendering.producing import draw_production, plain_production
from hexachord.rendering.production import without_effects
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import Rendered, render_take
from hexachord.rendering.split import Side
from hexachord.rendering.take import KINDS, draw_take

_T = TypeVar("_T")

SONGS = 1_000_000
"""How many songs a base seed has before the next one's begin."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What is made.

    Parameters
    ----------
    side : of the split
    kinds : which kinds of takes, and how often each; what the engine usually draws when empty
    length_s, rate_hz : of every song
    taste : of every production; drawn when None
    plain_font : play everything with this one font (``font/fluid_r3``), dry, instead of a production: what variety is measured against
    dry : leave out all effects of the production: its players, tunings, levels and places are all that vary
    human : False plays on the grid
    stems : keep the tracks apart as well
    seed : the base; song number `i` has the seed ``seed * 1_000_000 + i``, whatever else the recipe says
    """

    side: Side = "train"
    kinds: tuple[tuple[str, float], ...] = ()
    length_s: float = 30.0
    rate_hz: int = 22050
    taste: Taste | None = None
    plain_font: str | None = None
    dry: bool = False
    human: bool = True
    stems: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        unknown = [name for name, _ in self.kinds if name not in KINDS]
        if unknown or any(weight <= 0 for _, weight in self.kinds):
            raise ValueError(f"kinds {self.kinds}: expected positive weights of {', '.join(KINDS)}")
        if self.length_s <= 0 or self.rate_hz <= 0 or self.seed < 0:
            raise ValueError(f"not a recipe: {self}")

    def song_seed(self, index: int) -> int:
        """Return the seed of a song.

        Raises
        ------
        ValueError : beyond the last one of this base.
        """
        if not 0 <= index < SONGS:
            raise ValueError(f"no song {index}: a base seed has {SONGS}, take another one")
        return self.seed * SONGS + index

    def call(self, index: int) -> str:
        """Name a song in an error."""
        return f"song {index} (seed {self.song_seed(index)})"

    @property
    def samples(self) -> int:
        """Length of every song."""
        return round(self.length_s * self.rate_hz)

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self) | {"kinds": [list(pair) for pair in self.kinds]}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Recipe":
        """Build a recipe from plain data."""
        return cls(**{**plain, "kinds": tuple((str(name), float(weight)) for name, weight in plain["kinds"])})

    @property
    def identity(self) -> str:
        """A hash: two recipes make the same songs if and only if this is the same."""
        return identity_of(self.to_plain())


class TakeError(HexachordError):
    """A song of the stream could not be made; `seed` and `index` say which, the cause says why."""

    def __init__(self, why: str, *, index: int, seed: int) -> None:
        super().__init__(f"song {index} (seed {seed}) could not be made: {why}")
        self.index = index
        self.seed = seed


def song_take(index: int, recipe: Recipe, shelf: Shelf) -> Take:
    """Draw the music of song `index`, without its sound."""
    if shelf.side != recipe.side:
        raise ValueError(f"a recipe for {recipe.side} and a shelf of {shelf.side}")
    seed = recipe.song_seed(index)
    kind = None
    if recipe.kinds:
        weights = np.array([weight for _, weight in recipe.kinds])
        kind = recipe.kinds[int(np.random.default_rng([seed, 6]).choice(len(weights), p=weights / weights.sum()))][0]
    return draw_take(seed, shelf, kind=kind, length_s=recipe.length_s, human=recipe.human)


def song(index: int, recipe: Recipe, shelf: Shelf, instruments: Instruments) -> Rendered:
    """Make song `index` of a recipe: a function of these two alone, as long as music and instruments are the same.

    Raises
    ------
    TakeError : if it cannot be made.
    InputError : if music or instruments are missing.
    """
    if instruments.side != recipe.side:
        raise ValueError(f"a recipe for {recipe.side} and instruments of {instruments.side}")
    if recipe.plain_font is not None and recipe.plain_font not in instruments.paths:
        raise InputError(
            recipe.plain_font,
            found="no such instruments",
            expected="one of " + ", ".join(sorted(instruments.paths)),
            next_step="install it",
        )
    seed = recipe.song_seed(index)
    try:
        drawn = song_take(index, recipe, shelf)
        if recipe.plain_font is not None:
            production = plain_production(drawn, origin=recipe.plain_font)
        else:
            production = draw_production(drawn, instruments, seed=seed, taste=recipe.taste)
            if recipe.dry:
                production = without_effects(production)
        return render_take(drawn, production, instruments, rate_hz=recipe.rate_hz, stems=recipe.stems)
    except InputError:
        raise
    except Exception as error:
        raise TakeError(f"{type(error).__name__}: {error}", index=index, seed=seed) from error


def stream(
    recipe: Recipe, shelf: Shelf, instruments: Instruments, *, first: int = 0, count: int | None = None, workers: int = 1
) -> Generator[Rendered, None, None]:
    """Make songs from number `first` on, in order, by worker processes; the bytes do not depend on how many.

    Closing the generator, or leaving it to be collected, ends the workers.

    Parameters
    ----------
    count : how many; without it the stream ends only when the caller stops
    workers : processes, each with a core's worth of threads; 0 works in this process

    Raises
    ------
    As `song`, when the turn of the song comes that could not be made, and `WorkerError` if a process dies.
    """
    job = SongMaker(recipe, *unopened(shelf, instruments))
    return in_order(job, first=first, count=count, workers=workers, called=recipe.call)


@dataclass(frozen=True, eq=False)
class SongMaker:
    """`song` with all but its index decided: what travels to a worker."""

    recipe: Recipe
    shelf: Shelf
    instruments: Instruments

    def __call__(self, index: int) -> Rendered:
        """Make one song."""
        return song(index, self.recipe, self.shelf, self.instruments)


def unopened(shelf: Shelf, instruments: Instruments) -> tuple[Shelf, Instruments]:
    """Return the same shelf and instruments with nothing read or opened yet: light enough to send to another process."""
    return _bare(shelf), _bare(instruments)


def _bare(thing: _T) -> _T:
    """A dataclass without what it remembers: its public fields alone."""
    return type(thing)(**{f.name: getattr(thing, f.name) for f in fields(thing) if not f.name.startswith("_")})  # type: ignore[arg-type]
