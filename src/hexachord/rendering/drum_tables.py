"""Drum patterns of styles that no source at hand has: machines of clubs, clave and its kin, trains, marches, blast beats.

A table is text: its metre and number of bars, then a row for each drum with one character a step: ``X`` accent, ``x`` stroke, ``o`` soft,
``g`` ghost, ``2 3 4`` so many strokes within the step, ``.`` nothing. What is common knowledge among drummers is written down here anew.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.drum_classes import (
    BELL,
    CLAP,
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
from hexachord.rendering.drum_texts import TEXTS
from hexachord.rendering.music import ONSET, BarLine, notes_of

_LETTERS = {
    "K": KICK, "S": SNARE, "R": SIDE_STICK, "C": CLAP, "H": CLOSED, "P": PEDAL, "O": OPEN, "D": RIDE, "B": BELL, "X": CRASH, "T": COWBELL,
    "t": TAMBOURINE, "s": SHAKER, "L": LOW_TOM, "M": MIDDLE_TOM, "N": HIGH_TOM, "F": 41, "c": 63, "d": 64, "m": 62, "v": 75, "u": 73,
    "a": 67, "A": 68, "w": 76, "W": 77, "b": 60, "q": 61, "y": 65, "z": 66, "i": 81, "k": 69,
}  # fmt: skip
_LEVELS = {"X": 116.0, "x": 98.0, "o": 74.0, "g": 34.0, "2": 74.0, "3": 70.0, "4": 66.0}


class DrumTable(NamedTuple):
    """A pattern: `notes` of `bars` bars of a metre, from quarter 0 on."""

    metre: str
    bars: int
    notes: Float64Array


@lru_cache(maxsize=1)
def drum_tables() -> dict[str, tuple[DrumTable, ...]]:
    """Return all tables by style.

    Examples
    --------
    >>> house = drum_tables()["house"][0]
    >>> house.metre, house.notes[house.notes[:, 2] == 36, 0].tolist()
    ('4/4', [0.0, 1.0, 2.0, 3.0])
    """
    return {name: tuple(_table(text) for text in texts) for name, texts in TEXTS.items()}


def fitting_tables(names: tuple[str, ...], metre: str) -> tuple[DrumTable, ...]:
    """Return the tables of some styles for a metre; compound metres take halves and doubles of one another."""
    wanted = {"2/2": "4/4"}.get(metre, metre)
    return tuple(table for name in names for table in drum_tables().get(name, ()) if table.metre == wanted)


def laid_table(table: DrumTable, bars: tuple[BarLine, ...]) -> Float64Array:
    """Repeat a table under bars of its metre; a pick-up gets its end."""
    rows = []
    for number, bar in enumerate(bars):
        first = (number % table.bars) * bar.full
        skipped = bar.full - bar.length if number == 0 else 0.0
        here = table.notes[(table.notes[:, ONSET] >= first + skipped - 1e-6) & (table.notes[:, ONSET] < first + bar.full - 1e-6)].copy()
        here[:, ONSET] += bar.start - first - skipped
        rows.append(here)
    return np.concatenate(rows) if rows else np.empty((0, 4))


def _table(text: str) -> DrumTable:
    head, *lines = (line.split() for line in text.strip().splitlines())
    beats, beat_type = (int(part) for part in head[0].split("/"))
    count = int(head[1])
    length = beats * 4.0 / beat_type * count
    rows: list[tuple[float, float, float, float]] = []
    for letter, marks in lines:
        step = length / len(marks)
        for index, mark in enumerate(marks):
            times = int(mark) if mark.isdigit() else 1
            rows += [
                ((index + part / times) * step, 0.1, float(_LETTERS[letter]), _LEVELS[mark]) for part in range(times) if mark in _LEVELS
            ]
    return DrumTable(head[0], count, notes_of(rows))
