"""One answer for each item out of many: majority with its ties explained, and Dawid–Skene, which learns whom to believe.

A. P. Dawid, A. M. Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28:1, 1979.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.learning.annotation.answers import Ratings
from hexachord.learning.annotation.questions import Question, Value

Method = Literal["majority", "dawid-skene"]
LEAST_ANNOTATORS = 3  # of Dawid and Skene's model
_SURE = 1e-9  # two votes of the same weight are a tie


@dataclass(frozen=True, kw_only=True)
class Consensus:
    """What is taken for the truth about one item.

    Attributes
    ----------
    item : which
    value : the answer; None where the votes do not decide
    confidence : share of votes or posterior of the answer, 0 to 1; of a rating, 1 less the annotators' mean distance from it over the scale
    votes : how many said what
    tied : the answers that have the same most votes, where there are several
    reason : in words
    """

    item: str
    value: Value | None
    confidence: float
    votes: Mapping[Value, int]
    tied: tuple[Value, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class DawidSkene:
    """What the model learnt.

    Attributes
    ----------
    posterior : (items, classes) how likely each class is the true one
    confusion : (annotators, classes, classes) what each annotator says, given the true class: rows sum to 1
    prior : (classes,) how frequent each class is
    log_posterior : after each round of EM: it never falls
    """

    posterior: Float64Array
    confusion: Float64Array
    prior: Float64Array
    log_posterior: tuple[float, ...]


def majority(ratings: Ratings) -> tuple[Consensus, ...]:
    """Take the answer that most annotators gave; of ratings, the median.

    A tie is not decided by the order of options or annotators: its value is None, and its reason says who stands against whom.
    """
    return tuple(_by_votes(ratings, column) for column in range(len(ratings.items)))


def dawid_skene(
    values: Float64Array, *, classes: int, smoothing: float = 0.1, most_rounds: int = 500, tolerance: float = 1e-9
) -> DawidSkene:
    """Estimate true classes and each annotator's confusions together, by expectation and maximisation.

    It starts from the votes, so it finds out single bad annotators, not a majority that errs in the same way. Where answers
    are few, likelihood is surer than it should be.

    Parameters
    ----------
    values : (annotators, items) class numbers, NaN where one is missing
    classes : how many there are
    smoothing : imagined answers in every cell of a confusion: nobody is infallible on the strength of three items
    most_rounds, tolerance : when to stop

    Raises
    ------
    ValueError : if a value is no class number, or there are none.
    """
    seen = np.isfinite(values)
    if values.ndim != 2 or not seen.any():
        raise ValueError("Dawid and Skene's model wants answers: (annotators, items), some of them there")
    if not np.isin(values[seen], np.arange(classes)).all():
        raise ValueError(f"a value is no class number of 0 to {classes - 1}")
    said = (values[:, :, None] == np.arange(classes)).astype(np.float64)
    votes = said.sum(axis=0)
    posterior = np.where(votes.sum(axis=1, keepdims=True) > 0, votes, 1.0)
    posterior /= posterior.sum(axis=1, keepdims=True)
    heights: list[float] = []
    while True:
        counts = np.einsum("ij,kil->kjl", posterior, said) + smoothing
        confusion = counts / counts.sum(axis=2, keepdims=True)
        prior = posterior.sum(axis=0) + smoothing
        prior /= prior.sum()
        joint = np.log(prior) + np.einsum("kil,kjl->ij", said, np.log(confusion))
        top = joint.max(axis=1, keepdims=True)
        evidence = top[:, 0] + np.log(np.exp(joint - top).sum(axis=1))
        posterior = np.exp(joint - evidence[:, None])
        believed = smoothing * (float(np.log(confusion).sum()) + float(np.log(prior).sum()))  # the prior that the imagined answers are
        heights.append(float(evidence.sum()) + believed)
        if len(heights) >= most_rounds or (len(heights) > 1 and heights[-1] - heights[-2] <= tolerance * abs(heights[-1])):
            return DawidSkene(posterior=posterior, confusion=confusion, prior=prior, log_posterior=tuple(heights))


def aggregate(ratings: Ratings, *, method: Method = "majority") -> tuple[Consensus, ...]:
    """Give one answer for each item.

    Parameters
    ----------
    method : ``majority``, or ``dawid-skene``, which is for binary and multiple choice questions

    Raises
    ------
    ValueError : if a rating is to be aggregated by Dawid and Skene's model, or the answers of fewer than three annotators: where one says
        this and the other that, nothing tells whom to believe.
    """
    if method == "majority":
        return majority(ratings)
    question = ratings.question
    if question.kind == "rating":
        raise ValueError(f"{question.id} is a rating: Dawid and Skene's model is of classes; take the majority, which is the median there")
    if not ratings.items:
        return ()
    if len(ratings.annotators) < LEAST_ANNOTATORS:
        raise ValueError(f"Dawid and Skene's model wants {LEAST_ANNOTATORS} annotators; there are {len(ratings.annotators)}")
    model = dawid_skene(ratings.values, classes=len(question.options))
    return tuple(_by_model(ratings, column, model.posterior[column]) for column in range(len(ratings.items)))


def _votes(ratings: Ratings, column: int) -> dict[Value, int]:
    """How many said what, most first, then as the options are listed."""
    codes = ratings.values[:, column]
    found, counts = np.unique(codes[np.isfinite(codes)], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {ratings.question.named(float(found[i])): int(counts[i]) for i in order}


def _by_votes(ratings: Ratings, column: int) -> Consensus:
    question, item = ratings.question, ratings.items[column]
    votes = _votes(ratings, column)
    if question.kind == "rating":
        return _by_median(question, item, votes)
    total, most = sum(votes.values()), max(votes.values())
    tied = tuple(value for value, count in votes.items() if count == most)
    if len(tied) > 1:
        sides = " against ".join(f"{most} for {value}" for value in tied)
        return Consensus(item=item, value=None, confidence=most / total, votes=votes, tied=tied, reason=f"a tie: {sides}")
    return Consensus(item=item, value=tied[0], confidence=most / total, votes=votes, reason=f"{most} of {total}")


def _by_median(question: Question, item: str, votes: Mapping[Value, int]) -> Consensus:
    numbers = np.repeat([question.code(value) for value in votes], list(votes.values()))
    middle = float(np.median(numbers))
    spread = float(np.mean(np.abs(numbers - middle))) / (question.high - question.low)
    reason = f"the median of {len(numbers)}" if len(numbers) > 1 else "the only rating"
    return Consensus(item=item, value=middle, confidence=1.0 - spread, votes=votes, reason=reason)


def _by_model(ratings: Ratings, column: int, posterior: Float64Array) -> Consensus:
    question, votes = ratings.question, _votes(ratings, column)
    best = float(posterior.max())
    tied = tuple(question.named(float(code)) for code in np.flatnonzero(posterior >= best - _SURE))
    said = ", ".join(f"{count} for {value}" for value, count in votes.items())
    if len(tied) > 1:
        return Consensus(item=ratings.items[column], value=None, confidence=best, votes=votes, tied=tied, reason=f"a tie: {said}")
    return Consensus(item=ratings.items[column], value=tied[0], confidence=best, votes=votes, reason=f"{said}, weighed by whom to believe")
