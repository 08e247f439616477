"""Rows of named cells, as CSV and JSON Lines hold them, with the line that each stands in."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hexachord.errors import InputError
from hexachord.files import read_text

_WHAT = "a list in CSV (with a line of column names) or JSON Lines"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its line in the file, and its cells by column."""

    line: int
    cells: Mapping[str, object]

    def text(self, column: str) -> str:
        """A cell as text without blanks around it; empty where there is none."""
        value = self.cells.get(column) if column else None
        if value is None:
            return ""
        return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def texts(self, column: str, separator: str) -> list[str]:
        """A cell that holds several texts: a list in JSON, or text with separators."""
        value = self.cells.get(column)
        parts = value if isinstance(value, list) else str("" if value is None else value).split(separator)
        return [text for part in parts if (text := str(part).strip())]

    def number(self, column: str) -> float | None:
        """A cell as a number; None where it is empty, NaN where it is no (finite) number."""
        if not (text := self.text(column)):
            return None
        try:
            value = float(text)
        except ValueError:
            return math.nan
        return value if math.isfinite(value) else math.nan


def read_rows(path: Path) -> list[Row]:
    """Read the rows of a ``.csv``, ``.tsv`` or ``.jsonl`` file.

    CSV may be separated by commas, semicolons or tabs, whichever its first line has most of.

    Raises
    ------
    InputError : if it is missing, empty, not text, has no rows, or a row does not fit.
    """
    text = read_text(path, what=_WHAT)
    if not text.strip():
        found = "an empty file (0 bytes)" if not text else "a file of blanks"
        raise InputError(path, found=found, expected=_WHAT, next_step="export it again")
    rows = _json_rows(path, text) if path.suffix.lower() == ".jsonl" else _csv_rows(path, text)
    if not rows:
        raise InputError(path, found="column names and no rows", expected=_WHAT, next_step="export it again")
    return rows


def rows_as_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Write rows as CSV; columns in the order in which rows bring them, empty where a row has none."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return out.getvalue()


def _csv_rows(path: Path, text: str) -> list[Row]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    names: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = [cell.strip() for cell in cells]
                doubled = sorted({name for name in names if name and names.count(name) > 1})
                if doubled:
                    raise InputError(path, found=f"two columns called {doubled[0]!r}", expected="a name of its own for each")
                continue
            if len(cells) > len(names):
                raise InputError(
                    path,
                    found=f"{len(cells)} cells under {len(names)} columns in line {reader.line_num}",
                    expected="as many as there are columns",
                    next_step="put cells that hold the separator in quotes",
                )
            rows.append(Row(line=reader.line_num, cells={name: cell for name, cell in zip(names, cells, strict=False) if name}))
    except csv.Error as error:
        raise InputError(path, found=f"text that is not CSV (line {reader.line_num}: {error})", expected=_WHAT) from error
    return rows


def _json_rows(path: Path, text: str) -> list[Row]:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            cells = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(path, found=f"line {number}, which is not JSON ({error.msg})", expected="an object in each line") from error
        if not isinstance(cells, dict):
            raise InputError(path, found=f"a {type(cells).__name__} in line {number}", expected="an object in each line")
        rows.append(Row(line=number, cells=cells))
    return rows
