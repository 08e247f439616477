"""Boundaries: what an SVM and the nearest neighbours make of two classes on two descriptors, for every setting of the sliders.

C. Cortes, V. Vapnik, *Support-vector networks*, 1995; T. Cover, P. Hart, *Nearest neighbor pattern classification*, 1967.
"""

import base64
from typing import Any

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.journeys.lab.teaching.songs import Pair
from hexachord.journeys.reporting.svg_plots import nice_ticks
from hexachord.learning.estimators.registry import require_scikit_learn

SIDE = 61  # of the grid on which a decision is computed
C_VALUES = (0.1, 0.3, 1.0, 3.0, 10.0, 100.0, 1000.0)
GAMMA_VALUES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
K_VALUES = (1, 3, 5, 7, 9, 15, 25, 41)
_STEPS = 50.0  # a decision of 1 (the margin) in the bytes of a field; beyond 2.54 it is cut


def svm_fields(pair: Pair) -> dict[str, Any]:
    """Fit an SVM with an RBF kernel for every C and gamma; give decisions on a grid, support vectors, and how many it gets right.

    Raises
    ------
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("the teaching views")
    from sklearn.svm import SVC

    grid, window = _grid(pair)
    learnt = np.flatnonzero(~pair.held_out)
    settings = []
    for c in C_VALUES:
        for gamma in GAMMA_VALUES:
            model = SVC(C=c, gamma=gamma, kernel="rbf").fit(pair.values[learnt], pair.signs[learnt])
            settings.append(
                {"field": _bytes(model.decision_function(grid)), "support": learnt[model.support_].tolist(),
                 **_right(pair, np.asarray(model.predict(pair.values)) == pair.signs)}
            )  # fmt: skip
    return {**_points(pair), **window, "c": list(C_VALUES), "gamma": list(GAMMA_VALUES), "settings": settings}


def neighbour_fields(pair: Pair) -> dict[str, Any]:
    """Ask the k nearest pieces for every k that there are enough pieces for; the field is their vote, from -1 to 1."""
    grid, window = _grid(pair)
    learnt = np.flatnonzero(~pair.held_out)
    known = tuple(k for k in K_VALUES if k <= len(learnt))
    settings = []
    for k in known:
        votes = _votes(pair.values[learnt], pair.signs[learnt], grid, k)
        own = _votes(pair.values[learnt], pair.signs[learnt], pair.values, k)
        settings.append({"field": _bytes(votes), "support": [], **_right(pair, np.where(own >= 0, 1, -1) == pair.signs)})
    return {**_points(pair), **window, "k": list(known), "settings": settings}


def _votes(known: Float64Array, signs: IntArray, asked: Float64Array, k: int) -> Float64Array:
    far = ((asked[:, None, :] - known[None, :, :]) ** 2).sum(axis=2)
    nearest = np.argsort(far, axis=1, kind="stable")[:, :k]
    return np.asarray(signs[nearest].mean(axis=1), dtype=np.float64)


def _grid(pair: Pair) -> tuple[Float64Array, dict[str, Any]]:
    window = plane_window(pair.values, pair.centre, pair.spread)
    (left, right), (below, above) = window["x"], window["y"]
    along, up = np.linspace(left, right, SIDE), np.linspace(below, above, SIDE)
    return np.stack([axis.ravel() for axis in np.meshgrid(along, up)], axis=1), {"side": SIDE, **window}


def plane_window(points: Float64Array, centre: Float64Array, spread: Float64Array) -> dict[str, Any]:
    """Give the axes of a plane of standardised descriptors: what they span, and ticks in the descriptors' own units."""
    low, high = points.min(axis=0) - 0.3, points.max(axis=0) + 0.3
    found: dict[str, Any] = {}
    for axis, name in enumerate("xy"):
        own = (float(low[axis] * spread[axis] + centre[axis]), float(high[axis] * spread[axis] + centre[axis]))
        shown = [tick for tick in nice_ticks(*own) if own[0] <= tick <= own[1]]
        found[name] = [round(float(low[axis]), 4), round(float(high[axis]), 4)]
        found[f"{name}Ticks"] = [[round(float((tick - centre[axis]) / spread[axis]), 4), f"{tick:g}"] for tick in shown]
    return found


def _points(pair: Pair) -> dict[str, Any]:
    points = [
        [round(float(x), 4), round(float(y), 4), int(sign), int(held)]
        for (x, y), sign, held in zip(pair.values, pair.signs, pair.held_out, strict=True)
    ]
    return {"points": points, "classes": list(pair.classes), "names": list(pair.names)}


def _bytes(decisions: Float64Array) -> str:
    steps = np.clip(np.round(decisions * _STEPS), -127, 127).astype(np.int8)
    return base64.b64encode(steps.tobytes()).decode()


def _right(pair: Pair, right: BoolArray) -> dict[str, Any]:
    return {"learnt": round(float(right[~pair.held_out].mean()), 4), "heldOut": round(float(right[pair.held_out].mean()), 4)}
