"""One Gaussian mixture for each class, and Bayes' rule: the classifier of early genre recognition.

G. Tzanetakis, P. Cook, *Musical Genre Classification of Audio Signals*, IEEE TSAP 2002; C. Bishop, *Pattern Recognition and Machine
Learning*, §9.2.
"""

from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.learning.estimators.base import Classifier


class GaussianClasses(Classifier):
    """A classifier that knows what each class sounds like.

    Parameters
    ----------
    components : Gaussians for each class; a class of fewer rows has as many as rows
    covariance : ``diag``, ``full``, ``tied`` or ``spherical``
    regularisation : added to variances
    random_state : of the first guess
    """

    def __init__(self, components: int = 2, covariance: str = "diag", regularisation: float = 1e-2, random_state: int = 0) -> None:
        self.components = components
        self.covariance = covariance
        self.regularisation = regularisation
        self.random_state = random_state

    def fit(self, features: FloatArray, targets: Any) -> "GaussianClasses":
        """Learn a mixture from the rows of each class."""
        from sklearn.mixture import GaussianMixture

        features = np.asarray(features, dtype=np.float64)
        self.classes_, number = np.unique(targets, return_inverse=True)
        self.n_features_in_ = features.shape[1]
        self.log_priors_ = np.log(np.bincount(number) / len(number))
        self.mixtures_: list[Any] = []
        for label in range(len(self.classes_)):
            own = features[number == label]
            mixture = GaussianMixture(
                min(self.components, len(own)) if len(own) > 1 else 1,
                covariance_type=self.covariance,
                reg_covar=self.regularisation,
                random_state=self.random_state,
            )
            # A mixture needs two rows; a class of one song is a ball of the regularisation's size around it.
            self.mixtures_.append(mixture.fit(own if len(own) > 1 else np.repeat(own, 2, axis=0)))
        return self

    def log_likelihoods(self, features: FloatArray) -> Float64Array:
        """Give the log of each class's prior times its density, (n, classes)."""
        columns = [mixture.score_samples(np.asarray(features, dtype=np.float64)) for mixture in self.mixtures_]
        return np.asarray(np.stack(columns, axis=1) + self.log_priors_, dtype=np.float64)

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give the posterior of each class, (n, classes)."""
        log_joint = self.log_likelihoods(features)
        shifted = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float64)

    def predict(self, features: FloatArray) -> Any:
        """Give the likeliest class of each row."""
        return self.classes_[np.argmax(self.log_likelihoods(features), axis=1)]
