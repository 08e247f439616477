"""Logistic regression for two classes of unequal size and few rows: strong shrinkage, and a threshold set by rows it had not seen.

Where rows are few, what a model says of its own training rows tells little of where its threshold should lie. So inner folds give each
row a score by models that never saw it; the shrinkage is the one under which those scores separate the classes best, and a logistic curve
through them, both classes weighing alike, says what a score is worth (J. Platt, *Probabilistic Outputs for Support Vector Machines*, 1999).
"""

from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.learning.estimators.base import Estimator
from hexachord.metrics.classification import balanced_accuracy, confusion

_REPEATS = 5
_FOLDS = 5


class BalancedLogistic(Estimator):
    """A classifier of two classes that calls both as often rightly.

    Parameters
    ----------
    strengths : candidates for scikit-learn's ``C``, the strongest shrinkage first
    random_state : of the inner folds
    """

    def __init__(self, strengths: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1, 0.3), random_state: int = 0) -> None:
        self.strengths = strengths
        self.random_state = random_state

    def fit(self, features: FloatArray, targets: Any) -> "BalancedLogistic":
        """Choose the shrinkage, fit, and calibrate.

        Raises
        ------
        ValueError : if there are not two classes.
        """
        rows = np.asarray(features, dtype=np.float64)
        self.classes_, number = np.unique(targets, return_inverse=True)
        if len(self.classes_) != 2:
            raise ValueError(f"two classes are needed, not {len(self.classes_)}")
        self.n_features_in_ = rows.shape[1]
        folds = min(_FOLDS, int(np.bincount(number).min()))
        unseen = {strength: self._unseen(rows, number, strength, folds) for strength in self.strengths} if folds > 1 else {}
        worth = {strength: _separation(self._curve(scores, number), scores, number) for strength, scores in unseen.items()}
        self.C_ = max(worth, key=lambda strength: worth[strength]) if worth else self.strengths[0]
        self.model_ = self._model(self.C_).fit(rows, number)
        self.curve_ = self._curve(unseen[self.C_], number) if unseen else None
        return self

    def decision_function(self, features: FloatArray) -> Float64Array:
        """Give the log odds of the second class, (n,), as if both were equally common."""
        scores = self.model_.decision_function(np.asarray(features, dtype=np.float64))
        found = scores if self.curve_ is None else self.curve_.decision_function(scores[:, None])
        return np.asarray(found, dtype=np.float64)

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give the chances of both classes, (n, 2), as if both were equally common."""
        second = 0.5 * (1.0 + np.tanh(0.5 * self.decision_function(features)))
        return np.asarray(np.stack([1.0 - second, second], axis=1), dtype=np.float64)

    def predict(self, features: FloatArray) -> Any:
        """Give the likelier class of each row."""
        return self.classes_[(self.decision_function(features) >= 0).astype(np.int64)]

    def _model(self, strength: float) -> Any:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=strength, class_weight="balanced", solver="newton-cholesky")

    def _unseen(self, rows: Float64Array, number: Any, strength: float, folds: int) -> Float64Array:
        from sklearn.model_selection import StratifiedKFold

        scores = np.zeros(len(rows))
        for repeat in range(_REPEATS):
            for train, test in StratifiedKFold(folds, shuffle=True, random_state=self.random_state + repeat).split(rows, number):
                scores[test] += self._model(strength).fit(rows[train], number[train]).decision_function(rows[test]) / _REPEATS
        return scores

    def _curve(self, scores: Float64Array, number: Any) -> Any:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=10.0, class_weight="balanced").fit(scores[:, None], number)


def _separation(curve: Any, scores: Float64Array, number: Any) -> float:
    """How well calibrated scores call both classes: balanced accuracy."""
    called = curve.predict(scores[:, None])
    return float(balanced_accuracy(confusion(number, called, classes=2)))
