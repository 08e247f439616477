"""Sections from the eigenvectors of a graph: moments are linked to those they repeat and to their neighbours in time.

A walk on the graph stays for long within a group of moments that are linked to each other: within the verses, or within verses and
choruses together. The first few eigenvectors of the graph's Laplacian tell such groups apart, few of them coarsely and more of them finely,
so one decomposition gives a whole hierarchy. McFee & Ellis, "Analyzing song structure with spectral clustering", ISMIR 2014; the
matrices are those of Müller, *Fundamentals of Music Processing* (FMP), §4.2.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray

_BLOCK_ROWS = 64
_RESTARTS, _ROUNDS = 8, 50


def squared_distances(features: FloatArray) -> Float64Array:
    """Compute the squared Euclidean distance of all pairs of moments, (n, n)."""
    rows = np.asarray(features, dtype=np.float64)
    square = (rows**2).sum(axis=1)
    return np.asarray(np.maximum(square[:, None] + square[None, :] - 2 * rows @ rows.T, 0.0))


def affinity_recurrence(features: FloatArray, *, neighbours: int | None = None, near: int = 3) -> Float64Array:
    """Link moments that are among each other's nearest, the more closely the more alike they are. McFee & Ellis 2014, §2.

    Parameters
    ----------
    features : (n, columns), harmony mostly
    neighbours : how many each moment may have; ``1 + ceil(2 log2 n)`` by default
    near : moments closer in time than this are not linked

    Returns
    -------
    (n, n) symmetric: ``exp(-distance ** 2 / spread)`` for mutual neighbours, else 0; the spread is the median over moments of the squared
    distance to the farthest of its mutual neighbours

    Examples
    --------
    >>> features = np.array([[0.0], [5.0], [9.0], [0.1], [5.2], [9.9]])
    >>> np.argwhere(affinity_recurrence(features, neighbours=1, near=2) > 0).tolist()
    [[0, 3], [1, 4], [2, 5], [3, 0], [4, 1], [5, 2]]
    """
    moments = len(features)
    if near < 1:
        raise ValueError(f"a moment is no neighbour of itself: near is 1 or more, not {near}")
    if moments == 0:
        return np.zeros((0, 0))
    count = min(moments, 1 + int(np.ceil(2 * np.log2(moments))) if neighbours is None else neighbours)
    distance = squared_distances(features)
    index = np.arange(moments)
    apart = np.where(np.abs(index[:, None] - index[None, :]) < near, np.inf, distance)
    farthest = np.partition(apart, count - 1, axis=1)[:, count - 1]
    mutual = (apart <= farthest[:, None]) & (apart <= farthest[None, :]) & np.isfinite(apart)
    linked = mutual.any(axis=1)
    if not linked.any():
        return np.zeros((moments, moments))
    spread = float(np.median(np.where(mutual, distance, 0.0).max(axis=1)[linked]))
    return np.where(mutual, np.exp(-distance / max(spread, 1e-12)), 0.0)


def median_along_paths(similarity: FloatArray, *, moments: int = 7) -> Float32Array:
    """Take the median along every diagonal: single links go, gaps in repetitions close. McFee & Ellis 2014, §2.1.

    Parameters
    ----------
    similarity : (n, n)
    moments : odd length of the median; what lies outside counts as 0

    Examples
    --------
    >>> matrix = np.zeros((5, 5)); matrix[[0, 1, 3, 4], [0, 1, 3, 4]] = 1.0; matrix[0, 4] = 1.0
    >>> median_along_paths(matrix, moments=3).diagonal(), float(median_along_paths(matrix, moments=3)[0, 4])
    (array([1., 1., 1., 1., 1.], dtype=float32), 0.0)
    """
    if moments < 1 or moments % 2 == 0:
        raise ValueError(f"a centred median has an odd length, not {moments}")
    half, side = moments // 2, len(similarity)
    padded = np.pad(np.asarray(similarity, dtype=np.float32), half)
    out = np.empty((side, side), dtype=np.float32)
    for first in range(0, side, _BLOCK_ROWS):
        last = min(first + _BLOCK_ROWS, side)
        shifted = np.stack([padded[first + step : last + step, step : step + side] for step in range(moments)])
        shifted.partition(half, axis=0)
        out[first:last] = shifted[half]
    return out


def sequence_affinity(features: FloatArray) -> Float64Array:
    """Say how alike each moment is to the next. McFee & Ellis 2014, §2.2.

    Parameters
    ----------
    features : (n, columns), timbre mostly

    Returns
    -------
    (n - 1,) ``exp(-distance ** 2 / spread)``, the spread being the median squared distance

    Examples
    --------
    >>> sequence_affinity(np.array([[0.0], [1.0], [2.0], [5.0]])).round(4)
    array([3.679e-01, 3.679e-01, 1.000e-04])
    """
    square = (np.diff(np.asarray(features, dtype=np.float64), axis=0) ** 2).sum(axis=1)
    spread = float(np.median(square)) if len(square) else 0.0
    return np.asarray(np.exp(-square / spread)) if spread > 1e-12 else np.where(square > 0, 0.0, 1.0)


def combined_affinity(recurring: FloatArray, sequence: FloatArray) -> Float64Array:
    """Join links of repetition and of sequence so that a walker takes either kind about equally often. McFee & Ellis 2014, §2.3.

    Parameters
    ----------
    recurring : (n, n) symmetric, non-negative
    sequence : (n - 1,), see `sequence_affinity`

    Returns
    -------
    (n, n)
    """
    repeat = np.asarray(recurring, dtype=np.float64)
    step = np.diag(sequence, 1) + np.diag(sequence, -1)
    by_step, by_repeat = step.sum(axis=1), repeat.sum(axis=1)
    both = by_step + by_repeat
    total = float(both @ both)
    share = float(by_step @ both) / total if total > 0 else 0.5
    return np.asarray(share * repeat + (1 - share) * step)


def laplacian_eigenvectors(affinity: FloatArray, *, count: int) -> Float64Array:
    """Compute the eigenvectors of the smallest eigenvalues of the graph's normalised Laplacian. McFee & Ellis 2014, §2.4.

    Parameters
    ----------
    affinity : (n, n) symmetric, non-negative
    count : how many

    Returns
    -------
    (n, min(count, n)), by ascending eigenvalue of ``I - D ** -1/2 A D ** -1/2``; signs are such that each one's largest entry is positive

    Examples
    --------
    >>> two_groups = np.kron(np.eye(2), np.ones((2, 2))) + 0.01
    >>> np.sign(laplacian_eigenvectors(two_groups, count=2)[:, 1]) * np.sign(laplacian_eigenvectors(two_groups, count=2)[0, 1])
    array([ 1.,  1., -1., -1.])
    """
    from scipy.linalg import eigh

    links = np.asarray(affinity, dtype=np.float64)
    moments = len(links)
    if moments == 0:
        return np.zeros((0, 0))
    degree = links.sum(axis=1)
    scale = np.where(degree > 0, 1.0 / np.sqrt(np.where(degree > 0, degree, 1.0)), 0.0)
    laplacian = np.eye(moments) - scale[:, None] * links * scale[None, :]
    _, vectors = eigh(laplacian, subset_by_index=(0, min(count, moments) - 1))
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])])
    return np.asarray(vectors * np.where(signs == 0, 1.0, signs))


def spectral_labels(eigenvectors: FloatArray, *, clusters: int, smooth: int = 9, seed: int = 0) -> IntArray:
    """Group moments by the first eigenvectors: one level of the hierarchy. McFee & Ellis 2014, §2.4.

    Parameters
    ----------
    eigenvectors : (n, at least `clusters`), see `laplacian_eigenvectors`
    clusters : number of groups, and of eigenvectors they are told apart by
    smooth : odd length of a median over time, against single moments that stray
    seed : of the starts of k-means

    Returns
    -------
    (n,) group of each moment, numbered by first appearance
    """
    from hexachord.dsp.hpss import median_along_time

    moments = len(eigenvectors)
    if clusters < 1 or clusters > eigenvectors.shape[1]:
        raise ValueError(f"{eigenvectors.shape[1]} eigenvectors tell up to as many groups apart, not {clusters}")
    if moments <= clusters:
        return np.arange(moments)
    chosen = median_along_time(np.ascontiguousarray(eigenvectors[:, :clusters]), size=smooth)
    length = np.sqrt((chosen**2).sum(axis=1, keepdims=True))
    return _in_order(_k_means(np.asarray(chosen / np.maximum(length, 1e-12), dtype=np.float64), clusters, seed=seed))


def laplacian_levels(harmony: FloatArray, timbre: FloatArray | None = None, *, levels: int = 10, seed: int = 0) -> tuple[IntArray, ...]:
    """Segment a piece at several levels at once, from features to groups. McFee & Ellis 2014.

    Parameters
    ----------
    harmony : (n, columns) per moment (a beat), of what repeats
    timbre : (n, columns) of what changes between sections; harmony by default
    levels : the finest level has this many groups

    Returns
    -------
    `levels` arrays (n,): the first of one group, the next of up to two ...; boundaries are where the group changes
    """
    recurring = median_along_paths(affinity_recurrence(harmony))
    links = combined_affinity(recurring, sequence_affinity(harmony if timbre is None else timbre))
    vectors = laplacian_eigenvectors(links, count=levels)
    return tuple(spectral_labels(vectors, clusters=k, seed=seed) for k in range(1, vectors.shape[1] + 1))


def _k_means(points: Float64Array, clusters: int, *, seed: int) -> IntArray:
    """Lloyd's iterations from a few starts (k-means++); the tightest result counts."""
    random = np.random.default_rng(seed)
    best, least = np.zeros(len(points), dtype=np.int64), np.inf
    for _ in range(_RESTARTS):
        centres = points[[int(random.integers(len(points)))]]
        for _ in range(clusters - 1):
            gap = ((points[:, None] - centres[None]) ** 2).sum(axis=2).min(axis=1)
            total = float(gap.sum())
            chosen = int(random.choice(len(points), p=gap / total)) if total > 0 else int(random.integers(len(points)))
            centres = np.vstack([centres, points[chosen]])
        group = np.full(len(points), -1)
        for _ in range(_ROUNDS):
            gap = ((points[:, None] - centres[None]) ** 2).sum(axis=2)
            nearest = gap.argmin(axis=1)
            if np.array_equal(nearest, group):
                break
            group = nearest
            for k in range(clusters):
                if (group == k).any():
                    centres[k] = points[group == k].mean(axis=0)
        spread = float(gap.min(axis=1).sum())
        if spread < least - 1e-12:
            best, least = group, spread
    return best


def _in_order(groups: IntArray) -> IntArray:
    """Number groups by first appearance."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    return np.asarray(np.argsort(np.argsort(first))[inverse.ravel()])
