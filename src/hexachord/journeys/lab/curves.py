"""The curves of a run: ROC and precision over recall, learning curves, training curves, and the same models under two rules."""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import BoolArray, Float64Array
from hexachord.journeys.lab.run import TrainingCurve
from hexachord.journeys.lab.songs_judged import as_probabilities
from hexachord.journeys.reporting.svg_plots import Line, line_plot
from hexachord.learning.evaluation.result import LearningCurve, Predictions
from hexachord.metrics.tagging import average_precision, pr_curve, roc_auc, roc_curve

_POINTS = 240  # of a curve: a line is no finer than the page
_UNIT = (0.0, 1.0)


def one_against_rest(predictions: Predictions, classes: int) -> tuple[BoolArray, Float64Array]:
    """Read predictions as one question for each class: (n, classes) who has it, and (n, classes) scores."""
    if predictions.truth.ndim == 2:
        return predictions.truth.astype(bool), predictions.scores
    return np.asarray(predictions.truth[:, None] == np.arange(classes)), as_probabilities(predictions.scores)


def roc_and_pr(predictions: Predictions, classes: Sequence[str]) -> tuple[str, str]:
    """Draw ROC and precision-recall curves: each class faint, all judgements in one heap strong; empty where nothing can be drawn."""
    has, scores = one_against_rest(predictions, len(classes))
    rocs, precisions = [], []
    for column, name in enumerate(classes):
        if has[:, column].any() and not has[:, column].all():
            fall, rise, _ = roc_curve(has[:, column], scores[:, column])
            area = roc_auc(has[:, column], scores[:, column])
            rocs.append(_curve(f"{name} ({area:.2f})", fall, rise, faint=True))
            precision, recall, _ = pr_curve(has[:, column], scores[:, column])
            area = average_precision(has[:, column], scores[:, column])
            precisions.append(_curve(f"{name} ({area:.2f})", *_until_all(recall, precision), faint=True))
    if not rocs:
        return "", ""
    heap, told = has.ravel(), scores.ravel()
    fall, rise, _ = roc_curve(heap, told)
    precision, recall, _ = pr_curve(heap, told)
    rocs += [
        _curve(f"all together ({roc_auc(heap, told):.3f})", fall, rise),
        Line(name="guessing", x=_UNIT, y=_UNIT, dots=False, dashed=True),
    ]
    share = float(heap.mean())
    precisions += [
        _curve(f"all together ({average_precision(heap, told):.3f})", *_until_all(recall, precision)),
        Line(name="guessing", x=_UNIT, y=(share, share), dots=False, dashed=True),
    ]
    return (
        _square(rocs, x_label="false positive rate", y_label="true positive rate", title="ROC"),
        _square(precisions, x_label="recall", y_label="precision", title="Precision over recall"),
    )


def _until_all(recall: Float64Array, precision: Float64Array) -> tuple[Float64Array, Float64Array]:
    """End where everything is found: what comes after says nothing."""
    last = int(np.argmax(recall >= 1.0)) + 1
    return recall[:last], precision[:last]


def _square(lines: Sequence[Line], *, x_label: str, y_label: str, title: str) -> str:
    return line_plot(lines, x_label=x_label, y_label=y_label, title=title, x_range=_UNIT, y_range=_UNIT, width=480, height=420)


def _curve(name: str, x: Float64Array, y: Float64Array, *, faint: bool = False) -> Line:
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), _POINTS)).round().astype(np.int64))
    return Line(name=name, x=x[kept].tolist(), y=y[kept].tolist(), dots=False, faint=faint)


def learning_picture(curve: LearningCurve) -> str:
    """Draw how a model does with less to learn from."""
    lines = [Line(name="songs learnt from", x=curve.tracks, y=curve.train), Line(name="songs not heard", x=curve.tracks, y=curve.test)]
    return line_plot(
        lines, x_label="songs learnt from", y_label="balanced accuracy", title=f"Learning curve of {curve.name}", y_range=_UNIT, width=480
    )


def training_picture(curve: TrainingCurve) -> str:
    """Draw how a network's figure went over its epochs."""
    lines = [
        Line(name="learnt from", x=range(1, len(curve.train) + 1), y=curve.train, dots=False),
        Line(name="validation", x=range(1, len(curve.valid) + 1), y=curve.valid, dots=False),
    ]
    if 0 < curve.best <= len(curve.valid):
        lines.append(Line(name=f"kept: epoch {curve.best}", x=[curve.best], y=[curve.valid[curve.best - 1]]))
    return line_plot(lines, x_label="epochs", y_label=curve.unit, title=f"Training of {curve.name}", width=480)
