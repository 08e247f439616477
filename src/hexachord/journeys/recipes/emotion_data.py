"""Songs with valence and arousal, and for each what there is of it: sound, notes, words."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.files_below import AUDIO_SUFFIXES, SCORE_SUFFIXES, is_folder, locate
from hexachord.learning.datasets.rows import Row, read_rows

SCALES = ("valence", "arousal")
BRANCHES = ("audio", "score", "lyrics")
_COLUMNS = {"audio": ("audio", "path", "file", "filename"), "score": ("score", "midi"), "lyrics": ("lyrics", "text")}
_SUFFIXES = {"audio": AUDIO_SUFFIXES, "score": SCORE_SUFFIXES, "lyrics": frozenset({".txt", ".lrc"})}
_GROUPS = ("series", "artist", "album", "composer", "group")
_LISTS = ("labels.csv", "index.csv", "metadata.csv", "labels.jsonl", "index.jsonl")


@dataclass(frozen=True, kw_only=True)
class FeltSongs:
    """What is known.

    Attributes
    ----------
    name : of the collection
    ids : of songs
    felt : by scale, a number for each song
    files : by branch, the file of each song that has one, by id
    groups : of each song; itself where nothing keeps songs together
    group : the kind of these groups
    skipped : lines about what was left out
    """

    name: str
    root: Path
    ids: tuple[str, ...]
    felt: Mapping[str, tuple[float, ...]]
    files: Mapping[str, Mapping[str, Path]]
    groups: tuple[str, ...]
    group: str
    skipped: tuple[str, ...]

    def on_scale(self, scale: str, middle: str) -> Dataset:
        """Make the side of a scale the class of each song: ``high`` above the middle, else ``low``.

        Raises
        ------
        InputError : if the middle is no number, or all songs are on one side of it.
        """
        values = np.array(self.felt[scale])
        bound = _middle(values, middle)
        if (values > bound).all() or (values <= bound).all():
            raise InputError(
                self.name, found=f"every {scale} on one side of {bound:g}", expected="songs on both", next_step="--middle median"
            )
        tracks = [
            Track(
                id=name,
                path=self.files.get("audio", {}).get(name),
                labels=("high" if value > bound else "low",),
                groups={} if self.group == "song" else {self.group: group},
            )
            for name, value, group in zip(self.ids, values, self.groups, strict=True)
        ]
        return Dataset(name=f"{self.name} {scale}", root=self.root, tracks=tuple(tracks), layout="songs with valence and arousal")


def read_songs(data: Path, *, branches: tuple[str, ...] = (), group: str = "auto") -> FeltSongs:
    """Read a list of songs, and find what there is of each: in a column, or by a file that is called as its id.

    Parameters
    ----------
    data : the list, or the folder that it lies in
    branches : those wanted; all that are there when none are named
    group : the column of what stays together

    Raises
    ------
    InputError : if there is no list, it lacks a scale, nothing is there of any song, or a column or branch is not known.
    """
    for name in branches:
        if name not in BRANCHES:
            raise InputError(f"--branches {name}", found="no such branch", expected=", ".join(BRANCHES))
    listed = _list(data)
    rows = read_rows(listed)
    known = list(dict.fromkeys(name for row in rows for name in row.cells))
    lacking = [scale for scale in SCALES if scale not in known]
    if lacking:
        raise InputError(listed, found=f"no column {lacking[0]!r} among {', '.join(known[:10])}", expected="valence and arousal as numbers")
    kind = next((name for name in _GROUPS if name in known), "song") if group == "auto" else group
    if kind != "song" and kind not in known:
        raise InputError(f"--group {kind}", found="no such column", expected="one of " + ", ".join(known[:12]))
    by_stem = _by_stem(listed.parent)
    kept: dict[str, tuple[Row, tuple[float, ...]]] = {}
    files: dict[str, dict[str, Path]] = {branch: {} for branch in BRANCHES}
    skipped = list[str]()
    for number, row in enumerate(rows, start=1):
        name = row.text("id") or next(
            (row.text(column) for column in _COLUMNS["audio"] + _COLUMNS["score"] if row.text(column)), f"song {number}"
        )
        felt = [row.number(scale) for scale in SCALES]
        there = {branch: path for branch in BRANCHES if (path := _file(row, name, branch, listed.parent, by_stem, skipped)) is not None}
        numbers = tuple(value for value in felt if value is not None and np.isfinite(value))
        if len(numbers) < len(SCALES) or name in kept or not there:
            why = "no valence or arousal" if len(numbers) < len(SCALES) else "a second row of that id" if name in kept else "no file of it"
            skipped.append(f"{listed.name} line {row.line}, {name}: found {why}; left out.")
            continue
        kept[name] = row, numbers
        for branch, path in there.items():
            files[branch][name] = path
    wanted = branches or tuple(branch for branch in BRANCHES if len(files[branch]) > 1)
    empty = [branch for branch in wanted if len(files[branch]) < 2]
    if empty or not wanted:
        first = f"; the first: {skipped[0]}" if skipped else ""
        raise InputError(
            listed,
            found=f"{'no ' + empty[0] if empty else 'neither sound, notes nor words'} of the songs{first}",
            expected="columns audio, midi or lyrics with paths, or files called as the ids",
            next_step="check the paths, which are below the list's folder",
        )
    return FeltSongs(
        name=listed.parent.resolve().name if listed.stem in ("labels", "index", "metadata") else listed.stem,
        root=listed.parent,
        ids=tuple(kept),
        felt={scale: tuple(numbers[place] for _, numbers in kept.values()) for place, scale in enumerate(SCALES)},
        files={branch: files[branch] for branch in wanted},
        groups=tuple(name if kind == "song" else row.text(kind) or name for name, (row, _) in kept.items()),
        group=kind,
        skipped=tuple(skipped),
    )


def _list(data: Path) -> Path:
    if not is_folder(data):
        return data
    found = next((data / name for name in _LISTS if (data / name).is_file()), None)
    if found is None:
        raise InputError(data, found="no list in it", expected=", ".join(_LISTS), next_step="write one: id,valence,arousal and paths")
    return found


def _by_stem(folder: Path) -> dict[tuple[str, str], Path]:
    """Files below a folder by branch and by name without suffix; of several the first in order."""
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.rglob("*")):
        for branch, suffixes in _SUFFIXES.items():
            if path.suffix.lower() in suffixes and path.is_file():
                found.setdefault((branch, path.stem), path)
    return found


def _file(row: Row, name: str, branch: str, root: Path, by_stem: Mapping[tuple[str, str], Path], skipped: list[str]) -> Path | None:
    column = next((one for one in _COLUMNS[branch] if row.text(one)), "")
    if not column:
        return by_stem.get((branch, name))
    path = locate(root, row.text(column))
    if path is not None and path.suffix.lower() not in _SUFFIXES[branch]:
        return None  # `path` may name a score
    if path is None:
        skipped.append(f"{row.text(column)[:200]}: found no such file ({branch} of {name}).")
    return path


def _middle(values: np.ndarray[tuple[int], np.dtype[np.float64]], middle: str) -> float:
    if middle == "auto":
        return 0.0 if values.min() < 0 < values.max() else float(np.median(values))
    if middle == "median":
        return float(np.median(values))
    try:
        return float(middle)
    except ValueError as error:
        raise InputError(f"--middle {middle}", found="no number", expected="a number, median or auto") from error
