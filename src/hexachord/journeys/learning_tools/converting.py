"""Collections and tables from one format to another; what a file is, is seen from what it holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hexachord.corpus.batch import BatchStep
from hexachord.errors import InputError
from hexachord.journeys.learning_tools.checking import save_facts
from hexachord.learning.datasets.index import index_dataset
from hexachord.learning.datasets.lists import Columns, path_column, save_dataset
from hexachord.learning.datasets.loading import load_dataset
from hexachord.learning.datasets.rows import read_rows
from hexachord.learning.datasets.table_files import SVM_SUFFIXES, TEXT_SUFFIXES, load_labelled, save_labelled, table_about


@dataclass(frozen=True, kw_only=True)
class Converted:
    """What was written.

    Attributes
    ----------
    what : ``table`` (of numbers), ``list`` (of recordings) or ``index`` (of their files)
    rows, classes : how many
    paths : files
    skipped : lines about what is not in them
    """

    what: str
    rows: int
    classes: int
    paths: tuple[Path, ...]
    skipped: tuple[str, ...] = ()


def is_table(source: Path) -> bool:
    """Whether a file is a table of numbers: by its suffix, or (CSV, JSON Lines) where no column names files of music."""
    suffix = source.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        known = dict.fromkeys(name for row in read_rows(source) for name in row.cells)
        column = path_column(known)
        return len(set(known) - {"id"}) > 1 and (not column or _numbers_beside(source, column))
    return suffix in (".arff", ".npz", *SVM_SUFFIXES)


def convert(
    source: Path,
    target: Path,
    *,
    label: str = "",
    facts: bool = False,
    work: Path | None = None,
    workers: int | None = None,
    progress: Callable[[BatchStep], None] | None = None,
) -> Converted:
    """Read a collection or a table, and write it in the format that the suffix of `target` names.

    Parameters
    ----------
    label : the column of classes, where it is not called as usual
    facts : write what the files of a collection are (codec, length, loudness ...) instead of the list
    work : where what was measured for that is kept
    workers, progress : for that, too

    Raises
    ------
    InputError : if the source cannot be read, is no collection where one is needed, or does not fit into the format.
    OutputError : if it cannot be written.
    """
    if source.is_file() and not facts and is_table(source):
        data = load_labelled(source, label=label)
        about = {name: value for name, value in table_about(source).items() if name not in ("columns", "classes")}
        if target.suffix.lower() in SVM_SUFFIXES and not any(data.labels):  # svm-light begins each line with a label
            data = replace(data, labels=("0",) * len(data.labels))
        paths = save_labelled(data, target, about=about)
        return Converted(what="table", rows=len(data.labels), classes=len(set(data.labels) - {""}), paths=paths)
    dataset = load_dataset(source, columns=Columns(label=label) if label else None)
    if facts:
        if work is None or target.suffix.lower() != ".csv":
            raise InputError(target, found=f"the suffix '{target.suffix}' for an index", expected=".csv", next_step="name it so")
        index = index_dataset(dataset, work / "index", workers=workers, progress=progress)
        path = save_facts(dataset, index, target)
        lines = (*dataset.skipped, *index.failures.values())
        return Converted(what="index", rows=len(dataset), classes=len(dataset.classes), paths=(path,), skipped=lines)
    if target.suffix.lower() not in (".csv", ".jsonl"):
        raise InputError(
            target,
            found=f"the suffix '{target.suffix}' for a list of recordings",
            expected=".csv or .jsonl",
            next_step="describe them first, for a table of numbers: hexachord learn features",
        )
    path = save_dataset(dataset, target)
    return Converted(what="list", rows=len(dataset), classes=len(dataset.classes), paths=(path,), skipped=dataset.skipped)


def _numbers_beside(source: Path, column: str) -> bool:
    """Whether a file that names files has columns of features too: most of what is not a name or a label is a number."""
    rows = read_rows(source)[:20]
    known = dict.fromkeys(name for row in rows for name in row.cells if name != column)
    numeric = [name for name in known if all((value := row.number(name)) is not None and value == value for row in rows)]
    return len(numeric) >= 5 and len(numeric) >= 0.8 * len(known)
