"""Texture: how many lines there are, whether they move together, how dense it is, and how wide each part's voice is.

W. Berry, *Structural Functions in Music*, Prentice-Hall 1976, ch. 2, where texture is density (how many sound) and independence (whether
they do the same). A bar is *silent*, *monophonic* (one at a time), *chordal* (they strike together), *melody and accompaniment* (one
line moves apart from the rest) or *polyphonic* (lines move each for itself).
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

TEXTURES = ("silent", "monophonic", "chordal", "melody and accompaniment", "polyphonic")
VOICE_RANGES: dict[str, tuple[int, int]] = {
    "soprano": (60, 81),
    "mezzo-soprano": (57, 77),
    "alto": (53, 74),
    "tenor": (48, 69),
    "baritone": (43, 64),
    "bass": (40, 60),
}
"""Lowest and highest note that choir singers have comfortably (A. Adler, *The Study of Orchestration*, ch. "The Chorus")."""
_ONE_AT_A_TIME, _TOGETHER = 1.1, 0.85
_ALONE = 0.5  # of the top line's onsets with nobody else: it goes its own way
_SAME = 1e-6


class Ambitus(NamedTuple):
    """How far a line goes: lowest and highest MIDI pitch, and where the middle half of its time is spent (tessitura)."""

    low: int
    high: int
    usual_low: int
    usual_high: int

    @property
    def semitones(self) -> int:
        """From the lowest to the highest."""
        return self.high - self.low


def ambitus(pitch: IntArray, duration: FloatArray) -> Ambitus | None:
    """Measure how far a line goes; None if there are no notes.

    Examples
    --------
    >>> ambitus(np.array([60, 62, 64, 72]), np.ones(4))
    Ambitus(low=60, high=72, usual_low=60, usual_high=64)
    """
    if not len(pitch):
        return None
    order = np.argsort(pitch, kind="stable")
    keys, held = np.asarray(pitch)[order], np.cumsum(np.maximum(np.asarray(duration)[order], 1e-9))
    low, high = (int(keys[np.searchsorted(held, share * held[-1])]) for share in (0.25, 0.75))
    return Ambitus(int(keys[0]), int(keys[-1]), low, high)


def voices_that_can_sing(found: Ambitus) -> tuple[str, ...]:
    """Name the kinds of voice whose range holds a line.

    Examples
    --------
    >>> voices_that_can_sing(Ambitus(60, 72, 62, 67))
    ('soprano', 'mezzo-soprano', 'alto')
    """
    return tuple(name for name, (low, high) in VOICE_RANGES.items() if low <= found.low and found.high <= high)


def bar_textures(onset: FloatArray, end: FloatArray, pitch: IntArray, *, bar_lines: FloatArray) -> tuple[str, ...]:
    """Name the texture of each bar.

    Parameters
    ----------
    onset, end, pitch : (n,) pitched notes, in any unit of time
    bar_lines : (bars + 1,) in the same

    Examples
    --------
    >>> onset, pitch = np.array([0, 1, 2, 3, 4, 4, 4, 6, 6, 6]), np.array([60, 62, 64, 65, 48, 64, 67, 50, 65, 69])
    >>> bar_textures(onset, onset + np.where(onset < 4, 1, 2), pitch, bar_lines=np.array([0, 4, 8]))
    ('monophonic', 'chordal')
    """
    start, stop, key = (np.asarray(column, dtype=np.float64) for column in (onset, end, pitch))
    out = []
    for first, last in pairwise(bar_lines):
        sounding = (start < last - _SAME) & (stop > first + _SAME)
        out.append(_texture(start[sounding], stop[sounding], key[sounding], float(first), float(last)))
    return tuple(out)


def bar_densities(onset: FloatArray, *, bar_lines: FloatArray) -> Float64Array:
    """Count the notes that begin in each bar, (bars,).

    Examples
    --------
    >>> bar_densities(np.array([0, 1, 4]), bar_lines=np.array([0, 4, 8])).tolist()
    [2.0, 1.0]
    """
    return np.histogram(onset, bins=np.asarray(bar_lines, dtype=np.float64))[0].astype(np.float64)


def _texture(start: Float64Array, stop: Float64Array, key: Float64Array, first: float, last: float) -> str:
    if not len(start):
        return "silent"
    clipped = np.minimum(stop, last) - np.maximum(start, first)
    borders = np.unique(np.concatenate([np.maximum(start, first), np.minimum(stop, last)]))
    covered = sum(b - a for a, b in pairwise(borders) if ((start < b - _SAME) & (stop > a + _SAME)).any())
    if clipped.sum() <= _ONE_AT_A_TIME * covered:
        return "monophonic"
    struck = start >= first - _SAME
    times, count = np.unique(np.round(start[struck], 6), return_counts=True)
    if not len(times):
        return "chordal"
    sounding = np.array([int(((start <= time + _SAME) & (stop > time + _SAME)).sum()) for time in times])
    together = float(count.sum() / sounding.sum())
    if together >= _TOGETHER:
        return "chordal"
    top = np.array([key[(start <= time + _SAME) & (stop > time + _SAME)].max() for time in times])
    has_top = np.array([bool((key[struck & (np.abs(start - time) < 1e-5)] == high).any()) for time, high in zip(times, top, strict=True)])
    alone = float(((count == 1) & has_top).sum() / max(has_top.sum(), 1))
    thick = float(sounding.mean())
    return "melody and accompaniment" if alone >= _ALONE or thick > 3.5 else "polyphonic"
