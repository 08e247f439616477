"""Lists of tracks in CSV and JSON Lines, in and out: a row for each track, with its path, labels, groups, side and whatever else is known.

Known columns: ``id``, ``path``, ``label`` (one) or ``labels`` (several), ``album``, ``artist``, ``song``, ``split``, ``start_s``,
``end_s``, and ``group_KIND`` for groups of other kinds; every other column becomes a tag. Columns with other names are named by
`Columns`. Paths are below the folder of the list.
"""

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hexachord.errors import InputError
from hexachord.files import write_text
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.files_below import locate
from hexachord.learning.datasets.rows import Row, read_rows, rows_as_csv
from hexachord.learning.datasets.sides import SIDES, TEST, side_of

SEPARATOR = "|"
"""Stands between the labels in a cell of ``labels``."""

_GROUPS = ("album", "artist", "song")
_GROUP_PREFIX = "group_"
_PATHS = ("path", "file", "filename", "file_name", "filepath", "file_path", "audio", "audio_path", "track_path", "fname")
_SPLITS = ("split", "side", "subset", "partition")
_LABELS = ("label", "class", "target")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which column of a list means what; an empty name leaves it to be found by the names that are usual.

    Attributes
    ----------
    path : of the file; usually ``path`` or ``file``
    label : its only class, taken whole; usually ``label``; ``artist`` makes a dataset of artists
    labels : its classes, with ``|`` between
    album, artist, song : groups
    split : the side; usually ``split``
    """

    path: str = ""
    label: str = ""
    labels: str = ""
    album: str = "album"
    artist: str = "artist"
    song: str = "song"
    split: str = ""


def load_list(path: str | Path, *, columns: Columns | None = None, keep_unlabelled: bool = False, name: str = "") -> Dataset:
    """Read a list of tracks: ``.csv`` or ``.tsv`` (comma, semicolon or tab), or ``.jsonl`` (an object in each line).

    Several rows may speak of one file when they name different parts of it (``start_s``, ``end_s``); without a column for songs such
    pieces get the file as their group ``song``. Rows without a path are tracks without a file (numbers elsewhere) and need an ``id``.
    Rows that cannot be used are left out with a line each: a file that is not there, no label (unless on the test side), a time that is
    no number, a second row that says the same. `keep_unlabelled` takes rows without a label on every side.

    Raises
    ------
    InputError : if the list is missing, empty or malformed, has no column of paths or labels, calls a side by an unknown name, gives one
        track two labels on two rows, or no row can be used.
    """
    source = Path(path)
    rows = read_rows(source)
    columns = _resolved(columns or Columns(), rows, source)
    tracks: dict[str, Track] = {}
    skipped: list[str] = []
    for row in rows:
        track = _track(row, columns, source, keep_unlabelled)
        if isinstance(track, str):
            skipped.append(f"{source.name}, line {row.line}: {track}")
        elif track.id not in tracks:
            tracks[track.id] = track
        elif tracks[track.id].labels == track.labels:
            skipped.append(f"{source.name}, line {row.line}: a second row for {track.id}")
        else:
            raise InputError(
                source,
                found=f"two rows for {track.id}: {_words(tracks[track.id])} and, in line {row.line}, {_words(track)}",
                expected=f"one row for each track, with all its classes in a column 'labels', '{SEPARATOR}' between them",
            )
    if not tracks:
        raise InputError(
            source,
            found=f"{len(rows)} rows, none of which can be used: {'; '.join(skipped[:3])}",
            expected="rows that name files below the folder of the list, with a label each",
        )
    whole = _with_songs(sorted(tracks.values(), key=lambda track: track.id), source.parent)
    layout = f"a list in {'JSON Lines' if source.suffix.lower() == '.jsonl' else 'CSV'} ({source.name})"
    return Dataset(
        name=name or source.resolve().parent.name, root=source.parent, tracks=tuple(whole), skipped=tuple(skipped), layout=layout
    )


def is_list(path: Path) -> bool:
    """Whether a file reads as rows with a column of paths (or ids)."""
    try:
        rows = read_rows(path)
    except InputError:
        return False
    return _first(rows[0].cells, (*_PATHS, "id")) != ""


def has_labels(path: Path) -> bool:
    """Whether a list has a column that is usually one of labels; a file that cannot be read as one is taken to have it (and is told)."""
    try:
        rows = read_rows(path)
    except InputError:
        return True
    return _first(rows[0].cells, (*_LABELS, "labels")) != ""


def path_column(known: Mapping[str, object]) -> str:
    """The column that is usually one of paths; empty where there is none."""
    return _first(known, _PATHS)


def save_dataset(dataset: Dataset, path: str | Path) -> Path:
    """Write a dataset as a list that `load_list` reads back: ``.csv`` or ``.jsonl``, by the suffix. Paths below its folder are relative.

    Raises
    ------
    InputError : if the suffix is another, or a label holds ``|`` where labels must stand in one cell of CSV.
    OutputError : if it cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() not in (".csv", ".jsonl"):
        raise InputError(target, found=f"the suffix '{target.suffix}'", expected=".csv or .jsonl", next_step="name it so")
    rows = [_row_of(track, target.resolve().parent, several=dataset.multi_label) for track in dataset.tracks]
    if target.suffix.lower() == ".jsonl":
        return write_text(target, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    for track in dataset.tracks:
        if dataset.multi_label and any(SEPARATOR in label for label in track.labels):
            raise InputError(target, found=f"a label of {track.id} with '{SEPARATOR}' in it", next_step="save it as .jsonl")
    cells = [{key: SEPARATOR.join(value) if isinstance(value, list) else str(value) for key, value in row.items()} for row in rows]
    return write_text(target, rows_as_csv(cells))


def _resolved(columns: Columns, rows: list[Row], source: Path) -> Columns:
    """Fill in the usual names, and see that what must be there is there."""
    known = rows[0].cells if source.suffix.lower() != ".jsonl" else {key: value for row in rows for key, value in row.cells.items()}
    for wanted in (columns.path, columns.label, columns.labels, columns.split):
        if wanted and wanted not in known:
            raise _no_column(source, f"no column {wanted!r}", known, f"one of {', '.join(map(repr, known))}")
    path = columns.path or _first(known, _PATHS)
    if not path and "id" not in known:
        raise _no_column(source, "no column of paths", known, f"one called {', '.join(_PATHS[:3])} ... (or named)")
    label, labels = columns.label, columns.labels or ("labels" if "labels" in known and not columns.label else "")
    label = label or ("" if labels else _first(known, _LABELS))
    if not label and not labels:
        raise _no_column(source, "no column of labels", known, "one called 'label' or 'labels', or one named as the label")
    return replace(columns, path=path, label=label, labels=labels, split=columns.split or _first(known, _SPLITS))


def _no_column(source: Path, found: str, known: Mapping[str, object], expected: str) -> InputError:
    return InputError(
        source, found=f"{found} among {', '.join(map(repr, known))}", expected=expected, next_step="name the column, or add it"
    )


def _first(known: Mapping[str, object], names: tuple[str, ...]) -> str:
    lower = {key.lower(): key for key in known}
    return next((lower[name] for name in names if name in lower), "")


def _track(row: Row, columns: Columns, source: Path, keep_unlabelled: bool) -> Track | str:
    """Make a track of a row, or say why not."""
    name = row.text(columns.path)
    start, end = row.number("start_s"), row.number("end_s")
    if math.isnan(start if start is not None else 0.0) or math.isnan(end if end is not None else 0.0):
        return f"a time that is no number ({row.text('start_s')} to {row.text('end_s')})"
    start = start or 0.0
    if start < 0 or (end is not None and end <= start):
        return f"a part that ends before it begins ({start:g} to {end} s)"
    file = locate(source.parent, name.replace("\\", "/")) if name else None
    if name and file is None:
        return f"{name[:120]}: no such file"
    part = "" if start == 0.0 and end is None else f"#{start:g}-{'' if end is None else f'{end:g}'}"
    track_id = row.text("id") or (name.replace("\\", "/") + part if name else "")
    if not track_id:
        return "neither a path nor an id"
    labels = tuple(sorted(set(row.texts(columns.labels, SEPARATOR)))) if columns.labels else tuple(filter(None, [row.text(columns.label)]))
    word = row.text(columns.split)
    try:
        side = side_of(word)
    except KeyError as error:
        raise InputError(
            source,
            found=f"the side {word!r} in line {row.line}",
            expected=f"one of {', '.join(SIDES)}, or nothing",
            next_step="call it one of these, or name another column for the split",
        ) from error
    if not (labels or side == TEST or columns.labels or keep_unlabelled):
        return f"{track_id}: no label"
    used = {columns.path, columns.label, columns.labels, columns.split, "id", "start_s", "end_s"}
    groups = {kind: row.text(column) for kind in _GROUPS if row.text(column := getattr(columns, kind))}
    groups |= {key[len(_GROUP_PREFIX) :]: row.text(key) for key in row.cells if key.startswith(_GROUP_PREFIX) and row.text(key)}
    used |= {getattr(columns, kind) for kind in _GROUPS}
    tags = {key: row.text(key) for key in row.cells if key not in used and not key.startswith(_GROUP_PREFIX) and row.text(key)}
    return Track(id=track_id, path=file, labels=labels, groups=groups, side=side, start_s=start, end_s=end, tags=tags)


def _with_songs(tracks: list[Track], root: Path) -> Iterator[Track]:
    """Give the pieces of one file that file as their song."""
    pieces: dict[Path, int] = {}
    for track in tracks:
        if track.path is not None:
            pieces[track.path] = pieces.get(track.path, 0) + 1
    for track in tracks:
        if track.path is not None and pieces[track.path] > 1 and "song" not in track.groups:
            yield replace(track, groups={**track.groups, "song": Path(os.path.relpath(track.path, root)).as_posix()})
        else:
            yield track


def _row_of(track: Track, folder: Path, *, several: bool) -> dict[str, str | float | list[str]]:
    row: dict[str, str | float | list[str]] = {"id": track.id}
    if track.path is not None:
        whole = track.path.resolve()
        row["path"] = whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)
    if several:
        row["labels"] = list(track.labels)
    else:
        row["label"] = track.label
    row |= {kind if kind in _GROUPS else _GROUP_PREFIX + kind: group for kind, group in track.groups.items()}
    if track.side:
        row["split"] = track.side
    if track.start_s:
        row["start_s"] = track.start_s
    if track.end_s is not None:
        row["end_s"] = track.end_s
    for key, value in track.tags.items():
        row.setdefault(key, value)
    return row


def _words(track: Track) -> str:
    return " and ".join(map(repr, track.labels)) or "nothing"
