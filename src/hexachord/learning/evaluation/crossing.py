"""Fold by fold: fit on one side, judge on the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.errors import InputError
from hexachord.learning.datasets.split import Fold
from hexachord.learning.estimators.registry import Settings
from hexachord.learning.evaluation.examples import Examples
from hexachord.learning.evaluation.fitting import FittedModel, fit_model
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.result import Predictions
from hexachord.learning.evaluation.scoring import vote
from hexachord.metrics import tagging
from hexachord.metrics.classification import confusion, table_figures

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Crossing:
    """What a model said in all folds.

    Attributes
    ----------
    predictions : one row for each fold and unit judged
    units : (n,) the unit of each row
    train_metrics : means over folds of figures of the units learnt from
    chosen : by fold, in words
    settings : by fold, as the search took them
    unseen : by fold, (all units, classes) scores from inner folds of the training side, NaN elsewhere; None where there were none
    fit_s, predict_s : seconds
    """

    predictions: Predictions
    units: IntArray
    train_metrics: dict[str, float]
    chosen: tuple[str, ...]
    settings: tuple[Settings, ...]
    unseen: tuple[Float64Array | None, ...]
    fit_s: float
    predict_s: float


def cross(
    plan: ModelPlan,
    examples: Examples,
    folds: Sequence[Fold],
    *,
    classes: int,
    options: EvaluationOptions,
    settings: Sequence[Settings] | None = None,
    shuffle_labels: bool = False,
    progress: Progress | None = None,
) -> Crossing:
    """Fit a model in every fold, and let it say what it thinks of that fold's test side.

    Parameters
    ----------
    settings : chosen before, fold by fold: nothing is searched
    shuffle_labels : whether the training units' targets are dealt out anew, so that there is nothing to learn

    Raises
    ------
    InputError : if no fold has a test unit with a label and features.
    """
    ids: list[str] = []
    numbers: list[IntArray] = []
    units: list[IntArray] = []
    scores: list[Float64Array] = []
    decided: list[IntArray] = []
    gaps: list[dict[str, float]] = []
    models: list[FittedModel] = []
    fit_s = predict_s = 0.0
    for number, fold in enumerate(folds):
        if progress is not None:
            progress(f"{plan.name or plan.learner}: fold {number + 1} of {len(folds)}")
        seen = _shuffled(examples, fold, options.seed + number) if shuffle_labels else examples
        began = perf_counter()
        fixed = None if settings is None else settings[number]
        model = fit_model(plan, seen, fold.train, classes=classes, valid=fold.valid, options=options, fixed=fixed)
        fit_s += perf_counter() - began
        began = perf_counter()
        test = _judged(examples, fold.test)
        if len(test):
            found, voted = unit_scores(model, examples, test)
            units.append(found)
            scores.append(voted)
            numbers.append(np.full(len(found), number, dtype=np.int64))
            ids += [examples.ids[unit] for unit in found]
            if model.thresholds is not None:
                decided.append(np.asarray(voted >= model.thresholds, dtype=np.int64))
        predict_s += perf_counter() - began
        gaps.append(_side_figures(model, seen, np.concatenate([fold.train, fold.valid])))
        models.append(model)
    if not units:
        raise InputError(
            "evaluation", found="no test track with a label and features", expected="at least one", next_step="check the split's test side"
        )
    every = np.concatenate(units)
    return Crossing(
        predictions=Predictions(
            ids=tuple(ids),
            folds=np.concatenate(numbers),
            truth=examples.targets[every],
            scores=np.concatenate(scores),
            decided=np.concatenate(decided) if decided else None,
        ),
        units=every,
        train_metrics={name: float(np.mean([gap[name] for gap in gaps])) for name in gaps[0]},
        chosen=tuple(in_words(model.chosen) + ("" if model.converged else " (stopped before it converged)") for model in models),
        settings=tuple(model.chosen for model in models),
        unseen=tuple(model.searched for model in models),
        fit_s=fit_s,
        predict_s=predict_s,
    )


def unit_scores(model: FittedModel, examples: Examples, units: IntArray) -> tuple[IntArray, Float64Array]:
    """Score units: their numbers, ascending, and (units, classes)."""
    rows = examples.rows_of(units)
    return vote(model.row_scores(examples.values[rows]), examples.unit[rows], rule=model.vote)


def in_words(settings: Settings) -> str:
    """Write settings in one line.

    Examples
    --------
    >>> in_words({"C": 10.0, "gamma": 0.0123456})
    'C 10, gamma 0.01235'
    """
    return ", ".join(f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in settings.items())


def cross_majority(examples: Examples, folds: Sequence[Fold], *, classes: int) -> Predictions:
    """Say of every test unit how common the classes are on its training side: the baseline that looks at nothing."""
    ids: list[str] = []
    numbers: list[IntArray] = []
    truth: list[IntArray] = []
    scores: list[Float64Array] = []
    for number, fold in enumerate(folds):
        train, test = _judged(examples, np.concatenate([fold.train, fold.valid])), _judged(examples, fold.test)
        targets = examples.targets[train]
        shares = targets.mean(axis=0) if examples.multi_label else np.bincount(targets, minlength=classes) / len(targets)
        test = np.sort(test)
        ids += [examples.ids[unit] for unit in test]
        numbers.append(np.full(len(test), number, dtype=np.int64))
        truth.append(examples.targets[test])
        scores.append(np.tile(shares, (len(test), 1)))
    return Predictions(ids=tuple(ids), folds=np.concatenate(numbers), truth=np.concatenate(truth), scores=np.concatenate(scores))


def _judged(examples: Examples, units: IntArray) -> IntArray:
    units = units[examples.has_rows[units]]
    return units if examples.multi_label else units[examples.targets[units] >= 0]


def _side_figures(model: FittedModel, examples: Examples, units: IntArray) -> dict[str, float]:
    units = _judged(examples, units)
    found, scores = unit_scores(model, examples, units)
    targets = examples.targets[found]
    if model.thresholds is not None:
        figures = tagging.evaluate(targets, scores, decided=np.asarray(scores >= model.thresholds, dtype=np.int64))
        return {name: figures[name] for name in ("f1_macro", "f1_micro", "pr_auc")}
    table = table_figures(confusion(targets, np.argmax(scores, axis=1), classes=model.classes))
    return {name: float(table[name]) for name in ("top1", "balanced_accuracy", "f1_macro", "f1_weighted")}


def _shuffled(examples: Examples, fold: Fold, seed: int) -> Examples:
    """Deal the targets of the training side out anew: classes stay as common as they are, songs keep all their pieces together."""
    side = np.concatenate([fold.train, fold.valid])
    targets = examples.targets.copy()
    targets[side] = examples.targets[np.random.default_rng(seed).permutation(side)]
    return replace(examples, targets=targets)
