"""Structure: are the boundaries of sections found, and do equal sections get equal names.

D. Turnbull et al., ISMIR 2007 (boundary hit rate); M. Levy, M. Sandler, IEEE Trans. ASLP 16:2, 2008 (pairwise F); H. Lukashevich,
ISMIR 2008 (normalised conditional entropy); A. Rosenberg, J. Hirschberg, EMNLP 2007 (V-measure).
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.metrics.intervals import fit_span, sample_labels
from hexachord.metrics.matching import Hits, f_measure, hits, match_events, validate_intervals, validate_labelled

FRAME_S = 0.1
_START, _END = "(before the first section)", "(after the last section)"


def validate(reference_s: FloatArray, reference_labels: Sequence[str], estimated_s: FloatArray, estimated_labels: Sequence[str]) -> None:
    """Check two labelled segmentations: ordered, without overlap, one label each, both starting at 0 and ending together.

    Raises
    ------
    ValueError : saying which side is wrong and how.
    """
    validate_labelled(reference_s, reference_labels, name="reference sections")
    validate_labelled(estimated_s, estimated_labels, name="estimated sections")
    for name, intervals_s in (("reference", reference_s), ("estimated", estimated_s)):
        if len(intervals_s) and not np.isclose(intervals_s[0, 0], 0.0):
            raise ValueError(f"the {name} sections start at {intervals_s[0, 0]:.3f} s; expected 0 (see evaluate, which fills the span)")
    if len(reference_s) and len(estimated_s) and not np.isclose(reference_s[-1, 1], estimated_s[-1, 1]):
        raise ValueError(f"the reference ends at {reference_s[-1, 1]:.3f} s, the estimate at {estimated_s[-1, 1]:.3f} s")


def hit_rate(reference_s: FloatArray, estimated_s: FloatArray, *, window_s: float, trim: bool = False) -> Hits:
    """Precision, recall and F of boundaries within a window (0.5 or 3 s by custom).

    Parameters
    ----------
    reference_s, estimated_s : (n, 2), (m, 2) intervals
    trim : leave out the first and the last boundary, which cannot be missed

    Examples
    --------
    >>> reference, estimated = np.array([[0.0, 10.0], [10.0, 20.0]]), np.array([[0.0, 12.0], [12.0, 20.0]])
    >>> hit_rate(reference, estimated, window_s=3.0, trim=True).f, hit_rate(reference, estimated, window_s=0.5, trim=True).f
    (1.0, 0.0)
    """
    reference, estimated = boundaries(reference_s, trim=trim), boundaries(estimated_s, trim=trim)
    matched = match_events(reference, estimated, window_s=window_s)
    return hits(matched=len(matched), reference=len(reference), estimated=len(estimated))


def deviation(reference_s: FloatArray, estimated_s: FloatArray, *, trim: bool = False) -> tuple[float, float]:
    """Return the median distance from reference boundaries to the nearest estimated one, and the other way; NaN without boundaries."""
    reference, estimated = boundaries(reference_s, trim=trim), boundaries(estimated_s, trim=trim)
    if len(reference) == 0 or len(estimated) == 0:
        return float("nan"), float("nan")
    distance = np.abs(np.subtract.outer(reference, estimated))
    return float(np.median(distance.min(axis=1))), float(np.median(distance.min(axis=0)))


def pairwise(
    reference_s: FloatArray,
    reference_labels: Sequence[str],
    estimated_s: FloatArray,
    estimated_labels: Sequence[str],
    *,
    frame_s: float = FRAME_S,
) -> Hits:
    """Precision, recall and F of pairs of frames that share a section name."""
    validate(reference_s, reference_labels, estimated_s, estimated_labels)
    if len(reference_s) == 0 or len(estimated_s) == 0:
        return Hits(0.0, 0.0, 0.0)
    counts = _contingency(reference_s, reference_labels, estimated_s, estimated_labels, frame_s=frame_s)
    both, in_reference, in_estimate = _pairs(counts), _pairs(counts.sum(axis=1)), _pairs(counts.sum(axis=0))
    precision = both / in_estimate if in_estimate else 0.0
    recall = both / in_reference if in_reference else 0.0
    return Hits(precision, recall, f_measure(precision, recall))


def conditional_entropy(
    reference_s: FloatArray,
    reference_labels: Sequence[str],
    estimated_s: FloatArray,
    estimated_labels: Sequence[str],
    *,
    frame_s: float = FRAME_S,
    marginal: bool = False,
) -> tuple[float, float, float]:
    """Over-clustering and under-clustering scores and their F: what one labelling leaves unsaid about the other.

    Parameters
    ----------
    marginal : normalise by the entropy of the labelling (V-measure) and not by that of equally long sections (NCE)

    Returns
    -------
    over, under, F : 1 is best; a labelling with one section scores 0 on its side.
    """
    validate(reference_s, reference_labels, estimated_s, estimated_labels)
    if len(reference_s) == 0 or len(estimated_s) == 0:
        return 0.0, 0.0, 0.0
    joint = _contingency(reference_s, reference_labels, estimated_s, estimated_labels, frame_s=frame_s)
    joint = joint / joint.sum()
    of_reference, of_estimate = _entropy(joint.sum(axis=1)), _entropy(joint.sum(axis=0))
    total = _entropy(joint.ravel())
    limit_reference = of_reference if marginal else float(np.log2(joint.shape[0]))
    limit_estimate = of_estimate if marginal else float(np.log2(joint.shape[1]))
    under = 1 - (total - of_estimate) / limit_reference if limit_reference > 0 else 0.0
    over = 1 - (total - of_reference) / limit_estimate if limit_estimate > 0 else 0.0
    return over, under, f_measure(over, under)


def boundaries(intervals_s: FloatArray, *, trim: bool = False) -> Float64Array:
    """Return the boundary times of intervals, ascending, each once (to 10 µs), without the outer two if trimmed."""
    validate_intervals(intervals_s, name="intervals")
    times: Float64Array = np.unique(np.round(np.ravel(intervals_s).astype(np.float64), 5))
    return times[1:-1] if trim else times


def evaluate(
    reference_s: FloatArray, reference_labels: Sequence[str], estimated_s: FloatArray, estimated_labels: Sequence[str]
) -> dict[str, float]:
    """Compute all structure metrics over the span from 0 to the end of the reference.

    Returns
    -------
    ``hit_05 hit_3 hit_05_trimmed hit_3_trimmed pairwise_f pairwise_precision pairwise_recall nce_over nce_under nce_f v_f``
    """
    validate_labelled(reference_s, reference_labels, name="reference sections")
    validate_labelled(estimated_s, estimated_labels, name="estimated sections")
    if len(reference_s) == 0:
        raise ValueError("the reference has no sections to compare with")
    end_s = float(reference_s[-1, 1])
    # What a side does not cover gets a name of its own, so that it pairs with no section (as in mir_eval).
    reference_s, reference_labels = fit_span(reference_s, reference_labels, start_s=0.0, end_s=end_s, filler=_START, end_filler=_END)
    estimated_s, estimated_labels = fit_span(estimated_s, estimated_labels, start_s=0.0, end_s=end_s, filler=_START, end_filler=_END)
    pairs = pairwise(reference_s, reference_labels, estimated_s, estimated_labels)
    over, under, nce_f = conditional_entropy(reference_s, reference_labels, estimated_s, estimated_labels)
    return {
        "hit_05": hit_rate(reference_s, estimated_s, window_s=0.5).f,
        "hit_3": hit_rate(reference_s, estimated_s, window_s=3.0).f,
        "hit_05_trimmed": hit_rate(reference_s, estimated_s, window_s=0.5, trim=True).f,
        "hit_3_trimmed": hit_rate(reference_s, estimated_s, window_s=3.0, trim=True).f,
        "pairwise_f": pairs.f,
        "pairwise_precision": pairs.precision,
        "pairwise_recall": pairs.recall,
        "nce_over": over,
        "nce_under": under,
        "nce_f": nce_f,
        "v_f": conditional_entropy(reference_s, reference_labels, estimated_s, estimated_labels, marginal=True)[2],
    }


def _contingency(
    reference_s: FloatArray, reference_labels: Sequence[str], estimated_s: FloatArray, estimated_labels: Sequence[str], *, frame_s: float
) -> Float64Array:
    """Count frames per pair of section names; only names that some frame has get a row or column."""
    times_s = np.arange(int(max(reference_s[-1, 1], estimated_s[-1, 1]) / frame_s)) * frame_s
    if len(times_s) == 0:
        raise ValueError(f"the sections last less than one frame of {frame_s} s")
    reference = np.unique(sample_labels(reference_s, reference_labels, times_s=times_s), return_inverse=True)[1].ravel()
    estimated = np.unique(sample_labels(estimated_s, estimated_labels, times_s=times_s), return_inverse=True)[1].ravel()
    counts = np.zeros((reference.max() + 1, estimated.max() + 1))
    np.add.at(counts, (reference, estimated), 1.0)
    return counts


def _pairs(counts: Float64Array) -> float:
    return float((counts * (counts - 1)).sum() / 2)


def _entropy(probabilities: Float64Array) -> float:
    positive = probabilities[probabilities > 0]
    return float(-(positive * np.log2(positive)).sum())
