"""Several branches, one decision: fused early (columns side by side, each block at the same strength) or late (scores together)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.errors import MissingExtraError
from hexachord.learning.features.piecewise import broken_ties, normalised_product
from hexachord.learning.features.table import FeatureTable, join_columns
from hexachord.learning.features.transformer import Transformer
from hexachord.metrics.classification import balanced_accuracy, confusion

BlockRule = Literal["variance", "width", "none"]
LateRule = Literal["mean", "weighted", "majority", "product", "max"]
_LEAST = 1e-12


class BlockScaler(Transformer):
    """Give each block of columns the same say, however many columns it has.

    Parameters
    ----------
    blocks : the columns of each block (see `FeatureTable.blocks` and `early_fusion`); columns in none are left as they are
    rule : ``variance``: a block's variances in the training rows sum to 1; ``width``: divided by the root of its number of columns, which
        is the same for columns scaled to variance 1; ``none``: left as it is

    Attributes
    ----------
    factor_ : (d,) what each column is multiplied by
    """

    factor_: Float64Array

    def __init__(self, blocks: Sequence[Sequence[int]] = (), rule: BlockRule = "variance") -> None:
        self.blocks = blocks
        self.rule = rule

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        if self.rule not in get_args(BlockRule):
            raise ValueError(f"{self.rule!r} is no rule; there are {', '.join(get_args(BlockRule))}")
        self.factor_ = np.ones(x.shape[1])
        there = np.isfinite(x)
        count = np.maximum(there.sum(axis=0), 1)
        mean = np.where(there, x, 0.0).sum(axis=0) / count
        variance = np.where(there, np.square(np.where(there, x, 0.0) - mean), 0.0).sum(axis=0) / count
        for block in self.blocks:
            columns = list(block)
            size = float(variance[columns].sum()) if self.rule == "variance" else float(len(columns))
            if self.rule != "none" and size > 0:
                self.factor_[columns] = 1 / np.sqrt(size)

    def _apply(self, x: Float64Array) -> Float64Array:
        return x * self.factor_


@dataclass(frozen=True, kw_only=True, eq=False)
class EarlyFusion:
    """Branches side by side.

    Attributes
    ----------
    table : their columns, named ``branch:family/descriptor/statistic``
    blocks : the columns of each branch
    """

    table: FeatureTable
    blocks: dict[str, tuple[int, ...]]


def early_fusion(branches: Mapping[str, FeatureTable]) -> EarlyFusion:
    """Put the columns of several branches (audio, score, lyrics ...) of the same tracks side by side.

    Raises
    ------
    ValueError : if their rows are not the same tracks in the same order, or there are none.
    """
    if not branches:
        raise ValueError("nothing to fuse")
    named = [
        FeatureTable(ids=table.ids, names=tuple(f"{branch}:{name}" for name in table.names), values=table.values, times_s=table.times_s)
        for branch, table in branches.items()
    ]
    edges = np.cumsum([0, *(len(table.names) for table in named)])
    blocks = {branch: tuple(range(edges[place], edges[place + 1])) for place, branch in enumerate(branches)}
    return EarlyFusion(table=join_columns(named), blocks=blocks)


def fuse_scores(scores: Sequence[FloatArray], *, rule: LateRule = "mean", weights: Sequence[float] | None = None) -> Float64Array:
    """Fuse what several models said of the same rows.

    Parameters
    ----------
    scores : of each model (n, classes) probabilities; a model whose row holds NaN (a branch that is missing) has no say in it
    rule : ``mean``; ``weighted`` (by `weights`); ``majority``: the share of models that like a class best, equal shares told apart by the
        mean; ``product``: of probabilities, scaled to sum 1; ``max``
    weights : one for each model, for ``weighted``

    Returns
    -------
    (n, classes); NaN where no model had a say

    Raises
    ------
    ValueError : if the shapes do not agree, a rule is not known, or weights are missing or of no use.

    Examples
    --------
    >>> fuse_scores([np.array([[0.9, 0.1]]), np.array([[0.4, 0.6]])]).round(2).tolist()
    [[0.65, 0.35]]
    """
    if not len(scores) or any(np.shape(each) != np.shape(scores[0]) or np.ndim(each) != 2 for each in scores):
        raise ValueError(f"scores of shapes {[np.shape(each) for each in scores]} cannot be fused")
    if rule not in get_args(LateRule):
        raise ValueError(f"{rule!r} is no rule; there are {', '.join(get_args(LateRule))}")
    if (weights is not None) != (rule == "weighted"):
        raise ValueError("weights are for 'weighted', and it needs them")
    given = np.asarray(scores, dtype=np.float64)  # (models, n, classes)
    weight = np.ones(len(given)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(given),) or (weight < 0).any() or not weight.any():
        raise ValueError(f"{len(given)} models need as many weights, not negative and not all 0")
    says = np.isfinite(given).all(axis=2) * weight[:, None]  # (models, n)
    heard = np.where(says[:, :, None] > 0, given, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = says / says.sum(axis=0)
        mean: Float64Array = np.einsum("mn,mnc->nc", share, heard)
    if rule in ("mean", "weighted"):
        return mean
    silent = ~(says > 0).any(axis=0)
    if rule == "majority":
        votes = np.zeros_like(mean)
        for model, rows in enumerate(heard.argmax(axis=2)):
            votes[np.arange(len(rows)), rows] += share[model]
        fused = broken_ties(votes, np.nan_to_num(mean))
    elif rule == "max":
        fused = np.where(says[:, :, None] > 0, given, -np.inf).max(axis=0)
    else:
        logs = np.where(says[:, :, None] > 0, np.log(np.maximum(heard, _LEAST)), 0.0)
        fused = normalised_product(logs, weight)
    fused[silent] = np.nan
    return fused


def fit_weights(scores: Sequence[FloatArray], truth: IntArray, *, steps: int = 10) -> tuple[float, ...]:
    """Find the weights of models with which the weighted mean is most often right, on rows that they had not learnt from.

    Parameters
    ----------
    scores : of each model (n, classes), out of fold
    truth : (n,) index of the true class
    steps : how finely the weights, which sum to 1, are tried

    Returns
    -------
    One weight for each model; of those equally good (in balanced accuracy) the ones nearest to equal
    """
    tried = _compositions(steps, len(scores))
    best, best_key = tried[0], (-1.0, 0.0)
    for parts in tried:
        weights = [part / steps for part in parts]
        fused = fuse_scores(scores, rule="weighted", weights=weights)
        balanced = float(balanced_accuracy(confusion(truth, np.asarray(fused.argmax(axis=1)), classes=fused.shape[1])))
        key = (round(balanced, 12), -float(np.var(weights)))
        if key > best_key:
            best, best_key = parts, key
    return tuple(part / steps for part in best)


@dataclass(frozen=True, kw_only=True, eq=False)
class Stacking:
    """A logistic regression over what several models said: fused scores are its probabilities.

    Attributes
    ----------
    weights : (models * classes, classes) of the models' log-probabilities
    bias : (classes,)
    """

    weights: Float64Array
    bias: Float64Array

    def fuse(self, scores: Sequence[FloatArray]) -> Float64Array:
        """Fuse what the models said of rows, (n, classes) each."""
        said = _evidence(scores) @ self.weights + self.bias
        likely = np.exp(said - said.max(axis=1, keepdims=True))
        fused: Float64Array = likely / likely.sum(axis=1, keepdims=True)
        return fused


def fit_stacking(scores: Sequence[FloatArray], truth: IntArray, *, strength: float = 1.0) -> Stacking:
    """Learn how to fuse models from what they said of rows that they had not learnt from (D. Wolpert, "Stacked generalization", 1992).

    Parameters
    ----------
    scores : of each model (n, classes) probabilities, out of fold
    truth : (n,) index of the true class; each class at least once
    strength : of the regression's data term (scikit-learn's C)

    Raises
    ------
    ValueError : if a class is never true.
    MissingExtraError : if scikit-learn is not installed.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtraError("stacking", extra="learn", need="scikit-learn") from error
    classes = np.shape(scores[0])[1]
    if set(np.unique(truth).tolist()) != set(range(classes)):
        raise ValueError("stacking needs every class among the true ones")
    model = LogisticRegression(C=strength, max_iter=2000).fit(_evidence(scores), truth)
    weights, bias = model.coef_.T, model.intercept_
    if classes == 2:  # scikit-learn keeps one column for two classes
        weights, bias = np.concatenate([-weights, weights], axis=1) / 2, np.concatenate([-bias, bias]) / 2
    return Stacking(weights=np.asarray(weights, dtype=np.float64), bias=np.asarray(bias, dtype=np.float64))


def _evidence(scores: Sequence[FloatArray]) -> Float64Array:
    """Log-probabilities side by side, (n, models * classes), each model's around their mean; a model without a say says nothing."""
    logs = np.log(np.clip(np.asarray(scores, dtype=np.float64), 1e-4, 1.0))  # one model's certainty must not silence the others
    logs = logs - logs.mean(axis=2, keepdims=True)
    return np.concatenate(list(np.nan_to_num(logs)), axis=1)


def _compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    """Every way to write `total` as a sum of `parts` numbers, in order."""
    if parts == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in _compositions(total - first, parts - 1)]
