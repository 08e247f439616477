"""Dealing groups into bins so that every bin gets its share of every class: how stratified splits that keep groups whole are drawn.

A greedy search, as in scikit-learn's ``StratifiedGroupKFold``: big groups first, each to the bin that it brings nearest to its share.
Works for any number of labels a track, since it sees counts alone; Sechidis, Tsoumakas and Vlahavas, "On the stratification of
multi-label data", ECML 2011, is the same idea for single examples.
"""

import numpy as np

from hexachord.arrays import Float64Array, IntArray


def deal(counts: IntArray, sizes: IntArray, *, shares: Float64Array, random: np.random.Generator) -> IntArray:
    """Deal groups into bins.

    Parameters
    ----------
    counts : (groups, classes) how many tracks of each class a group has
    sizes : (groups,) how many tracks it has
    shares : (bins,) what part of each class a bin should get; they sum to 1
    random : decides the order among groups of one size, and ties

    Returns
    -------
    (groups,) the bin of each

    Examples
    --------
    >>> counts = np.array([[2, 0], [0, 2], [2, 0], [0, 2]])
    >>> bins = deal(counts, counts.sum(axis=1), shares=np.array([0.5, 0.5]), random=np.random.default_rng(0))
    >>> [counts[bins == index].sum(axis=0).tolist() for index in (0, 1)]
    [[2, 2], [2, 2]]
    """
    groups, classes = counts.shape
    weighted = np.column_stack([counts, sizes]).astype(np.float64)  # the whole is balanced like one more class
    totals = np.maximum(weighted.sum(axis=0), 1.0)
    wanted = np.outer(shares, totals)
    have = np.zeros_like(wanted)
    importance = np.append(np.ones(classes), 1.0 / max(classes, 1)) / totals
    order = random.permutation(groups)
    order = order[np.argsort(-weighted.sum(axis=1)[order], kind="stable")]  # of single tracks, those with many labels first
    dealt = np.zeros(groups, dtype=np.int64)
    for group in order:
        # how much nearer to (or farther from) its share each bin comes with this group; relative to the share, or small bins never win
        gap = wanted - have
        change = ((gap - weighted[group]) ** 2 - gap**2) / np.maximum(wanted, 1e-9)
        cost = (change * importance * totals).sum(axis=1)
        best = np.flatnonzero(cost <= cost.min() + 1e-9)
        chosen = int(random.choice(best)) if len(best) > 1 else int(best[0])
        dealt[group] = chosen
        have[chosen] += weighted[group]
    return dealt


def spread(dealt: IntArray, counts: IntArray, *, bins: int) -> IntArray:
    """Move groups so that no class lies in one bin alone, where it has two groups or more.

    Parameters
    ----------
    dealt : (groups,) bins, as `deal` gives them
    counts : (groups, classes)

    Returns
    -------
    (groups,) bins
    """
    dealt = dealt.copy()
    sizes = counts.sum(axis=1)
    for klass in np.argsort(counts.astype(bool).sum(axis=0), kind="stable"):
        members = np.flatnonzero(counts[:, klass])
        if len(members) > 1 and len(np.unique(dealt[members])) == 1:
            smallest = members[np.argmin(sizes[members])]
            filled = np.bincount(dealt, weights=sizes, minlength=bins)
            filled[dealt[smallest]] = np.inf
            dealt[smallest] = int(np.argmin(filled))
    return dealt
