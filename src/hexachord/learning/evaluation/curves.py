"""Learning curves: would more music help?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.arrays import IntArray
from hexachord.learning.datasets.split import Fold
from hexachord.learning.estimators.registry import Settings
from hexachord.learning.evaluation.crossing import Progress, cross
from hexachord.learning.evaluation.examples import Examples
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.result import LearningCurve
from hexachord.metrics.classification import balanced_accuracy, confusion
from hexachord.metrics.tagging import label_figures


def learning_curve(
    plan: ModelPlan,
    examples: Examples,
    folds: Sequence[Fold],
    *,
    classes: int,
    options: EvaluationOptions,
    settings: Sequence[Settings] | None = None,
    progress: Progress | None = None,
) -> LearningCurve:
    """Learn from growing parts of each training side, and judge by the whole test side.

    A smaller part lies within every larger one; each class keeps its share, and at least one unit.

    Parameters
    ----------
    settings : by fold, as a search on the whole side chose them; nothing is searched anew
    """
    counts, train, test = [], [], []
    sides = [np.concatenate([fold.train, fold.valid]) for fold in folds]  # what a model is fitted to in the end
    order = [_dealt(examples, side, options.seed + number) for number, side in enumerate(sides)]
    for share in sorted(options.curve):
        parts = [Fold(train=_part(dealt, share), test=fold.test) for fold, dealt in zip(folds, order, strict=True)]
        name = f"{plan.name or plan.learner} of {share:.0%}"
        crossing = cross(replace(plan, name=name), examples, parts, classes=classes, options=options, settings=settings, progress=progress)
        counts.append(round(float(np.mean([len(part.train) for part in parts]))))
        truth, scores = crossing.predictions.truth, crossing.predictions.scores
        if crossing.predictions.decided is not None:
            test.append(float(label_figures(truth, crossing.predictions.decided).f1.mean()))
            train.append(crossing.train_metrics["f1_macro"])
        else:
            test.append(float(balanced_accuracy(confusion(truth, np.argmax(scores, axis=1), classes=classes))))
            train.append(crossing.train_metrics["balanced_accuracy"])
    return LearningCurve(name=plan.name or plan.learner, tracks=tuple(counts), train=tuple(train), test=tuple(test))


def _dealt(examples: Examples, units: IntArray, seed: int) -> list[IntArray]:
    """The units of each class in a random order (all in one heap for indicators)."""
    random = np.random.default_rng(seed)
    if examples.multi_label:
        return [random.permutation(units)]
    targets = examples.targets[units]
    return [random.permutation(units[targets == label]) for label in np.unique(targets[targets >= 0])]


def _part(dealt: Sequence[IntArray], share: float) -> IntArray:
    return np.sort(np.concatenate([units[: max(1, round(share * len(units)))] for units in dealt]))
