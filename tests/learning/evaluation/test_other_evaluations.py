"""Judged by another collection; numbers; groups; the slide's experiment."""

from dataclasses import replace

import numpy as np
import pytest
from lab_tables import folds, wine

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.evaluation.across import evaluate_across
from hexachord.learning.evaluation.grouping import evaluate_groupings
from hexachord.learning.evaluation.novelty import evaluate_one_class
from hexachord.learning.evaluation.plan import EvaluationOptions
from hexachord.learning.evaluation.regressing import evaluate_numbers
from hexachord.learning.evaluation.slide_experiment import run_slide_experiment
from hexachord.learning.features.table import FeatureTable

datasets = pytest.importorskip("sklearn.datasets")
QUICK = EvaluationOptions(resamples=100)


def test_another_collection_is_harder() -> None:
    dataset, table = wine()
    half = np.arange(0, 178, 2), np.arange(1, 178, 2)
    first, second = (replace(dataset.take(rows), name=name) for rows, name in zip(half, ("north", "south"), strict=True))
    tables = [table.rows(rows) for rows in half]
    same = evaluate_across(first, tables[0], second, tables[1], models=["lda"], options=QUICK).models[-1]
    assert same.metrics["top1"].value > 0.93
    assert set(same.predictions.ids) == set(second.ids)
    shifted = replace(tables[1], values=tables[1].values + 2.0 * table.values.std(axis=0))
    other = evaluate_across(first, tables[0], second, shifted, models=["lda"], options=QUICK).models[-1]
    assert other.metrics["top1"].value < 0.7


def test_what_the_two_do_not_share_is_left_out_and_named() -> None:
    dataset, table = wine()
    tracks = tuple(replace(track, labels=("port",)) if track.label == "class_2" else track for track in dataset.tracks)
    other = Dataset(name="other", tracks=tracks)
    found = evaluate_across(dataset, table, other, table.columns(table.names[:8]), models=["lda"], options=QUICK)
    assert found.classes == ("class_0", "class_1")
    assert len(found.models[-1].predictions.ids) == 59 + 71
    assert found.models[-1].predictions.ids[0] == "other/bottle 000"  # both have a bottle 000
    text = " ".join(found.notes)
    assert "wine: 1 classes that the other has not are left out, with 48 tracks" in text
    assert "wine: 5 columns" in text
    strange = Dataset(name="strange", tracks=tuple(replace(track, labels=("x",)) for track in dataset.tracks))
    with pytest.raises(InputError, match="0 classes in common"):
        evaluate_across(dataset, table, strange, table)


def test_numbers_are_judged_like_classes() -> None:
    found = datasets.load_diabetes()
    ids = tuple(f"p{row:03d}" for row in range(len(found.data)))
    dataset = Dataset(name="diabetes", tracks=tuple(Track(id=name) for name in ids))
    table = FeatureTable(ids=ids, names=tuple(f"a/{name}/mean" for name in found.feature_names), values=found.data)
    values = found.target.copy()
    values[:10] = np.nan
    mean, ridge, lasso = evaluate_numbers(dataset, table, values, folds(dataset), learners=["ridge-regression", "lasso"], resamples=100)
    assert mean.baseline
    assert abs(mean.metrics["r2"].value) < 0.05
    for result in (ridge, lasso):
        assert 0.42 < result.metrics["r2"].value < 0.55  # the literature's half of the variance
        assert result.metrics["r2"].low < result.metrics["r2"].value < result.metrics["r2"].high
        assert result.metrics["mae"].value < mean.metrics["mae"].value
        assert len(result.ids) == 432
        assert all(words.startswith("alpha ") for words in result.chosen)
    with pytest.raises(InputError, match="learner of classes"):
        evaluate_numbers(dataset, table, values, folds(dataset), learners=["knn"])


def test_groups_without_labels_find_the_wines() -> None:
    dataset, table = wine()
    order = np.random.default_rng(0).permutation(178)
    found = evaluate_groupings(dataset, table.rows(order), counts=(2, 3))
    by = {(one.method, one.groups): one for one in found}
    assert by["k-means", 3].ari > 0.85
    assert by["k-means", 3].silhouette > by["k-means", 2].silhouette
    assert by["gmm", 3].nmi > 0.6
    with pytest.raises(InputError, match="no features of"):
        evaluate_groupings(dataset, table.rows(range(100)))


@pytest.mark.parametrize(("name", "settings"), [("one-class", {"gamma": 0.01}), ("-s 2 -n 0.1 -t 2 -g 0.01", {})])
def test_each_wine_is_at_home_with_its_own(name: str, settings: dict[str, float]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    dataset, table = wine()
    found = evaluate_one_class(dataset, table, folds(dataset), name=name, settings=settings, resamples=100)
    assert set(found) == set(dataset.classes)
    for one in found.values():
        assert one.roc_auc.value > 0.85
        assert one.roc_auc.value == pytest.approx(metrics.roc_auc_score(one.own, one.scores))
        assert one.roc_auc.low <= one.roc_auc.value <= one.roc_auc.high
        assert 0.5 < one.accepted <= 1.0  # nu of a tenth, less what few rows cost
        assert one.refused > 0.7
        assert len(set(one.ids)) == 178
    with pytest.raises(InputError, match="learner of classes"):
        evaluate_one_class(dataset, table, folds(dataset), name="knn")


def test_the_slides_experiment_runs_today() -> None:
    digits = datasets.load_digits()
    found = run_slide_experiment(digits.data[:600], digits.target[:600])
    assert len(found.tried) == 12
    assert found.best["kernel"] == "rbf"
    assert found.best["gamma"] == 0.001
    assert found.metrics["f1_weighted"] > 0.95
    assert found.confusion.sum() == 300
    assert "weighted avg" in found.report
