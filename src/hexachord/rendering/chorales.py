"""Bach's chorales as four voices on a grid of sixteenths (Boulanger-Lewandowski's set as Coconet separated it; public domain)."""

import itertools
import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.rendering.model import Role
from hexachord.rendering.music import Line, Piece, notes_of

_FILE = "jsb16th_separated.json"
_GRID = 4  # steps of a quarter
_VOICES: tuple[tuple[str, Role], ...] = (("soprano", "sung"), ("alto", "counter"), ("tenor", "counter"), ("bass", "bass"))


@lru_cache(maxsize=2)
def _content(folder: Path) -> dict[str, list[list[list[int]]]]:
    content: dict[str, list[list[list[int]]]] = json.loads((folder / _FILE).read_text())
    return content


def chorale_names(folder: Path) -> tuple[str, ...]:
    """Return ``train/000`` and so on: the list of Coconet's split, and the place in it."""
    return tuple(f"{part}/{index:03d}" for part, pieces in sorted(_content(folder).items()) for index in range(len(pieces)))


def chorale_grid(folder: Path, name: str) -> IntArray:
    """Read a chorale as it stands in the file: (sixteenths, voices) MIDI numbers, soprano first, -1 where a voice is silent."""
    part, _, index = name.partition("/")
    return np.array(_content(folder)[part][int(index)], dtype=np.int64)


def read_chorale(folder: Path, name: str) -> Piece:
    """Read a chorale. Beats are its quarters; the grid does not say where bars begin nor where a repeated note is struck again, so no bars
    are claimed, and long notes on a beat are struck anew at each quarter, as in most chorales."""
    grid = chorale_grid(folder, name)
    lines = [
        Line(role=role, program=52, name=voice_name, notes=_struck(grid[:, voice]))
        for voice, (voice_name, role) in enumerate(_VOICES[: grid.shape[1]])
    ]
    return Piece(origins=(f"jsb_chorales/{name}",), lines=tuple(lines), bars=None, pulse=1.0, quarter_bpm=72.0, style="chorale")


def _struck(pitch: IntArray) -> Float64Array:
    """Notes of one voice: a new one where the pitch changes, and at the quarters of what lasts longer than one."""
    edges = np.flatnonzero(np.diff(pitch, prepend=-2, append=-2)).tolist()
    rows = []
    for start, end in itertools.pairwise(edges):
        if pitch[start] < 0:
            continue
        step = _GRID if start % _GRID == 0 else end - start
        rows += [(at / _GRID, (min(at + step, end) - at) / _GRID, float(pitch[start]), 76.0) for at in range(start, end, step)]
    return notes_of(rows)
