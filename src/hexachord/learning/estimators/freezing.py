"""From fitted estimators to frozen ones."""

from collections.abc import Callable
from typing import Any

import numpy as np

from hexachord.errors import InputError
from hexachord.learning.estimators.frozen import (
    Frozen,
    FrozenForest,
    FrozenLabels,
    FrozenLinear,
    FrozenMachine,
    FrozenMixtures,
    FrozenNeighbours,
    FrozenPerceptron,
    FrozenQuestions,
    FrozenRidge,
)
from hexachord.learning.estimators.libsvm_files import model_of

_SAVED = (
    "knn (Euclidean), svm-rbf, svm-linear, forest, tree, j48, logistic, logistic-balanced, ridge, lda, lda-shared, "
    "gmm (diagonal) and mlp can be"
)


def freeze(estimator: Any) -> Frozen:
    """Take the numbers out of a fitted classifier of the registry; one that is frozen stays as it is.

    Raises
    ------
    InputError : for a kind that has no frozen form.
    """
    if isinstance(estimator, Frozen):
        return estimator
    name = type(estimator).__name__
    if name not in _FREEZERS:
        raise InputError(f"saving a model of {name}", found="a kind that cannot be saved without pickle", expected=_SAVED)
    return _FREEZERS[name](estimator)


def _linear(estimator: Any) -> Frozen:
    return FrozenLinear(classes_=_classes(estimator), weights=_floats(estimator.coef_), bias=_floats(estimator.intercept_))


def _ridge(estimator: Any) -> Frozen:
    weights = np.atleast_2d(_floats(estimator.coef_))
    return FrozenRidge(classes_=_classes(estimator), weights=weights, bias=np.atleast_1d(_floats(estimator.intercept_)))


def _shared_covariance(estimator: Any) -> Frozen:
    weights, bias = _floats(estimator.coef_), _floats(estimator.intercept_)
    if len(weights) == 2:  # one number says it: the second class less the first
        weights, bias = weights[1:] - weights[:1], bias[1:] - bias[:1]
    return FrozenRidge(classes_=_classes(estimator), weights=weights, bias=bias, limit=float(estimator.limit))


def _balanced_logistic(estimator: Any) -> Frozen:
    slope, shift = (1.0, 0.0) if estimator.curve_ is None else (estimator.curve_.coef_[0, 0], estimator.curve_.intercept_[0])
    weights = _floats(estimator.weights_)
    return FrozenLinear(classes_=_classes(estimator), weights=slope * weights[None, :-1], bias=slope * weights[-1:] + shift)


def _questions(estimator: Any) -> Frozen:
    return FrozenQuestions(classes_=_classes(estimator), root=estimator.root_)


def _neighbours(estimator: Any) -> Frozen:
    if estimator.metric != "euclidean" or estimator.weights not in ("uniform", "distance"):
        raise InputError("saving a model of k neighbours", found=f"the metric {estimator.metric!r}", expected=_SAVED)
    return FrozenNeighbours(
        classes_=_classes(estimator),
        points=_floats(estimator._fit_X),
        targets=np.asarray(estimator._y, dtype=np.int64).reshape(-1),
        k=int(estimator.n_neighbors),
        by_distance=estimator.weights == "distance",
    )


def _machine(estimator: Any) -> Frozen:
    return FrozenMachine(classes_=_classes(estimator), model=model_of(estimator))


def _forest(estimator: Any) -> Frozen:
    trees = [one.tree_ for one in getattr(estimator, "estimators_", [estimator])]
    shares = np.concatenate([tree.value[:, 0, :] for tree in trees])
    return FrozenForest(
        classes_=_classes(estimator),
        starts=np.cumsum([0, *(tree.node_count for tree in trees)]),
        left=np.concatenate([tree.children_left for tree in trees]).astype(np.int64),
        right=np.concatenate([tree.children_right for tree in trees]).astype(np.int64),
        column=np.concatenate([tree.feature for tree in trees]).astype(np.int64),
        threshold=_floats(np.concatenate([tree.threshold for tree in trees])),
        shares=_floats(shares / shares.sum(axis=1, keepdims=True)),
    )


def _mixtures(estimator: Any) -> Frozen:
    if estimator.covariance not in ("diag", "spherical"):
        raise InputError("saving a model of Gaussian mixtures", found=f"the covariance {estimator.covariance!r}", expected=_SAVED)
    mixtures = estimator.mixtures_
    wide = mixtures[0].means_.shape[1]
    spreads = [mixture.covariances_.reshape(len(mixture.means_), -1) * np.ones(wide) for mixture in mixtures]
    logs = [prior + np.log(mixture.weights_) for prior, mixture in zip(estimator.log_priors_, mixtures, strict=True)]
    return FrozenMixtures(
        classes_=_classes(estimator),
        label=np.repeat(np.arange(len(mixtures)), [len(mixture.means_) for mixture in mixtures]),
        log_weights=_floats(np.concatenate(logs)),
        means=_floats(np.concatenate([mixture.means_ for mixture in mixtures])),
        variances=_floats(np.concatenate(spreads)),
    )


def _perceptron(estimator: Any) -> Frozen:
    if estimator.activation != "relu":
        raise InputError("saving a perceptron", found=f"the activation {estimator.activation!r}", expected=_SAVED)
    return FrozenPerceptron(
        classes_=_classes(estimator),
        weights=tuple(_floats(weights) for weights in estimator.coefs_),
        biases=tuple(_floats(bias) for bias in estimator.intercepts_),
    )


def _labels(estimator: Any) -> Frozen:
    constant = [type(one).__name__ == "_ConstantPredictor" for one in estimator.estimators_]
    said = [float(one.y_[0]) if still else np.nan for one, still in zip(estimator.estimators_, constant, strict=True)]
    models = tuple(None if still else freeze(one) for one, still in zip(estimator.estimators_, constant, strict=True))
    return FrozenLabels(classes_=np.asarray(estimator.classes_, dtype=np.int64), models=models, always=np.array(said))


def _classes(estimator: Any) -> Any:
    return np.asarray(estimator.classes_, dtype=np.int64)


def _floats(values: Any) -> Any:
    return np.asarray(values, dtype=np.float64)


_FREEZERS: dict[str, Callable[[Any], Frozen]] = {
    "LogisticRegression": _linear,
    "LinearDiscriminantAnalysis": _linear,
    "RidgeClassifier": _ridge,
    "SharedCovariance": _shared_covariance,
    "BalancedLogistic": _balanced_logistic,
    "J48": _questions,
    "KNeighborsClassifier": _neighbours,
    "SVC": _machine,
    "NuSVC": _machine,
    "RandomForestClassifier": _forest,
    "DecisionTreeClassifier": _forest,
    "GaussianClasses": _mixtures,
    "MLPClassifier": _perceptron,
    "OneVsRestClassifier": _labels,
}
