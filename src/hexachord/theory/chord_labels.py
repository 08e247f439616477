"""Chord labels as text: Harte's syntax to root, pitch classes and bass, and back.

``F#:min7/b3`` names a root, a shorthand for the intervals above it, and the scale degree in the bass; ``C:(1,3,5,b7)`` spells the
intervals out, ``A:maj(9,*5)`` adds and takes away; ``N`` is no chord and ``X`` a chord nobody could name. C. Harte, M. Sandler,
S. Abdallah, E. Gómez, "Symbolic representation of musical chords", ISMIR 2005; C. Harte, PhD thesis, Queen Mary, 2010.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hexachord.arrays import IntArray

NO_CHORD = "N"
UNKNOWN_CHORD = "X"

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
DEGREE_SEMITONES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 8: 12, 9: 14, 10: 16, 11: 17, 12: 19, 13: 21}
DEGREE_NAMES = ("1", "b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")

QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "maj6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "dim7": (0, 3, 6, 9),
    "hdim7": (0, 3, 6, 10),
    "minmaj7": (0, 3, 7, 11),
    "aug7": (0, 4, 8, 10),
    "maj9": (0, 4, 7, 11, 14),
    "min9": (0, 3, 7, 10, 14),
    "9": (0, 4, 7, 10, 14),
    "maj11": (0, 4, 7, 11, 14, 17),
    "min11": (0, 3, 7, 10, 14, 17),
    "11": (0, 4, 7, 10, 14, 17),
    "maj13": (0, 4, 7, 11, 14, 17, 21),
    "min13": (0, 3, 7, 10, 14, 17, 21),
    "13": (0, 4, 7, 10, 14, 17, 21),
    "1": (0,),
    "5": (0, 7),
}
"""Semitones above the root by shorthand; what lies above the octave are the upper voices of ninths, elevenths and thirteenths."""

_LABEL = re.compile(r"(?P<root>[A-G](?:b+|#+)?)(?::(?P<quality>[a-z0-9]*)(?:\((?P<degrees>[^()]*)\))?)?(?:/(?P<bass>[b#]*\d+))?")
_DEGREE = re.compile(r"(?P<omitted>\*?)(?P<accidentals>b*|#*)(?P<number>1[0-3]|[1-9])")


@dataclass(frozen=True, kw_only=True)
class Chord:
    """A chord as numbers.

    Parameters
    ----------
    root : pitch class 0–11 (C is 0); -1 for no chord and for an unknown one
    quality : the shorthand as written, "maj" where the label says nothing, "" where only intervals are spelt out
    intervals : semitones above the root, ascending; those ≥ 12 are upper voices; never without what the bass adds
    bass : semitones from the root up to the bass, 0–11; -1 for no chord and for an unknown one
    known : False for the label X
    """

    root: int
    quality: str
    intervals: tuple[int, ...]
    bass: int
    known: bool = True

    @property
    def is_chord(self) -> bool:
        """Whether there is a chord with a name: neither N nor X."""
        return self.root >= 0

    def bitmap(self, *, fold: bool = False) -> IntArray:
        """Return which semitones above the root sound, as 12 zeros and ones.

        Parameters
        ----------
        fold : bring the voices above the octave (9, 11, 13) down into it; comparisons of chords by triad and seventh leave them out

        Returns
        -------
        (12,) int array; all zeros for no chord, all -1 for an unknown one, so that neither equals a chord
        """
        if not self.known:
            return np.full(12, -1, dtype=np.int64)
        bits = np.zeros(12, dtype=np.int64)
        for semitone in self.intervals:
            if semitone < 12 or fold:
                bits[semitone % 12] = 1
        return bits

    def pitch_classes(self) -> tuple[int, ...]:
        """Return the pitch classes that sound, ascending from C.

        Examples
        --------
        >>> parse_chord("D:min7").pitch_classes()
        (0, 2, 5, 9)
        """
        return tuple(sorted({(self.root + semitone) % 12 for semitone in self.intervals}))


class EncodedChords(NamedTuple):
    """Many chords as arrays: `roots` (n,), `bitmaps` (n, 12) relative to the root, `basses` (n,) relative to the root."""

    roots: IntArray
    bitmaps: IntArray
    basses: IntArray


@lru_cache(maxsize=4096)
def parse_chord(label: str) -> Chord:
    """Read a chord label in Harte's syntax.

    Parameters
    ----------
    label : ``C``, ``Eb:min7/5``, ``G:sus4(b7)``, ``A:(1,5)``, ``N``, ``X`` ...

    Raises
    ------
    ValueError : if the label is not in the grammar; the message says which part is not.

    Examples
    --------
    >>> chord = parse_chord("Eb:min7/5")
    >>> chord.root, chord.intervals, chord.bass
    (3, (0, 3, 7, 10), 7)
    """
    if label == NO_CHORD:
        return Chord(root=-1, quality="", intervals=(), bass=-1)
    if label == UNKNOWN_CHORD:
        return Chord(root=-1, quality="", intervals=(), bass=-1, known=False)
    match = _LABEL.fullmatch(label)
    if match is None:
        raise ValueError(f"chord label {label!r} is not in Harte's syntax: expected root[:quality][(degrees)][/bass], N or X")
    quality, degrees = match["quality"], match["degrees"]
    if quality is None:
        quality = "maj"
    elif quality == "" and degrees is None:
        raise ValueError(f"chord label {label!r} has a colon with nothing after it")
    elif quality and quality not in QUALITIES:
        raise ValueError(f"chord label {label!r} has an unknown quality {quality!r}: expected one of {', '.join(QUALITIES)}")
    sounding = set(QUALITIES.get(quality, (0,)))
    sounding.add(0)
    omitted: set[int] = set()
    if degrees is not None:
        for text in degrees.split(","):
            semitone, taken_away = _degree(text.strip(), label)
            (omitted if taken_away else sounding).add(semitone)
    bass = _degree(match["bass"], label)[0] % 12 if match["bass"] else 0
    sounding -= omitted
    sounding.add(bass)
    return Chord(root=parse_pitch_class(match["root"]), quality=quality, intervals=tuple(sorted(sounding)), bass=bass)


def parse_pitch_class(name: str) -> int:
    """Read a note name without octave (``Bb``, ``F##``) as a pitch class, C = 0.

    Raises
    ------
    ValueError : if it is not a letter A–G with sharps or flats.

    Examples
    --------
    >>> parse_pitch_class("Cb")
    11
    """
    letter, accidentals = name[:1], name[1:]
    if letter not in NATURALS or accidentals.strip("#b"):
        raise ValueError(f"{name!r} is not a note name: expected a letter A–G with # or b")
    return (NATURALS[letter] + accidentals.count("#") - accidentals.count("b")) % 12


def format_chord(root: int, quality: str = "maj", *, bass: int = 0, flats: bool = False) -> str:
    """Write a chord label.

    Parameters
    ----------
    root : pitch class; a negative one writes ``N``
    quality : a shorthand of `QUALITIES`
    bass : semitones from the root up to the bass
    flats : spell black keys as flats

    Examples
    --------
    >>> format_chord(10, "min7", bass=7, flats=True)
    'Bb:min7/5'
    """
    if root < 0:
        return NO_CHORD
    if quality not in QUALITIES:
        raise ValueError(f"unknown chord quality {quality!r}: expected one of {', '.join(QUALITIES)}")
    label = f"{(FLAT_NAMES if flats else SHARP_NAMES)[root % 12]}:{quality}"
    return f"{label}/{DEGREE_NAMES[bass % 12]}" if bass % 12 else label


def encode_chords(labels: Iterable[str], *, fold: bool = False) -> EncodedChords:
    """Read many labels into arrays; `fold` as in `Chord.bitmap`.

    Raises
    ------
    ValueError : if a label is not in the grammar.
    """
    chords = [parse_chord(str(label)) for label in labels]
    bitmaps = np.zeros((len(chords), 12), dtype=np.int64)
    for row, chord in zip(bitmaps, chords, strict=True):
        row[:] = chord.bitmap(fold=fold)
    roots = np.array([chord.root for chord in chords], dtype=np.int64)
    basses = np.array([chord.bass for chord in chords], dtype=np.int64)
    return EncodedChords(roots=roots, bitmaps=bitmaps, basses=basses)


def simplify_chord(label: str, qualities: Sequence[str] = ("maj", "min")) -> str:
    """Map a chord onto a smaller vocabulary by its triad, keeping the root; the bass is dropped.

    Tried in order: the quality that has exactly the same pitch classes, then the longest quality contained in the chord.

    Returns
    -------
    A label with one of `qualities`, or ``N`` / ``X`` unchanged, or ``X`` when nothing fits (a power chord in a major-minor vocabulary).

    Examples
    --------
    >>> simplify_chord("G:9/3"), simplify_chord("G:min7", ("maj", "min", "min7")), simplify_chord("E:5")
    ('G:maj', 'G:min7', 'X')
    """
    chord = parse_chord(label)
    if not chord.is_chord:
        return label
    sounding = {semitone % 12 for semitone in chord.intervals}
    fitting = [quality for quality in qualities if {semitone % 12 for semitone in QUALITIES[quality]} <= sounding]
    if not fitting:
        return UNKNOWN_CHORD
    best = max(fitting, key=lambda quality: len(QUALITIES[quality]))
    return f"{label.partition(':')[0].partition('/')[0]}:{best}"


def _degree(text: str, label: str) -> tuple[int, bool]:
    match = _DEGREE.fullmatch(text)
    if match is None:
        raise ValueError(f"chord label {label!r} has a malformed scale degree {text!r}: expected 1–13 with b or #, * to take it away")
    accidentals = match["accidentals"]
    semitone = DEGREE_SEMITONES[int(match["number"])] + accidentals.count("#") - accidentals.count("b")
    return semitone % 12 if semitone < 0 else semitone, bool(match["omitted"])
