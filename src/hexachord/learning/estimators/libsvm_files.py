"""LIBSVM's model files (text), read and written, and their decision function in numpy.

A model trained anywhere by ``svm-train`` answers here without LIBSVM, and one trained here answers there. C.-C. Chang, C.-J. Lin,
*LIBSVM*, ACM TIST 2(3), 2011; probabilities: T.-F. Wu, C.-J. Lin, R. Weng, *Probability Estimates for Multi-class Classification by
Pairwise Coupling*, JMLR 5, 2004, §4.2.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.estimators.kernels import KERNELS, Kernel
from hexachord.learning.estimators.libsvm_options import TYPES

_WHAT = "a model file of LIBSVM"


@dataclass(frozen=True, kw_only=True, eq=False)
class LibsvmModel:
    """A support vector machine as LIBSVM writes it down.

    Attributes
    ----------
    svm_type : one of `TYPES`
    kernel : with its numbers
    labels : (classes,) in LIBSVM's order; empty for one-class and regression
    rho : (pairs,) or (1,)
    support : (classes,) support vectors of each class; empty likewise
    coefficients : (classes - 1, vectors), or (1, vectors)
    vectors : (vectors, d)
    prob_a, prob_b : (pairs,) of the sigmoids; empty without ``-b 1``
    """

    svm_type: str
    kernel: Kernel
    labels: IntArray
    rho: Float64Array
    support: IntArray
    coefficients: Float64Array
    vectors: Float64Array
    prob_a: Float64Array
    prob_b: Float64Array

    def decision_values(self, features: FloatArray) -> Float64Array:
        """Give what ``svm-predict`` decides by: (n, pairs) for classes, first against second, first against third ...; else (n, 1).

        Parameters
        ----------
        features : (n, d); columns that no support vector has count for the kernel all the same
        """
        wide = max(features.shape[1], self.vectors.shape[1])
        alike = self.kernel(_widened(features, wide), _widened(self.vectors, wide))
        if not len(self.support):
            return np.asarray(alike @ self.coefficients.T - self.rho, dtype=np.float64)
        ends = np.cumsum(self.support)
        spans = [slice(end - count, end) for end, count in zip(ends, self.support, strict=True)]
        columns: list[Float64Array] = []
        for first in range(len(spans)):
            for second in range(first + 1, len(spans)):
                one = alike[:, spans[first]] @ self.coefficients[second - 1, spans[first]]
                other = alike[:, spans[second]] @ self.coefficients[first, spans[second]]
                columns.append(one + other - self.rho[len(columns)])
        return np.stack(columns, axis=1)

    def predict(self, features: FloatArray) -> FloatArray | IntArray:
        """Give what ``svm-predict`` predicts: labels by vote (ties to the first), +1 and -1 for one-class, numbers for regression."""
        values = self.decision_values(features)
        if self.svm_type in ("epsilon_svr", "nu_svr"):
            return values[:, 0]
        if self.svm_type == "one_class":
            return np.where(values[:, 0] > 0, 1, -1)
        votes = np.zeros((len(values), len(self.labels)), dtype=np.int64)
        for column, (first, second) in enumerate(_pairs(len(self.labels))):
            votes[np.arange(len(values)), np.where(values[:, column] > 0, first, second)] += 1
        return np.asarray(self.labels[np.argmax(votes, axis=1)], dtype=np.int64)

    def probabilities(self, features: FloatArray) -> Float64Array:
        """Give the probability of each label, (n, classes), by pairwise coupling.

        Raises
        ------
        ValueError : if the model was trained without ``-b 1``.
        """
        if not len(self.prob_a) or not len(self.labels):
            raise ValueError("the model has no probabilities: it was trained without -b 1")
        values = self.decision_values(features) * self.prob_a + self.prob_b
        chance = np.clip(0.5 * (1.0 - np.tanh(0.5 * values)), 1e-7, 1.0 - 1e-7)
        classes = len(self.labels)
        wins = np.zeros((len(chance), classes, classes))  # of row class over column class
        for column, (first, second) in enumerate(_pairs(classes)):
            wins[:, first, second] = chance[:, column]
            wins[:, second, first] = 1.0 - chance[:, column]
        # The least squares of their equation (21), with its multiplier: one linear system for each row.
        system = np.zeros((len(chance), classes + 1, classes + 1))
        system[:, :classes, :classes] = -np.transpose(wins, (0, 2, 1)) * wins
        system[:, np.arange(classes), np.arange(classes)] = np.square(wins).sum(axis=1)
        system[:, :classes, classes] = system[:, classes, :classes] = 1.0
        right = np.zeros((classes + 1, 1))
        right[classes] = 1.0
        solved = np.linalg.solve(system, np.broadcast_to(right, (len(chance), classes + 1, 1)))
        return np.asarray(solved[:, :classes, 0], dtype=np.float64)


def model_of(machine: Any) -> LibsvmModel:
    """Take scikit-learn's fitted SVC, NuSVC, OneClassSVM, SVR or NuSVR (dense, classes that are whole numbers) for LIBSVM's.

    Raises
    ------
    ValueError : for something else, a kernel of one's own, or labels that are no whole numbers.
    """
    kinds = {"SVC": "c_svc", "NuSVC": "nu_svc", "OneClassSVM": "one_class", "SVR": "epsilon_svr", "NuSVR": "nu_svr"}
    kind = kinds.get(type(machine).__name__)
    names = dict(zip(("linear", "poly", "rbf", "sigmoid"), KERNELS, strict=False))
    if kind is None or machine.kernel not in names:
        raise ValueError(f"{type(machine).__name__} with kernel {getattr(machine, 'kernel', None)!r} has no LIBSVM model file")
    classifies = kind in ("c_svc", "nu_svc")
    # For two classes scikit-learn turns the signs, so that positive speaks for the second.
    sign = -1.0 if classifies and len(machine.classes_) == 2 else 1.0
    if classifies and not np.issubdtype(np.asarray(machine.classes_).dtype, np.number):
        raise ValueError("LIBSVM knows classes by whole numbers; fit the machine to numbers")
    return LibsvmModel(
        svm_type=kind,
        kernel=Kernel(kind=names[machine.kernel], degree=machine.degree, gamma=float(machine._gamma), coef0=machine.coef0),
        labels=np.asarray(machine.classes_, dtype=np.int64) if classifies else np.zeros(0, dtype=np.int64),
        rho=-sign * np.asarray(machine.intercept_, dtype=np.float64),
        support=np.asarray(machine.n_support_, dtype=np.int64) if classifies else np.zeros(0, dtype=np.int64),
        coefficients=sign * np.asarray(machine.dual_coef_, dtype=np.float64),
        vectors=np.asarray(machine.support_vectors_, dtype=np.float64),
        prob_a=np.zeros(0),
        prob_b=np.zeros(0),
    )


def save_model(model: LibsvmModel, path: str | Path) -> Path:
    """Write a model file that ``svm-predict`` reads.

    Raises
    ------
    OutputError : if the file cannot be written.
    """
    kernel = model.kernel
    lines = [f"svm_type {model.svm_type}", f"kernel_type {kernel.kind}"]
    lines += [f"degree {kernel.degree}"] if kernel.kind == "polynomial" else []
    lines += [f"gamma {kernel.gamma:.17g}"] if kernel.kind in ("polynomial", "rbf", "sigmoid") else []
    lines += [f"coef0 {kernel.coef0:.17g}"] if kernel.kind in ("polynomial", "sigmoid") else []
    lines += [f"nr_class {max(len(model.labels), 2)}", f"total_sv {len(model.vectors)}", f"rho {_joined(model.rho)}"]
    lines += [f"label {' '.join(map(str, model.labels.tolist()))}"] if len(model.labels) else []
    lines += [f"probA {_joined(model.prob_a)}"] if len(model.prob_a) else []
    lines += [f"probB {_joined(model.prob_b)}"] if len(model.prob_b) else []
    lines += [f"nr_sv {' '.join(map(str, model.support.tolist()))}"] if len(model.support) else []
    lines.append("SV")
    for weights, vector in zip(model.coefficients.T, model.vectors, strict=True):
        there = np.flatnonzero(vector)
        lines.append(" ".join([_joined(weights), *(f"{column + 1}:{vector[column]:.17g}" for column in there)]) + " ")
    return write_text(path, "\n".join(lines) + "\n")


def load_model(path: str | Path) -> LibsvmModel:
    """Read a model file that ``svm-train`` or `save_model` wrote.

    Raises
    ------
    InputError : if it is missing, malformed, or has a precomputed kernel (whose training rows it does not hold).
    """
    head, _, body = read_text(path, what=_WHAT).partition("\nSV\n")
    fields = {line.split()[0]: line.split()[1:] for line in head.splitlines() if line.split()}
    kind, kernel = (fields.get(name, [""])[0] for name in ("svm_type", "kernel_type"))
    if kind not in TYPES or kernel not in KERNELS[:4]:
        found = f"svm_type {kind!r} and kernel_type {kernel!r}" if kind or kernel else "another kind of text"
        raise InputError(path, found=found, expected=f"{_WHAT} with a kernel of {', '.join(KERNELS[:4])}")
    try:
        coefficients, vectors = _read_vectors(body, rows=max(int(fields["nr_class"][0]) - 1, 1))
        model = LibsvmModel(
            svm_type=kind,
            kernel=Kernel(
                kind=kernel,
                degree=int(fields.get("degree", ["3"])[0]),
                gamma=float(fields.get("gamma", ["1"])[0]),
                coef0=float(fields.get("coef0", ["0"])[0]),
            ),
            labels=np.array(fields.get("label", []), dtype=np.int64),
            rho=np.array(fields["rho"], dtype=np.float64),
            support=np.array(fields.get("nr_sv", []), dtype=np.int64),
            coefficients=coefficients,
            vectors=vectors,
            prob_a=np.array(fields.get("probA", []), dtype=np.float64),
            prob_b=np.array(fields.get("probB", []), dtype=np.float64),
        )
    except KeyError as error:
        raise InputError(path, found=f"no line {error.args[0]!r}", expected=_WHAT) from error
    except (ValueError, IndexError) as error:
        raise InputError(path, found=f"a malformed number ({error})", expected=_WHAT) from error
    if len(vectors) != int(fields.get("total_sv", ["-1"])[0]) or (len(model.support) and model.support.sum() != len(vectors)):
        raise InputError(path, found=f"{len(vectors)} support vectors, not as many as its head says", expected=f"all of {_WHAT}")
    pairs = len(model.labels) * (len(model.labels) - 1) // 2 if len(model.labels) else 1
    if len(model.rho) != pairs or len(model.support) != len(model.labels):
        raise InputError(path, found=f"{len(model.rho)} values of rho for {len(model.labels)} labels", expected=_WHAT)
    return model


def _read_vectors(body: str, *, rows: int) -> tuple[Float64Array, Float64Array]:
    lines = [line.split() for line in body.splitlines() if line.strip()]
    weights = np.array([[float(word) for word in line[:rows]] for line in lines], dtype=np.float64).reshape(len(lines), rows)
    entries = [[word.split(":") for word in line[rows:]] for line in lines]
    wide = max((int(index) for line in entries for index, _ in line), default=0)
    vectors = np.zeros((len(lines), wide))
    for row, line in enumerate(entries):
        for index, value in line:
            if int(index) < 1:
                raise ValueError(f"column {index}")
            vectors[row, int(index) - 1] = float(value)
    return weights.T, vectors


def _pairs(classes: int) -> list[tuple[int, int]]:
    return [(first, second) for first in range(classes) for second in range(first + 1, classes)]


def _widened(rows: FloatArray, wide: int) -> Float64Array:
    return np.pad(np.asarray(rows, dtype=np.float64), ((0, 0), (0, wide - rows.shape[1])))


def _joined(values: FloatArray) -> str:
    return " ".join(f"{value:.17g}" for value in values)
