"""Passages that are played again at once, written once between repeat signs.

Bars are compared by what begins in them and where; a passage that comes back bar for bar is taken for a repeat if it is long enough and
nearly all of it is the same (the block structure of a self-similarity matrix: Müller, *Fundamentals of Music Processing*, §4.2, here of
pages). Only for paper: a folded page no longer follows the recording.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.score.model import Score
from hexachord.score.trimming import without_bars

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
    bars, gone = list(score.bars), list[int]()
    for first, length, times in repeats:
        bars[first] = bars[first]._replace(repeat_start=True)
        bars[first + length - 1] = bars[first + length - 1]._replace(repeat_end=times)
        gone += range(first + length, first + times * length)
    page = without_bars(replace(score, bars=tuple(bars)), gone)
    return replace(page, parts=tuple(replace(part, controls=(), bends=()) for part in page.parts))


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
