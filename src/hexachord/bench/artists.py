"""Who made this: artists told by excerpts of their music, beside what a support vector machine makes of MFCC statistics.

The excerpts come from the music of games, one package an artist, so that to know the album is to know the artist here: what is measured is
how much more of a recording our descriptors hold than MFCCs do, not how well artists are known (the bench ``album_gap`` is about that).
Models are fitted to the training tracks of each split and thrown away.
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from hexachord.bench.datasets import bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress, Stopwatch, report
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.lists import Columns, load_list
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.estimators.registry import Settings
from hexachord.learning.evaluation.evaluating import MAJORITY, SHUFFLED, evaluate
from hexachord.learning.evaluation.families import FAMILIES, family_plans
from hexachord.learning.evaluation.judging import compare
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.result import Evaluation, ModelResult
from hexachord.learning.features.extraction import extract_frames, feature_table
from hexachord.learning.features.pooling import PoolingOptions
from hexachord.learning.features.table import FeatureTable

BASELINE = "mfcc statistics, svm"
TUNED = "mfcc statistics, svm tuned"
_WHOLE = PoolingOptions(statistics=("mean", "std", "delta_mean", "delta_std"), song_numbers=False)
_PIECES = PoolingOptions(statistics=("mean", "std", "delta_power_mean_1"), chunk_s=5.0, song_numbers=False)
_REPEATS = 20
_TEST_SHARE = 0.3


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None, test: Path | None = None
) -> BenchResult:
    """Measure ``top1 top3`` of our descriptors (a shrunk discriminant for each family on pieces of five seconds, averaged), of the baseline
    (``top1_baseline top3_baseline``: SVM, RBF, C 10, on mean and deviation of 20 MFCCs and their differences), what we have more
    (``top1_gain``, with the 95 % interval of the pair over tracks, and McNemar's p), and ``_majority``, ``_shuffled``, ``_tuned`` (the
    baseline with C and gamma searched).

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer, instruments : not used: there is neither
    progress : told what is being done
    test : a folder of other tracks by the same artists, in the same layout: everything of `data` is learnt from, all of it is judged.
        Otherwise 20 splits by track are drawn, 30 % of them to be judged by

    Raises
    ------
    InputError : if the test folder shares no artist with the data.
    """
    folder = bench_folder(data) / "artists"
    if not (folder / "index.csv").is_file():
        return BenchResult(bench="artists", data=str(data), engine=FAMILIES, metrics={}, skipped=("artists: no index.csv",))
    learnt = _load(folder)
    whole = learnt if test is None else _with_test(learnt, _load(bench_folder(test) / "artists" if _has_bench(test) else test))
    split = drawn(learnt) if test is None else _given(learnt, whole)
    watch = Stopwatch()
    with watch:
        tables, skipped = described(whole, progress=progress)
        found = judged(whole, tables, split, progress=progress)
    return BenchResult(
        bench="artists",
        data=str(data),
        engine="descriptors/lda-shared families",
        metrics=figures(found),
        items=_items(found, whole),
        wall_s=watch.wall_s,
        cpu_s=watch.cpu_s,
        skipped=(*whole.skipped, *skipped),
    )


def drawn(dataset: Dataset) -> Split:
    """Draw the splits by track."""
    return make_split(dataset, SplitOptions(kind="repeated", repeats=_REPEATS, test_share=_TEST_SHARE, group="song"))


def described(dataset: Dataset, *, progress: Progress | None = None) -> tuple[dict[str, FeatureTable], tuple[str, ...]]:
    """Describe every track: MFCC statistics of the whole, and everything of its pieces."""
    with TemporaryDirectory() as kept:
        work = Path(kept)
        frames = extract_frames(dataset, work / "frames", progress=lambda step: report(progress, "descriptors", step.done, step.total))
        whole = feature_table(frames, work / "rows", pooling=_WHOLE).table
        pieces = feature_table(frames, work / "rows", pooling=_PIECES).table
    mfcc = whole.columns([name for name in whole.names if name.startswith("timbre/mfcc_")])
    return {"mfcc": mfcc, "pieces": pieces}, tuple(frames.skipped.values())


def judged(dataset: Dataset, tables: Mapping[str, FeatureTable], split: Split, *, progress: Progress | None = None) -> Evaluation:
    """Judge the families, each alone and together, and the baselines."""
    plain: Settings = {"C": 10.0, "gamma": "scale", "class_weight": None}
    plans, fusion = family_plans(tables["pieces"], of="pieces")
    models = [
        ModelPlan(learner="svm-rbf", name=BASELINE, table="mfcc", settings=plain, grid=()),
        ModelPlan(learner="svm-rbf", name=TUNED, table="mfcc"),
        *plans,
    ]
    told = 0

    def tell(what: str) -> None:
        nonlocal told
        told += 1
        report(progress, what, told, (len(models) + 1) * len(split.folds))

    return evaluate(dataset, tables, split, models=models, fusions=[fusion], options=EvaluationOptions(), progress=tell)


def figures(found: Evaluation) -> dict[str, float]:
    """The bench's metrics of an evaluation."""
    models = {model.name: model for model in found.models}
    ours, baseline = models[FAMILIES], models[BASELINE]
    pair = compare(ours, baseline)

    def value(model: ModelResult, name: str) -> float:
        return model.metrics[name].value

    return {
        "top1": value(ours, "top1"),
        "top1_low": ours.metrics["top1"].low,
        "top1_high": ours.metrics["top1"].high,
        "top3": value(ours, "top3"),
        "top1_baseline": value(baseline, "top1"),
        "top3_baseline": value(baseline, "top3"),
        "top1_gain": pair.gain.value,
        "top1_gain_low": pair.gain.low,
        "top1_gain_high": pair.gain.high,
        "mcnemar_p": pair.p_value,
        "balanced_accuracy": value(ours, "balanced_accuracy"),
        "top1_tuned": value(models[TUNED], "top1"),
        "top1_majority": value(models[MAJORITY], "top1"),
        "top1_shuffled": value(models[SHUFFLED], "top1"),
        **{f"top1_{name.split(': ')[1]}": value(model, "top1") for name, model in models.items() if name.startswith(FAMILIES + ": ")},
    }


def _items(found: Evaluation, dataset: Dataset) -> tuple[BenchItem, ...]:
    """How often each track was rightly told, of the splits that judged it."""
    models = {model.name: model for model in found.models}
    rights: dict[str, dict[str, float]] = {}
    for key, name in (("right", FAMILIES), ("right_baseline", BASELINE)):
        seen = models[name].predictions
        hit = np.argmax(seen.scores, axis=1) == seen.truth
        ids = np.array(seen.ids)
        for track in dict.fromkeys(seen.ids):
            rights.setdefault(track, {})[key] = float(hit[ids == track].mean())
    return tuple(BenchItem(id=track, metrics=rights[track]) for track in dataset.ids if track in rights)


def _load(folder: Path) -> Dataset:
    """Each package is one artist: the album says nothing more, so tracks are grouped by nothing but themselves."""
    return load_list(folder / "index.csv", columns=Columns(path="file", label="artist", album=""))


def _has_bench(folder: Path) -> bool:
    return (folder / "artists").is_dir() or (folder / "bench").is_dir()


def _with_test(learnt: Dataset, test: Dataset) -> Dataset:
    """Put held-out tracks behind those to learn from; artists that nothing was learnt of are left out."""
    known = set(learnt.classes)
    added = [track for track in test.tracks if track.label in known]
    if not added:
        raise InputError(test.root or "--test", found="no artist that the data has", expected="other tracks by the same artists")
    lines = tuple(f"{track.id}: nothing to learn of {track.label}" for track in test.tracks if track.label not in known)
    renamed = (Track(id=f"test/{track.id}", path=track.path, labels=track.labels) for track in added)
    return Dataset(name=learnt.name, root=learnt.root, tracks=(*learnt.tracks, *renamed), skipped=(*learnt.skipped, *lines))


def _given(learnt: Dataset, whole: Dataset) -> Split:
    fold = Fold(train=np.arange(len(learnt)), test=np.arange(len(learnt), len(whole)))
    return Split(rule="learnt here, judged on the test folder", kind="given", group="song", folds=(fold,))
