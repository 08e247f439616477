"""Chords for people: names as lead sheets write them, spelt as the key spells them, moved to another key.

``F#:hdim7/b5`` is ``F#m7b5/C`` on a lead sheet. Labels stay in Harte's syntax until they are shown.
"""

import re

from hexachord.score.musicxml_harmony import chord_text
from hexachord.theory.chord_labels import NO_CHORD, UNKNOWN_CHORD, parse_pitch_class
from hexachord.theory.keys import key_fifths, usual_key_name
from hexachord.theory.spelling import name_in_key

_SIGNS = (
    (re.compile(r"(?<=[A-G])#|#(?=\d|#)"), "♯"),
    (re.compile(r"(?<=[A-G])b|b(?=\d|b)|(?<=♭)b"), "♭"),
    (re.compile(r"(?<=♯)#"), "♯"),
    (re.compile(r"m7♭5"), "ø7"),
    (re.compile(r"dim"), "°"),
)


def chord_name(label: str, *, unicode: bool = False) -> str:
    """Write a chord as lead sheets do.

    Parameters
    ----------
    label : Harte syntax; what is none is returned as it is
    unicode : with real accidentals and the signs ``°`` and ``ø``

    Examples
    --------
    >>> [chord_name(label) for label in ("F#:hdim7/b5", "Bb:maj7", "G:sus4(b7)", "E:min7/4", "N")]
    ['F#m7b5/C', 'Bbmaj7', 'G7sus4', 'Em7/A', 'N.C.']
    >>> [chord_name(label, unicode=True) for label in ("F#:hdim7/b5", "Bb:min", "B:dim7", "D:7(b9)")]
    ['F♯ø7/C', 'B♭m', 'B°7', 'D7♭9']
    """
    text = chord_text(label)
    if unicode and label not in (NO_CHORD, UNKNOWN_CHORD):
        for pattern, sign in _SIGNS:
            text = pattern.sub(sign, text)
    return text


def respell_chord(label: str, *, fifths: int) -> str:
    """Name a chord's root as a key signature does.

    Examples
    --------
    >>> respell_chord("A#:min7/b3", fifths=-4), respell_chord("N", fifths=2)
    ('Bb:min7/b3', 'N')
    """
    return transpose_chord(label, 0, fifths=fifths)


def transpose_chord(label: str, semitones: int, *, fifths: int = 0) -> str:
    """Move a chord, and name its root as the key signature of the new key does.

    Parameters
    ----------
    label : Harte syntax; N and X stay
    semitones : up, or down where negative
    fifths : the signature of the key it is moved to

    Examples
    --------
    >>> transpose_chord("A:7/3", 1, fifths=-2), transpose_chord("C", -1, fifths=5)
    ('Bb:7/3', 'B')
    """
    if label in (NO_CHORD, UNKNOWN_CHORD):
        return label
    root, colon, rest = label.partition(":")
    root, slash, bass = (root, "", "") if colon else root.partition("/")
    return f"{name_in_key((parse_pitch_class(root) + semitones) % 12, fifths=fifths)}{colon or slash}{rest or bass}"


def transpose_key(key: str, semitones: int) -> str:
    """Move a key; it gets the name with fewer accidentals.

    Examples
    --------
    >>> transpose_key("E major", 1), transpose_key("A minor", -2)
    ('F major', 'G minor')
    """
    return usual_key_name(key, semitones)


def key_signature(key: str) -> int:
    """The signature of a key by its name, folded to at most six accidentals.

    Examples
    --------
    >>> key_signature("E minor"), key_signature("D# major")
    (1, -3)
    """
    tonic, _, mode = key.partition(" ")
    fifths = key_fifths(tonic, mode)
    return fifths - 12 if fifths > 6 else fifths + 12 if fifths < -6 else fifths
