"""The chords that are told apart: root, quality and bass, as numbers and as labels.

A Harte label spells any set of intervals; a recogniser has fifteen qualities, which hold 98 % of the chords of the Billboard songs; what
lies between them is the nearest. Ninths and what lies above are told apart by chord tones afterwards (`extended`), and the bass is apart
from the root.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.theory.chord_labels import DEGREE_NAMES, NO_CHORD, parse_chord
from hexachord.theory.chord_labels import QUALITIES as INTERVALS

QUALITIES = ("maj", "min", "7", "maj7", "min7", "sus4", "5", "maj6", "min6", "sus2", "dim", "aug", "hdim7", "dim7", "minmaj7")
NONE = 12
"""Root and bass of no chord."""
IGNORED = -1

_TRIADS = ("maj", "min", "dim", "aug", "sus4", "sus2", "5")
_NINTHS = {"7": ("9", "11", "13"), "maj7": ("maj9", "maj11", "maj13"), "min7": ("min9", "min11", "min13")}
_NINTH, _ELEVENTH, _THIRTEENTH = 2, 5, 9


class ChordCode(NamedTuple):
    """A chord as numbers: root and bass as pitch classes (`NONE` for no chord, `IGNORED` if unknown), quality as a place in `QUALITIES`
    (`IGNORED` where there is none), and the pitch classes that sound, (12,)."""

    root: int
    bass: int
    quality: int
    tones: IntArray


def _bits(intervals: tuple[int, ...]) -> IntArray:
    bits = np.zeros(12, dtype=np.int64)
    bits[[interval % 12 for interval in intervals]] = 1
    return bits


_QUALITY_BITS = np.stack([_bits(INTERVALS[quality]) for quality in QUALITIES])


@lru_cache(maxsize=4096)
def encode(label: str) -> ChordCode:
    """Turn a label in Harte's syntax into numbers.

    Examples
    --------
    >>> code = encode("D:min9/b3")
    >>> code.root, code.bass, QUALITIES[code.quality], np.flatnonzero(code.tones).tolist()
    (2, 5, 'min7', [0, 2, 4, 5, 9])
    >>> encode("N").root, encode("X").root
    (12, -1)
    """
    chord = parse_chord(label)
    if not chord.is_chord:
        root = NONE if chord.known else IGNORED
        return ChordCode(root, root, IGNORED, np.zeros(12, dtype=np.int64))
    tones = np.roll(_bits(chord.intervals), chord.root)
    return ChordCode(chord.root, (chord.root + chord.bass) % 12, nearest_quality(chord.bitmap()), tones)


def nearest_quality(bitmap: IntArray) -> int:
    """Find the quality that has most in common with semitones above a root: the third weighs most, then the fifth; a lone root is none."""
    bits = np.asarray(bitmap)
    if bits.sum() < 2:
        return IGNORED
    weight = np.array([0, 1, 1, 6, 6, 2, 3, 3, 3, 2, 4, 4])
    distance = (np.abs(_QUALITY_BITS - bits) * weight).sum(axis=1)
    return int(distance.argmin())


def label_of(root_name: str, quality: int, *, bass_semitones: int = 0, name: str = "") -> str:
    """Write a chord in Harte's syntax.

    Parameters
    ----------
    root_name : ``F#``
    quality : place in `QUALITIES`
    bass_semitones : from the root up to the bass
    name : another name for the quality, with what lies above the seventh

    Examples
    --------
    >>> label_of("D", QUALITIES.index("min7"), bass_semitones=3), label_of("C", 0)
    ('D:min7/b3', 'C:maj')
    """
    below = f"/{_degree(bass_semitones, QUALITIES[quality])}" if bass_semitones % 12 else ""
    return f"{root_name}:{name or QUALITIES[quality]}{below}"


def extended(quality: int, tones: Float64Array, *, least: float = 0.5) -> str:
    """Name a quality with its ninth, eleventh and thirteenth, given chances of the tones above its root, (12,).

    Examples
    --------
    >>> tones = np.array([1, 0, 0.8, 0, 1, 0, 0, 1, 0, 0, 1, 0])
    >>> extended(QUALITIES.index("7"), tones), extended(QUALITIES.index("maj"), tones)
    ('9', 'maj(9)')
    """
    name = QUALITIES[quality]
    ninth, eleventh, thirteenth = (float(tones[step]) >= least for step in (_NINTH, _ELEVENTH, _THIRTEENTH))
    if name in _NINTHS:
        names = _NINTHS[name]
        if not ninth:
            return name
        if thirteenth:
            return names[2]
        return names[1] if eleventh else names[0]
    if name in ("maj", "min") and ninth:
        return f"{name}(9)"
    return name


def fits_bass(quality: int) -> Float64Array:
    """How well each semitone above the root suits as a bass, (12,): 0 for the root and chord tones, less for others."""
    return np.where(_QUALITY_BITS[quality] > 0, 0.0, -1.0)


def _degree(semitones: int, quality: str) -> str:
    """Name a bass as a degree: the seventh of a diminished seventh chord is bb7."""
    if quality == "dim7" and semitones % 12 == 9:
        return "bb7"
    return DEGREE_NAMES[semitones % 12]


__all__ = ["IGNORED", "NONE", "NO_CHORD", "QUALITIES", "ChordCode", "encode", "extended", "fits_bass", "label_of", "nearest_quality"]
