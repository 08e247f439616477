"""Runs for the lab's tests: predictions drawn at random, judged by the library's own evaluation."""

from collections.abc import Sequence

import numpy as np

from hexachord.journeys.lab.run import LabRun
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.evaluation.judging import compare, judge
from hexachord.learning.evaluation.result import Evaluation, ModelResult, Predictions
from hexachord.learning.features.table import FeatureTable

HOSTILE = ("<script>alert('x')</script>", 'a "quoted" & <b>bold</b> | name', "é ß 日本語 🎻 \u202eevil", "long " * 60, "a")


def predictions(ids: Sequence[str], targets: np.ndarray, classes: int, *, skill: float, seed: int = 0) -> Predictions:
    """Probabilities that favour the truth as far as there is skill."""
    random = np.random.default_rng(seed)
    scores = random.dirichlet(np.ones(classes), len(ids))
    if targets.ndim == 2:
        scores = np.clip(random.uniform(size=targets.shape) * (1 - skill) + skill * targets, 0, 1)
    else:
        scores = (1 - skill) * scores + skill * np.eye(classes)[targets]
    return Predictions(ids=tuple(ids), folds=np.zeros(len(ids), dtype=np.int64), truth=targets, scores=scores)


def make_run(names: Sequence[str] = ("rock", "jazz", "folk"), *, songs: int = 5, seed: int = 0, several: bool = False) -> LabRun:
    """A run of two models and a baseline over some classes."""
    random = np.random.default_rng(seed)
    tracks = []
    for number in range(songs * len(names)):
        label = names[number % len(names)]
        labels = (label, names[(number + 1) % len(names)]) if several and number % 3 == 0 else (label,)
        tracks.append(Track(id=f"{number:03d} of {label[:40]}", labels=labels, groups={"album": f"album {number % 7}"}))
    dataset = Dataset(name="drawn", tracks=tuple(tracks))
    targets = dataset.indicators() if several else dataset.targets()
    values = random.normal(size=(len(tracks), 6)) + 2.0 * random.normal(size=(len(dataset.classes), 6))[dataset.indicators().argmax(axis=1)]
    columns = (*(f"timbre/mfcc_{column:02d}/mean" for column in range(4)), "rhythm/onset_rate/mean", "rhythm/onset_rate/std")
    table = FeatureTable(ids=dataset.ids, names=columns, values=values)
    metric = "f1_macro" if several else "balanced_accuracy"
    judged = []
    for number, (name, about, skill) in enumerate((("guess", "at random", 0.0), ("svm", "SVM", 0.35), ("cnn", "a network", 0.2))):
        said = predictions(dataset.ids, targets, len(dataset.classes), skill=skill, seed=number)
        judged.append(
            judge(
                said,
                name=name,
                classes=dataset.classes,
                about=about,
                resamples=50,
                baseline=not number,
                train_metrics={metric: 0.97},
                fit_s=1.5,
            )
        )
    evaluation = Evaluation(
        classes=dataset.classes,
        rule="one hold-out by song, seed 0",
        models=tuple(judged),
        comparisons=(compare(judged[1], judged[0], resamples=50),),
    )
    half = len(tracks) // 2
    split = Split(
        rule=evaluation.rule, kind="hold-out", group="song", folds=(Fold(train=np.arange(half), test=np.arange(half, len(tracks))),)
    )
    return LabRun(
        title="A run", dataset=dataset, evaluation=evaluation, split=split, table=table, hashes={"data": "ab" * 32}, seeds={"split": seed}
    )


def named(run: LabRun, name: str) -> ModelResult:
    """One of its models."""
    return next(model for model in run.evaluation.models if model.name == name)
