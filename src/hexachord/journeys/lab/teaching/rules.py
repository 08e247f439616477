"""Over-fitting, and what a split by pieces hides: the same models, judged on what they learnt from and on what they did not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.journeys.lab.teaching.songs import TeachingSongs
from hexachord.learning.estimators.registry import require_scikit_learn
from hexachord.metrics.classification import balanced_accuracy, confusion

GAMMAS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
NEIGHBOURS = (1, 3, 5, 7, 9, 13, 17, 21, 25, 31)
_FOLDS = 5
_C = 10.0


def growing_freedom(data: TeachingSongs, *, seed: int) -> dict[str, Any]:
    """Give an SVM more and more freedom (gamma: how near a song must be to have a say); judge it on pieces learnt from and on other songs.

    Means over five folds of songs, with the lowest and the highest of them; features are standardised by the rows learnt from.

    Raises
    ------
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("the teaching views")
    from sklearn.svm import SVC

    folds = _dealt(data.songs, data.kinds, seed=seed)
    learnt, not_heard = [], []
    for gamma in GAMMAS:
        own, other = [], []
        for fold in range(_FOLDS):
            train = folds != fold
            values = _standardised(data, train)
            model = SVC(C=_C, gamma=gamma).fit(values[train], data.kinds[train])
            said = np.asarray(model.predict(values))
            own.append(_balanced(data, said[train], train))
            other.append(_balanced(data, said[~train], ~train))
        learnt.append(_spread(own))
        not_heard.append(_spread(other))
    best = int(np.argmax([mean for mean, _, _ in not_heard]))
    return {"gamma": list(GAMMAS), "c": _C, "learnt": learnt, "heldOut": not_heard, "best": best, "chance": round(1 / len(data.classes), 4)}


def split_rules(data: TeachingSongs, *, seed: int) -> dict[str, Any]:
    """Judge the k nearest neighbours by folds of pieces, of songs and (where there are several to a class) of albums, for each k.

    Features are standardised by the rows learnt from; neighbours vote by their number.
    """
    rules: list[tuple[str, Sequence[str]]] = [
        ("pieces dealt freely", [str(row) for row in range(len(data.kinds))]),
        ("songs kept whole", data.songs),
    ]
    albums_of = [
        len({album for album, each in zip(data.albums, data.kinds, strict=True) if each == kind}) for kind in range(len(data.classes))
    ]
    if data.albums != data.songs and min(albums_of) > 1:
        rules.append(("albums kept whole", data.albums))
    shown = []
    for name, groups in rules:
        folds = _dealt(groups, data.kinds, seed=seed)
        by_fold = np.array([_neighbours(data, folds != fold) for fold in range(_FOLDS) if (folds == fold).any()])
        shown.append({"name": name, "accuracy": [_spread(column.tolist()) for column in by_fold.T]})
    return {
        "k": list(NEIGHBOURS), "rules": shown, "chance": round(1 / len(data.classes), 4),
        "pieces": len(data.kinds), "songs": len(set(data.songs)), "albums": len(set(data.albums)),
    }  # fmt: skip


def _neighbours(data: TeachingSongs, train: BoolArray) -> list[float]:
    values = _standardised(data, train)
    known, asked = values[train], values[~train]
    squares = (asked**2).sum(axis=1)[:, None] + (known**2).sum(axis=1)[None, :] - 2 * asked @ known.T
    nearest = data.kinds[train][np.argsort(squares, axis=1, kind="stable")[:, : max(NEIGHBOURS)]]
    found = []
    for k in NEIGHBOURS:
        votes = np.stack([(nearest[:, :k] == kind).sum(axis=1) for kind in range(len(data.classes))], axis=1)
        found.append(_balanced(data, votes.argmax(axis=1), ~train))
    return found


def _standardised(data: TeachingSongs, train: BoolArray) -> Float64Array:
    centre, spread = data.values[train].mean(axis=0), np.maximum(data.values[train].std(axis=0), 1e-12)
    return np.asarray((data.values - centre) / spread)


def _balanced(data: TeachingSongs, said: IntArray, rows: BoolArray) -> float:
    return float(balanced_accuracy(confusion(data.kinds[rows], said.astype(np.int64), classes=len(data.classes))))


def _dealt(groups: Sequence[str], kinds: IntArray, *, seed: int) -> IntArray:
    """Deal groups to folds, class by class in turn: (n,) the fold of each row."""
    random = np.random.default_rng(seed)
    kind_of = dict(zip(groups, kinds.tolist(), strict=True))
    fold_of: dict[str, int] = {}
    for kind in sorted(set(kind_of.values())):
        own = [group for group, each in kind_of.items() if each == kind]
        for place, group in enumerate(random.permutation(len(own)).tolist()):
            fold_of[own[group]] = (place + kind) % _FOLDS
    return np.array([fold_of[group] for group in groups], dtype=np.int64)


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    return round(float(np.mean(values)), 4), round(float(np.min(values)), 4), round(float(np.max(values)), 4)
