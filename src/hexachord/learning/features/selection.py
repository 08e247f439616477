"""Which columns a model is given: steps of a pipeline, each fitted on training rows only, each able to name what it kept."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import Float64Array
from hexachord.errors import InputError, MissingExtraError
from hexachord.learning.features.inspection import outer_fences, outliers
from hexachord.learning.features.table import FeatureTable
from hexachord.learning.features.transformer import Selector, Transformer, classes_of

Score = Literal["anova", "mutual-information"]


class MeanReplacer(Transformer):
    """Put the training mean of a column where its number is missing, and on demand where it is an outlier.

    Parameters
    ----------
    replace_outliers : whether numbers beyond the training rows' outer fences (see `hexachord.learning.features.inspection`) go too

    Attributes
    ----------
    mean_ : (d,) of the numbers that stay; 0 for a column without one
    replaced_ : (d,) how many were replaced in the training rows
    """

    mean_: Float64Array
    replaced_: Float64Array

    def __init__(self, replace_outliers: bool = False) -> None:
        self.replace_outliers = replace_outliers

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        self.fences_ = outer_fences(x)
        bad = self._bad(x)
        count = (~bad).sum(axis=0)
        self.mean_ = np.where(bad, 0.0, x).sum(axis=0) / np.maximum(count, 1)
        self.replaced_ = np.asarray(bad.sum(axis=0), dtype=np.float64)

    def _apply(self, x: Float64Array) -> Float64Array:
        return np.where(self._bad(x), self.mean_, x)

    def _bad(self, x: Float64Array) -> NDArray[np.bool_]:
        bad = ~np.isfinite(x)
        return bad | (outliers(x, fences=self.fences_) > 0) if self.replace_outliers else bad


class VarianceSelector(Selector):
    """Drop columns that hardly change in the training rows.

    Parameters
    ----------
    least : variances not above this go, relative to the column's mean square (so that units do not matter); 0 drops constants
    """

    def __init__(self, least: float = 1e-12) -> None:
        self.least = least

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        clean = _filled(x)
        variance, size = clean.var(axis=0), np.square(clean).mean(axis=0)
        self._keep(variance > self.least * np.maximum(size, 1e-300), variance)


class CorrelationSelector(Selector):
    """Of columns that say the same keep one: the one that tells the classes apart best where classes are given, else the first.

    Parameters
    ----------
    most : two columns whose correlation in the training rows is larger than this (either sign) say the same
    """

    def __init__(self, most: float = 0.95) -> None:
        self.most = most

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        clean = _filled(x)
        spread = clean.std(axis=0)
        unit = (clean - clean.mean(axis=0)) / np.where(spread > 0, spread, 1.0) / np.sqrt(len(clean))
        alike = np.abs(unit.T @ unit) > self.most
        worth = -np.arange(x.shape[1], dtype=np.float64) if y is None else anova_f(clean, y)
        free = np.ones(x.shape[1], dtype=bool)
        support = np.zeros(x.shape[1], dtype=bool)
        for column in np.argsort(-worth, kind="stable"):
            if free[column]:
                support[column] = True
                free[alike[column]] = False
        self._keep(support, worth)


class ScoreSelector(Selector):
    """Keep the columns that, each alone, say most about the class.

    Parameters
    ----------
    score : ``anova`` (ratio of the variances between and within classes) or ``mutual-information`` (scikit-learn's nearest-neighbour
        estimate)
    keep : how many columns, or a share of them where it is below 1
    seed : of the estimate

    Attributes
    ----------
    scores_ : (d,)
    """

    scores_: Float64Array

    def __init__(self, score: Score = "anova", keep: float = 0.5, seed: int = 0) -> None:
        self.score = score
        self.keep = keep
        self.seed = seed

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        classes = classes_of(y, self)
        if self.score not in get_args(Score):
            raise ValueError(f"{self.score!r} is no score; there are {', '.join(get_args(Score))}")
        clean = _filled(x)
        self.scores_ = anova_f(clean, classes) if self.score == "anova" else _mutual_information(clean, classes, self.seed)
        count = max(int(self.keep if self.keep >= 1 else round(self.keep * x.shape[1])), 1)
        support = np.zeros(x.shape[1], dtype=bool)
        support[np.argsort(-self.scores_, kind="stable")[:count]] = True
        self._keep(support, self.scores_)


class SequentialSelector(Selector):
    """Add one column after the other, each time the one with which the nearest neighbour is most often of the right class.

    Sequential forward selection as in A. Lerch, *An Introduction to Audio Content Analysis* (pyACA): the classifier is the nearest
    neighbour, leave one out, on columns scaled to variance 1.

    Parameters
    ----------
    keep : most columns; of the growing sets the smallest of the best is kept
    candidates : only so many columns are tried, those with the highest ANOVA F; 0 tries all

    Attributes
    ----------
    order_ : columns as they were added
    accuracy_ : with each of them added
    """

    order_: tuple[int, ...]
    accuracy_: tuple[float, ...]

    def __init__(self, keep: int = 20, candidates: int = 100) -> None:
        self.keep = keep
        self.candidates = candidates

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        classes = classes_of(y, self)
        clean = _filled(x)
        spread = clean.std(axis=0)
        unit = (clean - clean.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        worth = anova_f(clean, classes)
        open_columns = [int(column) for column in np.argsort(-worth, kind="stable")[: self.candidates or None]]
        distance = np.zeros((len(unit), len(unit)))
        np.fill_diagonal(distance, np.inf)
        order: list[int] = []
        path: list[float] = []
        while open_columns and len(order) < self.keep:
            rates = [_neighbour_rate(distance + np.square(unit[:, [column]] - unit[:, column]), classes) for column in open_columns]
            best = int(np.argmax(rates))
            column = open_columns.pop(best)
            distance += np.square(unit[:, [column]] - unit[:, column])
            order.append(column)
            path.append(rates[best])
        self.order_, self.accuracy_ = tuple(order), tuple(path)
        support = np.zeros(x.shape[1], dtype=bool)
        support[order[: int(np.argmax(path)) + 1]] = True
        self._keep(support, worth)


class SparseSelector(Selector):
    """Keep the columns that a logistic regression with an L1 penalty still uses.

    Parameters
    ----------
    strength : of the data term (scikit-learn's C): smaller keeps fewer
    seed : of the solver

    Attributes
    ----------
    weight_ : (d,) the largest weight of each column, over classes
    """

    weight_: Float64Array

    def __init__(self, strength: float = 0.1, seed: int = 0) -> None:
        self.strength = strength
        self.seed = seed

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        classes = classes_of(y, self)
        try:
            from sklearn.svm import LinearSVC
        except ImportError as error:
            raise MissingExtraError("L1 selection", extra="learn", need="scikit-learn") from error
        clean = _filled(x)
        spread = clean.std(axis=0)
        unit = (clean - clean.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        model = LinearSVC(penalty="l1", dual=False, C=self.strength, random_state=self.seed, max_iter=5000).fit(unit, classes)
        self.weight_ = np.abs(model.coef_).max(axis=0)
        self._keep(self.weight_ > 0, anova_f(clean, classes))


def keep_blocks(table: FeatureTable, *, only: Sequence[str] = (), without: Sequence[str] = ()) -> FeatureTable:
    """Choose by musical meaning: keep only some blocks of a table, or drop some ("without rhythm").

    Raises
    ------
    InputError : if there is no such block, or nothing stays.
    """
    blocks = table.blocks
    for name in (*only, *without):
        if name not in blocks:
            raise InputError(name, found="no block of this name", expected=f"one of {', '.join(blocks)}")
    columns = [column for block, members in blocks.items() if (not only or block in only) and block not in without for column in members]
    if not columns:
        raise InputError("blocks", found="that none stays", next_step="drop fewer")
    return table.columns([table.names[column] for column in sorted(columns)])


def anova_f(x: Float64Array, y: NDArray[Any]) -> Float64Array:
    """Give the F of a one-way analysis of variance for each column, (d,); 0 for a column that never changes."""
    labels, numbers = np.unique(y, return_inverse=True)
    if len(labels) < 2 or len(x) <= len(labels):
        return np.zeros(x.shape[1])
    centred = x - x.mean(axis=0)
    counts = np.bincount(numbers).astype(np.float64)
    sums = np.zeros((len(labels), x.shape[1]))
    np.add.at(sums, numbers, centred)
    between = np.square(sums).T @ (1 / counts)
    total = np.square(centred).sum(axis=0)
    within = np.maximum(total - between, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        f = (between / (len(labels) - 1)) / (within / (len(x) - len(labels)))
    still = total <= 1e-20 * len(x) * np.maximum(np.square(x).mean(axis=0), 1e-300)
    return np.where(still, 0.0, f)


def _mutual_information(x: Float64Array, y: NDArray[Any], seed: int) -> Float64Array:
    try:
        from sklearn.feature_selection import mutual_info_classif
    except ImportError as error:
        raise MissingExtraError("mutual information", extra="learn", need="scikit-learn") from error
    return np.asarray(mutual_info_classif(x, y, random_state=seed), dtype=np.float64)


def _neighbour_rate(distance: Float64Array, classes: NDArray[Any]) -> float:
    return float(np.mean(classes[distance.argmin(axis=1)] == classes))


def _filled(x: Float64Array) -> Float64Array:
    """Put the mean of a column where it is missing: a selector must not fall over a hole that another step would have filled."""
    there = np.isfinite(x)
    if there.all():
        return x
    mean = np.where(there, x, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return np.where(there, x, mean)
