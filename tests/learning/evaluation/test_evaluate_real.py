"""Real music through the whole of it: recordings, features, a split by songs, models, figures."""

import csv
from pathlib import Path

import pytest

from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.evaluation.evaluating import evaluate
from hexachord.learning.evaluation.mistakes import worst_mistakes
from hexachord.learning.evaluation.plan import EvaluationOptions
from hexachord.learning.features.extraction import ExtractionOptions, extract_features
from hexachord.learning.features.pooling import PoolingOptions

pytest.importorskip("sklearn")


@pytest.mark.slow
@pytest.mark.data
def test_composers_are_told_apart(data_dir: Path, tmp_path: Path) -> None:
    folder = data_dir / "bench" / "artists"
    if not (folder / "index.csv").exists():
        pytest.skip("bench/artists is not there")
    with open(folder / "index.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = {row["artist"]: sum(other["artist"] == row["artist"] for other in rows) for row in rows}
    chosen = sorted(counts, key=lambda name: (-counts[name], name))[:4]
    tracks = tuple(Track(id=row["file"], path=folder / row["file"], labels=(row["artist"],)) for row in rows if row["artist"] in chosen)
    dataset = Dataset(name="composers", tracks=tracks)
    found = extract_features(
        dataset, tmp_path, options=ExtractionOptions(families=("timbre",)), pooling=PoolingOptions(chunk_s=10.0), workers=1
    )
    judged = evaluate(
        dataset,
        found.table,
        make_split(dataset, SplitOptions(kind="repeated", repeats=3, test_share=0.3)),
        models=["svm-rbf", "lda"],
        options=EvaluationOptions(resamples=200, chunk_twin=True),
    )
    by_name = {model.name: model for model in judged.models}
    assert "mfcc svm" in by_name
    best = max(by_name[name].metrics["balanced_accuracy"].value for name in ("svm-rbf", "lda"))
    assert best > 0.4  # one in four by chance
    assert best > by_name["shuffled labels"].metrics["balanced_accuracy"].value + 0.1
    twins = {model.name: model.metrics["top1"].value for model in judged.chunk_models}
    assert max(twins.values()) > max(by_name[name].metrics["top1"].value for name in twins)  # pieces of known songs are easy
    for mistake in worst_mistakes(by_name["lda"], judged.classes, count=3):
        assert mistake.id in dataset.ids
        assert mistake.true != mistake.predicted
