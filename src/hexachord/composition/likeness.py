"""Which bar is like which earlier one: what section plans say, and what a model can be reminded of."""

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.clips import Clip
from hexachord.composition.vocabulary import GRID, SECTIONS

_SIXTEENTH = GRID // 4
_LEAST = 0.5


def bar_likeness(clip: Clip) -> Float64Array:
    """Compare bars by what is struck when: (bars, bars), the share of notes two bars have in common (Dice), 0 for empty ones.

    Notes are equal that have role, pitch class and sixteenth in common.
    """
    notes, count = clip.notes, len(clip.bars)
    step = np.minimum(notes["place"] // _SIXTEENTH, 63).astype(np.int64)
    word = (notes["role"].astype(np.int64) * 64 + step) * 12 + notes["pitch"] % 12
    words, index = np.unique(word, return_inverse=True)
    if not len(words):
        return np.zeros((count, count))
    table = np.zeros((count, len(words)), dtype=np.float32)
    table[notes["bar"], index] = 1.0
    size = table.sum(axis=1)
    both = table @ table.T
    total = size[:, None] + size[None, :]
    return np.asarray(np.divide(2.0 * both, total, out=np.zeros_like(both), where=total > 0), dtype=np.float64)


def alike_bars(clip: Clip, *, least: float = _LEAST) -> tuple[tuple[int, int, float], ...]:
    """Find for each bar the earlier one that it is most like: (bar, earlier bar, likeness), where that is at least `least`.

    Of equals the latest counts.

    Examples
    --------
    >>> from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
    >>> notes = empty_notes(3)
    >>> notes["bar"], notes["pitch"] = [0, 1, 2], [60, 62, 60]
    >>> alike_bars(Clip(bars=make_bars(3, 4, 4), notes=notes, chords=empty_chords()))
    ((2, 0, 1.0),)
    """
    table = bar_likeness(clip)
    found = []
    for bar in range(1, len(table)):
        earlier = table[bar, :bar]
        best = bar - 1 - int(np.argmax(earlier[::-1]))
        if earlier[best] >= least:
            found.append((bar, best, float(earlier[best])))
    return tuple(found)


def section_letters(clip: Clip, *, bars: int, skip: int = 0, least: float = 0.4) -> IntArray:
    """Name stretches of equal length by letters: one that is like an earlier one has its letter.

    Parameters
    ----------
    bars : of each stretch
    skip : bars before the first whole stretch; those have a letter of their own
    least : mean likeness, bar by bar, from which stretches are the same

    Returns
    -------
    (bars of the clip,) 1 for A and so on, 0 where there are more than letters

    Examples
    --------
    >>> from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
    >>> notes = empty_notes(6)
    >>> notes["bar"], notes["pitch"] = range(6), [60, 62, 64, 65, 60, 62]
    >>> section_letters(Clip(bars=make_bars(6, 4, 4), notes=notes, chords=empty_chords()), bars=2).tolist()
    [1, 1, 2, 2, 1, 1]
    """
    count, table = len(clip.bars), bar_likeness(clip)
    found = np.zeros(count, dtype=np.int64)
    heads: list[int] = []  # where each letter was first
    for start in [*([0] if skip else []), *range(skip, count, bars)]:
        stop = min(start + bars, count) if start >= skip else skip
        size = stop - start
        alike = [
            float(np.mean(table[np.arange(start, stop), np.arange(head, head + size)])) if head + size <= start else 0.0 for head in heads
        ]
        best = int(np.argmax(alike)) if alike else -1
        if best < 0 or alike[best] < least:
            heads.append(start)
            best = len(heads) - 1
        found[start:stop] = best + 1
    found[found > SECTIONS] = 0
    return found
