"""Classification: one class for each song, of several.

Everything but top-k follows from the confusion table, actual x predicted, so every function takes tables stacked in front as well:
a bootstrap of two thousand tables is one call. Where nothing was said to be a class its precision is 0, where nothing was one its
recall is 0 (scikit-learn's ``zero_division=0``). C. Manning, P. Raghavan, H. Schütze, *Introduction to Information Retrieval*, §8.3, §13.6.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassFigures:
    """Precision, recall and F of each class, (..., classes), and how many truly belong to it."""

    precision: Float64Array
    recall: Float64Array
    f1: Float64Array
    support: Float64Array


def validate(truth: IntArray, scores: FloatArray) -> None:
    """Check true classes and scores.

    Raises
    ------
    ValueError : if shapes do not match, a true class has no column, or a score is NaN.
    """
    truth, scores = np.asarray(truth), np.asarray(scores)
    if scores.ndim != 2 or truth.shape != scores.shape[:1]:
        raise ValueError(f"truth of shape {truth.shape} and scores of shape {scores.shape}; expected (n,) and (n, classes)")
    if not np.issubdtype(truth.dtype, np.integer):
        raise ValueError(f"true classes are {truth.dtype}; expected numbers of columns")
    if len(truth) and not 0 <= truth.min() <= truth.max() < scores.shape[1]:
        raise ValueError(f"true classes from {truth.min()} to {truth.max()} over {scores.shape[1]} columns of scores")
    if np.isnan(scores).any():
        raise ValueError("scores hold NaN")


def confusion(truth: IntArray, predicted: IntArray, *, classes: int) -> IntArray:
    """Count who was taken for whom, (classes, classes), actual x predicted.

    Raises
    ------
    ValueError : if lengths differ or a class is outside 0 ... classes - 1.

    Examples
    --------
    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2).tolist()
    [[1, 1], [0, 1]]
    """
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape or truth.ndim != 1:
        raise ValueError(f"{truth.shape} true classes and {predicted.shape} predicted ones; expected as many of each in one row")
    for side, numbers in (("true", truth), ("predicted", predicted)):
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < classes:
            raise ValueError(f"{side} classes from {numbers.min()} to {numbers.max()}; expected 0 to {classes - 1}")
    return np.bincount(truth.astype(np.intp) * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy(table: IntArray | FloatArray) -> Float64Array:
    """Give the share of right answers (CA) of confusion tables (..., classes, classes); NaN where a table is empty."""
    return _ratio(np.trace(table, axis1=-2, axis2=-1), table.sum(axis=(-2, -1)), empty=np.nan)


def class_figures(table: IntArray | FloatArray) -> ClassFigures:
    """Give precision, recall, F = 2PR/(P+R) and support of each class of confusion tables (..., classes, classes).

    Examples
    --------
    >>> pets = np.array([[5, 3, 0], [2, 3, 1], [0, 2, 11]])
    >>> class_figures(pets).f1.round(4).tolist()
    [0.6667, 0.4286, 0.88]
    """
    right = np.diagonal(table, axis1=-2, axis2=-1).astype(np.float64)
    said, support = table.sum(axis=-2).astype(np.float64), table.sum(axis=-1).astype(np.float64)
    return ClassFigures(
        precision=_ratio(right, said), recall=_ratio(right, support), f1=_ratio(2.0 * right, said + support), support=support
    )


def macro(figures: ClassFigures, table: IntArray | FloatArray) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Average precision, recall and F over the classes that occur, truly or by prediction, all counting the same."""
    occurs = (table.sum(axis=-1) + table.sum(axis=-2)) > 0
    return _average(figures, occurs.astype(np.float64))


def weighted(figures: ClassFigures) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Average precision, recall and F over classes, each counting as many as truly belong to it."""
    return _average(figures, figures.support)


def balanced_accuracy(table: IntArray | FloatArray) -> Float64Array:
    """Give the mean recall of the classes that something truly belongs to: 1 / classes for a guesser, whatever the imbalance."""
    figures = class_figures(table)
    has = figures.support > 0
    return _ratio((figures.recall * has).sum(axis=-1), has.sum(axis=-1), empty=np.nan)


def ranks(truth: IntArray, scores: FloatArray) -> IntArray:
    """Give at what place the true class stands, (n,), 0 for the first; of equal scores the class with the lower number comes first."""
    validate(truth, scores)
    rows = np.arange(len(truth))
    own = scores[rows, truth][:, None]
    before = (scores > own) | ((scores == own) & (np.arange(scores.shape[1]) < np.asarray(truth)[:, None]))
    return np.asarray(before.sum(axis=1), dtype=np.int64)


def top_k_hits(truth: IntArray, scores: FloatArray, *, k: int) -> BoolArray:
    """Say of each row whether its true class is among the `k` with the highest scores.

    Examples
    --------
    >>> top_k_hits(np.array([2, 0]), np.array([[0.5, 0.3, 0.2], [0.3, 0.4, 0.3]]), k=2).tolist()
    [False, True]
    """
    if k < 1:
        raise ValueError(f"the top {k} of a ranking: expected 1 or more")
    return np.asarray(ranks(truth, scores) < k, dtype=np.bool_)


def top_k(truth: IntArray, scores: FloatArray, *, k: int) -> float:
    """Give the share of rows whose true class is among the `k` with the highest scores."""
    hits = top_k_hits(truth, scores, k=k)
    return float(hits.mean()) if len(hits) else float("nan")


def table_figures(table: IntArray | FloatArray) -> dict[str, Float64Array]:
    """Compute all that follows from confusion tables, each of their leading shape.

    Returns
    -------
    ``top1 balanced_accuracy precision_macro recall_macro f1_macro precision_weighted recall_weighted f1_weighted``
    """
    figures = class_figures(table)
    macro_precision, macro_recall, macro_f = macro(figures, table)
    weighted_precision, weighted_recall, weighted_f = weighted(figures)
    return {
        "top1": accuracy(table),
        "balanced_accuracy": balanced_accuracy(table),
        "precision_macro": macro_precision,
        "recall_macro": macro_recall,
        "f1_macro": macro_f,
        "precision_weighted": weighted_precision,
        "recall_weighted": weighted_recall,
        "f1_weighted": weighted_f,
    }


def evaluate(truth: IntArray, scores: FloatArray, *, top: Sequence[int] = (3,)) -> dict[str, float]:
    """Compute everything: what follows from the confusion table of the best-scored classes, and ``top3`` (or those asked for)."""
    validate(truth, scores)
    table = confusion(truth, np.argmax(scores, axis=1), classes=scores.shape[1])
    found = {name: float(value) for name, value in table_figures(table).items()}
    return found | {f"top{k}": top_k(truth, scores, k=k) for k in top}


def confusion_text(table: IntArray, names: Sequence[str]) -> str:
    """Write a confusion table as text, actual classes down, predicted ones across.

    Examples
    --------
    >>> print(confusion_text(np.array([[5, 3], [2, 3]]), ("cat", "dog")))
         cat  dog
    cat    5    3
    dog    2    3
    """
    wide = max(len(name) for name in names)
    cell = max(wide, len(str(int(np.max(table, initial=0))))) + 2
    head = " " * wide + "".join(f"{name:>{cell}}" for name in names)
    lines = [f"{name:<{wide}}" + "".join(f"{int(count):>{cell}}" for count in row) for name, row in zip(names, table, strict=True)]
    return "\n".join([head, *lines])


def _average(figures: ClassFigures, weights: Float64Array) -> tuple[Float64Array, Float64Array, Float64Array]:
    whole = weights.sum(axis=-1)
    precision, recall, f1 = (_ratio((part * weights).sum(axis=-1), whole) for part in (figures.precision, figures.recall, figures.f1))
    return precision, recall, f1


def _ratio(above: FloatArray | IntArray, below: FloatArray | IntArray, *, empty: float = 0.0) -> Float64Array:
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    return np.asarray(np.divide(above, below, out=np.full(np.broadcast(above, below).shape, empty), where=below > 0), dtype=np.float64)
