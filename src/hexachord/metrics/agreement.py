"""Agreement of annotators: how far labels and ratings can be trusted.

Ratings are a matrix, one row for each annotator, one column for each item, NaN where somebody did not rate something. Categories are
numbers; only their identity counts on the nominal level, their order on the ordinal, their distance on the interval level.

J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20:1, 1960, and "Weighted kappa",
Psychological Bulletin 70:4, 1968; J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76:5, 1971;
P. E. Shrout, J. L. Fleiss, "Intraclass correlations", Psychological Bulletin 86:2, 1979; K. Krippendorff, "Computing Krippendorff's
alpha-reliability", University of Pennsylvania 2011.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

from hexachord.arrays import BoolArray, Float64Array

Level = Literal["nominal", "ordinal", "interval"]
Weights = Literal["none", "linear", "quadratic"]
UNDEFINED = float("nan")  # of a coefficient where nothing varies: agreement beyond chance cannot be told from chance


def validate(ratings: npt.ArrayLike) -> Float64Array:
    """Check a matrix of ratings and return it as float64.

    Raises
    ------
    ValueError : if it is not (annotators, items), or holds an infinite number.
    """
    matrix = np.asarray(ratings, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"ratings of shape {matrix.shape}; expected (annotators, items)")
    if np.isinf(matrix).any():
        raise ValueError("a rating is infinite; a missing one is NaN")
    return matrix


def percent_agreement(ratings: npt.ArrayLike) -> float:
    """Give the share of pairs of annotators that say the same of an item, averaged over items that at least two rated.

    Parameters
    ----------
    ratings : (annotators, items), NaN where one is missing

    Returns
    -------
    0 to 1; NaN where no item was rated twice

    Examples
    --------
    >>> percent_agreement([[0, 1, 1], [0, 1, 0]])
    0.6666666666666666
    """
    _, counts = _counts(validate(ratings))
    raters = counts.sum(axis=1)
    counts, raters = counts[raters > 1], raters[raters > 1]
    if not len(raters):
        return UNDEFINED
    return float(np.mean(((counts * (counts - 1)).sum(axis=1)) / (raters * (raters - 1))))


def cohen_kappa(first: npt.ArrayLike, second: npt.ArrayLike, *, weights: Weights | Float64Array = "none") -> float:
    """Compute Cohen's kappa of two annotators, over the items that both rated.

    Parameters
    ----------
    first, second : (items,) the ratings of each, NaN where one is missing
    weights : ``none``: every disagreement counts the same; ``linear`` and ``quadratic``: by the distance of the categories' ranks; or how
        bad each disagreement is, (categories, categories) with 0 on the diagonal, for categories 0, 1, 2 ... (Cohen 1968)

    Returns
    -------
    1 for full agreement, 0 for chance, negative below it; NaN where both only ever used one and the same category

    Raises
    ------
    ValueError : if the two are not of one length.

    Examples
    --------
    >>> cohen_kappa([0, 0, 1, 1], [0, 0, 1, 0])
    0.5
    """
    one, other = validate([np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)])
    both = np.isfinite(one) & np.isfinite(other)
    if not both.any():
        return UNDEFINED
    if isinstance(weights, str):
        categories, codes = np.unique(np.concatenate([one[both], other[both]]), return_inverse=True)
        rank = np.arange(len(categories), dtype=np.float64)
        distance = np.abs(rank[:, None] - rank)
        cost = {"none": (distance > 0).astype(np.float64), "linear": distance, "quadratic": distance**2}[weights]
    else:
        cost = np.asarray(weights, dtype=np.float64)
        codes = np.concatenate([one[both], other[both]]).astype(np.int64)
    seen = np.zeros(cost.shape)
    np.add.at(seen, (codes[: both.sum()], codes[both.sum() :]), 1.0 / both.sum())
    chance = seen.sum(axis=1)[:, None] * seen.sum(axis=0)
    expected = float((cost * chance).sum())
    return 1.0 - float((cost * seen).sum()) / expected if expected > 0 else UNDEFINED


def fleiss_kappa(counts: npt.ArrayLike) -> float:
    """Compute Fleiss' kappa: any annotators, the same number for every item.

    Parameters
    ----------
    counts : (items, categories) how many annotators chose each category

    Raises
    ------
    ValueError : if items have different numbers of ratings (see `krippendorff_alpha`), or fewer than two.

    Examples
    --------
    >>> round(fleiss_kappa([[3, 0], [0, 3], [2, 1]]), 3)
    0.55
    """
    table = np.asarray(counts, dtype=np.float64)
    raters = table.sum(axis=1)
    if table.ndim != 2 or not len(table) or raters.min() != raters.max() or raters[0] < 2:
        raise ValueError("Fleiss' kappa wants items by categories, and the same number of ratings, at least two, of every item")
    n = float(raters[0])
    observed = float(np.mean((table * (table - 1)).sum(axis=1) / (n * (n - 1))))
    chance = float(np.sum((table.sum(axis=0) / table.sum()) ** 2))
    return (observed - chance) / (1.0 - chance) if chance < 1.0 else UNDEFINED


def krippendorff_alpha(ratings: npt.ArrayLike, *, level: Level = "nominal") -> float:
    """Compute Krippendorff's alpha: any number of annotators, any of their ratings missing.

    Parameters
    ----------
    ratings : (annotators, items), NaN where one is missing
    level : what the numbers mean: names, an order, or distances

    Returns
    -------
    1 for full agreement, 0 for chance, negative below it; NaN where no item was rated twice, or nothing varies

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 2, 3, np.nan], [1, 2, 3, 1], [np.nan, 3, 3, 1]]), 3)
    0.719
    """
    values, counts = _counts(validate(ratings))
    counts = counts[counts.sum(axis=1) > 1]
    if not len(counts):
        return UNDEFINED
    pairs = counts.sum(axis=1, keepdims=True) - 1.0
    coincidence = (counts / pairs).T @ counts - np.diag((counts / pairs).sum(axis=0))
    totals = coincidence.sum(axis=1)
    cost = _DISTANCES[level](values, totals)
    expected = float(totals @ cost @ totals) / float(totals.sum() - 1.0)
    return 1.0 - float((coincidence * cost).sum()) / expected if expected > 0 else UNDEFINED


def intraclass_correlation(ratings: npt.ArrayLike, *, model: Literal["2,1", "3,1"] = "2,1") -> float:
    """Compute the intraclass correlation of a single annotator's ratings, over the items that all rated.

    Parameters
    ----------
    ratings : (annotators, items); items that somebody did not rate are left out
    model : ``2,1``: the annotators are a sample, and one who always rates higher disagrees; ``3,1``: they are all there is, and only
        consistency counts

    Returns
    -------
    At most 1; NaN for fewer than two items or annotators, or where nothing varies

    Examples
    --------
    >>> round(intraclass_correlation([[1, 2, 3, 4], [2, 3, 4, 5]], model="3,1"), 6)
    1.0
    """
    matrix = validate(ratings)
    table = matrix[:, np.isfinite(matrix).all(axis=0)].T
    n, k = table.shape
    if n < 2 or k < 2:
        return UNDEFINED
    mean = table.mean()
    between_items = k * float(np.sum((table.mean(axis=1) - mean) ** 2))
    between_raters = n * float(np.sum((table.mean(axis=0) - mean) ** 2))
    items = between_items / (n - 1)
    raters = between_raters / (k - 1)
    error = max(0.0, float(np.sum((table - mean) ** 2)) - between_items - between_raters) / ((n - 1) * (k - 1))
    below = items + (k - 1) * error + (k * (raters - error) / n if model == "2,1" else 0.0)
    return (items - error) / below if below > 0 else UNDEFINED


def evaluate(ratings: npt.ArrayLike, *, level: Level = "nominal") -> dict[str, float]:
    """Compute what fits the level: ``percent cohen fleiss alpha``; on ordered ones ``weighted_cohen``, on intervals ``icc2 icc3``.

    Cohen's kappas are means over the pairs of annotators that share items; Fleiss' is over the items that all annotators rated.
    """
    matrix = validate(ratings)
    raters = len(matrix)
    pairs = [(matrix[i], matrix[j]) for i in range(raters) for j in range(i + 1, raters)]

    def mean_kappa(weights: Weights) -> float:
        kappas = np.array([cohen_kappa(one, other, weights=weights) for one, other in pairs])
        return float(np.mean(kappas[np.isfinite(kappas)])) if np.isfinite(kappas).any() else UNDEFINED

    complete = matrix[:, np.isfinite(matrix).all(axis=0)]
    _, counts = _counts(complete)
    found = {
        "percent": percent_agreement(matrix),
        "cohen": mean_kappa("none"),
        "fleiss": fleiss_kappa(counts) if raters > 1 and complete.shape[1] else UNDEFINED,
        "alpha": krippendorff_alpha(matrix, level=level),
    }
    if level != "nominal":
        found["weighted_cohen"] = mean_kappa("quadratic")
    if level == "interval":
        found["icc2"] = intraclass_correlation(matrix, model="2,1")
        found["icc3"] = intraclass_correlation(matrix, model="3,1")
    return found


def _counts(matrix: Float64Array) -> tuple[Float64Array, Float64Array]:
    """The categories there are, and (items, categories) how often each was chosen."""
    values = np.unique(matrix[np.isfinite(matrix)])
    chosen: BoolArray = matrix[:, :, None] == values
    return values, chosen.sum(axis=0).astype(np.float64)


def _nominal(values: Float64Array, _: Float64Array) -> Float64Array:
    return 1.0 - np.eye(len(values))


def _ordinal(values: Float64Array, totals: Float64Array) -> Float64Array:
    """The square of how many ratings lie between two ranks, the ends counting half."""
    upto = np.cumsum(totals)
    middle = upto - totals / 2
    return np.asarray((middle[:, None] - middle) ** 2, dtype=np.float64)


def _interval(values: Float64Array, _: Float64Array) -> Float64Array:
    return np.asarray((values[:, None] - values) ** 2, dtype=np.float64)


_DISTANCES: dict[Level, Callable[[Float64Array, Float64Array], Float64Array]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
}
