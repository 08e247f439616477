"""Fusion: blocks of equal strength, scores together, early against late."""

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.datasets.split import Fold
from hexachord.learning.features.fusion import BlockScaler, early_fusion, fit_stacking, fit_weights, fuse_scores
from hexachord.learning.features.table import FeatureTable

rng = np.random.default_rng(8)
A = np.array([[0.7, 0.2, 0.1], [0.4, 0.5, 0.1], [0.2, 0.2, 0.6]])
B = np.array([[0.1, 0.8, 0.1], [0.45, 0.35, 0.2], [np.nan, 0.1, 0.2]])
C = np.array([[0.6, 0.3, 0.1], [0.3, 0.4, 0.3], [0.9, 0.05, 0.05]])


def table(values: np.ndarray, *, block: str = "x") -> FeatureTable:
    return FeatureTable(
        ids=tuple(f"t{row}" for row in range(len(values))),
        names=tuple(f"{block}/c{column}/mean" for column in range(values.shape[1])),
        values=values,
    )


def test_blocks_get_the_same_say() -> None:
    x = rng.normal(size=(200, 9)) * np.array([100, 1, 1, 1, 1, 1, 1, 1, 0])
    blocks = ((0,), (1, 2, 3, 4), (5, 6), (8,))
    scaled = BlockScaler(blocks).fit(x).transform(x)
    assert [scaled[:, list(block)].var(axis=0).sum() for block in blocks] == pytest.approx([1, 1, 1, 0])
    np.testing.assert_array_equal(scaled[:, 7], x[:, 7])
    wide = BlockScaler(blocks, "width").fit(x).transform(x)
    np.testing.assert_allclose(wide[:, 1], x[:, 1] / 2)
    np.testing.assert_array_equal(BlockScaler(blocks, "none").fit(x).transform(x), x)
    holed = x.copy()
    holed[::2, 1] = np.nan
    again = BlockScaler(blocks).fit(holed)
    assert again.factor_[1] == pytest.approx(1 / np.sqrt(x[1::2, 1].var() + x[:, 2:5].var(axis=0).sum()))
    with pytest.raises(ValueError, match="no rule"):
        BlockScaler(blocks, "loud").fit(x)  # type: ignore[arg-type]


def test_early_fusion_names_its_branches() -> None:
    fused = early_fusion({"audio": table(A), "score": table(C)})
    assert fused.table.names[0] == "audio:x/c0/mean"
    assert fused.blocks == {"audio": (0, 1, 2), "score": (3, 4, 5)}
    np.testing.assert_array_equal(fused.table.values, np.hstack([A, C]))
    with pytest.raises(ValueError, match="different rows"):
        early_fusion({"audio": table(A), "score": table(C[:2])})
    with pytest.raises(ValueError, match="nothing"):
        early_fusion({})


def test_rules() -> None:
    np.testing.assert_allclose(fuse_scores([A, C]), (A + C) / 2)
    np.testing.assert_allclose(fuse_scores([A, C], rule="weighted", weights=[3, 1]), 0.75 * A + 0.25 * C)
    np.testing.assert_allclose(fuse_scores([A, C], rule="max"), np.maximum(A, C))
    np.testing.assert_allclose(fuse_scores([A, C], rule="product"), A * C / (A * C).sum(axis=1, keepdims=True))
    majority = fuse_scores([A, B, C], rule="majority")
    np.testing.assert_allclose(majority[:2], [[2 / 3, 1 / 3, 0], [1 / 3, 2 / 3, 0]], atol=1e-7)


@pytest.mark.parametrize("rule", ["mean", "majority", "product", "max"])
def test_a_branch_that_is_missing_has_no_say(rule: str) -> None:
    whole = fuse_scores([A, B, C], rule=rule)
    np.testing.assert_allclose(whole[2], fuse_scores([A[2:], C[2:]], rule=rule)[0], atol=1e-12)
    nobody = fuse_scores([B[2:], B[2:]], rule=rule)
    assert np.isnan(nobody).all()


def test_equal_votes_go_to_the_surer() -> None:
    assert fuse_scores([np.array([[0.9, 0.1]]), np.array([[0.4, 0.6]])], rule="majority").argmax() == 0


def test_bad_fusions() -> None:
    for scores in ([], [A, A[:2]], [A[0]]):
        with pytest.raises(ValueError, match="cannot be fused"):
            fuse_scores(scores)
    with pytest.raises(ValueError, match="no rule"):
        fuse_scores([A], rule="best")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="weights are for"):
        fuse_scores([A, C], weights=[1, 2])
    with pytest.raises(ValueError, match="as many weights"):
        fuse_scores([A, C], rule="weighted", weights=[1])


def experts(n: int = 400) -> tuple[list[np.ndarray], np.ndarray]:
    """Two models: the first knows class 0 from the rest, the second 1 from 2; and one that guesses."""
    truth = rng.integers(0, 3, n)
    first = np.where((truth == 0)[:, None], [0.8, 0.1, 0.1], [0.1, 0.45, 0.45])
    second = np.where(
        (truth == 1)[:, None], [1 / 3, 0.5, 1 / 6], np.where((truth == 2)[:, None], [1 / 3, 1 / 6, 0.5], [1 / 3, 1 / 3, 1 / 3])
    )
    guess = rng.dirichlet([0.3] * 3, n)
    return [0.9 * first + 0.1 * rng.dirichlet([1] * 3, n), 0.9 * second + 0.1 * rng.dirichlet([1] * 3, n), guess], truth


def test_stacking_learns_whom_to_believe() -> None:
    pytest.importorskip("sklearn")
    scores, truth = experts()
    new, true = experts()
    stacked = fit_stacking(scores, truth).fuse(new)
    np.testing.assert_allclose(stacked.sum(axis=1), 1)
    right = [(each.argmax(axis=1) == true).mean() for each in [*new, fuse_scores(new)]]
    assert (stacked.argmax(axis=1) == true).mean() > max(right)
    with pytest.raises(ValueError, match="every class"):
        fit_stacking(scores, np.minimum(truth, 1))


def test_stacking_of_two_classes_is_scikit_learns() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    truth = rng.integers(0, 2, 300)
    sure = np.clip(truth + rng.normal(0, 0.5, 300), 0.05, 0.95)
    scores = [np.column_stack([1 - sure, sure]), rng.dirichlet([1, 1], 300)]
    logs = [np.log(np.clip(each, 1e-4, 1)) for each in scores]
    evidence = np.hstack([each - each.mean(axis=1, keepdims=True) for each in logs])
    theirs = linear.LogisticRegression(max_iter=2000).fit(evidence, truth).predict_proba(evidence)
    np.testing.assert_allclose(fit_stacking(scores, truth).fuse(scores), theirs, rtol=1e-6)


def test_weights_are_found() -> None:
    scores, truth = experts()
    weights = fit_weights(scores, truth)
    assert sum(weights) == pytest.approx(1)
    fused = fuse_scores(scores, rule="weighted", weights=weights)
    assert (fused.argmax(axis=1) == truth).mean() >= (fuse_scores(scores).argmax(axis=1) == truth).mean()
    assert fit_weights([scores[0], scores[0]], truth) == (0.5, 0.5), "models that are equally good weigh the same"


def test_early_and_late_side_by_side() -> None:
    """Each branch knows half of it: fusions beat both; a branch of noise with many columns does not drown the others."""
    pytest.importorskip("sklearn")
    from hexachord.learning.features.fusion_table import compare_fusions

    n = 120
    truth = np.repeat(np.arange(4), n // 4)
    audio = rng.normal(size=(n, 5)) + np.outer(truth // 2, [2.5, 0, 0, 0, 0])
    score = rng.normal(size=(n, 3)) + np.outer(truth % 2, [2.5, 0, 0])
    lyrics = rng.normal(size=(n, 40))
    branches = {"audio": table(audio), "score": table(score), "lyrics": table(lyrics)}
    order = rng.permutation(n)
    folds = [Fold(train=np.setdiff1d(order, part), test=np.sort(part)) for part in np.array_split(order, 3)]
    found = compare_fusions(branches, truth, folds, strengths=(0.3,))
    assert [row.name for row in found.rows[:4]] == ["audio", "score", "lyrics", "early"]
    assert [row.kind for row in found.rows[3:]] == ["early", "late", "late", "late", "late", "late"]
    figures = {row.name: row.metrics["balanced_accuracy"] for row in found.rows}
    alone = max(figures["audio"], figures["score"], figures["lyrics"])
    assert alone < 0.62
    for name in ("early", "late mean", "late weighted", "late product", "late stacking"):
        assert figures[name] > alone + 0.05, name
    np.testing.assert_array_equal(np.sort(found.judged), np.arange(n))
    np.testing.assert_array_equal(found.truth, truth[found.judged])
    lines = found.lines()
    assert len(lines) == 10
    assert lines[4].startswith("early")
    assert f"{figures['early']:.3f}" in lines[4]
    again = compare_fusions(branches, truth, folds, strengths=(0.3,))
    assert all(np.array_equal(one.scores, two.scores) for one, two in zip(found.rows, again.rows, strict=True))


def test_fusion_learns_from_training_sides_only(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    from recorder import Recorder

    from hexachord.learning.features import fusion_table

    n = 40
    values = rng.normal(size=(n, 3))
    values[:, 0] = np.arange(n)
    truth = np.tile([0, 1], n // 2)
    folds = [Fold(train=np.arange(20, 40), test=np.arange(20))]
    Recorder.books.clear()
    monkeypatch.setattr(fusion_table, "MeanReplacer", lambda: Recorder("fusion"))
    fusion_table.compare_fusions({"a": table(values)}, truth, folds, groups=[str(row // 4) for row in range(n)], rules=("mean",))
    seen = Recorder.books["fusion"]
    assert len(seen) == 2 * (5 * 3 + 1)
    assert set().union(*seen) == set(range(20, 40))
    inner = [fit for fit in seen if len(fit) < 20]
    assert len(inner) == 30
    for fit in inner:
        assert all(4 * (row // 4) + step in fit for row in map(int, fit) for step in range(4)), "groups are kept whole"


def test_a_training_side_of_one_class() -> None:
    pytest.importorskip("sklearn")
    from hexachord.learning.features.fusion_table import compare_fusions

    folds = [Fold(train=np.array([0, 2]), test=np.array([1, 3]))]
    with pytest.raises(InputError, match="one class"):
        compare_fusions({"a": table(rng.normal(size=(4, 2)))}, np.array([0, 1, 0, 1]), folds)
