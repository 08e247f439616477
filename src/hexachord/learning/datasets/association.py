"""How strongly a field goes with the label: one number from 0 to 1, and whether chance explains it.

Categories are judged by Cramér's V, corrected for its bias (Bergsma, "A bias-correction for Cramér's V and Tschuprow's T", J. Korean Stat.
Soc. 42(3), 2013), numbers by eta squared (the share of their variance that lies between classes); both also by mutual information, as a
share of the label's entropy. Chance is asked by permuting labels, whole groups at a time: tracks of one album are no independent witnesses.
"""

from collections.abc import Callable

import numpy as np

from hexachord.arrays import Float64Array, IntArray

_QUANTILES = 4  # numbers become so many categories of one size for mutual information


def cramers_v(field: IntArray, label: IntArray) -> float:
    """Measure how two categories go together, bias-corrected: 0 (independent) to 1.

    Parameters
    ----------
    field, label : (n,) whole numbers from 0

    Examples
    --------
    >>> cramers_v(np.array([0, 0, 0, 1, 1, 1] * 10), np.array([0, 0, 0, 1, 1, 1] * 10))
    1.0
    """
    table = _table(field, label)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows, columns = table.shape
    n = table.sum()
    if min(rows, columns) < 2 or n < 2:
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi2 = float(((table - expected) ** 2 / expected).sum() / n)
    phi2 = max(0.0, phi2 - (rows - 1) * (columns - 1) / (n - 1))
    rows_c, columns_c = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    least = min(rows_c, columns_c) - 1
    return min(1.0, float(np.sqrt(phi2 / least))) if least > 1e-9 else 0.0


def eta_squared(field: Float64Array, label: IntArray) -> float:
    """Share of a number's variance that lies between classes: 0 to 1. A constant has 0.

    Parameters
    ----------
    field : (n,) finite
    label : (n,) whole numbers from 0

    Examples
    --------
    >>> eta_squared(np.array([1.0, 1.0, 5.0, 5.0]), np.array([0, 0, 1, 1]))
    1.0
    """
    centred = field - field.mean()
    whole = float(centred @ centred)
    if whole <= 1e-12 * max(1.0, float(np.abs(field).max(initial=0.0)) ** 2) * len(field):
        return 0.0
    counts = np.bincount(label)
    sums = np.bincount(label, weights=centred)
    return float((sums[counts > 0] ** 2 / counts[counts > 0]).sum() / whole)


def information_share(field: IntArray, label: IntArray) -> float:
    """Mutual information of two categories over the label's entropy: how much of the label the field tells, 0 to 1 (biased upwards)."""
    table = _table(field, label) / max(len(label), 1)
    entropy = _entropy(table.sum(axis=0))
    return float((_entropy(table.sum(axis=1)) + entropy - _entropy(table.ravel())) / entropy) if entropy > 0 else 0.0


def quantised(field: Float64Array) -> IntArray:
    """Turn numbers into four categories of about one size."""
    edges = np.unique(np.quantile(field, np.arange(1, _QUANTILES) / _QUANTILES))
    return np.searchsorted(edges, field, side="right")


def permutation_p(measure: Callable[[IntArray], float], label: IntArray, group: IntArray, *, times: int, seed: int) -> float:
    """Say how often labels dealt out anew reach what a measure says of the true ones; whole groups at a time where they have one label.

    Parameters
    ----------
    measure : of labels
    label, group : (n,)
    times : permutations; the smallest p is 1 / (times + 1)

    Returns
    -------
    Share of the permutations (the true labels counted as one more) with as much association or more
    """
    random = np.random.default_rng(seed)
    first = np.unique(group, return_index=True)[1]
    where = np.unique(group, return_inverse=True)[1]
    of_group = label[first]
    whole = bool((of_group[where] == label).all())
    true = measure(label)
    reached = 1
    for _ in range(times):
        dealt = random.permutation(of_group)[where] if whole else random.permutation(label)
        reached += measure(dealt) >= true - 1e-12
    return reached / (times + 1)


def _table(field: IntArray, label: IntArray) -> Float64Array:
    columns = int(label.max(initial=0)) + 1
    counts = np.bincount(field * columns + label, minlength=(int(field.max(initial=0)) + 1) * columns)
    return counts.reshape(-1, columns).astype(np.float64)


def _entropy(shares: Float64Array) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())
