"""MuseTrainer: piano scores in the public domain, from beginners' to concert pieces."""

from dataclasses import replace
from pathlib import Path

from hexachord.rendering.music import Piece
from hexachord.rendering.pages import read_page


def musetrainer_names(folder: Path) -> tuple[str, ...]:
    """Return the pieces by file name without ending."""
    return tuple(sorted(path.stem for path in folder.glob("*.mxl")))


def read_musetrainer(folder: Path, name: str) -> Piece:
    """Read a piano piece."""
    piece = read_page(folder / f"{name}.mxl", origin=f"musetrainer/{name}", roles=("piano",), style="classical")
    return replace(piece, lines=tuple(replace(line, program=0) for line in piece.lines))
