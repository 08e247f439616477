"""Measures how people play: writes ``models/weights/timing.npz``.

    python training/timing_statistics.py DATA

Drummers: Groove's straight 4/4 takes of the training side against their click, in seconds, by class and sixteenth of the bar. Tunes and
piano: the songs of POP909's training side that are not on a grid, against the annotated beats; levels are relative to the part's mean.
"""

import sys
from pathlib import Path

import numpy as np

from hexachord.rendering.drum_classes import DRUM_CLASSES, drum_class
from hexachord.rendering.music import ONSET, PITCH, VELOCITY
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split

TARGET = Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights" / "timing.npz"
LEAST = 40  # strokes that a cell of the table needs to speak for itself


def cells(rows: np.ndarray, kinds: int) -> dict[str, np.ndarray]:
    """Rows of (kind, sixteenth, offset_s, relative level): means for each cell, spreads around them."""
    offset, level = np.zeros((kinds, 16)), np.ones((kinds, 16))
    spread, level_spread = np.full(kinds, 0.01), np.full(kinds, 0.15)
    for kind in range(kinds):
        mine = rows[rows[:, 0] == kind]
        if len(mine) < LEAST:
            continue
        offset[kind], level[kind] = np.median(mine[:, 2]), np.median(mine[:, 3])
        for place in range(16):
            here = mine[mine[:, 1] == place]
            if len(here) >= LEAST:
                offset[kind, place], level[kind, place] = np.median(here[:, 2]), np.mean(here[:, 3])
        places = mine[:, 1].astype(int)
        spread[kind] = 1.4826 * np.median(np.abs(mine[:, 2] - offset[kind, places]))
        offset[kind] -= np.median(mine[:, 2])  # a common lead is the measurement's, not the player's
        level_spread[kind] = np.std(mine[:, 3] - level[kind, places])
    return {"offset_s": offset, "spread_s": spread, "level": level, "level_spread": level_spread}


def strokes(notes: np.ndarray, kind: np.ndarray, bpm: float) -> np.ndarray:
    place = np.round(notes[:, ONSET] * 4)
    offset_s = (notes[:, ONSET] - place / 4) * 60 / bpm
    level = notes[:, VELOCITY] / 127
    for one in np.unique(kind):
        level[kind == one] /= level[kind == one].mean()
    return np.column_stack([kind, place % 16, offset_s, level])


def main(data: Path) -> None:
    shelf = Shelf(data=data, split=load_split(Path(__file__).with_name("splits.json")))
    drums, tunes, chord_spreads = [], [], []
    for row in shelf.grooves():
        piece = shelf.piece("groove", row.id)
        notes = piece.lines[0].notes
        if not row.is_fill and (row.beats, row.beat_type) == (4, 4) and piece.swing == 0.5 and len(notes) > 50:
            drums.append(strokes(notes, np.array([DRUM_CLASSES.index(drum_class(int(key))) for key in notes[:, PITCH]]), row.bpm))
    for name in shelf.names("pop909"):
        piece = shelf.piece("pop909", name)
        if piece.bars and piece.bars[0].name == "4/4":
            for part, roles in enumerate((("sung", "counter"), ("piano",))):
                for line in piece.role(*roles):
                    if not line.written:
                        tunes.append(strokes(line.notes, np.full(len(line.notes), part), piece.quarter_bpm))
            onsets = np.sort(piece.role("piano")[0].notes[:, ONSET]) if piece.role("piano") else np.empty(0)
            gaps_s = np.diff(onsets) * 60 / piece.quarter_bpm
            chord_spreads.append(gaps_s[gaps_s < 0.03])
    drum, tune = cells(np.concatenate(drums), len(DRUM_CLASSES)), cells(np.concatenate(tunes), 2)
    table = {f"drum_{name}": value for name, value in drum.items()} | {f"tune_{name}": value for name, value in tune.items()}
    table["chord_spread_s"] = np.array([np.concatenate(chord_spreads).std()])
    np.savez_compressed(TARGET, **{name: value.astype(np.float32) for name, value in table.items()})
    for name, value in table.items():
        print(name, np.round(value, 3).tolist())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
