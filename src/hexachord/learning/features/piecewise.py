"""From pieces to songs: what a model said of each piece of a recording becomes what it says of the recording."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from hexachord.arrays import Float64Array, FloatArray

Vote = Literal["mean", "max", "median", "majority", "product"]
_LEAST = 1e-12  # a probability below this does not forbid a class


@dataclass(frozen=True, kw_only=True, eq=False)
class SongScores:
    """What was said of songs.

    Attributes
    ----------
    ids : (songs,) in the order of their first piece
    scores : (songs, classes)
    pieces : (songs,) how many had a say
    """

    ids: tuple[str, ...]
    scores: Float64Array
    pieces: Float64Array


def vote(scores: FloatArray, ids: Sequence[str], *, rule: Vote = "mean", weights: FloatArray | None = None) -> SongScores:
    """Let the pieces of each song vote.

    Parameters
    ----------
    scores : (pieces, classes) probabilities (any scores for ``mean``, ``max``, ``median`` and ``majority``); rows with NaN abstain
    ids : (pieces,) of the song that each was cut from
    rule : ``mean``, ``max`` or ``median`` of the scores of each class; ``majority``: the share of pieces that like a class best, where
        equal shares are told apart by the mean scores; ``product``: of probabilities, as if pieces were independent, scaled to sum 1
    weights : (pieces,) how much each counts, as seconds of music, for ``mean``, ``majority`` and ``product``

    Raises
    ------
    ValueError : if the lengths do not agree, a rule is not known, or weights are given to one that has no use for them.

    Examples
    --------
    >>> heard = vote(np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]]), ["a", "a", "b"])
    >>> heard.ids, heard.scores.round(2).tolist()
    (('a', 'b'), [[0.65, 0.35], [0.3, 0.7]])
    """
    given = np.asarray(scores, dtype=np.float64)
    if given.ndim != 2 or len(given) != len(ids):
        raise ValueError(f"scores of shape {given.shape} and {len(ids)} ids do not go together")
    if rule not in get_args(Vote):
        raise ValueError(f"{rule!r} is no rule; there are {', '.join(get_args(Vote))}")
    if weights is not None and rule in ("max", "median"):
        raise ValueError(f"{rule} has no use for weights")
    weight = np.ones(len(given)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(given),) or not (weight >= 0).all():
        raise ValueError("weights are one number that is not negative for each piece")
    where: dict[str, list[int]] = {}
    for row, name in enumerate(ids):
        where.setdefault(name, []).append(row)
    found = np.full((len(where), given.shape[1]), np.nan)
    counts = np.zeros(len(where))
    for song, rows in enumerate(where.values()):
        heard = [row for row in rows if np.isfinite(given[row]).all() and weight[row] > 0]
        counts[song] = len(heard)
        if heard:
            found[song] = _verdict(given[heard], weight[heard], rule)
    return SongScores(ids=tuple(where), scores=found, pieces=counts)


def _verdict(scores: Float64Array, weight: Float64Array, rule: Vote) -> Float64Array:
    if rule == "max":
        return np.asarray(scores.max(axis=0))
    if rule == "median":
        return np.asarray(np.median(scores, axis=0))
    share = weight / weight.sum()
    mean: Float64Array = share @ scores
    if rule == "mean":
        return mean
    if rule == "product":
        return normalised_product(np.log(np.maximum(scores, _LEAST)), weight)
    votes = np.zeros((1, scores.shape[1]))
    np.add.at(votes[0], scores.argmax(axis=1), share)
    return np.asarray(broken_ties(votes, mean[None])[0])


def normalised_product(logs: Float64Array, weight: Float64Array) -> Float64Array:
    """Multiply probabilities given as (pieces, ..., classes) logarithms, each to the power of its weight; the result sums to 1."""
    total = np.tensordot(weight, logs, axes=1)
    likely = np.exp(total - total.max(axis=-1, keepdims=True))
    product: Float64Array = likely / likely.sum(axis=-1, keepdims=True)
    return product


def broken_ties(votes: Float64Array, scores: Float64Array) -> Float64Array:
    """Add so little to (n, classes) shares of votes, in the order of their scores, that only equal shares are told apart."""
    rank = np.argsort(np.argsort(scores, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(votes + 1e-9 * rank)
