import numpy as np
import pytest

from hexachord.learning.estimators.registry import learner
from hexachord.learning.estimators.shared_covariance import SharedCovariance


def songs(rng, *, classes, each, columns=40):
    """Songs of artists who differ a little in every column, and whose own songs differ along one direction much more."""
    means = np.random.default_rng(7).normal(size=(classes, columns))
    stray = np.random.default_rng(8).normal(size=columns)
    targets = np.repeat(np.arange(classes), each)
    rows = means[targets] + 3 * rng.normal(size=(len(targets), 1)) * stray + 0.5 * rng.normal(size=(len(targets), columns))
    return rows, targets


@pytest.mark.parametrize("columns", [6, 50])  # fewer and more than rows: another matrix is inverted
def test_equals_the_formula_written_with_the_whole_covariance(columns):
    rows, targets = songs(np.random.default_rng(0), classes=4, each=5, columns=columns)
    model = SharedCovariance(shrinkage=0.2, limit=1e9).fit(rows, targets)
    means = np.stack([rows[targets == label].mean(axis=0) for label in range(4)])
    apart = rows - means[targets]
    covariance = apart.T @ apart / (len(rows) - 4)
    shrunk = 0.8 * covariance + 0.2 * np.trace(covariance) / columns * np.eye(columns)
    expected = rows @ np.linalg.solve(shrunk, means.T) - 0.5 * np.einsum("ij,ji->i", means, np.linalg.solve(shrunk, means.T))
    np.testing.assert_allclose(model.decision_function(rows), expected, rtol=1e-8, atol=1e-8)


def test_learns_from_others_in_what_one_artists_songs_differ():
    train, targets = songs(np.random.default_rng(1), classes=12, each=2)
    test, truth = songs(np.random.default_rng(2), classes=12, each=20)
    shared = SharedCovariance(shrinkage=0.1, limit=1e9).fit(train, targets)
    plain = SharedCovariance(shrinkage=1.0, limit=1e9).fit(train, targets)  # distance from means alone
    assert (shared.predict(test) == truth).mean() > 0.9
    assert (shared.predict(test) == truth).mean() > (plain.predict(test) == truth).mean() + 0.2


def test_many_pieces_need_no_matrix_of_pieces():
    import tracemalloc

    rows, targets = songs(np.random.default_rng(5), classes=20, each=1000, columns=30)
    tracemalloc.start()
    SharedCovariance().fit(rows, targets)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * rows.nbytes  # one of pieces by pieces would be 3.2 GB


def test_a_class_of_one_song_and_two_classes():
    rows = np.array([[0.0, 0.0], [0.1, 0.2], [3.0, 3.0]])
    model = SharedCovariance().fit(rows, np.array(["a", "a", "b"]))
    assert list(model.predict(rows)) == ["a", "a", "b"]
    assert model.decision_function(rows).shape == (3,)
    assert model.decision_function(rows)[2] > 0


def test_an_outlier_says_no_more_than_the_limit():
    rows, targets = songs(np.random.default_rng(3), classes=3, each=6, columns=5)
    model = SharedCovariance(limit=4.0).fit(rows, targets)
    np.testing.assert_array_equal(model.decision_function(np.full((1, 5), 1e6)), model.decision_function(np.full((1, 5), 4.0)))


def test_shrinkage_is_checked():
    with pytest.raises(ValueError, match="shrinkage"):
        SharedCovariance(shrinkage=0.0).fit(np.eye(3), np.arange(3))


def test_is_a_learner():
    pytest.importorskip("sklearn")
    assert learner("lda-shared").make({"shrinkage": 0.5}).shrinkage == 0.5
