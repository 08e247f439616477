"""Passages that are played again at once, written once between repeat signs.

Bars are compared by what begins in them and where; a passage that comes back bar for bar is taken for a repeat if it is long enough and
nearly all of it is the same (the block structure of a self-similarity matrix: Müller, *Fundamentals of Music Processing*, §4.2, here of
pages). Only for paper: a folded page no longer follows the recording.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np

from hexachord.arrays import BoolArray, Float64Array
from hexachord.score.model import Bar, ChordSymbol, Clef, Direction, KeyMark, MetreMark, Note, Score, SectionMark, TempoMark

_FEWEST_BARS, _MOST_BARS = 4, 64
_ALIKE, _EACH = 0.8, 0.4  # share of notes in common: of the passage, and of every bar
_TWELFTHS = 12


class Repeat(NamedTuple):
    """A passage: `bars` from index `first` on are played `times` times in a row."""

    first: int
    bars: int
    times: int


def find_repeats(score: Score) -> tuple[Repeat, ...]:
    """Find passages that are played again at once, the longest first wins; in order of place."""
    alike = _bars_alike(score)
    count, found, taken = len(alike), list[Repeat](), np.zeros(len(alike), dtype=bool)
    for length in range(min(_MOST_BARS, count // 2), _FEWEST_BARS - 1, -1):
        first = 0
        while first + 2 * length <= count:
            times = 1
            while _comes_back(alike, first, length, times) and not taken[first : first + (times + 1) * length].any():
                times += 1
            if times > 1:
                taken[first : first + times * length] = True
                found.append(Repeat(first, length, times))
            first += length * times if times > 1 else 1
    return tuple(sorted(found))


def with_repeat_signs(score: Score) -> Score:
    """Write repeated passages once, between repeat signs; a score without any is returned as it is."""
    repeats = find_repeats(score)
    if not repeats:
        return score
    bars, gone = list(score.bars), np.zeros(len(score.bars), dtype=bool)
    for first, length, times in repeats:
        bars[first] = bars[first]._replace(repeat_start=True)
        bars[first + length - 1] = bars[first + length - 1]._replace(repeat_end=times)
        gone[first + length : first + times * length] = True
    fold = _Fold(bars, gone)
    return replace(
        score,
        bars=fold.bars(last=score.bars[-1]),
        tempos=fold.marks(score.tempos),
        metres=fold.marks(score.metres),
        keys=fold.marks(score.keys),
        chords=fold.spans(score.chords),
        sections=fold.spans(score.sections),
        parts=tuple(
            replace(
                part,
                notes=fold.notes(part.notes),
                clefs=fold.marks(part.clefs),
                directions=fold.spans(part.directions),
                controls=(),
                bends=(),
            )
            for part in score.parts
        ),
    )


_Mark = TypeVar("_Mark", TempoMark, MetreMark, KeyMark, Clef)
_Span = TypeVar("_Span", ChordSymbol, SectionMark, Direction)


class _Fold:
    """Where things are when some bars are gone."""

    def __init__(self, bars: list[Bar], gone: BoolArray) -> None:
        self.kept = [bar for bar, away in zip(bars, gone.tolist(), strict=True) if not away]
        self.starts = np.array([bar.tick for bar in bars])
        length = np.where(gone, 0, [bar.duration for bar in bars])
        self.begin = np.cumsum(length) - length
        self.gone = gone

    def bars(self, *, last: Bar) -> tuple[Bar, ...]:
        """Number them anew; the page ends as it did."""
        zero = 0 if self.kept[0].number == "0" else 1
        at, found = 0, list[Bar]()
        for index, bar in enumerate(self.kept):
            found.append(bar._replace(tick=at, number=str(index + zero)))
            at += bar.duration
        found[-1] = found[-1]._replace(barline=last.barline)
        return tuple(found)

    def place(self, tick: int) -> int | None:
        """The tick on the folded page, None where it is gone."""
        index = int(np.searchsorted(self.starts, tick, side="right")) - 1
        return None if self.gone[index] else int(self.begin[index]) + tick - int(self.starts[index])

    def notes(self, notes: Sequence[Note]) -> tuple[Note, ...]:
        """Those that are left."""
        return tuple(note._replace(onset=new) for note in notes if (new := self.place(note.onset)) is not None)

    def marks(self, marks: Sequence[_Mark]) -> tuple[_Mark, ...]:
        """What holds until the next."""
        return tuple(mark._replace(tick=new) for mark in marks if (new := self.place(mark.tick)) is not None)

    def spans(self, marks: Sequence[_Span]) -> tuple[_Span, ...]:
        """What has an end, as long as it was."""
        return tuple(
            mark._replace(tick=new, end=None if mark.end is None else new + mark.end - mark.tick)
            for mark in marks
            if (new := self.place(mark.tick)) is not None
        )


def _comes_back(alike: Float64Array, first: int, length: int, times: int) -> bool:
    """Whether the passage is there once more after so many times."""
    begin = first + times * length
    if begin + length > len(alike):
        return False
    each = alike[np.arange(first, first + length), np.arange(begin, begin + length)]
    return bool(each.min() >= _EACH and each.mean() >= _ALIKE)


def _bars_alike(score: Score) -> Float64Array:
    """How much any two bars have in common, (bars, bars): shared notes over all; bars of rests are like no other."""
    starts = np.array([bar.tick for bar in score.bars])
    content: list[set[tuple[int, int]]] = [set() for _ in score.bars]
    unit = score.ticks_per_quarter / _TWELFTHS
    for part in score.parts:
        for note in part.notes:
            if not note.grace and not note.tied_to_previous:
                index = int(np.searchsorted(starts, note.onset, side="right")) - 1
                content[index].add((round((note.onset - int(starts[index])) / unit), note.pitch))
    alike = np.zeros((len(content), len(content)))
    for first, one in enumerate(content):
        for second in range(first + 1, len(content)):
            other = content[second]
            if one and other and score.bars[first].duration == score.bars[second].duration:
                alike[first, second] = len(one & other) / len(one | other)
    return alike
