"""Which items to ask about first: those a model is least sure of, and that differ from what was asked already.

Uncertainty as in B. Settles, *Active Learning Literature Survey*, University of Wisconsin 2009, §3.1 (entropy, margin); the mix with
diversity goes item by item, as maximal marginal relevance does (J. Carbonell, J. Goldstein, SIGIR 1998).
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError, MissingExtraError
from hexachord.learning.datasets.rows import read_rows
from hexachord.learning.features.table import FeatureTable

Uncertainty = Literal["entropy", "margin"]
_WHAT = "a CSV of scores: a column `id`, and one for each class"


def uncertainty(scores: Float64Array, *, by: Uncertainty = "entropy") -> Float64Array:
    """Say how unsure a model is of each item.

    Parameters
    ----------
    scores : (items, classes) probabilities, or what is proportional to them: rows need not sum to 1
    by : ``entropy`` of the classes, or ``margin``: how little the first has over the second

    Returns
    -------
    (items,) 0 (sure) to 1 (no idea)

    Raises
    ------
    ValueError : if a score is negative or not finite, a row is all 0, or there is one class only.

    Examples
    --------
    >>> uncertainty(np.array([[1.0, 0.0], [0.5, 0.5]])).tolist(), uncertainty(np.array([[0.7, 0.3]]), by="margin").round(3).tolist()
    ([0.0, 1.0], [0.6])
    """
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"scores of shape {table.shape}; expected (items, classes), two classes or more")
    if not np.isfinite(table).all() or (table < 0).any() or (table.sum(axis=1) <= 0).any():
        raise ValueError("scores are chances: finite, not negative, and not all 0 for an item")
    shares = table / table.sum(axis=1, keepdims=True)
    if by == "margin":
        ranked = np.sort(shares, axis=1)
        return np.asarray(1.0 - (ranked[:, -1] - ranked[:, -2]), dtype=np.float64)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    entropy = -(shares * logs).sum(axis=1) / math.log(table.shape[1])
    return np.asarray(np.clip(entropy, 0.0, 1.0) + 0.0, dtype=np.float64)  # no minus before 0


def active_order(unsure: Float64Array, features: Float64Array | None = None, *, diversity: float = 0.3) -> list[int]:
    """Rank items: the least certain first, and among them those unlike what stands before them.

    Parameters
    ----------
    unsure : (items,) 0 to 1
    features : (items, d) where items lie, on scales that can be compared; None: diversity does not count
    diversity : 0: uncertainty alone; 1: distance alone

    Returns
    -------
    Numbers of items, each once

    Raises
    ------
    ValueError : if diversity is not within 0 and 1, or rows do not match.
    """
    if not 0 <= diversity <= 1:
        raise ValueError(f"diversity is {diversity}; expected 0 to 1")
    count = len(unsure)
    if features is None or diversity == 0 or count < 2:
        return [int(i) for i in np.argsort(-unsure, kind="stable")]
    if len(features) != count:
        raise ValueError(f"features of {len(features)} items beside the uncertainty of {count}")
    order = [int(np.argmax(unsure))]
    nearest = np.linalg.norm(features - features[order[0]], axis=1)
    width = float(nearest.max()) or 1.0
    left = np.ones(count, dtype=bool)
    left[order[0]] = False
    while left.any():
        worth = np.where(left, (1 - diversity) * unsure + diversity * np.minimum(nearest / width, 1.0), -np.inf)
        best = int(np.argmax(worth))
        order.append(best)
        left[best] = False
        nearest = np.minimum(nearest, np.linalg.norm(features - features[best], axis=1))
    return order


def rank_by_scores(
    ids: Sequence[str], scores: Float64Array, *, features: FeatureTable | None = None, by: Uncertainty = "entropy", diversity: float = 0.3
) -> tuple[str, ...]:
    """Rank ids by a model's scores, mixed with diversity where features are given (rows of whole tracks)."""
    places = None if features is None else _standardised(features.in_order_of(ids).values)
    return tuple(ids[i] for i in active_order(uncertainty(scores, by=by), places, diversity=diversity))


def rank_by_model(
    features: FeatureTable, labels: Mapping[str, str], *, by: Uncertainty = "entropy", diversity: float = 0.3, seed: int = 0
) -> tuple[str, ...]:
    """Rank the unlabelled tracks of a table by a quick model (logistic regression) of those that are labelled.

    Parameters
    ----------
    features : rows of whole tracks
    labels : by id, what is known so far; with fewer than two classes only diversity counts

    Raises
    ------
    MissingExtraError : if scikit-learn is not installed.
    """
    values = _standardised(features.values)
    known = [row for row, name in enumerate(features.ids) if name in labels]
    left = [row for row, name in enumerate(features.ids) if name not in labels]
    if not left:
        return ()
    if len({labels[features.ids[row]] for row in known}) < 2:
        order = active_order(np.zeros(len(left)), values[left], diversity=1.0)
        return tuple(features.ids[left[i]] for i in order)
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise MissingExtraError("the order 'active'", extra="learn", need="a quick model") from error
    model = LogisticRegression(C=0.1, max_iter=500, class_weight="balanced", random_state=seed)
    model.fit(values[known], [labels[features.ids[row]] for row in known])
    unsure = uncertainty(model.predict_proba(values[left]), by=by)
    return tuple(features.ids[left[i]] for i in active_order(unsure, values[left], diversity=diversity))


def load_scores(path: str | Path) -> tuple[tuple[str, ...], Float64Array]:
    """Read a model's scores from a CSV with a header: ``id`` and a column for each class.

    Returns
    -------
    ids : of the rows
    scores : (ids, classes)

    Raises
    ------
    InputError : naming the line that is wrong.
    """
    rows = read_rows(Path(path))
    classes = [name for name in rows[0].cells if name != "id"]
    if "id" not in rows[0].cells or len(classes) < 2:
        raise InputError(path, found=f"the columns {', '.join(rows[0].cells)}", expected=_WHAT)
    ids, values = [], []
    for row in rows:
        try:
            numbers = [float(str(row.cells.get(name, ""))) for name in classes]
            uncertainty(np.array([numbers]))
        except ValueError as error:
            raise InputError(path, found=f"in line {row.line}: {error}", expected=_WHAT) from error
        ids.append(str(row.cells["id"]).strip())
        values.append(numbers)
    if len(set(ids)) != len(ids):
        raise InputError(path, found=f"the id {next(name for name in ids if ids.count(name) > 1)} twice", expected=_WHAT)
    return tuple(ids), np.array(values, dtype=np.float64)


def _standardised(values: Float64Array) -> Float64Array:
    """Z-scores; what could not be measured is average."""
    mean = np.nanmean(values, axis=0, keepdims=True)
    spread = np.nanstd(values, axis=0, keepdims=True)
    return np.asarray(np.nan_to_num((values - mean) / np.where(spread > 0, spread, 1.0)), dtype=np.float64)
