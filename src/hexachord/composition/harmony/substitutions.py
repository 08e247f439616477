"""What may stand instead of a chord: the substitutions of arrangers, each made of a chord, its neighbours and its key.

Diatonic substitutes share two tones; secondary dominants and ii–V lead to the next chord; a dominant gives way to the one a tritone away;
chords are borrowed from the parallel key, joined by passing diminished ones, turned over, held back, or coloured. M. Levine, *The Jazz
Theory Book*, 1995, ch. 13–15 ("Reharmonization"); S. Kostka, D. Payne, *Tonal Harmony*, ch. 16–23.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hexachord.composition.harmony.lead_sheets import chord_in_key
from hexachord.theory.chord_labels import Chord, format_chord, parse_chord
from hexachord.theory.functions import read_chord
from hexachord.theory.keys import parse_key
from hexachord.theory.roman import chord_of_numeral


class Sub(NamedTuple):
    """A substitution: of which kind, and its chords with the share of the time at which each begins, 0 to 1."""

    kind: str
    chords: tuple[tuple[float, str], ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A chord where it stands: its neighbours ("" for none), its key, and how many beats it lasts."""

    label: str
    key: str
    previous: str = ""
    following: str = ""
    beats: int = 4


def substitutions(place: Place) -> tuple[Sub, ...]:
    """List all that may stand instead of a chord, of all kinds; a tune has not been asked.

    Examples
    --------
    >>> place = Place(label="G:7", key="C major", previous="D:min7", following="C:maj")
    >>> [[label for _, label in sub.chords] for sub in substitutions(place) if sub.kind == "tritone substitution"]
    [['Db:7'], ['G:7', 'Db:7']]
    >>> place = Place(label="C:maj", key="C major", following="D:min7")
    >>> {sub.kind: [label for _, label in sub.chords] for sub in substitutions(place)}["passing diminished"]
    ['C:maj', 'C#:dim7']
    """
    chord = parse_chord(place.label)
    if not chord.is_chord:
        return ()
    after = parse_chord(place.following) if place.following else None
    found: dict[tuple[tuple[float, str], ...], Sub] = {}
    for kind, rule in _RULES.items():
        for chords in rule(place, chord, after if after is not None and after.is_chord else None):
            if chords != ((0.0, place.label),):
                found.setdefault(chords, Sub(kind, chords))
    return tuple(found.values())


_Chords = tuple[tuple[float, str], ...]
_Rule = Callable[[Place, Chord, Chord | None], list[_Chords]]


def _numeral(numeral: str, key: str) -> _Chords:
    return ((0.0, chord_of_numeral(numeral, key)),)


def _diatonic(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    reading = read_chord(place.label, place.key, following=place.following)
    if reading is None or reading.role != "diatonic":
        return []
    tonic, mode = parse_key(place.key)
    step = (chord.root - tonic) % 12
    sevenths = bool({10, 11} & set(chord.intervals))
    table = {0: ("vi", "iii"), 5: ("ii",), 2: ("IV",), 7: ("viio",), 9: ("I", "IV"), 4: ("I",)} if mode == "major" else {
        0: ("VI", "III"), 5: ("iio", "VI"), 2: ("iv",), 7: ("viio",), 8: ("i", "iv"), 3: ("i",), 10: ("V",)
    }  # fmt: skip
    made = []
    for numeral in table.get(step, ()):
        if sevenths:
            made.append(
                _numeral(
                    {"viio": "viio7", "iio": "iiø7", "I": "IM7", "IV": "IVM7", "III": "IIIM7", "VI": "VIM7", "V": "V7"}.get(
                        numeral, f"{numeral}7"
                    ),
                    place.key,
                )
            )
        else:
            made.append(_numeral(numeral, place.key))
    return made


def _target(place: Place, chord: Chord, after: Chord | None) -> tuple[int, bool] | None:
    """The root of the next chord and whether it is minor, where it may have a dominant of its own."""
    if after is None or 6 in after.intervals or 8 in after.intervals or not {3, 4} & set(after.intervals) or after.root == chord.root:
        return None
    return after.root, 3 in after.intervals


def _local(place: Place, minor: bool) -> str:
    """The key of which the next chord would be the tonic."""
    return f"{place.following.partition(':')[0].partition('/')[0]} {'minor' if minor else 'major'}"


def _secondary(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    goal = _target(place, chord, after)
    if goal is None or (goal[0] + 7) % 12 == chord.root:
        return []
    dominant = chord_of_numeral("V7", _local(place, goal[1]))
    half = ((0.0, place.label), (0.5, dominant))
    return [half] if place.beats >= 2 else [((0.0, dominant),)]


def _leading_tone(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    goal = _target(place, chord, after)
    if goal is None or place.beats < 2:
        return []
    return [((0.0, place.label), (0.5, chord_of_numeral("viio7", _local(place, goal[1]))))]


def _two_five(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    goal = _target(place, chord, after)
    if goal is None:
        return []
    root, minor = goal
    two = chord_of_numeral("iiø7" if minor else "ii7", _local(place, minor))
    five = chord_of_numeral("V7", _local(place, minor))
    dominant = chord.root == (root + 7) % 12 and 4 in chord.intervals
    made: list[_Chords] = [((0.0, two), (0.5, place.label))] if dominant and place.beats >= 2 else []
    if place.beats >= 4 and not (dominant and 10 in chord.intervals):
        made.append(((0.0, place.label), (0.5, two), (0.75, five)))
    return made


def _tritone(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    if after is None or 4 not in chord.intervals or (after.root - chord.root) % 12 != 5 or 11 in chord.intervals:
        return []
    root = (chord.root + 6) % 12
    label = format_chord(root, "7", flats=True)
    return [((0.0, label),), *([((0.0, place.label), (0.5, label))] if place.beats >= 2 else [])]


def _borrowed(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    tonic, mode = parse_key(place.key)
    step = (chord.root - tonic) % 12
    if mode == "minor":
        return [_numeral(numeral, place.key) for numeral in {5: ("IV",), 2: ("ii7",)}.get(step, ())]
    made = [
        _numeral(numeral, place.key) for numeral in {5: ("iv", "bVII"), 2: ("iiø7", "bVI"), 7: ("bVII",), 9: ("bVI",), 0: ()}.get(step, ())
    ]
    if step == 5 and after is not None and after.root == tonic and place.beats >= 2:
        made.append(((0.0, place.label), (0.5, chord_of_numeral("iv", place.key))))
    if step == 7 and after is not None and after.root == tonic:
        made.append(_numeral("bVII7", place.key))
    return made


def _passing(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    if after is None or place.beats < 2:
        return []
    here, there = (chord.root + chord.bass) % 12, (after.root + after.bass) % 12
    late = 0.75 if place.beats >= 4 else 0.5
    if (there - here) % 12 == 2:
        return [((0.0, place.label), (late, format_chord((here + 1) % 12, "dim7")))]
    if (here - there) % 12 == 2:
        return [((0.0, place.label), (late, format_chord((here + 11) % 12, "dim7", flats=True)))]
    return []


def _slash(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    """Turn a chord over so that the bass goes by step."""
    before = parse_chord(place.previous) if place.previous else None
    made: list[_Chords] = []
    if chord.bass == 0:
        quality = place.label.partition(":")[2] or "maj"
        for bass in (step for step in chord.intervals if step in (3, 4, 7, 10)):
            low = (chord.root + bass) % 12
            near = after is not None and (after.root + after.bass - low) % 12 in (1, 2, 10, 11)
            nearer = before is not None and before.is_chord and (low - before.root - before.bass) % 12 in (1, 2, 10, 11)
            if near and (nearer or before is None) and "(" not in quality:
                made.append(((0.0, chord_in_key(chord.root, quality, place.key, bass=bass)),))
    return made


def _pedal(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    tonic, _ = parse_key(place.key)
    before = parse_chord(place.previous) if place.previous else None
    if before is None or not before.is_chord or (before.root + before.bass) % 12 != tonic or chord.root == tonic or chord.bass:
        return []
    quality = place.label.partition(":")[2] or "maj"
    return [((0.0, chord_in_key(chord.root, quality, place.key, bass=(tonic - chord.root) % 12)),)] if "(" not in quality else []


def _held_back(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    dominant = 4 in chord.intervals and 11 not in chord.intervals and after is not None and (after.root - chord.root) % 12 == 5
    if not dominant or place.beats < 2:
        return []
    name = place.label.partition(":")[0].partition("/")[0]
    return [((0.0, f"{name}:sus4(b7)" if 10 in chord.intervals else f"{name}:sus4"), (0.5, place.label))]


def _coloured(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    quality = place.label.partition(":")[2].partition("/")[0] or "maj"
    name = place.label.partition(":")[0].partition("/")[0]
    tonic, mode = parse_key(place.key)
    step = (chord.root - tonic) % 12
    bass = f"/{place.label.partition('/')[2]}" if "/" in place.label else ""
    dominant = step == 7 or (after is not None and (after.root - chord.root) % 12 == 5 and step != 0)
    table = {
        "maj": ("7", "9", "13") if dominant else ("maj7", "maj6", "maj9", "maj(9)"),
        "min": ("min7", "min9", "min6") if step != 0 or mode == "minor" else ("min7",),
        "7": ("9", "13", "7(b9)") if dominant else ("9", "13"),
        "maj7": ("maj9", "maj6"),
        "min7": ("min9",),
        "dim": ("hdim7", "dim7"),
    }
    return [((0.0, f"{name}:{each}{bass}"),) for each in table.get(quality, ())]


def _neapolitan(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    tonic, _ = parse_key(place.key)
    if after is None or after.root != (tonic + 7) % 12 or (chord.root - tonic) % 12 not in (2, 5):
        return []
    return [_numeral("N6", place.key)]


def _augmented_sixth(place: Place, chord: Chord, after: Chord | None) -> list[_Chords]:
    tonic, _ = parse_key(place.key)
    if after is None or after.root != (tonic + 7) % 12 or (chord.root - tonic) % 12 not in (2, 5, 8) or place.beats < 2:
        return []
    return [((0.0, place.label), (0.5, chord_of_numeral("Ger65", place.key)))]


_RULES: Mapping[str, _Rule] = {
    "diatonic substitute": _diatonic,
    "secondary dominant": _secondary,
    "leading-tone chord": _leading_tone,
    "ii–V": _two_five,
    "tritone substitution": _tritone,
    "modal interchange": _borrowed,
    "passing diminished": _passing,
    "moving bass": _slash,
    "pedal": _pedal,
    "suspension": _held_back,
    "colour": _coloured,
    "neapolitan": _neapolitan,
    "augmented sixth": _augmented_sixth,
}
KINDS = tuple(_RULES)
"""Every kind of substitution."""
