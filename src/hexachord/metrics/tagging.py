"""Tagging: any number of labels for each song, and how well scores rank them.

ROC-AUC is the chance that a song with the label is scored above one without (Mann and Whitney's U, ties half). PR-AUC is the average
precision: precision at each song with the label, averaged without interpolation. J. Davis, M. Goadrich, *The Relationship Between
Precision-Recall and ROC Curves*, ICML 2006.
"""

from collections.abc import Mapping

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.metrics.classification import ClassFigures


def validate(truth: IntArray | BoolArray, scores: FloatArray) -> None:
    """Check indicators and scores, both (n, labels).

    Raises
    ------
    ValueError : if shapes differ, indicators are not 0 and 1, or a score is NaN.
    """
    if truth.ndim != 2 or truth.shape != scores.shape:
        raise ValueError(f"indicators of shape {truth.shape} and scores of shape {scores.shape}; expected the same two dimensions")
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("indicators hold something else than 0 and 1")
    if np.isnan(scores).any():
        raise ValueError("scores hold NaN")


def roc_auc(truth: IntArray | BoolArray, scores: FloatArray) -> float:
    """Give the area under the ROC curve of one label; NaN where all or none have it.

    Parameters
    ----------
    truth : (n,) 0 or 1
    scores : (n,) higher is likelier

    Examples
    --------
    >>> roc_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    has = np.asarray(truth, dtype=bool)
    positives = int(has.sum())
    negatives = len(has) - positives
    if not positives or not negatives:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2.0)[place]  # of equal scores each has the mean rank
    return float((rank[has].sum() - positives * (positives + 1) / 2.0) / (positives * negatives))


def roc_curve(truth: IntArray | BoolArray, scores: FloatArray) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Give false and true positive rates over falling thresholds, from (0, 0) to (1, 1), and those thresholds.

    Raises
    ------
    ValueError : if all or none have the label.
    """
    true, false, thresholds = _counts(truth, scores)
    if not len(true) or not true[-1] or not false[-1]:
        raise ValueError("a ROC curve needs songs with the label and songs without")
    return (np.concatenate([[0.0], false / false[-1]]), np.concatenate([[0.0], true / true[-1]]), np.concatenate([[np.inf], thresholds]))


def pr_curve(truth: IntArray | BoolArray, scores: FloatArray) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Give precision and recall over falling thresholds, and those thresholds.

    Raises
    ------
    ValueError : if none has the label.
    """
    true, false, thresholds = _counts(truth, scores)
    if not len(true) or not true[-1]:
        raise ValueError("a precision-recall curve needs songs with the label")
    return true / (true + false), true / true[-1], thresholds


def average_precision(truth: IntArray | BoolArray, scores: FloatArray) -> float:
    """Give the average precision (PR-AUC) of one label; NaN where none has it.

    Examples
    --------
    >>> round(average_precision(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])), 4)
    0.8333
    """
    if not np.any(truth):
        return float("nan")
    precision, recall, _ = pr_curve(truth, scores)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def best_thresholds(truth: IntArray | BoolArray, scores: FloatArray, *, default: float = 0.5) -> Float64Array:
    """Choose for each label the threshold with the highest F on validation songs.

    A threshold lies midway between two neighbouring scores; of equally good ones the highest counts. `default` stands where no song has
    the label.

    Returns
    -------
    (labels,) : a song has the label where its score is at least this

    Examples
    --------
    >>> best_thresholds(np.array([[0], [1], [1]]), np.array([[0.1], [0.3], [0.4]])).round(3).tolist()
    [0.2]
    """
    validate(truth, scores)
    found = np.full(scores.shape[1], default)
    for label in range(scores.shape[1]):
        if not np.any(truth[:, label]):
            continue
        true, false, thresholds = _counts(truth[:, label], scores[:, label])
        f1 = 2.0 * true / (true + false + true[-1])
        best = int(np.argmax(f1))
        after = thresholds[best + 1] if best + 1 < len(thresholds) else thresholds[best] - 1e-9
        found[label] = (thresholds[best] + after) / 2.0
    return found


def label_figures(truth: IntArray | BoolArray, decided: IntArray | BoolArray) -> ClassFigures:
    """Give precision, recall, F and support of each label from indicators (n, labels)."""
    has, said = np.asarray(truth, dtype=bool), np.asarray(decided, dtype=bool)
    return _figures((has & said).sum(axis=0), said.sum(axis=0), has.sum(axis=0))


def evaluate(truth: IntArray | BoolArray, scores: FloatArray, *, decided: IntArray | BoolArray | None = None) -> dict[str, float]:
    """Compute everything.

    Parameters
    ----------
    truth : (n, labels) of 0 and 1
    scores : (n, labels)
    decided : (n, labels) the labels given, by thresholds tuned elsewhere; where the score is 0.5 or more if not said

    Returns
    -------
    ``f1_macro f1_micro precision_macro recall_macro exact_match hamming_loss roc_auc roc_auc_micro pr_auc pr_auc_micro``: averages of areas
    are over the labels that some songs have and some have not (ROC) or that some song has (PR)
    """
    validate(truth, scores)
    has = np.asarray(truth, dtype=bool)
    said = scores >= 0.5 if decided is None else np.asarray(decided, dtype=bool)
    each = label_figures(has, said)
    every = _figures(np.array([(has & said).sum()]), np.array([said.sum()]), np.array([has.sum()]))
    return {
        "f1_macro": float(each.f1.mean()),
        "f1_micro": float(every.f1[0]),
        "precision_macro": float(each.precision.mean()),
        "recall_macro": float(each.recall.mean()),
        "exact_match": float((has == said).all(axis=1).mean()),
        "hamming_loss": float((has != said).mean()),
        **areas(has, scores),
    }


def areas(truth: IntArray | BoolArray, scores: FloatArray) -> dict[str, float]:
    """Compute ``roc_auc roc_auc_micro pr_auc pr_auc_micro`` of indicators and scores (n, labels)."""
    roc = [roc_auc(truth[:, label], scores[:, label]) for label in range(scores.shape[1])]
    precision = [average_precision(truth[:, label], scores[:, label]) for label in range(scores.shape[1])]
    return {
        "roc_auc": _finite_mean(roc),
        "roc_auc_micro": roc_auc(truth.reshape(-1), scores.reshape(-1)),
        "pr_auc": _finite_mean(precision),
        "pr_auc_micro": average_precision(truth.reshape(-1), scores.reshape(-1)),
    }


def resampled_areas(truth: IntArray | BoolArray, scores: FloatArray, weights: FloatArray, *, micro: bool = True) -> dict[str, Float64Array]:
    """Compute `areas` of many draws at once: what a row with weight 2 would be, were it there twice.

    Parameters
    ----------
    truth, scores : (n, labels)
    weights : (draws, n) how often each row was drawn
    micro : whether areas over all labels in one heap are wanted, too

    Returns
    -------
    As `areas`, (draws,) each; NaN in a draw that has nothing to rank
    """
    each = [_weighted_areas(truth[:, label], scores[:, label], weights) for label in range(scores.shape[1])]
    found = {"roc_auc": _finite_means(np.stack([roc for roc, _ in each])), "pr_auc": _finite_means(np.stack([area for _, area in each]))}
    if micro:
        heap = np.repeat(weights, scores.shape[1], axis=1)
        found["roc_auc_micro"], found["pr_auc_micro"] = _weighted_areas(truth.reshape(-1), scores.reshape(-1), heap)
    return found


def one_against_rest(truth: IntArray, scores: FloatArray) -> Mapping[str, float]:
    """Compute ``roc_auc pr_auc`` of a multi-class ranking: each class against the rest, averaged over the classes that occur."""
    indicators = np.asarray(truth)[:, None] == np.arange(scores.shape[1])
    found = areas(indicators, scores)
    return {"roc_auc": found["roc_auc"], "pr_auc": found["pr_auc"]}


def _counts(truth: IntArray | BoolArray, scores: FloatArray) -> tuple[Float64Array, Float64Array, Float64Array]:
    """True and false positives at each distinct score, from the highest down."""
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    has, falling = np.asarray(truth, dtype=np.float64)[order], np.asarray(scores, dtype=np.float64)[order]
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True)) if len(falling) else np.zeros(0, dtype=np.intp)
    true = np.cumsum(has)[last]
    return true, last + 1.0 - true, falling[last]


def _weighted_areas(truth: IntArray | BoolArray, scores: FloatArray, weights: FloatArray) -> tuple[Float64Array, Float64Array]:
    """ROC-AUC and average precision of one label in each draw."""
    order = np.argsort(-np.asarray(scores, dtype=np.float64), kind="stable")
    falling = np.asarray(scores)[order]
    last = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
    has, drawn = np.asarray(truth, dtype=np.float64)[order], np.asarray(weights, dtype=np.float64)[:, order]
    true = np.cumsum(drawn * has, axis=1)[:, last]
    said = np.cumsum(drawn, axis=1)[:, last]
    false = said - true
    more_true, more_false = np.diff(true, axis=1, prepend=0.0), np.diff(false, axis=1, prepend=0.0)
    pairs = true[:, -1] * false[:, -1]
    above = (more_false * (true - more_true / 2.0)).sum(axis=1)
    precision = (more_true * true / np.maximum(said, 1e-12)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(pairs > 0, above / pairs, np.nan), np.where(true[:, -1] > 0, precision / true[:, -1], np.nan)


def _finite_means(values: Float64Array) -> Float64Array:
    there = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(there, values, 0.0).sum(axis=0) / there.sum(axis=0), dtype=np.float64)


def _figures(right: IntArray, said: IntArray, support: IntArray) -> ClassFigures:
    def ratio(above: IntArray, below: IntArray) -> Float64Array:
        return np.asarray(np.divide(above, below, out=np.zeros(len(above)), where=below > 0), dtype=np.float64)

    return ClassFigures(
        precision=ratio(right, said), recall=ratio(right, support), f1=ratio(2 * right, said + support), support=support.astype(np.float64)
    )


def _finite_mean(values: list[float]) -> float:
    found = [value for value in values if np.isfinite(value)]
    return float(np.mean(found)) if found else float("nan")
