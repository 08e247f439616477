"""A run as plain data: every number that the page shows, under the names that benches use."""

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.journeys.lab.confusions import order_by_confusion
from hexachord.journeys.lab.hints import Hint
from hexachord.journeys.lab.run import LabRun
from hexachord.journeys.lab.song_map import SongMap
from hexachord.journeys.lab.songs_judged import judge_songs, mistakes
from hexachord.learning.evaluation.result import Interval, ModelResult

SCHEMA = "hexachord/lab-report/1"


def document_of(
    run: LabRun,
    *,
    hints: tuple[Hint, ...],
    songs: SongMap | None,
    sounds: Mapping[str, str],
    environment: Mapping[str, str],
    machine: Mapping[str, str],
) -> dict[str, Any]:
    """Give a run as plain data, ready for JSON; numbers that are not finite are null."""
    evaluation, winner = run.evaluation, run.winner
    classes = evaluation.classes
    wrong = mistakes(judge_songs(winner.predictions)) if winner is not None else ()
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "title": run.title,
        "numbers": {"judged_by": run.judged_by, "best": winner.name if winner is not None else None},
        "data": {
            "name": run.dataset.name, "tracks": len(run.dataset), "classes": list(classes), "skipped": list(run.dataset.skipped),
            "limit": run.limit, "sha256": dict(run.hashes), "integrity": _maybe(run.integrity),
        },
        "split": {
            "rule": evaluation.rule, **(_split(run) if run.split is not None else {}),
            "leaks": _maybe(run.leaks),
            "openings": None if run.openings is None else [asdict(each) for each in run.openings],
        },
        "confounds": _maybe(run.confounds),
        "features": {block: len(columns) for block, columns in run.table.blocks.items()} if run.table is not None else None,
        "models": [_model(model) for model in evaluation.models],
        "chunk_models": [_model(model) for model in evaluation.chunk_models],
        "comparisons": [asdict(pair) for pair in evaluation.comparisons],
        "learning_curves": [vars(curve) for curve in evaluation.curves],
        "training_curves": [asdict(curve) for curve in run.trainings],
        "confusion_order": order_by_confusion(winner.confusion).tolist() if winner is not None and winner.confusion.ndim == 2 else [],
        "mistakes": [
            {"id": song.id, "actual": [classes[kind] for kind in song.truth], "predicted": [classes[kind] for kind in song.said],
             "confidence": song.confidence, "sound": sounds.get(song.id)}
            for song in wrong
        ],
        "map": {"ids": list(songs.ids), **{plane.name: {"trust": plane.trust, "places": plane.places.tolist()} for plane in songs.planes}}
        if songs is not None else None,
        "hints": [asdict(hint) for hint in hints],
        "notes": list(evaluation.notes),
        "asked": {"command": run.command, "seeds": dict(run.seeds), "options": dict(run.options)},
        "environment": dict(environment),
        "varies": {"machine": dict(machine), "seconds": {model.name: [model.fit_s, model.predict_s] for model in evaluation.models}},
    }  # fmt: skip
    plain: dict[str, Any] = _plain(found)
    return plain


def _split(run: LabRun) -> dict[str, Any]:
    assert run.split is not None
    split = run.split
    folds = [{"train": len(fold.train), "valid": len(fold.valid), "test": len(fold.test)} for fold in split.folds]
    return {"kind": split.kind, "group": split.group, "seed": split.seed, "leaks_on_purpose": split.leaks_on_purpose, "folds": folds}


def _model(model: ModelResult) -> dict[str, Any]:
    return {
        "name": model.name, "about": model.about, "baseline": model.baseline, "chosen": list(model.chosen),
        "metrics": {name: _interval(value) for name, value in model.metrics.items()},
        "train_metrics": dict(model.train_metrics),
        "per_class": {name: {what: _interval(value) for what, value in figures.items()} for name, figures in model.per_class.items()},
        "confusion": model.confusion.tolist(),
    }  # fmt: skip


def _interval(value: Interval) -> list[float]:
    return [value.value, value.low, value.high]


def _maybe(value: Any) -> Any:
    return None if value is None else asdict(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return _plain(value.tolist())
    if isinstance(value, float):
        return round(value, 6) if isfinite(value) else None
    return str(value) if isinstance(value, Path) else value
