"""A SoundFont as a bank of instruments: which preset answers for a program, and what it plays at a strike."""

from pathlib import Path
from typing import NamedTuple

from hexachord.synthesis.model import Strike, Voice, control_at
from hexachord.synthesis.soundfont.file import FontTables, read_tables, text
from hexachord.synthesis.soundfont.resolve import Resolver, controls_read
from hexachord.synthesis.soundfont.samples import SampleStore
from hexachord.synthesis.soundfont.zones import Layer, preset_layers
from hexachord.synthesis.voices.cache import SoundCache

PERCUSSION_BANK = 128
_FAMILY = 8  # General MIDI numbers its programs in families of eight, and GS its kits likewise
_KEPT_STRIKES = 1 << 16
_MOST_WARNINGS = 100


class Preset(NamedTuple):
    """One entry of a font's menu."""

    bank: int
    program: int
    name: str


class SoundFontInstrument:
    """A preset, ready to be struck. Voices of a key and velocity are made once: the same strike gives the same objects."""

    def __init__(self, name: str, layers: list[Layer]) -> None:
        self.name = name
        self._layers = layers
        self._resolvers: list[Resolver | None] = [None] * len(layers)
        self._reads = tuple(sorted(frozenset[int]().union(*map(controls_read, layers))))
        self._known: dict[tuple[float, ...], tuple[Voice, ...]] = {}

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down with one voice for each layer that covers key and velocity."""
        address = (strike.key, strike.velocity, *(control_at(strike.controls, control) for control in self._reads))
        voices = self._known.get(address)
        if voices is None:
            voices = tuple(
                self._resolver(number).voice(strike)
                for number, layer in enumerate(self._layers)
                if layer.keys.low <= strike.key <= layer.keys.high and layer.velocities.low <= strike.velocity <= layer.velocities.high
            )
            if len(self._known) >= _KEPT_STRIKES:
                self._known.clear()
            self._known[address] = voices
        return voices

    def _resolver(self, number: int) -> Resolver:
        resolver = self._resolvers[number]
        if resolver is None:
            resolver = self._resolvers[number] = Resolver(self._layers[number])
        return resolver

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Nothing: SoundFonts have no release samples."""
        return ()


class SoundFontBank:
    """A SoundFont file as a `SoundBank`; presets are taken apart when they are first asked for."""

    def __init__(self, tables: FontTables, *, kept: SoundCache | None = None) -> None:
        self.path = tables.path
        self.name = tables.info.get("INAM", "") or tables.path.stem
        self.licence = tables.info.get("ICOP", "")
        self._tables = tables
        self._warnings: dict[str, None] = {}
        for warning in tables.warnings:
            self._warn(warning)
        self._samples = SampleStore(tables, warn=self._warn, kept=kept)
        headers = tables.phdr[:-1]
        self._index: dict[tuple[int, int], int] = {}
        for index in range(len(headers)):
            self._index.setdefault((int(headers[index]["bank"]), int(headers[index]["program"])), index)
        self._instruments: dict[int, SoundFontInstrument] = {}

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The menu, by bank and program."""
        return tuple(Preset(*address, text(self._tables.phdr[index]["name"])) for address, index in sorted(self._index.items()))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was found damaged, missing or replaced so far."""
        return tuple(self._warnings)

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> SoundFontInstrument:
        """Return the instrument for a program, or the nearest there is.

        A missing bank is replaced by bank 0, a missing program by another of its family of eight, then by the first preset; a missing
        kit by the standard kit. Drums are never played on a melodic instrument: a font without kits leaves them silent.
        """
        index = self._find(PERCUSSION_BANK if is_percussion else bank, program)
        if index is None:
            self._warn("the font has no drum kit; percussion stays silent")
            return SoundFontInstrument("silence", [])
        if index not in self._instruments:
            layers = preset_layers(self._tables, index, samples=self._samples, warn=self._warn)
            name = text(self._tables.phdr[index]["name"])
            if not layers:
                self._warn(f"preset {name!r} has nothing that can be played")
            self._instruments[index] = SoundFontInstrument(name, layers)
        return self._instruments[index]

    def _find(self, bank: int, program: int) -> int | None:
        if (bank, program) in self._index:
            return self._index[bank, program]
        percussion = bank == PERCUSSION_BANK
        home = PERCUSSION_BANK if percussion else 0
        family = program - program % _FAMILY
        wanted = [(home, program)] + [(home, family + step) for step in range(_FAMILY)]
        rest = sorted(address for address in self._index if (address[0] == PERCUSSION_BANK) == percussion)
        address = next((address for address in wanted + rest if address in self._index), None)
        if address is None and not percussion:
            address = min(self._index)
        if address is None:
            return None
        index = self._index[address]
        asked = f"drum kit {program}" if percussion else f"program {program}" + (f" of bank {bank}" if bank else "")
        self._warn(f"the font has no {asked}; {text(self._tables.phdr[index]['name'])!r} plays instead")
        return index

    def _warn(self, warning: str) -> None:
        if len(self._warnings) < _MOST_WARNINGS:
            self._warnings.setdefault(warning)
        elif len(self._warnings) == _MOST_WARNINGS:
            self._warnings.setdefault("and more of the kind")


def load_soundfont(path: str | Path, *, kept: SoundCache | None = None) -> SoundFontBank:
    """Open a SoundFont 2 or 3 file.

    The file is mapped into memory and read where it is needed; it has to stay in place while the bank is used.

    Parameters
    ----------
    kept : where decoded samples are kept, when it is shared with other banks

    Raises
    ------
    InputError : if the file is missing or no SoundFont.
    """
    return SoundFontBank(read_tables(Path(path)), kept=kept)
