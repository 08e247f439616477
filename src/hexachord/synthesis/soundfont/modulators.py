"""What a SoundFont modulator is, which ones every instrument has, and how zones change them (SoundFont 2.04 §7.4, §8.2, §8.4, §9.5)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from hexachord.synthesis.model import BEND, BEND_RANGE, PRESSURE, Shape, Strike, control_at
from hexachord.synthesis.shapes import shaped
from hexachord.synthesis.soundfont.generators import COUNT, Generator

Curve = Literal["linear", "concave", "convex", "switch"]

NOTHING, STRIKE_VELOCITY, STRIKE_KEY, KEY_PRESSURE, CHANNEL_PRESSURE, WHEEL, WHEEL_RANGE, LINK = 0, 2, 3, 10, 13, 14, 16, 127
"""Source numbers of the general palette (§8.2.1)."""

_CURVES: tuple[Curve, ...] = ("linear", "concave", "convex", "switch")
_WHEELS = {CHANNEL_PRESSURE: PRESSURE, WHEEL: BEND, WHEEL_RANGE: BEND_RANGE}
_NOT_CONTROLS = frozenset({0, 6, 32, 38, *range(98, 102), *range(120, 128)})  # bank, data, parameter numbers, modes: §8.2.1 forbids them


class Source(NamedTuple):
    """What moves a modulator: a number of the general palette, or of a MIDI controller, and the curve it goes through."""

    number: int = NOTHING
    is_control: bool = False
    curve: Curve = "linear"
    bipolar: bool = False
    falling: bool = False

    @classmethod
    def from_bits(cls, bits: int) -> "Source | None":
        """Read the sixteen bits of §8.2; None for a curve that the specification does not know."""
        if bits >> 10 >= len(_CURVES):
            return None
        return cls(bits & 127, bool(bits & 128), _CURVES[bits >> 10], bool(bits & 512), bool(bits & 256))

    def to_bits(self) -> int:
        """Give the sixteen bits of §8.2."""
        return self.number | self.is_control << 7 | self.falling << 8 | self.bipolar << 9 | _CURVES.index(self.curve) << 10

    @property
    def control(self) -> int | None:
        """The control that a player can move while a note sounds; None when the strike decides."""
        return self.number if self.is_control else _WHEELS.get(self.number)

    @property
    def shape(self) -> Shape:
        """The same curve as players know it."""
        logarithmic = self.curve in ("concave", "convex") and not self.bipolar  # those reach their end; a bipolar curve keeps its centre
        ends_at_127 = logarithmic or (self.number == WHEEL_RANGE and not self.is_control)
        return Shape(self.curve, self.bipolar, self.falling, 127.0 if ends_at_127 else 128.0)

    @property
    def is_known(self) -> bool:
        """Whether the specification gives this source a meaning."""
        if self.is_control:
            return self.number not in _NOT_CONTROLS
        return self.number in (NOTHING, STRIKE_VELOCITY, STRIKE_KEY, KEY_PRESSURE, CHANNEL_PRESSURE, WHEEL, WHEEL_RANGE)

    def at(self, strike: Strike) -> float:
        """Value at a strike; "nothing" is 1, and nobody presses a single key harder."""
        control = self.control
        if control is not None:
            return _shaped(self.shape, control_at(strike.controls, control))
        if self.number == NOTHING:
            return 1.0
        value = {STRIKE_VELOCITY: strike.velocity, STRIKE_KEY: strike.key}.get(self.number, 0)
        return _shaped(self.shape, float(value))


@lru_cache(maxsize=4096)
def _shaped(shape: Shape, value: float) -> float:
    return float(shaped(shape, value))


class ModulatorRecord(NamedTuple):
    """One modulator: `amount` (in the destination's units) times a source times a second source."""

    source: Source
    destination: int
    amount: float
    amount_source: Source = Source()
    absolute: bool = False

    @property
    def identity(self) -> tuple[Source, int, Source, bool]:
        """What makes two modulators the same one, whatever their amounts (§9.5.1)."""
        return self.source, self.destination, self.amount_source, self.absolute

    @property
    def controls(self) -> tuple[int, ...]:
        """The controls it listens to."""
        return tuple(control for control in (self.source.control, self.amount_source.control) if control is not None)

    @property
    def is_usable(self) -> bool:
        """Whether it can do anything: linked modulators, unknown sources and unknown destinations cannot."""
        return self.destination < COUNT and self.source.is_known and self.amount_source.is_known and self.source.number != NOTHING

    def at(self, strike: Strike) -> float:
        """What it adds to its destination at a strike."""
        value = self.amount * self.source.at(strike) * self.amount_source.at(strike)
        return abs(value) if self.absolute else value


def _control(number: int, curve: Curve = "linear", *, bipolar: bool = False, falling: bool = False) -> Source:
    return Source(number, True, curve, bipolar, falling)


DEFAULT_MODULATORS: tuple[ModulatorRecord, ...] = (
    ModulatorRecord(Source(STRIKE_VELOCITY, False, "concave", False, True), Generator.ATTENUATION, 960.0),
    ModulatorRecord(Source(CHANNEL_PRESSURE), Generator.VIBRATO_LFO_TO_PITCH, 50.0),
    ModulatorRecord(_control(1), Generator.VIBRATO_LFO_TO_PITCH, 50.0),
    ModulatorRecord(_control(7, "concave", falling=True), Generator.ATTENUATION, 960.0),
    ModulatorRecord(_control(10, bipolar=True), Generator.PAN, 500.0),
    ModulatorRecord(_control(11, "concave", falling=True), Generator.ATTENUATION, 960.0),
    ModulatorRecord(_control(91), Generator.REVERB_SEND, 200.0),
    ModulatorRecord(_control(93), Generator.CHORUS_SEND, 200.0),
    ModulatorRecord(Source(WHEEL, False, "linear", True), Generator.PITCH, 12_700.0, Source(WHEEL_RANGE)),
)
"""What every instrument has unless its zones say otherwise (§8.4).

Without the one from velocity to the filter (§8.4.2): the specification's versions disagree about it, players leave it out (measured), and
fonts are voiced with those. The wheel of the pan counts half of the text's thousand, which reach both ends twice over.
"""


def replaced(below: Sequence[ModulatorRecord], above: Iterable[ModulatorRecord]) -> tuple[ModulatorRecord, ...]:
    """Modulators of a zone over those it inherits: the same one takes its place, others join (§9.5.1)."""
    added = {record.identity: record for record in above}
    if not added:
        return tuple(below)
    return tuple(({record.identity: record for record in below} | added).values())


def joined(instrument: Sequence[ModulatorRecord], preset: Iterable[ModulatorRecord]) -> tuple[ModulatorRecord, ...]:
    """Modulators of a preset zone on top of the instrument's: amounts of the same one add up (§9.5.2)."""
    preset = tuple(preset)
    if not preset:
        return tuple(instrument)
    merged = {record.identity: record for record in instrument}
    for record in preset:
        below = merged.get(record.identity)
        merged[record.identity] = record if below is None else record._replace(amount=below.amount + record.amount)
    return tuple(merged.values())
