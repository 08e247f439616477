"""The order in which to ask: unsure ones first, unlike ones among them, and better than chance on real features."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.annotation.active import active_order, load_scores, rank_by_model, rank_by_scores, uncertainty
from hexachord.learning.features.table import FeatureTable


def test_entropy_and_margin_rank_differently_where_they_should() -> None:
    scores = np.array([[0.5, 0.5, 0.0], [0.4, 0.3, 0.3], [0.9, 0.05, 0.05], [1.0, 0.0, 0.0]])
    entropy, margin = uncertainty(scores), uncertainty(scores, by="margin")
    assert np.argmax(entropy) == 1
    assert np.argmax(margin) == 0
    assert entropy[3] == margin[3] == 0.0
    np.testing.assert_allclose(uncertainty(3 * scores), entropy)


@pytest.mark.parametrize("scores", [[[1.0]], [[0.0, 0.0]], [[-1.0, 2.0]], [[np.nan, 1.0]], [1.0, 2.0]])
def test_what_are_no_scores_is_refused(scores: object) -> None:
    with pytest.raises(ValueError, match="scores"):
        uncertainty(np.array(scores))


def test_diversity_leaves_a_crowd_for_later() -> None:
    unsure = np.array([0.9, 0.89, 0.88, 0.5])
    places = np.array([[0.0], [0.01], [0.02], [10.0]])
    assert active_order(unsure, places, diversity=0.0) == [0, 1, 2, 3]
    assert active_order(unsure, places, diversity=0.5)[:2] == [0, 3]
    assert sorted(active_order(unsure, places, diversity=1.0)) == [0, 1, 2, 3]
    assert active_order(unsure, np.zeros((4, 1)), diversity=0.5) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="diversity"):
        active_order(unsure, places, diversity=2.0)
    with pytest.raises(ValueError, match="beside"):
        active_order(unsure, places[:2])


def test_scores_come_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text('jazz,id,rock\n0.9,"a, b.ogg",0.1\n0.5,c.ogg,0.5\n\n')
    ids, scores = load_scores(path)
    assert ids == ("a, b.ogg", "c.ogg")
    np.testing.assert_array_equal(scores, [[0.9, 0.1], [0.5, 0.5]])
    assert rank_by_scores(ids, scores) == ("c.ogg", "a, b.ogg")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 bytes"),
        ("id,jazz\na,1\n", "columns"),
        ("name,jazz,rock\na,1,0\n", "columns"),
        ("id,jazz,rock\n", "no rows"),
        ("id,jazz,rock\na,1,0\nb,x,0\n", "line 3"),
        ("id,jazz,rock\na,1,\n", "line 2"),
        ("id,jazz,rock\na,0,0\n", "line 2"),
        ("id,jazz,rock\na,nan,0\n", "line 2"),
        ("id,jazz,rock\na,1,0\na,0,1\n", "twice"),
    ],
)
def test_what_is_wrong_in_a_table_is_said(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        load_scores(path)


def two_clouds(count: int = 120) -> tuple[FeatureTable, dict[str, str]]:
    """Two classes that overlap, with what nobody could measure here and there."""
    random = np.random.default_rng(2)
    labels = np.repeat(["jazz", "rock"], count // 2)
    values = random.normal(size=(count, 4)) * [1.0, 1.0, 50.0, 1.0]
    values[:, 0] += np.where(labels == "jazz", -1.5, 1.5)
    values[::17, 3] = np.nan
    ids = tuple(f"track {i:03d}" for i in range(count))
    return FeatureTable(ids=ids, names=("a/x", "a/y", "b/x", "b/y"), values=values), dict(zip(ids, labels.tolist(), strict=True))


def test_a_quick_model_asks_at_the_border() -> None:
    pytest.importorskip("sklearn")
    table, truth = two_clouds()
    known = {name: truth[name] for name in table.ids[::6]}
    ranked = rank_by_model(table, known, diversity=0.0)
    assert set(ranked) == set(table.ids) - set(known)
    at = {name: abs(float(table.values[row, 0])) for row, name in enumerate(table.ids)}
    assert np.mean([at[name] for name in ranked[:20]]) < 0.6 * np.mean([at[name] for name in ranked[-20:]])
    assert ranked == rank_by_model(table, known, diversity=0.0)


def test_with_nothing_known_it_spreads_out() -> None:
    table, truth = two_clouds()
    ranked = rank_by_model(table, {})
    assert sorted(ranked) == sorted(table.ids)
    assert {truth[name] for name in ranked[:4]} == {"jazz", "rock"}
    assert rank_by_model(table, truth) == ()
