"""What stands beside LIBSVM: ``svm-scale``'s files of ranges, and ``grid.py``'s search over C and gamma.

C.-W. Hsu, C.-C. Chang, C.-J. Lin, *A Practical Guide to Support Vector Classification*, 2003: scale first, search on a coarse grid of
powers of two, then on a finer one around the best.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.estimators.libsvm_options import LibsvmOptions, cross_validate


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranges:
    """What ``svm-scale -s`` saves: the range that columns are sent to, and what they had in training rows.

    Attributes
    ----------
    lower, upper : -1 and 1 by default
    minimum, maximum : (d,); NaN for a column that the file does not name
    """

    lower: float = -1.0
    upper: float = 1.0
    minimum: Float64Array
    maximum: Float64Array

    def apply(self, features: FloatArray) -> Float64Array:
        """Scale rows, (n, d); a column that never varied becomes 0, as where svm-scale leaves it out."""
        span = self.maximum - self.minimum
        varies = np.isfinite(span) & (span > 0)
        share = (np.asarray(features, dtype=np.float64) - self.minimum) / np.where(varies, span, 1.0)
        return np.asarray(np.where(varies, self.lower + (self.upper - self.lower) * share, 0.0), dtype=np.float64)


def fit_ranges(training: FloatArray, *, lower: float = -1.0, upper: float = 1.0) -> Ranges:
    """Find the ranges of training rows, (n, d).

    Examples
    --------
    >>> fit_ranges(np.array([[0.0], [10.0]])).apply(np.array([[2.5], [20.0]])).ravel().tolist()
    [-0.5, 3.0]
    """
    training = np.asarray(training, dtype=np.float64)
    return Ranges(lower=lower, upper=upper, minimum=training.min(axis=0), maximum=training.max(axis=0))


def save_ranges(ranges: Ranges, path: str | Path) -> Path:
    """Write a file that ``svm-scale -r`` reads.

    Raises
    ------
    OutputError : if the file cannot be written.
    """
    lines = ["x", f"{ranges.lower:.17g} {ranges.upper:.17g}"]
    for column, (low, high) in enumerate(zip(ranges.minimum, ranges.maximum, strict=True), start=1):
        if np.isfinite(low):
            lines.append(f"{column} {low:.17g} {high:.17g}")
    return write_text(path, "\n".join(lines) + "\n")


def load_ranges(path: str | Path, *, columns: int = 0) -> Ranges:
    """Read a file that ``svm-scale -s`` or `save_ranges` wrote; a part for targets (``y``) is passed over.

    Parameters
    ----------
    columns : how many there are, where the last ones are not named

    Raises
    ------
    InputError : if it is missing or malformed.
    """
    what = "a file of ranges of svm-scale"
    lines = read_text(path, what=what).split("\n")
    if lines and lines[0].strip() == "y":
        lines = lines[3:]
    if not lines or lines[0].strip() != "x" or len(lines) < 2:
        raise InputError(path, found="no line 'x'", expected=what)
    try:
        lower, upper = (float(word) for word in lines[1].split())
        entries = [(int(index), float(low), float(high)) for index, low, high in (line.split() for line in lines[2:] if line.strip())]
    except ValueError as error:
        raise InputError(path, found=f"a malformed line ({error})", expected=what) from error
    wide = max([columns, *(index for index, _, _ in entries)])
    minimum, maximum = np.full(wide, np.nan), np.full(wide, np.nan)
    for index, low, high in entries:
        if index < 1:
            raise InputError(path, found=f"column {index}", expected="columns from 1")
        minimum[index - 1], maximum[index - 1] = low, high
    return Ranges(lower=lower, upper=upper, minimum=minimum, maximum=maximum)


@dataclass(frozen=True, kw_only=True)
class GridPoint:
    """A point of the search: base-2 logarithms of C and gamma, and the cross-validated accuracy there."""

    log2_c: float
    log2_gamma: float
    accuracy: float


def search_grid(
    features: FloatArray,
    targets: IntArray,
    *,
    options: LibsvmOptions = LibsvmOptions(folds=5),
    step: float = 2.0,
    fine_step: float = 0.5,
    seed: int = 0,
) -> tuple[LibsvmOptions, tuple[GridPoint, ...]]:
    """Search C from 2^-5 to 2^15 and gamma from 2^-15 to 2^3 in steps of 2^`step`, then around the best in steps of 2^`fine_step`.

    Of equally good points the smallest C, then the smallest gamma, is taken: the simplest machine.

    Parameters
    ----------
    features, targets : scaled training rows, and their classes
    options : whatever else is wanted; ``folds`` says by how many parts it is judged
    fine_step : 0 for the coarse grid alone

    Returns
    -------
    The options with the best C and gamma, without folds; and every point that was tried

    Raises
    ------
    InputError : for something else than an SVM for classes, or fewer than two folds.
    """
    if not options.classifies:
        raise InputError("grid search", found="a machine that is not for classes", expected="-s 0 or 1")
    tried: dict[tuple[float, float], float] = {}

    def judge(points: Iterable[tuple[float, float]]) -> None:
        for log2_c, log2_gamma in points:
            if (log2_c, log2_gamma) not in tried:
                here = replace(options, cost=2.0**log2_c, gamma=2.0**log2_gamma)
                tried[log2_c, log2_gamma] = cross_validate(features, targets, here, seed=seed)["accuracy"]

    def best() -> tuple[float, float]:
        return min(tried, key=lambda point: (-tried[point], *point))

    judge((log2_c, log2_gamma) for log2_c in np.arange(-5.0, 15.1, step).tolist() for log2_gamma in np.arange(-15.0, 3.1, step).tolist())
    if fine_step > 0:
        around = np.arange(-step, step + fine_step / 2, fine_step).tolist()
        log2_c, log2_gamma = best()
        judge((log2_c + one, log2_gamma + other) for one in around for other in around)
    log2_c, log2_gamma = best()
    points = tuple(GridPoint(log2_c=point[0], log2_gamma=point[1], accuracy=accuracy) for point, accuracy in sorted(tried.items()))
    return replace(options, cost=2.0**log2_c, gamma=2.0**log2_gamma, folds=0), points
