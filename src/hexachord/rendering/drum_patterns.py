"""Drum machine patterns: two hundred named bars on sixteen steps or twelve (MIT), and the metres that the book leaves out."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.drum_classes import (
    CLOSED,
    COWBELL,
    CRASH,
    HIGH_TOM,
    KICK,
    LOW_TOM,
    MIDDLE_TOM,
    OPEN,
    PEDAL,
    RIDE,
    SHAKER,
    SIDE_STICK,
    SNARE,
    TAMBOURINE,
)  # fmt: skip
from hexachord.rendering.music import BarLine, Line, Piece, even_bars, notes_of

_KEYS = {
    "BassDrum": KICK, "SnareDrum": SNARE, "RimShot": SIDE_STICK, "ClosedHiHat": CLOSED, "OpenHiHat": OPEN, "Cymbal": CRASH,
    "Cowbell": COWBELL, "LowTom": LOW_TOM, "MediumTom": MIDDLE_TOM, "HighTom": HIGH_TOM,
}  # fmt: skip


@lru_cache(maxsize=2)
def _patterns(folder: Path) -> dict[str, Mapping[str, Any]]:
    content = json.loads((folder / "Patterns.json").read_text())
    return {pattern["title"]: pattern for pattern in content}


def pattern_names(folder: Path) -> tuple[str, ...]:
    """Return the titles, in order."""
    return tuple(sorted(_patterns(folder)))


def read_pattern(folder: Path, name: str) -> Piece:
    """Read one bar. Twelve steps are four beats of three: 12/8."""
    pattern = _patterns(folder)[name]
    steps = int(pattern["length"])
    compound = steps == 12
    step = 0.5 if compound else 0.25
    rows = []
    for drum, marks in pattern["tracks"].items():
        for index, mark in enumerate(marks):
            if mark != "Rest":
                at = index * step
                on_beat = index % (3 if compound else 4) == 0
                rows.append((at, 0.2, float(_KEYS[drum]), 100.0 if mark == "Accent" or on_beat else 82.0))
    line = Line(role="drums", notes=notes_of(rows), name="drums")
    style = name.partition("Measure")[0].rstrip("0123456789").lower()
    bars = even_bars(1, 12, 8) if compound else even_bars(1, 4, 4)
    return Piece(
        origins=(f"drum_machine_patterns/{name}",), lines=(line,), bars=bars, quarter_bpm=120.0 if compound else 100.0, style=style
    )


GROUPS: Mapping[str, Sequence[tuple[int, ...]]] = {
    "2/4": ((2,),), "2/2": ((2,),), "3/4": ((3,),), "3/8": ((3,),), "4/4": ((4,),), "5/4": ((3, 2), (2, 3)), "5/8": ((3, 2), (2, 3)),
    "6/4": ((3, 3), (2, 2, 2)), "6/8": ((3, 3),), "7/4": ((4, 3), (3, 4)), "7/8": ((2, 2, 3), (3, 2, 2), (4, 3)), "9/8": ((3, 3, 3),),
    "12/8": ((3, 3, 3, 3),),
}  # fmt: skip
"""How the units of a metre group; each group begins with weight."""


def written_bar(bar: BarLine, *, random: np.random.Generator, style: str = "") -> Float64Array:
    """Write a bar of drums for any metre: weight on the groups, answers between them, a subdivision on top. Onsets start at 0."""
    unit = 4.0 / bar.beat_type
    choices = GROUPS.get(bar.name, ((bar.beats,),))
    groups = choices[int(random.integers(len(choices)))]
    starts = np.concatenate([[0], np.cumsum(groups)[:-1]]) * unit
    compound = bar.beat > unit + 1e-6
    soft = style in ("waltz", "jazz", "ballad", "folk", "swing")
    answer = SIDE_STICK if soft and random.random() < 0.5 else SNARE
    top = RIDE if random.random() < 0.3 else SHAKER if random.random() < 0.1 else TAMBOURINE if random.random() < 0.06 else CLOSED
    rows: list[tuple[float, float, float, float]] = [(0.0, 0.2, KICK, 104.0)]
    if compound:
        for index, start in enumerate(starts):
            rows.append((start, 0.2, answer if index % 2 else KICK, 100.0))
            if random.random() < 0.3:
                rows.append((start + 2 * unit, 0.2, KICK, 80.0))
    elif bar.beats == 3:
        two, three = random.random() < 0.75, random.random() < 0.9
        rows += [(unit, 0.2, answer, 84.0)] * two + [(2 * unit, 0.2, answer, 88.0)] * (three or not two)
    elif len(groups) > 1:
        for start, size in zip(starts, groups, strict=True):
            rows.append((start, 0.2, KICK, 98.0))
            rows.append((start + (size - 1) * unit if size == 3 or random.random() < 0.5 else start + unit, 0.2, answer, 96.0))
    else:
        for beat in range(1, bar.beats, 2):
            rows.append((beat * unit, 0.2, answer, 100.0))
        for beat in range(0, bar.beats, 2):
            rows.append((beat * unit, 0.2, KICK, 100.0))
        if random.random() < 0.5:
            rows.append(((bar.beats - 1.5) * unit, 0.2, KICK, 88.0))
    fine = unit if compound or bar.beat_type == 8 or random.random() < 0.3 else unit / 2
    steps = max(1, round(bar.full / fine))
    for index in range(steps):
        at = index * fine
        rows.append((at, 0.1, top, 92.0 if np.any(np.abs(starts - at) < 1e-6) or at % unit < 1e-6 else 70.0))
    if soft and random.random() < 0.4:
        rows += [(start + unit, 0.1, PEDAL, 70.0) for start in starts]
    unique = {(round(row[0], 4), row[2]): row for row in rows if row[0] < bar.full - 1e-6}
    return notes_of(unique.values())


def fill_bar(bar: BarLine, *, random: np.random.Generator) -> Float64Array:
    """Write a fill for the end of a bar: snare and toms downwards over its last half or third; onsets relative to the bar."""
    unit = 4.0 / bar.beat_type
    compound = bar.beat > unit + 1e-6
    length = min(bar.full, (bar.beat if compound else unit) * float(random.choice([1, 2, 2, 4])))
    step = unit / (1 if compound and random.random() < 0.5 else 2 if compound else float(random.choice([2, 4, 4, 3])))
    count = max(2, int(length / step + 1e-6))
    drums = [SNARE, HIGH_TOM, MIDDLE_TOM, LOW_TOM]
    rows = []
    for index in range(count):
        if random.random() < 0.12:
            continue
        place = int(index * len(drums) / count) if random.random() < 0.85 else int(random.integers(len(drums)))
        rows.append((bar.full - length + index * step, 0.1, float(drums[place]), 80.0 + 30.0 * index / count))
    return notes_of(rows)
