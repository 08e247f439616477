"""Words for the eye: chords as lead sheets write them, keys and notes with real sharps and flats."""

import re

from hexachord.theory.chord_labels import NO_CHORD, UNKNOWN_CHORD

_SUFFIXES = {
    "maj": "",
    "min": "m",
    "dim": "°",
    "aug": "+",
    "maj7": "maj7",
    "min7": "m7",
    "7": "7",
    "dim7": "°7",
    "hdim7": "ø7",
    "minmaj7": "m(maj7)",
    "maj6": "6",
    "min6": "m6",
    "aug7": "+7",
    "min9": "m9",
    "min11": "m11",
    "min13": "m13",
    "1": " (one note)",
}
_LABEL = re.compile(r"(?P<root>[A-G][#b]*)(?::(?P<quality>[a-z0-9]*)(?:\((?P<degrees>[^()]*)\))?)?(?:/(?P<bass>[#b]*\d+))?")
_ACCIDENTAL = re.compile(r"(?<![A-Za-z])([A-G])(#+|b+(?=(?:maj|min|m|sus|dim|aug|add)?(?:\d|(?![A-Za-z]))))")
_ALTERED = re.compile(r"(?<=\d)(#|b)(?=\d)")  # the fifth of a m7b5
_KEY = re.compile(r"([A-G][#b]*)[: ](maj|min|major|minor)")
_DEGREES = {
    0: "1", 1: "b2", 2: "2", 3: "b3", 4: "3", 5: "4", 6: "b5", 7: "5", 8: "b6", 9: "6", 10: "b7", 11: "7", 15: "#9", 18: "#11",
}  # fmt: skip
_MODES = {"maj": "major", "min": "minor"}


def chord_text(label: str) -> str:
    """Write a chord of Harte's syntax for the eye.

    Examples
    --------
    >>> [chord_text(label) for label in ("G:maj", "E:min7", "F#:dim", "Bb:maj7", "D:7/3", "C:sus4(b7)", "N", "X")]
    ['G', 'Em7', 'F♯°', 'B♭maj7', 'D7/F♯', 'Csus4(♭7)', '–', '?']
    """
    if label in (NO_CHORD, UNKNOWN_CHORD):
        return "–" if label == NO_CHORD else "?"
    match = _LABEL.fullmatch(label)
    if match is None:
        return label
    quality = match["quality"] if match["quality"] is not None else "maj"
    root, degrees = match["root"], match["degrees"]
    text = signs(root) + _SUFFIXES.get(quality, quality) + (f"({_degrees(degrees)})" if degrees else "")
    return f"{text}/{_note_above(root, match['bass'])}" if match["bass"] not in (None, "1") else text


def chord_notes(label: str) -> tuple[str, ...]:
    """Spell the notes of a chord from its root upwards, each once; nothing where there is no chord to spell.

    Examples
    --------
    >>> chord_notes("D:min7"), chord_notes("E:aug"), chord_notes("C:dim7"), chord_notes("G:maj/b7")
    (('D', 'F', 'A', 'C'), ('E', 'G♯', 'B♯'), ('C', 'E♭', 'G♭', 'B♭♭'), ('G', 'B', 'D', 'F'))
    """
    from hexachord.theory.chord_labels import parse_chord

    match = _LABEL.fullmatch(label)
    try:
        chord = parse_chord(label)
    except ValueError:
        return ()
    if match is None or not chord.is_chord:
        return ()
    sounding = set(chord.intervals)
    degrees = dict(_DEGREES)
    if 8 in sounding and 7 not in sounding:
        degrees[8] = "#5"
    if chord.quality == "dim7":
        degrees[9] = "bb7"
    if {3, 4} <= sounding:
        degrees[3] = "#2"
    if {6, 7} <= sounding:
        degrees[6] = "#4"
    notes = (_note_above(match["root"], degrees.get(semitone, degrees[semitone % 12])) for semitone in chord.intervals)
    return tuple(dict.fromkeys(notes))


def key_text(name: str) -> str:
    """Write a key for the eye, whether it comes as ``Bb:min`` or ``Bb minor``.

    Examples
    --------
    >>> key_text("Bb:min"), key_text("C# major"), key_text("N")
    ('B♭ minor', 'C♯ major', '–')
    """
    if name == NO_CHORD:
        return "–"
    match = _KEY.fullmatch(name)
    return f"{signs(match[1])} {_MODES.get(match[2], match[2])}" if match else name


def numeral_text(numeral: str) -> str:
    """Write a Roman numeral for the eye.

    Examples
    --------
    >>> [numeral_text(numeral) for numeral in ("bVI", "viio7/V", "#ivø7", "V7sus4(add9)(no5)")]
    ['♭VI', 'vii°7/V', '♯ivø7', 'V7sus4(add9)(no5)']
    """
    return re.sub(r"(?<=[iv])o", "°", re.sub(r"[b#](?=[IViv\d])", lambda match: _degrees(match[0]), numeral))


def signs(text: str) -> str:
    """Set real accidentals behind note names, and nowhere else.

    Examples
    --------
    >>> signs("from C2 to C#7 in Bb, F#m and Bbm7b5, not in Abba")
    'from C2 to C♯7 in B♭, F♯m and B♭m7♭5, not in Abba'
    """
    named = _ACCIDENTAL.sub(lambda match: match[1] + _degrees(match[2]), text)
    return _ALTERED.sub(lambda match: _degrees(match[1]), named)


def _degrees(text: str) -> str:
    return text.replace("*", "no ").replace("#", "♯").replace("b", "♭")


def _note_above(root: str, degree: str) -> str:
    """Name the note that is a scale degree above a root: letters count the degree, accidentals the rest."""
    from hexachord.theory.chord_labels import DEGREE_SEMITONES, NATURALS, parse_pitch_class

    number = int(degree.lstrip("#b"))
    if number not in DEGREE_SEMITONES:
        return _degrees(degree)
    letter = "CDEFGAB"[("CDEFGAB".index(root[0]) + number - 1) % 7]
    sounding = parse_pitch_class(root) + DEGREE_SEMITONES[number] + degree.count("#") - degree.count("b")
    alter = (sounding - NATURALS[letter] + 6) % 12 - 6
    return letter + ("♯" * alter if alter >= 0 else "♭" * -alter)
