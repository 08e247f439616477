"""Every learner: made, fitted, deterministic, with a grid it understands."""

import warnings

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.estimators.base import Estimator
from hexachord.learning.estimators.gaussian_classes import GaussianClasses
from hexachord.learning.estimators.registry import LEARNERS, learner, settings_grid

datasets = pytest.importorskip("sklearn.datasets")
SMALL = {"forest": {"trees": 10}, "forest-regression": {"trees": 10}, "gradient-boosting": {"rounds": 5}, "mlp": {"epochs": 100}}
FOR_TWO = ("logistic-balanced",)


def scaled_iris() -> tuple[np.ndarray, np.ndarray]:
    values, targets = datasets.load_iris(return_X_y=True)
    return (values - values.mean(axis=0)) / values.std(axis=0), targets


@pytest.mark.parametrize("name", sorted(LEARNERS))
def test_every_learner_learns_and_says_the_same_again(name: str) -> None:
    values, targets = scaled_iris()
    made = learner(name)
    if made.task == "numbers":
        values, targets = values[:, :3], values[:, 3]
    if name in FOR_TWO:
        values, targets = values[50:], targets[50:]
    said = []
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # so few epochs are not enough for the perceptron, and it says so
            model = made.make(SMALL.get(name, {}), seed=3).fit(values, targets)
        said.append(model.predict(values))
    np.testing.assert_array_equal(said[0], said[1])
    if made.task == "classes":
        assert (said[0] == targets).mean() > 0.8
    elif made.task == "numbers":
        assert np.corrcoef(said[0], targets)[0, 1] > 0.9
    else:
        assert set(said[0]) == {-1, 1}
        assert 0.8 < (said[0] == 1).mean() < 1.0  # nu of a tenth


@pytest.mark.parametrize("name", sorted(LEARNERS))
def test_every_grid_is_understood(name: str) -> None:
    made = learner(name)
    grid = made.grid(rows=20, columns=50, classes=3)
    assert grid
    for settings in grid:
        made.make(settings)
    assert len({str(settings) for settings in grid}) == len(grid)


def test_neighbours_are_no_more_than_half_the_rows() -> None:
    assert max(settings["k"] for settings in learner("knn").grid(rows=6, columns=5, classes=2)) <= 3
    assert [settings["k"] for settings in learner("knn").grid(rows=1, columns=5, classes=2)] == [1]


def test_misspelt_names_and_settings_are_explained() -> None:
    with pytest.raises(InputError, match="knn, svm-rbf"):
        learner("svm_rbf")
    with pytest.raises(InputError, match="the setting 'n_neighbors'"):
        learner("knn").make({"n_neighbors": 3})


def test_grids_are_every_combination() -> None:
    assert settings_grid({"a": (1, 2), "b": ("x", "y")})[1:3] == ({"a": 1, "b": "y"}, {"a": 2, "b": "x"})


def test_gaussian_classes_are_bayes_rule() -> None:
    naive = pytest.importorskip("sklearn.naive_bayes")
    values, targets = scaled_iris()
    ours = GaussianClasses(components=1, regularisation=1e-9).fit(values, targets)
    np.testing.assert_allclose(ours.predict_proba(values), naive.GaussianNB().fit(values, targets).predict_proba(values), atol=1e-6)
    alone = GaussianClasses(components=4).fit(values[:51], targets[:51])  # the second class has one flower
    assert alone.predict(values[50:51]) == [1]


def test_settings_of_ours_are_scikit_learns_parameters() -> None:
    base = pytest.importorskip("sklearn.base")
    copy = base.clone(GaussianClasses(components=3))
    assert isinstance(copy, Estimator)
    assert copy.get_params()["components"] == 3
