"""An SFZ file as a bank of one instrument."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PureWindowsPath

from hexachord.errors import InputError
from hexachord.synthesis.model import Instrument, Route, Strike, Voice
from hexachord.synthesis.plain import PlainBank
from hexachord.synthesis.sfz.asked import Asked
from hexachord.synthesis.sfz.choice import Candidate, Chooser, choose_from
from hexachord.synthesis.sfz.paths import Library
from hexachord.synthesis.sfz.regions import Definition, Region, define
from hexachord.synthesis.sfz.samples import SampleShelf
from hexachord.synthesis.sfz.text import read_statements
from hexachord.synthesis.sfz.voices import voice_for

_DRUM_KEYS = range(35, 52)  # bass drum to ride cymbal: the part of the General MIDI kit that songs use
_KIT_KEYS = 72  # General MIDI 2 maps 61 keys of a kit, a piano has 88
_MOST_VOICES_KEPT = 50_000
_LICENCE_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING", "cc_license.txt")
_SPOKEN = 3


@dataclass(kw_only=True, eq=False)
class SfzInstrument:
    """The sound of an SFZ file."""

    name: str
    definition: Definition
    chooser: Chooser
    shelf: SampleShelf
    unmapped: set[int] = field(default_factory=set)
    _kept: dict[tuple[object, ...], Voice | None] = field(default_factory=dict, repr=False)
    _routes: dict[tuple[Route, ...], tuple[Route, ...]] = field(default_factory=dict, repr=False)

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down; an empty tuple when nothing is mapped there."""
        if not self.chooser.is_mapped(strike.key):
            self.unmapped.add(strike.key)
            return ()
        return self._voices(self.chooser.on_press(strike), strike, held_s=None)

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """Answer the key (and pedal) going up: release samples, softer by ``rt_decay`` the longer the key was down."""
        return self._voices(self.chooser.on_release(strike), strike, held_s=held_s)

    def _voices(self, candidates: Iterable[Candidate], strike: Strike, *, held_s: float | None) -> tuple[Voice, ...]:
        voices = []
        for candidate in candidates:
            region = candidate.region
            if not candidate.is_fixed or (held_s is not None and region.number("rt_decay")):
                voice = self._voice(candidate, strike, held_s)
            else:
                kept = (region.index, strike.key, strike.velocity, *(strike.controls.get(control) for control in candidate.controls))
                if kept not in self._kept:
                    if len(self._kept) >= _MOST_VOICES_KEPT:
                        self._kept.clear()
                    self._kept[kept] = self._voice(candidate, strike, held_s)
                voice = self._kept[kept]
            if voice is not None:
                voices.append(voice)
        return tuple(voices)

    def _voice(self, candidate: Candidate, strike: Strike, held_s: float | None) -> Voice | None:
        region = candidate.region
        recording = self.shelf.recording(region.sample, is_reversed=region.word("direction", "forward") == "reverse")
        if recording is None:
            return None
        asked = Asked(
            region=region,
            key=strike.key,
            velocity=strike.velocity,
            controls=strike.controls,
            standing=self.definition.controls,
            curves=self.definition.curves,
            chance=strike.chance,
        )
        group = candidate.group + (strike.key if candidate.is_group_per_key else 0) if candidate.group else 0
        voice = voice_for(asked, recording, held_s=held_s, note_group=group)
        if voice is None:
            return None
        sample, loop = voice.sample, voice.loop
        if loop is not None:
            try:
                sample, loop = self.shelf.looped(recording, loop, crossfade_s=region.number("loop_crossfade"))
            except InputError as error:
                self.shelf.missing[region.sample] = f"it holds {error.found}"
                return None
        routes = self._routes.setdefault(voice.routes, voice.routes)  # a player adds up shared routes once
        return replace(voice, sample=sample, loop=loop, routes=routes)


@dataclass(kw_only=True, eq=False)
class SfzBank:
    """A bank that plays its one instrument whatever program is asked for; the few files that tell programs apart have more of them."""

    name: str
    licence: str
    path: Path
    definition: Definition
    shelf: SampleShelf
    regions: tuple[Region, ...]
    notes: tuple[str, ...] = ()
    _instruments: dict[tuple[int, ...], SfzInstrument] = field(default_factory=dict, repr=False)
    _plain: PlainBank = field(default_factory=PlainBank, repr=False)
    _spoken: dict[str, None] = field(default_factory=dict, repr=False)

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> Instrument:
        """Return the instrument; drums on a surely melodic one (or the reverse) go to the plain synthesizer, and `warnings` says so."""
        of_kind = [region for region in self.regions if _is_for(region, is_percussion)] or list(self.regions)
        distance = min(_distance(region, program) for region in of_kind)
        if distance:
            self._spoken[f"{self.name} has no sound for program {program}: the nearest it has plays"] = None
        regions = [region for region in of_kind if _distance(region, program) == distance]
        indices = tuple(region.index for region in regions)
        if indices not in self._instruments:
            chooser = choose_from(regions, standing=dict(self.definition.controls))
            self._spoken |= dict.fromkeys(chooser.notes)
            self._instruments[indices] = SfzInstrument(name=self.name, definition=self.definition, chooser=chooser, shelf=self.shelf)
        instrument = self._instruments[indices]
        if all(region.gives("lochan") for region in regions):  # the file says itself which parts it is for
            return instrument
        suits_percussion = _suits_percussion(regions, instrument.chooser)
        if is_percussion and _is_melodic(regions, instrument.chooser):
            self._spoken[f"{self.name} is a melodic instrument: the plain kit plays the drums"] = None
            return self._plain.instrument(program=program, is_percussion=True)
        if is_percussion and not suits_percussion:
            self._spoken[f"{self.name} has few of the drums of a General MIDI kit, and a percussion part plays it"] = None
        if not is_percussion and suits_percussion and _is_struck(regions):
            self._spoken[f"{self.name} is a drum kit: the plain synthesizer plays the melodic parts"] = None
            return self._plain.instrument(program=program, bank=bank)
        return instrument

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was missing, refused, unknown or not played so far, in words."""
        said = [*self.notes, *_missing(self.shelf), *self._spoken]
        if unmapped := sorted({key for instrument in self._instruments.values() for key in instrument.unmapped}):
            said.append(f"{self.name} has nothing on the keys {', '.join(map(str, unmapped))}: their notes are silent")
        return tuple(said)


def load_sfz(path: str | Path) -> SfzBank:
    """Load an SFZ instrument; its samples are opened when they are first struck.

    Raises
    ------
    InputError : when the file is missing, empty, binary or no SFZ, includes itself, or not one of its samples can be found.

    Examples
    --------
    >>> bank = load_sfz("UprightPianoKW.sfz")  # doctest: +SKIP
    >>> bank.instrument(program=0).attack(Strike(60, 90, {}, {}))  # doctest: +SKIP
    """
    try:
        library = Library(Path(path).resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(path, found="a path that leads nowhere", expected="an SFZ file") from error
    statements, text_notes = read_statements(library)
    definition = define(statements)
    shelf = SampleShelf(library)
    sounding = tuple(region for region in definition.regions if shelf.has(region.sample))
    if not sounding:
        raise InputError(
            path,
            found=f"{len(definition.regions)} regions without a sample that can be read",
            expected="an SFZ file beside its samples",
            next_step=f"keep the library's folders as they were ({next(iter(_missing(shelf)), 'no sample is named')})",
        )
    return SfzBank(
        name=library.file.stem,
        licence=_licence(library, sounding),
        path=library.file,
        definition=definition,
        shelf=shelf,
        regions=sounding,
        notes=(*text_notes, *definition.notes),
    )


def _missing(shelf: SampleShelf) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in shelf.missing.items():
        by_reason.setdefault(reason, []).append(name)
    sentences = []
    for reason, names in by_reason.items():
        shown = ", ".join(names[:_SPOKEN]) + (" ..." if len(names) > _SPOKEN else "")
        sentences.append(f"{len(names)} sample{'s are' if len(names) > 1 else ' is'} silent: {reason} ({shown})")
    return sentences


def _is_for(region: Region, is_percussion: bool) -> bool:
    """Whether a region is for this kind of part: MIDI's channel 10 is the drums'."""
    low, high = region.number("lochan"), region.number("hichan")
    return low <= 10 <= high if is_percussion else low != 10 or high != 10


def _distance(region: Region, program: int) -> float:
    """How far a program is from those that a region answers (``loprog`` to ``hiprog``)."""
    return max(region.number("loprog") - program, program - region.number("hiprog"), 0.0)


def _suits_percussion(regions: Sequence[Region], chooser: Chooser) -> bool:
    """Whether most drum keys sound, few other keys do, and regions keep to a key or two."""
    mapped = sum(bool(candidates) for candidates in chooser.pressed)
    drums = sum(bool(chooser.pressed[key]) for key in _DRUM_KEYS)
    widths = sorted(len(region.keys) for region in regions if len(region.keys))
    return drums * 2 >= len(_DRUM_KEYS) and mapped <= _KIT_KEYS and bool(widths) and widths[len(widths) // 2] <= 2


def _is_melodic(regions: Sequence[Region], chooser: Chooser) -> bool:
    """Whether it maps more keys than any kit, or most regions span several keys that differ in pitch."""
    mapped = sum(bool(candidates) for candidates in chooser.pressed)
    spanning = sum(len(region.keys) > 2 and region.number("pitch_keytrack") != 0 for region in regions)
    return mapped > _KIT_KEYS or spanning * 2 > len(regions)


def _is_struck(regions: Sequence[Region]) -> bool:
    """Whether most regions sound to their end or at one pitch, as drums do and horns recorded key by key do not."""
    struck = sum(region.word("loop_mode", "") == "one_shot" or region.number("pitch_keytrack") == 0 for region in regions)
    return struck * 2 > len(regions)


def _licence(library: Library, regions: Sequence[Region]) -> str:
    """The first words of the licence beside the instrument, or beside its samples where they lie in a neighbouring folder; "" for none."""
    reaches_out = any(PureWindowsPath(region.sample).parts[:1] == ("..",) for region in regions)
    for folder in (library.folder, library.root)[: 1 + reaches_out]:
        for name in _LICENCE_FILES:
            found = library.find(name, folder=folder)
            if isinstance(found, Path):
                lines = [line.strip(" #*\t") for line in found.read_text(encoding="utf-8", errors="replace").splitlines()]
                return ", ".join([line for line in lines if line][:2])
    return ""
