"""What a run of the lab leaves for its report.

The evaluation is a must; everything else is told where it is known, and a report says what was not measured instead of passing over it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hexachord.learning.datasets.confounds import Confounds, MetadataClassifier
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.integrity import Integrity
from hexachord.learning.datasets.leaks import LeakReport
from hexachord.learning.datasets.openings import Opening
from hexachord.learning.datasets.split import Split
from hexachord.learning.evaluation.result import Evaluation, ModelResult
from hexachord.learning.features.table import FeatureTable


@dataclass(frozen=True, kw_only=True)
class TrainingCurve:
    """How a network's loss (or another figure, see `unit`) went, epoch by epoch; `best` is the epoch that was kept, counted from 1."""

    name: str
    train: tuple[float, ...]
    valid: tuple[float, ...]
    unit: str = "loss"
    best: int = 0


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
    integrity, leaks, confounds : what was found of the data; None where it was not looked for
    openings : of this test side, this run's own among them; None where nobody counts
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
    integrity: Integrity | None = None
    leaks: LeakReport | None = None
    confounds: Confounds | None = None
    openings: tuple[Opening, ...] | None = None
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
    def deaf_forests(self) -> tuple[tuple[MetadataClassifier, str], ...]:
        """Classifiers that never heard a song, and what they saw: all metadata; what the files show, which a model may well hear."""
        if self.confounds is None:
            return ()
        what_files_show = "What the files show (codec, level, bandwidth)"
        pairs = ((self.confounds.classifier, "Metadata"), (self.confounds.of_files, what_files_show))
        return tuple((forest, what) for forest, what in pairs if forest is not None)

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


RANKED = ("balanced_accuracy", "f1_macro", "pr_auc", "roc_auc", "top1", "accuracy")
METRICS = {
    "top1": "top-1", "accuracy": "accuracy", "top3": "top-3", "balanced_accuracy": "balanced accuracy", "f1_macro": "F1 macro",
    "f1_weighted": "F1 weighted", "precision_macro": "precision macro", "recall_macro": "recall macro", "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
}  # fmt: skip


def metric_name(metric: str) -> str:
    """What a metric is called in words."""
    return METRICS.get(metric, metric.replace("_", " "))
