"""Roman numerals: a chord as a degree of a key, its inversion as figured bass, and back from the numeral to the chord.

A numeral says which degree the root stands on (``bVI``; of the natural minor scale in minor, where ``III VI VII`` need no sign but the
leading tone has one of its own: ``viio`` is a semitone below the tonic), whether the triad is major or minor (upper or lower case),
diminished (``o``), half-diminished (``ø``) or augmented (``+``), and by figures which of its tones is in the bass: ``6 64`` for triads, ``7
65 43 42`` for sevenths. Unlike on a page, where the key signature says which seventh is meant, ``7`` is always the minor seventh and ``M7``
the major one, so that a numeral can be read without a score. S. Kostka, D. Payne, *Tonal Harmony*, ch. 3 and 4; D. Tymoczko et al.,
"The RomanText format", ISMIR 2019.
"""

import re
from dataclasses import dataclass

from hexachord.theory.chord_labels import DEGREE_NAMES, QUALITIES, Chord, parse_chord, parse_pitch_class
from hexachord.theory.keys import key_fifths, parse_key
from hexachord.theory.spelling import name_in_key

_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
_MAJOR_DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
_MINOR_DEGREES = ("I", "bII", "II", "III", "#III", "IV", "#IV", "V", "VI", "#VI", "VII", "#VII")
_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
_MINOR_SCALE = (0, 2, 3, 5, 7, 8, 10)
_TRIAD_FIGURES = ("", "6", "64")
_SEVENTH_FIGURES = ("7", "65", "43", "42")
_EXTENSIONS = {14: "9", 17: "11", 21: "13"}
_SIXTHS = {"It": (0, 4, 10), "Fr": (0, 4, 6, 10), "Ger": (0, 4, 7, 10)}
"""Augmented sixth chords as semitones above the flat sixth degree; enharmonically they are dominant sevenths."""
_SIXTH_FIGURES = {"It": ("6", "", ""), "Fr": ("43", "", ""), "Ger": ("65", "", "")}

_NUMERAL = re.compile(
    r"(?P<sign>[b#]?)(?P<degree>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?P<triad>[o°ø+]?)(?P<major>M?)"
    r"(?P<figures>65|64|43|42|7|6|9|11|13|5)?(?P<sus>sus[24])?(?P<rest>(?:\([^()]*\))*)"
)
_SPECIAL = re.compile(r"(?P<name>N|It|Fr|Ger)(?P<figures>64|65|43|6|\+6)?")
_DEGREE = re.compile(r"(?P<accidentals>b*|#*)(?P<number>1[0-3]|[1-9])")
_DEGREE_SEMITONES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 9: 14, 10: 16, 11: 17, 12: 19, 13: 21}
_ADDED_NAMES = {1: "b2", 2: "2", 3: "b3", 4: "3", 5: "4", 6: "b5", 7: "5", 8: "b6", 9: "6", 10: "b7", 11: "7",
                13: "b9", 14: "9", 15: "#9", 16: "10", 17: "11", 18: "#11", 19: "12", 20: "b13", 21: "13"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ChordShape:
    """A chord taken apart, the way names of chords are made: a triad, a seventh, what is added and what is missing.

    Attributes
    ----------
    third : semitones from root to third: 4, 3, or 2 and 5 where it is suspended, 0 where there is none
    fifth : 7, 6, 8, or 0 where there is none
    seventh : 11, 10, 9 (of a diminished seventh), or 0
    added : semitones of all other tones, ascending, those of the bass too
    """

    third: int
    fifth: int
    seventh: int
    added: tuple[int, ...]


def chord_shape(chord: Chord) -> ChordShape:
    """Take a chord apart.

    Examples
    --------
    >>> chord_shape(parse_chord("G:9"))
    ChordShape(third=4, fifth=7, seventh=10, added=(14,))
    >>> chord_shape(parse_chord("B:dim7")).seventh, chord_shape(parse_chord("C:sus4(b7)")).third
    (9, 5)
    """
    has = set(chord.intervals)
    third = 4 if 4 in has else 3 if 3 in has else 5 if 5 in has else 2 if 2 in has else 0
    # Next to a perfect fifth a tritone or a minor sixth is an added tone.
    fifth = 7 if 7 in has else 6 if 6 in has else 8 if 8 in has and third in (0, 2, 4, 5) else 0
    diminished = third == 3 and fifth == 6
    seventh = 10 if 10 in has else 11 if 11 in has else 9 if diminished and 9 in has else 0
    if not third and not seventh and len(has - {0, 7}) == 0:
        fifth = 7 if 7 in has else 0
    used = {0, third, fifth, seventh}
    return ChordShape(third=third, fifth=fifth, seventh=seventh, added=tuple(sorted(has - used)))


def roman_numeral(label: str, key: str) -> str:
    """Write a chord as a Roman numeral of a key, whatever it may do there (for that see `hexachord.theory.functions`).

    Parameters
    ----------
    label : Harte syntax
    key : ``Eb major``, ``C# minor``

    Returns
    -------
    The numeral; "" for N and X. A bass that is no tone of the triad or the seventh is named in brackets: ``I(bass 2)``.

    Raises
    ------
    ValueError : if the label or the key is malformed.

    Examples
    --------
    >>> [roman_numeral(label, "C major") for label in ("C:maj/3", "D:min7", "G:7/b7", "Bb:maj", "B:hdim7", "F:maj7/3", "G:sus4(b7)")]
    ['I6', 'ii7', 'V42', 'bVII', 'viiø7', 'IVM65', 'V7sus4']
    >>> [roman_numeral(label, "A minor") for label in ("A:min", "C:maj", "E:7/3", "G#:dim7", "G:maj", "F#:hdim7", "C:aug")]
    ['i', 'III', 'V65', 'viio7', 'VII', '#viø7', 'III+']
    """
    chord = parse_chord(label)
    tonic, mode = parse_key(key)
    if not chord.is_chord:
        return ""
    return numeral_above((chord.root - tonic) % 12, chord, minor=mode == "minor")


def numeral_above(step: int, chord: Chord, *, minor: bool = False) -> str:
    """Write the numeral of a chord whose root is `step` semitones above the tonic; `minor` chooses the names of the degrees."""
    shape = chord_shape(chord)
    degree = (_MINOR_DEGREES if minor else _MAJOR_DEGREES)[step]
    lower = shape.third == 3
    diminished = lower and shape.fifth == 6
    if minor and diminished and step in (10, 11):
        degree = "bVII" if step == 10 else "VII"
    mark = "ø" if diminished and shape.seventh == 10 else "o" if diminished else "+" if shape.third == 4 and shape.fifth == 8 else ""
    text = degree.lower() if lower else degree
    figures, rest = _figures(chord, shape)
    return text + mark + ("M" if shape.seventh == 11 else "") + figures + rest


def chord_of_numeral(numeral: str, key: str) -> str:
    """Write the chord that a Roman numeral stands for in a key.

    Parameters
    ----------
    numeral : as `roman_numeral` writes it, also with ``/V`` behind it for what belongs to another degree, ``°`` for ``o``, and ``N6 It6
        Fr43 Ger65``
    key : ``Eb major``, ``C# minor``

    Returns
    -------
    A label in Harte's syntax, its root named as in the key

    Raises
    ------
    ValueError : if the numeral or the key is malformed.

    Examples
    --------
    >>> [chord_of_numeral(numeral, "G major") for numeral in ("V65", "vi", "V7/V", "bVII", "N6", "iiø65")]
    ['D:7/3', 'E:min', 'A:7', 'F:maj', 'Ab:maj/3', 'A:hdim7/b3']
    """
    tonic, mode = parse_key(key)
    own, slash, target = numeral.strip().partition("/")
    if slash and _NUMERAL.fullmatch(target):
        match = _NUMERAL.fullmatch(target)
        assert match is not None
        degree = (tonic + _step_of(match, minor=mode == "minor")) % 12
        local = f"{_name(degree, key)} {'minor' if match['degree'].islower() else 'major'}"
        return _respelt(chord_of_numeral(own, local), key)
    if special := _SPECIAL.fullmatch(numeral.strip()):
        return _special(special, tonic, key)
    match = _NUMERAL.fullmatch(numeral.strip())
    if match is None:
        raise ValueError(f"{numeral!r} is not a Roman numeral: expected for example ii65, V7/V, bVI, viio7 or N6")
    root = _name((tonic + _step_of(match, minor=mode == "minor")) % 12, key)
    intervals, bass = _tones(match, numeral)
    return label_of_intervals(root, intervals, bass=bass)


def label_of_intervals(root: str, intervals: set[int], *, bass: int = 0) -> str:
    """Write a chord in Harte's syntax from the semitones above its root; the shorthand that leaves least to say is used.

    Examples
    --------
    >>> label_of_intervals("C", {0, 4, 7, 10}), label_of_intervals("F", {0, 4, 7, 14}, bass=4), label_of_intervals("G", {0, 5, 7, 10})
    ('C:7', 'F:maj(9)/3', 'G:sus4(b7)')
    """
    intervals = intervals | {0}

    def cost(quality: str) -> tuple[int, int, int]:
        tones = set(QUALITIES[quality])
        return (2 * len(tones - intervals) + len(intervals - tones - {bass}), len(tones - intervals), -len(tones))

    quality = min(QUALITIES, key=cost)
    tones = set(QUALITIES[quality])
    taken = [f"*{_ADDED_NAMES[tone]}" for tone in sorted(tones - intervals) if tone]
    added = [_ADDED_NAMES[tone] for tone in sorted(intervals - tones) if tone != bass]
    extra = f"({','.join(taken + added)})" if taken or added else ""
    return f"{root}:{quality}{extra}" + (f"/{DEGREE_NAMES[bass]}" if bass else "")


def _figures(chord: Chord, shape: ChordShape) -> tuple[str, str]:
    """Figured bass, and what has to be said in words."""
    added = [tone for tone in shape.added if tone != chord.bass]
    suspended = f"sus{'4' if shape.third == 5 else '2'}" if shape.third in (2, 5) else ""
    words = [f"no{name}" for name, part in (("3", shape.third), ("5", shape.fifth)) if not part]
    power = not shape.third and shape.fifth == 7 and not shape.seventh
    if power:
        words.remove("no3")
    if shape.fifth == 6 and shape.third != 3:
        words.append("b5")
    if shape.fifth == 8 and shape.third != 4:
        words.append("#5")
    inversions = (0, shape.third if shape.third in (3, 4) else -1, shape.fifth or -1, shape.seventh or -1)
    inversion = inversions.index(chord.bass) if chord.bass in inversions else 0
    if chord.bass and inversion == 0:
        words.append(f"bass {DEGREE_NAMES[chord.bass]}")
    if shape.seventh:
        figures = _SEVENTH_FIGURES[inversion]
        chain = [tone for tone in (14, 17, 21) if tone in added]
        if inversion == 0 and chain and chain == [14, 17, 21][: len(chain)]:  # a ninth chord has its ninth, a thirteenth all below it
            figures = _EXTENSIONS[chain[-1]]
            added = [tone for tone in added if tone not in chain]
    else:
        figures = "5" if power and not chord.bass else _TRIAD_FIGURES[inversion]
        if power and chord.bass:
            words.insert(0, "no3")
    words = [*(f"add{_ADDED_NAMES[tone]}" for tone in added), *words]
    return figures + suspended, "".join(f"({word})" for word in words)


def _tones(match: "re.Match[str]", numeral: str) -> tuple[set[int], int]:
    figures, triad = match["figures"] or "", match["triad"].replace("°", "o")
    third = 3 if match["degree"].islower() or triad in ("o", "ø") else 4
    fifth = {"o": 6, "ø": 6, "+": 8}.get(triad, 7)
    if match["sus"]:
        third = 5 if match["sus"] == "sus4" else 2
    if figures == "5":
        third = 0
    seventh = 0
    if figures in _SEVENTH_FIGURES or figures in _EXTENSIONS.values() or triad == "ø":
        seventh = 11 if match["major"] else 9 if triad == "o" else 10
    intervals = {0, third, fifth} | ({seventh} if seventh else set())
    intervals |= {tone for tone, name in _EXTENSIONS.items() if figures in _EXTENSIONS.values() and int(name) <= int(figures)}
    if figures in ("6", "65"):
        bass = third
    elif figures in ("64", "43"):
        bass = fifth
    else:
        bass = seventh if figures == "42" else 0
    for word in re.findall(r"\(([^()]*)\)", match["rest"]):
        kind = next((kind for kind in ("add", "no", "bass ", "") if word.startswith(kind)), "")
        found = _DEGREE.fullmatch(word[len(kind) :])
        if found is None or int(found["number"]) not in _DEGREE_SEMITONES:
            raise ValueError(f"{numeral!r} has {word!r} in brackets: expected a degree such as add9, no5, b5 or bass 2")
        tone = _DEGREE_SEMITONES[int(found["number"])] + found["accidentals"].count("#") - found["accidentals"].count("b")
        if kind == "no":
            intervals -= {third, 3, 4} if found["number"] == "3" else {fifth, 7} if found["number"] == "5" else {tone}
            if found["number"] == "5" and bass == fifth:
                raise ValueError(f"{numeral!r} has a bass that it leaves out")
        elif kind == "add":
            intervals.add(tone)
        elif kind == "bass ":
            bass = tone % 12
            intervals.add(bass)
        else:
            intervals = intervals - {7, fifth} | {tone}
            bass = tone if bass == fifth and bass else bass
    return intervals, bass


def _step_of(match: "re.Match[str]", *, minor: bool) -> int:
    degree = _NUMERALS.index(match["degree"].upper())
    step = (_MINOR_SCALE if minor else _MAJOR_SCALE)[degree]
    leading = minor and degree == 6 and match["triad"] in ("o", "°", "ø")
    if leading:  # viio stands on the leading tone; bviio, on the seventh of the natural scale, says so
        return 10 if match["sign"] == "b" else 11
    return (step + {"": 0, "b": -1, "#": 1}[match["sign"]]) % 12


def _special(match: "re.Match[str]", tonic: int, key: str) -> str:
    name, figures = match["name"], match["figures"]
    if name == "N":
        root = _name((tonic + 1) % 12, key)
        return f"{root}:maj" + {"6": "/3", "64": "/5"}.get(figures or "", "")
    return label_of_intervals(_name((tonic + 8) % 12, key), set(_SIXTHS[name]))


def _name(pitch_class: int, key: str) -> str:
    """The name of a root in a key: black keys that are borrowed are flats, but for the raised fourth, and the leading tone of minor."""
    tonic, mode = parse_key(key)
    fifths = key_fifths(key.split()[0], "major")
    above = (pitch_class - tonic) % 12
    # In minor the borrowed degrees of the parallel major are sharps of its own signature.
    if mode == "minor" and above in (3, 8, 10):
        fifths -= 3
    return name_in_key(pitch_class, fifths=fifths)


def _respelt(label: str, key: str) -> str:
    root, colon, rest = label.partition(":")
    return f"{_name(parse_pitch_class(root), key)}{colon}{rest}"
