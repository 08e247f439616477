"""Where tunes come from: pop songs, lead sheets, and real harmony with a tune of our own; in any metre, with pick-ups."""

from dataclasses import replace

import numpy as np

from hexachord.rendering.composed import composed_tune
from hexachord.rendering.draws import draw_name, pick
from hexachord.rendering.metre import rewritten
from hexachord.rendering.music import ONSET, Piece, clipped, excerpt, joined, looped
from hexachord.rendering.pop909 import is_regular
from hexachord.rendering.shelf import Shelf

NEW_METRES = (
    ("4/4", 0.7), ("3/4", 0.085), ("12/8", 0.055), ("6/8", 0.05), ("5/4", 0.03), ("7/8", 0.03), ("7/4", 0.015), ("5/8", 0.015),
    ("2/4", 0.03), ("9/8", 0.01),
)  # fmt: skip
"""What becomes of tunes in 4/4, and how often."""

_SOURCES = ("pop909", "billboard", "openewld")


def draw_tune(random: np.random.Generator, shelf: Shelf, *, bars: int) -> Piece:
    """Draw a tune with chords, `bars` long where it has so many: a pop song's melody, a lead sheet, or the harmony of a song with a tune
    of our own."""
    corpus = pick(random, _SOURCES, (0.42, 0.26, 0.32))
    if not shelf.names(corpus):
        corpus = next((name for name in _SOURCES if shelf.names(name)), corpus)
    for _ in range(20):
        if corpus == "pop909":
            piece = shelf.piece("pop909", draw_name(random, shelf, "pop909"))
            count = min(bars, len(piece.bars or ()) - 1)
            first = int(random.integers(0, max(1, len(piece.bars or ()) - count)))
            if count >= min(bars, 8) and is_regular(piece, first, count) and (has_tune(piece, first) or random.random() < 0.1):
                if first > 0 and is_regular(piece, first - 1, 2) and random.random() < 0.15:
                    return looped(_with_pickup(excerpt(piece, first - 1, count + 1), random), bars)
                return looped(excerpt(piece, first, count), bars)
        elif corpus == "billboard":
            piece = shelf.piece("billboard", draw_name(random, shelf, "billboard"))
            starts = sorted({span.start for span in piece.sections or ()})
            places = [index for index, bar in enumerate(piece.bars or ()) if bar.start in starts] or [0]
            first = pick(random, tuple(places))
            count = min(bars, len(piece.bars or ()) - first)
            if count >= 8:
                cut = excerpt(piece, first, count)
                if random.random() < 0.85:
                    cut = replace(cut, lines=(composed_tune(cut, random),), facts={"tune": "written by rule"})
                return looped(cut, bars)
        else:
            piece = shelf.piece("openewld", draw_name(random, shelf, "openewld"))
            if piece.bars and piece.chords and len(piece.bars) >= 6 and all(bar.length <= bar.full + 1e-6 for bar in piece.bars):
                first = 0 if random.random() < 0.5 else int(random.integers(0, max(1, len(piece.bars) - bars)))
                return _common_time(looped(excerpt(piece, first, min(bars, len(piece.bars) - first)), bars))
    raise ValueError("the shelf has no tune with chords")


def has_tune(piece: Piece, first: int) -> bool:
    """Whether somebody sings within the eight bars from `first` on."""
    bars = (piece.bars or ())[first : first + 8]
    sung = piece.role("sung")
    onsets = sung[0].notes[:, ONSET] if sung else np.empty(0)
    return bool(np.count_nonzero((onsets >= bars[0].start) & (onsets < bars[-1].end)) >= 8)


def in_some_metre(tune: Piece, random: np.random.Generator, *, odd: float = 1.0, changing: float = 0.1) -> Piece:
    """Rewrite a tune in 4/4 in another metre now and then, or for some bars; `odd` scales how often."""
    if not all(bar.name == "4/4" and abs(bar.length - 4.0) < 1e-6 for bar in tune.bars or ()):
        return tune
    weights = tuple(weight * (1.0 if name == "4/4" else odd) for name, weight in NEW_METRES)
    metre = pick(random, tuple(name for name, _ in NEW_METRES), weights)
    if metre != "4/4":
        made = rewritten(tune, metre)
        return replace(made, facts=made.facts | {"metre": f"rewritten from 4/4 to {metre}"})
    if random.random() < changing * min(odd, 1.0):
        return _with_metre_change(tune, random)
    return tune


def _with_metre_change(tune: Piece, random: np.random.Generator) -> Piece:
    """Another metre from some bar on, or for a bar or a few."""
    count = len(tune.bars or ())
    at = int(random.choice([2, 3, 4, 7, 8, 8, 12]))
    metre = str(random.choice(["3/4", "3/4", "2/4", "2/4", "5/4", "7/8", "6/8", "12/8"]))
    if count <= at + 4:
        return tune
    if random.random() < 0.5:  # a few bars, then as before
        few = int(random.choice([1, 1, 2, 4]))
        middle = rewritten(excerpt(tune, at, few), metre)
        made = joined(joined(excerpt(tune, 0, at), middle), excerpt(tune, at + few, count - at - few))
        return replace(made, facts=made.facts | {"metre": f"4/4, {few} bars from bar {at + 1} {metre}"})
    rest = excerpt(tune, at, count - at)
    made = joined(excerpt(tune, 0, at), rewritten(rest, metre))
    return replace(made, facts=made.facts | {"metre": f"4/4, from bar {at + 1} {metre}"})


def _with_pickup(piece: Piece, random: np.random.Generator) -> Piece:
    """Let only the end of the first bar stand: one beat or two, with the notes in them."""
    bars = piece.bars or ()
    length = min(float(random.choice([1, 1, 2])) * bars[0].beat, bars[0].length - bars[0].beat)
    if length <= 0:
        return piece
    cut, start = bars[0].end - length, bars[0].end
    lines = tuple(
        replace(line, notes=line.notes[line.notes[:, ONSET] >= cut - (0.0 if line.written else 0.12)] - [start, 0.0, 0.0, 0.0])
        for line in piece.lines
    )
    first = bars[0]._replace(start=cut - start, length=length)
    clock = None if piece.clock is None else (piece.clock[0] - start, piece.clock[1])
    return replace(
        piece, lines=tuple(replace(line, pedal=np.empty((0, 2))) for line in lines), clock=clock,
        bars=(first, *(bar._replace(start=bar.start - start) for bar in bars[1:])),
        chords=clipped(piece.chords, cut, bars[-1].end, shift=-start), keys=clipped(piece.keys, cut, bars[-1].end, shift=-start),
        sections=clipped(piece.sections, cut, bars[-1].end, shift=-start),
    )  # fmt: skip


def _common_time(piece: Piece) -> Piece:
    """Cut time as common time: bands count four."""
    bars = tuple(bar._replace(beats=4, beat_type=4) if bar.name == "2/2" else bar for bar in piece.bars or ())
    return replace(piece, bars=bars)
