"""Our steps inside the lab's evaluation: fitted to training rows of each fold, never to a row that is judged."""

import numpy as np
import pytest
from recorder import Recorder

from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.features.fusion import BlockScaler
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import CorrelationSelector, MeanReplacer, ScoreSelector, VarianceSelector
from hexachord.learning.features.table import FeatureTable


def test_nothing_is_fitted_on_a_judged_row() -> None:
    pytest.importorskip("sklearn")
    from hexachord.learning.evaluation.evaluating import evaluate
    from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan

    rng = np.random.default_rng(4)
    songs, pieces = 24, 3
    labels = ["ab"[song % 2] for song in range(songs)]
    tracks = tuple(Track(id=f"s{song:02d}", labels=(labels[song],), groups={"album": f"a{song // 3}"}) for song in range(songs))
    rows = songs * pieces
    values = rng.normal(size=(rows, 6))
    values[:, 0] = np.arange(rows)  # a number for each row, which the recorder writes down
    values[:, 3] += np.repeat([song % 2 for song in range(songs)], pieces) * 4.0
    values[5, 2] = np.nan
    table = FeatureTable(
        ids=tuple(track.id for track in tracks for _ in range(pieces)),
        names=("n/row/mean", "a/x/mean", "a/y/mean", "b/good/mean", "b/z/mean", "b/w/mean"),
        values=values,
        times_s=np.tile(np.arange(pieces, dtype=np.float64), songs),
    )
    parts = np.array_split(np.arange(songs), 4)
    folds = tuple(Fold(train=np.setdiff1d(np.arange(songs), part), test=part) for part in parts)
    split = Split(rule="4 folds", kind="k-fold", group="album", folds=folds)
    Recorder.books.clear()
    steps = (
        Recorder("evaluation"),
        MeanReplacer(),
        VarianceSelector(),
        CorrelationSelector(),
        Scaler(),
        ScoreSelector(keep=2),
        BlockScaler(((0, 1),)),
    )
    plan = ModelPlan(learner="logistic", preparation=steps)
    found = evaluate(
        Dataset(name="planted", tracks=tracks), table, split, models=[plan], options=EvaluationOptions(baselines=False, resamples=50)
    )
    assert found.models[-1].metrics["balanced_accuracy"].value > 0.85
    seen = Recorder.books["evaluation"]
    assert len(seen) >= 4
    owners = [{int(number) // pieces for number in fit} for fit in seen]
    tests = [set(part.tolist()) for part in parts]
    for owner in owners:
        assert any(not owner & test for test in tests), "every fit leaves one whole test side out"
    for test in tests:
        assert any(owner == set(range(songs)) - test for owner in owners), "and each fold has one on all of its training side"
