"""Chord estimation: how much of the time the chord is right, under rules from root to full tetrad.

A rule compares two labels and says 1, 0, or "not comparable" (-1: the reference is outside the rule's vocabulary). Scores are shares of
the comparable time. C. Harte, PhD thesis, Queen Mary, 2010; J. Pauwels, G. Peeters, "Evaluating automatically estimated chord
sequences", ICASSP 2013; C. Raffel et al., "mir_eval", ISMIR 2014.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray
from hexachord.metrics.intervals import common_intervals, fit_span
from hexachord.metrics.matching import Hits, hits, validate_intervals, validate_labelled
from hexachord.theory.chord_labels import NO_CHORD, QUALITIES, EncodedChords, encode_chords

NOT_COMPARABLE = -1.0

_TRIADS = ("maj", "min")
_SEVENTHS = ("maj", "min", "maj7", "7", "min7")
_THIRD, _TRIAD, _MIREX_COMMON = 3, slice(0, 8), 3


def validate(reference: Sequence[str], estimated: Sequence[str]) -> None:
    """Check that two label sequences are equally long and in Harte's syntax.

    Raises
    ------
    ValueError : naming the lengths or the malformed label.
    """
    if len(reference) != len(estimated):
        raise ValueError(f"{len(reference)} reference chords but {len(estimated)} estimated ones; cut both at common boundaries first")
    encode_chords({*reference, *estimated})


def root(reference: Sequence[str], estimated: Sequence[str]) -> Float64Array:
    """Compare roots only; two no-chords agree.

    Examples
    --------
    >>> root(["C:maj", "D:7", "X"], ["C:min", "G:7", "C"])
    array([ 1.,  0., -1.])
    """
    ref, est = _encode(reference, estimated)
    return _score(ref.roots == est.roots, comparable=is_known(ref))


def thirds(reference: Sequence[str], estimated: Sequence[str]) -> Float64Array:
    """Compare root and third (minor or not)."""
    ref, est = _encode(reference, estimated)
    same = (ref.roots == est.roots) & (ref.bitmaps[:, _THIRD] == est.bitmaps[:, _THIRD])
    return _score(same, comparable=is_known(ref))


def majmin(reference: Sequence[str], estimated: Sequence[str]) -> Float64Array:
    """Compare as major or minor triads; references that are neither (nor no-chord) are not comparable."""
    ref, est = _encode(reference, estimated)
    comparable = _is_one_of(ref, _TRIADS, _TRIAD) | is_none(ref)
    return _score(_equal(ref, est, _TRIAD), comparable=comparable)


def triads(reference: Sequence[str], estimated: Sequence[str]) -> Float64Array:
    """Compare root and everything up to the augmented fifth."""
    ref, est = _encode(reference, estimated)
    return _score(_equal(ref, est, _TRIAD), comparable=is_known(ref))


def sevenths(reference: Sequence[str], estimated: Sequence[str]) -> Float64Array:
    """Compare in the vocabulary maj, min, maj7, 7, min7 and no-chord; other references are not comparable."""
    ref, est = _encode(reference, estimated)
    comparable = _is_one_of(ref, _SEVENTHS, slice(0, 12)) | (ref.bitmaps == 0).all(axis=1)
    return _score(_equal(ref, est, slice(0, 12)), comparable=comparable)


def tetrads(reference: Sequence[str], estimated: Sequence[str]) -> Float64Array:
    """Compare root and everything within the octave."""
    ref, est = _encode(reference, estimated)
    return _score(_equal(ref, est, slice(0, 12)), comparable=is_known(ref))


def mirex(reference: Sequence[str], estimated: Sequence[str]) -> Float64Array:
    """Compare pitch classes: three in common make a match; references with one or two pitch classes are not comparable."""
    ref, est = _encode(reference, estimated)
    common = (_absolute(ref) & _absolute(est)).sum(axis=1)
    size = (ref.bitmaps > 0).sum(axis=1)
    comparable = is_known(ref) & ~((size > 0) & (size < _MIREX_COMMON))
    return _score((common >= _MIREX_COMMON) | ((ref.roots < 0) & (est.roots < 0)), comparable=comparable)


RULES: Mapping[str, Callable[[Sequence[str], Sequence[str]], Float64Array]] = {
    "root": root,
    "majmin": majmin,
    "thirds": thirds,
    "triads": triads,
    "sevenths": sevenths,
    "tetrads": tetrads,
    "mirex": mirex,
}


def weighted_accuracy(scores: FloatArray, durations_s: FloatArray) -> float:
    """Return the share of comparable time that is right; 0 where nothing is comparable."""
    right_s, comparable_s = _weigh(scores, durations_s)
    return right_s / comparable_s if comparable_s > 0 else 0.0


def framewise(reference: BoolArray, estimated: BoolArray) -> Hits:
    """Precision, recall and F over frames and chords. FMP §5.2.2.

    Parameters
    ----------
    reference, estimated : (frames, chords) which chord sounds when. Where a side has none (no chord, or one outside the vocabulary) it has
        nothing to be right about, and what the other says there is wrong

    Examples
    --------
    >>> reference = np.array([[True, False], [True, False], [False, False]])
    >>> estimated = np.array([[True, False], [False, True], [False, True]])
    >>> framewise(reference, estimated)
    Hits(precision=0.3333333333333333, recall=0.5, f=0.4)
    """
    if reference.shape != estimated.shape or reference.ndim != 2:
        raise ValueError(f"expected two matrices of one shape (frames, chords), not {reference.shape} and {estimated.shape}")
    return hits(matched=int((reference & estimated).sum()), reference=int(reference.sum()), estimated=int(estimated.sum()))


def over_segmentation(reference_s: FloatArray, estimated_s: FloatArray) -> float:
    """Return 1 minus the share of the reference that estimated boundaries cut off its segments (1: no segment is cut)."""
    return 1.0 - _directional_hamming(reference_s, estimated_s)


def under_segmentation(reference_s: FloatArray, estimated_s: FloatArray) -> float:
    """Return 1 minus the share of the estimate that reference boundaries cut off its segments (1: no boundary is missed)."""
    return 1.0 - _directional_hamming(estimated_s, reference_s)


def segmentation(reference_s: FloatArray, estimated_s: FloatArray) -> float:
    """Return the worse of over- and under-segmentation, as MIREX does."""
    return min(over_segmentation(reference_s, estimated_s), under_segmentation(reference_s, estimated_s))


def merge_repeats(intervals_s: FloatArray, labels: Sequence[str]) -> Float64Array:
    """Join consecutive intervals that hold the same chord (root, all pitch classes and bass), whatever its spelling."""
    chords = encode_chords(labels, fold=True)
    values = np.column_stack([chords.roots, chords.bitmaps, chords.basses])
    first = np.concatenate([[True], (values[1:] != values[:-1]).any(axis=1)])
    last = np.append(first[1:], True)
    return np.stack([intervals_s[first, 0], intervals_s[last, 1]], axis=1).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class ChordComparison:
    """One song compared: seconds that were right and seconds that could be compared, per rule, and the segmentation score."""

    right_s: Mapping[str, float]
    comparable_s: Mapping[str, float]
    over_segmentation: float
    under_segmentation: float
    duration_s: float

    def scores(self) -> dict[str, float]:
        """Return this song's scores: those of `RULES` and ``seg``."""
        return pool([self])


def compare(
    reference_s: FloatArray, reference_labels: Sequence[str], estimated_s: FloatArray, estimated_labels: Sequence[str]
) -> ChordComparison:
    """Compare two chord sequences over the span of the reference; an estimate that ends early or starts late says no-chord there.

    Raises
    ------
    ValueError : if intervals overlap, are out of order or not (n, 2), labels do not fit them, or the reference is empty.
    """
    validate_labelled(reference_s, reference_labels, name="reference chords")
    validate_labelled(estimated_s, estimated_labels, name="estimated chords")
    if len(reference_s) == 0:
        raise ValueError("the reference has no chords to compare with")
    start_s, end_s = float(reference_s[0, 0]), float(reference_s[-1, 1])
    estimated_s, estimated_labels = fit_span(estimated_s, estimated_labels, start_s=start_s, end_s=end_s, filler=NO_CHORD)
    common_s, reference_index, estimated_index = common_intervals(reference_s, estimated_s)
    durations_s = common_s[:, 1] - common_s[:, 0]
    reference = [reference_labels[i] for i in reference_index]
    estimated = [estimated_labels[i] for i in estimated_index]
    weighed = {name: _weigh(rule(reference, estimated), durations_s) for name, rule in RULES.items()}
    merged_reference_s, merged_estimated_s = merge_repeats(reference_s, reference_labels), merge_repeats(estimated_s, estimated_labels)
    return ChordComparison(
        right_s={name: right for name, (right, _) in weighed.items()},
        comparable_s={name: comparable for name, (_, comparable) in weighed.items()},
        over_segmentation=over_segmentation(merged_reference_s, merged_estimated_s),
        under_segmentation=under_segmentation(merged_reference_s, merged_estimated_s),
        duration_s=end_s - start_s,
    )


def pool(comparisons: Iterable[ChordComparison]) -> dict[str, float]:
    """Score a set of songs as one long song: seconds right over seconds comparable; ``seg`` is weighted by duration.

    A rule that nothing in the set can be compared by is left out.
    """
    songs = list(comparisons)
    scores = {}
    for name in RULES:
        comparable_s = sum(song.comparable_s[name] for song in songs)
        if comparable_s > 0:
            scores[name] = sum(song.right_s[name] for song in songs) / comparable_s
    duration_s = sum(song.duration_s for song in songs)
    if duration_s > 0:
        worse = [min(song.over_segmentation, song.under_segmentation) * song.duration_s for song in songs]
        scores["seg"] = sum(worse) / duration_s
    return scores


def evaluate(
    reference_s: FloatArray, reference_labels: Sequence[str], estimated_s: FloatArray, estimated_labels: Sequence[str]
) -> dict[str, float]:
    """Compute all chord metrics of one song: ``root majmin thirds triads sevenths tetrads mirex overseg underseg seg``.

    Examples
    --------
    >>> reference = np.array([[0.0, 2.0], [2.0, 4.0]])
    >>> scores = evaluate(reference, ["C:maj", "A:min7"], reference, ["C:maj", "A:min"])
    >>> scores["majmin"], scores["sevenths"]
    (1.0, 0.5)
    """
    song = compare(reference_s, reference_labels, estimated_s, estimated_labels)
    scores = {name: song.right_s[name] / song.comparable_s[name] if song.comparable_s[name] > 0 else 0.0 for name in RULES}
    scores["overseg"], scores["underseg"] = song.over_segmentation, song.under_segmentation
    scores["seg"] = min(song.over_segmentation, song.under_segmentation)
    return scores


def _encode(reference: Sequence[str], estimated: Sequence[str]) -> tuple[EncodedChords, EncodedChords]:
    if len(reference) != len(estimated):
        validate(reference, estimated)
    return encode_chords(reference), encode_chords(estimated)


def _score(same: BoolArray, *, comparable: BoolArray) -> Float64Array:
    return np.where(comparable, same.astype(np.float64), NOT_COMPARABLE)


def is_known(chords: EncodedChords) -> BoolArray:
    """Return where a chord is known: everywhere but at X."""
    known: BoolArray = np.all(chords.bitmaps != -1, axis=1)
    return known


def is_none(chords: EncodedChords) -> BoolArray:
    """Return where there is no chord, N."""
    none: BoolArray = (chords.roots < 0) & (chords.bitmaps == 0).all(axis=1)
    return none


def _is_one_of(chords: EncodedChords, qualities: Sequence[str], part: slice) -> BoolArray:
    shapes = np.array([np.isin(np.arange(12), QUALITIES[quality]) for quality in qualities])
    equal = np.equal(chords.bitmaps[:, None, part], shapes[None, :, part])
    found: BoolArray = np.asarray(equal.all(axis=2).any(axis=1))
    return found


def _equal(ref: EncodedChords, est: EncodedChords, part: slice) -> BoolArray:
    same: BoolArray = (ref.roots == est.roots) & (ref.bitmaps[:, part] == est.bitmaps[:, part]).all(axis=1)
    return same


def _absolute(chords: EncodedChords) -> BoolArray:
    """Return which pitch classes sound, from C."""
    columns = (np.arange(12)[None, :] - chords.roots[:, None]) % 12
    sounding: BoolArray = np.take_along_axis(chords.bitmaps, columns, axis=1) != 0
    return sounding


def _weigh(scores: FloatArray, durations_s: FloatArray) -> tuple[float, float]:
    comparable = scores >= 0
    return float((scores[comparable] * durations_s[comparable]).sum()), float(durations_s[comparable].sum())


def _directional_hamming(kept_s: FloatArray, cutting_s: FloatArray) -> float:
    """Return the share of time outside the largest piece that the boundaries of `cutting_s` leave of each interval of `kept_s`."""
    validate_intervals(kept_s, name="intervals")
    validate_intervals(cutting_s, name="intervals")
    bounds = np.unique(cutting_s)
    lost_s = 0.0
    for start, end in kept_s:
        cuts = bounds[(bounds >= start) & (bounds < end)]
        lost_s += (end - start) - np.diff(np.concatenate([[start], cuts, [end]])).max()
    return float(lost_s / (kept_s[-1, 1] - kept_s[0, 0]))
