"""Evaluate: what is learnt from, what is tuned on, what is judged, and what the numbers say."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab_tables import folds, songs_in_pieces, wine

from hexachord.errors import InputError, MissingExtraError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.evaluation.evaluating import best_model, evaluate
from hexachord.learning.evaluation.examples import bring_together
from hexachord.learning.evaluation.fitting import fit_model
from hexachord.learning.evaluation.judging import compare, judge
from hexachord.learning.evaluation.mistakes import worst_mistakes
from hexachord.learning.evaluation.plan import EvaluationOptions, FusionPlan, ModelPlan
from hexachord.learning.evaluation.result import Evaluation, Predictions
from hexachord.learning.evaluation.storing import load_evaluation, save_evaluation, save_predictions
from hexachord.learning.features.table import FeatureTable

pytest.importorskip("sklearn")

QUICK = EvaluationOptions(resamples=200)
ALONE = EvaluationOptions(resamples=200, baselines=False)


class Recorder:
    """A transformer that remembers which rows it was fitted to: the planted object."""

    seen: list[set[float]] = []  # noqa: RUF012  scikit-learn copies the object; what it saw must outlive the copy

    def get_params(self, deep: bool = True) -> dict[str, object]:
        return {}

    def fit(self, values: np.ndarray, targets: np.ndarray | None = None) -> "Recorder":
        Recorder.seen.append({float(value) for value in values[:, 0]})
        return self

    def transform(self, values: np.ndarray) -> np.ndarray:
        return values


WATCHED = ModelPlan(learner="svm-rbf", preparation=(Recorder(),))


@pytest.fixture(scope="module")
def judged() -> Evaluation:
    dataset, table = wine()
    return evaluate(
        dataset, table, folds(dataset), models=["knn", "svm-rbf"], fusions=[FusionPlan(name="both", of=("knn", "svm-rbf"))], options=QUICK
    )


def test_baselines_stand_first_and_are_beaten(judged: Evaluation) -> None:
    names = [model.name for model in judged.models]
    assert names == ["majority", "shuffled labels", "mfcc svm", "knn", "svm-rbf", "both"]
    top1 = {model.name: model.metrics["top1"].value for model in judged.models}
    assert top1["majority"] == pytest.approx(71 / 178, abs=0.03)
    assert top1["shuffled labels"] < 0.55
    assert 0.6 < top1["mfcc svm"] < 0.93  # four of the thirteen columns
    assert top1["svm-rbf"] > 0.95
    assert [model.baseline for model in judged.models] == [True] * 3 + [False] * 3
    assert best_model(judged.models).name in ("svm-rbf", "both")


def test_figures_follow_from_the_predictions(judged: Evaluation) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    for model in judged.models:
        truth, predicted = model.predictions.truth, model.predictions.scores.argmax(axis=1)
        np.testing.assert_array_equal(model.confusion, metrics.confusion_matrix(truth, predicted))
        assert model.metrics["f1_macro"].value == pytest.approx(metrics.f1_score(truth, predicted, average="macro", zero_division=0))
        assert len(set(model.predictions.ids)) == 178
        for figure in ("top1", "f1_macro", "roc_auc"):
            interval = model.metrics[figure]
            assert interval.low <= interval.value <= interval.high
        for label, figures in model.per_class.items():
            assert figures["support"].value == model.confusion[judged.classes.index(label)].sum()


def test_the_best_is_compared_with_all_others(judged: Evaluation) -> None:
    best = best_model(judged.models).name
    against = {pair.second: pair for pair in judged.comparisons if pair.first == best}
    assert set(against) == {model.name for model in judged.models} - {best}
    assert against["majority"].gain.low > 0.4
    assert against["majority"].p_value < 1e-10
    right = {model.name: model.predictions.scores.argmax(axis=1) == model.predictions.truth for model in judged.models}
    pair = against["mfcc svm"]
    assert pair.only_first == int((right[best] & ~right["mfcc svm"]).sum())
    assert pair.gain.value == pytest.approx(right[best].mean() - right["mfcc svm"].mean())


def test_the_same_again() -> None:
    dataset, table = wine()
    plans = [ModelPlan(learner="forest", settings={"trees": 20}), ModelPlan(learner="mlp", settings={"epochs": 20})]
    few = replace(QUICK, baselines=False, resamples=50)
    one, other = (evaluate(dataset, table, folds(dataset, 2), models=plans, options=few) for _ in range(2))
    for first, second in zip(one.models, other.models, strict=True):
        np.testing.assert_array_equal(first.predictions.scores, second.predictions.scores)
        assert first.metrics == second.metrics


def test_a_model_that_did_not_come_to_rest_says_so(recwarn: pytest.WarningsRecorder) -> None:
    dataset, table = wine()
    plans = [ModelPlan(learner="mlp", name=f"{epochs} epochs", settings={"epochs": epochs}, grid=()) for epochs in (2, 3000)]
    hasty, patient = evaluate(dataset, table, folds(dataset, 2), models=plans, options=ALONE).models
    assert all("stopped before it converged" in words for words in hasty.chosen)
    assert not any("stopped" in words for words in patient.chosen)
    assert not [one for one in recwarn if "Optimizer" in str(one.message)]


def test_only_training_rows_are_looked_at() -> None:
    dataset, table = songs_in_pieces()
    split = folds(dataset, 3)
    Recorder.seen = []
    evaluate(
        dataset, table, split, models=[ModelPlan(learner="svm-rbf", preparation=(Recorder(),))], options=replace(QUICK, baselines=False)
    )
    number = {name: index for index, name in enumerate(dataset.ids)}
    unit_of = {float(value): number[name] for name, value in zip(table.ids, table.values[:, 0], strict=True)}
    units = [{unit_of[value] for value in seen} for seen in Recorder.seen]
    assert len(units) == 3 * (QUICK.inner_folds + 1)
    for place, seen in enumerate(units):
        fold = split.folds[place // (QUICK.inner_folds + 1)]
        assert not seen & set(fold.test.tolist())
        final = place % (QUICK.inner_folds + 1) == QUICK.inner_folds
        assert (seen == set(fold.train.tolist())) == final  # inner folds hold some of the training side out
    pieces = {name: table.ids.count(name) for name in dataset.ids}
    for seen, values in zip(units, Recorder.seen, strict=True):
        assert len(values) == sum(pieces[dataset.ids[unit]] for unit in seen)  # a song with all its pieces, or not at all


def test_inner_folds_keep_groups_together() -> None:
    dataset, table = songs_in_pieces(songs=8)
    albums = [dict(track.groups) | {"album": f"{track.label}/{row % 8 // 2}"} for row, track in enumerate(dataset.tracks)]
    dataset = replace(dataset, tracks=tuple(replace(track, groups=own) for track, own in zip(dataset.tracks, albums, strict=True)))
    Recorder.seen = []
    train, test = np.arange(0, 32, 2), np.arange(1, 32, 2)
    split = Split(rule="halves", kind="hold-out", group="album", folds=(Fold(train=train, test=test),))
    evaluate(
        dataset, table, split, models=[ModelPlan(learner="svm-rbf", preparation=(Recorder(),))], options=replace(QUICK, baselines=False)
    )
    unit_of = {float(value): dataset.ids.index(name) for name, value in zip(table.ids, table.values[:, 0], strict=True)}
    album = dataset.groups("album")
    for values in Recorder.seen[:-1]:
        learnt = {unit_of[value] for value in values}
        held = set(train.tolist()) - learnt
        assert held
        assert not {album[unit] for unit in learnt} & {album[unit] for unit in held}


def test_pieces_of_songs_on_both_sides_flatter() -> None:
    dataset, table = songs_in_pieces(between=0.3)
    found = evaluate(dataset, table, folds(dataset, 3), models=["knn"], options=replace(QUICK, chunk_twin=True))
    honest, twin = found.models[-1].metrics["top1"].value, found.chunk_models[0].metrics["top1"].value
    assert honest < 0.6
    assert twin > 0.95
    assert set(found.chunk_models[0].predictions.ids) == set(dataset.ids)


def test_many_labels() -> None:
    random = np.random.default_rng(1)
    hidden = random.normal(size=(120, 3))
    labels = hidden > np.array([0.0, 0.2, 0.4])
    names = np.array(["drums", "flute", "piano"])
    tracks = tuple(Track(id=f"t{row:03d}", labels=tuple(names[labels[row]])) for row in range(120))
    dataset = Dataset(name="band", tracks=tracks)
    values = np.concatenate([hidden + random.normal(0, 0.3, hidden.shape), random.normal(size=(120, 4))], axis=1)
    table = FeatureTable(ids=dataset.ids, names=tuple(f"a/b{column}/mean" for column in range(7)), values=values)
    found = evaluate(dataset, table, folds(dataset), models=["logistic", "svm-linear"], options=QUICK)
    majority, shuffled, logistic, svm = found.models
    assert logistic.metrics["pr_auc"].value > 0.85 < svm.metrics["pr_auc"].value
    assert logistic.metrics["f1_macro"].value > 0.7 > majority.metrics["f1_macro"].value
    assert shuffled.metrics["roc_auc"].value < 0.7
    decided = logistic.predictions.decided
    assert decided is not None
    truth = logistic.predictions.truth == 1
    right = decided[:, 0][truth[:, 0]].mean()
    assert logistic.per_class["drums"]["recall"].value == pytest.approx(right)
    assert logistic.confusion.shape == (0, 0)
    assert all(0.0 <= score <= 1.0 for score in svm.predictions.scores.ravel())


def test_validation_songs_choose() -> None:
    dataset, table = wine()
    order = np.random.default_rng(0).permutation(len(dataset))
    fold = Fold(train=order[:60], valid=order[60:120], test=order[120:])
    Recorder.seen = []
    split = Split(rule="given", kind="given", group="song", folds=(fold,))
    evaluate(dataset, table, split, models=[ModelPlan(learner="knn", preparation=(Recorder(),))], options=replace(QUICK, baselines=False))
    assert [len(seen) for seen in Recorder.seen] == [len({float(v) for v in table.values[rows, 0]}) for rows in (order[:60], order[:120])]


def test_learning_curves_rise() -> None:
    dataset, table = wine()
    found = evaluate(dataset, table, folds(dataset), models=["svm-linear"], options=replace(QUICK, curve=(0.05, 0.3, 1.0), baselines=False))
    (curve,) = found.curves
    assert curve.tracks[0] < curve.tracks[1] < curve.tracks[2] == round(178 * 2 / 3)
    assert curve.test[0] < curve.test[2]
    whole = found.models[0].metrics["balanced_accuracy"].value
    assert curve.test[2] == pytest.approx(whole)  # all of the training side is all of it


def test_learning_curves_count_validation_songs_too() -> None:
    dataset, table = wine()
    order = np.random.default_rng(0).permutation(len(dataset))
    split = Split(rule="given", kind="given", group="song", folds=(Fold(train=order[:60], valid=order[60:120], test=order[120:]),))
    found = evaluate(dataset, table, split, models=["svm-linear"], options=replace(ALONE, curve=(0.25, 1.0)))
    assert found.curves[0].tracks == (30, 120)


def test_late_fusion_is_the_mean_of_scores(judged: Evaluation) -> None:
    by_name = {model.name: model.predictions.scores for model in judged.models}
    np.testing.assert_allclose(by_name["both"], (by_name["knn"] + by_name["svm-rbf"]) / 2)


def test_fusions_learn_from_inner_folds_only() -> None:
    dataset, table = wine()
    random = np.random.default_rng(5)
    noise = replace(table, values=random.normal(size=table.values.shape))
    plans = [ModelPlan(learner="lda", name="good", grid=()), ModelPlan(learner="lda", name="noise", table="noise", grid=())]
    fusions = [FusionPlan(name=rule, of=("good", "noise"), rule=rule) for rule in ("mean", "tuned", "stacking", "product")]
    found = evaluate(dataset, {"wine": table, "noise": noise}, folds(dataset), models=plans, fusions=fusions, options=ALONE)
    top1 = {model.name: model.metrics["top1"].value for model in found.models}
    assert top1["noise"] < 0.5
    assert top1["tuned"] > 0.95 < top1["stacking"]
    tuned = next(model for model in found.models if model.name == "tuned")
    assert all(words.startswith("weights good ") and float(words.split()[2].rstrip(",")) >= 0.5 for words in tuned.chosen)


def test_tracks_without_features_are_left_out_and_named() -> None:
    dataset, table = wine()
    table = table.rows(range(3, 178))
    found = evaluate(dataset, table, folds(dataset), models=["lda"], options=replace(QUICK, resamples=50))
    assert "3 of 178 tracks have no features" in found.notes[0]
    assert len(found.models[-1].predictions.ids) == 175


def test_holes_are_filled_with_training_means() -> None:
    dataset, table = wine()
    values = table.values.copy()
    values[::7, 2] = np.nan
    values[:, 5] = np.nan  # nothing there at all
    found = evaluate(dataset, replace(table, values=values), folds(dataset), models=["lda"], options=replace(QUICK, baselines=False))
    assert found.models[0].metrics["top1"].value > 0.9
    assert "2 of 13 columns" in found.notes[0]


def test_what_cannot_be_is_explained() -> None:
    dataset, table = wine()
    split = folds(dataset)
    with pytest.raises(InputError, match="no learner of that name"):
        evaluate(dataset, table, split, models=["svn"])
    with pytest.raises(InputError, match="no table 'chroma'"):
        evaluate(dataset, table, split, models=[ModelPlan(learner="knn", table="chroma")])
    with pytest.raises(InputError, match="no column of it"):
        evaluate(dataset, table, split, models=[ModelPlan(learner="knn", blocks=("rhythm",))])
    with pytest.raises(InputError, match="no row for any"):
        evaluate(dataset, replace(table, ids=tuple(f"x{row}" for row in range(178))), split)
    alone = Dataset(name="one", tracks=tuple(replace(track, labels=("a",)) for track in dataset.tracks))
    with pytest.raises(InputError, match="two or more"):
        evaluate(alone, table, split, models=["knn"])
    with pytest.raises(InputError, match="the setting 'gama'"):
        evaluate(dataset, table, split, models=[ModelPlan(learner="svm-rbf", settings={"gama": 1.0})])


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, table = wine()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'hexachord\[learn\]'"):
        evaluate(dataset, table, folds(dataset))


def test_saved_and_loaded_it_is_the_same(judged: Evaluation, tmp_path: Path) -> None:
    path = save_evaluation(judged, tmp_path / "evaluation.json")
    again = load_evaluation(path)
    assert save_evaluation(again, tmp_path / "again.json").read_bytes() == path.read_bytes()
    assert again.comparisons == judged.comparisons
    np.testing.assert_array_equal(again.models[3].predictions.scores, judged.models[3].predictions.scores)
    (tmp_path / "torn.json").write_text(path.read_text()[:100])
    (tmp_path / "other.json").write_text('{"schema": "hexachord.score"}')
    for name, words in (("torn", "no JSON"), ("other", "another kind"), ("missing", "no such file")):
        with pytest.raises(InputError, match=words):
            load_evaluation(tmp_path / f"{name}.json")
    lines = save_predictions(judged.models[3].predictions, judged.classes, tmp_path / "p.csv").read_text().splitlines()
    assert lines[0].startswith("id,fold,true,predicted,confidence,score:")
    assert len(lines) == 179


def test_the_surest_mistakes_come_first() -> None:
    said = Predictions(
        ids=("a", "b", "c", "b"),
        folds=np.array([0, 0, 0, 1]),
        truth=np.array([0, 1, 1, 1]),
        scores=np.array([[0.4, 0.6], [0.9, 0.1], [0.2, 0.8], [0.3, 0.7]]),
    )
    found = worst_mistakes(judge(said, name="m", classes=("x", "y")), ("x", "y"))
    assert [(one.id, one.true, one.predicted, one.confidence, one.times) for one in found] == [
        ("b", "y", "x", 0.9, (1, 2)),
        ("a", "x", "y", 0.6, (1, 1)),
    ]


def test_repeated_judgements_count_once_in_mcnemar() -> None:
    truth = np.zeros(40, dtype=np.int64)
    ids = tuple(f"s{row % 10}" for row in range(40))
    right, wrong = np.tile([0.9, 0.1], (40, 1)), np.tile([0.9, 0.1], (40, 1))
    wrong[np.arange(40) % 10 < 4] = [0.2, 0.8]
    number = np.arange(40) // 10
    said = [Predictions(ids=ids, folds=number, truth=truth, scores=scores) for scores in (right, wrong)]
    models = [judge(one, name=name, classes=("x", "y")) for one, name in zip(said, "rw", strict=True)]
    pair = compare(models[0], models[1])
    assert (pair.only_first, pair.only_second) == (4, 0)
    assert pair.gain.value == pytest.approx(0.4)
    assert pair.gain.low < 0.25  # ten songs, not forty


def test_a_fitted_model_scores_new_songs() -> None:
    dataset, table = songs_in_pieces(between=2.0)
    examples = bring_together(dataset, table, group="song")
    model = fit_model(ModelPlan(learner="svm-rbf"), examples, np.arange(0, 24, 2), classes=4)
    ids, scores = model.score(table)
    assert ids == dataset.ids
    np.testing.assert_allclose(scores.sum(axis=1), 1.0)
    assert (scores.argmax(axis=1) == dataset.targets()).mean() > 0.9
    with pytest.raises(InputError, match="no column"):
        model.score(table.columns(table.names[1:]))
