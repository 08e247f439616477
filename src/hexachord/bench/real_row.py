"""The real row: the measures of real pop piano, which what is composed is held against, with intervals.

Songs of POP909 are laid on their annotated bars, and the line of a role is measured by the names of `hexachord.score_analysis.measures`.
How long a run a real song has in common with the songs a model learns from is what copying is judged by. Measures depend on length, so
clips are compared with clips (`hexachord.score_analysis.measures.first_bars`).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.errors import InputError
from hexachord.metrics.bootstrap import mean_interval
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY, Piece
from hexachord.rendering.pop909 import read_pop909
from hexachord.score_analysis.measures import LaidNotes
from hexachord.theory.copying import CopyIndex, Kind, Words, copy_index, longest_copied_run, note_words, shared_ngrams

ROLES = ("melody", "bridge", "piano")
MEASURES = ("h1", "h4", "gs16", "si_short", "si_mid", "si_long")
"""What the rows are told by."""


def load_pop_songs(data: Path, *, most: int | None = None) -> Loaded[Piece]:
    """Load the songs of ``pop909/`` that have bars."""
    folder = bench_folder(data) / "pop909"
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not names:
        return Loaded((), ("pop909: no such songs",))
    pieces, skipped = [], []
    for name in names[:most]:
        try:
            piece = read_pop909(folder, name)
        except (OSError, ValueError, InputError) as error:
            skipped.append(f"pop909/{name}: {error}")
            continue
        pieces.append(piece)
    return Loaded(tuple(pieces), tuple(skipped))


def lay_piece(piece: Piece, *, roles: Sequence[str] = ROLES) -> LaidNotes:
    """Lay lines of a song on its bars; seconds by its clock.

    Parameters
    ----------
    piece : with bars
    roles : names of lines: ``melody bridge piano``
    """
    rows = np.vstack([np.zeros((0, 4)), *(line.notes for line in piece.lines if line.name in roles)])
    rows = rows[np.lexsort((rows[:, PITCH], rows[:, ONSET]))]
    bars = piece.bars or ()
    lines = np.array([bar.start for bar in bars] + [bars[-1].end if bars else 4.0])
    lines = np.unique(lines)
    beats = [(bar.start + at * bar.beat, at == 0) for bar in bars for at in range(bar.felt)]
    where, down = (np.array(column) for column in zip(*beats, strict=True)) if beats else (np.zeros(0), np.zeros(0, dtype=np.bool_))
    end = rows[:, ONSET] + rows[:, DURATION]
    return LaidNotes(
        onset=rows[:, ONSET],
        end=end,
        onset_s=seconds_of(piece, rows[:, ONSET]),
        end_s=seconds_of(piece, end),
        pitch=rows[:, PITCH].astype(np.int64),
        velocity=rows[:, VELOCITY].astype(np.int64),
        is_percussion=np.zeros(len(rows), dtype=np.bool_),
        bar_lines=lines.astype(np.float64),
        beats=where.astype(np.float64),
        downbeat=down.astype(np.bool_),
    )


def seconds_of(piece: Piece, quarters: Float64Array) -> Float64Array:
    """Clock times of quarters."""
    if piece.clock is None:
        return np.asarray(quarters * 60.0 / piece.quarter_bpm)
    known, clock_s = piece.clock
    step = 60.0 / piece.quarter_bpm
    inside = np.interp(quarters, known, clock_s)
    beyond = np.minimum(quarters - known[0], 0.0) + np.maximum(quarters - known[-1], 0.0)
    return np.asarray(inside + beyond * step)


def row_of(measured: Iterable[dict[str, float]], *, names: Sequence[str] = MEASURES, prefix: str = "") -> dict[str, float]:
    """Give the mean of each measure over pieces, with its interval as ``NAME_low`` and ``NAME_high``.

    Examples
    --------
    >>> row_of([{"h1": 1.0}, {"h1": 2.0}], names=("h1",))
    {'h1': 1.5, 'h1_low': 1.0, 'h1_high': 2.0}
    """
    pieces = list(measured)
    out: dict[str, float] = {}
    for name in names:
        values = np.array([piece[name] for piece in pieces if name in piece])
        if len(values):
            low, high = mean_interval(values)
            out |= {f"{prefix}{name}": float(values.mean()), f"{prefix}{name}_low": low, f"{prefix}{name}_high": high}
    return out


def piece_words(laid: LaidNotes, *, kind: Kind = "relative") -> Words:
    """The words of a piece for the memorisation check."""
    return note_words(laid.onset, laid.pitch, kind=kind)


def training_index(data: Path, *, roles: Sequence[str], kind: Kind = "relative") -> CopyIndex | None:
    """Index the songs of ``train/pop909`` beside the bench folder; None where they are not there."""
    folder = bench_folder(data).parent / "train" / "pop909"
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if not names:
        return None
    return copy_index([piece_words(lay_piece(read_pop909(folder, name), roles=roles), kind=kind) for name in names], names, kind=kind)


def copying(words: Sequence[Words], index: CopyIndex, *, prefix: str = "") -> dict[str, float]:
    """Say how much pieces have in common with a corpus: mean, median and longest of their longest runs, and the share of 8-grams."""
    runs = np.array([longest_copied_run(piece, index).notes for piece in words])
    shared = [shared_ngrams(piece, index) for piece in words]
    return {
        f"{prefix}copied_run": float(runs.mean()),
        f"{prefix}copied_run_median": float(np.median(runs)),
        f"{prefix}copied_run_longest": float(runs.max()),
        f"{prefix}shared_8grams": float(np.nanmean(shared)),
    }
