"""Which bar is like which earlier one: what section plans say, and what a model can be reminded of."""

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.composition.clips import Clip
from hexachord.composition.vocabulary import GRID

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
