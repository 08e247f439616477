"""Listen to the mistakes: the songs that a model was surest of and wrong about."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.learning.evaluation.result import ModelResult


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A track taken for something else.

    Attributes
    ----------
    id : of the track
    true, predicted : classes; for multi-label data the labels with a vertical stroke between them
    confidence : the score of what was said; for multi-label data how far the worst label is off
    true_score : the score of the truth
    times : in how many of how many judgements it was wrong
    """

    id: str
    true: str
    predicted: str
    confidence: float
    true_score: float
    times: tuple[int, int]


def worst_mistakes(result: ModelResult, classes: Sequence[str], *, count: int = 10) -> tuple[Mistake, ...]:
    """List the most confident wrong tracks, each once, the most confident first.

    Where repeated splits judged a track more than once, its most confident wrong judgement counts.

    Parameters
    ----------
    classes : of the evaluation
    count : how many at most
    """
    said = result.predictions
    rows = np.arange(len(said.ids))
    if said.truth.ndim == 2:
        decided = said.scores >= 0.5 if said.decided is None else said.decided == 1
        wrong = (decided != (said.truth == 1)).any(axis=1)
        confidence = np.where(decided != (said.truth == 1), np.abs(said.scores - said.truth), 0.0).max(axis=1)
        true_score = 1.0 - confidence
        true = ["|".join(np.array(classes)[line == 1]) for line in said.truth]
        predicted = ["|".join(np.array(classes)[line]) for line in decided]
    else:
        best = np.argmax(said.scores, axis=1)
        wrong = best != said.truth
        confidence, true_score = said.scores[rows, best], said.scores[rows, said.truth]
        true = [classes[int(label)] for label in said.truth]
        predicted = [classes[int(label)] for label in best]
    judged: dict[str, int] = {}
    missed: dict[str, int] = {}
    for row, name in enumerate(said.ids):
        judged[name] = judged.get(name, 0) + 1
        missed[name] = missed.get(name, 0) + int(wrong[row])
    found: dict[str, Mistake] = {}
    for row in sorted(rows[wrong], key=lambda row: (-confidence[row], said.ids[row])):
        name = said.ids[row]
        if name not in found:
            found[name] = Mistake(
                id=name,
                true=true[row],
                predicted=predicted[row],
                confidence=float(confidence[row]),
                true_score=float(true_score[row]),
                times=(missed[name], judged[name]),
            )
        if len(found) == count:
            break
    return tuple(found.values())
