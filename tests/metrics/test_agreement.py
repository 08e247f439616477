"""Agreement: the literature's own examples to three digits, scikit-learn's kappas, and what must hold for any ratings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hexachord.metrics.agreement import (
    cohen_kappa,
    evaluate,
    fleiss_kappa,
    intraclass_correlation,
    krippendorff_alpha,
    percent_agreement,
    validate,
)

NAN = np.nan
# Fleiss 1971, table 1: thirty patients, six psychiatrists, five diagnoses
DIAGNOSES = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031
00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""
FLEISS = np.array([[int(digit) for digit in word] for word in DIAGNOSES.split()])
# Krippendorff 2011, section D: twelve units, four observers, missing data
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
)
# Shrout & Fleiss 1979, table 2: six targets, four judges
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]).T
# Cohen 1960 and 1968: two judges, 200 people, three diagnoses
COHEN = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])


def judged(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two judges' ratings out of the table of how often they met."""
    rows, columns = np.indices(table.shape)
    return np.repeat(rows.ravel(), table.ravel()), np.repeat(columns.ravel(), table.ravel())


def test_fleiss_of_1971() -> None:
    assert FLEISS.sum(axis=0).tolist() == [26, 26, 30, 55, 43]
    assert fleiss_kappa(FLEISS) == pytest.approx(0.430, abs=5e-4)


def test_krippendorff_of_2011() -> None:
    assert krippendorff_alpha(OBSERVERS) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(OBSERVERS, level="ordinal") == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(OBSERVERS, level="interval") == pytest.approx(0.849, abs=5e-4)


def test_shrout_and_fleiss_of_1979() -> None:
    assert intraclass_correlation(JUDGES, model="2,1") == pytest.approx(0.290, abs=5e-4)
    assert intraclass_correlation(JUDGES, model="3,1") == pytest.approx(0.715, abs=5e-4)


def test_cohen_of_1960_and_1968() -> None:
    first, second = judged(COHEN)
    assert cohen_kappa(first, second) == pytest.approx(0.492, abs=5e-4)
    assert cohen_kappa(first, second, weights=np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])) == pytest.approx(0.348, abs=5e-4)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappas_are_scikit_learns(weights: str) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(3)
    first = random.integers(1, 6, 80)
    second = np.where(random.random(80) < 0.6, first, random.integers(1, 6, 80))
    expected = metrics.cohen_kappa_score(first, second, weights=None if weights == "none" else weights)
    assert cohen_kappa(first, second, weights=weights) == pytest.approx(expected, abs=1e-12)


def test_what_one_of_two_did_not_rate_does_not_count() -> None:
    assert cohen_kappa([0, 0, 1, 1, NAN, 1], [0, 0, 1, 0, 1, NAN]) == cohen_kappa([0, 0, 1, 1], [0, 0, 1, 0]) == 0.5
    assert percent_agreement([[0, 1, NAN], [0, 0, 1], [0, NAN, NAN]]) == 0.5


def test_one_category_only_is_no_evidence() -> None:
    same = np.ones((3, 5))
    assert percent_agreement(same) == 1.0
    for value in (cohen_kappa(same[0], same[1]), fleiss_kappa([[3, 0], [3, 0]]), krippendorff_alpha(same), intraclass_correlation(same)):
        assert np.isnan(value)


def test_nobody_twice_is_no_evidence() -> None:
    alone = [[1, 2, NAN], [NAN, NAN, 3]]
    assert all(np.isnan(value) for value in evaluate(alone, level="interval").values())
    assert all(np.isnan(value) for value in evaluate([[1, 2, 3]]).values())


def test_a_judge_who_is_always_harsher_is_consistent_but_does_not_agree() -> None:
    harsh = [[1, 2, 3, 4, 5], [3, 4, 5, 6, 7]]
    assert intraclass_correlation(harsh, model="3,1") == pytest.approx(1.0)
    assert intraclass_correlation(harsh, model="2,1") == pytest.approx(2.5 / (2.5 + 2.0))  # half of the spread is theirs: 2 = 5 * 2 / 5
    assert krippendorff_alpha(harsh) < 0.2


@pytest.mark.parametrize("ratings", [np.zeros(4), np.zeros((1, 2, 2)), np.array([[1.0, np.inf]])])
def test_what_are_no_ratings_is_refused(ratings: np.ndarray) -> None:
    with pytest.raises(ValueError, match="rating"):
        validate(ratings)


@pytest.mark.parametrize("counts", [[[3, 0], [1, 1]], [[1, 0], [0, 1]], np.zeros((0, 2))])
def test_fleiss_wants_as_many_ratings_of_every_item(counts: object) -> None:
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa(counts)  # type: ignore[arg-type]


MATRICES = arrays(np.float64, st.tuples(st.integers(2, 5), st.integers(2, 8)), elements=st.sampled_from([1.0, 2.0, 3.0, NAN]))


@given(MATRICES)
def test_nobody_agrees_more_than_fully_and_order_is_nothing(ratings: np.ndarray) -> None:
    again = ratings[::-1, ::-1]
    for level in ("nominal", "ordinal", "interval"):
        alpha = krippendorff_alpha(ratings, level=level)
        assert np.isnan(alpha) or alpha <= 1.0 + 1e-12
        np.testing.assert_allclose(alpha, krippendorff_alpha(again, level=level), atol=1e-9)
        # a constant added, or every distance doubled, changes nothing
        np.testing.assert_allclose(alpha, krippendorff_alpha(2 * ratings + 7, level=level), atol=1e-9)


@given(MATRICES)
def test_alpha_of_many_items_is_fleiss(ratings: np.ndarray) -> None:
    """Where nothing is missing the two differ only by alpha's correction for few ratings."""
    whole = np.where(np.isfinite(ratings), ratings, 1.0)
    found = evaluate(whole)
    if np.isfinite(found["fleiss"]):
        n = whole.size
        assert 1 - found["alpha"] == pytest.approx((1 - found["fleiss"]) * (n - 1) / n)
