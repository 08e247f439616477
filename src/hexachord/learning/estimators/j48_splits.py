"""Which question a C4.5 tree asks next: the highest gain ratio among those with at least the mean gain.

J. R. Quinlan, *C4.5*, 1993, §2.2-2.4 and §3.1; *Improved Use of Continuous Attributes in C4.5*, JAIR 4, 1996.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

_LEAST = 1e-9
_NEAR_MEAN = 1e-3  # a gain so little below the mean still takes part


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """A question: a column against a threshold (at most, more), or by each value of a nominal column.

    Attributes
    ----------
    shares : (branches,) of the known rows: where missing values go
    gain, ratio : bits of information, and those over the bits of the answer itself
    """

    column: int
    threshold: float
    values: int
    shares: Float64Array
    gain: float
    ratio: float


class SplitSearch:
    """The training rows of a tree, and the search for its questions.

    Parameters
    ----------
    rows : (n, d) with NaN for missing
    targets : (n,) numbers of classes
    """

    def __init__(self, rows: Float64Array, targets: IntArray, *, classes: int, min_leaf: int, nominal: Sequence[int]) -> None:
        self.rows = rows
        self.targets = targets
        self.classes = classes
        self.min_leaf = min_leaf
        self.nominal = frozenset(nominal)
        self.known_values = [np.unique(column[np.isfinite(column)]) for column in rows.T]

    def best(self, rows: IntArray, weights: Float64Array) -> Split | None:
        """Find the question to ask of these rows, of such weights; None if none helps."""
        whole = float(weights.sum())
        splits = [split for column in range(self.rows.shape[1]) if (split := self._split(column, rows, weights)) is not None]
        if not splits:
            return None
        # Columns of names with nearly as many names as rows would raise the mean: they do not count, unless there are no others.
        few = [split for split in splits if split.values < 0.3 * whole] or splits
        mean = sum(split.gain for split in few) / len(few)
        fair = [split for split in splits if split.gain >= mean - _NEAR_MEAN and split.ratio > 0]
        return max(fair, key=lambda split: split.ratio) if fair else None

    def _split(self, column: int, rows: IntArray, weights: Float64Array) -> Split | None:
        values = self.rows[rows, column]
        known = np.isfinite(values)
        heavy = float(weights[known].sum())
        if heavy < 2 * self.min_leaf - _LEAST:
            return None
        part = (values[known], self.targets[rows[known]], weights[known])
        ask = self._by_name if column in self.nominal else self._by_threshold
        return ask(column, *part, known_share=heavy / float(weights.sum()))

    def _by_threshold(
        self, column: int, values: Float64Array, targets: IntArray, weights: Float64Array, *, known_share: float
    ) -> Split | None:
        order = np.argsort(values, kind="stable")
        values, targets, weights = values[order], targets[order], weights[order]
        one_hot = np.zeros((len(values), self.classes))
        one_hot[np.arange(len(values)), targets] = weights
        left = np.cumsum(one_hot, axis=0)[:-1]
        total = one_hot.sum(axis=0)
        heavy = float(total.sum())
        least = min(max(0.1 * heavy / self.classes, self.min_leaf), max(25, self.min_leaf))
        left_heavy = left.sum(axis=1)
        may = (values[1:] > values[:-1] + 1e-5) & (left_heavy >= least - _LEAST) & (heavy - left_heavy >= least - _LEAST)
        if not may.any():
            return None
        after = _bits(left[may]) + _bits(total - left[may])
        place = int(np.argmin(after))
        gain = known_share * (_bits(total[None])[0] - after[place]) / heavy
        gain -= np.log2(max(int(may.sum()), 1)) / (heavy / known_share)  # what it costs to name the threshold
        if gain <= _LEAST:
            return None
        last = np.flatnonzero(may)[place]
        middle = (values[last] + values[last + 1]) / 2.0
        everywhere = self.known_values[column]
        threshold = float(everywhere[np.searchsorted(everywhere, middle, side="right") - 1])
        parts = np.array([left_heavy[last], heavy - left_heavy[last]])
        return _made(column, parts, gain=gain, known_share=known_share, threshold=threshold, values=0)

    def _by_name(self, column: int, values: Float64Array, targets: IntArray, weights: Float64Array, *, known_share: float) -> Split | None:
        count = int(self.known_values[column].max()) + 1
        table = np.zeros((count, self.classes))
        np.add.at(table, (values.astype(np.int64), targets), weights)
        parts = table.sum(axis=1)
        if (parts >= self.min_leaf - _LEAST).sum() < 2:
            return None
        gain = known_share * (_bits(table.sum(axis=0)[None])[0] - _bits(table).sum()) / float(parts.sum())
        return _made(column, parts, gain=gain, known_share=known_share, threshold=np.nan, values=count) if gain > _LEAST else None


def _made(column: int, parts: Float64Array, *, gain: float, known_share: float, threshold: float, values: int) -> Split:
    heavy = float(parts.sum())
    missing = heavy / known_share - heavy
    answer = float(_bits(np.append(parts, missing)[None])[0]) / (heavy + missing)  # missing is one more answer
    return Split(column=column, threshold=threshold, values=values, shares=parts / heavy, gain=float(gain), ratio=float(gain / answer))


def _bits(counts: FloatArray) -> Float64Array:
    """The entropy of each row of counts (rows, classes), times its sum."""
    sums = counts.sum(axis=1)
    safe = np.where(counts > 0, counts, 1.0)
    return np.asarray(sums * np.log2(np.where(sums > 0, sums, 1.0)) - (safe * np.log2(safe)).sum(axis=1), dtype=np.float64)
