"""OpenEWLD: lead sheets of tunes in the public domain, melody and chord symbols (Simonetta et al., MML 2018)."""

from dataclasses import replace
from pathlib import Path

from hexachord.rendering.music import Piece
from hexachord.rendering.pages import read_page


def openewld_names(folder: Path) -> tuple[str, ...]:
    """Return the tunes by file name without ending."""
    return tuple(sorted(path.stem for path in folder.glob("*.mxl")))


def read_openewld(folder: Path, name: str) -> Piece:
    """Read a lead sheet: one melody line and its chords."""
    piece = read_page(folder / f"{name}.mxl", origin=f"openewld/{name}", roles=("sung",), style="tune")
    return replace(piece, lines=piece.lines[:1])
