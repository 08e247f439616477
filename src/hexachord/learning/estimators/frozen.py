"""Fitted models as plain arrays: what may be saved without pickle, and answers without scikit-learn.

Each kind has the numbers of a fitted estimator and the formula that turns them into scores; a file of arrays can hold a wrong number, but
no code. `freeze` takes an estimator of the registry for one of these; `pack` and `unpack` turn it into words and arrays and back.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.learning.estimators.j48_tree import Node, node_from_words, node_to_words, scores_of
from hexachord.learning.estimators.kernels import Kernel
from hexachord.learning.estimators.libsvm_files import LibsvmModel

Words = dict[str, Any]
Arrays = dict[str, Any]


class Frozen(ABC):
    """Base of frozen models: they know their classes and answer like the estimator that they were.

    Those with probabilities have ``predict_proba``, the others ``decision_function``, (n, d) to (n, classes).
    """

    kind: ClassVar[str]
    classes_: IntArray

    @abstractmethod
    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words for JSON, and arrays by name."""


@dataclass(kw_only=True, eq=False)
class FrozenLinear(Frozen):
    """Logistic regression, discriminant analysis: softmax (the logistic function for two) of w'x + b."""

    kind = "linear"
    classes_: IntArray
    weights: Float64Array  # (classes, d), or (1, d) for two
    bias: Float64Array

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give probabilities, (n, classes)."""
        scores = features @ self.weights.T + self.bias
        if scores.shape[1] == 1:
            scores = np.concatenate([-scores / 2.0, scores / 2.0], axis=1)
        return softmax(scores)

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        return {}, {"classes": self.classes_, "weights": self.weights, "bias": self.bias}


@dataclass(kw_only=True, eq=False)
class FrozenRidge(Frozen):
    """Ridge classifier, discriminants with one covariance: w'x + b, as it is, of columns cut to a limit."""

    kind = "ridge"
    classes_: IntArray
    weights: Float64Array
    bias: Float64Array
    limit: float = np.inf

    def decision_function(self, features: FloatArray) -> Float64Array:
        """Give decision values: (n, classes), or (n,) for two."""
        scores = np.asarray(np.clip(features, -self.limit, self.limit) @ self.weights.T + self.bias, dtype=np.float64)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        words = {"limit": self.limit} if np.isfinite(self.limit) else {}
        return words, {"classes": self.classes_, "weights": self.weights, "bias": self.bias}


@dataclass(kw_only=True, eq=False)
class FrozenNeighbours(Frozen):
    """k nearest neighbours by Euclidean distance: all that it learnt, kept."""

    kind = "neighbours"
    classes_: IntArray
    points: Float64Array
    targets: IntArray
    k: int
    by_distance: bool

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give the neighbours' shares, (n, classes)."""
        result = np.zeros((len(features), len(self.classes_)))
        for row, one in enumerate(np.asarray(features, dtype=np.float64)):
            distance = np.sqrt(np.square(self.points - one).sum(axis=1))
            near = np.argsort(distance, kind="stable")[: self.k]
            weights = np.ones(len(near))
            if self.by_distance:
                same = distance[near] == 0
                weights = same.astype(np.float64) if same.any() else 1.0 / distance[near]
            np.add.at(result[row], self.targets[near], weights)
        return np.asarray(result / result.sum(axis=1, keepdims=True), dtype=np.float64)

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        words = {"k": self.k, "by_distance": self.by_distance}
        return words, {"classes": self.classes_, "points": self.points, "targets": self.targets}


@dataclass(kw_only=True, eq=False)
class FrozenMachine(Frozen):
    """A support vector machine for classes: pairs vote, and the sums of their decision values tell equal votes apart."""

    kind = "machine"
    classes_: IntArray
    model: LibsvmModel

    def decision_function(self, features: FloatArray) -> Float64Array:
        """Give decision values as scikit-learn's ``ovr`` shape has them: (n, classes), or (n,) for two."""
        pairs = self.model.decision_values(features)
        if pairs.shape[1] == 1:
            return -pairs[:, 0]
        count = len(self.classes_)
        votes, sums = np.zeros((len(pairs), count)), np.zeros((len(pairs), count))
        column = 0
        for first in range(count):
            for second in range(first + 1, count):
                value = pairs[:, column]
                votes[:, first] += value >= 0
                votes[:, second] += value < 0
                sums[:, first] += value
                sums[:, second] -= value
                column += 1
        return np.asarray(votes + sums / (3.0 * (np.abs(sums) + 1.0)), dtype=np.float64)

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        kernel = self.model.kernel
        words = {"svm_type": self.model.svm_type, "kernel": [kernel.kind, kernel.degree, kernel.gamma, kernel.coef0]}
        names = ("labels", "rho", "support", "coefficients", "vectors")
        return words, {"classes": self.classes_, **{name: getattr(self.model, name) for name in names}}


@dataclass(kw_only=True, eq=False)
class FrozenForest(Frozen):
    """Trees of thresholds, and the mean of what their leaves say.

    Attributes
    ----------
    starts : (trees + 1,) where each tree's nodes begin
    left, right : (nodes,) the next node within the tree; -1 at a leaf
    column, threshold : (nodes,) the test: at most
    shares : (nodes, classes)
    """

    kind = "forest"
    classes_: IntArray
    starts: IntArray
    left: IntArray
    right: IntArray
    column: IntArray
    threshold: Float64Array
    shares: Float64Array

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give the trees' mean, (n, classes)."""
        rows = np.asarray(features, dtype=np.float32)  # as the trees were grown: a value at a threshold goes the same way
        here = np.arange(len(rows))
        total = np.zeros((len(rows), len(self.classes_)))
        for start in self.starts[:-1]:
            node = np.full(len(rows), start)
            while (inner := self.left[node] >= 0).any():
                at = node[inner]
                below = rows[here[inner], self.column[at]] <= self.threshold[at]
                node[inner] = start + np.where(below, self.left[at], self.right[at])
            total += self.shares[node]
        return total / (len(self.starts) - 1)

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        names = ("starts", "left", "right", "column", "threshold", "shares")
        return {}, {"classes": self.classes_, **{name: getattr(self, name) for name in names}}


@dataclass(kw_only=True, eq=False)
class FrozenQuestions(Frozen):
    """A C4.5 tree, with its names and its ways around missing values."""

    kind = "questions"
    classes_: IntArray
    root: Node

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give the leaves' shares, (n, classes)."""
        return scores_of(self.root, np.asarray(features, dtype=np.float64))

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        return {"root": node_to_words(self.root)}, {"classes": self.classes_}


@dataclass(kw_only=True, eq=False)
class FrozenMixtures(Frozen):
    """A mixture of Gaussians with variances of their own (or one each) for each class."""

    kind = "mixtures"
    classes_: IntArray
    label: IntArray  # (components,) of which class each is
    log_weights: Float64Array  # (components,) prior of the class times weight in its mixture
    means: Float64Array
    variances: Float64Array

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give posteriors, (n, classes)."""
        rows = np.asarray(features, dtype=np.float64)
        squares = np.stack([(np.square(rows - mean) / spread).sum(axis=1) for mean, spread in zip(self.means, self.variances, strict=True)])
        normal = -0.5 * (rows.shape[1] * np.log(2 * np.pi) + np.log(self.variances).sum(axis=1)[:, None] + squares)
        logs = normal.T + self.log_weights
        joint = [np.logaddexp.reduce(logs[:, self.label == number], axis=1) for number in range(len(self.classes_))]
        return softmax(np.stack(joint, axis=1))

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        names = ("label", "log_weights", "means", "variances")
        return {}, {"classes": self.classes_, **{name: getattr(self, name) for name in names}}


@dataclass(kw_only=True, eq=False)
class FrozenPerceptron(Frozen):
    """Layers of rectified units, softmax (the logistic function for two) at the end."""

    kind = "perceptron"
    classes_: IntArray
    weights: tuple[Float64Array, ...]
    biases: tuple[Float64Array, ...]

    def predict_proba(self, features: FloatArray) -> Float64Array:
        """Give probabilities, (n, classes)."""
        layer = np.asarray(features, dtype=np.float64)
        for number, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            layer = layer @ weights + bias
            layer = np.maximum(layer, 0.0) if number < len(self.weights) - 1 else layer
        return softmax(np.concatenate([-layer / 2.0, layer / 2.0], axis=1) if layer.shape[1] == 1 else layer)

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        arrays: Arrays = {"classes": self.classes_}
        for number, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            arrays |= {f"weights{number}": weights, f"bias{number}": bias}
        return {"layers": len(self.weights)}, arrays


@dataclass(kw_only=True, eq=False)
class FrozenLabels(Frozen):
    """One frozen model for each label, against the rest; a label that all or none had is said always or never."""

    kind = "labels"
    classes_: IntArray
    models: tuple[Frozen | None, ...]
    always: Float64Array  # (labels,) 1 or 0 where there is no model, NaN elsewhere

    def __getattr__(self, name: str) -> Any:
        # Like what it was, it has probabilities only where its models have.
        if name in ("predict_proba", "decision_function"):
            chances = all(model is None or hasattr(model, "predict_proba") for model in self.models)
            if chances == (name == "predict_proba"):
                return self._chances if chances else self._decisions
        raise AttributeError(name)

    def _chances(self, features: FloatArray) -> Float64Array:
        rows = len(features)
        columns = [
            np.full(rows, said) if model is None else model.predict_proba(features)[:, 1]  # type: ignore[attr-defined]
            for model, said in zip(self.models, self.always, strict=True)
        ]
        return np.stack(columns, axis=1)

    def _decisions(self, features: FloatArray) -> Float64Array:
        rows = len(features)
        columns = [
            np.full(rows, said) if model is None else model.decision_function(features)  # type: ignore[attr-defined]
            for model, said in zip(self.models, self.always, strict=True)
        ]
        return np.stack(columns, axis=1)

    def pack(self) -> tuple[Words, Arrays]:
        """Give it as words and arrays."""
        words: list[Words | None] = []
        arrays: Arrays = {"classes": self.classes_, "always": self.always}
        for number, model in enumerate(self.models):
            if model is None:
                words.append(None)
                continue
            own, parts = pack(model)
            words.append(own)
            arrays |= {f"{number}/{name}": array for name, array in parts.items()}
        return {"models": words}, arrays


def softmax(scores: FloatArray) -> Float64Array:
    """Give exp(s) over the sum of it, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def pack(model: Frozen) -> tuple[Words, Arrays]:
    """Turn a frozen model into words (for JSON) and arrays (for .npz)."""
    words, arrays = model.pack()
    return {"kind": model.kind, **words}, arrays


def unpack(words: Mapping[str, Any], arrays: Mapping[str, Any]) -> Frozen:
    """Make a frozen model of what `pack` gave.

    Raises
    ------
    ValueError, KeyError : if something is missing or of another kind.
    """
    kind = words["kind"]
    classes = np.asarray(arrays["classes"], dtype=np.int64)
    if kind == "linear":
        return FrozenLinear(classes_=classes, weights=arrays["weights"], bias=arrays["bias"])
    if kind == "ridge":
        limit = float(words.get("limit", np.inf))
        return FrozenRidge(classes_=classes, weights=arrays["weights"], bias=arrays["bias"], limit=limit)
    if kind == "questions":
        return FrozenQuestions(classes_=classes, root=node_from_words(words["root"]))
    if kind == "neighbours":
        return FrozenNeighbours(
            classes_=classes, points=arrays["points"], targets=arrays["targets"], k=int(words["k"]), by_distance=bool(words["by_distance"])
        )
    if kind == "machine":
        name, degree, gamma, coef0 = words["kernel"]
        parts = {part: arrays[part] for part in ("labels", "rho", "support", "coefficients", "vectors")}
        kernel = Kernel(kind=name, degree=int(degree), gamma=float(gamma), coef0=float(coef0))
        model = LibsvmModel(svm_type=words["svm_type"], kernel=kernel, prob_a=np.zeros(0), prob_b=np.zeros(0), **parts)
        return FrozenMachine(classes_=classes, model=model)
    if kind == "forest":
        parts = {part: arrays[part] for part in ("starts", "left", "right", "column", "threshold", "shares")}
        return FrozenForest(classes_=classes, **parts)
    if kind == "mixtures":
        parts = {part: arrays[part] for part in ("label", "log_weights", "means", "variances")}
        return FrozenMixtures(classes_=classes, **parts)
    if kind == "perceptron":
        layers = range(int(words["layers"]))
        return FrozenPerceptron(
            classes_=classes,
            weights=tuple(arrays[f"weights{number}"] for number in layers),
            biases=tuple(arrays[f"bias{number}"] for number in layers),
        )
    if kind == "labels":
        models = []
        for number, own in enumerate(words["models"]):
            prefix = f"{number}/"
            parts = {name[len(prefix) :]: array for name, array in arrays.items() if name.startswith(prefix)}
            models.append(None if own is None else unpack(own, parts))
        return FrozenLabels(classes_=classes, models=tuple(models), always=arrays["always"])
    raise ValueError(f"a model of kind {kind!r}")
