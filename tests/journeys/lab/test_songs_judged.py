"""Songs, judged once or often, with one label or several."""

import numpy as np
import pytest

from hexachord.journeys.lab.songs_judged import JudgedSong, as_probabilities, judge_songs, mistakes
from hexachord.learning.evaluation.result import Predictions


def said(ids: str, truth: list, scores: list, decided: list | None = None) -> Predictions:
    return Predictions(
        ids=tuple(ids), folds=np.zeros(len(ids), dtype=int), truth=np.array(truth), scores=np.array(scores, dtype=float),
        decided=None if decided is None else np.array(decided),
    )  # fmt: skip


def test_repeated_judgements_are_averaged() -> None:
    judged = judge_songs(said("aba", [0, 1, 0], [[0.6, 0.4], [0.3, 0.7], [0.1, 0.9]]))
    assert judged == (JudgedSong(id="a", truth=(0,), said=(1,), confidence=0.65), JudgedSong(id="b", truth=(1,), said=(1,), confidence=0.7))
    assert [song.right for song in judged] == [False, True]


def test_scores_that_are_no_probabilities_become_comparable() -> None:
    shares = as_probabilities(np.array([[2.0, -1.0], [0.0, 0.0], [900.0, -900.0]]))
    assert np.allclose(shares.sum(axis=1), 1)
    assert shares[0, 0] == pytest.approx(1 / (1 + np.exp(-3)))
    assert np.isfinite(shares).all()
    kept = np.array([[0.25, 0.75]])
    assert as_probabilities(kept) is kept


def test_several_labels_by_half_or_by_what_was_decided() -> None:
    judged = judge_songs(said("ab", [[1, 0, 1], [0, 1, 0]], [[0.9, 0.2, 0.4], [0.1, 0.1, 0.3]]))
    assert [(song.truth, song.said, song.confidence) for song in judged] == [((0, 2), (0,), 0.9), ((1,), (), 0.7)]
    judged = judge_songs(said("ab", [[1, 0, 1], [0, 1, 0]], [[0.9, 0.2, 0.4], [0.1, 0.1, 0.3]], [[1, 0, 1], [0, 0, 1]]))
    assert [(song.said, song.right) for song in judged] == [((0, 2), True), ((2,), False)]


def test_the_surest_mistake_first() -> None:
    judged = judge_songs(said("abcd", [0, 0, 0, 0], [[0.4, 0.6], [0.1, 0.9], [0.8, 0.2], [0.4, 0.6]]))
    assert [song.id for song in mistakes(judged)] == ["b", "a", "d"]
