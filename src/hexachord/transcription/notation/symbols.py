"""What stands above and before the notes: chord symbols and sections, moved to beats, and key signatures that name everything."""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import IntArray
from hexachord.knowledge import Key, Segments
from hexachord.score.model import Bar, ChordSymbol, KeyMark, SectionMark
from hexachord.theory.chord_labels import NO_CHORD, UNKNOWN_CHORD
from hexachord.theory.chord_names import key_signature, respell_chord
from hexachord.theory.page_signatures import find_signatures
from hexachord.transcription.notation.grid import BarGrid


def signature_of(key: Key | None) -> int:
    """The key signature to write, folded to at most six accidentals; none without a key."""
    return 0 if key is None else key_signature(key.name)


def key_marks(onset: IntArray, end: IntArray, pitch: IntArray, *, grid: BarGrid, key: Key | None) -> tuple[KeyMark, ...]:
    """Write the key of the page, and others from the bars on where the music settles in them; one that was told is that of the whole page.

    Parameters
    ----------
    onset, end, pitch : (n,) notes in ticks
    """
    whole = KeyMark(0, signature_of(key), key.mode if key else "")
    if key is None or key.confidence >= 1.0:
        return (whole,)
    lines = np.array([bar.tick for bar in grid.bars] + [grid.bars[-1].end])
    found = find_signatures(grid.seconds_at(onset), grid.seconds_at(end), pitch, grid.seconds_at(lines), page=(whole.fifths, whole.mode))
    return tuple(KeyMark(grid.bars[bar].tick if bar else 0, fifths, mode) for bar, fifths, mode in found)


def fifths_at(keys: Sequence[KeyMark], ticks: IntArray) -> IntArray:
    """The signature in force at some ticks.

    Examples
    --------
    >>> fifths_at((KeyMark(0, 1), KeyMark(40, -2)), np.array([0, 39, 40]))
    array([ 1,  1, -2])
    """
    before = np.searchsorted([mark.tick for mark in keys], ticks, side="right") - 1
    return np.asarray(np.array([mark.fifths for mark in keys], dtype=np.int64)[np.maximum(before, 0)])


def bars_of_keys(bars: Sequence[Bar], keys: Sequence[KeyMark]) -> tuple[Bar, ...]:
    """Draw a double bar line where the signature changes."""
    changes = {mark.tick for mark in keys if mark.tick > 0}
    return tuple(bar._replace(barline="light-light") if bar.end in changes and not bar.barline else bar for bar in bars)


def chord_symbols(chords: Segments | None, *, grid: BarGrid, keys: Sequence[KeyMark]) -> tuple[ChordSymbol, ...]:
    """Write chords at the nearest beats, each until the next; where two fall on one beat the longer stays, repeats and N are left out."""
    if chords is None:
        return ()
    at: dict[int, tuple[float, str]] = {}
    for start_s, end_s, label in zip(chords.start_s, chords.end_s, chords.label, strict=True):
        tick, length_s = grid.nearest_beat_tick(float(start_s)), float(end_s - start_s)
        if tick not in at or length_s > at[tick][0]:
            at[tick] = (length_s, label)
    end_tick = grid.bars[-1].end
    ticks = sorted(tick for tick in at if tick < end_tick)
    symbols: list[ChordSymbol] = []
    for tick, following in zip(ticks, [*ticks[1:], end_tick], strict=True):
        label = at[tick][1]
        if label in (NO_CHORD, UNKNOWN_CHORD, ""):
            continue
        label = respell_chord(label, fifths=int(fifths_at(keys, np.array([tick]))[0]))
        if symbols and symbols[-1].label == label and symbols[-1].end == tick:
            symbols[-1] = symbols[-1]._replace(end=following)
        else:
            symbols.append(ChordSymbol(tick, label, following))
    return tuple(symbols)


def section_marks(sections: Segments | None, *, grid: BarGrid) -> tuple[SectionMark, ...]:
    """Write sections at the nearest bar lines, with what they are for where that is likely: ``B (chorus)``."""
    if sections is None:
        return ()
    lines = [bar.tick for bar in grid.bars] + [grid.bars[-1].end]
    marks: list[SectionMark] = []
    for start_s, end_s, label in zip(sections.start_s, sections.end_s, sections.names, strict=True):
        start, end = (min(lines, key=lambda line: abs(line - grid.nearest_beat_tick(float(time)))) for time in (start_s, end_s))
        if end > start:
            marks.append(SectionMark(start, label, end))
    return tuple(marks)
