"""A table of features with the labels of its rows: what other tools' files hold; as CSV and JSON Lines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hexachord.errors import InputError
from hexachord.files import write_text
from hexachord.learning.datasets.lists import path_column
from hexachord.learning.datasets.rows import Row, read_rows, rows_as_csv
from hexachord.learning.features.table import FeatureTable

_ID, _START, _LABEL = "id", "start_s", "label"


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledTable:
    """Features and labels, row by row.

    Attributes
    ----------
    table : the features
    labels : (n,) one for each row; empty where a row has none
    nominal : the values of columns that hold categories; their numbers in the table count these from 0
    target : what the label is called: ``class``, ``genre``
    """

    table: FeatureTable
    labels: tuple[str, ...]
    nominal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    target: str = "class"

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.table.ids):
            raise ValueError(f"{len(self.labels)} labels for {len(self.table.ids)} rows")


def save_table(table: FeatureTable, path: str | Path, *, labels: Sequence[str] = ()) -> Path:
    """Write a table as ``.csv`` or ``.jsonl``: ``id``, ``start_s`` (of pieces), ``label`` (where given), and a column for each feature.

    Numbers are written so that they read back the same; what could not be measured is an empty cell (``null``).

    Raises
    ------
    InputError : if the suffix is another, or a feature has the name of one of these columns.
    ValueError : if there are labels, but not one for each row.
    OutputError : if it cannot be written.
    """
    target = Path(path)
    if labels and len(labels) != len(table.ids):
        raise ValueError(f"{len(labels)} labels for {len(table.ids)} rows")
    taken = [name for name in table.names if name in (_ID, _START, _LABEL)]
    if taken:
        raise InputError(target, found=f"a feature called {taken[0]!r}", expected=f"names other than {_ID}, {_START}, {_LABEL}")
    rows: list[dict[str, str | float | None]] = []
    for index, name in enumerate(table.ids):
        row: dict[str, str | float | None] = {_ID: name}
        if table.times_s is not None:
            row[_START] = float(table.times_s[index])
        if labels:
            row[_LABEL] = labels[index]
        values = table.values[index]
        rows.append(row | {key: float(value) if np.isfinite(value) else None for key, value in zip(table.names, values, strict=True)})
    if target.suffix.lower() == ".jsonl":
        return write_text(target, "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows))
    if target.suffix.lower() == ".csv":
        cells = [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows]
        return write_text(target, rows_as_csv(cells))
    raise InputError(target, found=f"the suffix '{target.suffix}'", expected=".csv or .jsonl (or .arff, .svm)", next_step="name it so")


def load_table(path: str | Path, *, label: str = _LABEL) -> LabelledTable:
    """Read a table from ``.csv``, ``.tsv`` or ``.jsonl``: every column but ``id``, ``start_s`` and the label is a feature.

    Where there is no ``id``, a column of paths (``path``, ``filename`` ...) names the rows.

    Parameters
    ----------
    label : which column is the label; a table without it is unlabelled

    Raises
    ------
    InputError : if it is missing, empty or malformed, or a feature holds something that is no number.
    """
    source = Path(path)
    rows = read_rows(source)
    known = list(dict.fromkeys(name for row in rows for name in row.cells))
    named = _ID if _ID in known else path_column(dict.fromkeys(known))
    names = tuple(name for name in known if name not in (named, _START, label))
    if not names:
        raise InputError(source, found=f"no features beside {', '.join(known)}", expected="a column of numbers for each feature")
    values = np.array([[_number(source, row, name) for name in names] for row in rows], dtype=np.float64)
    times = np.array([_number(source, row, _START) for row in rows]) if _START in known else None
    ids = tuple((row.text(named) if named else "") or f"row {number}" for number, row in enumerate(rows, start=1))
    table = FeatureTable(ids=ids, names=names, values=values, times_s=times)
    return LabelledTable(table=table, labels=tuple(row.text(label) for row in rows), target=label)


def _number(source: Path, row: Row, name: str) -> float:
    value = row.number(name)
    if value is not None and np.isnan(value) and row.text(name).lower() not in ("nan", "?", "na"):
        raise InputError(
            source,
            found=f"{row.text(name)[:40]!r} for {name!r} in line {row.line}",
            expected="a number, or nothing where it is not known",
            next_step="name the column as the label, or take it out",
        )
    return np.nan if value is None else value
