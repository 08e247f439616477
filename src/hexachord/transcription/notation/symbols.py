"""What stands above the notes: chord symbols and sections, moved to beats and named in the key of the page."""

from hexachord.knowledge import Key, Segments
from hexachord.score.model import ChordSymbol, SectionMark
from hexachord.theory.chord_labels import NO_CHORD, UNKNOWN_CHORD
from hexachord.theory.chord_names import key_signature, respell_chord
from hexachord.transcription.notation.grid import BarGrid


def signature_of(key: Key | None) -> int:
    """The key signature to write, folded to at most six accidentals; none without a key."""
    return 0 if key is None else key_signature(key.name)


def chord_symbols(chords: Segments | None, *, grid: BarGrid, fifths: int) -> tuple[ChordSymbol, ...]:
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
        label = respell_chord(label, fifths=fifths)
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
