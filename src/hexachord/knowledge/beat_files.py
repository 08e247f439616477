"""Beats from text files that other programs and people write: label tracks of Audacity, CSV, plain lists of times.

A line holds a time in seconds, then perhaps an end (label tracks have one), then perhaps what the beat is in its bar: a number from 1, or
``bar.beat`` as some annotations have it (``12.3``: the third beat of bar 12), or any word where nothing is known.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.knowledge.model import Beats

_WHAT = "beats: a label track of Audacity, or CSV with a column time_s (and position)"
_TIME_NAMES = ("time_s", "time", "start", "start_s", "seconds", "onset")
_POSITION_NAMES = ("position", "beat", "beat_in_bar", "label")


def load_beats(path: str | Path) -> Beats:
    """Read beats from a file.

    Parameters
    ----------
    path : a label track (``start<TAB>end<TAB>label``), CSV with or without a header, or a time (and a position) per line

    Returns
    -------
    Beats; `position` is 0 where the file does not say. A file that names only first beats of bars in words has no positions.

    Raises
    ------
    InputError : if it is missing, holds no beats, or a line is no beat; the message names the line.
    """
    text = read_text(path, what=_WHAT)
    rows = list(_rows(text))
    if not rows:
        raise InputError(path, found="no beats", expected=_WHAT)
    first = rows[0]
    columns: tuple[int, int | None] = (0, None)
    if not _is_number(first[1][0]):
        columns = _header(first[1], path)
        rows = rows[1:]
    times, positions = [], []
    for number, cells in rows:
        time, position = _beat(cells, columns)
        if time is None:
            place = f"{path} line {number}"
            raise InputError(place, found=repr(" ".join(cells))[:60], expected="a time in seconds, then perhaps the beat in its bar")
        times.append(time)
        positions.append(position)
    if not times:
        raise InputError(path, found="a header without beats", expected=_WHAT)
    time_s = np.array(times)
    early = np.flatnonzero(np.diff(time_s) <= 0)
    if len(early):
        number = rows[int(early[0]) + 1][0]
        raise InputError(f"{path} line {number}", found="a beat that is not after the one before", expected="times that ascend")
    return Beats(time_s=time_s, position=np.array(positions, dtype=np.int64))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cells of every line that has some, with its number; a line may be parted by tabs, commas, semicolons or spaces."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(("#", "\\")):  # Audacity writes frequencies on lines that begin with a backslash
            continue
        mark = next((mark for mark in "\t,;" if mark in line), None)
        cells = next(csv.reader([line], delimiter=mark)) if mark else line.split()
        yield number, [cell.strip() for cell in cells]


def _header(cells: list[str], path: str | Path) -> tuple[int, int | None]:
    names = [cell.lower() for cell in cells]
    time = next((names.index(name) for name in _TIME_NAMES if name in names), None)
    if time is None:
        raise InputError(path, found=f"columns {', '.join(cells)}"[:80], expected=f"a column called {', '.join(_TIME_NAMES[:3])}")
    return time, next((names.index(name) for name in _POSITION_NAMES if name in names), -1)


def _beat(cells: list[str], columns: tuple[int, int | None]) -> tuple[float | None, int]:
    at, where = columns
    if at >= len(cells) or not _is_number(cells[at]):
        return None, 0
    time = float(cells[at])
    if where is None:  # no header: a label track has start, end and label, a list has time and position
        where = 2 if len(cells) > 2 else 1
        if len(cells) == 2 and "." in cells[1] and _is_number(cells[1]) and float(cells[1]) == time:
            where = -1  # a label track whose labels are empty: the second number is an end
    label = cells[where] if 0 <= where < len(cells) else ""
    return time, _position(label)


def _position(label: str) -> int:
    if re.fullmatch(r"\d{1,3}", label):
        return int(label)
    if match := re.fullmatch(r"\d+\.(\d{1,2})", label):
        return int(match[1])
    return 0


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d*)?([eE][-+]?\d+)?|\.\d+", text))
