"""Groove MIDI Dataset: drummers on an electronic kit, to a click (Gillick et al., ICML 2019; CC BY 4.0)."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.drum_classes import PLAYED_AS
from hexachord.rendering.midi_notes import seconds_of
from hexachord.rendering.music import DURATION, ONSET, PITCH, Line, Piece, even_bars, ordered


@dataclass(frozen=True, kw_only=True)
class GrooveRow:
    """A line of ``info.csv``."""

    id: str
    file: str
    style: str
    bpm: float
    beats: int
    beat_type: int
    is_fill: bool
    duration_s: float


@lru_cache(maxsize=4)
def groove_rows(folder: Path) -> dict[str, GrooveRow]:
    """Read the index of the corpus, by id (``drummer1/session1/10``)."""
    rows = {}
    with (folder / "info.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            beats, beat_type = (int(part) for part in row["time_signature"].split("-"))
            rows[row["id"]] = GrooveRow(
                id=row["id"],
                file=row["midi_filename"],
                style=row["style"],
                bpm=float(row["bpm"]),
                beats=beats,
                beat_type=beat_type,
                is_fill=row["beat_type"] == "fill",
                duration_s=float(row["duration"]),
            )
    return rows


def read_groove(folder: Path, name: str) -> Piece:
    """Read one take; its click ran at the given tempo from 0 s on, so quarter 0 is a downbeat.

    Drummers and their module run 10 to 20 ms ahead of the click: the take's own median on the beats is taken out, so that its beats are
    where it plays.
    """
    row = groove_rows(folder)[name]
    parts = seconds_of(folder / row.file)
    notes = np.concatenate([rows for _, rows in parts]) if parts else np.empty((0, 4))
    notes[:, :2] *= row.bpm / 60.0
    notes[:, ONSET] -= _ahead(notes[:, ONSET])
    notes[:, PITCH] = PLAYED_AS[np.clip(notes[:, PITCH].astype(int), 0, 127)]
    notes[:, DURATION] = np.maximum(notes[:, DURATION], 0.1)
    bar = row.beats * 4.0 / row.beat_type
    last = float(notes[:, ONSET].max(initial=0.0))
    line = Line(role="drums", notes=ordered(notes), written=False, name="drums")
    return Piece(
        origins=(f"groove/{name}",),
        lines=(line,),
        bars=even_bars(max(1, int((last + 0.15) / bar) + 1), row.beats, row.beat_type),
        quarter_bpm=row.bpm,
        swing=swing_of(notes),
        style=row.style,
    )


def _ahead(quarters: Float64Array) -> float:
    """The median distance from the beats of the strokes near one; nothing where they are few or far."""
    off = quarters - np.round(quarters)
    near = off[np.abs(off) < 0.1]
    return float(np.median(near)) if len(near) >= 6 else 0.0


def swing_of(notes: Float64Array) -> float:
    """Where the off-beat eighths fall in their beat: 0.5 straight, 0.667 triplets; by the strokes between the beats.

    Strokes near the middle or at a quarter of the beat speak for straight playing.
    """
    inside = notes[:, ONSET] % 1.0
    straight = np.count_nonzero(np.abs(inside - 0.5) < 0.06) + 0.5 * np.count_nonzero(np.abs(inside - 0.25) < 0.05)
    late = inside[(inside > 0.57) & (inside < 0.71)]
    return float(np.clip(np.median(late), 0.5, 0.72)) if len(late) > max(6.0, 1.5 * straight) else 0.5
