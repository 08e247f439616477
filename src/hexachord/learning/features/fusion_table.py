"""Early against late fusion, side by side: each branch alone, their columns together, their answers together, on the same folds.

The table of multimodal studies: audio, score and lyrics alone, fused early, and fused late by every rule. Whatever is learnt (scales, block
strengths, penalties, weights, stacking) is learnt from the training side of each fold; its inner cross-validation keeps groups whole.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.errors import InputError, MissingExtraError
from hexachord.learning.datasets.split import Fold
from hexachord.learning.features.fusion import BlockScaler, LateRule, early_fusion, fit_stacking, fit_weights, fuse_scores
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import MeanReplacer
from hexachord.learning.features.table import FeatureTable
from hexachord.metrics.classification import balanced_accuracy, confusion, evaluate

_STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)
_LATE: tuple[LateRule, ...] = ("mean", "weighted", "majority", "product")


@dataclass(frozen=True, kw_only=True, eq=False)
class FusionRow:
    """One line of the table.

    Attributes
    ----------
    name : the branch; ``early``; ``late mean`` ...
    kind : ``branch``, ``early`` or ``late``
    metrics : see `hexachord.metrics.classification.evaluate`
    scores : (judged, classes) what was said of each row when it was on a test side
    """

    name: str
    kind: str
    metrics: Mapping[str, float]
    scores: Float64Array


@dataclass(frozen=True, kw_only=True, eq=False)
class FusionTable:
    """Branches and fusions, judged by the same rows.

    Attributes
    ----------
    rows : branches first, then early, then late
    judged : numbers of the rows that were on a test side, in the order of the folds
    truth : (judged,) their classes
    """

    rows: tuple[FusionRow, ...]
    judged: IntArray
    truth: IntArray

    def lines(self, metrics: Sequence[str] = ("top1", "balanced_accuracy", "f1_macro")) -> tuple[str, ...]:
        """Tell it as text: a heading, and a line for each row."""
        wide = max(len(row.name) for row in self.rows)
        heading = " ".join([" " * wide, *(f"{name:>18}" for name in metrics)])
        return (heading, *(" ".join([f"{row.name:<{wide}}", *(f"{row.metrics[name]:>18.3f}" for name in metrics)]) for row in self.rows))


def compare_fusions(
    branches: Mapping[str, FeatureTable],
    truth: IntArray,
    folds: Sequence[Fold],
    *,
    groups: Sequence[str] | None = None,
    rules: Sequence[LateRule] = _LATE,
    stacking: bool = True,
    model: Callable[[float], Any] | None = None,
    strengths: Sequence[float] = _STRENGTHS,
    inner_folds: int = 3,
    seed: int = 0,
) -> FusionTable:
    """Judge every branch, early fusion and late fusion on the same folds.

    Parameters
    ----------
    branches : tables of the same tracks in the same order, one row each (`FeatureTable.in_order_of`)
    truth : (n,) class of each row, -1 where it is not known (such rows are left out)
    folds : of row numbers; what is to choose by is learnt from too
    groups : (n,) what must stay together within the training side as well (songs, albums)
    rules, stacking : how answers are fused
    model : gives a classifier with probabilities for a strength of its data term; logistic regression when not given
    strengths : the inner cross-validation chooses among these
    inner_folds : of it
    seed : of its drawing

    Raises
    ------
    InputError : if a training side has only one class.
    MissingExtraError : if scikit-learn is not installed.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("fusion", extra="learn", need="scikit-learn") from error
    together = early_fusion(branches)
    inputs: dict[str, tuple[Float64Array, tuple[tuple[int, ...], ...]]] = {name: (table.values, ()) for name, table in branches.items()}
    inputs["early"] = (together.table.values, tuple(together.blocks.values()))
    classes = int(truth.max()) + 1
    owners = np.asarray(groups if groups is not None else [str(row) for row in range(len(truth))])
    names = [*branches, "early", *(f"late {rule}" for rule in rules), *(["late stacking"] if stacking else [])]
    said: dict[str, list[Float64Array]] = {name: [] for name in names}
    judged: list[IntArray] = []
    for fold in folds:
        train, test = (rows[truth[rows] >= 0] for rows in (np.concatenate([fold.train, fold.valid]), fold.test))
        labels, numbers = np.unique(truth[train], return_inverse=True)
        if len(labels) < 2:
            raise InputError("fusion", found="a training side with one class", expected="two or more", next_step="split otherwise")
        inner = _inner_folds(numbers, owners[train], inner_folds, seed)
        outcome = {
            name: _cross(values[train], numbers, values[test], inner, blocks, model or _regression, strengths)
            for name, (values, blocks) in inputs.items()
        }
        tried = [outcome[name][0] for name in branches]
        answers = [outcome[name][1] for name in branches]
        found = {name: outcome[name][1] for name in [*branches, "early"]}
        for rule in rules:
            weights = fit_weights(tried, numbers) if rule == "weighted" else None
            found[f"late {rule}"] = fuse_scores(answers, rule=rule, weights=weights)
        if stacking:
            found["late stacking"] = fit_stacking(tried, numbers).fuse(answers)
        for name, scores in found.items():
            whole = np.zeros((len(test), classes))
            whole[:, labels] = scores
            said[name].append(whole)
        judged.append(test)
    order = np.concatenate(judged)
    kinds = dict.fromkeys(branches, "branch") | {"early": "early"}
    rows = []
    for name in names:
        scores = np.concatenate(said[name])
        rows.append(FusionRow(name=name, kind=kinds.get(name, "late"), metrics=evaluate(truth[order], scores), scores=scores))
    return FusionTable(rows=tuple(rows), judged=order, truth=np.asarray(truth[order]))


def _cross(
    values: Float64Array,
    numbers: IntArray,
    test: Float64Array,
    inner: Sequence[tuple[IntArray, IntArray]],
    blocks: tuple[tuple[int, ...], ...],
    model: Callable[[float], Any],
    strengths: Sequence[float],
) -> tuple[Float64Array, Float64Array]:
    """Give what is said of training rows out of fold, and of test rows, with the strength that is right most often out of fold.

    Of those equally often right it is the one that gives the truth the highest probabilities.
    """
    classes = int(numbers.max()) + 1
    best: tuple[tuple[float, float], float, Float64Array] | None = None
    for strength in strengths:
        tried = np.full((len(values), classes), 1 / classes)
        for learn, judge in inner:
            tried[judge] = _answer(values[learn], numbers[learn], values[judge], blocks, model(strength), classes)
        right = float(balanced_accuracy(confusion(numbers, np.asarray(tried.argmax(axis=1)), classes=classes)))
        worth = (round(right, 9), float(np.log(np.maximum(tried[np.arange(len(numbers)), numbers], 1e-6)).mean()))
        if best is None or worth > best[0]:
            best = (worth, strength, tried)
    assert best is not None
    return best[2], _answer(values, numbers, test, blocks, model(best[1]), classes)


def _answer(
    train: Float64Array, numbers: IntArray, test: Float64Array, blocks: tuple[tuple[int, ...], ...], model: Any, classes: int
) -> Float64Array:
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(MeanReplacer(), Scaler(), BlockScaler(blocks or (tuple(range(train.shape[1])),)), model)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*unique classes is greater than 50%.*|.*failed to converge.*")
        pipeline.fit(train, numbers)
    answers = np.zeros((len(test), classes))
    answers[:, pipeline.classes_] = pipeline.predict_proba(test)
    return answers


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10 * strength, class_weight="balanced", max_iter=2000)  # rows have about unit length: see `BlockScaler`


def _inner_folds(numbers: IntArray, owners: Any, folds: int, seed: int) -> list[tuple[IntArray, IntArray]]:
    from sklearn.model_selection import StratifiedGroupKFold

    count = min(folds, len(np.unique(owners)))
    if count < 2:
        raise InputError("fusion", found="a training side that is one group", expected="two or more", next_step="split otherwise")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*least populated class.*|.*unique classes is greater than 50%.*")
        parts = list(StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(numbers, numbers, owners))
    return [(learn, judge) for learn, judge in parts if len(np.unique(numbers[learn])) > 1 and len(judge)]
