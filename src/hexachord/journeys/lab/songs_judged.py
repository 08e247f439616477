"""What a model made of each song: scores of repeated judgements averaged, and the songs that it took for something else."""

from dataclasses import dataclass

import numpy as np

from hexachord.learning.evaluation.result import Predictions

_HALF = 0.5  # from here on a label of several counts as said


@dataclass(frozen=True, kw_only=True)
class JudgedSong:
    """A song, what it is and what it was taken for; `confidence` is the score of `said` (a probability where the model gives them)."""

    id: str
    truth: tuple[int, ...]
    said: tuple[int, ...]
    confidence: float

    @property
    def right(self) -> bool:
        """Whether it was taken for what it is."""
        return self.truth == self.said


def judge_songs(predictions: Predictions) -> tuple[JudgedSong, ...]:
    """Average what was said of each song over all times that it was judged; songs in the order in which they first were.

    Scores that are no probabilities are made comparable by a softmax over classes.

    Examples
    --------
    >>> twice = Predictions(ids=("a", "a"), folds=np.array([0, 1]), truth=np.array([1, 1]), scores=np.array([[0.9, 0.1], [0.6, 0.4]]))
    >>> judge_songs(twice)
    (JudgedSong(id='a', truth=(1,), said=(0,), confidence=0.75),)
    """
    many = predictions.truth.ndim == 2
    scores = predictions.scores if many else as_probabilities(predictions.scores)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(predictions.ids):
        rows.setdefault(name, []).append(row)
    judged = []
    for name, where in rows.items():
        mean = scores[where].mean(axis=0)
        truth = predictions.truth[where[0]]
        if many:
            decided = mean if predictions.decided is None else predictions.decided[where].mean(axis=0)
            said = tuple(np.flatnonzero(decided >= _HALF).tolist())
            sure = float(mean[list(said)].max()) if said else float(1.0 - mean.max(initial=0.0))
            judged.append(JudgedSong(id=name, truth=tuple(np.flatnonzero(truth).tolist()), said=said, confidence=round(sure, 6)))
        else:
            best = int(np.argmax(mean))
            judged.append(JudgedSong(id=name, truth=(int(truth),), said=(best,), confidence=round(float(mean[best]), 6)))
    return tuple(judged)


def as_probabilities(scores: np.ndarray) -> np.ndarray:
    """Leave probabilities as they are; turn other scores, (n, classes), into shares by a softmax."""
    if scores.size and scores.min() >= 0 and np.allclose(scores.sum(axis=1), 1.0, atol=1e-3):
        return scores
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def mistakes(judged: tuple[JudgedSong, ...]) -> tuple[JudgedSong, ...]:
    """The songs that were taken for something else, the surest first: there a label may be wrong."""
    return tuple(sorted((song for song in judged if not song.right), key=lambda song: (-song.confidence, song.id)))
