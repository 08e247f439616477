"""How sure a mean is: intervals by drawing the items again, with replacement.

B. Efron, R. Tibshirani, *An Introduction to the Bootstrap*, Chapman & Hall 1993, §13.3 (percentile intervals).
"""

import numpy as np

from hexachord.arrays import FloatArray


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
