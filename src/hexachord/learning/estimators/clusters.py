"""k-means, step by step, and mixtures of Gaussians; how many groups there are.

S. Lloyd, *Least squares quantization in PCM*, IEEE Trans. Information Theory 28, 1982; D. Arthur, S. Vassilvitskii, *k-means++*, SODA 2007;
C. Bishop, *Pattern Recognition and Machine Learning*, §9.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.learning.estimators.registry import require_scikit_learn
from hexachord.metrics.clustering import silhouette


@dataclass(frozen=True, kw_only=True, eq=False)
class KMeansStep:
    """One step of k-means.

    Attributes
    ----------
    centres : (k, d) that points were given to
    assigned : (n,) the nearest centre of each point
    objective : the sum of the squared distances to them
    """

    centres: Float64Array
    assigned: IntArray
    objective: float


@dataclass(frozen=True, kw_only=True)
class GroupCount:
    """How well so many groups fit: the objective for the elbow, and the mean silhouette."""

    groups: int
    objective: float
    silhouette: float


def k_means_steps(points: FloatArray, centres: FloatArray, *, most: int = 300) -> tuple[KMeansStep, ...]:
    """Run k-means from given centres until nothing changes, keeping every step for a picture of it.

    The objective falls from step to step. A centre that no point is nearest to goes to the point that is farthest from its own.

    Parameters
    ----------
    points : (n, d)
    centres : (k, d) to begin with
    most : steps

    Raises
    ------
    ValueError : if there are more centres than points, or widths differ.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [10.0], [11.0]])
    >>> [round(step.objective, 1) for step in k_means_steps(points, np.array([[0.0], [1.0]]))]
    [181.0, 21.6, 1.0]
    """
    rows, now = np.asarray(points, dtype=np.float64), np.array(centres, dtype=np.float64)
    if rows.ndim != 2 or now.ndim != 2 or rows.shape[1] != now.shape[1] or not 1 <= len(now) <= len(rows):
        raise ValueError(f"{now.shape} centres for {rows.shape} points")
    steps: list[KMeansStep] = []
    while len(steps) < most:
        squares = _squares(rows, now)
        assigned = np.argmin(squares, axis=1)
        own = squares[np.arange(len(rows)), assigned]
        steps.append(KMeansStep(centres=now.copy(), assigned=assigned, objective=float(own.sum())))
        counts = np.bincount(assigned, minlength=len(now))
        if len(steps) > 1 and np.array_equal(assigned, steps[-2].assigned) and counts.all():
            break
        sums = np.zeros_like(now)
        np.add.at(sums, assigned, rows)
        now = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], now)
        empty = np.flatnonzero(counts == 0)
        if len(empty) and own.max() == 0.0:
            break  # fewer distinct points than centres: nothing is left to give to an empty one
        for centre, point in zip(empty, np.argsort(-own, kind="stable"), strict=False):
            now[centre] = rows[point]
    return tuple(steps)


def fit_k_means(points: FloatArray, groups: int, *, restarts: int = 10, seed: int = 0) -> tuple[KMeansStep, ...]:
    """Run k-means from several beginnings drawn by k-means++, and give the steps of the one that ended lowest.

    Raises
    ------
    ValueError : if there are fewer points than groups.
    """
    rows = np.asarray(points, dtype=np.float64)
    if not 1 <= groups <= len(rows):
        raise ValueError(f"{groups} groups of {len(rows)} points")
    random = np.random.default_rng(seed)
    runs = [k_means_steps(rows, _spread_centres(rows, groups, random)) for _ in range(restarts)]
    return min(runs, key=lambda steps: steps[-1].objective)


def try_group_counts(points: FloatArray, counts: Sequence[int], *, restarts: int = 10, seed: int = 0) -> tuple[GroupCount, ...]:
    """Run k-means for several numbers of groups, for an elbow and the silhouettes."""
    found = []
    for groups in counts:
        last = fit_k_means(points, groups, restarts=restarts, seed=seed)[-1]
        used = len(np.unique(last.assigned))
        shape = silhouette(points, last.assigned) if 2 <= used < len(points) else float("nan")
        found.append(GroupCount(groups=groups, objective=last.objective, silhouette=shape))
    return tuple(found)


def best_by_silhouette(tried: Sequence[GroupCount]) -> int:
    """Give the number of groups with the highest silhouette, the smallest of equals.

    Raises
    ------
    ValueError : if none has one.
    """
    known = [one for one in tried if np.isfinite(one.silhouette)]
    if not known:
        raise ValueError("no number of groups has a silhouette")
    return max(known, key=lambda one: (one.silhouette, -one.groups)).groups


def best_by_elbow(tried: Sequence[GroupCount]) -> int:
    """Give the number of groups at the elbow: the point of the falling curve farthest below the line between its ends.

    Raises
    ------
    ValueError : for fewer than three numbers.
    """
    tried = sorted(tried, key=lambda one: one.groups)
    if len(tried) < 3:
        raise ValueError("an elbow needs three numbers of groups or more")
    across = np.array([one.groups for one in tried], dtype=np.float64)
    down = np.array([one.objective for one in tried])
    across, down = (across - across[0]) / (across[-1] - across[0]), (down - down[-1]) / max(down[0] - down[-1], 1e-300)
    return tried[int(np.argmax(1.0 - across - down))].groups


def fit_gaussians(points: FloatArray, groups: int, *, seed: int = 0) -> tuple[IntArray, float]:
    """Group points by a mixture of Gaussians with variances of their own: the likeliest of each point, and minus the log-likelihood.

    Raises
    ------
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("a mixture of Gaussians")
    from sklearn.mixture import GaussianMixture

    mixture = GaussianMixture(groups, covariance_type="diag", n_init=5, reg_covar=1e-4, random_state=seed).fit(points)
    return np.asarray(mixture.predict(points), dtype=np.int64), float(-mixture.score(points) * len(points))


def _spread_centres(points: Float64Array, groups: int, random: np.random.Generator) -> Float64Array:
    """Points as first centres, each drawn by its squared distance to those before."""
    taken = [int(random.integers(len(points)))]
    nearest = _squares(points, points[taken])[:, 0]
    while len(taken) < groups:
        total = nearest.sum()
        # Where all points coincide with centres any other will do.
        chance = nearest / total if total > 0 else np.full(len(points), 1.0 / len(points))
        taken.append(int(random.choice(len(points), p=chance)))
        nearest = np.minimum(nearest, _squares(points, points[taken[-1:]])[:, 0])
    return points[taken]


def _squares(points: Float64Array, centres: Float64Array) -> Float64Array:
    return np.stack([np.square(points - centre).sum(axis=1) for centre in centres], axis=1)
