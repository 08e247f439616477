"""Clustering: groups found without labels, judged by their shape (silhouette) or beside true ones (ARI, NMI).

P. Rousseeuw, *Silhouettes*, J. Comput. Appl. Math. 20, 1987; L. Hubert, P. Arabie, *Comparing partitions*, J. Classification 2, 1985;
N. X. Vinh, J. Epps, J. Bailey, *Information Theoretic Measures for Clusterings Comparison*, JMLR 11, 2010.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray


def validate(truth: IntArray, found: IntArray) -> None:
    """Check two groupings of the same things.

    Raises
    ------
    ValueError : if they differ in length or are empty.
    """
    if np.ndim(truth) != 1 or np.shape(truth) != np.shape(found) or not len(truth):
        raise ValueError(f"groupings of shapes {np.shape(truth)} and {np.shape(found)}; expected one number for each thing in both")


def adjusted_rand(truth: IntArray, found: IntArray) -> float:
    """Give the share of pairs that both groupings treat alike, corrected for chance (ARI): 1 the same, about 0 at random.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    validate(truth, found)
    table = _contingency(truth, found)
    together = _pairs(table).sum()
    rows, columns = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    by_chance = rows * columns / max(_pairs(table.sum()), 1.0)
    most = (rows + columns) / 2.0
    return 1.0 if most == by_chance else float((together - by_chance) / (most - by_chance))


def normalised_mutual_information(truth: IntArray, found: IntArray) -> float:
    """Give what one grouping tells of the other, over the mean of their entropies (NMI): 0 nothing, 1 all."""
    validate(truth, found)
    joint = _contingency(truth, found) / len(truth)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    here = joint > 0
    information = float(np.sum(joint[here] * np.log(joint[here] / np.outer(rows, columns)[here])))
    mean_entropy = (_entropy(rows) + _entropy(columns)) / 2.0
    return 1.0 if mean_entropy == 0.0 else float(np.clip(information / mean_entropy, 0.0, 1.0))


def silhouettes(points: FloatArray, found: IntArray) -> Float64Array:
    """Give the silhouette of each point, (n,): (b - a) / max(a, b), a its mean distance in its group, b to the nearest other group.

    A point alone in its group has 0.

    Parameters
    ----------
    points : (n, d)
    found : (n,) the group of each

    Raises
    ------
    ValueError : if there are fewer than two groups, or as many as points.
    """
    points = np.asarray(points, dtype=np.float64)
    names, group = np.unique(found, return_inverse=True)
    if len(points) != len(group):
        raise ValueError(f"{len(points)} points but {len(group)} groups")
    if not 2 <= len(names) < len(points):
        raise ValueError(f"a silhouette needs from 2 groups to one fewer than there are points; found {len(names)} of {len(points)}")
    sizes = np.bincount(group)
    members = np.zeros((len(points), len(names)))
    members[np.arange(len(points)), group] = 1.0
    squares = np.sum(points**2, axis=1)
    result = np.empty(len(points))
    for start in range(0, len(points), 1024):  # rows of distances at a time: constant memory per row
        rows = slice(start, start + 1024)
        distance = np.sqrt(np.maximum(squares[rows, None] + squares[None, :] - 2.0 * points[rows] @ points.T, 0.0))
        distance[np.arange(len(distance)), np.arange(start, start + len(distance))] = 0.0
        sums, own = distance @ members, group[rows]
        here = np.arange(len(distance))
        inside = sums[here, own] / np.maximum(sizes[own] - 1, 1)
        means = sums / sizes
        means[here, own] = np.inf
        outside = means.min(axis=1)
        most = np.maximum(inside, outside)
        result[rows] = np.where((sizes[own] > 1) & (most > 0), (outside - inside) / np.where(most > 0, most, 1.0), 0.0)
    return result


def silhouette(points: FloatArray, found: IntArray) -> float:
    """Give the mean silhouette: near 1 for tight groups far apart, below 0 for points nearer to another group."""
    return float(silhouettes(points, found).mean())


def evaluate(truth: IntArray, found: IntArray, *, points: FloatArray | None = None) -> dict[str, float]:
    """Compute ``ari nmi`` and, given the points, ``silhouette``."""
    result = {"ari": adjusted_rand(truth, found), "nmi": normalised_mutual_information(truth, found)}
    return result if points is None else result | {"silhouette": silhouette(points, found)}


def _contingency(truth: IntArray, found: IntArray) -> Float64Array:
    rows, row = np.unique(truth, return_inverse=True)
    columns, column = np.unique(found, return_inverse=True)
    counts = np.bincount(row * len(columns) + column, minlength=len(rows) * len(columns))
    return counts.reshape(len(rows), len(columns)).astype(np.float64)


def _pairs(counts: Float64Array) -> Float64Array:
    return np.asarray(counts * (counts - 1.0) / 2.0, dtype=np.float64)


def _entropy(shares: Float64Array) -> float:
    here = shares[shares > 0]
    return float(-np.sum(here * np.log(here)))
