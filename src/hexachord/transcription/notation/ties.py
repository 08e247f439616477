"""Long and off-beat notes cut into values that show where the beats are.

A reader finds the beat by looking: a note that starts between beats may not hide the next one, unless it is one of the syncopations
everybody knows. (E. Gould, *Behind Bars*, Faber 2011, chapter "Grouping".)
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from fractions import Fraction

from hexachord.score.model import TICKS_PER_QUARTER, Note
from hexachord.score.values import plain_value
from hexachord.transcription.notation.grid import BarGrid


def tie_at_beats(notes: Iterable[Note], *, grid: BarGrid) -> tuple[Note, ...]:
    """Split notes at bar lines and beats where their value would be hard to read; the pieces are tied.

    Parameters
    ----------
    notes : untied notes in the grid's ticks

    Returns
    -------
    Noteheads sorted by onset, staff, voice and pitch
    """
    starts = [bar.tick for bar in grid.bars]
    heads: list[Note] = []
    for note in notes:
        pieces: list[tuple[int, int]] = []
        at = note.onset
        while at < note.end:
            bar = grid.bars[max(0, bisect_right(starts, at) - 1)]
            limit = min(note.end, bar.end) if at < bar.end else note.end
            pieces += _pieces(at, limit, bar.tick, bar.duration // grid.beat_ticks, grid)
            at = limit
        for index, (start, end) in enumerate(pieces):
            tied = (index > 0, index < len(pieces) - 1)
            marks = note.marks if index == 0 else ()  # an ornament is played once
            heads.append(note._replace(onset=start, duration=end - start, tied_to_previous=tied[0], tied_to_next=tied[1], marks=marks))
    return tuple(sorted(heads, key=lambda note: (note.onset, note.staff, note.voice, note.pitch)))


def _pieces(start: int, end: int, bar_tick: int, beats: int, grid: BarGrid) -> Iterator[tuple[int, int]]:
    """Cut a stretch inside one bar."""
    at = start
    while at < end:
        stop = _stop(at, end, bar_tick, beats, grid)
        yield at, stop
        at = stop


def _stop(at: int, end: int, bar_tick: int, beats: int, grid: BarGrid) -> int:
    beat, inside = grid.beat_ticks, (at - bar_tick) % grid.beat_ticks
    next_beat = at - inside + beat
    if end <= next_beat:
        half = at - inside + (beat // 3 if grid.compound else beat // 2)
        return end if _plain(end - at, grid) or not at < half < end else half
    if inside == 0:
        # On the beat: the longest value of whole beats, or of one and a half where that is all there is.
        if Fraction(end - at, beat) == Fraction(3, 2) and not grid.compound:
            return end
        whole = [count for count in (4, 3, 2, 1) if at + count * beat <= end and _plain(count * beat, grid)]
        return at + (whole[0] if whole else 1) * beat
    middle = bar_tick + 2 * beat if beats == 4 else -1
    syncopation = not grid.compound and 2 * inside == beat and Fraction(end - at, beat) in (1, Fraction(3, 2), 2)
    return end if syncopation and not at < middle < end else next_beat


def _plain(duration: int, grid: BarGrid) -> bool:
    value = plain_value(duration, TICKS_PER_QUARTER)
    if value is None:  # a tuplet member: two thirds of a beat, or a third
        return not grid.compound and duration * 3 % grid.beat_ticks == 0
    return value.dots <= 1
