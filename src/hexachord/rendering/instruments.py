"""The instruments of one side of the split that are at hand: fonts, kits and synthesizers, opened when first asked for.

What an instrument set is called in the split, where its file may lie, and under what licence it stands, is one table (`SETS`). All banks of
one `Instruments` share one store of recordings and computed waves (`KEPT_BYTES`): a worker that draws and renders takes without end stays
within it, whatever it plays.
"""

import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from hexachord.assets_folder import FOLDER
from hexachord.rendering.split import Side, Split
from hexachord.synthesis.grand_piano import is_grand_piano, load_grand_piano
from hexachord.synthesis.hydrogen import load_kit
from hexachord.synthesis.model import SoundBank
from hexachord.synthesis.sfz import load_sfz
from hexachord.synthesis.soundfont import load_soundfont
from hexachord.synthesis.synthesizers import synthesizer_bank
from hexachord.synthesis.voices.cache import SoundCache

Kind = Literal["font", "kit", "synthesizer"]
Covers = Literal["general", "piano", "drums"]
Sound = Literal["acoustic", "electronic"]

KEPT_BYTES = 400 << 20
"""How much sound the banks of a worker keep: enough that takes seldom read or compute what an earlier one has."""

_MOST_BANKS = 512


class InstrumentSet(NamedTuple):
    """A set as the world knows it.

    Attributes
    ----------
    name : in the split
    files : what it may be called, a file or a folder
    licence : of the recordings
    covers : all of General MIDI, one piano, or drums
    sound : of a kit
    package : what brings it (of Debian; ``npm`` for those of `training/get_instruments.py`)
    """

    name: str
    kind: Kind
    files: tuple[str, ...]
    licence: str
    covers: Covers = "general"
    sound: Sound = "acoustic"
    package: str = ""


_KITS_BY_SOUND: dict[Sound, dict[str, str]] = {
    "acoustic": {
        "BJA_Pacific": "CC BY-SA 3.0 US",
        "Millo-Drums_v.1": "GPL-2",
        "Millo_MultiLayered2": "GPL-2",
        "Millo_MultiLayered3": "GPL-2",
        "The Black Pearl 1.0": "GPL-2",
        "ColomboAcousticDrumkit": "GPL-2+ with an exception for compositions",
        "ForzeeStereo": "GPL-2",
    },
    "electronic": {"Audiophob": "CC0", "ElectricEmpireKit": "GPL-2+", "HardElectro1": "GPL-2+", "VariBreaks": "GPL-2+"},
}
_KITS = tuple(
    InstrumentSet(name, "kit", (name,), licence, "drums", sound, "hydrogen-drumkits")
    for sound, named in _KITS_BY_SOUND.items()
    for name, licence in named.items()
)
SETS: tuple[InstrumentSet, ...] = (
    InstrumentSet("fluid_r3", "font", ("FluidR3_GM.sf2",), "MIT", package="fluid-soundfont-gm"),
    InstrumentSet("fluid_r3_mono", "font", ("FluidR3Mono_GM.sf3",), "MIT", package="fluidr3mono-gm-soundfont"),
    InstrumentSet(
        "musescore_general",
        "font",
        ("MuseScore_General_Lite.sf3", "MuseScore_General.sf3"),
        "MIT",
        package="musescore-general-soundfont-small",
    ),
    InstrumentSet("salamander", "font", ("salamander",), "CC BY 3.0", covers="piano", package="npm"),
    InstrumentSet("upright_kw", "font", ("upright_kw/UprightPianoKW.sfz",), "CC0", covers="piano"),
    InstrumentSet("timgm6mb", "font", ("TimGM6mb.sf2",), "GPL-2", package="timgm6mb-soundfont"),
    *_KITS,
)
"""Every set that the split names and that is a file or a folder."""

UNUSED: dict[str, str] = {
    "kit/Gimme A Hand 1.0": "hands and small percussion: no snare, no hi-hat, so what is called one would be another thing",
    "kit/circAfrique v4": "djembes and dununs without names of a drum set",
    "kit/rumpf_kit_z01_h2": "what is called cymbal, crash and high tom has its energy at 30 to 500 Hz",
}
"""Sets of the split that are not played, and why."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Instruments:
    """What may play on one side of the split.

    Attributes
    ----------
    side : of the split
    paths : name of each set at hand → its file, by kind and name as in the split (``font/fluid_r3``)
    missing : sets of this side that were not found, in the same words
    synthesizers : names of our own that belong to this side; they are always at hand
    families : of effects, that may be used on this side (see `hexachord.processing.effects.families`): those that teach, and its own
    rooms : numbers of its rooms (``007``)
    """

    side: Side
    paths: dict[str, Path]
    missing: tuple[str, ...] = ()
    synthesizers: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    _open: OrderedDict[tuple[str, int, float], SoundBank] = field(default_factory=OrderedDict, repr=False)
    _kept: SoundCache = field(default_factory=lambda: SoundCache(max_bytes=KEPT_BYTES), repr=False)

    def names(self, kind: Kind, *, covers: Covers | None = None) -> tuple[str, ...]:
        """Return the sets of a kind at hand, without the kind, in order; only those that cover something, where that is asked."""
        if kind == "synthesizer":
            return self.synthesizers
        found = sorted(name.partition("/")[2] for name in self.paths if name.startswith(f"{kind}/"))
        return tuple(name for name in found if covers is None or instrument_set(f"{kind}/{name}").covers == covers)

    def bank(self, origin: str, *, seed: int = 0, variation: float = 0.0) -> SoundBank:
        """Return a bank by its name in the split, opened once; `seed` and `variation` draw a synthesizer.

        Raises
        ------
        ValueError : if it is not of this side, or not at hand.
        """
        kind, _, name = origin.partition("/")
        is_ours = kind == "synthesizer"
        if origin not in self.paths and not (is_ours and name in self.synthesizers):
            raise ValueError(f"{origin!r} is not at hand on the side {self.side!r}: there are {', '.join(self.paths)} and the synthesizers")
        key = (origin, seed, variation) if is_ours else (origin, 0, 0.0)
        bank = self._open.get(key)
        if bank is None:
            if is_ours:
                bank = synthesizer_bank(name, seed=seed, variation=variation, kept=self._kept)
            else:
                bank = _opened(self.paths[origin], kind, self._kept)
            while len(self._open) >= _MOST_BANKS:
                self._open.popitem(last=False)
            self._open[key] = bank
        self._open.move_to_end(key)
        return bank


def instrument_set(origin: str) -> InstrumentSet:
    """Return what is known of a set by its name in the split.

    Examples
    --------
    >>> instrument_set("font/fluid_r3").licence
    'MIT'
    """
    return _BY_ORIGIN[origin]


def default_folders() -> tuple[Path, ...]:
    """Return where instruments are looked for: ``$HEXACHORD_DATA/instruments``, what this installation came with, the system's folders."""
    data = os.environ.get("HEXACHORD_DATA")
    own = (Path(data).expanduser() / "instruments",) if data else ()
    return (*own, FOLDER / "soundfonts", *_system_folders())


def find_instruments(split: Split, side: Side, *, folders: Iterable[Path] | None = None) -> Instruments:
    """Look for the sets of one side.

    Tuning has songs, kits and synthesizers of its own, but plays the fonts that teach: the one free General MIDI font that is not of their
    family (Csound's) shares three recordings out of five with the font that is held out.

    Parameters
    ----------
    folders : where; `default_folders` when not given. Kits may lie in a ``drumkits`` within.
    """
    places = [place for folder in (default_folders() if folders is None else folders) for place in (folder, folder / "drumkits")]
    paths: dict[str, Path] = {}
    missing: list[str] = []
    for origin, one in _BY_ORIGIN.items():
        home = split.side(origin)
        if home != side and not (side == "valid" and home == "train" and one.kind == "font"):
            continue
        found = next((place / name for place in places for name in one.files if _is_there(place / name, one)), None)
        if found is None:
            missing.append(origin)
        else:
            paths[origin] = found
    families = sorted({*split.names("effect", "train"), *split.names("effect", side)})
    return Instruments(
        side=side,
        paths=paths,
        missing=tuple(missing),
        synthesizers=split.names("synthesizer", side),
        families=tuple(families),
        rooms=split.names("room", side),
    )


_BY_ORIGIN = {f"{one.kind}/{one.name}": one for one in SETS}


def _is_there(path: Path, one: InstrumentSet) -> bool:
    if not path.exists():
        return False
    return is_grand_piano(path) if one.covers == "piano" and path.is_dir() else True


def _opened(path: Path, kind: str, kept: SoundCache) -> SoundBank:
    if kind == "kit":
        return load_kit(path, kept=kept)
    if path.is_dir():
        return load_grand_piano(path, kept=kept)
    if path.suffix.lower() == ".sfz":
        return load_sfz(path)
    return load_soundfont(path, kept=kept)


def _system_folders() -> Iterator[Path]:
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    yield from (data / "sounds", data / "soundfonts", home / ".hydrogen/data/drumkits", data / "hydrogen/data/drumkits")
    for root in (Path("/usr/share"), Path("/usr/local/share")):
        yield from (root / "sounds/sf2", root / "sounds/sf3", root / "soundfonts", root / "hydrogen/data/drumkits")
