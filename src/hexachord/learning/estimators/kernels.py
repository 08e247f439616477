"""The four kernels of LIBSVM as plain functions: how alike two rows are.

C.-C. Chang, C.-J. Lin, *LIBSVM: A Library for Support Vector Machines*, ACM TIST 2(3), 2011.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray

KERNELS = ("linear", "polynomial", "rbf", "sigmoid", "precomputed")  # in the order of LIBSVM's -t


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """A kernel and its numbers: `degree`, `gamma` (g) and `coef0` (r) where it has them."""

    kind: str = "rbf"
    degree: int = 3
    gamma: float = 1.0
    coef0: float = 0.0

    def __call__(self, u: FloatArray, v: FloatArray) -> Float64Array:
        """Compare rows (n, d) with rows (m, d): (n, m).

        Raises
        ------
        ValueError : for a precomputed kernel, which has no formula.
        """
        if self.kind == "linear":
            return linear(u, v)
        if self.kind == "polynomial":
            return polynomial(u, v, gamma=self.gamma, coef0=self.coef0, degree=self.degree)
        if self.kind == "rbf":
            return rbf(u, v, gamma=self.gamma)
        if self.kind == "sigmoid":
            return sigmoid(u, v, gamma=self.gamma, coef0=self.coef0)
        raise ValueError(f"a {self.kind} kernel has no formula")


def linear(u: FloatArray, v: FloatArray) -> Float64Array:
    """Give u'v for rows (n, d) and (m, d): (n, m).

    Examples
    --------
    >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])).tolist()
    [[11.0]]
    """
    return np.asarray(u, dtype=np.float64) @ np.asarray(v, dtype=np.float64).T


def polynomial(u: FloatArray, v: FloatArray, *, gamma: float, coef0: float = 0.0, degree: int = 3) -> Float64Array:
    """Give (g u'v + r)^d for rows (n, d) and (m, d): (n, m)."""
    return np.asarray((gamma * linear(u, v) + coef0) ** degree, dtype=np.float64)


def rbf(u: FloatArray, v: FloatArray, *, gamma: float) -> Float64Array:
    """Give exp(-g |u - v|^2) for rows (n, d) and (m, d): (n, m)."""
    u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
    centre = v.mean(axis=0) if len(v) else 0.0  # distances stay, the squares below lose fewer digits
    u, v = u - centre, v - centre
    squares = np.sum(u**2, axis=1)[:, None] + np.sum(v**2, axis=1)[None, :] - 2.0 * u @ v.T
    return np.asarray(np.exp(-gamma * np.maximum(squares, 0.0)), dtype=np.float64)


def sigmoid(u: FloatArray, v: FloatArray, *, gamma: float, coef0: float = 0.0) -> Float64Array:
    """Give tanh(g u'v + r) for rows (n, d) and (m, d): (n, m)."""
    return np.asarray(np.tanh(gamma * linear(u, v) + coef0), dtype=np.float64)
