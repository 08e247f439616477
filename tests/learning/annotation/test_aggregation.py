"""One answer out of many: majority and its ties, and a model that finds out whom to believe."""

import numpy as np
import pytest

from hexachord.learning.annotation.aggregation import aggregate, dawid_skene, majority
from hexachord.learning.annotation.answers import Ratings
from hexachord.learning.annotation.questions import Question

NAN = np.nan
GENRE = Question(id="genre", text="?", kind="choice", options=("jazz", "rock", "folk", "pop"))
ENERGY = Question(id="energy", text="?", kind="rating", low=1, high=7)


def ratings(values: object, question: Question = GENRE) -> Ratings:
    matrix = np.asarray(values, dtype=np.float64)
    names = tuple(f"annotator {row}" for row in range(len(matrix)))
    return Ratings(question=question, annotators=names, items=tuple(f"item {i:03d}" for i in range(matrix.shape[1])), values=matrix)


def planted(seed: int, *, good: int = 3, bad: int = 5, items: int = 150) -> tuple[np.ndarray, np.ndarray]:
    """The truth, and what annotators say of it: good ones are right in nine of ten.

    Of the bad ones the last takes jazz for rock and rock for jazz, the one before says pop to all, the others guess.
    """
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, items)
    said = []
    for number in range(good + bad):
        guess = random.integers(0, 4, items)
        if number < good:
            said.append(np.where(random.random(items) < 0.87, truth, guess))
        elif number == good + bad - 1:
            said.append(np.select([truth == 0, truth == 1], [1, 0], default=truth))
        else:
            said.append(np.full(items, 3) if number == good + bad - 2 else guess)
    values = np.array(said, dtype=np.float64)
    values[random.random(values.shape) < 0.1] = NAN  # nobody hears everything
    values[0, ~np.isfinite(values).any(axis=0)] = 0
    return truth, values


def share_right(found: tuple, truth: np.ndarray) -> float:
    by_item = {each.item: each.value for each in found}
    return float(np.mean([by_item[f"item {i:03d}"] == GENRE.options[true] for i, true in enumerate(truth)]))


def test_a_majority_and_its_ties() -> None:
    won, tied, alone = majority(ratings([[0, 0, 3], [0, 1, NAN], [1, 1, NAN], [0, 0, NAN]]))
    assert (won.value, won.confidence, won.votes, won.reason) == ("jazz", 0.75, {"jazz": 3, "rock": 1}, "3 of 4")
    assert (tied.value, tied.tied, tied.reason) == (None, ("jazz", "rock"), "a tie: 2 for jazz against 2 for rock")
    assert (alone.value, alone.confidence, alone.reason) == ("pop", 1.0, "1 of 1")


def test_of_ratings_it_is_the_median() -> None:
    (found,) = majority(ratings([[1], [5], [6], [NAN]], ENERGY))
    assert (found.value, found.reason) == (5.0, "the median of 3")
    assert found.confidence == pytest.approx(1 - (5 / 3) / 6)
    with pytest.raises(ValueError, match="median"):
        aggregate(ratings([[1], [5], [6]], ENERGY), method="dawid-skene")


@pytest.mark.parametrize("seed", range(5))
def test_dawid_and_skene_find_out_who_is_bad(seed: int) -> None:
    truth, values = planted(seed)
    by_votes = share_right(aggregate(ratings(values)), truth)
    by_model = share_right(aggregate(ratings(values), method="dawid-skene"), truth)
    assert by_model > by_votes + 0.1
    assert by_model > 0.93


def test_confusions_are_found_again() -> None:
    truth, values = planted(7, items=800)
    model = dawid_skene(values, classes=4)
    np.testing.assert_allclose(model.confusion.sum(axis=2), 1.0)
    np.testing.assert_allclose(model.posterior.sum(axis=1), 1.0)
    assert model.confusion[0].diagonal().min() > 0.8
    assert model.confusion[7][0, 1] > 0.9  # jazz is called rock
    assert model.confusion[7][1, 0] > 0.9
    assert model.confusion[6][:, 3].min() > 0.9  # everything is called pop
    np.testing.assert_allclose(model.confusion[4], 0.25, atol=0.1)
    np.testing.assert_allclose(model.prior, np.bincount(truth) / len(truth), atol=0.04)


def test_what_it_is_surer_of_is_right_more_often() -> None:
    sure, right = [], []
    for seed in range(20):
        truth, values = planted(seed)
        model = dawid_skene(values, classes=4)
        sure += model.posterior.max(axis=1).tolist()
        right += (model.posterior.argmax(axis=1) == truth).tolist()
    shares = [
        np.mean([r for s, r in zip(sure, right, strict=True) if low <= s < high]) for low, high in ((0, 0.9), (0.9, 0.999), (0.999, 1.1))
    ]
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.98


@pytest.mark.parametrize("smoothing", [0.01, 0.1, 1.0])
def test_every_round_of_em_goes_up(smoothing: float) -> None:
    heights = np.array(dawid_skene(planted(3)[1], classes=4, smoothing=smoothing).log_posterior)
    assert len(heights) > 3
    assert (np.diff(heights) >= -1e-9 * np.abs(heights[1:])).all()


def test_of_two_annotators_nobody_can_tell_whom_to_believe() -> None:
    with pytest.raises(ValueError, match="wants 3 annotators; there are 2"):
        aggregate(ratings([[0, 1], [1, 0]]), method="dawid-skene")
    even = aggregate(ratings([[0, 1], [1, 0], [NAN, NAN]]), method="dawid-skene")
    assert {each.value for each in even} == {None}  # perfectly symmetric: a tie, and told as one
    assert aggregate(ratings(np.zeros((0, 0))), method="dawid-skene") == ()


@pytest.mark.parametrize("values", [np.full((2, 2), NAN), np.array([[4.0]]), np.array([[0.5]]), np.zeros(3)])
def test_what_are_no_answers_is_refused(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"answers|class number"):
        dawid_skene(values, classes=4)
