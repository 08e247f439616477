"""The deck's first slides, as functions: hypotheses, losses, the risk, and going down its slope.

C. Bishop, *Pattern Recognition and Machine Learning*, §4.1; sgn(0) is +1, as on the slide.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray


def linear_hypothesis(features: FloatArray, weights: FloatArray, bias: float = 0.0) -> IntArray:
    """Give sgn(w'x + b) of rows (n, d): +1 or -1.

    Examples
    --------
    >>> linear_hypothesis(np.array([[1.0], [0.0], [-1.0]]), np.array([2.0])).tolist()
    [1, 1, -1]
    """
    return _sign(np.asarray(features) @ np.asarray(weights) + bias)


def quadratic_hypothesis(features: FloatArray, matrix: FloatArray, weights: FloatArray, bias: float = 0.0) -> IntArray:
    """Give sgn(x'Ax + w'x + b) of rows (n, d): +1 or -1.

    Examples
    --------
    >>> circle = np.eye(2)  # inside a circle of radius 1: -1
    >>> quadratic_hypothesis(np.array([[0.5, 0.5], [1.0, 0.0]]), circle, np.zeros(2), -1.0).tolist()
    [-1, 1]
    """
    features = np.asarray(features, dtype=np.float64)
    return _sign(np.einsum("ni,ij,nj->n", features, matrix, features) + features @ np.asarray(weights) + bias)


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss over the margin y f(x), and its slope: what it costs to be so right (positive) or wrong (negative).

    Attributes
    ----------
    of, slope : from margins to numbers; at a corner the slope is that of the right side
    """

    name: str
    of: Callable[[FloatArray], Float64Array]
    slope: Callable[[FloatArray], Float64Array]


def indicator_loss(margin: FloatArray) -> Float64Array:
    """Give 1 where the answer is wrong, else 0; a margin of 0 is right where y = +1, since sgn(0) = +1, and is counted so."""
    return np.asarray(np.asarray(margin) < 0, dtype=np.float64)


def square_loss(margin: FloatArray) -> Float64Array:
    """Give (1 - y f)^2, which for y of +1 or -1 is (y - f)^2."""
    return np.square(1.0 - np.asarray(margin, dtype=np.float64))


def hinge_loss(margin: FloatArray) -> Float64Array:
    """Give max(0, 1 - y f)."""
    return np.maximum(0.0, 1.0 - np.asarray(margin, dtype=np.float64))


LOSSES = (
    Loss(name="indicator", of=indicator_loss, slope=lambda margin: np.zeros(np.shape(margin))),
    Loss(name="square", of=square_loss, slope=lambda margin: -2.0 * (1.0 - np.asarray(margin, dtype=np.float64))),
    Loss(name="hinge", of=hinge_loss, slope=lambda margin: np.where(np.asarray(margin) < 1.0, -1.0, 0.0)),
)


def find_loss(name: str) -> Loss:
    """Look a loss up: ``indicator``, ``square`` or ``hinge``.

    Raises
    ------
    ValueError : for another name.
    """
    for loss in LOSSES:
        if loss.name == name:
            return loss
    raise ValueError(f"no loss {name!r}; there are {', '.join(loss.name for loss in LOSSES)}")


def empirical_risk(
    features: FloatArray, targets: FloatArray | IntArray, weights: FloatArray, bias: float, *, loss: Loss, ridge: float = 0.0
) -> float:
    """Give the mean loss of w'x + b over rows (n, d) with targets +1 and -1, plus `ridge` times |w|^2."""
    margin = np.asarray(targets, dtype=np.float64) * (np.asarray(features) @ np.asarray(weights) + bias)
    return float(np.mean(loss.of(margin)) + ridge * np.sum(np.square(weights)))


def risk_gradient(
    features: FloatArray, targets: FloatArray | IntArray, weights: FloatArray, bias: float, *, loss: Loss, ridge: float = 0.0
) -> tuple[Float64Array, float]:
    """Give the gradient of `empirical_risk`: by the weights (d,), and by the bias."""
    features, targets = np.asarray(features, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    pull = loss.slope(targets * (features @ np.asarray(weights) + bias)) * targets / len(targets)
    return features.T @ pull + 2.0 * ridge * np.asarray(weights, dtype=np.float64), float(pull.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class Descent:
    """A way down.

    Attributes
    ----------
    weights, bias : at every step, (steps + 1, d) and (steps + 1,)
    risks : (steps + 1,)
    """

    weights: Float64Array
    bias: Float64Array
    risks: Float64Array


def descend(
    features: FloatArray, targets: FloatArray | IntArray, *, loss: Loss, rate: float = 0.1, steps: int = 200, ridge: float = 0.0
) -> Descent:
    """Go down the gradient of the risk from zero, `rate` times the gradient at a step.

    Parameters
    ----------
    features : (n, d)
    targets : (n,) of +1 and -1

    Raises
    ------
    ValueError : for the indicator loss, whose slope is 0 everywhere, or targets that are not +1 and -1.
    """
    if loss.name == "indicator":
        raise ValueError("the indicator loss is flat: there is no way down; use a loss with a slope")
    if not np.isin(targets, (-1, 1)).all():
        raise ValueError("targets of +1 and -1 are expected")
    weights, bias = np.zeros(np.shape(features)[1]), 0.0
    way, offsets, risks = [weights], [bias], [empirical_risk(features, targets, weights, bias, loss=loss, ridge=ridge)]
    for _ in range(steps):
        by_weights, by_bias = risk_gradient(features, targets, weights, bias, loss=loss, ridge=ridge)
        weights, bias = weights - rate * by_weights, bias - rate * by_bias
        way.append(weights)
        offsets.append(bias)
        risks.append(empirical_risk(features, targets, weights, bias, loss=loss, ridge=ridge))
    return Descent(weights=np.array(way), bias=np.array(offsets), risks=np.array(risks))


def _sign(values: FloatArray) -> IntArray:
    return np.where(np.asarray(values) >= 0, 1, -1)
