"""artist20 as its course hands it out: two lists of paths, the songs they speak of, and a folder of songs without labels.

::

    train.json  val.json             lists of "./train_val/<artist>/<album>/<song>.mp3"
    train_val/<artist>/<album>/<song>.mp3
    test/001.mp3 ...                 unlabelled

Ellis, "Classifying music audio with timbral and chroma features", ISMIR 2007 (the collection: 20 artists, 6 albums each).
"""

import json
import unicodedata
from pathlib import Path, PurePosixPath

from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.files_below import is_file, is_folder, locate, music_below
from hexachord.learning.datasets.folders import folder_groups
from hexachord.learning.datasets.sides import TEST, TRAIN, VALID

_LISTS = {TRAIN: ("train.json",), VALID: ("val.json", "valid.json")}
_LIST = 'a list in JSON of paths like "./train_val/artist/album/song.mp3"'
_SHOWN = 3  # offenders that an error names


def is_artist20(root: Path) -> bool:
    """Whether a folder is laid out like artist20: a list of training songs, and the folder they are in or a second list."""
    lists = [any(is_file(root / name) for name in names) for names in _LISTS.values()]
    return lists[0] and (lists[1] or is_folder(root / "train_val"))


def load_artist20(root: str | Path, *, name: str = "artist20") -> Dataset:
    """Read artist20, or any collection laid out like it.

    The label of a song is the third part of its path from the end, its album the second. A list may also be an object that gives each
    path its label, or hold objects with ``path`` and ``label``; such a label must be the folder's. A song that is listed but not there,
    or listed twice on one list, or there but on no list, is left out with a line that says so.

    Raises
    ------
    InputError : if a list is missing or malformed, a song is on both lists, its label is not its folder's, a path leaves the folder, or
        no listed song is there.
    """
    root = Path(root)
    skipped: list[str] = []
    listed: dict[str, str] = {}  # path below the root, as text: side
    for side, names in _LISTS.items():
        source = next((root / name for name in names if is_file(root / name)), None)
        if source is None:
            if side == TRAIN:
                raise InputError(root / names[0], found="no such file", expected=_LIST, next_step="check that the folder is complete")
            skipped.append(f"{names[0]}: not there, so no song is kept for choosing by")
            continue
        both = []
        for path, label in _entries(source):
            _check_label(source, path, label)
            if path in listed and listed[path] != side:
                both.append(path)
            elif path in listed:
                skipped.append(f"{path}: listed twice in {source.name}")
            listed.setdefault(path, side)
        if both:
            raise InputError(
                source,
                found=f"{_count(both, 'song')} that another list has, too: {_some(both)}",
                expected="each song on one list",
                next_step="take it off one of them: a model must not be judged by what it learnt from",
            )
    tracks = []
    for path, side in listed.items():
        file = locate(root, path)
        if file is None:
            skipped.append(f"{path}: listed for {side}, but not there")
            continue
        parts = PurePosixPath(path).parts[-3:]
        tracks.append(Track(id=path, path=file, labels=(parts[0],), groups=folder_groups(parts), side=side))
    if not tracks:
        raise InputError(
            root,
            found=f"none of the {len(listed)} listed songs (first: {_some(list(listed)) or 'the lists are empty'})",
            expected="the songs in train_val/, beside the lists",
            next_step="unpack the songs into the folder that holds train.json",
        )
    if is_folder(root / "train_val"):
        files, lines = music_below(root / "train_val")
        skipped += [f"train_val/{line}" for line in lines]
        skipped += [f"train_val/{file.id}: on neither list" for file in files if f"train_val/{file.id}" not in listed]
    if is_folder(root / "test"):
        files, lines = music_below(root / "test")
        skipped += [f"test/{line}" for line in lines]
        tracks += [Track(id=f"test/{file.id}", path=file.path, side=TEST) for file in files if f"test/{file.id}" not in listed]
    tracks.sort(key=lambda track: track.id)
    return Dataset(name=name, root=root, tracks=tuple(tracks), skipped=tuple(skipped), layout="lists as artist20 has them")


def _entries(source: Path) -> list[tuple[str, str | None]]:
    """Read a list: paths below the root, made plain, each with the label that the list gives it (if it does)."""
    text = read_text(source, what=_LIST)
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        found = "an empty file" if not text.strip() else f"text that is not JSON (line {error.lineno}: {error.msg})"
        raise InputError(source, found=found, expected=_LIST, next_step="fetch it again or mend that line") from error
    pairs: list[tuple[object, object]]
    if isinstance(read, dict):
        pairs = list(read.items())
    elif isinstance(read, list):
        pairs = [(item.get("path"), item.get("label")) if isinstance(item, dict) else (item, None) for item in read]
    else:
        raise InputError(source, found=f"a {type(read).__name__} in JSON", expected=_LIST)
    entries = []
    for number, (path, label) in enumerate(pairs, start=1):
        if not isinstance(path, str) or not path.strip() or not (label is None or isinstance(label, str)):
            raise InputError(source, found=f"entry {number}, which is no path: {json.dumps(path)[:80]}", expected=_LIST)
        plain = PurePosixPath(unicodedata.normalize("NFC", path).replace("\\", "/"))
        if plain.is_absolute() or ".." in plain.parts:
            raise InputError(source, found=f"a path that leaves the folder: {path}", expected=_LIST, next_step="write it from there on")
        if len(plain.parts) < 3:
            raise InputError(source, found=f"a path without artist and album: {path}", expected=_LIST)
        entries.append((str(plain), label))
    return entries


def _check_label(source: Path, path: str, label: str | None) -> None:
    folder = PurePosixPath(path).parts[-3]
    if label is not None and label != folder:
        raise InputError(
            source,
            found=f"the label {label!r} for {path}",
            expected=f"{folder!r}, the artist whose folder it is in",
            next_step="mend the list or move the song: one of the two is wrong",
        )


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:_SHOWN]) + (" ..." if len(paths) > _SHOWN else "")


def _count(things: list[str], what: str) -> str:
    return f"{len(things)} {what}{'s' if len(things) != 1 else ''}"
