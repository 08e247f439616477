"""Pieces vote for their song."""

import numpy as np
import pytest

from hexachord.learning.features.piecewise import vote

SCORES = np.array([[0.5, 0.4, 0.1], [0.0, 0.6, 0.4], [0.55, 0.3, 0.15], [0.1, 0.1, 0.8], [np.nan, 0.5, 0.5]])
IDS = ["a", "a", "a", "b", "c"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("mean", [1.05 / 3, 1.3 / 3, 0.65 / 3]), ("max", [0.55, 0.6, 0.4]), ("median", [0.5, 0.4, 0.15]), ("majority", [2 / 3, 1 / 3, 0.0])],
)
def test_rules(rule: str, expected: list[float]) -> None:
    heard = vote(SCORES, IDS, rule=rule)
    assert heard.ids == ("a", "b", "c")
    np.testing.assert_allclose(heard.scores[0], expected, atol=1e-8)
    assert heard.pieces.tolist() == [3, 1, 0]
    assert np.isnan(heard.scores[2]).all()


def test_product() -> None:
    scores = np.array([[0.5, 0.25, 0.25], [0.2, 0.4, 0.4]])
    np.testing.assert_allclose(vote(scores, ["a", "a"], rule="product").scores, [[1 / 3, 1 / 3, 1 / 3]])
    assert np.isfinite(vote(np.array([[0.0, 1.0], [1.0, 0.0]]), ["a", "a"], rule="product").scores).all()
    many = vote(np.tile([[0.6, 0.4]], (5000, 1)), ["a"] * 5000, rule="product")
    assert many.scores[0].tolist() == [1.0, 0.0]


def test_equal_shares_are_told_apart_by_scores() -> None:
    heard = vote(np.array([[0.9, 0.1], [0.45, 0.55]]), ["a", "a"], rule="majority")
    assert heard.scores[0].argmax() == 0
    np.testing.assert_allclose(heard.scores[0], [0.5, 0.5], atol=1e-8)


def test_weights() -> None:
    heard = vote(SCORES[:2], ["a", "a"], weights=np.array([3.0, 1.0]))
    np.testing.assert_allclose(heard.scores[0], [0.375, 0.45, 0.175])
    majority = vote(SCORES[:2], ["a", "a"], rule="majority", weights=np.array([3.0, 1.0]))
    np.testing.assert_allclose(majority.scores[0], [0.75, 0.25, 0], atol=1e-8)
    assert vote(SCORES[:2], ["a", "a"], weights=np.array([0.0, 1.0])).pieces.tolist() == [1]


def test_order_of_pieces_makes_no_difference() -> None:
    rng = np.random.default_rng(2)
    scores = rng.dirichlet([1, 1, 1], 40)
    ids = [f"song {number % 7}" for number in range(40)]
    turn = rng.permutation(40)
    for rule in ("mean", "max", "median", "majority", "product"):
        one, other = vote(scores, ids, rule=rule), vote(scores[turn], [ids[row] for row in turn], rule=rule)
        place = [other.ids.index(name) for name in one.ids]
        np.testing.assert_allclose(one.scores, other.scores[place])


def test_bad_votes() -> None:
    with pytest.raises(ValueError, match="do not go together"):
        vote(SCORES, IDS[:2])
    with pytest.raises(ValueError, match="no rule"):
        vote(SCORES, IDS, rule="loudest")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no use for weights"):
        vote(SCORES, IDS, rule="max", weights=np.ones(5))
    with pytest.raises(ValueError, match="not negative"):
        vote(SCORES, IDS, weights=-np.ones(5))
