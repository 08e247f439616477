"""ARFF, the format of WEKA: a head that names attributes and their kinds, then rows, dense or sparse.

Read: numeric, real, integer, nominal ``{a, b}`` and string attributes, ``?`` for what is missing, quotes, comments, sparse rows. Dates and
tables within tables are refused. Witten, Frank and Hall, *Data Mining* (3rd edition, 2011), §2.4.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.datasets.labelled import LabelledTable
from hexachord.learning.features.table import FeatureTable

_WHAT = "ARFF: @relation, @attribute lines, @data and rows"
_CELL = re.compile(r"""\s*((?:\d+\s+)?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^,'"]*?))\s*(,|$)""")
_NAME = re.compile(r"""@attribute\s+('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\S+)\s+(.+)$""", re.IGNORECASE)
_NUMERIC = ("numeric", "real", "integer")
_ID_NAMES = ("id", "name", "file", "filename")


@dataclass(frozen=True, kw_only=True)
class _Attribute:
    name: str
    kind: str  # numeric, nominal or string
    values: tuple[str, ...] = ()


def load_arff(path: str | Path, *, target: str = "") -> LabelledTable:
    """Read an ARFF file as features and labels.

    Parameters
    ----------
    target : the attribute that is the label; by default one called ``class``, else the last if it is nominal, else none

    Returns
    -------
    LabelledTable : nominal attributes are counted from 0 in the order of the head; a string attribute called id, name or file names the
        rows, other string attributes are left out

    Raises
    ------
    InputError : if it is missing, empty or malformed (the line is named), or has no attribute called `target`.
    """
    source = Path(path)
    attributes, rows = _parse(source, read_text(source, what=_WHAT))
    wanted = _target(source, attributes, target)
    features = [index for index, one in enumerate(attributes) if one.kind != "string" and index != wanted]
    name_at = next((index for index, one in enumerate(attributes) if one.kind == "string" and one.name.lower() in _ID_NAMES), None)
    if not features:
        raise InputError(source, found="no attribute that could be a feature", expected="numeric or nominal attributes beside the class")
    codes = [{value: float(code) for code, value in enumerate(one.values)} for one in attributes]
    values = np.full((len(rows), len(features)), np.nan)
    for number, (line, cells) in enumerate(rows):
        for column, index in enumerate(features):
            if (word := cells[index]) is not None:
                values[number, column] = _value(source, line, attributes[index], codes[index], word)
    labels = tuple((cells[wanted] or "") if wanted is not None else "" for _, cells in rows)
    if wanted is not None and attributes[wanted].kind == "nominal":
        for (line, _), label in zip(rows, labels, strict=True):
            if label and label not in attributes[wanted].values:
                raise _no_such_value(source, line, attributes[wanted], label)
    ids = tuple((cells[name_at] if name_at is not None else None) or f"row {number}" for number, (_, cells) in enumerate(rows, start=1))
    table = FeatureTable(ids=ids, names=tuple(attributes[index].name for index in features), values=values)
    nominal = {attributes[index].name: attributes[index].values for index in features if attributes[index].kind == "nominal"}
    return LabelledTable(table=table, labels=labels, nominal=nominal, target=attributes[wanted].name if wanted is not None else "")


def save_arff(data: LabelledTable, path: str | Path, *, relation: str = "hexachord", with_ids: bool = True) -> Path:
    """Write features and labels as ARFF; the label is the last attribute, nominal, with its values in the order of the alphabet.

    Parameters
    ----------
    with_ids : name the rows by a first attribute ``id`` of strings (which some learners of WEKA want removed)

    Raises
    ------
    OutputError : if it cannot be written.
    """
    table = data.table
    labels = sorted({label for label in data.labels if label})
    out = [f"@relation {_quoted(relation)}", ""]
    if with_ids:
        out.append("@attribute id string")
    for name in table.names:
        values = data.nominal.get(name)
        out.append(f"@attribute {_quoted(name)} " + ("{" + ",".join(map(_quoted, values)) + "}" if values is not None else "numeric"))
    if labels:
        out.append(f"@attribute {_quoted(data.target or 'class')} " + "{" + ",".join(map(_quoted, labels)) + "}")
    out += ["", "@data"]
    for key, row, label in zip(table.ids, table.values, data.labels, strict=True):
        cells = [_quoted(key)] if with_ids else []
        cells += [_cell(value, data.nominal.get(name)) for name, value in zip(table.names, row, strict=True)]
        if labels:
            cells.append(_quoted(label) if label else "?")
        out.append(",".join(cells))
    return write_text(path, "\n".join(out) + "\n")


def _parse(source: Path, text: str) -> tuple[list[_Attribute], list[tuple[int, list[str | None]]]]:
    """Read head and rows: attributes, and for each row its line and its cells (None where missing)."""
    if not text.strip():
        raise InputError(source, found="an empty file", expected=_WHAT, next_step="export it again")
    attributes: list[_Attribute] = []
    rows: list[tuple[int, list[str | None]]] = []
    in_data = False
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        if in_data:
            rows.append(
                (number, _sparse(source, number, line, attributes) if line.startswith("{") else _dense(source, number, line, attributes))
            )
        elif line.lower().startswith("@attribute"):
            attributes.append(_attribute(source, number, line))
        elif line.lower() == "@data":
            in_data = True
        elif not line.lower().startswith("@relation"):
            raise InputError(source, found=f"line {number}: {line[:60]!r}", expected=_WHAT)
    if not attributes or not rows:
        found = "no @attribute" if not attributes else "no rows after @data" if in_data else "no @data"
        raise InputError(source, found=found, expected=_WHAT)
    doubled = next((one.name for one in attributes if sum(other.name == one.name for other in attributes) > 1), None)
    if doubled is not None:
        raise InputError(source, found=f"two attributes called {doubled!r}", expected="a name of its own for each")
    return attributes, rows


def _attribute(source: Path, number: int, line: str) -> _Attribute:
    found = _NAME.match(line)
    if found is None:
        raise InputError(source, found=f"line {number}: {line[:60]!r}", expected="@attribute NAME KIND")
    name, kind = _unquoted(found[1]), found[2].strip()
    if kind.startswith("{") and kind.endswith("}"):
        return _Attribute(name=name, kind="nominal", values=tuple(_cells(source, number, kind[1:-1])))
    if kind.lower() in _NUMERIC:
        return _Attribute(name=name, kind="numeric")
    if kind.lower() == "string":
        return _Attribute(name=name, kind="string")
    raise InputError(source, found=f"the kind {kind[:40]!r} in line {number}", expected="numeric, real, integer, string or {values}")


def _dense(source: Path, number: int, line: str, attributes: Sequence[_Attribute]) -> list[str | None]:
    raw = list(_raw_cells(source, number, line))
    if len(raw) != len(attributes):
        raise InputError(source, found=f"{len(raw)} values in line {number}", expected=f"{len(attributes)}, one for each attribute")
    return [None if cell == "?" else _unquoted(cell) for cell in raw]


def _sparse(source: Path, number: int, line: str, attributes: Sequence[_Attribute]) -> list[str | None]:
    """A row that names what is not zero; a nominal attribute that it does not name has its first value."""
    cells: list[str | None] = [one.values[0] if one.kind == "nominal" and one.values else "0" for one in attributes]
    inside = line[1 : line.rfind("}")] if line.endswith("}") else None
    for part in _raw_cells(source, number, inside) if inside else ():
        index, _, word = part.partition(" ")
        if not index.isdigit() or int(index) >= len(attributes) or not word.strip():
            raise InputError(source, found=f"{part[:40]!r} in line {number}", expected="a sparse row: {index value, index value}")
        cells[int(index)] = None if word.strip() == "?" else _unquoted(word.strip())
    if inside is None:
        raise InputError(source, found=f"line {number}, a sparse row without an end", expected="a closing brace")
    return cells


def _raw_cells(source: Path, number: int, line: str) -> Iterator[str]:
    """Cut a line at its commas, quotes respected and kept."""
    at = 0
    while True:
        found = _CELL.match(line, at)
        if found is None:
            raise InputError(source, found=f"quotes that do not fit in line {number}: {line[at : at + 40]!r}", expected=_WHAT)
        yield found[1]
        if not found[2]:
            return
        at = found.end()


def _cells(source: Path, number: int, line: str) -> list[str]:
    return [_unquoted(cell) for cell in _raw_cells(source, number, line)]


def _target(source: Path, attributes: Sequence[_Attribute], target: str) -> int | None:
    names = [one.name for one in attributes]
    if target:
        if target not in names:
            raise InputError(source, found=f"no attribute {target!r}", expected=f"one of {', '.join(names)}")
        return names.index(target)
    lower = [name.lower() for name in names]
    if "class" in lower:
        return lower.index("class")
    return len(names) - 1 if attributes[-1].kind == "nominal" else None


def _value(source: Path, line: int, attribute: _Attribute, codes: dict[str, float], word: str) -> float:
    if attribute.kind == "nominal":
        if word not in codes:
            raise _no_such_value(source, line, attribute, word)
        return codes[word]
    try:
        return float(word)
    except ValueError as error:
        raise InputError(source, found=f"{word[:40]!r} for {attribute.name!r} in line {line}", expected="a number, or ?") from error


def _no_such_value(source: Path, line: int, attribute: _Attribute, word: str) -> InputError:
    return InputError(
        source, found=f"{word[:40]!r} for {attribute.name!r} in line {line}", expected=f"one of {', '.join(attribute.values)}"
    )


def _cell(value: float, values: tuple[str, ...] | None) -> str:
    if not np.isfinite(value):
        return "?"
    return _quoted(values[int(value)]) if values is not None else repr(float(value))


def _quoted(word: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_.+\-/:#]+", word):
        return word
    escaped = word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f"'{escaped}'"


_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def _unquoted(word: str) -> str:
    if len(word) >= 2 and word[0] == word[-1] and word[0] in "'\"":
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), word[1:-1])
    return word


def as_matrix(data: LabelledTable) -> Float64Array:
    """The features as numbers, nominal ones as a column of 0 and 1 for each of their values (an unknown one is NaN in all)."""
    columns = []
    for index, name in enumerate(data.table.names):
        column = data.table.values[:, index]
        if name not in data.nominal:
            columns.append(column[:, None])
            continue
        marks = np.equal(column[:, None], np.arange(len(data.nominal[name]))).astype(np.float64)
        marks[np.isnan(column)] = np.nan
        columns.append(marks)
    return np.concatenate(columns, axis=1)
