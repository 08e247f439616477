"""Answers as they come out of a store, and as the matrices that statistics want."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.learning.annotation.plan import Role
from hexachord.learning.annotation.questions import Question, Value


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer.

    Attributes
    ----------
    annotator, item, question : whose, about what, to which
    role : why the item was asked about: ``training``, ``attention``, ``item`` or ``repeat``
    value : an option, or a rating
    seconds : from the moment the question stood there to the answer, while the page was in view
    given_at : when, in UTC (ISO 8601)
    undone_at : when it was taken back; empty for what stands
    """

    annotator: str
    item: str
    question: str
    role: Role
    value: Value
    seconds: float
    given_at: str
    undone_at: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Ratings:
    """The answers to one question as a matrix.

    Attributes
    ----------
    question : that was answered
    annotators : of the rows
    items : of the columns
    values : (annotators, items) codes of answers (`Question.code`), NaN where one is missing
    """

    question: Question
    annotators: tuple[str, ...]
    items: tuple[str, ...]
    values: Float64Array


def ratings_of(answers: Iterable[Answer], question: Question) -> Ratings:
    """Collect the answers to a question: what stands, of items (their first time); training, checks and repeats are left out."""
    found = [each for each in answers if each.question == question.id and each.role == "item" and not each.undone_at]
    annotators = tuple(sorted({each.annotator for each in found}))
    items = tuple(sorted({each.item for each in found}))
    row = {name: number for number, name in enumerate(annotators)}
    column = {name: number for number, name in enumerate(items)}
    values = np.full((len(annotators), len(items)), np.nan)
    for each in found:
        values[row[each.annotator], column[each.item]] = question.code(each.value)
    return Ratings(question=question, annotators=annotators, items=items, values=values)


def repeats_of(answers: Sequence[Answer], question: Question) -> dict[str, Float64Array]:
    """Collect what each annotator said the first and the second time: (2, repeats) codes by annotator."""
    stands = [each for each in answers if each.question == question.id and not each.undone_at]
    first = {(each.annotator, each.item): each.value for each in stands if each.role == "item"}
    pairs: dict[str, list[tuple[float, float]]] = {}
    for each in stands:
        if each.role == "repeat" and (before := first.get((each.annotator, each.item))) is not None:
            pairs.setdefault(each.annotator, []).append((question.code(before), question.code(each.value)))
    return {name: np.array(found, dtype=np.float64).T for name, found in sorted(pairs.items())}
