"""The MusDr metrics: how varied pitch classes, rhythms and chords of a piece are from bar to bar.

S.-L. Wu, Y.-H. Yang, "The Jazz Transformer on the front line: exploring the shortcomings of AI-composed music through quantitative
measures", ISMIR 2020, section 4. They are compared with those of real music of the same kind, read the same way: none of them is better
for being higher. The structure indicators of the same paper are in `hexachord.theory.structure_indicators`.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray

POSITIONS = 16
"""Cells of a bar by default: sixteenths of 4/4. The paper's own code has 64. Similarity changes with it, so it is part of the name."""


def grid_cells(onset: FloatArray | IntArray, bar_lines: FloatArray | IntArray, *, positions: int = POSITIONS) -> IntArray:
    """Say in which cell of a grid over the bars each note begins: its bar times `positions`, and how far into the bar it is.

    Each bar has as many cells, however long it is; a note goes to the nearest, so that one played just before the bar line belongs to the
    bar after it.

    Parameters
    ----------
    onset : (n,) in ticks, quarters or seconds
    bar_lines : (bars + 1,) ascending, in the same unit: where each bar begins, and where the last one ends
    positions : cells in a bar

    Returns
    -------
    (n,) cells, from 0; -1 for notes outside the bars. The bar is ``cells // positions``.

    Raises
    ------
    ValueError : if bar lines do not ascend, or there are fewer than two.

    Examples
    --------
    >>> grid_cells(np.array([0.0, 1.0, 3.99, 6.0, 9.0]), np.array([0.0, 4.0, 8.0]), positions=16).tolist()
    [0, 4, 16, 24, -1]
    """
    lines = np.asarray(bar_lines, dtype=np.float64)
    if len(lines) < 2 or not (np.diff(lines) > 0).all():
        raise ValueError("bar lines ascend, and there are at least two")
    place = np.interp(np.asarray(onset, dtype=np.float64), lines, np.arange(len(lines)), left=-1.0, right=-1.0)
    cells = np.floor(place * positions + 0.5).astype(np.int64)
    return np.where((place >= 0) & (cells < (len(lines) - 1) * positions), cells, -1)


def pitch_class_entropy(pitch: IntArray | FloatArray, bar: IntArray, *, bars: int) -> float:
    """Measure how many pitch classes are in use at a time: the entropy of their histogram over a few bars. The metric H.

    ``H = -sum(h * log2(h))`` of the share `h` of notes (not of time) that each pitch class has, in every window of `bars` bars; windows
    move on by one bar, and their mean is taken. H1 and H4, over one bar and four, are usual. High: no clear key; low: a few notes.

    Parameters
    ----------
    pitch : (n,) MIDI numbers of pitched notes
    bar : (n,) bar of each, from 0; notes with a negative one are left out
    bars : length of the window; a piece that is shorter is one window

    Returns
    -------
    Entropy in bits, 0 to log2(12) = 3.585; windows without notes do not count, NaN if there are no notes

    Examples
    --------
    >>> pitch_class_entropy(np.array([60, 64, 67, 72]), np.array([0, 0, 1, 1]), bars=1)
    1.0
    >>> pitch_class_entropy(np.array([60, 64, 67, 72]), np.array([0, 0, 1, 1]), bars=4)
    1.5
    """
    if bars < 1:
        raise ValueError(f"a window has one bar or more, not {bars}")
    inside = np.asarray(bar) >= 0
    if not inside.any():
        return float("nan")
    where = np.asarray(bar)[inside].astype(np.int64)
    classes = np.rint(np.asarray(pitch)[inside]).astype(np.int64) % 12
    count = int(where.max()) + 1
    heard = np.zeros((count + 1, 12))
    np.add.at(heard, (where + 1, classes), 1.0)
    total = np.cumsum(heard, axis=0)  # of everything before each bar line
    width = min(bars, count)
    windows = total[width:] - total[:-width]
    return float(entropy_bits(windows[windows.sum(axis=1) > 0]).mean())


def grooving_similarity(cells: IntArray, *, positions: int = POSITIONS, bars: int | None = None) -> float:
    """Measure how alike the rhythms of bars are: the share of grid positions on which two bars agree. The metric GS.

    ``GS = 1 - mean over pairs of bars of (number of positions where just one of them has an onset) / positions``. All pairs count. The
    paper's code draws a thousand of them; here the mean over all has a closed form: of `B` bars with an onset at a position in `k`, there
    are ``k * (B - k)`` pairs that differ.

    Parameters
    ----------
    cells : (n,) cell of each note, see `grid_cells`, with the same `positions`; negative ones are left out
    positions : of a bar; part of the metric's name, as in ``gs16``
    bars : how many bars there are; by default up to the last that has a note

    Returns
    -------
    0 (no two bars share or lack an onset) to 1 (all bars have one rhythm); NaN for fewer than two bars

    Examples
    --------
    >>> grooving_similarity(np.array([0, 4, 8, 12, 16, 20, 24, 28]))
    1.0
    >>> grooving_similarity(np.array([0, 4, 8, 12, 16, 24]))  # two of sixteen positions differ
    0.875
    """
    pattern = onset_patterns(cells, positions=positions, bars=bars)
    count = len(pattern)
    if count < 2:
        return float("nan")
    struck = pattern.sum(axis=0, dtype=np.int64)
    differing = int((struck * (count - struck)).sum())
    return 1.0 - differing / (positions * (count * (count - 1) // 2))


def onset_patterns(cells: IntArray, *, positions: int, bars: int | None = None) -> BoolArray:
    """Mark which positions of each bar have an onset, (bars, positions).

    Raises
    ------
    ValueError : if there are notes beyond `bars`.
    """
    kept = np.asarray(cells)[np.asarray(cells) >= 0].astype(np.int64)
    needed = int(kept.max(initial=-1)) // positions + 1
    count = needed if bars is None else bars
    if count < needed:
        raise ValueError(f"notes lie in {needed} bars, not in {count}")
    pattern = np.zeros((count, positions), dtype=np.bool_)
    pattern[kept // positions, kept % positions] = True
    return pattern


def chord_irregularity(chords: Sequence[str], *, length: int = 3) -> float:
    """Measure how rarely chord progressions come again: the share of runs of three chords that are unique. The metric CPI.

    ``CPI = number of different runs / number of runs``, of `length` chords in a row. (The paper's code leaves out the last run.)

    Parameters
    ----------
    chords : labels in order; the same chord twice in a row counts twice, so say what an entry is: a change, or a beat
    length : of a run

    Returns
    -------
    Above 0 (one pattern over and over) to 1 (nothing comes again); 1 where there are no more chords than one run has

    Examples
    --------
    >>> chord_irregularity(["C", "F", "G"] * 4)  # CFG FGC GCF, ten runs in all
    0.3
    """
    runs = [tuple(chords[start : start + length]) for start in range(len(chords) - length + 1)]
    return len(set(runs)) / len(runs) if len(runs) > 1 else 1.0


def entropy_bits(counts: FloatArray | IntArray) -> Float64Array:
    """Give the Shannon entropy of histograms along the last axis, in bits; 0 for an empty one.

    Examples
    --------
    >>> entropy_bits(np.array([[1.0, 1.0], [4.0, 0.0]]))
    array([1., 0.])
    """
    weight = np.asarray(counts, dtype=np.float64)
    total = weight.sum(axis=-1, keepdims=True)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    logarithm = np.log2(share, out=np.zeros_like(share), where=share > 0)
    return np.asarray(np.abs((share * logarithm).sum(axis=-1)))
