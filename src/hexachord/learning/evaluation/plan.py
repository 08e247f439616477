"""What is to be evaluated: models, their features and what may be tuned; how they are judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from hexachord.errors import InputError
from hexachord.learning.estimators.registry import Settings
from hexachord.learning.features.piecewise import Vote

SCORINGS = ("f1_weighted", "f1_macro", "balanced_accuracy", "top1")


@dataclass(frozen=True, kw_only=True)
class ModelPlan:
    """One model on one table.

    Attributes
    ----------
    learner : a name of the registry, or options of LIBSVM's ``svm-train``
    name : in tables; the learner's name (and the table's, where there are several) if empty
    table : the name of its table; empty for the first
    blocks : the blocks of columns that it sees; all if none are named
    settings : that are not tuned
    grid : what an inner cross-validation decides between; None for the learner's own, () for nothing
    preparation : scikit-learn transformers, copied and fitted to training rows only, before the learner; None for mean imputation and
        z-scores
    about : more words for the report, as ``dimensions chosen by ANOVA``
    """

    learner: str
    name: str = ""
    table: str = ""
    blocks: tuple[str, ...] = ()
    settings: Settings = field(default_factory=dict)
    grid: tuple[Settings, ...] | None = None
    preparation: tuple[Any, ...] | None = None
    about: str = ""


def called(plan: ModelPlan, *, tables: int) -> str:
    """What a plan's model is called in tables: by its own name, else by its learner, and its table where there are several.

    Examples
    --------
    >>> called(ModelPlan(learner="knn", table="pieces"), tables=2), called(ModelPlan(learner="knn"), tables=1)
    ('knn of pieces', 'knn')
    """
    return plan.name or plan.learner + (f" of {plan.table}" if tables > 1 else "")


@dataclass(frozen=True, kw_only=True)
class FusionPlan:
    """Several models that answer together (late fusion).

    Attributes
    ----------
    name : in tables
    of : names of models
    rule : ``mean``, ``product``, ``majority``, ``max`` or ``weighted``; ``tuned`` weights or ``stacking`` are learnt from what the models
        said in inner folds of the training side
    weights : of ``weighted``, by model
    """

    name: str
    of: tuple[str, ...]
    rule: str = "mean"
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EvaluationOptions:
    """How models are tuned and judged.

    Attributes
    ----------
    inner_folds : of the search inside each fold, grouped as the split is
    scoring : what the search looks at: one of `SCORINGS`; for multi-label data the mean average precision, whatever is said
    random_tries : how many points of a grid a search tries, drawn at random; 0 for all
    vote : how the pieces of a song answer together: ``mean``, ``max``, ``median``, ``majority`` or ``product``
    keep_unseen : whether inner folds are run though nothing is tuned, for what fusions learn from; `evaluate` sets it where one needs it
    top : which top-k are counted
    baselines : whether majority, shuffled labels and an SVM of MFCC statistics stand beside the models
    resamples : of the bootstrap over songs
    curve : shares of the training songs for learning curves; none for none
    curve_models : whose; the best one's if none are named
    chunk_twin : whether the same models are also judged where pieces of one song stand on both sides
    seed : of everything drawn
    """

    inner_folds: int = 3
    scoring: str = "f1_weighted"
    random_tries: int = 0
    vote: Vote = "mean"
    keep_unseen: bool = False
    top: tuple[int, ...] = (3,)
    baselines: bool = True
    resamples: int = 1000
    curve: tuple[float, ...] = ()
    curve_models: tuple[str, ...] = ()
    chunk_twin: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.vote not in get_args(Vote):
            raise InputError("vote", found=repr(self.vote), expected=" or ".join(get_args(Vote)))
        if self.scoring not in SCORINGS:
            raise InputError("scoring", found=repr(self.scoring), expected=" or ".join(SCORINGS))
        if self.inner_folds < 2:
            raise InputError("inner folds", found=str(self.inner_folds), expected="2 or more")
        if any(not 0 < share <= 1 for share in self.curve):
            raise InputError("learning curve", found=f"shares {self.curve}", expected="more than 0, at most 1")
