"""One class learnt, everything else strange to it: how well a one-class model tells its own from the rest.

B. Schölkopf and others, *Estimating the Support of a High-Dimensional Distribution*, Neural Computation 13, 2001 (LIBSVM's ``-s 2``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.split import Split
from hexachord.learning.estimators.registry import Settings, learner
from hexachord.learning.evaluation.examples import bring_together
from hexachord.learning.evaluation.result import Interval
from hexachord.learning.evaluation.scoring import vote
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import MeanReplacer
from hexachord.learning.features.table import FeatureTable
from hexachord.metrics.bootstrap import statistic_interval
from hexachord.metrics.tagging import roc_auc


@dataclass(frozen=True, kw_only=True, eq=False)
class NoveltyResult:
    """A model of one class, judged by all.

    Attributes
    ----------
    of : the class that it learnt
    roc_auc : how well its scores rank that class above the rest
    accepted, refused : the share of its own that it took, and of others that it did not
    ids, folds, own, scores : (n,) tracks judged: in which fold, whether of the class, and how much at home
    """

    of: str
    roc_auc: Interval
    accepted: float
    refused: float
    ids: tuple[str, ...]
    folds: IntArray
    own: IntArray
    scores: Float64Array


def evaluate_one_class(
    dataset: Dataset,
    table: FeatureTable,
    split: Split,
    *,
    name: str = "one-class",
    settings: Settings | None = None,
    resamples: int = 500,
    seed: int = 0,
) -> Mapping[str, NoveltyResult]:
    """Learn each class alone from the training sides, and let it judge every test track; pieces of a track vote by their mean.

    Parameters
    ----------
    name : a learner of one class: ``one-class``, or LIBSVM options with ``-s 2``

    Raises
    ------
    InputError : for a learner of something else, several labels, or a class without a training track in some fold.
    """
    made = learner(name)
    if made.task != "one class":
        raise InputError(f"model {name}", found=f"a learner of {made.task}", expected="one-class, or LIBSVM options with -s 2")
    examples = bring_together(dataset, table, group="song")
    if examples.multi_label:
        raise InputError(dataset.name, found="tracks with several labels", expected="one each")
    results = {}
    for label, title in enumerate(dataset.classes):
        parts: list[tuple[IntArray, IntArray, Float64Array, Float64Array]] = []
        for place, fold in enumerate(split.folds):
            learn = np.concatenate([fold.train, fold.valid])
            learn_rows = examples.rows_of(learn[examples.targets[learn] == label])
            judge_rows = examples.rows_of(fold.test[examples.targets[fold.test] >= 0])
            if not len(learn_rows):
                raise InputError(dataset.name, found=f"no track of {title!r} to learn from in fold {place + 1}", expected="at least one")
            if not len(judge_rows):
                continue
            replacer = MeanReplacer().fit(examples.values[learn_rows])
            scaler = Scaler().fit(replacer.transform(examples.values[learn_rows]))
            model = made.make(settings or {}, seed=seed).fit(scaler.transform(replacer.transform(examples.values[learn_rows])))
            rows = scaler.transform(replacer.transform(examples.values[judge_rows]))
            units, scores = vote(np.asarray(model.decision_function(rows), dtype=np.float64)[:, None], examples.unit[judge_rows])
            parts.append((units, np.full(len(units), place), (examples.targets[units] == label).astype(np.float64), scores[:, 0]))
        if not parts:
            raise InputError(dataset.name, found="no test track with a label and features", expected="at least one")
        units, folds, own, scores = (np.concatenate([part[column] for part in parts]) for column in range(4))
        is_own = own == 1
        songs = [examples.songs[int(unit)] for unit in units]

        def drawn(rows: IntArray, truth: IntArray = is_own, said: Float64Array = scores) -> float:
            return roc_auc(truth[rows], said[rows])

        low, high = statistic_interval(songs, drawn, resamples=resamples, seed=seed)
        taken = scores > 0
        results[title] = NoveltyResult(
            of=title,
            roc_auc=Interval(value=roc_auc(is_own, scores), low=low, high=high),
            accepted=float(taken[is_own].mean()) if is_own.any() else float("nan"),
            refused=float((~taken[~is_own]).mean()) if (~is_own).any() else float("nan"),
            ids=tuple(examples.ids[int(unit)] for unit in units),
            folds=folds.astype(np.int64),
            own=is_own.astype(np.int64),
            scores=scores,
        )
    return results
