"""How far an annotator is, and the score: of items whose answers are known, never of the others, where nobody knows better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from hexachord.learning.annotation.answers import Answer
from hexachord.learning.annotation.project import Project
from hexachord.learning.annotation.questions import KnownItem, Question, Value


@dataclass(frozen=True, kw_only=True)
class Given:
    """What an annotator is told after an answer: nothing, but on training items.

    Attributes
    ----------
    right : whether it was; None where that is not told
    expected : what would have been right
    feedback : what the project says of the item
    """

    right: bool | None = None
    expected: Value | None = None
    feedback: str = ""

    @classmethod
    def of(cls, known: KnownItem | None, question: Question, value: Value) -> Self:
        """Judge an answer; with nothing known there is nothing to tell."""
        if known is None or question.id not in known.answers:
            return cls()
        expected = known.answers[question.id]
        right = question.same(value, expected, tolerance=known.tolerance)
        return cls(right=right, expected=question.check(expected), feedback=known.feedback)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far, and how well.

    Attributes
    ----------
    done, total : assignments wholly answered, and all of them, training included
    training_done, training_total : of them
    right, known : answers to training and attention items: right ones, all
    attention_right, attention_known : of them, on attention items
    streak, best_streak : right ones in a row up to now, and at best
    seconds : all time spent answering
    median_s : of an answer to an item; NaN without one
    undone : answers taken back
    """

    done: int
    total: int
    training_done: int
    training_total: int
    right: int
    known: int
    attention_right: int
    attention_known: int
    streak: int
    best_streak: int
    seconds: float
    median_s: float
    undone: int


def measure_progress(given: Sequence[Answer], planned: Mapping[str, int], project: Project, known: Mapping[str, KnownItem]) -> Progress:
    """Measure one annotator's answers, in the order in which they were given, undone ones among them.

    The score counts first answers: who takes one back after the feedback wins nothing.
    """
    stands = [each for each in given if not each.undone_at]
    count: dict[tuple[str, str], int] = {}
    for each in stands:
        count[(each.role, each.item)] = count.get((each.role, each.item), 0) + 1
    whole = [role for (role, _), answers in count.items() if answers >= len(project.questions)]
    verdicts: list[tuple[str, bool]] = []
    judged: set[tuple[str, str, str]] = set()
    for each in given:
        key = (each.role, each.item, each.question)
        if each.role not in ("training", "attention") or key in judged:
            continue
        judged.add(key)
        right = Given.of(known.get(each.item), project.question(each.question), each.value).right
        if right is not None:
            verdicts.append((each.role, right))
    streak = best = 0
    for _, right in verdicts:
        streak = streak + 1 if right else 0
        best = max(best, streak)
    attention = [right for role, right in verdicts if role == "attention"]
    paces = [each.seconds for each in stands if each.role in ("item", "repeat")]
    return Progress(
        done=len(whole),
        total=sum(planned.values()),
        training_done=whole.count("training"),
        training_total=planned.get("training", 0),
        right=sum(right for _, right in verdicts),
        known=len(verdicts),
        attention_right=sum(attention),
        attention_known=len(attention),
        streak=streak,
        best_streak=best,
        seconds=float(sum(each.seconds for each in stands)),
        median_s=float(np.median(paces)) if paces else float("nan"),
        undone=len(given) - len(stands),
    )
