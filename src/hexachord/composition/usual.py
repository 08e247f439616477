"""What parts usually do: how dense they are, how many keys they strike at once, where they lie. What is asked for where nobody asks.

A small model that is told nothing plays more and wider than any song does: chance adds up. The figures are medians of the songs that the
composer learns from, by style and role, and of all styles together (``training/composer_songs.py --usual`` prints them); a range goes from
the lowest percentile of a low-lying song to the highest of a high-lying one.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What a part usually does.

    Attributes
    ----------
    density : notes a quarter
    polyphony : notes that begin together
    lowest, highest : MIDI pitches
    """

    density: float
    polyphony: float
    lowest: int
    highest: int


def usual_part(style: str, role: str) -> Usual | None:
    """Say what a role usually does in a style, or in any where the style says nothing; None where nobody plays it.

    Examples
    --------
    >>> usual_part("pop", "piano").density, usual_part("chorale", "alto").highest, usual_part("", "chords")
    (3.3, 72, None)
    """
    return _BY_STYLE.get((style, role)) or _BY_ROLE.get(role)


def _usual(density: float, polyphony: float, lowest: int, highest: int) -> Usual:
    return Usual(density=density, polyphony=polyphony, lowest=lowest, highest=highest)


_BY_ROLE: Mapping[str, Usual] = {
    "melody": _usual(0.9, 1.0, 56, 84), "bridge": _usual(0.7, 1.1, 51, 91), "piano": _usual(3.3, 1.7, 36, 80),
    "right": _usual(2.6, 1.7, 52, 92), "left": _usual(1.8, 1.5, 30, 72), "guitar": _usual(2.0, 1.3, 40, 76),
    "bass": _usual(1.2, 1.0, 28, 57), "strings": _usual(0.8, 1.5, 40, 84), "pad": _usual(0.6, 2.0, 43, 79),
    "winds": _usual(0.8, 1.0, 55, 84), "soprano": _usual(1.0, 1.0, 60, 79), "alto": _usual(1.1, 1.0, 55, 74),
    "tenor": _usual(1.1, 1.0, 48, 68), "low voice": _usual(1.1, 1.0, 38, 64), "drums": _usual(4.4, 1.5, 35, 59),
}  # fmt: skip
_BY_STYLE: Mapping[tuple[str, str], Usual] = {
    ("pop", "melody"): _usual(1.0, 1.0, 56, 86), ("piano pop", "piano"): _usual(5.1, 2.1, 36, 89),
    ("art song", "melody"): _usual(0.9, 1.0, 59, 80), ("classical", "right"): _usual(2.4, 1.2, 54, 96),
    ("classical", "left"): _usual(2.0, 1.2, 34, 79), ("tune", "melody"): _usual(0.8, 1.0, 59, 79),
    ("chorale", "soprano"): _usual(1.0, 1.0, 62, 79), ("chorale", "alto"): _usual(1.1, 1.0, 57, 72),
    ("chorale", "tenor"): _usual(1.15, 1.0, 52, 67), ("chorale", "low voice"): _usual(1.2, 1.0, 38, 62),
    ("funk", "drums"): _usual(4.8, 1.6, 35, 54), ("hiphop", "drums"): _usual(4.2, 1.4, 35, 53), ("jazz", "drums"): _usual(3.3, 1.5, 35, 59),
    ("latin", "drums"): _usual(5.0, 1.7, 35, 53), ("rock", "drums"): _usual(4.1, 1.5, 35, 58),
    ("afrobeat", "drums"): _usual(6.0, 1.8, 35, 59),
    ("afrocuban", "drums"): _usual(4.4, 1.5, 35, 53), ("reggae", "drums"): _usual(4.7, 1.5, 35, 48),
    ("soul", "drums"): _usual(4.8, 1.7, 35, 57),
    ("dance", "drums"): _usual(5.0, 1.5, 35, 52), ("neworleans", "drums"): _usual(3.9, 1.4, 35, 58),
}  # fmt: skip
