"""Where songs lie by their features: a plane on which neighbours sound alike.

Features are standardised and reduced to their main directions; of these, three planes are drawn. PCA keeps the large distances;
t-SNE (van der Maaten & Hinton, *Visualizing data using t-SNE*, JMLR 2008) keeps neighbours; Laplacian eigenmaps (Belkin & Niyogi,
*Laplacian Eigenmaps for Dimensionality Reduction and Data Representation*, 2003), from which UMAP starts, keep the graph of neighbours.
How much a plane may be believed is measured: trustworthiness (Venna & Kaski, 2001) is 1 where no stranger became a neighbour.
"""

import warnings
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.learning.features.table import FeatureTable

_DIRECTIONS = 30  # of PCA, which t-SNE starts from
_NEIGHBOURS = 5  # asked for in trustworthiness
_FEWEST = 5
_MOST = 3000  # songs: t-SNE of more would take minutes


@dataclass(frozen=True, kw_only=True, eq=False)
class Plane:
    """One way to lay songs out: (n, 2) in [0, 1], and how much of their neighbourhood is true (0 to 1)."""

    name: str
    places: Float64Array
    trust: float


@dataclass(frozen=True, kw_only=True, eq=False)
class SongMap:
    """Songs on planes; the first is shown first."""

    ids: tuple[str, ...]
    planes: tuple[Plane, ...]


def song_map(table: FeatureTable, *, seed: int = 0) -> SongMap | None:
    """Lay songs out by their features; None where fewer than five have any.

    Pieces of a song are averaged, missing values take their column's mean. More than 3,000 songs are thinned out evenly. Without
    scikit-learn there is the plane of PCA alone.
    """
    ids, values = _one_row_each(table)
    if len(ids) > _MOST:
        kept = np.unique(np.linspace(0, len(ids) - 1, _MOST).round().astype(np.int64))
        ids, values = tuple(ids[row] for row in kept), values[kept]
    scores = main_directions(values, _DIRECTIONS)
    if len(ids) < _FEWEST or scores.shape[1] < 1:
        return None
    first = np.pad(scores[:, :2], ((0, 0), (0, max(0, 2 - scores.shape[1]))))
    planes = [("PCA", first)]
    if find_spec("sklearn") is not None:
        planes = [("t-SNE", _tsne(scores, seed)), ("neighbour graph", _eigenmap(scores, seed)), *planes]
    return SongMap(
        ids=ids, planes=tuple(Plane(name=name, places=_fitted(plane), trust=trustworthiness(scores, plane)) for name, plane in planes)
    )


def main_directions(values: Float64Array, directions: int) -> Float64Array:
    """Standardise columns and project the rows on their main directions: PCA, (n, up to `directions`), the widest first.

    Columns that never change are left out; a direction points to where its largest weight is positive: the same data, the same signs.
    """
    spread = values.std(axis=0)
    kept = spread > 1e-12 * np.maximum(np.abs(values).max(axis=0, initial=0.0), 1e-300)
    if not kept.any() or len(values) < 2:
        return np.zeros((len(values), 0))
    standard = (values[:, kept] - values[:, kept].mean(axis=0)) / spread[kept]
    left, sizes, right = np.linalg.svd(standard, full_matrices=False)
    count = min(directions, int((sizes > sizes[0] * 1e-10).sum()))
    signs = np.sign(right[np.arange(len(sizes)), np.abs(right).argmax(axis=1)])
    return np.asarray((left * sizes * signs)[:, :count])


def trustworthiness(far: Float64Array, near: Float64Array, *, neighbours: int = _NEIGHBOURS) -> float:
    """Say how far neighbours on a plane were neighbours before: 1 where all were.

    Parameters
    ----------
    far, near : (n, d) rows before and (n, 2) after
    """
    songs = len(far)
    asked = min(neighbours, (songs - 1) // 2)
    if asked < 1:
        return 1.0
    before, after = _distances(far), _distances(near)
    rank = np.empty((songs, songs), dtype=np.int64)
    order = np.argsort(before, axis=1, kind="stable")
    np.put_along_axis(rank, order, np.arange(songs)[None, :].repeat(songs, axis=0), axis=1)
    chosen = np.argsort(after, axis=1, kind="stable")[:, :asked]
    late = np.maximum(np.take_along_axis(rank, chosen, axis=1) - asked + 1, 0)
    return float(1.0 - late.sum() * 2.0 / (songs * asked * (2 * songs - 3 * asked - 1)))


def _distances(rows: Float64Array) -> Float64Array:
    squares = np.einsum("ij,ij->i", rows, rows)
    found = np.maximum(squares[:, None] + squares[None, :] - 2 * rows @ rows.T, 0.0)
    np.fill_diagonal(found, np.inf)
    return np.asarray(found)


def _one_row_each(table: FeatureTable) -> tuple[tuple[str, ...], Float64Array]:
    ids = tuple(dict.fromkeys(table.ids))
    number = {name: row for row, name in enumerate(ids)}
    which = np.array([number[name] for name in table.ids], dtype=np.int64)
    finite = np.isfinite(table.values)
    sums, counts = np.zeros((len(ids), len(table.names))), np.zeros((len(ids), len(table.names)))
    np.add.at(sums, which, np.where(finite, table.values, 0.0))
    np.add.at(counts, which, finite.astype(np.float64))
    values = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    known = np.isfinite(values)
    means = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return ids, np.where(known, values, means)


def _tsne(scores: Float64Array, seed: int) -> Float64Array:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    wide = float(np.clip((len(scores) - 1) / 3, 2, 20))
    start = scores[:, :2] if scores.shape[1] > 1 else np.pad(scores, ((0, 0), (0, 1)))
    start = start / max(float(start[:, 0].std()), 1e-12) * 1e-4
    method = "exact" if len(scores) <= 400 else "barnes_hut"
    with threadpool_limits(1):  # sums of several threads come in any order, and the map would differ in its last digits
        plane = TSNE(perplexity=wide, init=start, random_state=seed, method=method).fit_transform(scores)
    return np.array(plane, dtype=np.float64)


def _eigenmap(scores: Float64Array, seed: int) -> Float64Array:
    from sklearn.manifold import SpectralEmbedding

    near = min(10, len(scores) - 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a graph in several pieces is laid out all the same
        plane = SpectralEmbedding(n_components=2, n_neighbors=near, random_state=seed).fit_transform(scores)
    return np.array(plane, dtype=np.float64)


def _fitted(plane: Float64Array) -> Float64Array:
    """Bring a plane into the unit square, both axes to one scale, rounded so that the same run gives the same bytes."""
    low, high = plane.min(axis=0), plane.max(axis=0)
    wide = max(float((high - low).max()), 1e-12)
    return np.asarray(np.round((plane - (low + high) / 2) / wide + 0.5, 4))
