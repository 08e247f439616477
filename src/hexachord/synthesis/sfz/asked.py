"""A region asked for a stroke: the value of each opcode once key, velocity, controls and chance are known.

A control may move some things while the voice sounds (pitch, cutoff, level, pan, the depth of an oscillation): these become routes of the
voice. Everything else a control moves is taken where it stands when the key goes down.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hexachord.arrays import Float64Array
from hexachord.synthesis.model import BEND, BEND_RANGE, DEFAULT_CONTROLS, EXPRESSION, PAN, VOLUME, Route, Shape, Target
from hexachord.synthesis.sfz.curves import BIPOLAR, BIPOLAR_FALLING, CONTROL_FULL, FALLING, LINEAR, curve_value
from hexachord.synthesis.sfz.regions import Modulation, Region
from hexachord.synthesis.shapes import shaped

VELOCITY, RELEASE_VELOCITY, KEY, GATE, CHANCE, CHANCE_BIPOLAR = range(131, 137)
"""ARIA's numbers beyond MIDI for what a stroke itself brings (https://sfzformat.com/extensions/midi_ccs)."""

PER_STROKE = frozenset(range(VELOCITY, CHANCE_BIPOLAR + 1))
RANDOM = frozenset({CHANCE, CHANCE_BIPOLAR})
_USUAL_RELEASE_VELOCITY = 64.0

LEVEL = Shape("concave", falling=True, full=CONTROL_FULL)
"""-1 times 40 log10(control / 127) dB, over 96: General MIDI's volume, and ARIA's concave curve."""
LEVEL_DB = -96.0

_SHAPES: Mapping[int, Shape] = {
    LINEAR: Shape(full=CONTROL_FULL),
    BIPOLAR: Shape(bipolar=True, full=CONTROL_FULL),
    FALLING: Shape(falling=True, full=CONTROL_FULL),
    BIPOLAR_FALLING: Shape(bipolar=True, falling=True, full=CONTROL_FULL),
}
_BEND_SHAPE = Shape(bipolar=True)
_RANGE_AMOUNT = 12_700.0  # cents: the range control's 0 .. 127 semitones over their full scale


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A region, and the stroke it is asked for.

    Parameters
    ----------
    controls : those that were moved
    standing : where the file puts controls that nobody moved
    curves : the file's own curves
    """

    region: Region
    key: int
    velocity: int
    controls: Mapping[int, float]
    standing: Mapping[int, float]
    curves: Mapping[int, Float64Array]
    chance: float = 0.0

    def control(self, number: int) -> float:
        """Where a control stands, 0 .. 127."""
        if number in PER_STROKE:
            return self._of_stroke(number)
        moved = self.controls.get(number)
        if moved is not None:
            return moved
        return self.standing.get(number, DEFAULT_CONTROLS.get(number, 0.0))

    def value(self, base: str) -> float:
        """An opcode's value with all that moves it where it stands now."""
        total = self.region.number(base)
        for modulation in self.region.modulations:
            if modulation.base == base:
                total += modulation.amount * self.worth(modulation)
        return total

    def worth(self, modulation: Modulation) -> float:
        """What a modulation's control is worth on its curve, before its amount."""
        return curve_value(modulation.curve, self.control(modulation.control), self.curves)

    def live(self, base: str, target: Target, *, scale: float = 1.0, modulator: int | None = None) -> tuple[float, tuple[Route, ...]]:
        """An opcode's value (times `scale`) and the routes that go on moving it; what no route can say is in the value."""
        total = self.region.number(base) * scale
        routes = []
        for modulation in self.region.modulations:
            if modulation.base != base:
                continue
            shape = _SHAPES.get(modulation.curve)
            if modulation.curve in self.curves or shape is None or modulation.control in PER_STROKE:
                total += modulation.amount * self.worth(modulation) * scale
                continue
            route = Route(modulation.control, shape, modulation.amount * scale, target, modulator=modulator)
            total += self.unmoved(route)
            routes.append(route)
        return total, tuple(routes)

    def unmoved(self, route: Route) -> float:
        """What a route misses because the file puts its control elsewhere than the player does, as long as nobody moves it."""
        if route.control in self.controls or route.control not in self.standing:
            return 0.0
        at_player = float(shaped(route.shape, DEFAULT_CONTROLS.get(route.control, 0.0)))
        return route.amount * (float(shaped(route.shape, self.standing[route.control])) - at_player)

    def draw(self, which: int) -> float:
        """A number in [0, 1) for the `which`-th thing that is left to chance, drawn from the stroke's own."""
        return (self.chance * 104_729.0 * (which + 1) + 0.618_033_988_75 * which) % 1.0

    def usual_routes(self) -> tuple[Route, ...]:
        """What every MIDI instrument does with volume, expression, pan, reverb and bend, where the region does not say otherwise."""
        taken = {modulation.control for modulation in self.region.modulations if modulation.base in ("volume", "amplitude", "pan")}
        routes = [Route(control, LEVEL, LEVEL_DB) for control in (VOLUME, EXPRESSION) if control not in taken]
        if PAN not in taken:
            routes.append(Route(PAN, Shape(bipolar=True), 1.0, "pan"))
        routes.append(Route(91, Shape(), 0.2, "reverb_send"))
        if self.region.gives("bend_up") or self.region.gives("bend_down"):
            up, down = self.region.number("bend_up"), self.region.number("bend_down")
            routes.append(Route(BEND, _BEND_SHAPE, up if self.region.gives("bend_up") else -down, "pitch_cents"))
        else:
            full = Shape(full=CONTROL_FULL)
            routes.append(Route(BEND, _BEND_SHAPE, _RANGE_AMOUNT, "pitch_cents", second=BEND_RANGE, second_shape=full))
        return tuple(routes)

    def _of_stroke(self, number: int) -> float:
        if number == VELOCITY:
            return float(self.velocity)
        if number == KEY:
            return float(self.key)
        if number == CHANCE:
            return self.draw(7) * CONTROL_FULL
        if number == CHANCE_BIPOLAR:
            return (2.0 * self.draw(8) - 1.0) * CONTROL_FULL
        return _USUAL_RELEASE_VELOCITY if number == RELEASE_VELOCITY else CONTROL_FULL
