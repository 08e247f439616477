"""Clustering judged: how tight the groups are, and, where there are labels, how well they agree with them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import IntArray
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.estimators.clusters import fit_gaussians, fit_k_means
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import MeanReplacer
from hexachord.learning.features.table import FeatureTable
from hexachord.metrics import clustering


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupingResult:
    """One way to group tracks.

    Attributes
    ----------
    method, groups : ``k-means`` or ``gmm``, and how many groups
    assigned : (tracks,) the group of each
    silhouette : of the scaled features
    ari, nmi : beside the labels; NaN without labels
    objective : of k-means, the sum of squared distances; the negative log-likelihood of the mixture
    """

    method: str
    groups: int
    assigned: IntArray
    silhouette: float
    ari: float
    nmi: float
    objective: float


def evaluate_groupings(
    dataset: Dataset, table: FeatureTable, *, counts: Sequence[int] = (), methods: Sequence[str] = ("k-means", "gmm"), seed: int = 0
) -> tuple[GroupingResult, ...]:
    """Group tracks by their features, without looking at labels, and compare with the labels afterwards.

    Parameters
    ----------
    table : a row for each track, in any order; pieces are averaged
    counts : how many groups to try; as many as classes if none are said

    Raises
    ------
    InputError : if a track has no row, several labels, a method is unknown, or there are too few tracks for so many groups.
    """
    lacking = [name for name in dataset.ids if name not in set(table.ids)]
    if lacking:
        raise InputError(dataset.name, found=f"no features of {lacking[0]!r} and {len(lacking) - 1} more", expected="a row for each track")
    number = {name: index for index, name in enumerate(dataset.ids)}
    unit = np.array([number.get(name, -1) for name in table.ids])
    filled = MeanReplacer().fit(table.values).transform(table.values)
    sums = np.zeros((len(dataset), len(table.names)))
    np.add.at(sums, unit[unit >= 0], filled[unit >= 0])
    means = sums / np.bincount(unit[unit >= 0], minlength=len(dataset))[:, None]
    points = Scaler().fit(means).transform(means)
    targets = None if dataset.multi_label else dataset.targets()
    labelled = np.zeros(0, dtype=np.int64) if targets is None else np.flatnonzero(targets >= 0)
    results = []
    for count in counts or (max(len(dataset.classes), 2),):
        if not 2 <= count < len(dataset):
            raise InputError(dataset.name, found=f"{count} groups of {len(dataset)} tracks", expected="from 2 to one fewer than tracks")
        for method in methods:
            if method == "k-means":
                steps = fit_k_means(points, count, seed=seed)
                assigned, objective = steps[-1].assigned, steps[-1].objective
            elif method == "gmm":
                assigned, objective = fit_gaussians(points, count, seed=seed)
            else:
                raise InputError("clustering", found=repr(method), expected="k-means or gmm")
            known = targets is not None and len(labelled) > 0
            results.append(
                GroupingResult(
                    method=method,
                    groups=count,
                    assigned=assigned,
                    silhouette=clustering.silhouette(points, assigned) if len(np.unique(assigned)) > 1 else float("nan"),
                    ari=clustering.adjusted_rand(targets[labelled], assigned[labelled]) if known and targets is not None else float("nan"),
                    nmi=clustering.normalised_mutual_information(targets[labelled], assigned[labelled])
                    if known and targets is not None
                    else float("nan"),
                    objective=objective,
                )
            )
    return tuple(results)
