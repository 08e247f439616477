"""What a run of the lab leaves for its report.

The evaluation is a must; everything else is told where it is known, and a report says what was not measured instead of passing over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.split import Split
from hexachord.learning.evaluation.result import Evaluation, Interval, ModelResult
from hexachord.learning.features.table import FeatureTable


@dataclass(frozen=True, kw_only=True)
class DataChecks:
    """What a look at the files found.

    Attributes
    ----------
    unreadable : lines, file and cause
    duplicates : ids of tracks that hold the same recording, sample by sample
    near_duplicates : ids of tracks that sound the same
    silent : ids of tracks with (almost) nothing in them
    disagreeing : lines about labels that contradict one another
    facts : other lines, as ``codec: ogg 83``
    """

    unreadable: tuple[str, ...] = ()
    duplicates: tuple[tuple[str, ...], ...] = ()
    near_duplicates: tuple[tuple[str, ...], ...] = ()
    silent: tuple[str, ...] = ()
    disagreeing: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class LeakCheck:
    """Whether something stands on both sides of a fold: what was asked (``recording``, ``album`` ...), and lines of what was found."""

    asked: tuple[str, ...]
    found: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Confound:
    """How far one field of the metadata goes with the label, from 0 to 1, by which measure, and whether chance explains it."""

    field: str
    measure: str
    strength: float
    p_value: float


@dataclass(frozen=True, kw_only=True)
class ConfoundCheck:
    """What metadata alone tells of the label: by field, and the balanced accuracy of a classifier that sees nothing else, beside chance."""

    fields: tuple[Confound, ...]
    seen: Interval | None = None
    chance: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TrainingCurve:
    """How a network's loss (or another figure, see `unit`) went, epoch by epoch; `best` is the epoch that was kept, counted from 1."""

    name: str
    train: tuple[float, ...]
    valid: tuple[float, ...]
    unit: str = "loss"
    best: int = 0


@dataclass(frozen=True, kw_only=True)
class Openings:
    """How often the test side of this data was looked at before and with this run, and what for."""

    count: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class LabRun:
    """A run.

    Attributes
    ----------
    title : of the report
    dataset : what was learnt from and judged by
    evaluation : of its models
    split : how the data were divided
    table : features, for the map and the table of blocks
    checks, leaks, confounds, openings : what was found of the data; None where it was not looked for
    trainings : of networks
    limit : the share of the data that was taken, where it was not all of it
    command : that makes this run again
    seeds, hashes, options : by name, as they are to be printed
    """

    title: str
    dataset: Dataset
    evaluation: Evaluation
    split: Split | None = None
    table: FeatureTable | None = None
    checks: DataChecks | None = None
    leaks: LeakCheck | None = None
    confounds: ConfoundCheck | None = None
    openings: Openings | None = None
    trainings: tuple[TrainingCurve, ...] = ()
    limit: float | None = None
    command: str = ""
    seeds: Mapping[str, int] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def multi_label(self) -> bool:
        """Whether tracks may have several classes at once."""
        return any(model.predictions.truth.ndim == 2 for model in self.evaluation.models)

    @property
    def judged_by(self) -> str:
        """The metric by which models are ranked: the first of `RANKED` that all of them have."""
        models = self.evaluation.models
        return next((name for name in RANKED if models and all(name in model.metrics for model in models)), "")

    @property
    def winner(self) -> ModelResult | None:
        """The best model that is no baseline; the first of several equals."""
        own = [model for model in self.evaluation.models if not model.baseline]
        metric = self.judged_by
        return max(own, key=lambda model: model.metrics[metric].value, default=None) if metric else next(iter(own), None)

    @property
    def best_baseline(self) -> ModelResult | None:
        """The baseline that is hardest to beat."""
        known = [model for model in self.evaluation.models if model.baseline]
        metric = self.judged_by
        return max(known, key=lambda model: model.metrics[metric].value, default=None) if metric else next(iter(known), None)


RANKED = ("balanced_accuracy", "pr_auc", "roc_auc", "f1_macro", "top1", "accuracy")
METRICS = {
    "top1": "top-1", "accuracy": "accuracy", "top3": "top-3", "balanced_accuracy": "balanced accuracy", "f1_macro": "F1 macro",
    "f1_weighted": "F1 weighted", "precision_macro": "precision macro", "recall_macro": "recall macro", "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
}  # fmt: skip


def metric_name(metric: str) -> str:
    """What a metric is called in words."""
    return METRICS.get(metric, metric.replace("_", " "))
