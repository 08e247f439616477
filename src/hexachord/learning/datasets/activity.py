"""Which instruments sound in which clip, as tables say it: a column for each instrument, or a row for each clip and instrument.

Wide: a column of paths and columns of numbers from 0 to 1, one for each class. Long, as OpenMIC-2018 comes: ``sample_key``,
``instrument``, ``relevance``, with the clips somewhere below the folder. A class counts where its number is a half or more; an empty cell
is a class that nobody judged in that clip, kept as the tag ``unjudged`` (a model should not be punished there). Humphrey, Durand and
McFee, "OpenMIC-2018", ISMIR 2018; Bosch et al., "A comparison of sound segregation techniques for predominant instrument recognition",
ISMIR 2012 (IRMAS).
"""

from collections.abc import Sequence
from pathlib import Path

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.files_below import locate, music_below
from hexachord.learning.datasets.lists import path_column
from hexachord.learning.datasets.rows import Row, read_rows
from hexachord.learning.datasets.sides import SIDES, side_of

THRESHOLD = 0.5
"""From here on a class counts as heard."""

_LONG = ("sample_key", "instrument", "relevance")
_NEITHER = frozenset({"id", "split", "side", "album", "artist", "song", "start_s", "end_s"})


def is_activity(path: Path) -> bool:
    """Whether a file is such a table: long, or wide with two columns of numbers from 0 to 1 or more, and no column of labels."""
    try:
        rows = read_rows(path)
    except InputError:
        return False
    return _is_long(rows) or len(_class_columns(rows)) >= 2


def load_activity(path: str | Path, *, classes: Sequence[str] = (), name: str = "") -> Dataset:
    """Read a table of activity as multi-label data.

    Parameters
    ----------
    path : ``.csv``, ``.tsv`` or ``.jsonl``; clips are found below its folder
    classes : the columns that are classes; all that hold numbers from 0 to 1 and nothing else when not given

    Raises
    ------
    InputError : if it is no such table, a named class has no column or holds something else, or no clip is there.
    """
    source = Path(path)
    rows = read_rows(source)
    columns = list(classes) or _class_columns(rows)
    for column in classes:
        bad = next((row for row in rows if _degree(row, column) is _BAD), None)
        if column not in rows[0].cells or bad is not None:
            found = f"{bad.text(column)!r} for {column!r} in line {bad.line}" if bad else f"no column {column!r}"
            raise InputError(source, found=found, expected="a column of numbers from 0 to 1 for each class, empty where nobody judged")
    tracks, skipped = _long(source, rows) if _is_long(rows) and not classes else _wide(source, rows, columns)
    if not tracks:
        raise InputError(
            source,
            found=f"no clip that can be used: {'; '.join(skipped[:3]) or 'no columns of classes'}",
            expected="a column of paths, and a column of numbers from 0 to 1 for each class; the files below the folder of the list",
        )
    tracks.sort(key=lambda track: track.id)
    return Dataset(
        name=name or source.resolve().parent.name,
        root=source.parent,
        tracks=tuple(tracks),
        skipped=tuple(skipped),
        layout=f"a table of instrument activity ({source.name})",
    )


def _wide(source: Path, rows: list[Row], columns: list[str]) -> tuple[list[Track], list[str]]:
    known = rows[0].cells
    where = path_column(known)
    split = next((key for key in known if key.lower() in ("split", "side")), "")
    tracks: dict[str, Track] = {}
    skipped = []
    for row in rows:
        file = locate(source.parent, row.text(where)) if where and row.text(where) else None
        if file is None:
            skipped.append(f"{source.name}, line {row.line}: {row.text(where)[:120] or 'no path'}: no such file")
        elif row.text(where) in tracks:
            skipped.append(f"{source.name}, line {row.line}: a second row for {row.text(where)}")
        else:
            side = side_of(row.text(split)) if row.text(split).lower() in SIDES else ""
            groups = {kind: row.text(kind) for kind in ("album", "artist", "song") if row.text(kind)}
            degrees = {column: _degree(row, column) for column in columns}
            tracks[row.text(where)] = _judged(row.text(where), file, degrees, side, groups)
    return list(tracks.values()), skipped


def _long(source: Path, rows: list[Row]) -> tuple[list[Track], list[str]]:
    files, skipped = music_below(source.parent)
    paths = {file.path.stem: file for file in files}
    degrees: dict[str, dict[str, float | None]] = {}
    for row in rows:
        degrees.setdefault(row.text(_LONG[0]), {})[row.text(_LONG[1])] = row.number(_LONG[2])
    everything = sorted({name for clip in degrees.values() for name in clip})
    tracks = []
    for key in sorted(degrees):
        if key in paths:
            whole = {name: degrees[key].get(name) for name in everything}
            tracks.append(_judged(key, paths[key].path, whole, "", {}))
        else:
            skipped.append(f"{key}: judged, but there is no such file below the folder")
    return tracks, skipped


def _judged(key: str, path: Path, degrees: dict[str, float | None], side: str, groups: dict[str, str]) -> Track:
    labels = tuple(sorted(name for name, degree in degrees.items() if degree is not None and degree >= THRESHOLD))
    unjudged = "|".join(sorted(name for name, degree in degrees.items() if degree is None))
    return Track(id=key, path=path, labels=labels, groups=groups, side=side, tags={"unjudged": unjudged} if unjudged else {})


_BAD = float("nan")


def _degree(row: Row, column: str) -> float | None:
    """A cell as a number from 0 to 1; None where it is empty, `_BAD` where it is something else."""
    value = row.number(column)
    if value is None:
        return None
    return value if 0.0 <= value <= 1.0 else _BAD


def _class_columns(rows: list[Row]) -> list[str]:
    columns = [name for name in rows[0].cells if name.lower() not in _NEITHER]
    judged = [name for name in columns if all(_degree(row, name) is not _BAD for row in rows)]
    return [name for name in judged if any(_degree(row, name) is not None for row in rows)]


def _is_long(rows: list[Row]) -> bool:
    return all(name in rows[0].cells for name in _LONG)
