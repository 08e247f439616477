"""One door for collections: it looks at how one lies on the disk and reads it accordingly."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hexachord.errors import InputError
from hexachord.learning.datasets.activity import is_activity, load_activity
from hexachord.learning.datasets.artist20 import is_artist20, load_artist20
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.files_below import is_file, is_folder
from hexachord.learning.datasets.folders import load_folders
from hexachord.learning.datasets.lists import Columns, has_labels, is_list, load_list
from hexachord.learning.datasets.nsynth import load_nsynth, nsynth_folders

LAYOUTS = ("artist20", "nsynth", "list", "activity", "folders")
"""What is known, in the order in which it is looked for."""

_LIST_NAMES = ("index.csv", "metadata.csv", "dataset.csv", "index.jsonl", "metadata.jsonl", "dataset.jsonl")
_LIST_SUFFIXES = (".csv", ".tsv", ".jsonl")


def load_dataset(path: str | Path, *, layout: str = "", columns: Columns | None = None, name: str = "") -> Dataset:
    """Read a labelled collection, however it lies on the disk; the dataset's `layout` says what it was taken for.

    Parameters
    ----------
    path : a folder, or a list (``.csv``, ``.tsv``, ``.jsonl``)
    layout : one of `LAYOUTS` where it should not be guessed
    columns : of a list, where they are not called as usual; ``Columns(label="artist")`` makes the artist the class
    name : what the dataset is called; as its folder when not given

    Raises
    ------
    InputError : if nothing is there, the layout is unknown, or the collection cannot be used (it says why and what to do).
    """
    path = Path(path)
    taken = layout or recognise_layout(path, columns=columns)
    loaders: dict[str, Callable[[], Dataset]] = {
        "artist20": lambda: load_artist20(path),
        "nsynth": lambda: load_nsynth(path, label=columns.label) if columns and columns.label else load_nsynth(path),
        "list": lambda: load_list(_list_of(path), columns=columns),
        "activity": lambda: load_activity(_list_of(path)),
        "folders": lambda: load_folders(path),
    }
    if taken not in loaders:
        raise InputError("--layout", found=repr(taken), expected=f"one of {', '.join(LAYOUTS)}")
    dataset = loaders[taken]()
    return replace(dataset, name=name) if name else dataset


def recognise_layout(path: str | Path, *, columns: Columns | None = None) -> str:
    """Say which of `LAYOUTS` a collection has.

    Raises
    ------
    InputError : if there is neither a folder nor a list.
    """
    path = Path(path)
    if is_file(path):
        if path.suffix.lower() not in _LIST_SUFFIXES:
            raise InputError(path, found=f"a file that ends in '{path.suffix}'", expected="a folder of music, or a list: .csv .tsv .jsonl")
        return _kind_of_list(path, columns)
    if not is_folder(path):
        raise InputError(path, found="no such folder or file", expected="a folder of music, or a list in CSV", next_step="check the path")
    if is_artist20(path):
        return "artist20"
    if nsynth_folders(path):
        return "nsynth"
    if (listed := _list_inside(path)) is not None:
        return _kind_of_list(listed, columns)
    return "folders"


def _kind_of_list(path: Path, columns: Columns | None) -> str:
    return "activity" if columns is None and not has_labels(path) and is_activity(path) else "list"


def _list_of(path: Path) -> Path:
    inside = _list_inside(path) if is_folder(path) else path
    if inside is None:
        raise InputError(path, found="a folder without a list", expected=f"one of {', '.join(_LIST_NAMES)} in it, or the list's own path")
    return inside


def _list_inside(folder: Path) -> Path | None:
    """The list of a folder: one with a usual name (taken even where it is broken, so that it is told), else the only one there is."""
    for name in _LIST_NAMES:
        if is_file(folder / name):
            return folder / name
    lists = [entry for entry in sorted(folder.iterdir()) if entry.suffix.lower() in _LIST_SUFFIXES and not entry.name.startswith(".")]
    return lists[0] if len(lists) == 1 and (is_list(lists[0]) or is_activity(lists[0])) else None
