"""From an estimator's answers to scores of songs: probabilities where there are none, and the vote of pieces.

Decision values of machines that give no probabilities are divided by one temperature and sent through softmax, the temperature being
fitted to songs that the model had not seen: C. Guo and others, *On Calibration of Modern Neural Networks*, ICML 2017. It changes no
ranking of one row, but lets rows vote and models be fused.
"""

from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.learning.features import piecewise
from hexachord.learning.features.piecewise import Vote

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


def vote(scores: FloatArray, unit: IntArray, *, rule: Vote = "mean") -> tuple[IntArray, Float64Array]:
    """Let the rows of each unit answer together (see `hexachord.learning.features.piecewise`).

    Parameters
    ----------
    scores : (m, classes)
    unit : (m,)

    Returns
    -------
    The units there are, ascending, and their scores (units, classes)

    Examples
    --------
    >>> vote(np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]), np.array([5, 5, 7]))[1].round(2).tolist()
    [[0.65, 0.35], [0.2, 0.8]]
    """
    order = np.argsort(unit, kind="stable")
    units = np.unique(unit)
    ordered = np.asarray(scores, dtype=np.float64)[order]
    if len(units) == len(unit):  # one row each: nothing to vote on
        return units, ordered
    return units, piecewise.vote(ordered, [str(one) for one in unit[order]], rule=rule).scores
