"""Logistic regression for two classes of unequal size and few rows: strong shrinkage, and a threshold set by rows it had not seen.

Where rows are few, what a model says of its own training rows tells little of where its threshold should lie. So inner folds give each
row a score by models that never saw it; the shrinkage is the one whose scores call both classes best, and a logistic curve through them,
both classes weighing alike, says what a score is worth (J. Platt, *Probabilistic Outputs for Support Vector Machines*, 1999). Leaving out
one row at a time would not do: it shifts the mean against the row that is left out.
"""

from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.learning.estimators.base import Estimator
from hexachord.metrics.classification import balanced_accuracy, confusion

_REPEATS = 5
_FOLDS = 5
_STEPS = 50
_CLOSE = 1e-8


class BalancedLogistic(Estimator):
    """A classifier of two classes that calls both as often rightly.

    Parameters
    ----------
    strengths : candidates for ``C`` as scikit-learn means it (columns standardised), the strongest shrinkage first
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
        self.classes_, found = np.unique(targets, return_inverse=True)
        number = found.astype(np.int64)
        if len(self.classes_) != 2:
            raise ValueError(f"two classes are needed, not {len(self.classes_)}")
        self.n_features_in_ = rows.shape[1]
        folds = min(_FOLDS, int(np.bincount(number).min()))
        unseen = self._unseen(rows, number, folds) if folds > 1 else {}
        worth = {strength: _rightly_called(scores, number) for strength, scores in unseen.items()}
        self.C_ = max(worth, key=lambda strength: worth[strength]) if worth else self.strengths[0]
        self.weights_ = _logistic(rows, number, self.C_)
        self.curve_ = _curve(unseen[self.C_], number) if unseen else None
        return self

    def decision_function(self, features: FloatArray) -> Float64Array:
        """Give the log odds of the second class, (n,), as if both were equally common."""
        scores = _scores(np.asarray(features, dtype=np.float64), self.weights_)
        return np.asarray(scores if self.curve_ is None else self.curve_.decision_function(scores[:, None]), dtype=np.float64)

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give the chances of both classes, (n, 2), as if both were equally common."""
        second = 0.5 * (1.0 + np.tanh(0.5 * self.decision_function(features)))
        return np.asarray(np.stack([1.0 - second, second], axis=1), dtype=np.float64)

    def predict(self, features: FloatArray) -> Any:
        """Give the likelier class of each row."""
        return self.classes_[(self.decision_function(features) >= 0).astype(np.int64)]

    def _unseen(self, rows: Float64Array, number: IntArray, folds: int) -> dict[float, Float64Array]:
        """Under each shrinkage, the mean score of each row by models that had not seen it."""
        from sklearn.model_selection import StratifiedKFold

        scores = {strength: np.zeros(len(rows)) for strength in self.strengths}
        for repeat in range(_REPEATS):
            for train, test in StratifiedKFold(folds, shuffle=True, random_state=self.random_state + repeat).split(rows, number):
                for strength, found in scores.items():
                    found[test] += _scores(rows[test], _logistic(rows[train], number[train], strength)) / _REPEATS
        return scores


def _logistic(rows: Float64Array, number: IntArray, strength: float) -> Float64Array:
    """Coefficients and, last, what is added, by Newton's method (C. Bishop, *Pattern Recognition and Machine Learning*, §4.3.3): with few
    rows a solver that checks its input takes ten times as long. Both classes weigh alike, what is added costs nothing.
    """
    weight = (len(rows) / (2.0 * np.bincount(number)))[number]
    design = np.column_stack([rows, np.ones(len(rows))])
    cost = np.append(np.full(rows.shape[1], 1.0 / strength), 1e-9)
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chance = 0.5 * (1.0 + np.tanh(0.5 * (design @ found)))
        slope = design.T @ (weight * (chance - number)) + cost * found
        bend = (design * (weight * np.maximum(chance * (1.0 - chance), 1e-9))[:, None]).T @ design + np.diag(cost)
        step = np.linalg.solve(bend, slope)
        found = found - step
        if np.abs(step).max() < _CLOSE:
            break
    return found


def _scores(rows: Float64Array, weights: Float64Array) -> Float64Array:
    return np.asarray(rows @ weights[:-1] + weights[-1], dtype=np.float64)


def _curve(scores: Float64Array, number: IntArray) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10.0, class_weight="balanced").fit(scores[:, None], number)


def _rightly_called(scores: Float64Array, number: IntArray) -> float:
    called = _curve(scores, number).predict(scores[:, None])
    return float(balanced_accuracy(confusion(number, called, classes=2)))
