"""How far annotators agree with one another and with themselves, and about what they ought to talk."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.learning.annotation.answers import Answer, Ratings, ratings_of, repeats_of
from hexachord.learning.annotation.progress import Progress
from hexachord.learning.annotation.questions import Question, Value
from hexachord.learning.annotation.store import Store
from hexachord.metrics import agreement as metrics

RELIABLE, TENTATIVE = 0.8, 0.667  # Krippendorff, Content Analysis, 2004, p. 241: what alpha must be to build on, or to conclude with care


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two annotators: items both judged, share of same answers, Cohen's kappa (where answers have an order, by squared distance)."""

    first: str
    second: str
    items: int
    percent: float
    kappa: float


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """One annotator against themselves on hidden repeats: how many, share of same answers, kappa, mean distance of ratings (else NaN)."""

    annotator: str
    count: int
    same: float
    kappa: float
    distance: float


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """An item that annotators see differently: who said what, and how far apart they are (0 agreed, 1 as far as can be)."""

    item: str
    said: Mapping[str, Value]
    apart: float


@dataclass(frozen=True, kw_only=True, eq=False)
class QuestionAgreement:
    """All about one question.

    Attributes
    ----------
    question : which
    annotators, items, answers : how many
    metrics : `hexachord.metrics.agreement.evaluate`; NaN where there is too little to tell
    verdict : what alpha allows to do with the answers, in words
    pairs : each two annotators that share items
    repeats : each annotator that heard something twice
    confusion : (options, options) how often two annotators said the one and the other of the same item; empty for ratings
    disputes : what to discuss, the farthest apart first
    """

    question: Question
    annotators: tuple[str, ...]
    items: int
    answers: int
    metrics: Mapping[str, float]
    verdict: str
    pairs: tuple[Pair, ...]
    repeats: tuple[Repeats, ...]
    confusion: IntArray
    disputes: tuple[Dispute, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data; what cannot be told is null."""
        told: dict[str, Any] = {
            "question": self.question.id, "text": self.question.text, "kind": self.question.kind, "annotators": list(self.annotators),
            "items": self.items, "answers": self.answers, "metrics": dict(self.metrics), "verdict": self.verdict,
            "pairs": [asdict(pair) for pair in self.pairs], "repeats": [asdict(each) for each in self.repeats],
            "options": list(self.question.options), "confusion": self.confusion.tolist(),
            "disputes": [{"item": each.item, "said": dict(each.said), "apart": each.apart} for each in self.disputes],
        }  # fmt: skip
        return {name: plain(value) for name, value in told.items()}


@dataclass(frozen=True, kw_only=True, eq=False)
class AgreementReport:
    """Every question, and how each annotator fares."""

    title: str
    questions: tuple[QuestionAgreement, ...]
    progress: Mapping[str, Progress]

    def to_json(self) -> dict[str, Any]:
        """Plain data; what cannot be told is null."""
        annotators = {name: plain(asdict(each)) for name, each in self.progress.items()}
        return {"title": self.title, "questions": [each.to_json() for each in self.questions], "annotators": annotators}


def measure_agreement(store: Store) -> AgreementReport:
    """Measure the agreement in a store."""
    answers = store.answers()
    return AgreementReport(
        title=store.project.title,
        questions=tuple(question_agreement(answers, question) for question in store.project.questions),
        progress={each.name: store.progress(each.number) for each in store.annotators()},
    )


def question_agreement(answers: Sequence[Answer], question: Question) -> QuestionAgreement:
    """Measure the agreement about one question."""
    ratings = ratings_of(answers, question)
    found = metrics.evaluate(ratings.values, level=question.level)
    return QuestionAgreement(
        question=question,
        annotators=ratings.annotators,
        items=len(ratings.items),
        answers=int(np.isfinite(ratings.values).sum()),
        metrics=found,
        verdict=verdict(found["alpha"]),
        pairs=_pairs(ratings),
        repeats=tuple(own_repeats(name, pair, question) for name, pair in repeats_of(answers, question).items()),
        confusion=_confusion(ratings),
        disputes=_disputes(ratings),
    )


def own_repeats(annotator: str, codes: Float64Array, question: Question) -> Repeats:
    """Compare what an annotator said the first and the second time.

    Parameters
    ----------
    codes : (2, repeats) as `answers.repeats_of` gives them
    """
    same = [question.same(question.named(one), question.named(other)) for one, other in codes.T]
    return Repeats(
        annotator=annotator,
        count=len(same),
        same=float(np.mean(same)) if same else metrics.UNDEFINED,
        kappa=metrics.cohen_kappa(codes[0], codes[1], weights=_weights(question)) if same else metrics.UNDEFINED,
        distance=float(np.mean(np.abs(codes[0] - codes[1]))) if same and question.kind == "rating" else metrics.UNDEFINED,
    )


def verdict(alpha: float) -> str:
    """Say what Krippendorff's alpha allows."""
    if not np.isfinite(alpha):
        return "cannot be told yet: items are needed that two annotators judged, and that differ"
    if alpha >= RELIABLE:
        return "reliable"
    if alpha >= TENTATIVE:
        return "good enough for tentative conclusions"
    return "not reliable: talk about what annotators see differently, and sharpen the instructions"


def plain(value: Any) -> Any:
    """Numbers that are none become None, all the way down: JSON has no NaN."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _weights(question: Question) -> metrics.Weights:
    return "none" if question.level == "nominal" else "quadratic"


def _pairs(ratings: Ratings) -> tuple[Pair, ...]:
    found = []
    for i, j in combinations(range(len(ratings.annotators)), 2):
        both = ratings.values[[i, j]]
        both = both[:, np.isfinite(both).all(axis=0)]
        if not both.shape[1]:
            continue
        kappa = metrics.cohen_kappa(both[0], both[1], weights=_weights(ratings.question))
        percent = metrics.percent_agreement(both)
        found.append(Pair(first=ratings.annotators[i], second=ratings.annotators[j], items=both.shape[1], percent=percent, kappa=kappa))
    return tuple(found)


def _confusion(ratings: Ratings) -> IntArray:
    count = len(ratings.question.options)
    table = np.zeros((count, count), dtype=np.int64)
    if ratings.question.kind == "rating":
        return table
    for i, j in combinations(range(len(ratings.annotators)), 2):
        both = ratings.values[[i, j]]
        one, other = both[:, np.isfinite(both).all(axis=0)].astype(np.int64)
        np.add.at(table, (one, other), 1)
        np.add.at(table, (other, one), 1)  # neither is the truth: the table is symmetric
    return table


def _disputes(ratings: Ratings) -> tuple[Dispute, ...]:
    found = []
    question = ratings.question
    for column, item in enumerate(ratings.items):
        codes = ratings.values[:, column]
        there = np.flatnonzero(np.isfinite(codes))
        if len(there) < 2:
            continue
        if question.kind == "rating":
            apart = float(np.ptp(codes[there])) / (question.high - question.low)
        else:
            apart = 1.0 - metrics.percent_agreement(codes[there, None])
        if apart > 0:
            said = {ratings.annotators[row]: question.named(float(codes[row])) for row in there}
            found.append(Dispute(item=item, said=said, apart=apart))
    return tuple(sorted(found, key=lambda each: (-each.apart, each.item)))
