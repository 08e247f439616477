"""Splits on the disk, by ids: so that somebody else, or another program, can judge models on the same tracks."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.split import Fold, Split

_WHAT = "a split in JSON, as save_split writes it"
_FORMAT = 1
_SIDES = ("train", "valid", "test")


def save_split(split: Split, dataset: Dataset, path: str | Path) -> Path:
    """Write a split: its rule, and the ids on every side of every fold.

    Raises
    ------
    OutputError : if it cannot be written.
    """
    ids = dataset.ids
    folds = [{side: [ids[row] for row in getattr(fold, side)] for side in _SIDES} for fold in split.folds]
    plain = {
        "format": _FORMAT,
        "dataset": dataset.name,
        "rule": split.rule,
        "kind": split.kind,
        "group": split.group,
        "seed": split.seed,
        "leaks_on_purpose": split.leaks_on_purpose,
        "folds": folds,
    }
    return write_text(path, json.dumps(plain, indent=1, ensure_ascii=False) + "\n")


def load_split(path: str | Path, dataset: Dataset) -> Split:
    """Read a split of a dataset.

    Raises
    ------
    InputError : if it is missing or malformed, speaks of tracks that the dataset has not, or puts one on two sides of a fold.
    """
    source = Path(path)
    text = read_text(source, what=_WHAT)
    try:
        plain: dict[str, Any] = json.loads(text)
        if plain["format"] != _FORMAT:
            raise InputError(source, found=f"format {plain['format']}", expected=f"format {_FORMAT}", next_step="write it again")
        folds = [{side: [str(name) for name in fold[side]] for side in _SIDES} for fold in plain["folds"]]
        words = {name: str(plain[name]) for name in ("rule", "kind", "group")}
        seed, leaks = int(plain["seed"]), bool(plain["leaks_on_purpose"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(source, found=f"something else ({type(error).__name__}: {error})", expected=_WHAT) from error
    place = {name: row for row, name in enumerate(dataset.ids)}
    unknown = sorted({name for fold in folds for names in fold.values() for name in names} - set(place))
    if unknown or not folds:
        found = f"{len(unknown)} tracks that {dataset.name} has not, as {unknown[0]!r}" if unknown else "no folds"
        raise InputError(source, found=found, expected="a split of this dataset")
    try:
        made = tuple(Fold(**{side: np.array([place[name] for name in fold[side]], dtype=np.int64) for side in _SIDES}) for fold in folds)
    except ValueError as error:
        raise InputError(source, found=str(error), expected="each track on one side") from error
    return Split(rule=words["rule"], kind=words["kind"], group=words["group"], folds=made, seed=seed, leaks_on_purpose=leaks)
