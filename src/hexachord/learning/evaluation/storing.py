"""An evaluation as a file: JSON with a version, and predictions as CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.evaluation.result import Comparison, Evaluation, Interval, LearningCurve, ModelResult, Predictions

SCHEMA = "hexachord.evaluation"
VERSION = 1


def save_evaluation(evaluation: Evaluation, path: str | Path) -> Path:
    """Write all of an evaluation, so that `load_evaluation` gives the same back.

    Raises
    ------
    OutputError : if the file cannot be written.
    """
    return write_text(path, json.dumps(evaluation_to_dict(evaluation), ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")


def load_evaluation(path: str | Path) -> Evaluation:
    """Read what `save_evaluation` wrote.

    Raises
    ------
    InputError : if it is missing, malformed, or of another kind or a later version.
    """
    what = "an evaluation in JSON"
    try:
        found = json.loads(read_text(path, what=what))
    except json.JSONDecodeError as error:
        raise InputError(path, found=f"no JSON in line {error.lineno} ({error.msg})", expected=what) from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError(path, found="JSON of another kind", expected=what)
    if found.get("version") != VERSION:
        raise InputError(path, found=f"version {found.get('version')}", expected=f"version {VERSION}", next_step="use a newer Hexachord")
    try:
        return evaluation_from_dict(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(path, found=f"an evaluation with a part missing or malformed ({error})", expected=what) from error


def evaluation_to_dict(evaluation: Evaluation) -> dict[str, Any]:
    """Give an evaluation as numbers, words, lists and dictionaries; null where a number does not exist."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "classes": list(evaluation.classes),
        "rule": evaluation.rule,
        "models": [_model_to_dict(model) for model in evaluation.models],
        "chunk_models": [_model_to_dict(model) for model in evaluation.chunk_models],
        "comparisons": [asdict(comparison) | {"gain": _interval_to_list(comparison.gain)} for comparison in evaluation.comparisons],
        "curves": [asdict(curve) for curve in evaluation.curves],
        "notes": list(evaluation.notes),
    }


def evaluation_from_dict(found: Mapping[str, Any]) -> Evaluation:
    """Make an evaluation of what `evaluation_to_dict` gave."""
    return Evaluation(
        classes=tuple(found["classes"]),
        rule=found["rule"],
        models=tuple(_model_from_dict(model) for model in found["models"]),
        chunk_models=tuple(_model_from_dict(model) for model in found["chunk_models"]),
        comparisons=tuple(
            Comparison(
                first=one["first"],
                second=one["second"],
                gain=_interval_from_list(one["gain"]),
                only_first=one["only_first"],
                only_second=one["only_second"],
                p_value=one["p_value"],
            )
            for one in found["comparisons"]
        ),
        curves=tuple(
            LearningCurve(name=one["name"], tracks=tuple(one["tracks"]), train=tuple(one["train"]), test=tuple(one["test"]))
            for one in found["curves"]
        ),
        notes=tuple(found["notes"]),
    )


def save_predictions(predictions: Predictions, classes: Sequence[str], path: str | Path) -> Path:
    """Write predictions as CSV: ``id,fold,true,predicted,confidence`` and a column of scores for each class.

    Several labels stand with a vertical stroke between them.

    Raises
    ------
    OutputError : if the file cannot be written.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", "fold", "true", "predicted", "confidence", *(f"score:{name}" for name in classes)])
    for row, name in enumerate(predictions.ids):
        scores = predictions.scores[row]
        if predictions.truth.ndim == 2:
            said = scores >= 0.5 if predictions.decided is None else predictions.decided[row] == 1
            true = "|".join(label for label, has in zip(classes, predictions.truth[row], strict=True) if has)
            predicted = "|".join(label for label, has in zip(classes, said, strict=True) if has)
        else:
            true, predicted = classes[int(predictions.truth[row])], classes[int(np.argmax(scores))]
        rows.writerow([name, int(predictions.folds[row]), true, predicted, f"{scores.max():.6g}", *(f"{score:.6g}" for score in scores)])
    return write_text(path, text.getvalue())


def _model_to_dict(model: ModelResult) -> dict[str, Any]:
    said = model.predictions
    return {
        "name": model.name,
        "about": model.about,
        "metrics": {name: _interval_to_list(value) for name, value in model.metrics.items()},
        "per_class": {
            label: {name: _interval_to_list(value) for name, value in figures.items()} for label, figures in model.per_class.items()
        },
        "confusion": model.confusion.tolist(),
        "train_metrics": {name: _number(value) for name, value in model.train_metrics.items()},
        "chosen": list(model.chosen),
        "fit_s": round(model.fit_s, 3),
        "predict_s": round(model.predict_s, 3),
        "baseline": model.baseline,
        "predictions": {
            "ids": list(said.ids),
            "folds": said.folds.tolist(),
            "truth": said.truth.tolist(),
            "scores": said.scores.tolist(),
            "decided": None if said.decided is None else said.decided.tolist(),
        },
    }


def _model_from_dict(found: Mapping[str, Any]) -> ModelResult:
    said = found["predictions"]
    confusion = np.array(found["confusion"], dtype=np.int64)
    return ModelResult(
        name=found["name"],
        about=found["about"],
        metrics={name: _interval_from_list(value) for name, value in found["metrics"].items()},
        per_class={
            label: {name: _interval_from_list(value) for name, value in figures.items()} for label, figures in found["per_class"].items()
        },
        confusion=confusion if confusion.size else np.zeros((0, 0), dtype=np.int64),
        predictions=Predictions(
            ids=tuple(said["ids"]),
            folds=np.array(said["folds"], dtype=np.int64),
            truth=np.array(said["truth"], dtype=np.int64),
            scores=np.array(said["scores"], dtype=np.float64),
            decided=None if said["decided"] is None else np.array(said["decided"], dtype=np.int64),
        ),
        train_metrics={name: _float(value) for name, value in found["train_metrics"].items()},
        chosen=tuple(found["chosen"]),
        fit_s=found["fit_s"],
        predict_s=found["predict_s"],
        baseline=found["baseline"],
    )


def _interval_to_list(interval: Interval) -> list[float | None]:
    return [_number(interval.value), _number(interval.low), _number(interval.high)]


def _interval_from_list(found: Sequence[float | None]) -> Interval:
    value, low, high = found
    return Interval(value=_float(value), low=_float(low), high=_float(high))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _float(value: float | None) -> float:
    return float("nan") if value is None else float(value)
