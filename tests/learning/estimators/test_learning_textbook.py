"""The deck's formulas: hypotheses, losses, risk, ridge, lasso, k-means, principal components, association."""

import numpy as np
import pytest

from hexachord.learning.estimators.association import association_rules, frequent_sets
from hexachord.learning.estimators.clusters import (
    best_by_elbow,
    best_by_silhouette,
    fit_gaussians,
    fit_k_means,
    k_means_steps,
    try_group_counts,
)
from hexachord.learning.estimators.hypotheses import (
    LOSSES,
    descend,
    empirical_risk,
    find_loss,
    hinge_loss,
    indicator_loss,
    linear_hypothesis,
    quadratic_hypothesis,
    risk_gradient,
    square_loss,
)
from hexachord.learning.estimators.principal import fit_principal_components
from hexachord.learning.estimators.shrinkage import (
    largest_penalty,
    lasso_objective,
    lasso_path,
    lasso_weights,
    ridge_objective,
    ridge_path,
    ridge_weights,
)


def rows(count: int = 60, wide: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    features = random.normal(size=(count, wide)) @ random.normal(size=(wide, wide))
    return features, features @ np.array([2.0, 0.0, -1.0, 0.0, 0.5])[:wide] + random.normal(0, 0.3, count)


def blobs() -> np.ndarray:
    random = np.random.default_rng(3)
    return np.concatenate([random.normal(centre, 0.6, (40, 2)) for centre in ([0, 0], [5, 0], [0, 5], [6, 6])])


def test_the_sign_of_nothing_is_plus() -> None:
    assert linear_hypothesis(np.zeros((1, 3)), np.ones(3)).tolist() == [1]
    assert quadratic_hypothesis(np.zeros((1, 3)), np.eye(3), np.ones(3)).tolist() == [1]


def test_a_quadratic_hypothesis_solves_what_a_line_cannot() -> None:
    corners = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    product = np.array([[0.0, 0.5], [0.5, 0.0]])  # x'Ax = x1 x2
    assert quadratic_hypothesis(corners, product, np.zeros(2)).tolist() == [1, 1, -1, -1]


def test_losses_over_the_margin() -> None:
    margins = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    assert indicator_loss(margins).tolist() == [1, 0, 0, 0, 0]
    assert square_loss(margins).tolist() == [4.0, 1.0, 0.25, 0.0, 1.0]
    assert hinge_loss(margins).tolist() == [2.0, 1.0, 0.5, 0.0, 0.0]
    said = np.linspace(-3, 3, 13)
    for truth in (-1.0, 1.0):
        np.testing.assert_allclose(square_loss(truth * said), (truth - said) ** 2)  # the slide's identity


@pytest.mark.parametrize("name", ["square", "hinge"])
def test_gradients_are_slopes(name: str) -> None:
    features, numbers = rows()
    targets, random = np.where(numbers > 0, 1, -1), np.random.default_rng(1)
    weights, bias, loss = random.normal(size=5), 0.3, find_loss(name)
    by_weights, by_bias = risk_gradient(features, targets, weights, bias, loss=loss, ridge=0.1)
    step = 1e-6

    def risk(moved: np.ndarray, offset: float) -> float:
        return empirical_risk(features, targets, moved, offset, loss=loss, ridge=0.1)

    for column in range(5):
        nudge = step * np.eye(5)[column]
        assert by_weights[column] == pytest.approx((risk(weights + nudge, bias) - risk(weights - nudge, bias)) / (2 * step), abs=1e-5)
    assert by_bias == pytest.approx((risk(weights, bias + step) - risk(weights, bias - step)) / (2 * step), abs=1e-5)


def test_going_down_separates() -> None:
    features, numbers = rows()
    targets = np.where(numbers > 0, 1, -1)
    for name in ("square", "hinge"):
        way = descend(features, targets, loss=find_loss(name), rate=0.02, steps=300)
        assert way.risks[-1] < 0.5 * way.risks[0]
        right = linear_hypothesis(features, way.weights[-1], way.bias[-1]) == targets
        assert right.mean() > 0.9
    assert (np.diff(descend(features, targets, loss=find_loss("square"), rate=0.01).risks) <= 1e-12).all()
    with pytest.raises(ValueError, match="flat"):
        descend(features, targets, loss=LOSSES[0])


@pytest.mark.parametrize("averaged", [False, True])
def test_ridge_is_its_formula(averaged: bool) -> None:
    features, truth = rows()
    price = 3.0 * (len(truth) if averaged else 1)
    formula = np.linalg.inv(features.T @ features + price * np.eye(5)) @ features.T @ truth
    found = ridge_weights(features, truth, 3.0, averaged=averaged)
    np.testing.assert_allclose(found, formula, atol=1e-10)
    least = ridge_objective(features, truth, found, 3.0, averaged=averaged)
    for nudge in np.random.default_rng(0).normal(0, 0.05, (50, 5)):
        assert ridge_objective(features, truth, found + nudge, 3.0, averaged=averaged) > least


def test_ridge_is_scikit_learns() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    features, truth = rows()
    np.testing.assert_allclose(ridge_weights(features, truth, 2.5), linear.Ridge(alpha=2.5, fit_intercept=False).fit(features, truth).coef_)
    path = ridge_path(features, truth, [0.0, 1.0, 100.0, 1e6])
    assert (np.diff(np.linalg.norm(path, axis=1)) < 0).all()


def test_the_slides_choices_between_weights() -> None:
    """Ridge prefers the small of two that fit as well, the lasso the one with zeros."""
    small, large = np.array([1.5, -0.5, 0.8, -1.0]), np.array([9.5, -8.0, 2.5, -3.0])
    sparse = np.array([1.5, 0.0, 0.0, -2.0])
    features, truth = np.zeros((1, 4)), np.zeros(1)  # where all fit alike, the price decides
    assert ridge_objective(features, truth, small, 1.0) < ridge_objective(features, truth, large, 1.0)
    assert lasso_objective(features, truth, sparse, 1.0) < lasso_objective(features, truth, small, 1.0)
    assert ridge_objective(features, truth, small, 1.0) < ridge_objective(features, truth, sparse, 1.0)


def test_the_lasso_is_scikit_learns_and_has_zeros() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    features, truth = rows()
    for penalty in (0.1, 0.5, 2.0):
        # theirs is 1/(2N) |y - Xw|^2 + alpha |w|: ours averaged is twice that
        theirs = linear.Lasso(alpha=penalty / 2, fit_intercept=False, tol=1e-12, max_iter=100_000).fit(features, truth).coef_
        found = lasso_weights(features, truth, penalty, averaged=True)
        np.testing.assert_allclose(found, theirs, atol=1e-7)
        np.testing.assert_allclose(found, lasso_weights(features, truth, penalty * len(truth)), atol=1e-9)
    path = lasso_path(features, truth, [0.01, 5.0, 0.5], averaged=True)
    assert (path[1] == 0).sum() >= (path[2] == 0).sum() >= (path[0] == 0).sum()
    assert (path[1] == 0).any()
    most = largest_penalty(features, truth, averaged=True)
    assert (lasso_weights(features, truth, most * 1.0001, averaged=True) == 0).all()
    assert (lasso_weights(features, truth, most * 0.99, averaged=True) != 0).sum() == 1


def test_k_means_goes_down() -> None:
    points = blobs()
    steps = k_means_steps(points, points[:4])  # four beginnings in one heap
    objectives = np.array([step.objective for step in steps])
    assert len(steps) > 3
    assert (np.diff(objectives) <= 1e-9).all()
    for step in steps:
        assert step.objective == pytest.approx(((points - step.centres[step.assigned]) ** 2).sum())


def test_restarts_find_what_scikit_learn_finds() -> None:
    cluster = pytest.importorskip("sklearn.cluster")
    points = blobs()
    best = fit_k_means(points, 4, seed=1)[-1]
    assert best.objective == pytest.approx(cluster.KMeans(4, n_init=10, random_state=0).fit(points).inertia_)
    assert fit_k_means(points, 4, seed=1)[-1].objective == best.objective
    assert len(np.unique(fit_gaussians(points, 4)[0])) == 4


def test_four_heaps_are_four() -> None:
    tried = try_group_counts(blobs(), range(2, 9))
    assert best_by_silhouette(tried) == 4 == best_by_elbow(tried)


def test_as_many_centres_as_distinct_points() -> None:
    same = np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0)
    steps = fit_k_means(same, 3)
    assert steps[-1].objective == 0.0
    with pytest.raises(ValueError, match="11 groups of 10"):
        fit_k_means(same, 11)


def test_components_are_scikit_learns() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    features, _ = rows()
    found, theirs = fit_principal_components(features, count=3), decomposition.PCA(3).fit(features)
    np.testing.assert_allclose(found.shares, theirs.explained_variance_ratio_)
    np.testing.assert_allclose(np.abs(found.directions), np.abs(theirs.components_), atol=1e-9)
    whole = fit_principal_components(features)
    np.testing.assert_allclose(whole.restore(whole.project(features)), features)


def test_rules_of_the_weather() -> None:
    """WEKA's nominal weather: the best rule is overcast -> play, 4 of 4."""
    table = (
        "sunny hot high no stay, sunny hot high yes stay, overcast hot high no play, rain mild high no play, rain cool normal no play, "
        "rain cool normal yes stay, overcast cool normal yes play, sunny mild high no stay, sunny cool normal no play, "
        "rain mild normal no play, sunny mild normal yes play, overcast mild high yes play, overcast hot normal no play, "
        "rain mild high yes stay"
    )
    names = ("outlook", "temperature", "humidity", "windy", "play")
    cases = [{f"{name}={word}" for name, word in zip(names, line.split(), strict=True)} for line in table.split(",")]
    (first, *others) = association_rules(cases, least_support=0.14, least_confidence=0.9)
    assert (first.given, first.then) == (("outlook=overcast",), ("play=play",))
    assert (first.support, first.confidence, first.lift) == (pytest.approx(4 / 14), 1.0, pytest.approx(14 / 9))
    assert (("temperature=cool",), ("humidity=normal",)) in [(rule.given, rule.then) for rule in others]
    for items, share in frequent_sets(cases, least_support=0.2).items():
        assert share >= 0.2
        assert share == pytest.approx(np.mean([set(items) <= case for case in cases]))
