"""Inspection, replacement and selection of columns; importance of blocks."""

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.features.importance import block_importance
from hexachord.learning.features.inspection import inspect_table
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import (
    CorrelationSelector,
    MeanReplacer,
    ScoreSelector,
    SequentialSelector,
    SparseSelector,
    VarianceSelector,
    anova_f,
    keep_blocks,
)
from hexachord.learning.features.table import FeatureTable
from hexachord.learning.features.transformer import Selector

rng = np.random.default_rng(21)
N = 90
CLASSES = np.tile([0, 1, 2], N // 3)
X = rng.normal(size=(N, 8))
X[:, 2] += 2.0 * (CLASSES == 1)
X[:, 5] += 1000 + 2.0 * (CLASSES == 2)
X[:, 6] = -3 * X[:, 2] + 0.01 * rng.normal(size=N)
X[:, 7] = 4.2
NAMES = ["a/x", "a/y", "b/good", "b/z", "c/w", "c/fine", "c/twin", "d/still"]
SELECTORS: list[Selector] = [
    VarianceSelector(),
    CorrelationSelector(),
    ScoreSelector(keep=2),
    ScoreSelector("mutual-information", keep=3),
    SequentialSelector(keep=4),
    SparseSelector(0.05),
]


def named(values: np.ndarray) -> FeatureTable:
    return FeatureTable(ids=tuple(f"s{row}" for row in range(len(values))), names=tuple(f"{name}/mean" for name in NAMES), values=values)


def test_report_of_a_table() -> None:
    values = X.copy()
    values[3:6, 0] = [np.nan, np.inf, np.nan]
    values[10, 1] = 500.0
    values[20] = 1e6
    found = inspect_table(named(values))
    assert found.missing.tolist() == [3, 0, 0, 0, 0, 0, 0, 0]
    assert found.outliers.tolist() == [2, 2, 1, 1, 1, 1, 1, 0], "infinite is both: no number, and far outside"
    assert found.row_outliers[20] == 7
    lines = found.lines()
    assert lines[0] == "a/x/mean: 3 of 90 rows have no number; the mean of the training rows will stand there"
    assert lines[-1] == "s20: far outside in 7 of 8 columns: listen to it"
    assert any("a/y/mean: 2 of 90 rows lie far outside" in line for line in lines)
    still = inspect_table(named(X))
    assert still.still.tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
    assert "1 columns never change: d/still/mean" in still.lines()
    assert inspect_table(named(X + rng.normal(size=X.shape))).lines() == ()


def test_mean_replacement() -> None:
    train = np.array([[1.0, np.nan, 0.0], [2.0, np.nan, 1.0], [3.0, np.nan, 2.0], [np.inf, np.nan, 3.0]])
    step = MeanReplacer().fit(train)
    assert step.transform([[np.nan, 5.0, -np.inf]]).tolist() == [[2.0, 5.0, 1.5]]
    assert step.transform([[7.0, np.nan, 1.0]]).tolist() == [[7.0, 0.0, 1.0]]
    assert step.replaced_.tolist() == [1, 4, 0]


def test_outliers_go_by_the_fences_of_the_training_rows() -> None:
    train = np.arange(100.0)[:, None]
    step = MeanReplacer(replace_outliers=True).fit(train)
    new = np.array([[1e6], [150.0], [-1e6]])
    assert step.transform(new).ravel().tolist() == [49.5, 150.0, 49.5]
    assert MeanReplacer().fit(train).transform(new).ravel().tolist() == [1e6, 150.0, -1e6]
    spiked = np.append(train, [[1e9]], axis=0)
    assert MeanReplacer(replace_outliers=True).fit(spiked).mean_.tolist() == [49.5]
    same = MeanReplacer(replace_outliers=True).fit(np.array([[1.0]] * 9 + [[2.0]]))
    assert same.transform([[2.0]]).tolist() == [[2.0]], "where the quartiles coincide nothing is an outlier"


def test_variance() -> None:
    assert VarianceSelector().fit(X).kept(NAMES) == tuple(NAMES[:7])
    assert VarianceSelector().fit(X * 1e-9).kept(NAMES) == tuple(NAMES[:7]), "units do not matter"
    assert VarianceSelector().fit(X[:, 7:]).support_.tolist() == [True], "something always stays"


def test_correlation_keeps_the_better_twin() -> None:
    assert CorrelationSelector().fit(X).kept(NAMES) == tuple(name for name in NAMES if name != "c/twin")
    worse = X.copy()
    worse[:, 2] = X[:, 6] + rng.normal(size=N) * 1.0  # now the twin is the original
    step = CorrelationSelector(0.9).fit(worse, CLASSES)
    assert "c/twin" in step.kept(NAMES)
    assert "b/good" not in step.kept(NAMES)


def test_anova_is_scipys() -> None:
    stats = pytest.importorskip("scipy.stats")
    theirs = stats.f_oneway(*(X[label == CLASSES, :7] for label in range(3))).statistic
    np.testing.assert_allclose(anova_f(X, CLASSES)[:7], theirs, rtol=1e-6)
    assert anova_f(X, CLASSES)[7] == 0
    np.testing.assert_allclose(anova_f(X, np.array(["a", "b", "c"])[CLASSES]), anova_f(X, CLASSES))
    assert anova_f(X, np.zeros(N)).tolist() == [0] * 8


def test_scores_find_what_tells_classes_apart() -> None:
    assert set(ScoreSelector(keep=3).fit(X, CLASSES).kept(NAMES)) == {"b/good", "c/fine", "c/twin"}
    pytest.importorskip("sklearn")
    assert set(ScoreSelector("mutual-information", keep=3).fit(X, CLASSES).kept(NAMES)) == {"b/good", "c/fine", "c/twin"}
    assert ScoreSelector(keep=0.25).fit(X, CLASSES).support_.sum() == 2
    with pytest.raises(ValueError, match="one class for each"):
        ScoreSelector().fit(X)


def test_sequential_adds_what_helps() -> None:
    step = SequentialSelector(keep=4).fit(X, CLASSES)
    assert set(step.order_[:2]) <= {2, 5, 6}
    assert 5 in step.order_[:2]
    unit = (X - X.mean(axis=0)) / X.std(axis=0)
    pair = unit[:, list(step.order_[:2])]
    distance = ((pair[:, None] - pair[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    assert step.accuracy_[1] == pytest.approx((CLASSES[distance.argmin(axis=1)] == CLASSES).mean())
    assert step.support_.sum() == np.argmax(step.accuracy_) + 1


def test_sparse() -> None:
    pytest.importorskip("sklearn")
    kept = SparseSelector(0.03).fit(X, CLASSES).kept(NAMES)
    assert "c/fine" in kept
    assert len(kept) < 5
    assert len(SparseSelector(10.0).fit(X, CLASSES).kept(NAMES)) > len(kept)
    assert SparseSelector(1e-9).fit(X, CLASSES).support_.sum() == 1


@pytest.mark.parametrize("selector", SELECTORS, ids=lambda selector: type(selector).__name__)
def test_every_selector(selector: Selector) -> None:
    """Holes do no harm, a fold decides for itself, names go with columns, copies are unfitted."""
    base = pytest.importorskip("sklearn.base")
    holed = X.copy()
    holed[::7, 1] = np.nan
    step = base.clone(selector).fit(holed, CLASSES)
    np.testing.assert_array_equal(step.transform(X), X[:, step.support_])
    assert step.kept(NAMES) == tuple(np.array(NAMES)[step.support_])
    assert step.get_support(indices=True).tolist() == np.flatnonzero(step.support_).tolist()
    again = base.clone(selector).fit(holed, CLASSES)
    np.testing.assert_array_equal(again.support_, step.support_)
    assert not base.clone(step).__sklearn_is_fitted__()
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(MeanReplacer(), base.clone(selector), Scaler(), LogisticRegression()).fit(holed, CLASSES)
    assert model.predict(X).shape == (N,)


def test_selection_on_all_rows_would_flatter() -> None:
    """The trap: on noise, columns chosen with the test rows in sight look good; chosen inside the fold they do not."""
    pytest.importorskip("sklearn")
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    noise = rng.normal(size=(60, 2000))
    classes = np.tile([0, 1], 30)
    honest = cross_val_score(make_pipeline(ScoreSelector(keep=20), LogisticRegression()), noise, classes, cv=5).mean()
    cheat = cross_val_score(LogisticRegression(), ScoreSelector(keep=20).fit_transform(noise, classes), classes, cv=5).mean()
    assert cheat > 0.85
    assert honest < 0.7


def test_blocks_by_meaning() -> None:
    table = named(X)
    assert keep_blocks(table, without=["a", "d"]).names == tuple(f"{name}/mean" for name in NAMES[2:7])
    assert keep_blocks(table, only=["b"]).names == ("b/good/mean", "b/z/mean")
    with pytest.raises(InputError, match="no block of this name; expected one of a, b, c, d"):
        keep_blocks(table, without=["rhythm"])
    with pytest.raises(InputError, match="none stays"):
        keep_blocks(table, only=["a"], without=["a"])


def test_importance_of_blocks() -> None:
    def predict(x: np.ndarray) -> np.ndarray:
        return np.where(x[:, 5] > 1001, 2, np.where(x[:, 2] > 1, 1, 0))

    found = block_importance(predict, X, CLASSES, named(X).blocks, repeats=10)
    assert {one.block for one in found[:2]} == {"b", "c"}
    assert found[0].drop > 0.1
    assert all(one.drop == 0 for one in found[2:])
    assert [one.columns for one in sorted(found, key=lambda one: one.block)] == [2, 2, 3, 1]
    assert found == block_importance(predict, X, CLASSES, named(X).blocks, repeats=10)
