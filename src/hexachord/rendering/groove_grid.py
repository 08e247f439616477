"""Drummers' takes as grids of sixteenths by nine drums: what is struck, how hard, and how far from the grid."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array
from hexachord.composition.drums.groove_network import DRUMS, STEPS_PER_QUARTER, drum_column
from hexachord.rendering.groove import groove_rows, read_groove
from hexachord.rendering.midi_notes import seconds_of
from hexachord.rendering.music import ONSET, PITCH, VELOCITY, Piece


@dataclass(frozen=True, kw_only=True, eq=False)
class GrooveTake:
    """A take on its grid, which begins at a bar line; matrices are (steps, drums).

    Attributes
    ----------
    hits : what is struck
    velocity : 1–127, 0 where nothing is
    offset : how late, in sixteenths, -0.5 to 0.5
    written : how late a page would have it that writes triplets where they fit better, in sixteenths
    lag : how late the take's own beats are against the click, in sixteenths; `offset` is against its own beats
    left_out : strokes that share drum and step with a louder one (flams, rolls)
    """

    id: str
    hits: BoolArray
    velocity: Float32Array
    offset: Float32Array
    written: Float32Array
    bpm: float
    steps_per_bar: int
    style: str
    drummer: str
    lag: float = 0.0
    left_out: int = 0

    @property
    def step_ms(self) -> float:
        """How long a sixteenth lasts."""
        return 60_000.0 / self.bpm / STEPS_PER_QUARTER


def read_take(folder: Path, name: str) -> GrooveTake:
    """Read a take of the corpus, by id; times are against its own beats (see `hexachord.rendering.groove.read_groove`)."""
    row, piece = groove_rows(folder)[name], read_groove(folder, name)
    first_s = min((float(notes[:, ONSET].min()) for _, notes in seconds_of(folder / row.file)), default=0.0)
    lag = first_s * row.bpm / 60.0 - float(piece.lines[0].notes[:, ONSET].min(initial=np.inf)) if len(piece.lines[0].notes) else 0.0
    return replace(take_of(piece, row_id=name, bpm=row.bpm), lag=lag * STEPS_PER_QUARTER)


_DIVISIONS = ((4, 0.0), (3, 0.006), (6, 0.022), (8, 0.03))
_THIRTY_SECONDS_BPM = 80.0


def as_written(quarters: Float64Array, *, bpm: float) -> Float64Array:
    """Say where a page would have strokes: each beat in sixteenths, or in triplets where all of it fits them better by far.

    Eighth-note and sixteenth-note triplets, and thirty-seconds where a beat lasts long enough. Nobody wrote these pages: this is what
    someone who hears the take would write.

    Parameters
    ----------
    quarters : (n,), when they are struck

    Returns
    -------
    (n,) quarters

    Examples
    --------
    >>> as_written(np.array([0.01, 0.34, 0.65, 1.0, 1.24, 1.52]), bpm=120.0).round(3)
    array([0.   , 0.333, 0.667, 1.   , 1.25 , 1.5  ])
    """
    page = np.rint(quarters * 4) / 4
    beat = np.floor(quarters + 0.11).astype(int)
    for number in np.unique(beat):
        here = np.flatnonzero(beat == number)
        best = np.inf
        for parts, price in _DIVISIONS:
            if parts == 8 and bpm > _THIRTY_SECONDS_BPM:
                continue
            written = np.rint(quarters[here] * parts) / parts
            cost = float(np.abs(quarters[here] - written).mean()) + price
            if cost < best:
                best, page[here] = cost, written
    return page


def take_of(piece: Piece, *, row_id: str, bpm: float) -> GrooveTake:
    """Lay a drummer's piece on the grid: every stroke at the nearest sixteenth, of several of one drum there the loudest."""
    notes = piece.lines[0].notes
    place = notes[:, ONSET] * STEPS_PER_QUARTER
    step = np.rint(place).astype(int)
    columns = [drum_column(int(key)) for key in notes[:, PITCH]]
    here = [index for index, column in enumerate(columns) if column is not None and step[index] >= 0]
    bars = piece.bars or ()
    per_bar = max(1, round(bars[0].full * STEPS_PER_QUARTER)) if bars else 16
    steps = -(-(int(step[here].max()) + 1) // per_bar) * per_bar if here else 0
    page = as_written(notes[:, ONSET], bpm=bpm) * STEPS_PER_QUARTER
    velocity, offset, written = np.zeros((3, steps, len(DRUMS)), dtype=np.float32)
    for index in sorted(here, key=lambda index: float(notes[index, VELOCITY])):
        column = columns[index]
        assert column is not None
        velocity[step[index], column] = max(1.0, float(notes[index, VELOCITY]))
        offset[step[index], column] = place[index] - step[index]
        written[step[index], column] = page[index] - step[index]
    hits = velocity > 0
    return GrooveTake(
        id=row_id, hits=hits, velocity=velocity, offset=offset, written=written, bpm=bpm, steps_per_bar=per_bar, style=piece.style,
        drummer=row_id.partition("/")[0], left_out=len(here) - int(hits.sum()),
    )  # fmt: skip
