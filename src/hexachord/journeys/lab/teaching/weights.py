"""Linear models: losses over the margin, and weights under a growing penalty.

A. Hoerl, R. Kennard, *Ridge regression*, 1970; R. Tibshirani, *Regression shrinkage and selection via the lasso*, 1996.
"""

from typing import Any

import numpy as np

from hexachord.journeys.lab.teaching.songs import Pair, TeachingSongs, spoken
from hexachord.learning.estimators.hypotheses import LOSSES
from hexachord.learning.estimators.shrinkage import lasso_path, ridge_path

LAMBDAS = tuple(float(value) for value in np.geomspace(0.003, 3.0, 31))
_MARGINS = np.round(np.arange(-2.0, 3.01, 0.1), 1)
_BIN = 0.2


def losses_over_margin(pair: Pair) -> dict[str, Any]:
    """Give the three losses over the margin, and margins of real pieces under a linear classifier that least squares found.

    The mean of each loss over the pieces held out is the empirical risk that a learner would minimise.
    """
    learnt = ~pair.held_out
    design = np.column_stack([pair.values, np.ones(len(pair.values))])
    weights = np.linalg.lstsq(design[learnt], pair.signs[learnt].astype(np.float64), rcond=None)[0]
    margins = pair.signs * (design @ weights)
    own = margins[pair.held_out]
    starts = np.round(np.arange(-2.0, 3.0, _BIN), 1)
    kept = np.clip(own, -2.0, 2.999)
    counts = [int(((kept >= start - 1e-9) & (kept < start + _BIN - 1e-9)).sum()) for start in starts]
    losses = [
        {"name": loss.name, "values": [round(float(value), 4) for value in loss.of(_MARGINS)], "risk": round(float(loss.of(own).mean()), 4)}
        for loss in LOSSES
    ]
    histogram = [[float(start), count] for start, count in zip(starts, counts, strict=True)]
    return {
        "margins": _MARGINS.tolist(), "losses": losses, "histogram": histogram,
        "bin": _BIN, "pieces": int(pair.held_out.sum()), "classes": list(pair.classes),
    }  # fmt: skip


def penalty_paths(data: TeachingSongs, pair: Pair, *, seed: int) -> dict[str, Any]:
    """Fit ridge and lasso to tell one class (1) from the other (-1), on all descriptors, for every penalty.

    Both minimise the mean squared error plus λ times the squares of the weights (ridge) or their sizes (lasso). The best penalty is the
    one with the least error on songs held out.
    """
    names = {name: kind for kind, name in enumerate(data.classes)}
    first, second = (names[name] for name in pair.classes)
    rows = np.flatnonzero((data.kinds == first) | (data.kinds == second))
    held = data.held_out(seed=seed)[rows]
    values = data.values[rows]
    centre, spread = values[~held].mean(axis=0), np.maximum(values[~held].std(axis=0), 1e-12)
    values = (values - centre) / spread
    targets = np.where(data.kinds[rows] == first, 1.0, -1.0)
    offset = float(targets[~held].mean())
    paths = []
    known, wanted = values[~held], targets[~held] - offset
    for name, path in (("ridge", ridge_path), ("lasso", lasso_path)):
        weights = path(known, wanted, LAMBDAS, averaged=True)
        errors = [((values @ each + offset - targets) ** 2) for each in weights]
        learnt = [float(error[~held].mean()) for error in errors]
        heard = [float(error[held].mean()) for error in errors]
        paths.append({
            "name": name, "weights": [[round(float(value), 5) for value in each] for each in weights],
            "learnt": [round(value, 5) for value in learnt], "heldOut": [round(value, 5) for value in heard], "best": int(np.argmin(heard)),
        })  # fmt: skip
    return {"lambdas": list(LAMBDAS), "names": [spoken(name) for name in data.names], "paths": paths, "classes": list(pair.classes)}
