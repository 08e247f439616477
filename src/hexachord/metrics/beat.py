"""Beat tracking: how many beats are right, and for how long in a row.

Times are compared as they are: nothing at the start is left out unless `trim_s` asks for it (MIREX leaves out five seconds).
M. Davies, N. Degara, M. Plumbley, "Evaluation methods for musical audio beat tracking algorithms", Queen Mary, C4DM-TR-09-06, 2009.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.metrics.matching import Hits, hits, match_events, validate_events

WINDOW_S = 0.07


class Continuity(NamedTuple):
    """Share of beats in the longest run (c) and in all (t), at the correct metrical level (cml) or at any (aml)."""

    cmlc: float
    cmlt: float
    amlc: float
    amlt: float


def validate(reference_s: FloatArray, estimated_s: FloatArray) -> None:
    """Check two beat sequences; an empty one is allowed and scores 0.

    Raises
    ------
    ValueError : if a sequence is not one-dimensional, ascending, finite and in seconds.
    """
    validate_events(reference_s, name="reference beats")
    validate_events(estimated_s, name="estimated beats")


def trim(beats_s: FloatArray, *, before_s: float) -> FloatArray:
    """Leave out the beats before a time."""
    kept: FloatArray = beats_s[beats_s >= before_s]
    return kept


def f_measure(reference_s: FloatArray, estimated_s: FloatArray, *, window_s: float = WINDOW_S) -> Hits:
    """Precision, recall and F of beats within ±70 ms, each beat used once.

    Examples
    --------
    >>> f_measure(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.05, 3.0])).f
    0.6666666666666666
    """
    validate(reference_s, estimated_s)
    matched = match_events(reference_s, estimated_s, window_s=window_s)
    return hits(matched=len(matched), reference=len(reference_s), estimated=len(estimated_s))


def cemgil(reference_s: FloatArray, estimated_s: FloatArray, *, sigma_s: float = 0.04) -> tuple[float, float]:
    """Score timing by a Gaussian around each reference beat: at the written level, and at the best metrical variation.

    A. Cemgil et al., "On tempo tracking: tempogram representation and Kalman filtering", J. New Music Research 28:4, 2001.
    """
    validate(reference_s, estimated_s)
    if len(reference_s) == 0 or len(estimated_s) == 0:
        return 0.0, 0.0
    scores = []
    for variation in metrical_variations(reference_s):
        error = _nearest(estimated_s, variation)[1]
        scores.append(float(np.exp(-(error**2) / (2 * sigma_s**2)).sum() / (0.5 * (len(estimated_s) + len(variation)))))
    return scores[0], max(scores)


def continuity(
    reference_s: FloatArray, estimated_s: FloatArray, *, phase_tolerance: float = 0.175, period_tolerance: float = 0.175
) -> Continuity:
    """Measure how much of the sequence is right in phase and period, over the longest run and in total.

    A beat counts when it lies within 17.5 % of an interval of its nearest reference beat and its interval to the beat before is within
    17.5 % of the reference's. Any metrical level: double, half (odd or even beats) and off-beat versions of the reference also count.
    S. Hainsworth, *Techniques for the Automated Analysis of Musical Audio*, PhD thesis, Cambridge, 2004.
    """
    validate(reference_s, estimated_s)
    if len(reference_s) < 2 or len(estimated_s) < 2:
        return Continuity(0.0, 0.0, 0.0, 0.0)
    longest, total = [], []
    for variation in metrical_variations(reference_s):
        right = _continuous(variation, estimated_s, phase_tolerance=phase_tolerance, period_tolerance=period_tolerance)
        length = max(len(variation), len(estimated_s))
        longest.append(_longest_run(right) / length)
        total.append(int(right.sum()) / length)
    return Continuity(longest[0], total[0], max(longest), max(total))


def p_score(reference_s: FloatArray, estimated_s: FloatArray, *, tolerance: float = 0.2) -> float:
    """Correlate the two beat trains at 100 Hz over lags up to a fifth of the median beat.

    M. McKinney, D. Moelants, M. Davies, A. Klapuri, "Evaluation of audio beat tracking and music tempo extraction algorithms",
    J. New Music Research 36:1, 2007.
    """
    validate(reference_s, estimated_s)
    if len(reference_s) < 2 or len(estimated_s) < 2:
        return 0.0
    start = min(reference_s.min(), estimated_s.min())
    reference = np.unique(np.ceil((reference_s - start) * 100).astype(np.int64))
    estimated = np.unique(np.ceil((estimated_s - start) * 100).astype(np.int64))
    if len(reference) < 2:
        return 0.0
    lag = int(np.round(tolerance * np.median(np.diff(reference))))
    near = np.searchsorted(reference, estimated + lag, side="right") - np.searchsorted(reference, estimated - lag, side="left")
    return float(near.sum() / max(len(reference_s), len(estimated_s)))


def best_constant_offset_s(reference_s: FloatArray, estimated_s: FloatArray, *, limit_s: float = 0.15, window_s: float = WINDOW_S) -> float:
    """Find the constant by which the estimate should move so that most beats match, for charts that run early or late throughout.

    Looks at every 5 ms up to `limit_s` either way; of equally good offsets the one nearest to zero.

    Returns
    -------
    Seconds to add to the estimated beats.
    """
    validate(reference_s, estimated_s)
    steps = round(limit_s / 0.005)
    offsets = sorted((step * 0.005 for step in range(-steps, steps + 1)), key=abs)
    return max(offsets, key=lambda offset: len(match_events(reference_s, estimated_s + offset, window_s=window_s)))


def evaluate(reference_s: FloatArray, estimated_s: FloatArray, *, trim_s: float = 0.0) -> dict[str, float]:
    """Compute all beat metrics; beats before `trim_s` are left out on both sides.

    Returns
    -------
    ``f precision recall cmlc cmlt amlc amlt cemgil cemgil_best p_score``
    """
    validate(reference_s, estimated_s)
    if trim_s > 0:
        reference_s, estimated_s = trim(reference_s, before_s=trim_s), trim(estimated_s, before_s=trim_s)
    found = f_measure(reference_s, estimated_s)
    exact, best = cemgil(reference_s, estimated_s)
    return {
        "f": found.f,
        "precision": found.precision,
        "recall": found.recall,
        **continuity(reference_s, estimated_s)._asdict(),
        "cemgil": exact,
        "cemgil_best": best,
        "p_score": p_score(reference_s, estimated_s),
    }


def metrical_variations(beats_s: FloatArray) -> tuple[FloatArray, ...]:
    """Return the beats, the off-beats, double time, and half time on odd and on even beats."""
    halves = np.arange(0, len(beats_s) - 0.5, 0.5)
    double = np.interp(halves, np.arange(len(beats_s)), beats_s)
    return beats_s, double[1::2], double, beats_s[::2], beats_s[1::2]


def _nearest(events_s: FloatArray, queries_s: FloatArray) -> tuple[IntArray, Float64Array]:
    """Return the index of the event nearest to each query (the earlier one of a tie) and its distance; no event is infinitely far."""
    if len(events_s) == 0:
        return np.zeros(len(queries_s), dtype=np.int64), np.full(len(queries_s), np.inf)
    right = np.clip(np.searchsorted(events_s, queries_s), 1, max(len(events_s) - 1, 1))
    right = np.minimum(right, len(events_s) - 1)
    left = np.maximum(right - 1, 0)
    left_distance, right_distance = np.abs(events_s[left] - queries_s), np.abs(events_s[right] - queries_s)
    index = np.where(right_distance < left_distance, right, left)
    return index, np.minimum(left_distance, right_distance)


def _continuous(reference_s: FloatArray, estimated_s: FloatArray, *, phase_tolerance: float, period_tolerance: float) -> BoolArray:
    """Say for each estimated beat whether phase and period agree with its nearest reference beat, which it is the first to claim."""
    if len(reference_s) < 2:
        return np.zeros(len(estimated_s), dtype=np.bool_)
    nearest, distance = _nearest(reference_s, estimated_s)
    reference_steps, estimated_steps = np.diff(reference_s), np.diff(estimated_s)
    # The first beat of either sequence has no interval before it: look ahead there, back everywhere else.
    ahead = (np.arange(len(estimated_s)) == 0) | (nearest == 0)
    reference_next = reference_steps[np.minimum(nearest, len(reference_steps) - 1)]
    estimated_next = np.append(estimated_steps, estimated_steps[-1])
    reference_step = np.where(ahead, reference_next, reference_steps[np.maximum(nearest - 1, 0)])
    estimated_step = np.where(ahead, estimated_next, np.insert(estimated_steps, 0, estimated_steps[0]))
    with np.errstate(divide="ignore", invalid="ignore"):
        phase, period = distance / reference_step, np.abs(1 - estimated_step / reference_step)
        right: BoolArray = (phase < phase_tolerance) & (period < period_tolerance)
    claimed = np.flatnonzero(right)
    first = np.unique(nearest[claimed], return_index=True)[1]
    right[:] = False
    right[claimed[first]] = True
    return right


def _longest_run(flags: BoolArray) -> int:
    edges = np.flatnonzero(~np.concatenate([[False], flags, [False]]))
    return int(np.diff(edges).max()) - 1
