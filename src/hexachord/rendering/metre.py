"""Other metres for the same music: bars shortened, lengthened, or felt in threes, the labels with them."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.rendering.music import DURATION, ONSET, BarLine, Line, Piece, Span, ordered

Cut = tuple[float, float]  # part of a bar of four quarters that is kept

REWRITES: dict[str, tuple[tuple[Cut, ...], int, int]] = {
    "3/4": (((0.0, 3.0),), 3, 4),
    "2/4": (((0.0, 2.0),), 2, 4),
    "5/4": (((0.0, 3.0), (2.0, 4.0)), 5, 4),
    "7/4": (((0.0, 4.0), (0.0, 3.0)), 7, 4),
    "7/8": (((0.0, 3.5),), 7, 8),
    "5/8": (((0.0, 2.5),), 5, 8),
    "6/4": (((0.0, 4.0), (2.0, 4.0)), 6, 4),
}
"""How a bar of 4/4 becomes another: which parts of it are played one after another."""

SWUNG = {"12/8": (4, 12), "6/8": (2, 6), "9/8": (3, 9)}
"""Compound metres: quarters become dotted quarters, and even eighths the first and the last of three."""


def rewritten(piece: Piece, metre: str) -> Piece:
    """Rewrite a piece whose bars are all four quarters long.

    Raises
    ------
    ValueError : for bars of other lengths and unknown metres.
    """
    if piece.bars is None or any(abs(bar.full - 4.0) > 1e-6 or abs(bar.length - 4.0) > 1e-6 for bar in piece.bars):
        raise ValueError("only whole bars of four quarters can be rewritten")
    if metre in REWRITES:
        return _recut(piece, *REWRITES[metre])
    if metre == "9/8":
        return _in_threes(_recut(piece, *REWRITES["3/4"]), metre)
    if metre in SWUNG:
        return _in_threes(piece, metre)
    raise ValueError(f"no way to rewrite as {metre!r}; known: {', '.join([*REWRITES, *SWUNG])}")


def _recut(piece: Piece, cuts: tuple[Cut, ...], beats: int, beat_type: int) -> Piece:
    length = beats * 4.0 / beat_type
    bars, lines = [], []
    old = piece.bars or ()
    pieces: list[tuple[float, float, float]] = []  # from, to, where it goes
    for number, bar in enumerate(old):
        at = number * length
        bars.append(BarLine(at, length, beats, beat_type))
        for start, end in cuts:
            pieces.append((bar.start + start, bar.start + end, at))
            at += end - start
    for line in piece.lines:
        lines.append(replace(line, notes=_moved(line, pieces), pedal=np.empty((0, 2))))
    return replace(
        piece, lines=tuple(lines), bars=tuple(bars), clock=None, chords=_moved_spans(piece.chords, pieces),
        keys=_moved_spans(piece.keys, pieces), sections=_moved_spans(piece.sections, pieces),
    )  # fmt: skip


def _moved(line: Line, pieces: list[tuple[float, float, float]]) -> Float64Array:
    early = 0.0 if line.written else 0.12
    found = []
    for start, end, to in pieces:
        here = line.notes[(line.notes[:, ONSET] >= start - early) & (line.notes[:, ONSET] < end - early)].copy()
        here[:, DURATION] = np.minimum(here[:, DURATION], np.maximum(end - here[:, ONSET], 0.1))
        here[:, ONSET] += to - start
        found.append(here)
    return ordered(np.concatenate(found)) if found else np.empty((0, 4))


def _moved_spans(spans: tuple[Span, ...] | None, pieces: list[tuple[float, float, float]]) -> tuple[Span, ...] | None:
    if spans is None:
        return None
    moved: list[Span] = []
    for start, end, to in pieces:
        for span in spans:
            left, right = max(span.start, start), min(span.end, end)
            if right - left > 1e-6:
                new = Span(left - start + to, right - start + to, span.label)
                joins = moved and moved[-1].label == new.label and abs(moved[-1].end - new.start) < 1e-6
                if joins:
                    moved[-1] = moved[-1]._replace(end=new.end)
                else:
                    moved.append(new)
    return tuple(moved)


def _in_threes(piece: Piece, metre: str) -> Piece:
    """Stretch each quarter to a dotted one, with its even halves as two thirds and one; 6/8 takes half of each bar."""
    felt, eighths = SWUNG[metre]
    per_bar = round((piece.bars or ())[0].length)
    count = len(piece.bars or ()) * per_bar // felt
    length = eighths * 0.5
    bars = tuple(BarLine(index * length, length, eighths, 8) for index in range(count))

    def spans(found: tuple[Span, ...] | None) -> tuple[Span, ...] | None:
        return (
            None
            if found is None
            else tuple(Span(float(swung(s.start, 2 / 3) * 1.5), float(swung(s.end, 2 / 3) * 1.5), s.label) for s in found)
        )

    lines = tuple(replace(swung_line(line, 2 / 3), pedal=line.pedal * 1.5) for line in piece.lines)
    lines = tuple(replace(line, notes=line.notes * [1.5, 1.5, 1.0, 1.0]) for line in lines)
    return replace(
        piece, lines=lines, bars=bars, clock=None, chords=spans(piece.chords), keys=spans(piece.keys), sections=spans(piece.sections),
        quarter_bpm=piece.quarter_bpm * 1.5,
    )  # fmt: skip


def swung(quarter: Float64Array | float, swing: float, *, unit: float = 1.0) -> Float64Array:
    """Move what lies inside a beat of `unit` quarters so that its middle comes at `swing` of it.

    Examples
    --------
    >>> swung(np.array([0.0, 0.25, 0.5, 1.0, 1.5]), 2 / 3).round(3).tolist()
    [0.0, 0.333, 0.667, 1.0, 1.667]
    """
    beat = np.floor(np.asarray(quarter, dtype=np.float64) / unit + 1e-9)
    inside = np.asarray(quarter) / unit - beat
    bent = np.where(inside < 0.5, inside * 2 * swing, swing + (inside - 0.5) * 2 * (1 - swing))
    return np.asarray((beat + bent) * unit)


def swung_line(line: Line, swing: float, *, unit: float = 1.0) -> Line:
    """Swing a line: onsets and ends."""
    notes = line.notes.copy()
    end = swung(notes[:, ONSET] + notes[:, DURATION], swing, unit=unit)
    notes[:, ONSET] = swung(notes[:, ONSET], swing, unit=unit)
    notes[:, DURATION] = np.maximum(end - notes[:, ONSET], 0.05)
    return replace(line, notes=notes)


@lru_cache(maxsize=64)
def is_compound(beats: int, beat_type: int) -> bool:
    """Whether a metre is felt in threes."""
    return BarLine(0.0, 1.0, beats, beat_type).beat > 4.0 / beat_type + 1e-9


_SLOWEST_HALVES = 62.0


def counted(piece: Piece) -> Piece:
    """Count slow halves as quarters: nobody taps thirty halves a minute, so 2/2 and 3/2 become 4/4 and 6/4 then."""
    if piece.bars is None or piece.quarter_bpm / 2.0 >= _SLOWEST_HALVES or not any(bar.beat_type == 2 for bar in piece.bars):
        return piece
    bars = tuple(bar._replace(beats=2 * bar.beats, beat_type=4) if bar.beat_type == 2 else bar for bar in piece.bars)
    return replace(piece, bars=bars)
