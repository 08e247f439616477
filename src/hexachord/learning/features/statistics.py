"""Statistics over time: from (frames, descriptors) to one number for each descriptor and statistic.

Missing frames (NaN or infinite) are left out, column by column; a column without a frame gives NaN. Where the textbooks disagree: moments
are those of the population (divided by n), kurtosis is excess (0 for a normal distribution), percentiles interpolate linearly, and a column
that never changes has skew and kurtosis 0.
"""

import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray
from hexachord.errors import InputError

_STILL = 1e-12  # relative to its mean a column that varies less than this varies by rounding only


@dataclass(frozen=True, eq=False)
class Columns:
    """(frames, d) numbers, with what several statistics need computed once."""

    values: Float64Array

    @cached_property
    def there(self) -> BoolArray:
        """Which numbers are not missing, (frames, d)."""
        there: BoolArray = np.isfinite(self.values)
        return there

    @cached_property
    def count(self) -> Float64Array:
        """How many of each column, (d,)."""
        return np.asarray(self.there.sum(axis=0), dtype=np.float64)

    @cached_property
    def mean(self) -> Float64Array:
        """(d,)."""
        return self.average(self.values)

    @cached_property
    def centred(self) -> Float64Array:
        """Deviations from the mean, (frames, d)."""
        return self.values - self.mean

    @cached_property
    def variance(self) -> Float64Array:
        """(d,)."""
        return self.average(np.square(self.centred))

    @cached_property
    def still(self) -> BoolArray:
        """Which columns never change, (d,)."""
        return np.asarray(np.sqrt(self.variance) <= _STILL * (np.abs(self.mean) + 1e-300))

    @cached_property
    def ascending(self) -> Float64Array:
        """Each column sorted, missing numbers last."""
        return np.sort(np.where(self.there, self.values, np.nan), axis=0)

    def average(self, values: Float64Array) -> Float64Array:
        """Mean of values of the same shape over the frames that are there, (d,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            total = np.where(self.there, values, 0.0).sum(axis=0)
            return np.asarray(total / self.count)

    def moment(self, order: int) -> Float64Array:
        """Central moment, (d,)."""
        return self.average(self.centred**order)

    def standardised_moment(self, order: int) -> Float64Array:
        """Central moment over the power of the deviation, (d,); 0 where nothing changes."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            ratio = self.moment(order) / self.variance ** (order / 2)
        return np.where(np.isnan(self.mean), np.nan, np.where(self.still, 0.0, ratio))

    def percentile(self, percent: float) -> Float64Array:
        """(d,), interpolated linearly between neighbours in rank."""
        place = np.maximum(self.count - 1, 0) * percent / 100
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(self.count.astype(np.int64) - 1, 0))
        if not len(self.values):
            return np.full(self.values.shape[1], np.nan)
        columns = np.arange(self.values.shape[1])
        low, high = self.ascending[below, columns], self.ascending[above, columns]
        return np.asarray(low + (place - below) * (high - low))

    def power_mean(self, power: float) -> Float64Array:
        """Generalised mean of the absolute values, (d,): -1 harmonic, 0 geometric, 1 arithmetic, 2 quadratic."""
        size = np.abs(self.values)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            if power == 0:
                return np.exp(self.average(np.log(size)))
            found: Float64Array = self.average(size**power) ** (1 / power)
        return found

    def differences(self, order: int) -> "Columns":
        """Change from frame to frame, `order` times over; missing where a neighbour is missing."""
        if len(self.values) <= order:
            return Columns(np.full((0, self.values.shape[1]), np.nan))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # infinite minus infinite
            return Columns(np.diff(np.where(self.there, self.values, np.nan), n=order, axis=0))


_FIXED: dict[str, Callable[[Columns], Float64Array]] = {
    "mean": lambda columns: columns.mean,
    "std": lambda columns: np.sqrt(columns.variance),
    "var": lambda columns: columns.variance,
    "min": lambda columns: columns.percentile(0),
    "max": lambda columns: columns.percentile(100),
    "range": lambda columns: columns.percentile(100) - columns.percentile(0),
    "median": lambda columns: columns.percentile(50),
    "iqr": lambda columns: columns.percentile(75) - columns.percentile(25),
    "skew": lambda columns: columns.standardised_moment(3),
    "kurtosis": lambda columns: np.where(columns.still, 0.0, columns.standardised_moment(4) - 3.0),
}
_FAMILIES: tuple[tuple[str, Callable[[Columns, float], Float64Array], str], ...] = (
    (r"p(\d{1,2}(?:\.\d+)?)", lambda columns, number: columns.percentile(number), "pNN (percentile)"),
    (r"power_mean_(-?\d+(?:\.\d+)?)", lambda columns, number: columns.power_mean(number), "power_mean_P"),
    (r"central_moment_(\d)", lambda columns, number: columns.moment(int(number)), "central_moment_K"),
    (r"raw_moment_(\d)", lambda columns, number: columns.average(columns.values ** int(number)), "raw_moment_K"),
)
_CHANGES = {"delta_": 1, "delta2_": 2}
"""Prefixes: the statistic is that of the first or second differences."""


def statistic_names() -> tuple[str, ...]:
    """Name what there is: plain names, and families with a number in their name."""
    return (*_FIXED, *(about for _, _, about in _FAMILIES), *(f"{prefix}STATISTIC" for prefix in _CHANGES))


def check_statistics(names: Sequence[str]) -> None:
    """Look whether these statistics exist.

    Raises
    ------
    InputError : if one does not; it says which do.
    """
    for name in names:
        _find(name)


def pool_columns(values: FloatArray, statistics: Sequence[str]) -> Float64Array:
    """Compute statistics of each column.

    Parameters
    ----------
    values : (frames, d); NaN and infinite numbers are missing
    statistics : names (see `statistic_names`); with ``delta_`` or ``delta2_`` before them they are those of the first or second differences

    Returns
    -------
    (statistics, d) float64; NaN where a column has no frame

    Raises
    ------
    InputError : for a statistic that does not exist.

    Examples
    --------
    >>> pool_columns(np.array([[1.0], [2.0], [np.nan], [6.0]]), ["mean", "median", "p75", "delta_mean"]).ravel()
    array([3., 2., 4., 1.])
    """
    levels = {0: Columns(np.asarray(values, dtype=np.float64))}
    found = []
    for name in statistics:
        order, function = _find(name)
        if order not in levels:
            levels[order] = levels[0].differences(order)
        found.append(function(levels[order]))
    return np.array(found).reshape(len(statistics), levels[0].values.shape[1])


def covariance_triangle(values: FloatArray) -> Float64Array:
    """Compute the covariances of the columns, over the frames where all are there: the upper triangle with the diagonal, row by row.

    What M. Mandel and D. Ellis ("Song-level features and support vector machines for music classification", ISMIR 2005) take of MFCCs.

    Parameters
    ----------
    values : (frames, d)

    Returns
    -------
    (d (d + 1) / 2,) float64; NaN where there is no frame
    """
    whole = np.asarray(values, dtype=np.float64)
    whole = whole[np.isfinite(whole).all(axis=1)]
    rows, columns = np.triu_indices(whole.shape[1])
    if not len(whole):
        return np.full(len(rows), np.nan)
    centred = whole - whole.mean(axis=0)
    covariance: Float64Array = (centred.T @ centred) / len(whole)
    return covariance[rows, columns]


def _find(name: str) -> tuple[int, Callable[[Columns], Float64Array]]:
    """Find a statistic: how many differences first, and the function."""
    order, rest = 0, name
    for prefix, times in _CHANGES.items():
        if name.startswith(prefix):
            order, rest = times, name.removeprefix(prefix)
    if rest in _FIXED:
        return order, _FIXED[rest]
    for pattern, function, _ in _FAMILIES:
        match = re.fullmatch(pattern, rest)
        if match:
            number = float(match.group(1))
            return order, partial(_with_number, function, number)
    raise InputError(name, found="a statistic that is not known", expected=f"one of {', '.join(statistic_names())}")


def _with_number(function: Callable[[Columns, float], Float64Array], number: float, columns: Columns) -> Float64Array:
    return function(columns, number)
