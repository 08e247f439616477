"""The key along the way: a hidden Markov model over the 24 keys, whatever the evidence is made of.

Notes say how likely their pitch classes are in each key, chords how likely they are on its degrees; what follows is the same: keys
last, and leaving one costs as much as several bars of evidence. The likeliest path says which key it is, forward and backward
probabilities say how sure that is. L. Rabiner, Proc. IEEE 77(2), 1989; FMP §5.3.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

CHANGE_COST = 6.0
"""Nats that a change of key must gain. Chosen between 4 and 8 on songs of the training and valid sides, where a step is a bar, by the
signatures on the page. These seldom change where the music does: who wants every modulation of a short piece asks for less."""


class KeyPath(NamedTuple):
    """The likeliest key of each step, and the probability of every key at each step, (steps, 24)."""

    path: IntArray
    probability: Float64Array


def follow_keys(evidence: FloatArray, *, change_cost: float = CHANGE_COST) -> KeyPath:
    """Find the likeliest sequence of keys.

    Parameters
    ----------
    evidence : (steps, keys) log likelihood of what sounds in each step, given each key
    change_cost : nats that a change costs; to which key makes no difference

    Returns
    -------
    KeyPath; empty for no steps

    Examples
    --------
    >>> evidence = np.log([[0.9, 0.1], [0.4, 0.6], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9], [0.1, 0.9]])
    >>> follow_keys(evidence, change_cost=3.0).path
    array([0, 0, 0, 1, 1, 1])
    """
    steps, keys = evidence.shape
    if steps == 0:
        return KeyPath(np.zeros(0, dtype=np.int64), np.zeros((0, keys)))
    weights: Float64Array = evidence.astype(np.float64)
    return KeyPath(_likeliest(weights, change_cost), _probability(weights, change_cost))


def _likeliest(evidence: Float64Array, change_cost: float) -> IntArray:
    steps, keys = evidence.shape
    back = np.zeros((steps, keys), dtype=np.int64)
    total = evidence[0].copy()
    stay = np.arange(keys)
    for step in range(1, steps):
        best = int(total.argmax())
        moved = total[best] - change_cost
        back[step] = np.where(total >= moved, stay, best)
        total = np.maximum(total, moved) + evidence[step]
    path = np.empty(steps, dtype=np.int64)
    path[-1] = int(total.argmax())
    for step in range(steps - 1, 0, -1):
        path[step - 1] = back[step, path[step]]
    return path


def _probability(evidence: Float64Array, change_cost: float) -> Float64Array:
    steps, keys = evidence.shape
    likelihood = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    leave = np.exp(-change_cost)  # to each other key; staying is what is left of 1
    stay = max(1.0 - leave * (keys - 1), 0.5)
    forward, backward = np.empty((steps, keys)), np.ones((steps, keys))
    forward[0] = likelihood[0] / likelihood[0].sum()
    for step in range(1, steps):
        came = forward[step - 1]
        forward[step] = (leave * (came.sum() - came) + stay * came) * likelihood[step]
        forward[step] /= forward[step].sum()
    for step in range(steps - 2, -1, -1):
        goes = backward[step + 1] * likelihood[step + 1]
        backward[step] = leave * (goes.sum() - goes) + stay * goes
        backward[step] /= backward[step].sum()
    both: Float64Array = forward * backward
    both /= both.sum(axis=1, keepdims=True)
    return both
