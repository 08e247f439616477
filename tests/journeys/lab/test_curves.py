"""Curves of a run: areas as scikit-learn has them, ends where they belong."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from lab_runs import make_run, named, predictions

from hexachord.journeys.lab.curves import learning_picture, one_against_rest, roc_and_pr, training_picture
from hexachord.journeys.lab.run import TrainingCurve
from hexachord.learning.evaluation.result import LearningCurve

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("several", [False, True])
def test_areas_are_those_of_scikit_learn(several: bool) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    run = make_run(("a", "b", "c", "d"), songs=12, several=several)
    said = named(run, "cnn").predictions
    roc, precision = roc_and_pr(said, run.evaluation.classes)
    has, scores = one_against_rest(said, 4)
    for column, name in enumerate(run.evaluation.classes):
        assert f"{name} ({metrics.roc_auc_score(has[:, column], scores[:, column]):.2f})" in roc
        assert f"{name} ({metrics.average_precision_score(has[:, column], scores[:, column]):.2f})" in precision
    assert f"all together ({metrics.roc_auc_score(has.ravel(), scores.ravel()):.3f})" in roc
    assert f"all together ({metrics.average_precision_score(has.ravel(), scores.ravel()):.3f})" in precision
    for svg in (roc, precision):
        root = ElementTree.fromstring(svg)
        width, height = (float(number) for number in root.get("viewBox").split()[2:])
        numbers = [float(number) for path in root.iter(f"{SVG}path") for number in re.findall(r"[\d.]+", path.get("d"))]
        assert max(numbers) <= max(width, height)
        assert svg.count("line faint") == 4


def test_a_class_that_all_or_none_have_has_no_curve() -> None:
    truth = np.array([[1, 0, 1], [1, 0, 0], [1, 0, 1]])
    said = replace(predictions(("x", "y", "z"), truth, 3, skill=0.5), truth=truth)
    roc, precision = roc_and_pr(said, ("all", "none", "some"))
    assert "some (" in roc
    assert "none (" not in roc + precision
    assert roc_and_pr(replace(said, truth=np.ones((3, 3), dtype=int)), ("a", "b", "c")) == ("", "")


def test_learning_and_training() -> None:
    learning = learning_picture(LearningCurve(name="svm", tracks=(10, 20, 40), train=(1, 1, 0.9), test=(0.2, 0.4, 0.5)))
    assert learning.count("<circle") == 6
    assert "Learning curve of svm" in learning
    training = training_picture(TrainingCurve(name="cnn", train=(2, 1.5, 1), valid=(2, 1.7, 1.8), best=2))
    assert "kept: epoch 2" in training
    assert "kept" not in training_picture(TrainingCurve(name="cnn", train=(2, 1), valid=(), best=0))
