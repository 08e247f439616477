"""The deck's experiment with scikit-learn, as it runs today.

The slide imports ``sklearn.cross_validation`` and ``sklearn.grid_search``, which are gone; the experiment is the same: hold a part out,
search an RBF kernel (gamma 1e-3, 1e-4; C 1 to 1000) and a linear one (C 1 to 1000) by five folds of the rest for the weighted F, and
report on what was held out. F. Pedregosa and others, *Scikit-learn: Machine Learning in Python*, JMLR 12, 2011.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.learning.estimators.registry import Settings, require_scikit_learn
from hexachord.metrics.classification import confusion, table_figures

COSTS = (1, 10, 100, 1000)
GAMMAS = (1e-3, 1e-4)


@dataclass(frozen=True, kw_only=True, eq=False)
class SlideResult:
    """What the experiment found.

    Attributes
    ----------
    tried : settings, the mean weighted F over the five folds, and its standard deviation, in the slide's order
    best : of them
    confusion : (classes, classes) of the part held out
    metrics : of it (see `hexachord.metrics.classification.table_figures`)
    report : scikit-learn's ``classification_report`` of it
    """

    tried: tuple[tuple[Settings, float, float], ...]
    best: Settings
    confusion: IntArray
    metrics: dict[str, float]
    report: str


def run_slide_experiment(features: FloatArray, targets: IntArray, *, held_out: float = 0.5, seed: int = 0) -> SlideResult:
    """Run it on rows and their classes.

    Parameters
    ----------
    features : (n, d), as the slide has them: not scaled
    targets : (n,) numbers of classes from 0
    held_out : the share that is judged

    Raises
    ------
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("the slide's experiment")
    from sklearn.metrics import classification_report
    from sklearn.model_selection import GridSearchCV, train_test_split
    from sklearn.svm import SVC

    learn, judge, learn_targets, truth = train_test_split(features, targets, test_size=held_out, random_state=seed)
    grid = [{"kernel": ["rbf"], "gamma": list(GAMMAS), "C": list(COSTS)}, {"kernel": ["linear"], "C": list(COSTS)}]
    search = GridSearchCV(SVC(), grid, cv=5, scoring="f1_weighted").fit(learn, learn_targets)
    predicted = np.asarray(search.predict(judge), dtype=np.int64)
    table = confusion(np.asarray(truth, dtype=np.int64), predicted, classes=int(np.max(targets)) + 1)
    found = search.cv_results_
    return SlideResult(
        tried=tuple(
            (dict(settings), float(mean), float(spread))
            for settings, mean, spread in zip(found["params"], found["mean_test_score"], found["std_test_score"], strict=True)
        ),
        best=dict(search.best_params_),
        confusion=table,
        metrics={name: float(value) for name, value in table_figures(table).items()},
        report=str(classification_report(truth, predicted, zero_division=0)),
    )
