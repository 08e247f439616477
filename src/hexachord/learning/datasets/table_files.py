"""One door for tables of numbers on the disk: CSV, JSON Lines, ARFF, svm-light and ``.npz``, by their suffix.

What a format has no room for (how features were made, the names behind svm-light's numbers) stands beside it in ``NAME.about.json``.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_bytes, read_text, write_bytes, write_text
from hexachord.learning.datasets.arff import load_arff, save_arff
from hexachord.learning.datasets.labelled import LabelledTable, load_table, save_table
from hexachord.learning.datasets.rows import read_rows
from hexachord.learning.datasets.svmlight import load_svmlight, save_svmlight
from hexachord.learning.features.table import FeatureTable

TEXT_SUFFIXES = (".csv", ".tsv", ".jsonl")
SVM_SUFFIXES = (".svm", ".svmlight", ".libsvm", ".scale", ".dat")
TABLE_SUFFIXES = (*TEXT_SUFFIXES, ".arff", *SVM_SUFFIXES, ".npz")

_LABELS = ("label", "class", "target", "species", "genre", "artist", "instrument", "y")
_SCHEMA = "hexachord.table"
_WHAT = "a table of numbers that hexachord saved (.npz)"


def load_labelled(path: str | Path, *, label: str = "") -> LabelledTable:
    """Read a table of numbers, whatever its format.

    Parameters
    ----------
    label : the column of classes; when not given one called ``label``, ``class``, ``target`` and the like, else the last where it holds
        words. svm-light's is always the first

    Raises
    ------
    InputError : if it is missing, empty, malformed, of another kind, or has no such column.
    """
    source = Path(path)
    suffix = source.suffix.lower()
    if suffix == ".arff":
        return load_arff(source, target=label)
    if suffix == ".npz":
        return _load_npz(source)[0]
    if suffix in SVM_SUFFIXES:
        about = table_about(source)
        names, classes = (json.loads(about.get(part, "[]")) for part in ("columns", "classes"))
        return load_svmlight(source, names=names, classes=classes)
    if suffix in TEXT_SUFFIXES:
        return load_table(source, label=label_column(source, label))
    raise _no_table(source)


def label_column(path: Path, label: str = "") -> str:
    """Say which column of a CSV or JSON Lines file holds the classes; a name that no column has where none does.

    Raises
    ------
    InputError : if `label` is named and no column is called so.
    """
    rows = read_rows(path)
    known = list(dict.fromkeys(name for row in rows for name in row.cells))
    if label:
        if label not in known:
            raise InputError(
                path, found=f"no column {label!r}", expected="one of " + ", ".join(known[:12]), next_step="name the column of classes"
            )
        return label
    lower = {name.lower(): name for name in reversed(known)}
    usual = next((lower[name] for name in _LABELS if name in lower), None)
    if usual is not None:
        return usual
    last = known[-1]
    words = [row for row in rows if row.text(last) and (number := row.number(last)) is not None and np.isnan(number)]
    return last if words else _LABELS[0]


def save_labelled(data: LabelledTable, path: str | Path, *, about: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Write a table of numbers in the format that the suffix names.

    Parameters
    ----------
    about : how it came about; kept in the file, or beside it

    Returns
    -------
    The paths written.

    Raises
    ------
    InputError : for another suffix, or what the format cannot hold (see its own module).
    OutputError : if it cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    told = dict(about or {})
    labels = data.labels if any(data.labels) else ()
    if suffix == ".npz":
        return (_save_npz(data, target, told),)
    if suffix == ".arff":
        save_arff(data, target)
    elif suffix in SVM_SUFFIXES:
        told |= {"columns": json.dumps(data.table.names), "classes": json.dumps(save_svmlight(data, target))}
    elif suffix in (".csv", ".jsonl"):
        save_table(_with_words(data), target, labels=labels)
    else:
        raise _no_table(target)
    beside = about_path(target)
    if not told:
        beside.unlink(missing_ok=True)  # what an earlier table of that name said is not true of this one
        return (target,)
    return target, write_text(beside, json.dumps(told, indent=1, ensure_ascii=False) + "\n")


def check_suffix(path: Path) -> None:
    """See that a table can be written under a name, before anything is computed for it.

    Raises
    ------
    InputError : if its suffix is none of a table that is written.
    """
    if path.suffix.lower() not in TABLE_SUFFIXES or path.suffix.lower() == ".tsv":
        raise _no_table(path)


def table_about(path: str | Path) -> dict[str, str]:
    """Read how a table came about; empty where that is not told.

    Raises
    ------
    InputError : if what is told is damaged.
    """
    source = Path(path)
    if source.suffix.lower() == ".npz":
        return _load_npz(source)[1]
    beside = about_path(source)
    if not beside.is_file():
        return {}
    try:
        found = json.loads(read_text(beside, what="JSON"))
    except json.JSONDecodeError as error:
        raise InputError(beside, found=f"no JSON ({error.msg})", next_step="delete it, or make the table again") from error
    if not isinstance(found, Mapping) or not all(isinstance(value, str) for value in found.values()):
        raise InputError(beside, found="something else than words by name", next_step="delete it, or make the table again")
    return dict(found)


def about_path(path: Path) -> Path:
    """Where it stands how a table came about."""
    return path.with_name(path.name + ".about.json")


def _with_words(data: LabelledTable) -> FeatureTable:
    """CSV has numbers alone: categories are columns of 0 and 1 there."""
    return one_hot(data).table if data.nominal else data.table


def one_hot(data: LabelledTable) -> LabelledTable:
    """Turn each nominal column into one of 0 and 1 for each of its values, called ``outlook=sunny``."""
    from hexachord.learning.datasets.arff import as_matrix

    names: list[str] = []
    for name in data.table.names:
        names += [f"{name}={value}" for value in data.nominal[name]] if name in data.nominal else [name]
    return replace(data, table=replace(data.table, names=tuple(names), values=as_matrix(data)), nominal={})


def _save_npz(data: LabelledTable, target: Path, about: Mapping[str, str]) -> Path:
    nominal = {name: list(values) for name, values in data.nominal.items()}
    page = {"schema": _SCHEMA, "version": 1, "about": dict(about), "target": data.target, "nominal": nominal}
    arrays = {
        "ids": np.array(data.table.ids, dtype=np.str_),
        "names": np.array(data.table.names, dtype=np.str_),
        "values": data.table.values,
        "labels": np.array(data.labels, dtype=np.str_),
        "page": np.frombuffer(json.dumps(page, ensure_ascii=False).encode(), dtype=np.uint8),
    }
    if data.table.times_s is not None:
        arrays["times_s"] = data.table.times_s
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return write_bytes(target, buffer.getvalue())


def _load_npz(source: Path) -> tuple[LabelledTable, dict[str, str]]:
    data = read_bytes(source, what=_WHAT)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            page = json.loads(file["page"].tobytes().decode())
            if page["schema"] != _SCHEMA:
                raise ValueError(f"a file of {page['schema']}")
            table = FeatureTable(
                ids=tuple(str(name) for name in file["ids"]),
                names=tuple(str(name) for name in file["names"]),
                values=np.asarray(file["values"], dtype=np.float64),
                times_s=np.asarray(file["times_s"], dtype=np.float64) if "times_s" in file.files else None,
            )
            labels = tuple(str(label) for label in file["labels"])
        nominal = {name: tuple(values) for name, values in page["nominal"].items()}
        return LabelledTable(table=table, labels=labels, nominal=nominal, target=page["target"]), dict(page["about"])
    except (KeyError, ValueError, TypeError, AttributeError, BadZipFile, EOFError, OSError) as error:
        raise InputError(source, found=f"no whole table ({error})", expected=_WHAT, next_step="make it again") from error


def _no_table(path: Path) -> InputError:
    return InputError(
        path, found=f"the suffix '{path.suffix}'", expected="one of " + ", ".join(TABLE_SUFFIXES), next_step="name the file so"
    )
