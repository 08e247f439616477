"""Self-similarity matrices: every moment of a piece compared with every other.

Repetitions are stripes parallel to the diagonal (paths), stretches of one sound are squares (blocks). Most work goes into making the
paths clear: along the diagonal and at several tempi, in all twelve transpositions, and with a threshold under which everything is nothing.
Müller, *Fundamentals of Music Processing* (FMP), §4.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.dsp.dtw import unit_rows

Direction = Literal["forward", "backward", "both"]
Keep = Literal["above", "share", "local"]


@dataclass(frozen=True, kw_only=True)
class PathSmoothing:
    """How a matrix is smoothed along its paths.

    Parameters
    ----------
    moments : how many moments in a row are averaged
    tempi : relative tempi tried (1.25: the columns' music goes a quarter faster); the best counts
    direction : average what follows each moment, what leads up to it, or (maximum of) both: averaging one way makes paths fade out at
        one of their ends
    """

    moments: int
    tempi: tuple[float, ...] = (1.0,)
    direction: Direction = "both"

    def __post_init__(self) -> None:
        if self.moments < 1 or not self.tempi or min(self.tempi) <= 0:
            raise ValueError(f"smoothing needs moments and positive tempi, not {self.moments} and {self.tempi}")


@dataclass(frozen=True, eq=False)
class TransposedSimilarity:
    """Similarity in the best of several transpositions.

    `matrix` (n, m), and `shift` (n, m): by how many semitones column `m` has to go up to be most like row `n`.
    """

    matrix: Float64Array
    shift: IntArray


def self_similarity(features: FloatArray, other: FloatArray | None = None) -> Float64Array:
    """Compare all pairs of moments by the cosine of their features. FMP §4.2.1.

    Parameters
    ----------
    features : (n, columns)
    other : (m, columns) of another recording; the same one by default

    Returns
    -------
    (n, m); 1 means alike up to loudness. All-zero moments are like nothing (see `normalise_features`).

    Examples
    --------
    >>> self_similarity(np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]))
    array([[1., 0., 1.],
           [0., 1., 0.],
           [1., 0., 1.]])
    """
    first = unit_rows(features)
    product: Float64Array = first @ (first if other is None else unit_rows(other)).T
    return product


def enhance_paths(similarity: FloatArray, smoothing: PathSmoothing) -> Float64Array:
    """Average a similarity matrix along diagonals, at several tempi, forward and backward. FMP §4.2.2.2.

    Forward, ``S_L(n, m) = max over tempi t of mean over l < L of S(n + l, m + round(l * t))``; backward with minus signs. What lies outside
    counts as 0.

    Parameters
    ----------
    similarity : (n, m)
    smoothing : see `PathSmoothing`

    Returns
    -------
    (n, m)

    Examples
    --------
    >>> enhance_paths(np.eye(4), PathSmoothing(moments=2, direction="forward"))
    array([[1. , 0. , 0. , 0. ],
           [0. , 1. , 0. , 0. ],
           [0. , 0. , 1. , 0. ],
           [0. , 0. , 0. , 0.5]])
    >>> enhance_paths(np.eye(4), PathSmoothing(moments=2)).diagonal()
    array([1., 1., 1., 1.])
    """
    matrix = np.asarray(similarity, dtype=np.float64)
    best = np.full(matrix.shape, -np.inf)
    for sign in {"forward": (1,), "backward": (-1,), "both": (1, -1)}[smoothing.direction]:
        for tempo in smoothing.tempi:
            total = np.zeros(matrix.shape)
            for step in range(smoothing.moments):
                _add_shifted(total, matrix, sign * step, sign * int(np.rint(step * tempo)))
            np.maximum(best, total / smoothing.moments, out=best)
    return best


def transposed_similarity(
    features: FloatArray, other: FloatArray | None = None, *, shifts: Sequence[int] = range(12), smoothing: PathSmoothing | None = None
) -> TransposedSimilarity:
    """Compare all pairs of moments in every transposition and keep the best. FMP §4.2.2.3.

    Parameters
    ----------
    features, other : (n, 12), (m, 12) chroma
    shifts : semitones that the columns' music is moved up
    smoothing : of each transposition's matrix along its paths, before they compete: a path has one transposition, a single moment is like
        anything in some

    Returns
    -------
    TransposedSimilarity; of equally good transpositions the first

    Examples
    --------
    >>> found = transposed_similarity(np.eye(12)[[0, 2]])
    >>> found.matrix, found.shift
    (array([[1., 1.],
           [1., 1.]]), array([[ 0, 10],
           [ 2,  0]]))
    """
    second = features if other is None else other
    if features.shape[1] != 12 or second.shape[1] != 12:
        raise ValueError(f"transposition turns the twelve columns of chroma; these have {features.shape[1]} and {second.shape[1]}")
    best = np.full((len(features), len(second)), -np.inf)
    chosen = np.zeros(best.shape, dtype=np.int64)
    for shift in shifts:
        matrix = self_similarity(features, np.roll(second, shift, axis=1))
        if smoothing is not None:
            matrix = enhance_paths(matrix, smoothing)
        better = matrix > best
        best[better], chosen[better] = matrix[better], shift
    return TransposedSimilarity(matrix=best, shift=chosen)


def threshold_similarity(
    similarity: FloatArray, *, keep: Keep, value: float, binary: bool = False, scaled: bool = False, penalty: float = 0.0
) -> Float64Array:
    """Set everything below a threshold to 0, or to a penalty. FMP §4.2.2.4.

    Parameters
    ----------
    similarity : (n, m)
    keep : "above" keeps values of at least `value`; "share" the share `value` of all cells that are largest; "local" the cells that are
        among the largest share `value` both of their row and of their column; of cells with equal values all are kept
    binary : what is kept becomes 1
    scaled : what is kept is stretched, the least to 0 and the largest to 1
    penalty : what is not kept becomes this; a negative one makes a path pay for leaving what is alike (FMP §4.3 needs that)

    Returns
    -------
    (n, m)

    Examples
    --------
    >>> matrix = np.array([[1.0, 0.2, 0.6], [0.2, 1.0, 0.1]])
    >>> threshold_similarity(matrix, keep="above", value=0.5, scaled=True, penalty=-2.0)
    array([[ 1., -2.,  0.],
           [-2.,  1., -2.]])
    """
    matrix = np.asarray(similarity, dtype=np.float64)
    if keep == "above":
        kept = matrix >= value
    elif not 0 <= value <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {value}")
    elif keep == "share":
        kept = _largest(matrix.reshape(1, -1), value).reshape(matrix.shape)
    else:
        kept = _largest(matrix, value) & _largest(matrix.T, value).T
    out = np.full(matrix.shape, float(penalty))
    if kept.any():
        values = matrix[kept]
        if scaled:
            low, high = float(values.min()), float(values.max())
            values = (values - low) / (high - low) if high > low else np.ones_like(values)
        out[kept] = 1.0 if binary else values
    return out


def similarity_of_sections(
    intervals_s: FloatArray, labels: Sequence[str], *, hop_s: float, path: float = 1.0, block: float = 0.0
) -> Float32Array:
    """Draw the matrix that an annotated form would have: what an analysis hopes to see. FMP §4.2.1.

    Parameters
    ----------
    intervals_s : (sections, 2) start and end in seconds
    labels : one per section; equal names are repetitions
    hop_s : seconds from one moment to the next
    path : value of the line from the beginning to the end of each pair of repetitions (a slower one has a flatter line)
    block : value of the rest of the pair's rectangle

    Returns
    -------
    (moments, moments) float32, up to the last section's end

    Examples
    --------
    >>> similarity_of_sections(np.array([[0.0, 2.0], [2.0, 3.0], [3.0, 5.0]]), ("A", "B", "A"), hop_s=1.0, block=0.5)
    array([[1. , 0.5, 0. , 1. , 0.5],
           [0.5, 1. , 0. , 0.5, 1. ],
           [0. , 0. , 1. , 0. , 0. ],
           [1. , 0.5, 0. , 1. , 0.5],
           [0.5, 1. , 0. , 0.5, 1. ]], dtype=float32)
    """
    if len(labels) != len(intervals_s):
        raise ValueError(f"{len(intervals_s)} sections need as many labels, not {len(labels)}")
    edges = np.rint(np.asarray(intervals_s, dtype=np.float64).reshape(-1, 2) / hop_s).astype(np.int64)
    moments = int(edges.max(initial=0))
    matrix = np.zeros((moments, moments), dtype=np.float32)
    for (first, last), label in zip(edges.tolist(), labels, strict=True):
        for (begin, end), name in zip(edges.tolist(), labels, strict=True):
            if name != label or last <= first or end <= begin:
                continue
            matrix[first:last, begin:end] = np.maximum(matrix[first:last, begin:end], block)
            points = np.arange(max(last - first, end - begin)) + 0.5
            rows = first + (points * (last - first) / len(points)).astype(np.int64)
            columns = begin + (points * (end - begin) / len(points)).astype(np.int64)
            matrix[rows, columns] = path
    return matrix


def _add_shifted(total: Float64Array, matrix: Float64Array, down: int, right: int) -> None:
    """Add ``matrix[n + down, m + right]`` to ``total[n, m]`` where that is inside."""
    rows, columns = matrix.shape
    if abs(down) >= rows or abs(right) >= columns:
        return
    here = (slice(max(0, -down), min(rows, rows - down)), slice(max(0, -right), min(columns, columns - right)))
    there = (slice(max(0, down), min(rows, rows + down)), slice(max(0, right), min(columns, columns + right)))
    total[here] += matrix[there]


def _largest(matrix: Float64Array, share: float) -> np.ndarray:
    """Mark the largest `share` of each row."""
    count = round(share * matrix.shape[1])
    if count == 0 or matrix.size == 0:
        return np.zeros(matrix.shape, dtype=np.bool_)
    least = np.partition(matrix, matrix.shape[1] - count, axis=1)[:, matrix.shape[1] - count]
    return np.asarray(matrix >= least[:, None])
