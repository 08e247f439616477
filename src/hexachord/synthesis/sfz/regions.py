"""From statements to regions: what each <region> inherits from <group>, <master>, <global>, and what <control> and <curve> say.

A header inherits what the headers above it say and forgets what earlier headers of its own level said. Everything a key, a velocity or a
control decides stays undecided here; a `Region` is what the file says, with nothing left to look up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hexachord.arrays import Float64Array
from hexachord.synthesis.sfz.curves import CONTROL_FULL, curve_through
from hexachord.synthesis.sfz.opcodes import NEAREST_FILTER, OPCODES, Name, default_of, is_silent, number, understood, verdict
from hexachord.synthesis.sfz.text import Statement

KEYCENTER_OF_SAMPLE = -2.0
"""``pitch_keycenter=sample``: the key that the sample file names."""

NO_FILTER = "none"
"""The word for a ``fil_type`` that is not played: a lowpass in its place would be worse than nothing."""

_LEVELS = ("global", "master", "group", "region")
_FADE_PLACES = ("xfin_lo", "xfin_hi", "xfout_lo", "xfout_hi")
_SPOKEN = 8  # names in one sentence; the rest are counted


class Modulation(NamedTuple):
    """A control that moves an opcode's value by ``amount * curve(control)``."""

    base: str
    control: int
    amount: float
    curve: int = 0


class Bounds(NamedTuple):
    """The values of a control between which a region answers."""

    control: int
    low: float = 0.0
    high: float = CONTROL_FULL


class Fade(NamedTuple):
    """A crossfade along a control."""

    control: int
    in_low: float = 0.0
    in_high: float = 0.0
    out_low: float = CONTROL_FULL
    out_high: float = CONTROL_FULL


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """One region of the file, everything inherited."""

    index: int
    sample: str
    numbers: Mapping[str, float]
    words: Mapping[str, str]
    modulations: tuple[Modulation, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    fades: tuple[Fade, ...] = ()
    velocity_points: tuple[tuple[int, float], ...] = ()

    def number(self, base: str) -> float:
        """An opcode's value, the table's default when the file does not say."""
        value = self.numbers.get(base)
        return default_of(base) if value is None else value

    def word(self, base: str, default: str) -> str:
        """A word's value."""
        return self.words.get(base, default)

    def gives(self, base: str) -> bool:
        """Whether the file says anything of an opcode."""
        return base in self.numbers or base in self.words

    @property
    def keys(self) -> range:
        """The keys that sound it; empty where ``lokey=-1`` says that no key does."""
        low, high = int(self.number("lokey")), int(self.number("hikey"))
        return range(max(low, 0), high + 1) if low <= high and high >= 0 else range(0)

    @property
    def is_release(self) -> bool:
        """Whether letting the key go sounds it, not pressing it."""
        return self.word("trigger", "attack").startswith("release")


@dataclass(frozen=True, kw_only=True, eq=False)
class Definition:
    """What an SFZ file says: regions in order, where controls stand, its own curves; `notes` says what is not played, and why."""

    regions: tuple[Region, ...]
    controls: Mapping[int, float]
    curves: Mapping[int, Float64Array]
    notes: tuple[str, ...]


_Settings = dict[tuple[str, int | None, str], float | str]  # (base, control, how) → value


@dataclass
class _Builder:
    levels: dict[str, _Settings] = field(default_factory=lambda: {level: {} for level in _LEVELS})
    level: str = "global"
    default_path: str = ""
    key_shift: int = 0
    octave_shift: int = 0
    controls: dict[int, float] = field(default_factory=dict)
    curves: dict[int, Float64Array] = field(default_factory=dict)
    curve: dict[int, float] = field(default_factory=dict)
    curve_index: int = -1
    regions: list[Region] = field(default_factory=list)
    without_sample: int = 0
    unplayed: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    limited: Counter[str] = field(default_factory=Counter)


def define(statements: Iterable[Statement]) -> Definition:
    """Work through the statements of an SFZ file."""
    builder = _Builder()
    for statement in statements:
        if statement.is_header:
            _close(builder)
            _open(builder, statement.name)
        elif builder.level == "curve":
            _curve_point(builder, statement)
        elif builder.level in (*_LEVELS, "control"):
            _setting(builder, statement)
    _close(builder)
    return Definition(regions=tuple(builder.regions), controls=builder.controls, curves=builder.curves, notes=tuple(_sentences(builder)))


def _open(builder: _Builder, name: str) -> None:
    if name in _LEVELS:
        for level in _LEVELS[_LEVELS.index(name) :]:
            builder.levels[level] = {}
    elif name == "curve":
        builder.curve, builder.curve_index = {}, -1
    elif name != "control":
        builder.unplayed[f"<{name}>"] += 1
    builder.level = name


def _close(builder: _Builder) -> None:
    if builder.level == "curve" and builder.curve_index >= 0:
        builder.curves[builder.curve_index] = curve_through(builder.curve)
    if builder.level == "region":
        settings: _Settings = {}
        for level in _LEVELS:
            settings |= _with_key(builder.levels[level])
        _add_region(builder, settings)


def _with_key(settings: _Settings) -> _Settings:
    key = settings.get(("key", None, ""))
    if key is None:
        return settings
    implied: _Settings = {(base, None, ""): key for base in ("lokey", "hikey", "pitch_keycenter")}
    return {**implied, **settings}


def _add_region(builder: _Builder, settings: _Settings) -> None:
    numbers: dict[str, float] = {}
    words: dict[str, str] = {}
    moved: dict[tuple[str, int], float] = {}
    curves: dict[tuple[str, int], int] = {}
    bounds: dict[int, Bounds] = {}
    fades: dict[int, list[float]] = {}
    points: dict[int, float] = {}
    for (base, control, how), value in settings.items():
        if isinstance(value, str):
            words[base] = value
        elif base.startswith("amp_velcurve_"):
            points[int(base.rpartition("_")[2])] = value
        elif control is None:
            numbers[base] = value
        elif how == "on":
            moved[base, control] = value
        elif how == "curve":
            curves[base, control] = int(value)
        elif base in ("lo", "hi"):
            there = bounds.get(control, Bounds(control))
            bounds[control] = there._replace(low=value) if base == "lo" else there._replace(high=value)
        else:
            fades.setdefault(control, [0.0, 0.0, CONTROL_FULL, CONTROL_FULL])[_FADE_PLACES.index(base)] = value
    if shift := _key_shift(builder):
        numbers.setdefault("pitch_keycenter", OPCODES["pitch_keycenter"].default - shift)
    sample = words.pop("sample", "")
    if not sample:
        builder.without_sample += 1
        return
    builder.regions.append(
        Region(
            index=len(builder.regions),
            sample=sample,
            numbers=numbers,
            words=words,
            modulations=tuple(Modulation(*place, amount, curves.get(place, 0)) for place, amount in moved.items()),
            bounds=tuple(bounds.values()),
            fades=tuple(Fade(control, *places) for control, places in fades.items()),
            velocity_points=tuple(sorted(points.items())),
        )
    )


def _curve_point(builder: _Builder, statement: Statement) -> None:
    name, text = statement.name, statement.value
    value = number(text, OPCODES["curve_index" if name == "curve_index" else "amplitude"]._replace(low=-1000.0, high=1000.0))
    if value is None:
        builder.refused[f"{name}={text[:20]}"] += 1
    elif name == "curve_index":
        builder.curve_index = int(value[0])
    elif name[:1] == "v" and name[1:].isdecimal() and int(name[1:]) <= 127:
        builder.curve[int(name[1:])] = value[0]
    else:
        builder.unknown[name] += 1


def _setting(builder: _Builder, statement: Statement) -> None:
    name, text = statement.name, statement.value
    known = understood(name)
    if known is None:
        if not is_silent(name):
            said = verdict(name)
            if said == "not played":
                builder.unplayed[_without_numbers(name)] += 1
            else:
                builder.unknown[name + said.removeprefix("unknown").replace(", ", ": ")] += 1
        return
    value = _value(builder, known, text)
    if value is None:
        builder.refused[f"{name}={text[:20]}"] += 1
        return
    if known.base == "set":
        builder.controls[known.control or 0] = float(value)
    elif known.base == "default_path":
        builder.default_path = str(value)
    elif known.base == "note_offset":
        builder.key_shift = int(value)
    elif known.base == "octave_offset":
        builder.octave_shift = int(value)
    elif builder.level in _LEVELS:
        builder.levels[builder.level][known.base, known.control, known.how] = value
    else:
        builder.unplayed[f"{name} under <{builder.level}>"] += 1


def _value(builder: _Builder, known: Name, text: str) -> float | str | None:
    row = known.row
    if row.kind == "text":
        if known.base != "sample":
            return text
        return text if text.startswith("*") else builder.default_path + text
    if row.kind == "word":
        word = text.lower()
        if word not in row.choices and known.base == "fil_type":
            builder.unplayed[f"fil_type={word[:20]} (no filter plays in its place)"] += 1
            return NO_FILTER
        if word not in row.choices:
            return None
        if word in NEAREST_FILTER:
            builder.unplayed[f"{word} ({NEAREST_FILTER[word]} plays in its place)"] += 1
            word = NEAREST_FILTER[word]
        return word
    if known.base == "pitch_keycenter" and text.lower() == "sample":
        return KEYCENTER_OF_SAMPLE
    read = number(text, row)
    if read is None:
        return None
    value, was_limited = read
    if was_limited:
        builder.limited[f"{known.base}={text[:20]} to {value:g}"] += 1
    if known.is_fraction:
        value *= CONTROL_FULL
    if row.kind == "key" and value >= 0:
        value -= _key_shift(builder)
    return value


def _key_shift(builder: _Builder) -> int:
    return builder.key_shift + 12 * builder.octave_shift


def _without_numbers(name: str) -> str:
    return re.sub(r"(?<!fil)(?<!cutoff)(?<!resonance)(?<!\d)\d+", "N", name)


def _sentences(builder: _Builder) -> list[str]:
    sentences = []
    for what, counted in (
        ("not played", builder.unplayed),
        ("unknown opcodes", builder.unknown),
        ("values refused", builder.refused),
        ("values limited", builder.limited),
    ):
        if counted:
            spoken = [f"{name} ({count} times)" if count > 1 else name for name, count in counted.most_common(_SPOKEN)]
            rest = len(counted) - _SPOKEN
            sentences.append(f"{what}: {', '.join(spoken)}{f' and {rest} more' if rest > 0 else ''}")
    if builder.without_sample:
        sentences.append(f"{builder.without_sample} region{'s' if builder.without_sample > 1 else ''} without a sample")
    return sentences
