"""Zones of presets and instruments: read from the tables, the broken ones named and left out, laid over one another to layers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from hexachord.arrays import Float64Array, StructuredArray
from hexachord.synthesis.soundfont.file import FontTables, text
from hexachord.synthesis.soundfont.generators import Generator, added
from hexachord.synthesis.soundfont.modulators import DEFAULT_MODULATORS, ModulatorRecord, Source, joined, replaced
from hexachord.synthesis.soundfont.samples import FontSampleView, SampleStore

_MOST_PAIRS = 65_536
"""Pairs of preset zone and instrument zone looked at for one preset; the tables of a small file can claim four billion."""

Warn = Callable[[str], None]


class Span(NamedTuple):
    """Keys or velocities from `low` to `high`, both included."""

    low: int = 0
    high: int = 127

    def __and__(self, other: "Span") -> "Span":
        return Span(max(self.low, other.low), min(self.high, other.high))

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high


@dataclass(frozen=True, kw_only=True, eq=False)
class Zone:
    """One zone as the file has it; `points_to` is the number of its instrument or sample, None in a global zone."""

    keys: Span = Span()
    velocities: Span = Span()
    generators: Mapping[int, int] = field(default_factory=dict)
    modulators: tuple[ModulatorRecord, ...] = ()
    points_to: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A sample with everything that instrument and preset say of it: `values` has one number for each generator."""

    keys: Span
    velocities: Span
    view: FontSampleView
    values: Float64Array
    modulators: tuple[ModulatorRecord, ...]


def preset_layers(tables: FontTables, index: int, *, samples: SampleStore, warn: Warn) -> list[Layer]:
    """All layers of preset number `index`."""
    layers: list[Layer] = []
    instruments: dict[int, list[Zone]] = {}
    pairs = 0
    for zone in _zones(tables, "p", index, warn=warn):
        if zone.points_to is None or zone.points_to >= len(tables.inst) - 1:
            warn(f"preset {text(tables.phdr[index]['name'])!r} asks for instrument {zone.points_to}, the font has {len(tables.inst) - 1}")
            continue
        if zone.points_to not in instruments:
            instruments[zone.points_to] = list(_zones(tables, "i", zone.points_to, warn=warn))
        pairs += len(instruments[zone.points_to])
        if pairs > _MOST_PAIRS:
            warn(f"preset {text(tables.phdr[index]['name'])!r} has more than {_MOST_PAIRS:,} layers; the rest is left out")
            break
        for inner in instruments[zone.points_to]:
            keys, velocities = zone.keys & inner.keys, zone.velocities & inner.velocities
            view = samples[inner.points_to] if inner.points_to is not None else None
            if view is None or keys.low > keys.high or velocities.low > velocities.high:
                continue
            modulators = joined(replaced(DEFAULT_MODULATORS, inner.modulators), zone.modulators)
            layers.append(
                Layer(
                    keys=keys,
                    velocities=velocities,
                    view=view,
                    values=added(inner.generators, zone.generators),
                    modulators=tuple(record for record in modulators if record.amount),
                )
            )
    return layers


def _zones(tables: FontTables, level: str, index: int, *, warn: Warn) -> Iterator[Zone]:
    """Zones of a preset (level "p") or instrument ("i"), each over its global zone."""
    owners = tables.phdr if level == "p" else tables.inst
    bags = tables.pbag if level == "p" else tables.ibag
    generators = tables.pgen if level == "p" else tables.igen
    modulators = tables.pmod if level == "p" else tables.imod
    terminal = Generator.INSTRUMENT if level == "p" else Generator.SAMPLE
    kind, name = ("preset" if level == "p" else "instrument"), text(owners[index]["name"])
    first, last = int(owners[index]["bag"]), int(owners[index + 1]["bag"])
    if not first <= last <= len(bags) - 1:
        warn(f"{kind} {name!r} claims zones {first} to {last}, the font has {len(bags) - 1}")
        last = min(last, len(bags) - 1)
    base = Zone()
    for number in range(first, last):
        bounds = [int(bags[number + step][field]) for field in ("generator", "modulator") for step in (0, 1)]
        if not (bounds[0] <= bounds[1] <= len(generators) and bounds[2] <= bounds[3] <= len(modulators)):
            warn(f"zone {number - first} of {kind} {name!r} points outside the tables")
            continue
        zone = _zone(generators[bounds[0] : bounds[1]], modulators[bounds[2] : bounds[3]], terminal=terminal, base=base)
        if zone.points_to is not None:
            yield zone
        elif number == first:
            base = zone
        elif zone.generators or zone.modulators:
            warn(f"zone {number - first} of {kind} {name!r} has no {'instrument' if level == 'p' else 'sample'}")


def _zone(generators: StructuredArray, modulators: StructuredArray, *, terminal: Generator, base: Zone) -> Zone:
    values = dict(base.generators)
    keys, velocities, points_to = base.keys, base.velocities, None
    for number, amount in generators.tolist():
        if number == terminal:  # always the last one of its zone (§7.5, §7.9)
            points_to = amount & 0xFFFF
            break
        if number == Generator.KEY_RANGE:
            keys = Span(amount & 0xFF, amount >> 8 & 0xFF)
        elif number == Generator.VELOCITY_RANGE:
            velocities = Span(amount & 0xFF, amount >> 8 & 0xFF)
        else:
            values[number] = amount
    return Zone(
        keys=keys, velocities=velocities, generators=values, modulators=replaced(base.modulators, _records(modulators)), points_to=points_to
    )


def _records(modulators: StructuredArray) -> Iterator[ModulatorRecord]:
    for source_bits, destination, amount, amount_bits, transform in modulators.tolist():
        source, amount_source = Source.from_bits(source_bits), Source.from_bits(amount_bits)
        if source is None or amount_source is None or transform not in (0, 2):
            continue
        record = ModulatorRecord(source, destination, float(amount), amount_source, transform == 2)
        if record.is_usable:
            yield record
