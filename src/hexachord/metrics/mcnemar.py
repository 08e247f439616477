"""Two models on the same songs: is one better, or was it luck?

Q. McNemar, *Note on the sampling error of the difference between correlated proportions*, Psychometrika 12, 1947; the exact form asks the
binomial distribution. T. Dietterich, *Approximate Statistical Tests for Comparing Supervised Classification Learning Algorithms*, 1998.
"""

from math import comb

import numpy as np

from hexachord.arrays import BoolArray


def validate(first_right: BoolArray, second_right: BoolArray) -> None:
    """Check two rows that say of each song whether it was recognised.

    Raises
    ------
    ValueError : if they differ in length.
    """
    if np.shape(first_right) != np.shape(second_right) or np.ndim(first_right) != 1:
        raise ValueError(f"answers of shapes {np.shape(first_right)} and {np.shape(second_right)}; expected the same songs in one row each")


def disagreements(first_right: BoolArray, second_right: BoolArray) -> tuple[int, int]:
    """Count the songs that only the first recognised, and those that only the second did."""
    validate(first_right, second_right)
    first, second = np.asarray(first_right, dtype=bool), np.asarray(second_right, dtype=bool)
    return int((first & ~second).sum()), int((second & ~first).sum())


def exact_p_value(only_first: int, only_second: int) -> float:
    """Give the chance of so uneven a division of the disagreements, or a more uneven one, if both models were equally good.

    Examples
    --------
    >>> exact_p_value(1, 9)
    0.021484375
    """
    total, fewer = only_first + only_second, min(only_first, only_second)
    if not total or only_first == only_second:
        return 1.0
    return float(min(1.0, 2 * sum(comb(total, count) for count in range(fewer + 1)) / 2**total))


def evaluate(first_right: BoolArray, second_right: BoolArray) -> dict[str, float]:
    """Compute ``only_first only_second p_value``."""
    only_first, only_second = disagreements(first_right, second_right)
    return {"only_first": float(only_first), "only_second": float(only_second), "p_value": exact_p_value(only_first, only_second)}
