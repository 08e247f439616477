"""ASAP's annotations and index: beats of performances, with metres and signatures where they change (Foscarin et al., ISMIR 2020)."""

import csv
from pathlib import Path
from typing import NamedTuple

from hexachord.errors import InputError
from hexachord.files import read_text

FOLDER = "asap"


class BeatMark(NamedTuple):
    """A line: when the beat is, whether a bar begins, and the metre and the sharps that hold from here on, where they are said."""

    time_s: float
    is_first: bool
    metre: tuple[int, int] | None = None
    fifths: int | None = None


def read_index(folder: Path) -> list[dict[str, str]] | None:
    """Read ``metadata.csv``, one row per performance; None where there is none."""
    table = folder / "metadata.csv"
    return list(csv.DictReader(read_text(table, what="the index of ASAP").splitlines())) if table.is_file() else None


def read_marks(path: Path) -> list[BeatMark]:
    """Read beat annotations: lines like ``0.75  0.75  b`` or ``0.0  0.0  db,6/8,-3``, in their order.

    Raises
    ------
    InputError : if a line is no beat.
    """
    marks = []
    for line in read_text(path, what="beats of a performance").splitlines():
        cells = line.split("\t")
        try:
            kind, metre, fifths = (*cells[2].split(","), "", "")[:3]
            over, _, under = metre.partition("/")
            said = (int(over), int(under)) if metre else None
            marks.append(BeatMark(float(cells[0]), kind == "db", said, int(fifths) if fifths else None))
        except (ValueError, IndexError):
            raise InputError(path, found=f"the line {line!r}", expected="a time twice, and b or db with its changes") from None
    return marks
