"""OpenScore Lieder: songs for voice and piano (Gotham and Jonas, MEC 2021; CC0)."""

from dataclasses import replace
from pathlib import Path

from hexachord.rendering.music import Line, Piece
from hexachord.rendering.pages import read_page


def lieder_names(folder: Path) -> tuple[str, ...]:
    """Return the songs as ``Composer/Work/Song/file``, without ending."""
    return tuple(sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("**/*.mxl")))


def read_lied(folder: Path, name: str) -> Piece:
    """Read a song: parts of one staff and mostly one note at a time sing, the rest is piano."""
    piece = read_page(folder / f"{name}.mxl", origin=f"openscore_lieder/{name}", roles=("sung",), style="art song")
    return replace(piece, lines=tuple(_placed(line) for line in piece.lines))


def _placed(line: Line) -> Line:
    words = line.name.lower()
    keyboard = any(word in words for word in ("piano", "pf", "klavier", "harp", "guitar", "organ")) or not words
    if keyboard:
        return replace(line, role="piano", program=0)
    strings = any(word in words for word in ("violin", "cello", "viola", "flute", "clarinet", "horn"))
    return replace(line, role="lead", program=line.program) if strings else replace(line, role="sung", program=53)
