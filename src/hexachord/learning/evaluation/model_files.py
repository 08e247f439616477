"""A fitted model as one file: arrays and a page of JSON in an .npz, no pickle, nothing that runs when it is read."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from zipfile import BadZipFile

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.files import read_bytes, write_bytes
from hexachord.learning.estimators.freezing import freeze
from hexachord.learning.estimators.frozen import pack, unpack
from hexachord.learning.evaluation.fitting import FittedModel
from hexachord.learning.features.fusion import BlockScaler
from hexachord.learning.features.piecewise import Vote
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import MeanReplacer
from hexachord.learning.features.transformer import Selector

SCHEMA = "hexachord.model"
VERSION = 1
_WHAT = "a model that hexachord saved (.npz)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """A step before a saved model: missing numbers replaced, then each column moved, scaled, perhaps dropped.

    Attributes
    ----------
    replacement : (d,) for numbers that are missing; NaN to leave them
    scaler : a scaler, or None
    factor : (d,) what columns are multiplied by
    support : (d,) which columns are kept
    """

    replacement: Float64Array
    scaler: Scaler | None
    factor: Float64Array
    support: Any

    def transform(self, rows: Float64Array) -> Float64Array:
        """Prepare rows, (n, d)."""
        found = np.where(np.isfinite(rows), rows, self.replacement)
        if self.scaler is not None:
            found = self.scaler.transform(found)
        return np.asarray((found * self.factor)[:, self.support], dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class SavedModel:
    """A model and the names of its classes.

    Attributes
    ----------
    about : whatever its maker wrote beside it
    """

    model: FittedModel
    classes: tuple[str, ...]
    about: Mapping[str, str]


def save_fitted(model: FittedModel, path: str | Path, *, classes: Sequence[str], about: Mapping[str, str] | None = None) -> Path:
    """Write a fitted model.

    Parameters
    ----------
    classes : their names, in the order of its scores
    about : words to keep beside it: data, licence, options

    Raises
    ------
    InputError : for a learner or a preparation that cannot be saved without pickle, or another number of classes.
    OutputError : if the file cannot be written.
    """
    if len(classes) != model.classes:
        raise InputError(path, found=f"{len(classes)} names for {model.classes} classes", expected="one for each")
    words, arrays = pack(freeze(model.estimator))
    named = {f"model/{name}": np.asarray(array) for name, array in arrays.items()}
    steps = []
    for number, step in enumerate(model.preparation):
        plain, parts = _step(step, path)
        steps.append(plain)
        named |= {f"step{number}/{name}": array for name, array in parts.items()}
    page = {
        "schema": SCHEMA,
        "version": VERSION,
        "names": list(model.names),
        "classes": list(classes),
        "temperature": model.temperature,
        "thresholds": None if model.thresholds is None else model.thresholds.tolist(),
        "vote": model.vote,
        "chosen": {name: list(value) if isinstance(value, tuple) else value for name, value in model.chosen.items()},
        "about": dict(about or {}),
        "model": words,
        "steps": steps,
    }
    named["page"] = np.frombuffer(json.dumps(page, ensure_ascii=False).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **named)
    return write_bytes(path, buffer.getvalue())


def load_fitted(path: str | Path) -> SavedModel:
    """Read a model that `save_fitted` wrote; it answers without scikit-learn.

    Raises
    ------
    InputError : if it is missing, something else, or torn.
    """
    data = read_bytes(path, what=_WHAT)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        page = json.loads(arrays.pop("page").tobytes().decode())
        if page["schema"] != SCHEMA or page["version"] != VERSION:
            raise InputError(path, found=f"{page['schema']} of version {page['version']}", expected=f"{SCHEMA} of version {VERSION}")
        if page["vote"] not in get_args(Vote):
            raise ValueError(f"vote {page['vote']!r}")
        steps = tuple(
            Preparation(
                replacement=arrays[f"step{number}/replacement"],
                scaler=None if plain["scaler"] is None else Scaler.from_plain(plain["scaler"], source=path),
                factor=arrays[f"step{number}/factor"],
                support=arrays[f"step{number}/support"],
            )
            for number, plain in enumerate(page["steps"])
        )
        own = {name.removeprefix("model/"): array for name, array in arrays.items() if name.startswith("model/")}
        model = FittedModel(
            names=tuple(page["names"]),
            classes=len(page["classes"]),
            preparation=steps,
            estimator=unpack(page["model"], own),
            temperature=float(page["temperature"]),
            thresholds=None if page["thresholds"] is None else np.array(page["thresholds"], dtype=np.float64),
            vote=page["vote"],
            chosen={name: tuple(value) if isinstance(value, list) else value for name, value in page["chosen"].items()},
        )
        return SavedModel(model=model, classes=tuple(page["classes"]), about=page["about"])
    except (KeyError, ValueError, TypeError, BadZipFile, EOFError, OSError) as error:
        raise InputError(path, found=f"no whole model ({error})", expected=_WHAT, next_step="save it again") from error


def _step(step: Any, path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    if isinstance(step, Preparation):
        plain = None if step.scaler is None else step.scaler.to_plain()
        return {"scaler": plain}, {"replacement": step.replacement, "factor": step.factor, "support": step.support}
    wide = getattr(step, "n_features_in_", 0)
    scaler, factor, support, replacement = None, np.ones(wide), np.ones(wide, dtype=bool), np.full(wide, np.nan)
    if isinstance(step, MeanReplacer) and not step.replace_outliers:
        replacement = np.asarray(step.mean_, dtype=np.float64)
    elif isinstance(step, Scaler):
        scaler = step.to_plain()
    elif isinstance(step, BlockScaler):
        factor = np.asarray(step.factor_, dtype=np.float64)
    elif isinstance(step, Selector):
        support = np.asarray(step.support_, dtype=bool)
    else:
        raise InputError(path, found=f"a preparation by {type(step).__name__}", expected="MeanReplacer, Scaler, BlockScaler or a selector")
    return {"scaler": scaler}, {"replacement": replacement, "factor": factor, "support": support}
