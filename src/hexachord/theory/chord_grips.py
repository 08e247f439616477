"""Chord symbols as grips: which strings and frets a guitarist takes for a name.

All ways to hold a chord's notes on the neck are tried; the cheapest hand wins (`hexachord.theory.fretboard_hands`), full chords over thin
ones. The lowest string that sounds has the bass, every tone that makes the chord what it is is there, and a fifth may be missing.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import inf

from hexachord.theory.chord_labels import Chord, parse_chord
from hexachord.theory.fretboard import Fretboard
from hexachord.theory.fretboard_hands import HIGH_FRET, HandCosts, hand_cost

_HIGHEST = 10  # beyond, a grip is a barre chord's twin
_SILENT_BELOW, _SILENT_ABOVE, _THIN = 0.3, 1.0, 1.0  # per outer string that must not sound; per low string beyond two
_HOLE = 0.6  # per open string between strings pressed at the fifth fret or above: nobody expects it there
_HIGH = 0.1  # per fret of the position, on top of what the hand minds: songs are sung by the low end of the neck
_MUTED = 1.5  # per string in between, which a finger must damp
_NO_FIFTH, _NO_FIFTH_IN_TRIAD = 0.3, 0.8
_UNISON = 0.3  # two strings on one pitch
_FIFTHS = (7,)


@lru_cache(maxsize=4096)
def chord_grip(label: str, board: Fretboard, *, costs: HandCosts = HandCosts()) -> tuple[tuple[int, int], ...]:
    """Find the grip of a chord.

    Parameters
    ----------
    label : Harte syntax, as it sounds

    Returns
    -------
    (string, fret) from the lowest string up, frets from the capo; empty for what is no chord

    Raises
    ------
    ValueError : if the label is malformed.

    Examples
    --------
    >>> from hexachord.theory.fretboard import fretboard
    >>> chord_grip("D:maj", fretboard()), chord_grip("E:maj", fretboard(capo=2))
    (((4, 0), (3, 2), (2, 3), (1, 2)), ((4, 0), (3, 2), (2, 3), (1, 2)))
    """
    chord = parse_chord(label)
    if not chord.is_chord:
        return ()
    for needed in _essentials(chord, board.string_count):
        found = _cheapest(chord, needed, board, costs)
        if found:
            return found
    return ()


def grip_text(grip: tuple[tuple[int, int], ...], board: Fretboard) -> str:
    """A grip as guitarists write it.

    Examples
    --------
    >>> from hexachord.theory.fretboard import fretboard
    >>> grip_text(chord_grip("C:maj", fretboard()), fretboard())
    'x32010'
    """
    frets = dict(grip)
    shown = [str(frets[string]) if string in frets else "x" for string in range(board.string_count, 0, -1)]
    return ("-" if any(len(fret) > 1 for fret in shown) else "").join(shown)


def _essentials(chord: Chord, string_count: int) -> Iterator[frozenset[int]]:
    """Pitch classes that must be there, step by step fewer: all but the fifth; then without root and colours that find no string."""
    steps = [semitone for semitone in chord.intervals if semitone % 12 not in _FIFTHS or len(chord.intervals) < 3]
    yield _classes(chord, steps)
    while len(steps) > 1:
        steps = [step for step in steps if step != max(steps, key=_spare)]
        yield _classes(chord, steps)


def _spare(step: int) -> float:
    """How well a chord does without a tone: elevenths first, then roots, ninths, thirteenths; thirds and sevenths last."""
    return {5: 1.0, 17: 9.0, 0: 8.0, 14: 7.0, 21: 6.0}.get(step, 2.0 if step % 12 in (3, 4, 10, 11) else 5.0)


def _classes(chord: Chord, steps: list[int]) -> frozenset[int]:
    return frozenset((chord.root + step) % 12 for step in steps)


def _cheapest(chord: Chord, needed: frozenset[int], board: Fretboard, costs: HandCosts) -> tuple[tuple[int, int], ...]:
    tones = {(chord.root + step) % 12 for step in chord.intervals} | {(chord.root + chord.bass) % 12}
    fifths = {(chord.root + step) % 12 for step in chord.intervals if step % 12 in _FIFTHS}
    fifth = _NO_FIFTH if len(chord.intervals) > 3 else _NO_FIFTH_IN_TRIAD
    bass = (chord.root + chord.bass) % 12
    best: tuple[tuple[int, int], ...] = ()
    best_cost = inf
    is_reentrant = board.open_pitches[0] > min(board.open_pitches)  # a ukulele has no bass to speak of
    for position in range(1, min(_HIGHEST, board.frets - board.capo - costs.reach) + 1):
        for held in _grips_at(position, tones, board):
            sounding = [board.pitch_at(string, fret) for string, fret in held]
            present = {pitch % 12 for pitch in sounding}
            if not needed <= present or (not is_reentrant and sounding[0] % 12 != bass):
                continue
            strings = [string for string, _ in held]
            muted = strings[0] - strings[-1] + 1 - len(strings)
            below = board.string_count - strings[0]
            silent = _SILENT_BELOW * below + _THIN * max(0, below - 2) + _SILENT_ABOVE * (strings[-1] - 1)
            cost = _HIGH * (position - 1) + silent + _HOLE * _holes(held) + _MUTED * muted + fifth * (not fifths <= present)
            cost += 0.0 if is_reentrant else _UNISON * (len(sounding) - len(set(sounding)))
            if cost < best_cost:
                cost += hand_cost(tuple(sorted(held)), position, costs)
            if cost < best_cost:
                best, best_cost = held, cost
    return best


def _holes(held: tuple[tuple[int, int], ...]) -> int:
    pressed = [string for string, fret in held if fret > 0]
    if max((fret for _, fret in held), default=0) < HIGH_FRET:
        return 0
    return sum(fret == 0 and min(pressed) < string < max(pressed) for string, fret in held)


def _grips_at(position: int, tones: set[int], board: Fretboard) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every choice of open strings and frets in reach, or silence, for each string, the lowest first; at least three strings."""
    options: list[list[tuple[int, int]]] = []
    for string in range(board.string_count, 0, -1):
        frets = [0, *range(position, position + 4)]
        options.append([(string, fret) for fret in frets if board.pitch_at(string, fret) % 12 in tones])
    chosen: list[tuple[int, int]] = []

    def extend(place: int) -> Iterator[tuple[tuple[int, int], ...]]:
        if place == len(options):
            if len(chosen) >= min(3, board.string_count):
                yield tuple(chosen)
            return
        for option in options[place]:
            chosen.append(option)
            yield from extend(place + 1)
            chosen.pop()
        yield from extend(place + 1)

    yield from extend(0)
