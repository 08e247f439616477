"""Six habits: each rule speaks when the numbers say so, and only then."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from lab_runs import make_run, named, predictions

from hexachord.journeys.lab.hints import HintOptions, hints_of
from hexachord.journeys.lab.run import LabRun, TrainingCurve
from hexachord.learning.datasets.confounds import Confounds, MetadataClassifier
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.integrity import Copy, Integrity
from hexachord.learning.datasets.leaks import Leak, LeakReport
from hexachord.learning.datasets.openings import Opening
from hexachord.learning.evaluation.judging import judge
from hexachord.learning.evaluation.result import Comparison, Interval, LearningCurve

SOUND = Integrity(
    dataset="drawn", layout="", tracks=15, labelled=15, minutes=1.0, group="song", skipped=(), unreadable={}, copies=(), silent=(),
    short=(), labels={}, alone=(), imbalance=1.0,
)  # fmt: skip


def hint(run: LabRun, rule: str, **options: float):
    return next(each for each in hints_of(run, HintOptions(**options)) if each.rule == rule)


def with_models(run: LabRun, **changes) -> LabRun:
    models = tuple(replace(model, **changes.get(model.name, {})) for model in run.evaluation.models)
    return replace(run, evaluation=replace(run.evaluation, models=models))


def test_there_are_six() -> None:
    rules = [each.rule for each in hints_of(make_run())]
    assert rules == ["small-first", "data", "baseline", "fit", "balance", "errors"]


def test_small_first() -> None:
    run = make_run()
    assert hint(run, "small-first").state == "good"
    assert "4 s" in hint(run, "small-first").text or "5 s" in hint(run, "small-first").text  # three models of 1.5 s
    rehearsal = hint(replace(run, limit=0.05), "small-first")
    assert rehearsal.state == "look"
    assert "5%" in rehearsal.text
    assert hint(replace(run, limit=1.0), "small-first").state == "good"
    long = with_models(run, svm={"fit_s": 1200.0})
    assert hint(long, "small-first").state == "look"
    curve = LearningCurve(name="svm", tracks=(10, 20, 40), train=(1, 1, 1), test=(0.3, 0.5, 0.505))
    told = replace(long, evaluation=replace(long.evaluation, curves=(curve,)))
    assert hint(told, "small-first").state == "good"
    assert "20 are enough" in hint(told, "small-first").text
    rising = replace(told, evaluation=replace(told.evaluation, curves=(replace(curve, test=(0.3, 0.5, 0.6)),)))
    assert "still gains +0.100" in hint(rising, "small-first").text
    still = with_models(run, svm={"fit_s": 0.0}, cnn={"fit_s": 0.0}, guess={"fit_s": 0.0})
    assert hint(still, "small-first").state == "unknown"


def test_data_and_labels() -> None:
    run = make_run()
    assert hint(run, "data").state == "unknown"
    assert hint(replace(run, integrity=SOUND), "data").state == "good"
    twice = replace(SOUND, copies=(Copy(first="a", second="b", exact=True, labels_agree=True),))
    assert "1 recording that stands twice" in hint(replace(run, integrity=twice), "data").text
    torn = replace(
        SOUND,
        copies=(Copy(first="a", second="b", exact=False, labels_agree=False),),
        unreadable={"x": "x: 0 bytes", "y": "no"},
        silent=("z",),
    )
    told = hint(replace(run, integrity=torn), "data")
    assert told.state == "look"
    assert "2 unreadable files, 1 recording under two labels, 1 silent track" in told.text
    for right, state in ((0.31, "good"), (0.52, "look")):
        forest = MetadataClassifier(fields=("codec",), balanced_accuracy=right, chance=0.33, chance_high=0.45)
        found = hint(replace(run, confounds=Confounds(associations=(), classifier=forest)), "data")
        assert found.state == state
        assert f"{right:.2f}" in found.text
    unlabelled = Dataset(name="drawn", tracks=(*run.dataset.tracks, Track(id="zz")), skipped=("a: gone",))
    assert "1 of 16 tracks have no label. Left out: 1 file." in hint(replace(run, dataset=unlabelled), "data").text
    holes = replace(run.table, values=np.where(np.arange(6) == 2, np.nan, run.table.values))
    assert "16.7% of the feature values are missing" in hint(replace(run, table=holes), "data").text


def test_baseline_first() -> None:
    run = make_run()
    metric = run.judged_by
    own = named(run, "svm").metrics[metric].value
    for theirs, p, state in ((own - 0.3, 0.001, "good"), (own - 0.3, 0.4, "look"), (own + 0.1, 0.001, "look")):
        beaten = with_models(run, guess={"metrics": {metric: Interval(value=theirs, low=0, high=1)}})
        pair = Comparison(first="svm", second="guess", gain=Interval(value=0.3, low=0.1, high=0.5), only_first=9, only_second=1, p_value=p)
        found = hint(replace(beaten, evaluation=replace(beaten.evaluation, comparisons=(pair,))), "baseline")
        assert found.state == state
        assert f"{own:.3f}" in found.text
    alone = replace(run, evaluation=replace(run.evaluation, models=run.evaluation.models[1:], comparisons=()))
    assert hint(alone, "baseline").state == "look"
    by_interval = replace(with_models(run, guess={"metrics": {metric: Interval(value=0.0, low=0, high=0)}}))
    by_interval = replace(by_interval, evaluation=replace(by_interval.evaluation, comparisons=()))
    assert hint(by_interval, "baseline").state == "good"
    nobody = replace(run, evaluation=replace(run.evaluation, models=(), comparisons=()))
    assert hint(nobody, "baseline").state == "unknown"


def test_metadata_are_a_baseline_too() -> None:
    run = make_run()
    metric = run.judged_by
    run = with_models(run, guess={"metrics": {metric: Interval(value=0.0, low=0, high=0)}})
    run = replace(run, evaluation=replace(run.evaluation, comparisons=()))
    own = named(run, "svm").metrics[metric].value
    for right, high, state in ((own + 0.01, 0.4, "look"), (own - 0.01, 0.4, "good"), (own + 0.01, 0.99, "good")):
        forest = MetadataClassifier(fields=("codec",), balanced_accuracy=right, chance=0.33, chance_high=high)
        found = hint(replace(run, confounds=Confounds(associations=(), classifier=forest)), "baseline")
        assert found.state == state
        assert ("metadata alone" in found.text) == (state == "look")


def test_fit() -> None:
    run = make_run()
    metric = run.judged_by
    test = named(run, "svm").metrics[metric].value
    for train, state, word in (
        (min(test + 0.3, 1.0), "look", "over-fits"),
        (0.2, "look", "under-fits"),
        (max(test + 0.05, 0.65), "good", ""),
    ):
        found = hint(with_models(run, svm={"train_metrics": {metric: train}}), "fit", gap=0.2)
        assert (found.state, word in found.text) == (state, True)
    quiet = with_models(run, svm={"train_metrics": {}})
    assert hint(quiet, "fit").state == "unknown"
    for valid, state, word in (
        ((3.0, 2.0, 1.5, 1.52, 1.51), "good", "epoch 3 of 5"), ((3.0, 2.0, 1.5, 1.9, 2.4), "look", "rises by 60%"),
        ((3.0, 2.0, 1.5, 1.2, 1.0), "look", "still falling"),
    ):  # fmt: skip
        curve = TrainingCurve(name="cnn", train=(3, 2, 1, 0.5, 0.2), valid=valid)
        found = hint(replace(quiet, trainings=(curve,)), "fit")
        assert found.state == state
        assert word in found.text


def test_balance() -> None:
    run = make_run(songs=6)
    assert hint(run, "balance").state == "good"
    extra = tuple(Track(id=f"more {number}", labels=("rock",)) for number in range(20))
    uneven = replace(run, dataset=Dataset(name="drawn", tracks=(*run.dataset.tracks, *extra)))
    assert hint(uneven, "balance").state == "look"
    assert "(rock) has 26 songs" in hint(uneven, "balance").text
    few = make_run(songs=4)
    assert "3 of 3 classes have fewer than 5 songs" in hint(few, "balance").text
    svm = named(run, "svm")
    plain, fair = Interval(value=0.9, low=0.8, high=1), Interval(value=0.5, low=0.4, high=0.6)
    blind = with_models(run, svm={"metrics": {**svm.metrics, "top1": plain, "balanced_accuracy": fair}})
    blind = replace(blind, evaluation=replace(blind.evaluation, models=blind.evaluation.models[:2]))
    assert "Accuracy 0.90 hides a balanced accuracy of 0.50" in hint(blind, "balance").text


@pytest.mark.parametrize(("count", "state"), [(0, "unknown"), (1, "good"), (2, "look")])
def test_the_test_side_is_opened_once(count: int, state: str) -> None:
    run = make_run()
    right = judge(
        predictions(run.dataset.ids, run.dataset.targets(), 3, skill=1.0), name="svm", classes=run.evaluation.classes, resamples=20
    )
    when = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    openings = tuple(Opening(dataset="drawn", side_sha256="", who="us", purpose="", when=when) for _ in range(count))
    run = replace(run, evaluation=replace(run.evaluation, models=(right,)), openings=openings)
    assert hint(run, "errors").state == state


def test_sure_mistakes_worst_pairs_and_leaks() -> None:
    run = make_run(songs=8)
    targets = run.dataset.targets()
    scores = np.eye(3)[targets] * 0.9 + 0.05
    scores[targets == 0] = (0.02, 0.95, 0.03)  # all of one class are surely another
    wrong = replace(predictions(run.dataset.ids, targets, 3, skill=1.0), scores=scores / scores.sum(axis=1, keepdims=True))
    judged = judge(wrong, name="svm", classes=run.evaluation.classes, resamples=20)
    run = replace(run, evaluation=replace(run.evaluation, models=(judged,)))
    found = hint(run, "errors")
    assert found.state == "look"
    assert "8 of 8 mistakes of svm were made with a confidence of 90% or more" in found.text
    assert "8 of 8 errors are folk taken for jazz" in found.text
    assert "mistakes" not in hint(run, "errors", sure=0.99).text
    leak = LeakReport(leaks=(Leak(fold=0, first="a", second="b", why="same samples"),), notes=(), by_recording=True)
    assert "Found 1 leak" in hint(replace(run, leaks=leak), "errors").text
    assert "leak" not in hint(replace(run, leaks=replace(leak, leaks=())), "errors").text
    assert "must not be quoted" in hint(replace(run, split=replace(run.split, leaks_on_purpose=True)), "errors").text
