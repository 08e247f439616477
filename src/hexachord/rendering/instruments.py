"""The instruments of one side of the split that are at hand: fonts, kits and synthesizers, opened when first asked for.

What an instrument set is called in the split, where its file may lie, and under what licence it stands, is one table (`SETS`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from hexachord.rendering.split import Side, Split
from hexachord.synthesis.banks import open_bank
from hexachord.synthesis.model import SoundBank
from hexachord.synthesis.synthesizers import synthesizer_bank

Kind = Literal["font", "kit", "synthesizer"]


class InstrumentSet(NamedTuple):
    """A set as the world knows it: its name in the split, the files (or folders) it may be, its licence."""

    name: str
    kind: Kind
    files: tuple[str, ...]
    licence: str


SETS: tuple[InstrumentSet, ...] = (
    InstrumentSet("fluid_r3", "font", ("FluidR3_GM.sf2",), "MIT"),
    InstrumentSet("fluid_r3_mono", "font", ("FluidR3Mono_GM.sf3",), "MIT"),
    InstrumentSet("musescore_general", "font", ("MuseScore_General_Lite.sf3", "MuseScore_General.sf3"), "MIT"),
    InstrumentSet("timgm6mb", "font", ("TimGM6mb.sf2",), "GPL-2"),
)
"""Every set that the split names and that is a file."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Instruments:
    """What may play on one side of the split.

    Attributes
    ----------
    side : of the split
    paths : name of each set at hand → its file, by kind and name as in the split (``font/fluid_r3``)
    missing : sets of this side that were not found, in the same words
    families : of effects, that may be used on this side (see `hexachord.processing.effects.families`): those that teach, and its own
    rooms : numbers of its rooms (``007``)
    """

    side: Side
    paths: dict[str, Path]
    missing: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    _open: dict[tuple[str, int, float], SoundBank] = field(default_factory=dict, repr=False)

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return the sets of a kind at hand, without the kind, in order."""
        return tuple(sorted(name.partition("/")[2] for name in self.paths if name.startswith(f"{kind}/")))

    def bank(self, origin: str, *, seed: int = 0, variation: float = 0.0) -> SoundBank:
        """Return a bank by its name in the split, opened once; `seed` and `variation` draw a synthesizer."""
        key = (origin, seed, variation) if origin.startswith("synthesizer/") else (origin, 0, 0.0)
        if key not in self._open:
            name = origin.partition("/")[2]
            self._open[key] = (
                synthesizer_bank(name, seed=seed, variation=variation)
                if key[2] or origin not in self.paths
                else open_bank(self.paths[origin])
            )
        return self._open[key]


def find_instruments(split: Split, side: Side, *, folders: Iterable[Path]) -> Instruments:
    """Look for the sets of one side in folders."""
    folders = tuple(folders)
    paths: dict[str, Path] = {}
    missing: list[str] = []
    for one in SETS:
        origin = f"{one.kind}/{one.name}"
        if split.side(origin) != side:
            continue
        found = next((folder / name for folder in folders for name in one.files if (folder / name).exists()), None)
        if found is None:
            missing.append(origin)
        else:
            paths[origin] = found
    families = sorted({*split.names("effect", "train"), *split.names("effect", side)})
    return Instruments(side=side, paths=paths, missing=tuple(missing), families=tuple(families), rooms=split.names("room", side))
