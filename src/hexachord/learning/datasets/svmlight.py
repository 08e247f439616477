"""The text format of SVM-light and LIBSVM: ``label index:value index:value ...``, indices from 1 and ascending, zeros left out.

Joachims, "Making large-scale SVM learning practical", 1999; Chang and Lin, "LIBSVM: a library for support vector machines", ACM TIST 2(3),
2011. The format knows neither names nor missing values: labels that are no numbers become the numbers 1, 2, 3 ... in the order of the
alphabet, and a table with NaN is refused (in this format they would be read as zeros).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.datasets.labelled import LabelledTable
from hexachord.learning.features.table import FeatureTable

_WHAT = "svm-light text: 'label index:value ...' in each line"
_WIDEST = 1_000_000  # a table is dense here


def save_svmlight(data: LabelledTable, path: str | Path) -> tuple[str, ...]:
    """Write features and labels.

    Returns
    -------
    The labels that the numbers 1, 2, 3 ... stand for; empty where labels were numbers already.

    Raises
    ------
    InputError : if values are missing or not finite, or a row has no label.
    OutputError : if it cannot be written.
    """
    target = Path(path)
    if not np.isfinite(data.table.values).all():
        row, column = np.argwhere(~np.isfinite(data.table.values))[0]
        raise InputError(
            target,
            found=f"no value for {data.table.names[column]!r} of {data.table.ids[row]}",
            expected="a number everywhere: this format reads what is missing as 0",
            next_step="fill in means first, or save it as .arff",
        )
    bare = next((key for key, label in zip(data.table.ids, data.labels, strict=True) if not label), None)
    if bare is not None:
        raise InputError(target, found=f"no label for {bare}", expected="a label in each row", next_step="leave unlabelled rows out")
    classes = () if all(_is_number(label) for label in data.labels) else tuple(sorted(set(data.labels)))
    code = {label: str(number) for number, label in enumerate(classes, start=1)}
    lines = []
    for label, row in zip(data.labels, data.table.values, strict=True):
        cells = [f"{index + 1}:{_short(row[index])}" for index in np.flatnonzero(row)]
        lines.append(" ".join([code.get(label, label), *cells]))
    write_text(target, "\n".join(lines) + "\n")
    return classes


def load_svmlight(path: str | Path, *, names: Sequence[str] = (), classes: Sequence[str] = ()) -> LabelledTable:
    """Read features and labels.

    Parameters
    ----------
    names : of the features; ``1``, ``2`` ... when not given, as many as the highest index
    classes : what labels 1, 2, 3 ... stand for, as `save_svmlight` gave them

    Raises
    ------
    InputError : if it is missing, empty or malformed, has an index beyond the names, or a label beyond the classes.
    """
    source = Path(path)
    labels: list[str] = []
    rows: list[dict[int, float]] = []
    for number, line in enumerate(read_text(source, what=_WHAT).splitlines(), start=1):
        cells = line.partition("#")[0].split()  # SVM-light allows remarks
        if not cells:
            continue
        if not all(_is_number(part) for part in cells[0].split(",")):
            raise InputError(source, found=f"the label {cells[0][:40]!r} in line {number}", expected="a number (or several, with commas)")
        labels.append(cells[0])
        rows.append(_row(source, number, [cell for cell in cells[1:] if not cell.startswith("qid:")]))
    if not rows:
        raise InputError(source, found="an empty file", expected=_WHAT, next_step="export it again")
    width = max((index for row in rows for index in row), default=0)
    if width > (len(names) or _WIDEST):
        raise InputError(source, found=f"the index {width}", expected=f"at most {len(names) or _WIDEST} features")
    values = np.zeros((len(rows), len(names) or width))
    for row, cells_of in enumerate(rows):
        for index, value in cells_of.items():
            values[row, index - 1] = value
    table = FeatureTable(
        ids=tuple(f"row {number}" for number in range(1, len(rows) + 1)),
        names=tuple(names) or tuple(str(index) for index in range(1, width + 1)),
        values=values,
    )
    return LabelledTable(table=table, labels=tuple(_named(source, label, classes) for label in labels))


def _row(source: Path, number: int, cells: Sequence[str]) -> dict[int, float]:
    found: dict[int, float] = {}
    before = 0
    for cell in cells:
        index, _, value = cell.partition(":")
        if not index.isdigit() or not _is_number(value) or int(index) <= before:
            why = "indices that do not ascend from 1" if index.isdigit() and _is_number(value) else repr(cell[:40])
            raise InputError(source, found=f"{why} in line {number}", expected=_WHAT)
        before = int(index)
        found[before] = float(value)
    return found


def _named(source: Path, label: str, classes: Sequence[str]) -> str:
    if not classes:
        return label
    number = int(float(label)) if _is_number(label) else 0
    if not 1 <= number <= len(classes):
        raise InputError(source, found=f"the label {label}", expected=f"1 to {len(classes)}: {', '.join(classes)}")
    return classes[number - 1]


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(float(word)))
    except ValueError:
        return False


def _short(value: float) -> str:
    """The shortest text that reads back the same; whole numbers without a point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
