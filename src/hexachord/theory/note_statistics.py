"""One number each about the notes of a piece: which pitches it has, how many sound at once, how they keep to scales, beats and patterns.

The definitions are those of muspy, so that numbers can be compared: H.-W. Dong, K. Chen, J. McAuley, T. Berg-Kirkpatrick, "MusPy: a toolkit
for symbolic music generation", ISMIR 2020, and https://muspy.readthedocs.io/en/stable/metrics.html. Some of them have corners, which are
kept and named. Times are whole ticks from the beginning of the piece. Notes of drums are left out by the caller, or are all there is.
"""

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.theory.musdr import entropy_bits

_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10)


def pitches_used(pitch: IntArray) -> int:
    """Count the pitches that occur.

    Examples
    --------
    >>> pitches_used(np.array([60, 72, 60]))
    2
    """
    return len(np.unique(pitch))


def pitch_classes_used(pitch: IntArray) -> int:
    """Count the pitch classes that occur.

    Examples
    --------
    >>> pitch_classes_used(np.array([60, 72, 62]))
    2
    """
    return len(np.unique(np.asarray(pitch) % 12))


def pitch_range(pitch: IntArray) -> int:
    """Give the semitones from the lowest to the highest note; 0 if there are none.

    Examples
    --------
    >>> pitch_range(np.array([60, 72, 55]))
    17
    """
    return int(np.max(pitch) - np.min(pitch)) if len(pitch) else 0


def pitch_entropy(pitch: IntArray) -> float:
    """Measure how evenly pitches are used: the entropy of their histogram, ``-sum(p * log2(p))``, in bits.

    Returns
    -------
    0 to 7; NaN if there are no notes

    Examples
    --------
    >>> pitch_entropy(np.array([60, 60, 72, 72]))
    1.0
    """
    return float(entropy_bits(np.bincount(np.asarray(pitch, dtype=np.int64)))) if len(pitch) else float("nan")


def pitch_class_entropy_of_piece(pitch: IntArray) -> float:
    """Measure how evenly pitch classes are used over the whole piece, in bits; over some bars: `hexachord.theory.musdr`.

    Returns
    -------
    0 to log2(12); NaN if there are no notes

    Examples
    --------
    >>> pitch_class_entropy_of_piece(np.array([60, 60, 72, 72]))
    0.0
    """
    return pitch_entropy(np.asarray(pitch) % 12)


def pitch_in_scale_rate(pitch: IntArray, *, tonic: int, mode: str) -> float:
    """Give the share of notes that are in a scale.

    Parameters
    ----------
    pitch : (n,) MIDI numbers
    tonic : pitch class
    mode : "major" or "minor" (the natural one, so that a leading tone is outside)

    Returns
    -------
    0 to 1; NaN if there are no notes

    Examples
    --------
    >>> pitch_in_scale_rate(np.array([60, 62, 64, 66]), tonic=0, mode="major")
    0.75
    """
    if mode not in ("major", "minor"):
        raise ValueError(f"a scale is major or minor, not {mode!r}")
    if not len(pitch):
        return float("nan")
    return float(np.isin((np.asarray(pitch) - tonic) % 12, _MAJOR if mode == "major" else _MINOR).mean())


def scale_consistency(pitch: IntArray) -> float:
    """Give the share of notes that are in the scale which fits best, of all major and minor ones.

    O. Mogren, "C-RNN-GAN: continuous recurrent neural networks with adversarial training", NIPS workshop on constructive machine
    learning, 2016. A natural minor scale is the major one of another tonic, so twelve are tried.

    Returns
    -------
    0.58 (all twelve classes alike) to 1; NaN if there are no notes

    Examples
    --------
    >>> scale_consistency(np.array([62, 64, 66, 67, 61, 60]))
    0.8333333333333334
    """
    if not len(pitch):
        return float("nan")
    return max(pitch_in_scale_rate(pitch, tonic=tonic, mode="major") for tonic in range(12))


def polyphony(onset: IntArray, end: IntArray, pitch: IntArray) -> float:
    """Give how many pitches sound at once, on average over the time in which any sounds.

    A pitch that two notes play at once counts once.

    Parameters
    ----------
    onset, end, pitch : (n,) ticks and MIDI numbers

    Returns
    -------
    1 or more; NaN if nothing sounds

    Examples
    --------
    >>> polyphony(np.array([0, 0, 6]), np.array([4, 2, 8]), np.array([60, 64, 60]))  # 2 2 1 1 . . 1 1
    1.3333333333333333
    """
    length, count = _sounding(onset, end, pitch)
    some = count > 0
    return float((length * count).sum() / length[some].sum()) if some.any() else float("nan")


def polyphony_rate(onset: IntArray, end: IntArray, pitch: IntArray, *, more_than: int = 2, total: int | None = None) -> float:
    """Give the share of the time in which more than two pitches sound, of all the time from 0 on.

    H.-W. Dong, W.-Y. Hsiao, L.-C. Yang, Y.-H. Yang, "MuseGAN", AAAI 2018, where it is called polyphonicity.

    Parameters
    ----------
    onset, end, pitch : (n,) ticks and MIDI numbers
    more_than : pitches that are not yet enough
    total : ticks of the piece; by default up to the last end of these notes

    Returns
    -------
    0 to 1; NaN if the piece has no length

    Examples
    --------
    >>> polyphony_rate(np.array([0, 0, 0]), np.array([4, 4, 1]), np.array([60, 64, 67]), total=8)
    0.125
    """
    whole = int(np.max(end, initial=0)) if total is None else total
    if whole < 1:
        return float("nan")
    length, count = _sounding(onset, end, pitch)
    return float(length[count > more_than].sum() / whole)


def empty_span_rate(onset: IntArray, end: IntArray, *, span: int) -> float:
    """Give the share of beats (or bars: spans of any length) in which nothing sounds; drums count too.

    As muspy has it, the span in which the piece ends counts even if it ends where that one begins, and so does each note in the span
    where it ends.

    Parameters
    ----------
    onset, end : (n,) ticks of all notes
    span : ticks of a beat, or of a bar where all are alike

    Returns
    -------
    0 to 1; NaN if the piece has no length

    Examples
    --------
    >>> empty_span_rate(np.array([0, 12]), np.array([3, 13]), span=4)  # four beats, of which two are empty
    0.5
    """
    if span < 1:
        raise ValueError(f"a span lasts a tick or more, not {span}")
    last = int(np.max(end, initial=0))
    if last < 1:
        return float("nan")
    change = np.zeros(last // span + 2, dtype=np.int64)
    np.add.at(change, np.asarray(onset) // span, 1)
    np.add.at(change, np.asarray(end) // span + 1, -1)
    return float((np.cumsum(change)[:-1] == 0).mean())


def groove_consistency(onset: IntArray, end: IntArray, *, bar: int) -> float:
    """Measure how alike the rhythms of neighbouring bars are, on the finest grid there is: the tick.

    ``1 - mean over neighbours of (number of ticks where just one of the two bars has an onset) / ticks in a bar``. On a grid of many
    ticks this is near 1 whatever the music: `hexachord.theory.musdr.grooving_similarity` says which grid it is on.

    Parameters
    ----------
    onset, end : (n,) ticks of all notes, drums too
    bar : ticks of a bar, all alike

    Returns
    -------
    0 to 1; NaN for fewer than two bars

    Examples
    --------
    >>> groove_consistency(np.array([0, 2, 4]), np.array([1, 3, 5]), bar=4)
    0.75
    """
    if bar < 1:
        raise ValueError(f"a bar lasts a tick or more, not {bar}")
    bars = int(np.max(end, initial=0)) // bar + 1
    if bars < 2:
        return float("nan")
    struck = np.unique(np.asarray(onset, dtype=np.int64))
    # An onset differs from the bar before and from the one after it unless they have one at the same place.
    alike = len(np.intersect1d(struck + bar, struck, assume_unique=True))
    sides = 2 * len(struck) - int((struck < bar).sum()) - int((struck >= (bars - 1) * bar).sum())
    return 1.0 - (sides - 2 * alike) / (bar * (bars - 1))


def drum_in_pattern_rate(onset: IntArray, *, quarter: int, metre: str) -> float:
    """Give the share of drum strokes that are on a simple grid: sixteenths ("duple") or eighth triplets ("triple").

    Parameters
    ----------
    onset : (n,) ticks of strokes
    quarter : ticks of a quarter; a part of it that is no whole number of ticks does not count (nor do, then, strokes there)
    metre : "duple" or "triple"

    Returns
    -------
    0 to 1; NaN if there are no strokes

    Examples
    --------
    >>> drum_in_pattern_rate(np.array([0, 3, 4, 8]), quarter=12, metre="duple")
    0.5
    """
    if metre not in ("duple", "triple"):
        raise ValueError(f"a pattern is duple or triple, not {metre!r}")
    if not len(onset):
        return float("nan")
    at = np.asarray(onset) % quarter
    on_grid: BoolArray = at == 0
    for parts in (4, 2) if metre == "duple" else (3,):
        if quarter % parts == 0:
            on_grid = on_grid | (at % (quarter // parts) == 0)
    return float(on_grid.mean())


def drum_pattern_consistency(onset: IntArray, *, quarter: int) -> float:
    """Give the share of drum strokes that are on the grid which fits better, of sixteenths and triplets.

    Returns
    -------
    0 to 1; NaN if there are no strokes

    Examples
    --------
    >>> drum_pattern_consistency(np.array([0, 4, 8, 9]), quarter=12)
    0.75
    """
    if not len(onset):
        return float("nan")
    return max(drum_in_pattern_rate(onset, quarter=quarter, metre=metre) for metre in ("duple", "triple"))


def _sounding(onset: IntArray, end: IntArray, pitch: IntArray) -> tuple[IntArray, IntArray]:
    """Cut time where the number of sounding pitches changes: lengths, and how many sound."""
    start, stop, key = (np.asarray(column, dtype=np.int64) for column in (onset, end, pitch))
    heard = stop > start
    start, stop, key = start[heard], stop[heard], key[heard]
    if not len(start):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    order = np.lexsort((start, key))
    offset = key[order] * (int(stop.max()) + 1)  # pitches one after another on one axis, so that notes of one pitch can be joined
    from_, to = start[order] + offset, np.maximum.accumulate(stop[order] + offset)
    first = np.append(True, from_[1:] > to[:-1])
    last = np.append(first[1:], True)
    borders = np.concatenate([(from_ - offset)[first], (to - offset)[last]])
    step = np.concatenate([np.ones(int(first.sum()), dtype=np.int64), -np.ones(int(last.sum()), dtype=np.int64)])
    times, where = np.unique(borders, return_inverse=True)
    count = np.cumsum(np.bincount(where.ravel(), weights=step)).astype(np.int64)
    return np.diff(times), count[:-1]
