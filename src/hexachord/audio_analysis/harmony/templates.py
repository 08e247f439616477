"""Chords as templates: which of the twelve pitch classes a chord has, and how well chroma fits.

Müller, *Fundamentals of Music Processing* (FMP), §5.2; Fujishima, "Realtime chord recognition of musical sound", ICMC 1999; templates with
harmonics: Gómez, PhD thesis, Universitat Pompeu Fabra, 2006. Chords are numbered kind by kind: the twelve roots of the first quality from C
upwards, then those of the next, then (if wanted) no chord.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.dsp.dtw import unit_rows
from hexachord.theory.chord_labels import NO_CHORD, QUALITIES, SHARP_NAMES, parse_chord, simplify_chord

TRIADS = ("maj", "min")
SEVENTHS = ("maj", "min", "maj7", "7", "min7")


def chord_templates(qualities: Sequence[str] = TRIADS, *, harmonics: int = 1, decay: float = 0.6, no_chord: bool = False) -> Float64Array:
    """Build a template for each chord. FMP §5.2.1; with harmonics §5.2.4.1.

    Parameters
    ----------
    qualities : of `theory.chord_labels.QUALITIES`
    harmonics : how many partials each note of a chord has; 1 gives the plain zeros and ones
    decay : strength of each partial against the one below
    no_chord : add a flat template

    Returns
    -------
    (chords, 12) of unit length, column 0 is C; see `template_labels` for their names

    Examples
    --------
    >>> chord_templates(("min",))[9].nonzero()[0]  # A minor: C, E, A
    array([0, 4, 9])
    """
    note = np.zeros(12)
    for number in range(1, harmonics + 1):
        note[round(12 * np.log2(number)) % 12] += decay ** (number - 1)
    rows: list[Float64Array] = []
    for quality in qualities:
        sounding = {semitone % 12 for semitone in QUALITIES[quality]}
        chord = np.sum([np.roll(note, semitone) for semitone in sounding], axis=0)
        rows.extend(np.roll(chord, root) for root in range(12))
    if no_chord:
        rows.append(np.ones(12))
    return unit_rows(np.array(rows))


def template_labels(qualities: Sequence[str] = TRIADS, *, no_chord: bool = False, roots: Sequence[str] = SHARP_NAMES) -> tuple[str, ...]:
    """Name the chords of `chord_templates` in Harte's syntax. FMP §5.2.1.

    Examples
    --------
    >>> template_labels(no_chord=True)[::12]
    ('C:maj', 'C:min', 'N')
    """
    names = tuple(f"{root}:{quality}" for quality in qualities for root in roots)
    return (*names, NO_CHORD) if no_chord else names


def template_number(label: str, qualities: Sequence[str] = TRIADS) -> int:
    """Give the number of the template that a chord label stands for; `12 * len(qualities)` for no chord, -1 for what has none. FMP §5.2.2.

    Examples
    --------
    >>> template_number("A:min7"), template_number("N"), template_number("E:5")
    (21, 24, -1)
    """
    if label == NO_CHORD:
        return 12 * len(qualities)
    simple = simplify_chord(label, qualities)
    chord = parse_chord(simple)
    return 12 * list(qualities).index(chord.quality) + chord.root if chord.is_chord else -1


def templates_from_examples(chroma: FloatArray, chords: IntArray, *, kinds: int = 2) -> Float64Array:
    """Average the chroma of labelled frames into templates, all roots of a kind into one. FMP §5.2.4.2.

    Parameters
    ----------
    chroma : (frames, 12)
    chords : (frames,) chord numbers; those outside 0 ... 12 * kinds - 1 are left out
    kinds : number of qualities

    Returns
    -------
    (12 * kinds, 12) of unit length; a kind without frames is all zeros

    Examples
    --------
    >>> templates_from_examples(np.eye(12)[[2, 5]], np.array([2, 5]), kinds=1)[7].argmax()
    np.int64(7)
    """
    rows: list[Float64Array] = []
    for kind in range(kinds):
        chosen = np.flatnonzero((chords >= 12 * kind) & (chords < 12 * (kind + 1)))
        columns = (np.asarray(chords)[chosen, None] + np.arange(12)) % 12
        mean = np.asarray(chroma, dtype=np.float64)[chosen[:, None], columns].mean(axis=0) if len(chosen) else np.zeros(12)
        rows.extend(np.roll(mean, root) for root in range(12))
    return unit_rows(np.array(rows))


def template_similarity(chroma: FloatArray, templates: FloatArray) -> Float64Array:
    """Compare each frame with each template by the cosine. FMP §5.2.1.

    Parameters
    ----------
    chroma : (frames, 12) non-negative, column 0 is C; smoothing it beforehand (`smooth_features`) helps much (§5.2.4.4)
    templates : (chords, 12)

    Returns
    -------
    (frames, chords) in [0, 1]; silent frames are like nothing

    Examples
    --------
    >>> template_similarity(np.eye(12)[[0]], chord_templates())[0, [0, 5, 9 + 12]].round(3)  # C fits C, F and A minor alike
    array([0.577, 0.577, 0.577])
    """
    return np.asarray(unit_rows(chroma) @ unit_rows(templates).T)


def chords_by_templates(chroma: FloatArray, templates: FloatArray) -> IntArray:
    """Take the chord that fits best in each frame. FMP §5.2.1.

    Returns
    -------
    (frames,) chord numbers; -1 in silence

    Examples
    --------
    >>> chords_by_templates(np.eye(12)[[0, 4, 7]].sum(axis=0, keepdims=True), chord_templates())
    array([0])
    """
    similarity = template_similarity(chroma, templates)
    return np.where(similarity.max(axis=1, initial=0.0) > 0, similarity.argmax(axis=1), -1)


def chord_matrix(chords: IntArray, *, states: int) -> BoolArray:
    """Turn chord numbers into a matrix of who sounds when, as `metrics.chord.framewise` compares them. FMP §5.2.2.

    Returns
    -------
    (frames, states); rows of -1 (or anything outside) are empty

    Examples
    --------
    >>> chord_matrix(np.array([1, -1]), states=3)
    array([[False,  True, False],
           [False, False, False]])
    """
    return np.asarray(np.asarray(chords)[:, None] == np.arange(states)[None, :])
