"""Intervals, tunings and the circle of fifths: the arithmetic under harmony.

Twelve equal semitones are a compromise. The ratios that harmonics make, and those that twelve fifths make, lie beside them by a few cents,
and this module says by how many. The circle of fifths orders pitch classes and keys by what they share. Müller, *Fundamentals of Music
Processing* (FMP), §5.1. Pitch classes are numbers, C = 0; keys are numbers too: 0 to 11 for C major to B major, 12 to 23 for C minor to
B minor.
"""

from fractions import Fraction
from typing import Literal

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.dsp.tones import cents_between

Tuning = Literal["equal", "just", "pythagorean"]

INTERVAL_NAMES = (
    "unison", "minor second", "major second", "minor third", "major third", "fourth", "tritone", "fifth", "minor sixth", "major sixth",
    "minor seventh", "major seventh", "octave",
)  # fmt: skip
"""Names of the intervals of 0 to 12 semitones."""

JUST_RATIOS = tuple(Fraction(*pair) for pair in (
    (1, 1), (16, 15), (9, 8), (6, 5), (5, 4), (4, 3), (45, 32), (3, 2), (8, 5), (5, 3), (9, 5), (15, 8), (2, 1),
))  # fmt: skip
"""Ratios of small numbers near 0 to 12 semitones: those of just intonation. FMP §5.1.1."""

PYTHAGOREAN_COMMA = Fraction(3**12, 2**19)
"""What twelve fifths are wider than seven octaves: 23.5 cents."""

FIFTHS_ORDER: IntArray = np.arange(12) * 7 % 12
"""Pitch classes along the circle of fifths: C, G, D ... F."""


def pythagorean_ratio(semitones: int) -> Fraction:
    """Build an interval of nothing but fifths and octaves, with six fifths upward and five downward. FMP §5.1.1.

    Parameters
    ----------
    semitones : 0 to 12

    Examples
    --------
    >>> pythagorean_ratio(4), pythagorean_ratio(5)
    (Fraction(81, 64), Fraction(4, 3))
    """
    if not 0 <= semitones <= 12:
        raise ValueError(f"intervals up to the octave have 0 to 12 semitones, not {semitones}")
    if semitones == 12:
        return Fraction(2)
    fifths = (semitones * 7 + 5) % 12 - 5
    ratio = Fraction(3, 2) ** fifths
    while ratio >= 2:
        ratio /= 2
    while ratio < 1:
        ratio *= 2
    return ratio


def interval_cents(tuning: Tuning = "equal") -> Float64Array:
    """List the sizes of the thirteen intervals up to the octave in a tuning. FMP §5.1.1.

    Returns
    -------
    (13,) cents; less ``interval_cents("equal")`` they are what a piano is out of tune by

    Examples
    --------
    >>> (interval_cents("just") - interval_cents("equal")).round(1)[[3, 4, 7]]  # thirds are far off, fifths are not
    array([ 15.6, -13.7,   2. ])
    """
    if tuning == "equal":
        return np.asarray(100.0 * np.arange(13), dtype=np.float64)
    ratios = JUST_RATIOS if tuning == "just" else tuple(pythagorean_ratio(semitones) for semitones in range(13))
    return cents_between(1.0, np.array([float(ratio) for ratio in ratios]))


def harmonic_deviations(partials: int) -> tuple[IntArray, Float64Array]:
    """Say which notes the harmonics of a tone are, and how far beside them they lie. FMP §1.3.2 and §5.1.1.

    Returns
    -------
    semitones above the fundamental (partials,), and cents by which the harmonic is higher (partials,)

    Examples
    --------
    >>> semitones, cents = harmonic_deviations(7)
    >>> semitones.tolist(), (cents.round() + 0.0).tolist()
    ([0, 12, 19, 24, 28, 31, 34], [0.0, 0.0, 2.0, 0.0, -14.0, 2.0, -31.0])
    """
    exact = cents_between(1.0, np.arange(1.0, partials + 1))
    semitones = np.rint(exact / 100).astype(np.int64)
    return semitones, np.asarray(exact - 100.0 * semitones)


def resort_by_fifths(chroma: FloatArray, *, first: int = 0) -> FloatArray:
    """Put the columns of chroma in the order of the circle of fifths: a key is then one stretch of seven columns. FMP §5.1.2.

    Parameters
    ----------
    chroma : (frames, 12), column 0 is C
    first : pitch class of the first column; 5 (F) puts the white keys first

    Returns
    -------
    (frames, 12): column `k` is pitch class ``(first + 7 * k) % 12``

    Examples
    --------
    >>> resort_by_fifths(np.arange(12.0)[None, :], first=5)
    array([[ 5.,  0.,  7.,  2.,  9.,  4., 11.,  6.,  1.,  8.,  3., 10.]])
    """
    if chroma.ndim != 2 or chroma.shape[1] != 12:
        raise ValueError(f"expected chroma of shape (frames, 12), not {chroma.shape}")
    return chroma[:, (first + FIFTHS_ORDER) % 12]


def fifths_between(first: int, second: int) -> int:
    """Count the steps on the circle of fifths between two pitch classes, or the signatures of two keys: 0 to 6. FMP §5.1.2.

    Both must be pitch classes, or the tonics of two keys of one mode.

    Examples
    --------
    >>> fifths_between(0, 7), fifths_between(0, 6), fifths_between(0, 11)
    (1, 6, 5)
    """
    steps = (second - first) * 7 % 12
    return min(steps, 12 - steps)


def scale_pitch_classes(key: int) -> tuple[int, ...]:
    """List the seven pitch classes of a key (natural minor), from its tonic upwards. FMP §5.1.2.

    Examples
    --------
    >>> scale_pitch_classes(7), scale_pitch_classes(21)  # G major, A minor
    ((7, 9, 11, 0, 2, 4, 6), (9, 11, 0, 2, 4, 5, 7))
    """
    _check_key(key)
    steps = (0, 2, 4, 5, 7, 9, 11) if key < 12 else (0, 2, 3, 5, 7, 8, 10)
    return tuple((key + step) % 12 for step in steps)


def related_keys(key: int) -> dict[str, int]:
    """Name the keys nearest to a key. FMP §5.1.2.

    Returns
    -------
    ``dominant`` and ``subdominant`` (one signature away, same mode), ``relative`` (same notes, other mode), ``parallel`` (same tonic)

    Examples
    --------
    >>> related_keys(0)
    {'dominant': 7, 'subdominant': 5, 'relative': 21, 'parallel': 12}
    """
    _check_key(key)
    mode, tonic = divmod(key, 12)
    return {
        "dominant": 12 * mode + (tonic + 7) % 12,
        "subdominant": 12 * mode + (tonic + 5) % 12,
        "relative": (tonic + 3) % 12 if mode else 12 + (tonic + 9) % 12,
        "parallel": 12 * (1 - mode) + tonic,
    }


def _check_key(key: int) -> None:
    if not 0 <= key < 24:
        raise ValueError(f"keys are numbered 0 to 23, not {key}")
