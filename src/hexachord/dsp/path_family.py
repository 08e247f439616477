"""Which other parts of a piece repeat a segment, how well, and how much of the piece they cover: the fitness of a segment.

A path family of a segment is a set of paths through its columns of a self-similarity matrix, each from the segment's first moment to its
last, one after the other in time. The best family is found by dynamic programming; what it gains beyond the segment explaining
itself, and how much of the piece it covers, together make the fitness, and the fittest segment is the piece's thumbnail. Müller, Jiang &
Grosche, "A robust fitness measure for capturing repetitions in music recordings with applications to audio thumbnailing", IEEE TASLP
21(3), 2013; Müller, *Fundamentals of Music Processing* (FMP), §4.3.1. All segments at once: `hexachord.dsp.scape_plot`.

Each cell's score carries along how many moments its paths cover and how many cells they have, packed into the low bits of one integer.
Taking the larger of two integers then compares scores, and between equal scores prefers the family that covers more, then the one with
fewer cells; and the fitness of a segment needs no path to be read back.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

MOST_MOMENTS = 1000
LARGEST = 8.0  # of similarities and penalties, so that not even a thousand penalties on end overflow
EXTRA_MOMENT = 1 << 12  # added to a packed score, covers one more moment; 12 bits each for moments covered and for cells
NOWHERE = -(1 << 61)
_SCORE_STEP = 2.0**-24


@dataclass(frozen=True, eq=False)
class PathFamily:
    """The best path family of one segment.

    Parameters
    ----------
    paths : each (cells, 2) of (moment, moment within the whole piece that it repeats), ascending; by time
    segments : (paths, 2) first and last + 1 moment of what repeats the segment, the segment itself among them (FMP §4.3.1.1)
    score : sum of similarities along the paths
    normalised_score, coverage, fitness : in [0, 1], without what the segment explains of itself (FMP §4.3.1.3)
    """

    paths: tuple[IntArray, ...]
    segments: IntArray
    score: float
    normalised_score: float
    coverage: float
    fitness: float


def accumulated_score(similarity: FloatArray, *, start: int, stop: int) -> Float64Array:
    """Accumulate the best score of path families of a segment. FMP §4.3.1.2.

    Paths move by (1, 1), (1, 2) or (2, 1): at half to double tempo. A first column, the elevator, lets time pass between paths.

    Parameters
    ----------
    similarity : (n, n), 1 on the diagonal and at most 1 elsewhere, negative where two moments are not alike (`threshold_similarity` with
        a penalty)
    start, stop : the segment, moments start ... stop - 1

    Returns
    -------
    (n, stop - start + 1): column 0 is the elevator, column `k` the segment's moment `k - 1`; -inf where nothing leads

    Examples
    --------
    >>> accumulated_score(np.eye(3), start=0, stop=2)
    array([[  0.,   1., -inf],
           [  0.,   0.,   2.],
           [  2.,   2.,   1.]])
    """
    _check(similarity, start, stop)
    return _accumulate(np.asarray(similarity, dtype=np.float64), start, stop, nowhere=-np.inf, extra=0.0)


def path_family(similarity: FloatArray, *, start: int, stop: int) -> PathFamily:
    """Find the best path family of a segment, and its fitness. FMP §4.3.1.2 and §4.3.1.3.

    Parameters
    ----------
    similarity : see `accumulated_score`; penalties down to -8, at most 1000 moments, values in steps of 2 ** -24
    start, stop : the segment, moments start ... stop - 1

    Returns
    -------
    PathFamily

    Examples
    --------
    >>> alike = np.array([[1.0 if a == b else -1.0 for a in "ABCAB"] for b in "ABCAB"])
    >>> family = path_family(alike, start=0, stop=2)
    >>> family.segments.tolist(), family.score, round(family.fitness, 3)  # AB comes twice: score (4 - 2) / 4, coverage (4 - 2) / 5
    ([[0, 2], [3, 5]], 4.0, 0.444)
    """
    _check(similarity, start, stop)
    score = _accumulate(pack(similarity), start, stop, nowhere=NOWHERE, extra=EXTRA_MOMENT)
    moments, length = len(score), stop - start
    row, column = moments - 1, (0 if score[-1, 0] > score[-1, -1] else length)
    total, steps, covered = unpack(score[row, column])
    paths: list[IntArray] = []
    cells: list[tuple[int, int]] = []
    while row >= 0:
        if column == 0:
            row -= 1
            column = length if row >= 0 and score[row, length] > score[row, 0] else 0
            continue
        cells.append((row, start + column - 1))
        if column == 1:
            paths.append(np.array(cells[::-1], dtype=np.int64))
            cells = []
            column = 0
            continue
        came = [(score[row - 1, column - 1], row - 1, column - 1)]
        came += [(score[row - 1, column - 2], row - 1, column - 2)] if column > 2 else []
        came += [(score[row - 2, column - 1] + EXTRA_MOMENT, row - 2, column - 1)] if row > 1 else []
        _, row, column = max(came)
    paths.reverse()
    segments = np.array([(path[0, 0], path[-1, 0] + 1) for path in paths], dtype=np.int64).reshape(-1, 2)
    normalised, coverage, fitness = fitness_of(total, steps, covered, length=length, moments=moments)
    return PathFamily(tuple(paths), segments, float(total), float(normalised), float(coverage), float(fitness))


def fitness_of(
    score: FloatArray, steps: FloatArray, covered: FloatArray, *, length: int | IntArray, moments: int
) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Normalise scores and coverages of path families and take their harmonic mean. FMP §4.3.1.3.

    Parameters
    ----------
    score : sum of similarities along the paths
    steps : number of cells of the paths
    covered : number of moments that the paths cover
    length : of the segment, in moments
    moments : in the whole piece

    Returns
    -------
    normalised score, normalised coverage, fitness; each at least 0

    Examples
    --------
    >>> fitness_of(np.array(4.0), np.array(4), np.array(4), length=2, moments=5)
    (array(0.5), array(0.4), array(0.44444444))
    """
    normalised = np.asarray(np.maximum((score - length) / np.maximum(steps, 1), 0.0), dtype=np.float64)
    coverage = np.asarray(np.maximum((covered - length) / moments, 0.0), dtype=np.float64)
    both = normalised + coverage
    fitness = np.asarray(2 * normalised * coverage / np.where(both > 0, both, 1.0))
    return normalised, coverage, fitness


def pack(similarity: FloatArray) -> IntArray:
    """Turn similarities into integers that carry one cell and one moment each; sums of them add up scores, cells and moments.

    Raises
    ------
    ValueError : if the matrix is not (n, n) with n up to `MOST_MOMENTS`, or a value is not finite or beyond `LARGEST`.
    """
    moments = len(similarity)
    if similarity.shape != (moments, moments) or moments > MOST_MOMENTS:
        raise ValueError(f"expected a self-similarity matrix (n, n) with n up to {MOST_MOMENTS}, not {similarity.shape}")
    if not (np.isfinite(similarity).all() and np.abs(similarity).max(initial=0.0) <= LARGEST):
        raise ValueError(f"expected finite similarities and penalties between {-LARGEST} and {LARGEST}")
    steps = np.rint(np.asarray(similarity, dtype=np.float64) / _SCORE_STEP).astype(np.int64)
    return np.asarray(steps * EXTRA_MOMENT**2 + (EXTRA_MOMENT - 1))  # one more moment covered, less one more cell: fewer are better


def unpack(packed: IntArray | np.integer) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Give score, number of cells and number of moments covered, of sums of packed values."""
    cells = -packed & (EXTRA_MOMENT - 1)
    rest = (packed + cells) // EXTRA_MOMENT
    score = rest // EXTRA_MOMENT * _SCORE_STEP
    return np.asarray(score), np.asarray(cells, dtype=np.float64), np.asarray(rest & (EXTRA_MOMENT - 1), dtype=np.float64)


def _accumulate(matrix: np.ndarray, start: int, stop: int, *, nowhere: float, extra: float) -> np.ndarray:
    """Run the dynamic program on plain or packed similarities; `extra` is what a step over two moments adds."""
    moments, length = len(matrix), stop - start
    score = np.full((moments, length + 1), nowhere, dtype=matrix.dtype)
    score[0, 0] = 0
    score[0, 1] = matrix[0, start]
    for row in range(1, moments):
        above = score[row - 1]
        score[row, 0] = max(above[0], above[-1])
        best = above[1:-1].copy()
        np.maximum(best[1:], above[1:-2], out=best[1:])
        if row > 1:
            np.maximum(best, score[row - 2, 1:-1] + matrix.dtype.type(extra), out=best)
        score[row, 2:] = best + matrix[row, start + 1 : stop]
        score[row, 1] = score[row, 0] + matrix[row, start]
    return score


def _check(similarity: FloatArray, start: int, stop: int) -> None:
    if similarity.ndim != 2 or similarity.shape[0] != similarity.shape[1]:
        raise ValueError(f"expected a self-similarity matrix (n, n), not {similarity.shape}")
    if not 0 <= start < stop <= len(similarity):
        raise ValueError(f"a segment lies within 0 and {len(similarity)}, not {start} to {stop}")
