import numpy as np
import pytest

pytest.importorskip("sklearn")

from hexachord.learning.estimators.balanced_logistic import BalancedLogistic
from hexachord.learning.estimators.registry import learner


def rows_of(rng, *, low=60, high=15, apart=1.0, columns=20):
    """Two classes that differ in the first column, four of one to one of the other."""
    targets = np.array([0] * low + [1] * high)
    rows = rng.normal(size=(low + high, columns))
    rows[:, 0] += apart * targets
    return rows, targets


def test_equals_scikit_learns_solution():
    from sklearn.linear_model import LogisticRegression

    rows, targets = rows_of(np.random.default_rng(0))
    ours = BalancedLogistic(strengths=(0.1,)).fit(rows, targets)
    theirs = LogisticRegression(C=0.1, class_weight="balanced", tol=1e-10, max_iter=10_000).fit(rows, targets)
    np.testing.assert_allclose(ours.weights_[:-1], theirs.coef_[0], atol=1e-5)
    np.testing.assert_allclose(ours.weights_[-1], theirs.intercept_[0], atol=1e-5)


def test_calls_the_rare_class_as_often_rightly_as_the_common_one():
    rng = np.random.default_rng(1)
    model = BalancedLogistic().fit(*rows_of(rng, apart=2.0))
    rows, targets = rows_of(rng, low=400, high=400, apart=2.0)
    called = model.predict(rows)
    common, rare = (called[targets == 0] == 0).mean(), (called[targets == 1] == 1).mean()
    assert min(common, rare) > 0.65
    assert abs(common - rare) < 0.15


def test_probabilities_follow_the_decision_and_the_same_seed_gives_the_same():
    rows, targets = rows_of(np.random.default_rng(2))
    one, two = (BalancedLogistic(random_state=3).fit(rows, targets) for _ in range(2))
    np.testing.assert_array_equal(one.predict_proba(rows), two.predict_proba(rows))
    np.testing.assert_array_equal(one.predict(rows), one.predict_proba(rows).argmax(axis=1))
    np.testing.assert_allclose(one.predict_proba(rows).sum(axis=1), 1.0)


def test_one_song_of_a_class_is_enough_and_three_classes_are_too_many():
    rows = np.random.default_rng(4).normal(size=(6, 3))
    assert set(BalancedLogistic().fit(rows, [0, 0, 0, 0, 0, 1]).predict(rows)) <= {0, 1}
    with pytest.raises(ValueError, match="two classes"):
        BalancedLogistic().fit(rows, [0, 1, 2, 0, 1, 2])


def test_is_a_learner():
    assert isinstance(learner("logistic-balanced").make(seed=5), BalancedLogistic)
