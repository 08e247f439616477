"""The fitness of every segment of a piece at once: the scape plot, and the thumbnail at its top.

Müller & Jiang, "A scape plot representation for visualizing repetitive structures of music recordings", ISMIR 2012; Müller,
*Fundamentals of Music Processing* (FMP), §4.3.1.4 and §4.3.2; the dynamic program is that of `hexachord.dsp.path_family`.

There are about `n ** 2 / 2` segments, and each is a dynamic program over `n * length` cells. What makes that quick: all segments of one
length walk down the piece together, a row at a time, and no path is ever read back, for scores are packed with what they cover.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.dsp.path_family import EXTRA_MOMENT, NOWHERE, PathFamily, fitness_of, pack, path_family, unpack


@dataclass(frozen=True, eq=False)
class ScapePlot:
    """Numbers of every segment, (n, n) each: row `k` holds the segments of `k + 1` moments, column `s` those that start at moment `s`.

    `fitness`, `normalised_score` and `coverage` are in [0, 1], and 0 where a segment would not fit; `every` is the grid that was looked at.
    """

    fitness: Float64Array
    normalised_score: Float64Array
    coverage: Float64Array
    every: int = 1

    def __len__(self) -> int:
        return len(self.fitness)

    def fittest(self, *, shortest: int = 1, longest: int | None = None) -> tuple[int, int, float]:
        """Return the fittest segment of a range of lengths: its first moment, its last + 1, and its fitness. FMP §4.3.1.4.

        The largest fitness of a range of lengths is also the structureness indicator of Wu & Yang, "The Jazz Transformer on the front
        line", ISMIR 2020.
        """
        rows = self.fitness[max(shortest, 1) - 1 : longest]
        if rows.size == 0:
            raise ValueError(f"no segment of {shortest} to {longest} moments in a piece of {len(self)}")
        row, start = np.unravel_index(int(rows.argmax()), rows.shape)
        return int(start), int(start) + int(row) + max(shortest, 1), float(rows[row, start])


def scape_plot(similarity: FloatArray, *, every: int = 1) -> ScapePlot:
    """Compute the fitness of all segments. FMP §4.3.2.

    Parameters
    ----------
    similarity : see `path_family`
    every : look only at segments whose start and length are multiples of this: `every ** 2` times quicker

    Returns
    -------
    ScapePlot. The time grows with n ** 4: 240 moments (four minutes in seconds) take two seconds, 480 half a minute.

    Examples
    --------
    >>> alike = np.array([[1.0 if a == b else -1.0 for a in "ABCAB"] for b in "ABCAB"])
    >>> start, stop, fitness = scape_plot(alike).fittest()
    >>> start, stop, round(fitness, 3)
    (0, 2, 0.444)
    """
    if every < 1:
        raise ValueError(f"segments lie on a grid of one moment or more, not {every}")
    packed, moments = pack(similarity), len(similarity)
    out = np.zeros((3, moments, moments))
    for length in range(every, moments + 1, every):
        starts = np.arange(0, moments - length + 1, every)
        score, steps, covered = _walk(packed, length=length, every=every)
        for plot, values in zip(out, fitness_of(score, steps, covered, length=length, moments=moments), strict=True):
            plot[length - 1, starts] = values
    normalised, coverage, fitness = out
    return ScapePlot(fitness=fitness, normalised_score=normalised, coverage=coverage, every=every)


def thumbnail(similarity: FloatArray, *, shortest: int, longest: int | None = None, every: int = 1) -> PathFamily:
    """Find the segment that stands best for the whole piece, with all its repetitions. FMP §4.3.1.4.

    Parameters
    ----------
    similarity, every : see `scape_plot`
    shortest, longest : moments the thumbnail may have

    Returns
    -------
    PathFamily of the fittest segment; its `segments` are the thumbnail and what repeats it

    Examples
    --------
    >>> alike = np.array([[1.0 if a == b else -1.0 for a in "ABCAB"] for b in "ABCAB"])
    >>> thumbnail(alike, shortest=2).segments.tolist()
    [[0, 2], [3, 5]]
    """
    start, stop, _ = scape_plot(similarity, every=every).fittest(shortest=shortest, longest=longest)
    return path_family(similarity, start=start, stop=stop)


def _walk(packed: IntArray, *, length: int, every: int) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Run the dynamic program of all segments of one length: (score, cells, moments covered) of each, from start 0 on."""
    windows = np.lib.stride_tricks.sliding_window_view(packed, length, axis=1)[:, ::every]  # [row, segment, moment of the segment]
    segments = windows.shape[1]
    elevator = np.zeros(segments, dtype=np.int64)
    before = np.full((segments, length), NOWHERE, dtype=np.int64)
    above = np.full((segments, length), NOWHERE, dtype=np.int64)
    here = np.empty((segments, length), dtype=np.int64)
    above[:, 0] = windows[0, :, 0]
    for row in range(1, len(packed)):
        np.maximum(elevator, above[:, -1], out=elevator)
        inner = here[:, 1:]
        np.add(before[:, :-1], EXTRA_MOMENT, out=inner)  # two moments on, one in the segment
        np.maximum(inner, above[:, :-1], out=inner)
        np.maximum(inner[:, 1:], above[:, :-2], out=inner[:, 1:])
        inner += windows[row, :, 1:]
        np.add(elevator, windows[row, :, 0], out=here[:, 0])
        before, above, here = above, here, before
    return unpack(np.maximum(elevator, above[:, -1]))
