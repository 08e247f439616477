"""What all metrics share: pairing estimates with references one to one, precision and recall, and the checks on their input."""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import FloatArray, IntArray

MAX_TIME_S = 30_000.0  # eight hours: an event later than this was given in samples or milliseconds


class Hits(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f: float


def hits(*, matched: int, reference: int, estimated: int) -> Hits:
    """Turn counts into precision, recall and F; all are 0 where either side is empty.

    Examples
    --------
    >>> hits(matched=2, reference=4, estimated=2)
    Hits(precision=1.0, recall=0.5, f=0.6666666666666666)
    """
    if reference == 0 or estimated == 0:
        return Hits(0.0, 0.0, 0.0)
    precision, recall = matched / estimated, matched / reference
    return Hits(precision, recall, f_measure(precision, recall))


def f_measure(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall, 0 when both are 0."""
    return 0.0 if precision == 0 and recall == 0 else 2 * precision * recall / (precision + recall)


def match_events(reference_s: FloatArray, estimated_s: FloatArray, *, window_s: float) -> IntArray:
    """Pair as many events as possible within a window, each at most once.

    Both sides are in ascending order, so pairing the earliest partners that reach each other is already a maximum matching.

    Parameters
    ----------
    reference_s, estimated_s : (n,), (m,) ascending times
    window_s : largest distance of a pair, inclusive

    Returns
    -------
    (k, 2) indices into reference and estimate

    Examples
    --------
    >>> match_events(np.array([1.0, 2.0, 3.0]), np.array([1.02, 1.04, 3.5]), window_s=0.05).tolist()
    [[0, 0]]
    """
    low, high = (np.asarray(estimated_s) - window_s).tolist(), (np.asarray(estimated_s) + window_s).tolist()
    reference = np.asarray(reference_s).tolist()
    pairs = []
    i = j = 0
    while i < len(reference) and j < len(low):
        if reference[i] < low[j]:
            i += 1
        elif reference[i] > high[j]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def match_pairs(reference_index: IntArray, estimated_index: IntArray, *, reference: int, estimated: int) -> IntArray:
    """Choose the most of the allowed pairs so that nothing is used twice (Hopcroft and Karp's maximum bipartite matching).

    Parameters
    ----------
    reference_index, estimated_index : (k,) the allowed pairs
    reference, estimated : how many items there are on either side

    Returns
    -------
    (matched, 2) indices into reference and estimate, by ascending reference
    """
    if len(reference_index) == 0:
        return np.zeros((0, 2), dtype=np.int64)
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    allowed = np.ones(len(reference_index), dtype=np.int8)
    graph = csr_array((allowed, (reference_index, estimated_index)), shape=(reference, estimated))
    partner = np.asarray(maximum_bipartite_matching(graph, perm_type="column"))
    matched = np.flatnonzero(partner >= 0)
    return np.stack([matched, partner[matched]], axis=1).astype(np.int64)


def pairs_within(reference_s: FloatArray, estimated_s: FloatArray, *, window_s: float) -> tuple[IntArray, IntArray]:
    """List every pair of events at most `window_s` apart, in memory proportional to the pairs.

    Parameters
    ----------
    reference_s, estimated_s : (n,), (m,) times in any order

    Returns
    -------
    Two index arrays (into reference, into estimate) of one length.
    """
    order = np.argsort(reference_s, kind="stable")
    ordered = np.asarray(reference_s)[order]
    first = np.searchsorted(ordered, np.asarray(estimated_s) - window_s, side="left")
    count = np.searchsorted(ordered, np.asarray(estimated_s) + window_s, side="right") - first
    estimated_index = np.repeat(np.arange(len(count)), count)
    begin = np.cumsum(count) - count
    within = np.arange(int(count.sum())) - np.repeat(begin, count)
    return order[np.repeat(first, count) + within], estimated_index


def validate_events(events_s: FloatArray, *, name: str) -> None:
    """Check that event times are one-dimensional, finite, ascending seconds.

    Raises
    ------
    ValueError : naming the argument and what is wrong with it.
    """
    if not isinstance(events_s, np.ndarray):
        raise ValueError(f"{name} is a {type(events_s).__name__}; expected a numpy array of times in seconds")
    if events_s.ndim != 1:
        raise ValueError(f"{name} has shape {events_s.shape}; expected one dimension, (n,) times in seconds")
    if events_s.size == 0:
        return
    if not np.isfinite(events_s).all():
        raise ValueError(f"{name} holds NaN or infinity")
    if events_s.max() > MAX_TIME_S:
        raise ValueError(f"{name} reaches {events_s.max():.0f}, more than {MAX_TIME_S:.0f} s: are the times in seconds?")
    if (np.diff(events_s) < 0).any():
        raise ValueError(f"{name} is not in ascending order; sort it first")


def validate_intervals(intervals_s: FloatArray, *, name: str) -> None:
    """Check that intervals are (n, 2), finite, not negative and of positive length.

    Raises
    ------
    ValueError : naming the argument and what is wrong with it.
    """
    if not isinstance(intervals_s, np.ndarray) or intervals_s.ndim != 2 or intervals_s.shape[1] != 2:
        found = f"shape {intervals_s.shape}" if isinstance(intervals_s, np.ndarray) else f"a {type(intervals_s).__name__}"
        raise ValueError(f"{name}: found {found}; expected an (n, 2) array of start and end in seconds")
    if not np.isfinite(intervals_s).all():
        raise ValueError(f"{name} holds NaN or infinity")
    if (intervals_s < 0).any():
        raise ValueError(f"{name} holds a negative time")
    if (intervals_s[:, 1] <= intervals_s[:, 0]).any():
        raise ValueError(f"{name} holds an interval that does not end after it starts")


def validate_labelled(intervals_s: FloatArray, labels: object, *, name: str) -> None:
    """Check intervals, and that they come in order, do not overlap, and have one label each."""
    validate_intervals(intervals_s, name=f"{name} intervals")
    if not hasattr(labels, "__len__") or len(labels) != len(intervals_s):
        found = len(labels) if hasattr(labels, "__len__") else labels
        raise ValueError(f"{name}: {len(intervals_s)} intervals but {found} labels; expected one label per interval")
    # A microsecond of overlap is rounding in a text file, more is a mistake.
    if len(intervals_s) > 1 and (intervals_s[1:, 0] < intervals_s[:-1, 1] - 1e-6).any():
        raise ValueError(f"{name} intervals overlap or are out of order")
