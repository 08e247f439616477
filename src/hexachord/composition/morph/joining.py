"""Scores one after the other, as one."""

from collections.abc import Sequence
from dataclasses import replace

from hexachord.errors import InputError
from hexachord.score.edit import map_ticks, sorted_notes, with_bars
from hexachord.score.model import DEFAULT_QUARTER_BPM, MetreMark, Part, Score, SectionMark, TempoMark


def in_a_row(scores: Sequence[Score], *, title: str = "") -> Score:
    """Put scores one after the other, each from its first bar to the end of its last.

    Parameters
    ----------
    scores : with the same ticks; the n-th part of each goes into the n-th of the whole
    title : of the whole; each score's own title becomes the name of its section

    Raises
    ------
    InputError : if there is none, or their ticks differ.

    Examples
    --------
    >>> from hexachord.score.model import Note
    >>> one = Score(parts=(Part(notes=(Note(0, 4, 60),)),), ticks_per_quarter=1)
    >>> [(note.onset, note.pitch) for note in in_a_row([one, one]).parts[0].notes]
    [(0, 60), (4, 60)]
    """
    if not scores or len({score.ticks_per_quarter for score in scores}) > 1:
        raise InputError("scores", found="none" if not scores else "different ticks", expected="scores in the same ticks")
    full = [with_bars(score) for score in scores]
    count = max(len(score.parts) for score in full)
    start = 0
    parts = [Part(id=f"P{number}") for number in range(1, count + 1)]
    joined = Score(ticks_per_quarter=full[0].ticks_per_quarter, title=title)
    for score in full:
        at = _moved(score, start)
        for number, part in enumerate(at.parts):
            old = parts[number]
            first = old if old.notes else replace(part, id=old.id, notes=(), directions=(), controls=(), bends=(), clefs=())
            parts[number] = replace(first, notes=(*old.notes, *part.notes), staves=max(old.staves, part.staves))
        tempos = at.tempos or (TempoMark(start, DEFAULT_QUARTER_BPM),)
        metres = at.metres or (MetreMark(start, 4, 4),)
        joined = replace(
            joined,
            tempos=(*joined.tempos, *tempos[_again(joined.tempos, tempos) :]),
            metres=(*joined.metres, *metres[_again(joined.metres, metres) :]),
            keys=(*joined.keys, *at.keys[_again(joined.keys, at.keys) :]),
            sections=(*joined.sections, SectionMark(start, score.title)) if score.title else joined.sections,
            bars=(*joined.bars, *(bar._replace(number=str(len(joined.bars) + index)) for index, bar in enumerate(at.bars, start=1))),
        )
        start = joined.bars[-1].end
    return replace(joined, parts=tuple(replace(part, notes=sorted_notes(part.notes)) for part in parts))


def _moved(score: Score, ticks: int) -> Score:
    return map_ticks(score, lambda tick: tick + ticks)


def _again(before: Sequence[tuple[object, ...]], more: Sequence[tuple[object, ...]]) -> int:
    """How many marks, 1 or 0, at the beginning of some say what is in force already; the first value of a mark is its tick."""
    return int(bool(before and more) and before[-1][1:] == more[0][1:])
