"""Linear discriminant analysis for many columns and few rows: one covariance for all classes, shrunk towards a ball.

scikit-learn's shrinks the covariance of each class by itself before it averages them, which says nothing of a class with one song and
little of one with three. Here the rows' deviations from their class means are pooled first, so that every class tells every other how much
songs of one artist differ. J. Friedman, *Regularized Discriminant Analysis*, JASA 84, 1989; O. Ledoit, M. Wolf, *Honey, I Shrunk the Sample
Covariance Matrix*, 2004 (the target). All classes count alike: it is told nothing of how common they are.
"""

from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.learning.estimators.base import Estimator

_LEAST = 1e-12  # variance of what does not vary


class SharedCovariance(Estimator):
    """A classifier by distance from class means, in units of how much rows of one class differ.

    Parameters
    ----------
    shrinkage : between 0 (the covariance as it was found) and 1 (a ball: plain distance), both excluded only where rows are too few
    limit : values are cut to this many (columns are expected to be standardised); a song far outside what was learnt says no more than that

    Examples
    --------
    >>> rows = np.array([[0.0, 0.0], [0.2, 1.0], [1.0, 0.0], [1.2, 1.0]])
    >>> SharedCovariance(shrinkage=0.1).fit(rows, np.array([0, 0, 1, 1])).predict(np.array([[0.1, 5.0]]))
    array([0])
    """

    def __init__(self, shrinkage: float = 0.3, limit: float = 4.0) -> None:
        self.shrinkage = shrinkage
        self.limit = limit

    def fit(self, features: FloatArray, targets: Any) -> "SharedCovariance":
        """Learn the means of classes, and the directions that tell them apart.

        Raises
        ------
        ValueError : if the shrinkage is not in (0, 1].
        """
        if not 0.0 < self.shrinkage <= 1.0:
            raise ValueError(f"shrinkage {self.shrinkage}: it lies above 0, up to 1")
        rows = self._cut(features)
        self.classes_, number = np.unique(targets, return_inverse=True)
        self.n_features_in_ = rows.shape[1]
        means = np.stack([rows[number == label].mean(axis=0) for label in range(len(self.classes_))])
        apart = rows - means[number]
        freedom = max(len(rows) - len(self.classes_), 1)
        ball = self.shrinkage * max(float((apart**2).sum()) / freedom / rows.shape[1], _LEAST)
        share = (1.0 - self.shrinkage) / freedom
        self.coef_ = _ridge_inverse(apart, means, share=share, ball=ball)
        self.intercept_ = np.asarray(-0.5 * (self.coef_ * means).sum(axis=1), dtype=np.float64)
        return self

    def decision_function(self, features: FloatArray) -> Float64Array:
        """Give the log density of each class up to what all share, (n, classes); for two classes (n,), as scikit-learn does."""
        found = self._cut(features) @ self.coef_.T + self.intercept_
        return np.asarray(found[:, 1] - found[:, 0] if len(self.classes_) == 2 else found, dtype=np.float64)

    def predict(self, features: FloatArray) -> Any:
        """Give the likeliest class of each row."""
        return self.classes_[np.argmax(self._cut(features) @ self.coef_.T + self.intercept_, axis=1)]

    def _cut(self, features: FloatArray) -> Float64Array:
        return np.clip(np.asarray(features, dtype=np.float64), -self.limit, self.limit)


def _ridge_inverse(apart: Float64Array, means: Float64Array, *, share: float, ball: float) -> Float64Array:
    """``means (share * apart' apart + ball * I)^-1``, by the smaller of the matrices of columns and of rows (Woodbury's identity)."""
    rows, columns = apart.shape
    if share == 0.0:
        return means / ball
    if columns <= rows:
        return np.asarray(np.linalg.solve(share * apart.T @ apart + ball * np.eye(columns), means.T).T, dtype=np.float64)
    inner = np.linalg.solve(np.eye(rows) * (ball / share) + apart @ apart.T, apart @ means.T)
    return np.asarray((means - inner.T @ apart) / ball, dtype=np.float64)
