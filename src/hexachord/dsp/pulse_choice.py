"""Choosing among the pulses that music has: what to read off curves of chances, and the small network that ranks candidates.

Sound (`hexachord.audio_analysis.rhythm.readings`) and played notes (`hexachord.score_analysis.multiples`) describe their candidates
differently and choose alike.
"""

from collections.abc import Mapping

import numpy as np

from hexachord.arrays import Float64Array, FloatArray


def at(curve: FloatArray, time_s: FloatArray, hop_s: float) -> Float64Array:
    """Read the top of a curve, or of each column of curves, within a frame of each time."""
    frame = np.rint(np.asarray(time_s) / hop_s).astype(np.int64)
    last = len(curve) - 1
    tops = np.maximum.reduce([curve[np.clip(frame + k, 0, last)] for k in (-1, 0, 1)])
    return np.asarray(tops, dtype=np.float64)


def log_odds(chance: FloatArray) -> Float64Array:
    """Log odds of chances, ±5 at most."""
    clipped = np.clip(np.asarray(chance, dtype=np.float64), 0.0067, 0.9933)
    return np.asarray(np.log(clipped / (1.0 - clipped)))


def unequal(value: Float64Array, cycle: int) -> float:
    """How far the means of every `cycle`-th value lie apart."""
    if len(value) < 2 * cycle:
        return 0.0
    means = [float(value[k::cycle].mean()) for k in range(cycle)]
    return max(means) - min(means)


def standardised(features: FloatArray, mean: FloatArray, scale: FloatArray) -> Float64Array:
    """Bring features to mean 0 and spread 1, three spreads at most: beyond what was taught nothing is known."""
    return np.asarray(np.clip((np.asarray(features, dtype=np.float64) - mean) / scale, -3.0, 3.0))


def chances(scores: FloatArray) -> Float64Array:
    """Turn scores, as log odds against one another, into chances that sum to 1 (softmax).

    Examples
    --------
    >>> chances(np.log([1.0, 3.0])).round(2).tolist()
    [0.25, 0.75]
    """
    grown = np.exp(np.asarray(scores, dtype=np.float64) - np.max(scores))
    return np.asarray(grown / grown.sum())


def choose(features: FloatArray, weights: Mapping[str, FloatArray]) -> Float64Array:
    """Run the chooser: (candidates, features) → (candidates,) scores; `chances` of them say how likely each is the one people tap."""
    inputs = standardised(features, weights["mean"], weights["scale"])
    hidden = np.tanh(inputs @ weights["w1"] + weights["b1"])
    scores: Float64Array = hidden @ weights["w2"] + inputs @ weights["direct"]
    return scores
