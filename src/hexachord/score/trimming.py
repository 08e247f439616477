"""Bars taken out of a page, and all that stands on it moved: silence before the music, passages that are played again."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from hexachord.score.model import (
    Bar,
    Bend,
    ChordSymbol,
    Clef,
    Control,
    Direction,
    KeyMark,
    MetreMark,
    Note,
    Part,
    Score,
    SectionMark,
    TempoMark,
)

_Mark = TypeVar("_Mark", TempoMark, MetreMark, KeyMark, Clef)
_Point = TypeVar("_Point", Control, Bend)
_Span = TypeVar("_Span", ChordSymbol, SectionMark, Direction)


def without_leading_bars(score: Score) -> Score:
    """Leave out empty bars before the first note or chord symbol, so that a page begins with the music; its clock then begins there, too.

    Bars are numbered anew from 1; a score that begins with its first bar, or has no bars or no notes, is returned as it is.

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> without_leading_bars(builtin_score("scale")) == builtin_score("scale")
    True
    """
    onsets = [*(note.onset for part in score.parts for note in part.notes), *(chord.tick for chord in score.chords)]
    if not onsets or not score.bars:
        return score
    first = max((index for index, bar in enumerate(score.bars) if bar.tick <= min(onsets)), default=0)
    if first == 0:
        return score
    page = without_bars(score, range(first))
    shown = next((mark.metronome for mark in score.tempos if mark.metronome), "")
    if page.tempos and not page.tempos[0].metronome:
        return replace(page, tempos=(page.tempos[0]._replace(metronome=shown), *page.tempos[1:]))
    return page


def without_bars(score: Score, gone: Iterable[int]) -> Score:
    """Take bars out of a score.

    What holds until the next of its kind (tempo, metre, key, clef) is said again where the music goes on under another one; spans that
    began in a bar that is gone begin after it if they last as long. Bars are numbered anew, from 0 if the first one left is a pick-up; the
    page ends as it did.

    Parameters
    ----------
    gone : their places among `Score.bars`; at least one bar is left

    Examples
    --------
    >>> bars = tuple(Bar(8 * place, 8, str(place + 1)) for place in range(3))
    >>> page = Score(parts=(Part(notes=(Note(0, 4, 60), Note(16, 4, 62))),), bars=bars, keys=(KeyMark(0, 0), KeyMark(12, 2)))
    >>> left = without_bars(page, [1])
    >>> [note.onset for note in left.parts[0].notes], left.keys
    ([0, 8], (KeyMark(tick=0, fifths=0, mode=''), KeyMark(tick=8, fifths=2, mode='')))
    """
    left = _Left(score.bars, set(gone))
    return replace(
        score,
        bars=left.bars(),
        tempos=left.marks(score.tempos),
        metres=left.marks(score.metres),
        keys=left.marks(score.keys),
        chords=left.spans(score.chords),
        sections=left.spans(score.sections),
        parts=tuple(_part(part, left) for part in score.parts),
    )


class _Left:
    """Where things are when some bars are gone."""

    def __init__(self, bars: Sequence[Bar], gone: set[int]) -> None:
        self._bars = bars
        self._gone = np.array([place in gone for place in range(len(bars))])
        self._starts = np.array([bar.tick for bar in bars])
        length = np.where(self._gone, 0, [bar.duration for bar in bars])
        self._begin = np.cumsum(length) - length

    def bars(self) -> tuple[Bar, ...]:
        """Those that are left."""
        kept = np.flatnonzero(~self._gone).tolist()
        zero = 0 if self._bars[kept[0]].number == "0" else 1
        found = [self._bars[place]._replace(tick=int(self._begin[place]), number=str(zero + row)) for row, place in enumerate(kept)]
        if self._gone[-1]:
            found[-1] = found[-1]._replace(barline=self._bars[-1].barline)
        return tuple(found)

    def _bar(self, tick: int) -> int:
        return max(0, int(np.searchsorted(self._starts, tick, side="right")) - 1)

    def place(self, tick: int) -> int | None:
        """The new tick, None where it is gone."""
        bar = self._bar(tick)
        return None if self._gone[bar] else int(self._begin[bar]) + tick - int(self._starts[bar])

    def end(self, tick: int) -> int:
        """The new tick of an end: in a bar that is gone, the line before it."""
        bar = self._bar(tick - 1)
        return int(self._begin[bar]) + (0 if self._gone[bar] else tick - int(self._starts[bar]))

    def notes(self, notes: Iterable[Note]) -> tuple[Note, ...]:
        """Those that begin in bars that are left."""
        return tuple(note._replace(onset=new) for note in notes if (new := self.place(note.onset)) is not None)

    def points(self, points: Iterable[_Point]) -> tuple[_Point, ...]:
        """Those in bars that are left."""
        return tuple(point._replace(tick=new) for point in points if (new := self.place(point.tick)) is not None)

    def marks(self, marks: Iterable[_Mark]) -> tuple[_Mark, ...]:
        """What holds until the next of its kind, and where bars are gone what came to hold in them."""
        found = list[_Mark]()
        for mark in sorted(marks, key=lambda mark: mark.tick):
            new = self.place(mark.tick)
            moved = mark._replace(tick=self.end(mark.tick + 1) if new is None else new)
            if found and found[-1].tick == moved.tick:
                found.pop()
            found.append(moved)
        last = self.end(self._bars[-1].end)
        return tuple(mark for place, mark in enumerate(found) if mark.tick < last and (place == 0 or mark[1:] != found[place - 1][1:]))

    def spans(self, spans: Iterable[_Span]) -> tuple[_Span, ...]:
        """What has an end, as far as it is left."""
        found = list[_Span]()
        for span in spans:
            new, end = self.place(span.tick), None if span.end is None else self.end(span.end)
            if new is not None:
                found.append(span._replace(tick=new, end=None if end is None else max(end, new)))
            elif end is not None and end > (begin := self.end(span.tick + 1)):
                found.append(span._replace(tick=begin, end=end))
        return tuple(found)


def _part(part: Part, left: _Left) -> Part:
    staves = [[clef for clef in part.clefs if clef.staff == staff] for staff in range(1, part.staves + 1)]
    return replace(
        part,
        notes=left.notes(part.notes),
        clefs=tuple(clef for clefs in staves for clef in left.marks(clefs)),
        directions=left.spans(part.directions),
        controls=left.points(part.controls),
        bends=left.points(part.bends),
    )
