"""What an evaluation leaves: for each model, who was taken for whom, with what scores, and how sure the numbers are.

Plain numbers and names; `hexachord.journeys.lab` draws them, benches print them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hexachord.arrays import Float64Array, IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """What a model said of tracks that it had not learnt from, one row for each track and time that it was judged.

    Attributes
    ----------
    ids : (n,) of tracks; repeated splits judge a track more than once
    folds : (n,) the number of the fold in which it was judged
    truth : (n,) index of the true class; for multi-label data (n, classes) of 0 and 1
    scores : (n, classes) higher is likelier: probabilities where the model gives them
    decided : (n, classes) the labels given, of 0 and 1, by thresholds tuned on validation songs; None for one class each
    """

    ids: tuple[str, ...]
    folds: IntArray
    truth: IntArray
    scores: Float64Array
    decided: IntArray | None = None


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A number, and between what it lies with 95 % confidence: bootstrap over songs."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelResult:
    """One model on one set of features.

    Attributes
    ----------
    name : as in the table: ``svm``, ``majority``, ``mfcc svm`` ...
    about : model, options chosen, features and fusion in one line
    metrics : by name: ``top1 top3 balanced_accuracy f1_macro f1_weighted precision_macro recall_macro roc_auc pr_auc`` ...
    per_class : by class: ``precision recall f1`` and ``support`` (value alone)
    confusion : (classes, classes) counts, actual x predicted; (0, 0) for multi-label data
    predictions : what all of it was computed from
    train_metrics : the same of the tracks that it learnt from, where that was measured: the gap is over-fitting
    chosen : what was tuned, fold by fold, in words
    fit_s, predict_s : seconds, over all folds
    baseline : whether it is there to be beaten
    """

    name: str
    about: str
    metrics: Mapping[str, Interval]
    per_class: Mapping[str, Mapping[str, Interval]]
    confusion: IntArray
    predictions: Predictions
    train_metrics: Mapping[str, float] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    fit_s: float = 0.0
    predict_s: float = 0.0
    baseline: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two models on the same tracks: what the first has more, in top-1, and whether chance explains it (McNemar's exact test)."""

    first: str
    second: str
    gain: Interval
    only_first: int
    only_second: int
    p_value: float


@dataclass(frozen=True, kw_only=True, eq=False)
class LearningCurve:
    """How a model does with less to learn from: tracks learnt from, and balanced accuracy on both sides."""

    name: str
    tracks: tuple[int, ...]
    train: tuple[float, ...]
    test: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """All of it, for a report.

    Attributes
    ----------
    classes : of the rows and columns of every confusion
    rule : of the split
    models : baselines first
    comparisons : pairs
    curves : learning curves
    chunk_models : the same models where pieces of one song were let stand on both sides (the number that must not be quoted)
    notes : warnings in words
    """

    classes: tuple[str, ...]
    rule: str
    models: tuple[ModelResult, ...]
    comparisons: tuple[Comparison, ...] = ()
    curves: tuple[LearningCurve, ...] = ()
    chunk_models: tuple[ModelResult, ...] = ()
    notes: tuple[str, ...] = ()
