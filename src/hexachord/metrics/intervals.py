"""Labelled intervals brought to a common span and a common grid, as chord and segment metrics need them."""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray


def fit_span(
    intervals_s: FloatArray, labels: Sequence[str], *, start_s: float, end_s: float, filler: str, end_filler: str | None = None
) -> tuple[Float64Array, list[str]]:
    """Crop labelled intervals to a span and fill what is missing at either end with a label.

    Parameters
    ----------
    intervals_s, labels : (n, 2) ascending intervals and their labels
    start_s, end_s : the span
    filler : the label of an added interval
    end_filler : the label of one added at the end, if it is another

    Examples
    --------
    >>> fit_span(np.array([[1.0, 5.0]]), ["C"], start_s=0.0, end_s=4.0, filler="N")
    (array([[0., 1.],
           [1., 4.]]), ['N', 'C'])
    """
    kept = [
        (max(float(start), start_s), min(float(end), end_s), label)
        for (start, end), label in zip(intervals_s, labels, strict=True)
        if min(float(end), end_s) > max(float(start), start_s)
    ]
    if not kept:
        return np.array([[start_s, end_s]]), [filler]
    if kept[0][0] > start_s:
        kept.insert(0, (start_s, kept[0][0], filler))
    if kept[-1][1] < end_s:
        kept.append((kept[-1][1], end_s, filler if end_filler is None else end_filler))
    return np.array([(start, end) for start, end, _ in kept]), [label for _, _, label in kept]


def common_intervals(first_s: FloatArray, second_s: FloatArray) -> tuple[Float64Array, IntArray, IntArray]:
    """Cut two segmentations of one span at each other's boundaries.

    Returns
    -------
    (k, 2) common intervals, and for each of them the index of the interval of `first_s` and of `second_s` it lies in. A gap belongs to
    the interval before it.
    """
    bounds = np.unique(np.concatenate([np.ravel(first_s), np.ravel(second_s)])).astype(np.float64)
    starts = bounds[:-1]
    return np.stack([starts, bounds[1:]], axis=1), _index_at(first_s, starts), _index_at(second_s, starts)


def sample_labels(intervals_s: FloatArray, labels: Sequence[str], *, times_s: FloatArray) -> IntArray:
    """Return an integer class for the label at each time; equal labels share a class, times outside every interval have class -1."""
    classes = np.unique(np.asarray(labels, dtype=str), return_inverse=True)[1].ravel()
    index = _index_at(intervals_s, times_s)
    inside = (times_s >= intervals_s[index, 0]) & (times_s <= intervals_s[index, 1])
    return np.where(inside, classes[index], -1)


def _index_at(intervals_s: FloatArray, times_s: FloatArray) -> IntArray:
    return np.maximum(np.searchsorted(intervals_s[:, 0], times_s, side="right") - 1, 0)
