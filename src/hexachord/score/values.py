"""Written note values and their lengths: quarter, dotted eighth, triplet sixteenth ↔ ticks.

Lengths are exact fractions of a quarter note. A duration that no value fits (a performed note, say) gets the nearest one from
`nearest_value`, so that it can at least be drawn.
"""

from fractions import Fraction
from functools import lru_cache

from hexachord.score.model import NoteValue

KIND_QUARTERS: dict[str, Fraction] = {
    "maxima": Fraction(32),
    "long": Fraction(16),
    "breve": Fraction(8),
    "whole": Fraction(4),
    "half": Fraction(2),
    "quarter": Fraction(1),
    "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4),
    "32nd": Fraction(1, 8),
    "64th": Fraction(1, 16),
    "128th": Fraction(1, 32),
    "256th": Fraction(1, 64),
    "512th": Fraction(1, 128),
    "1024th": Fraction(1, 256),
}
FLAGS: dict[str, int] = {kind: max(0, place - 5) for place, kind in enumerate(KIND_QUARTERS)}
"""Flags or beams of each value: none down to the quarter, one for the eighth."""

MAX_DOTS = 3
_PLAIN_KINDS = [kind for kind in KIND_QUARTERS if kind != "maxima"]
_TUPLETS = ((3, 2), (5, 4), (7, 4), (9, 8), (11, 8), (13, 8), (15, 8))
_TUPLET_KINDS = ("whole", "half", "quarter", "eighth", "16th", "32nd", "64th")


@lru_cache(maxsize=4096)
def quarters(value: NoteValue) -> Fraction:
    """Length of a written value in quarter notes.

    Examples
    --------
    >>> quarters(NoteValue("quarter", dots=1)), quarters(NoteValue("eighth", 0, 3, 2))
    (Fraction(3, 2), Fraction(1, 3))
    """
    return KIND_QUARTERS[value.kind] * (2 - Fraction(1, 2**value.dots)) * value.normal / value.actual


@lru_cache(maxsize=4096)
def plain_value(duration: int, ticks_per_quarter: int) -> NoteValue | None:
    """The value, dotted up to three times, that lasts exactly `duration` ticks; None when only a tuplet or a tie could."""
    return _PLAIN.get(Fraction(duration, ticks_per_quarter))


@lru_cache(maxsize=4096)
def tuplet_value(duration: int, ticks_per_quarter: int) -> NoteValue | None:
    """The simplest undotted tuplet member that lasts exactly `duration` ticks; None when there is none."""
    return _TUPLET.get(Fraction(duration, ticks_per_quarter))


@lru_cache(maxsize=4096)
def nearest_value(duration: int, ticks_per_quarter: int) -> NoteValue:
    """The value with at most one dot whose length comes closest by ratio."""
    length = Fraction(max(duration, 1), ticks_per_quarter)
    return min(_NEAR, key=lambda item: max(item[0] / length, length / item[0]))[1]


def value_of(duration: int, ticks_per_quarter: int) -> NoteValue:
    """How a notehead of this duration is drawn when nothing more is known: plain, else a tuplet member, else the nearest."""
    return (
        plain_value(duration, ticks_per_quarter) or tuplet_value(duration, ticks_per_quarter) or nearest_value(duration, ticks_per_quarter)
    )


def _plain_table() -> dict[Fraction, NoteValue]:
    return {quarters(NoteValue(kind, dots)): NoteValue(kind, dots) for dots in range(MAX_DOTS, -1, -1) for kind in _PLAIN_KINDS}


def _tuplet_table() -> dict[Fraction, NoteValue]:
    table: dict[Fraction, NoteValue] = {}
    for actual, normal in _TUPLETS:
        for kind in _TUPLET_KINDS:
            value = NoteValue(kind, 0, actual, normal)
            table.setdefault(quarters(value), value)
    return table


_PLAIN = _plain_table()
_TUPLET = _tuplet_table()
_NEAR = [(length, value) for length, value in _PLAIN.items() if value.dots <= 1]
