"""How music feels, from its notes: valence and arousal of piano arrangements of game music, judged series by series.

VGMIDI (L. Ferreira, J. Whitehead, "Learning to Generate Music with Sentiment", ISMIR 2019) has pieces that annotators placed on either side
of two scales. Games of one series share composers and sounds, so a series is never on both sides; a model is fitted anew for each and
thrown away afterwards. Beside it stand the majority, shuffled labels, and the rule of thumb that the library itself goes by, which learns
nothing (`hexachord.theory.emotion`).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.bench.datasets import bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress, Stopwatch, report
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.lists import Columns, load_list
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.evaluation.evaluating import MAJORITY, SHUFFLED, evaluate
from hexachord.learning.evaluation.judging import judge
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.result import Interval, ModelResult, Predictions
from hexachord.learning.features.score_features import describe_score, score_table
from hexachord.learning.features.table import FeatureTable
from hexachord.score.midi import load_midi
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.theory.emotion import Emotion, emotion_of

SCALES = ("valence", "arousal")
_GROUP = "series"
_MODEL = "notes"


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``valence_bacc arousal_bacc`` (balanced accuracy over all pieces, each judged by a model that knew no game of its series),
    ``_low`` and ``_high`` of their 95 % intervals over pieces, ``_auc``, and ``_rule``, ``_majority`` and ``_shuffled``: the same of what
    they are compared with.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer, instruments : not used: there is neither
    progress : told what is being done
    """
    folder = bench_folder(data) / "vgmidi"
    labels = folder / "labels.csv"
    if not labels.is_file():
        return BenchResult(bench="emotion", data=str(data), engine=_MODEL, metrics={}, skipped=("vgmidi: no labels.csv",))
    listed = load_list(labels, columns=Columns(path="midi", label="valence"))
    watch = Stopwatch()
    rows: list[dict[str, float]] = []
    felt: list[Emotion | None] = []
    with watch:
        for number, track in enumerate(listed.tracks):
            report(progress, track.id, number, len(listed))
            score = load_midi(track.path or "")
            rows.append(describe_score(score))
            felt.append(_felt(score))
        table = score_table(listed.ids, rows)
    metrics: dict[str, float] = {}
    items: dict[str, dict[str, float]] = {name: {} for name in listed.ids}
    for scale in SCALES:
        dataset = on_scale(listed, scale)
        with watch:
            models = judged(dataset, table, scale=scale)
        rule = _by_rule(dataset, felt, scale)
        metrics |= _figures(scale, models, rule)
        for name, right in zip(*_rights(models[_MODEL]), strict=True):
            items[name][f"{scale}_right"] = right
    report(progress, "", len(listed), len(listed))
    return BenchResult(
        bench="emotion",
        data=str(data),
        engine="notes/logistic-balanced",
        metrics=metrics,
        items=tuple(BenchItem(id=name, metrics=found) for name, found in items.items()),
        wall_s=watch.wall_s,
        cpu_s=watch.cpu_s,
        skipped=listed.skipped,
    )


def on_scale(listed: Dataset, scale: str) -> Dataset:
    """Make the side of a scale the class of each piece: ``high`` or ``low``."""

    def side(track: Track) -> str:
        said = track.label if scale == SCALES[0] else track.tags[scale]
        return "high" if float(said) > 0 else "low"

    tracks = (replace(track, labels=(side(track),), groups={_GROUP: track.tags[_GROUP]}) for track in listed.tracks)
    return replace(listed, name=f"vgmidi {scale}", tracks=tuple(tracks))


def judged(dataset: Dataset, table: FeatureTable, *, scale: str) -> dict[str, ModelResult]:
    """Judge the model and its baselines, leaving out one series after the other."""
    split = make_split(dataset, SplitOptions(kind="leave-one-group-out", group=_GROUP))
    model = ModelPlan(learner="logistic-balanced", name=_MODEL)
    found = evaluate(dataset, table, split, models=[model], options=EvaluationOptions(scoring="balanced_accuracy", top=()))
    return {result.name: result for result in found.models}


def _felt(score: Score) -> Emotion | None:
    notes = note_array(score)
    notes = notes[~notes["is_percussion"]]
    return emotion_of(notes["onset_s"], notes["duration_s"], notes["pitch"], notes["velocity"])


def _by_rule(dataset: Dataset, felt: list[Emotion | None], scale: str) -> ModelResult:
    """The rule of thumb, which says high where it is above the middle of all it was shown: it knows no labels."""
    value = np.array([np.nan if one is None else getattr(one, scale) for one in felt])
    value = np.where(np.isfinite(value), value, np.nanmedian(value)) - np.nanmedian(value)
    high = dataset.classes.index("high")
    scores: Float64Array = np.stack([value if number == high else -value for number in range(2)], axis=1)
    seen = Predictions(ids=dataset.ids, folds=np.zeros(len(dataset), dtype=np.int64), truth=dataset.targets(), scores=scores)
    return judge(seen, name="rule", classes=dataset.classes, top=())


def _figures(scale: str, models: dict[str, ModelResult], rule: ModelResult) -> dict[str, float]:
    ours: Interval = models[_MODEL].metrics["balanced_accuracy"]
    return {
        f"{scale}_bacc": ours.value,
        f"{scale}_bacc_low": ours.low,
        f"{scale}_bacc_high": ours.high,
        f"{scale}_auc": models[_MODEL].metrics["roc_auc"].value,
        f"{scale}_rule": rule.metrics["balanced_accuracy"].value,
        f"{scale}_majority": models[MAJORITY].metrics["balanced_accuracy"].value,
        f"{scale}_shuffled": models[SHUFFLED].metrics["balanced_accuracy"].value,
    }


def _rights(model: ModelResult) -> tuple[tuple[str, ...], list[float]]:
    called = np.argmax(model.predictions.scores, axis=1) == model.predictions.truth
    return model.predictions.ids, called.astype(np.float64).tolist()
