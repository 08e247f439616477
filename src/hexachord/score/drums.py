"""General MIDI drum keys: their names, and where a drum staff shows them.

Staff places and noteheads follow the customary five-line drum notation (N. Weinberg, *Guide to Standardized Drumset Notation*, 1998).
"""

from typing import NamedTuple

from hexachord.score.model import Spelling


class DrumPlace(NamedTuple):
    """Where a drum key is drawn and what it is called."""

    spelling: Spelling
    notehead: str
    name: str


def _place(step: str, octave: int, notehead: str, name: str) -> DrumPlace:
    return DrumPlace(Spelling(step, 0, octave), notehead, name)


DRUMS: dict[int, DrumPlace] = {
    35: _place("F", 4, "", "Acoustic Bass Drum"),
    36: _place("F", 4, "", "Bass Drum"),
    37: _place("C", 5, "x", "Side Stick"),
    38: _place("C", 5, "", "Snare"),
    39: _place("C", 5, "slash", "Hand Clap"),
    40: _place("C", 5, "", "Electric Snare"),
    41: _place("G", 4, "", "Low Floor Tom"),
    42: _place("G", 5, "x", "Closed Hi-Hat"),
    43: _place("A", 4, "", "High Floor Tom"),
    44: _place("D", 4, "x", "Pedal Hi-Hat"),
    45: _place("B", 4, "", "Low Tom"),
    46: _place("G", 5, "circle-x", "Open Hi-Hat"),
    47: _place("D", 5, "", "Low-Mid Tom"),
    48: _place("E", 5, "", "High-Mid Tom"),
    49: _place("A", 5, "x", "Crash Cymbal"),
    50: _place("F", 5, "", "High Tom"),
    51: _place("F", 5, "x", "Ride Cymbal"),
    52: _place("B", 5, "x", "China Cymbal"),
    53: _place("F", 5, "diamond", "Ride Bell"),
    54: _place("D", 5, "triangle", "Tambourine"),
    55: _place("B", 5, "x", "Splash Cymbal"),
    56: _place("E", 5, "triangle", "Cowbell"),
    57: _place("A", 5, "x", "Crash Cymbal 2"),
    58: _place("D", 5, "slash", "Vibraslap"),
    59: _place("F", 5, "x", "Ride Cymbal 2"),
    69: _place("A", 4, "x", "Cabasa"),
    70: _place("A", 4, "slash", "Maracas"),
    75: _place("E", 5, "x", "Claves"),
    76: _place("E", 5, "slash", "High Wood Block"),
    77: _place("D", 5, "slash", "Low Wood Block"),
    81: _place("A", 5, "triangle", "Open Triangle"),
}
_ELSEWHERE = _place("E", 4, "", "Percussion")


def drum_place(key: int) -> DrumPlace:
    """The place of a General MIDI drum key; keys without a custom share one."""
    return DRUMS.get(key) or _ELSEWHERE._replace(name=f"Percussion {key}")


def key_at(spelling: Spelling, notehead: str) -> int:
    """The drum key that a place on a drum staff most likely means, for files that do not say."""
    same_place = [key for key, place in DRUMS.items() if place.spelling[::2] == spelling[::2]]
    with_head = [key for key in same_place if DRUMS[key].notehead == notehead]
    # Of several keys at one place the plain kit piece is the second (36, not 35) for the bass drum and the first for everything else.
    best = with_head or same_place
    return 36 if 36 in best else best[0] if best else max(0, min(127, spelling.pitch))
