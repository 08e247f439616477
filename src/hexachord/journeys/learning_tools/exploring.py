"""Tables without a model that predicts: groups, rules, and which columns say something about the class."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.errors import InputError
from hexachord.journeys.learning_tools.tables import Numbers
from hexachord.learning.estimators.association import Rule, association_rules
from hexachord.learning.evaluation.grouping import GroupingResult, evaluate_groupings
from hexachord.learning.features.selection import MeanReplacer, ScoreSelector

METHODS = {"kmeans": "k-means", "k-means": "k-means", "gmm": "gmm", "em": "gmm"}
_BINS = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouped:
    """Groups beside classes.

    Attributes
    ----------
    found : the grouping and how good it is
    classes : names of the rows of `counts`; one empty name where nothing is labelled
    counts : (classes, groups) how many of each class went where
    """

    found: GroupingResult
    classes: tuple[str, ...]
    counts: IntArray


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A column, and what it says of the class alone: F of an analysis of variance, and mutual information in nats."""

    name: str
    anova_f: float
    information: float


def group_rows(numbers: Numbers, method: str, groups: int, *, seed: int = 0) -> Grouped:
    """Group rows (pieces of one id together) without looking at their classes, and compare afterwards.

    Raises
    ------
    InputError : for an unknown method, or too few rows for so many groups.
    MissingExtraError : without scikit-learn, where the method needs it.
    """
    if method.lower() not in METHODS:
        raise InputError(f"--cluster {method}", found="no such method", expected="kmeans or gmm")
    dataset = numbers.dataset
    found = evaluate_groupings(dataset, numbers.tables["features"], counts=(groups,), methods=(METHODS[method.lower()],), seed=seed)[0]
    classes = dataset.classes if dataset.classes and not dataset.multi_label else ("",)
    counts = np.zeros((len(classes), found.groups), dtype=np.int64)
    for track, group in zip(dataset.tracks, found.assigned, strict=True):
        row = 0 if classes == ("",) else classes.index(track.label) if track.labels else -1
        if row >= 0:
            counts[row, group] += 1
    return Grouped(found=found, classes=classes, counts=counts)


def find_rules(numbers: Numbers, *, least_support: float = 0.1, least_confidence: float = 0.9, most: int = 10) -> tuple[Rule, ...]:
    """Find association rules among categories, the class among them; numbers are cut into three ranges with as many rows each.

    Raises
    ------
    InputError : if support or confidence are not above 0 and at most 1, or there are too many columns to try.
    """
    for name, value in (("--support", least_support), ("--confidence", least_confidence)):
        if not 0 < value <= 1:
            raise InputError(name, found=f"{value:g}", expected="more than 0, at most 1")
    names = numbers.data.table.names
    if len(names) > 60:
        raise InputError(
            numbers.name,
            found=f"{len(names)} columns",
            expected="at most 60: rules grow with every pair of them",
            next_step="keep the best ones (--select ranks them)",
        )
    columns = [_items(numbers, column) for column in range(len(names))]
    labels = [f"{numbers.data.target or 'class'} = {label}" if label else "" for label in numbers.data.labels]
    rows = [tuple(item for item in row if item) for row in zip(*columns, labels, strict=True)]
    return association_rules(rows, least_support=least_support, least_confidence=least_confidence, most=most)


def rank_columns(numbers: Numbers, *, seed: int = 0) -> tuple[Ranked, ...]:
    """Rank columns by what each, alone, says of the class; the most telling first.

    Raises
    ------
    InputError : if there are fewer than two classes, or rows have several.
    MissingExtraError : without scikit-learn.
    """
    from hexachord.learning.estimators.registry import require_scikit_learn

    require_scikit_learn("learn table --select")
    table = numbers.tables["features"]
    known = np.array([bool(label) for label in numbers.data.labels])
    labels = np.array(numbers.data.labels)[known]
    if len(set(labels)) < 2 or numbers.dataset.multi_label:
        raise InputError(numbers.name, found=f"{len(set(labels))} classes", expected="one class of several for each row")
    values = MeanReplacer().fit(table.values[known]).transform(table.values[known])
    targets = np.unique(labels, return_inverse=True)[1]
    f, information = (_scores(values, targets, kind, seed) for kind in ("anova", "mutual-information"))
    order = np.lexsort((np.arange(len(f)), -np.nan_to_num(f, posinf=np.inf)))
    return tuple(Ranked(name=table.names[column], anova_f=float(f[column]), information=float(information[column])) for column in order)


def _scores(values: Float64Array, targets: IntArray, kind: str, seed: int) -> Float64Array:
    selector = ScoreSelector("anova", keep=1.0, seed=seed) if kind == "anova" else ScoreSelector("mutual-information", keep=1.0, seed=seed)
    return np.asarray(selector.fit(values, targets).scores_, dtype=np.float64)


def _items(numbers: Numbers, column: int) -> Sequence[str]:
    """A column as items: ``outlook = sunny``, ``petal length <= 2.6``; nothing where it is not known."""
    name = numbers.data.table.names[column]
    values = numbers.data.table.values[:, column]
    if name in numbers.data.nominal:
        words = numbers.data.nominal[name]
        return ["" if np.isnan(value) else f"{name} = {words[int(value)]}" for value in values]
    there = values[np.isfinite(values)]
    distinct = np.unique(there)
    if len(distinct) <= _BINS:
        return [f"{name} = {value:g}" if np.isfinite(value) else "" for value in values]
    edges = np.unique(np.quantile(there, np.linspace(0, 1, _BINS + 1)[1:-1]))
    ranges = [f"{low:.4g}..{high:.4g}" for low, high in pairwise(edges)]
    items = [f"{name} <= {edges[0]:.4g}", *(f"{name} = {one}" for one in ranges), f"{name} > {edges[-1]:.4g}"]
    return [items[int(np.searchsorted(edges, value))] if np.isfinite(value) else "" for value in values]
