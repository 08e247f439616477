"""How sure a number is: intervals by drawing the items again, with replacement.

What is drawn must be independent: a song, not a bar or a chunk of it. B. Efron, R. Tibshirani, *An Introduction to the Bootstrap*,
Chapman & Hall 1993, §13.3 (percentile intervals).
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray


def mean_interval(values: FloatArray, *, level: float = 0.95, resamples: int = 2000, seed: int = 0) -> tuple[float, float]:
    """Give the interval that the mean of such items lies in.

    Parameters
    ----------
    values : (n,) one number for each independent item (a song, not a bar of it); those that are not finite are left out
    level : how sure
    resamples, seed : of the drawing

    Returns
    -------
    Low and high; NaN for no items

    Examples
    --------
    >>> low, high = mean_interval(np.array([1.0, 2.0, 3.0, 4.0]))
    >>> 1.0 <= low < 2.5 < high <= 4.0
    True
    """
    found = np.asarray(values, dtype=np.float64)
    found = found[np.isfinite(found)]
    if not len(found):
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).integers(0, len(found), (resamples, len(found)))
    low, high = np.quantile(found[drawn].mean(axis=1), ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


def song_weights(songs: int, *, resamples: int = 2000, seed: int = 0) -> Float64Array:
    """Say how often each song was drawn in each resample, (resamples, songs): sums over songs become products of matrices."""
    drawn = np.random.default_rng(seed).integers(0, songs, (resamples, songs))
    weights = np.zeros((resamples, songs))
    np.add.at(weights, (np.arange(resamples)[:, None], drawn), 1.0)
    return weights


def percentile_interval(samples: FloatArray, *, level: float = 0.95) -> tuple[float, float]:
    """Give between what the middle `level` of resampled numbers lie; those that are not finite are left out, NaN where none is."""
    found = np.asarray(samples, dtype=np.float64)
    found = found[np.isfinite(found)]
    if not len(found):
        return float("nan"), float("nan")
    low, high = np.quantile(found, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


def statistic_interval(
    songs: Sequence[str], statistic: Callable[[IntArray], float], *, level: float = 0.95, resamples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Give the interval of any statistic of rows, when songs (or whatever `songs` names) are what was drawn.

    Parameters
    ----------
    songs : (n,) what each row belongs to: its rows are drawn together
    statistic : from numbers of rows, some of them several times, to a number

    Examples
    --------
    >>> right = np.array([1.0, 1.0, 0.0, 1.0])
    >>> low, high = statistic_interval(["a", "a", "b", "c"], lambda rows: float(right[rows].mean()))
    >>> (low, high)
    (0.0, 1.0)
    """
    return percentile_interval(_resampled(songs, statistic, resamples, seed), level=level)


def paired_interval(
    songs: Sequence[str],
    first: Callable[[IntArray], float],
    second: Callable[[IntArray], float],
    *,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Give the interval of what `first` has more than `second` on the same rows: both see every draw."""
    return statistic_interval(songs, lambda rows: first(rows) - second(rows), level=level, resamples=resamples, seed=seed)


def drawn_rows(songs: Sequence[str], *, resamples: int = 1000, seed: int = 0) -> Iterator[IntArray]:
    """Give the rows of each resample: all rows of a song as often as the song was drawn."""
    names, number = np.unique(np.asarray(songs), return_inverse=True)
    if not len(names):
        return
    order, sizes = np.argsort(number, kind="stable"), np.bincount(number)
    rows_of = np.split(order, np.cumsum(sizes)[:-1])
    random = np.random.default_rng(seed)
    for _ in range(resamples):
        yield np.concatenate([rows_of[song] for song in random.integers(0, len(names), len(names))])


def _resampled(songs: Sequence[str], statistic: Callable[[IntArray], float], resamples: int, seed: int) -> Float64Array:
    return np.array([statistic(rows) for rows in drawn_rows(songs, resamples=resamples, seed=seed)])
