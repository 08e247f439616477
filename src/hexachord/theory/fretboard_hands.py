"""What a left hand can hold on a fretboard: grips, the fingers they take, and how much they cost.

A grip is a choice of string and fret for every note of a chord. The index finger lies at the hand's *position* and the others a fret apart
above it; a finger may bar several strings at the position's fret. Whether that can be held, and how gladly, is a matter of reach, of
fingers and of height on the neck (D. P. Radicioni, L. Anselma, V. Lombardo, "A segmentation-based prototype to compute string
instruments fingering", CIM 2004; D. P. Radicioni, V. Lombardo, "Guitar fingering for music performance", ICMC 2005).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from math import inf
from typing import NamedTuple

from hexachord.theory.fretboard import Fretboard

FINGERS = 4
_CLOSE = 7  # semitones: a fifth or less lies on neighbouring strings
HIGH_FRET = 5  # from here on open strings are far from the hand
_AROUND = 2  # strings: in a D chord the ring finger stands between the other two
_OUTER, _FIFTH, _DOUBLED = 2.5, 0.7, 0.4  # against an inner tone's 1
_MOST_NOTES = 8
_EASY, _TROUBLE = 1.8, 0.5  # a grip that costs more than a barre chord is paid for with notes


@dataclass(frozen=True, kw_only=True)
class HandCosts:
    """What each discomfort of the left hand costs. Rules of a teacher's thumb; the unit is about a barre.

    Attributes
    ----------
    reach : the most frets from the index finger to the little one; 4 is a stretch of five frets
    stretch : for reaching that far, less beyond the seventh fret
    spread : for using all four frets of a position in one chord
    finger : per string that is pressed
    barre : for a finger across strings
    fret : per fret of the position above the first
    high_fret : per fret beyond the twelfth, on top
    gap : per string skipped inside a chord of three notes or more, or a fifth or less
    crossed : per pair of notes of which the lower lies on the higher string
    lonely_open : per open string struck beside ones pressed at `HIGH_FRET` or above, or alone from a hand up there
    shift, shift_per_fret, leap : for moving the hand at a moderate pace, at all, by frets, and by their square
    skip : per string skipped between single notes
    damp : for a note that must stop half a second early or more
    octave : per octave a note is moved, when positions of a capo are compared
    """

    reach: int = 4
    stretch: float = 1.2
    spread: float = 0.25
    finger: float = 0.12
    barre: float = 0.8
    fret: float = 0.06
    high_fret: float = 0.15
    gap: float = 0.3
    crossed: float = 0.5
    lonely_open: float = 0.4
    shift: float = 0.35
    shift_per_fret: float = 0.25
    leap: float = 0.03
    skip: float = 0.05
    damp: float = 1.5
    octave: float = 2.0


class Grip(NamedTuple):
    """A chord on the neck: for each note, from the lowest pitch up, its string (1 the highest) and fret; the index finger's place
    (0: only open strings, the hand is free), and what it costs."""

    strings: tuple[int, ...]
    frets: tuple[int, ...]
    position: int
    cost: float


@lru_cache(maxsize=65536)
def hand_cost(held: tuple[tuple[int, int], ...], position: int, costs: HandCosts = HandCosts()) -> float:
    """What it costs to hold strings down with the index finger at a position; infinite when no hand can.

    Parameters
    ----------
    held : (string, fret) of each sounding string, sorted; fret 0 is open

    Examples
    --------
    >>> f_major = ((1, 1), (2, 1), (3, 2), (4, 3), (5, 3), (6, 1))
    >>> hand_cost(f_major, 1) < 2, hand_cost(((1, 1), (6, 9)), 1)
    (True, inf)
    """
    pressed = [(string, fret) for string, fret in held if fret > 0]
    if not pressed:
        return 0.0
    low, high = min(fret for _, fret in pressed), max(fret for _, fret in pressed)
    if low < position or high - position > costs.reach:
        return inf
    cost = costs.finger * len(pressed) + costs.fret * (position - 1) + costs.high_fret * max(0, position - 12)
    fingers = len(pressed)
    available = FINGERS - min(low - position, FINGERS - 1)
    lowest = [string for string, fret in pressed if fret == low]
    if fingers > available or _must_bar(held, lowest, low):
        # The index finger bars, from its lowest string to its highest; an open string under it would not ring.
        if low > position or len(lowest) < 2 or any(fret < low and lowest[0] < string < lowest[-1] for string, fret in held):
            return inf
        fingers -= len(lowest) - 1
        cost += costs.barre
    if fingers > available:
        return inf
    if high - position == costs.reach:
        cost += costs.stretch * (0.6 if position >= 7 else 1.0)
    elif len(pressed) > 1 and high - low == costs.reach - 1:
        cost += costs.spread
    return cost


def _must_bar(held: tuple[tuple[int, int], ...], lowest: list[int], low: int) -> bool:
    """Whether other fingers stand between two notes of the lowest fret that lie too far apart for two fingers to reach around them."""
    return any(far - near > _AROUND and any(near < string < far and fret > low for string, fret in held) for near, far in pairwise(lowest))


@lru_cache(maxsize=32768)
def grips(pitches: tuple[int, ...], board: Fretboard, *, costs: HandCosts = HandCosts(), limit: int = 40) -> tuple[Grip, ...]:
    """Every way to hold notes that are struck together, the cheapest first; none when no hand can.

    Parameters
    ----------
    pitches : ascending MIDI numbers
    limit : how many to return at most

    Examples
    --------
    >>> from hexachord.theory.fretboard import fretboard
    >>> best = grips((48, 52, 55, 60, 64), fretboard())[0]
    >>> best.strings, best.frets, best.position
    ((5, 4, 3, 2, 1), (3, 2, 0, 1, 0), 1)
    """
    found: list[Grip] = []
    for places in _assignments(pitches, board, costs.reach):
        held = tuple(sorted(places))
        extra = _layout_cost(places, board, costs)
        pressed = [fret for _, fret in places if fret > 0]
        positions = range(max(1, max(pressed) - costs.reach), min(pressed) + 1) if pressed else (0,)
        for position in positions:
            cost = hand_cost(held, position, costs)
            if cost < inf:
                found.append(Grip(tuple(s for s, _ in places), tuple(f for _, f in places), position, cost + extra))
    found.sort(key=lambda grip: (grip.cost, grip.position, grip.strings))
    return tuple(found[:limit])


def _assignments(pitches: tuple[int, ...], board: Fretboard, reach: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Strings and frets for all notes, each string once, pressed frets within reach of each other."""
    if len(pitches) > board.string_count:
        return
    options = [board.places(pitch) for pitch in pitches]
    chosen: list[tuple[int, int]] = []

    def extend(index: int, used: int, low: int, high: int) -> Iterator[tuple[tuple[int, int], ...]]:
        if index == len(options):
            yield tuple(chosen)
            return
        for string, fret in options[index]:
            if used & 1 << string:
                continue
            lower, upper = (min(low, fret), max(high, fret)) if fret else (low, high)
            if upper - lower > reach:
                continue
            chosen.append((string, fret))
            yield from extend(index + 1, used | 1 << string, lower, upper)
            chosen.pop()

    yield from extend(0, 0, 99, 0)


def _layout_cost(places: tuple[tuple[int, int], ...], board: Fretboard, costs: HandCosts) -> float:
    """What a picking hand minds: strings left out in between, and lower notes on higher strings (where the tuning does not ask for it)."""
    tuned = [board.open_pitches[-string] for string, _ in places]
    cost = costs.crossed * sum(low > high for low, high in pairwise(tuned))
    if max(fret for _, fret in places) >= HIGH_FRET:
        cost += costs.lonely_open * sum(fret == 0 for _, fret in places)
    strings = [string for string, _ in places]
    if len(places) > 2 or (len(places) == 2 and abs(_pitch(places[1], board) - _pitch(places[0], board)) <= _CLOSE):
        cost += costs.gap * (max(strings) - min(strings) + 1 - len(strings))
    return cost


def _pitch(place: tuple[int, int], board: Fretboard) -> int:
    return board.pitch_at(*place)


@lru_cache(maxsize=8192)
def playable_part(pitches: tuple[int, ...], board: Fretboard, *, costs: HandCosts = HandCosts()) -> tuple[int, ...]:
    """Which notes of a chord to keep so that a hand can hold it: its bass and its top, and of the rest doubled tones go first.

    A doubled tone is also given up for a much easier grip.

    Parameters
    ----------
    pitches : ascending MIDI numbers, all of them on the neck

    Returns
    -------
    indices of the notes that stay, ascending

    Examples
    --------
    >>> from hexachord.theory.fretboard import fretboard
    >>> playable_part((40, 47, 52, 56, 59, 64, 76), fretboard())
    (0, 3, 4, 5, 6)
    """
    worth = _worth(pitches)
    some = sorted(sorted(range(len(pitches)), key=lambda index: -worth[index])[:_MOST_NOTES])
    choices = (choice for size in range(len(some), 0, -1) for choice in combinations(some, size))
    best: tuple[int, ...] = ()
    best_value = -inf
    for value, choice in sorted(((sum(worth[index] for index in choice), choice) for choice in choices), key=lambda item: -item[0]):
        if value <= best_value:  # nothing that is worth less can be better, however easy
            break
        found = grips(tuple(pitches[index] for index in choice), board, costs=costs)
        if found:
            value -= _TROUBLE * max(0.0, found[0].cost - _EASY)
            if value > best_value:
                best, best_value = choice, value
    return best


def _worth(pitches: tuple[int, ...]) -> list[float]:
    """How much each note of a chord would be missed: bass and top most, doubled inner tones least, fifths over the bass little."""
    classes = [pitch % 12 for pitch in pitches]
    last = len(pitches) - 1
    worth = list[float]()
    for place, pitch_class in enumerate(classes):
        if place in (0, last):
            worth.append(_OUTER + 0.5 * (place == last))
        elif classes.count(pitch_class) > 1:
            worth.append(_DOUBLED - 0.1 * (pitches[place] in (pitches[place - 1], pitches[place + 1])))
        else:
            worth.append(_FIFTH if (pitch_class - classes[0]) % 12 == 7 else 1.0)
    return worth
