"""From an estimator's answers to scores of songs: probabilities where there are none, and the vote of pieces.

Decision values of machines that give no probabilities are divided by one temperature and sent through softmax, the temperature being
fitted to songs that the model had not seen: C. Guo and others, *On Calibration of Modern Neural Networks*, ICML 2017. It changes no
ranking of one row, but lets rows vote and models be fused.
"""

from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.errors import InputError

VOTES = ("mean", "max", "median", "majority")
_TEMPERATURES = np.logspace(-2.0, 2.0, 41)


def raw_scores(estimator: Any, features: FloatArray, *, classes: int) -> tuple[Float64Array, bool]:
    """Ask an estimator fitted to class numbers, or to indicators.

    Returns
    -------
    (m, classes) scores: 0 for classes that it never saw where it gives probabilities, else -inf; and whether they are probabilities
    """
    chances = hasattr(estimator, "predict_proba")
    found = np.asarray(estimator.predict_proba(features) if chances else estimator.decision_function(features), dtype=np.float64)
    known = np.asarray(estimator.classes_, dtype=np.int64)
    if found.ndim == 1:  # two classes, one number
        found = np.stack([-found / 2.0, found / 2.0], axis=1)
    spread = np.full((len(found), classes), 0.0 if chances else -np.inf)
    spread[:, known] = found[:, : len(known)]
    return spread, chances


def to_chances(scores: FloatArray, *, temperature: float, several: bool) -> Float64Array:
    """Turn decision values into probabilities: softmax over classes, or the logistic function where a song may have several labels."""
    scaled = np.asarray(scores, dtype=np.float64) / temperature
    if several:
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.where(np.isfinite(scaled), scaled, -1e3))), dtype=np.float64)
    top = scaled.max(axis=1, keepdims=True)
    raised = np.exp(scaled - np.where(np.isfinite(top), top, 0.0))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)


def fit_temperature(scores: FloatArray, targets: IntArray) -> float:
    """Find the temperature under which the truth was likeliest, of 41 from 0.01 to 100; 1 where there is nothing to see.

    Parameters
    ----------
    scores : (m, classes) decision values of rows that the model had not seen
    targets : (m,) classes, or (m, classes) indicators
    """
    if not len(scores):
        return 1.0
    several = targets.ndim == 2
    losses = []
    for temperature in _TEMPERATURES:
        chances = np.clip(to_chances(scores, temperature=float(temperature), several=several), 1e-6, 1.0 - 1e-6)
        if several:
            losses.append(-np.mean(np.where(targets == 1, np.log(chances), np.log(1.0 - chances))))
        else:
            losses.append(-np.mean(np.log(chances[np.arange(len(targets)), targets])))
    return float(_TEMPERATURES[int(np.argmin(losses))])


def vote(scores: FloatArray, unit: IntArray, *, rule: str = "mean") -> tuple[IntArray, Float64Array]:
    """Let the rows of each unit answer together.

    Parameters
    ----------
    scores : (m, classes)
    unit : (m,)
    rule : ``mean``, ``max`` or ``median`` of scores, or ``majority`` of the best-scored classes (ties by the mean score)

    Returns
    -------
    The units there are, ascending, and their scores (units, classes)

    Examples
    --------
    >>> vote(np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]), np.array([5, 5, 7]))[1].round(2).tolist()
    [[0.65, 0.35], [0.2, 0.8]]
    """
    if rule not in VOTES:
        raise InputError("vote", found=repr(rule), expected=" or ".join(VOTES))
    units, number, counts = np.unique(unit, return_inverse=True, return_counts=True)
    if len(units) == len(unit):
        return units, np.asarray(scores, dtype=np.float64)[np.argsort(number, kind="stable")]
    if rule in ("max", "median"):
        merge = np.max if rule == "max" else np.median
        return units, np.stack([merge(scores[number == one], axis=0) for one in range(len(units))])
    total = np.zeros((len(units), scores.shape[1]))
    np.add.at(total, number, scores)
    means = total / counts[:, None]
    if rule == "mean":
        return units, means
    ballots = np.zeros_like(means)
    np.add.at(ballots, (number, np.argmax(scores, axis=1)), 1.0)
    spread = np.abs(means).max() or 1.0
    return units, (ballots + 1e-6 * means / spread) / counts[:, None]
