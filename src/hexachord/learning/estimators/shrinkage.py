"""Ridge and lasso: squared error plus a price on weights.

A trap in two formulas: with the error *summed* over rows, ridge is w = (X'X + lambda I)^-1 X'y; with the error *averaged* (1/N, as in the
deck's first form) the same lambda must be multiplied by N in that matrix. Both conventions are here, and say so. T. Hastie,
R. Tibshirani, J. Friedman, *The Elements of Statistical Learning*, §3.4; J. Friedman and others, *Pathwise Coordinate Optimization*,
AoAS 2007.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, FloatArray


def ridge_weights(features: FloatArray, targets: FloatArray, penalty: float, *, averaged: bool = False) -> Float64Array:
    """Solve ridge regression in closed form, without an intercept: centre rows and targets first if there should be one.

    Parameters
    ----------
    features : (n, d)
    targets : (n,)
    penalty : lambda
    averaged : whether the error is averaged, (1/N) |y - Xw|^2 + lambda |w|^2; else it is summed, |y - Xw|^2 + lambda |w|^2

    Returns
    -------
    (d,) weights

    Raises
    ------
    ValueError : if the penalty is negative.

    Examples
    --------
    >>> ridge_weights(np.eye(2), np.array([2.0, 4.0]), 1.0).tolist()
    [1.0, 2.0]
    """
    if penalty < 0:
        raise ValueError(f"a penalty of {penalty}; expected 0 or more")
    rows = np.asarray(features, dtype=np.float64)
    price = penalty * len(rows) if averaged else penalty
    pull = rows.T @ np.asarray(targets, dtype=np.float64)
    return np.asarray(np.linalg.solve(rows.T @ rows + price * np.eye(rows.shape[1]), pull), dtype=np.float64)


def ridge_objective(features: FloatArray, targets: FloatArray, weights: FloatArray, penalty: float, *, averaged: bool = False) -> float:
    """Give what ridge makes small: the squared error, summed or averaged, plus lambda |w|^2."""
    return _error(features, targets, weights, averaged) + penalty * float(np.sum(np.square(weights)))


def lasso_objective(features: FloatArray, targets: FloatArray, weights: FloatArray, penalty: float, *, averaged: bool = False) -> float:
    """Give what the lasso makes small: the squared error, summed or averaged, plus lambda times the sum of |w_i|."""
    return _error(features, targets, weights, averaged) + penalty * float(np.sum(np.abs(weights)))


def ridge_path(features: FloatArray, targets: FloatArray, penalties: Sequence[float], *, averaged: bool = False) -> Float64Array:
    """Solve ridge for several penalties: (penalties, d)."""
    return np.stack([ridge_weights(features, targets, penalty, averaged=averaged) for penalty in penalties])


def lasso_weights(
    features: FloatArray,
    targets: FloatArray,
    penalty: float,
    *,
    averaged: bool = False,
    start: FloatArray | None = None,
    sweeps: int = 10_000,
    tolerance: float = 1e-12,
) -> Float64Array:
    """Solve the lasso by coordinate descent, without an intercept; weights that are not worth their price are exactly 0.

    Parameters
    ----------
    averaged : as in `ridge_weights`
    start : (d,) weights to begin with: those of a near penalty save sweeps
    tolerance : sweeps end when no weight moves by more, relative to the largest

    Raises
    ------
    ValueError : if the penalty is negative.
    """
    if penalty < 0:
        raise ValueError(f"a penalty of {penalty}; expected 0 or more")
    rows, truth = np.asarray(features, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    price = (penalty * len(rows) if averaged else penalty) / 2.0  # half, since the slope of a square is twice its root
    gram, pull = rows.T @ rows, rows.T @ truth
    weights = np.zeros(rows.shape[1]) if start is None else np.array(start, dtype=np.float64)
    lengths = np.diag(gram)
    for _ in range(sweeps):
        moved = 0.0
        for column in np.flatnonzero(lengths > 0):
            rest = pull[column] - gram[column] @ weights + lengths[column] * weights[column]
            new = np.sign(rest) * max(abs(rest) - price, 0.0) / lengths[column]
            moved = max(moved, abs(new - weights[column]))
            weights[column] = new
        if moved <= tolerance * max(float(np.abs(weights).max(initial=0.0)), 1e-300):
            break
    return weights


def lasso_path(features: FloatArray, targets: FloatArray, penalties: Sequence[float], *, averaged: bool = False) -> Float64Array:
    """Solve the lasso for several penalties: (penalties, d) in the order given.

    It goes from the largest down, each solution beginning where the last ended.
    """
    order = np.argsort(-np.asarray(penalties, dtype=np.float64), kind="stable")
    found = np.zeros((len(penalties), np.shape(features)[1]))
    last: Float64Array | None = None
    for place in order:
        last = found[place] = lasso_weights(features, targets, penalties[place], averaged=averaged, start=last)
    return found


def largest_penalty(features: FloatArray, targets: FloatArray, *, averaged: bool = False) -> float:
    """Give the least penalty at which every weight of the lasso is 0."""
    most = 2.0 * float(np.abs(np.asarray(features).T @ np.asarray(targets)).max())
    return most / len(targets) if averaged else most


def _error(features: FloatArray, targets: FloatArray, weights: FloatArray, averaged: bool) -> float:
    squares = np.square(np.asarray(targets) - np.asarray(features) @ np.asarray(weights))
    return float(squares.mean() if averaged else squares.sum())
