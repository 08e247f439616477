"""Steering: parts are held near the density that is asked of them, while they are written.

A small model forgets who was to play: once a part has been silent for a bar it stays so. What it was told (notes a quarter for each part,
see `hexachord.composition.controls`) is compared with what it has written, and the logarithm of the ratio leans the choice of who plays
next, and of when a bar ends. Where it does what it was told, nothing leans.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.grammar import Walk
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import BAR, CHORD, END, FILLED, GRID, KIND, Vocabulary

_STRENGTH = 4.0
_CALM = 4.0  # notes that count before the first: the beginning of a piece says little
_MOST = 2.5  # nats that the end of a bar may lean
_CALLED = 6.0  # nats that a part may lean: one that was told to play and is silent comes in
_HOLD = 0.5  # nats against ending a bar
_CLOSE = 4.0  # nats towards the end of a piece, late in its last bar: a model that has read few ends writes on
_LAST = 0.5  # of the last bar
_LATE = 0.75  # of a bar: from here on nobody is called and nothing is held, or what is missing comes as a cluster in its last moment


class Steering:
    """Counts what walks write and leans what comes next.

    Parameters
    ----------
    plan : its controls say the density of parts, in notes a quarter; parts without one are left alone
    walks : one for each candidate
    """

    def __init__(self, plan: Plan, walks: Sequence[Walk], *, vocabulary: Vocabulary) -> None:
        self._walks, self._words = walks, vocabulary
        filled = np.asarray(plan.fill.any(axis=0)).tolist()
        asked = {role: part.density for role, part in plan.controls.parts if part.density is not None}
        self._roles = [role for role in asked if role != CHORD and filled[role]]
        density = np.array([asked[role] or 0.0 for role in self._roles])
        quarters = plan.clip.lengths[:, None] / GRID * plan.fill[:, self._roles]
        given = np.zeros((len(plan.fill), len(self._roles)))
        for column, role in enumerate(self._roles):
            mine = plan.clip.notes["bar"][plan.clip.notes["role"] == role]
            given[:, column] = np.bincount(mine, minlength=len(plan.fill))[: len(plan.fill)]
        wanted = np.maximum(quarters * density - given * plan.fill[:, self._roles], 0.0)  # what is given in a bar need not be written
        self._wanted = np.cumsum(wanted, axis=0)  # by the end of each bar
        self._late = _LATE * plan.clip.lengths
        self._late[-1:] *= _LAST / _LATE
        self._count = np.zeros((len(walks), len(self._roles)))

    def count(self, rows: IntArray) -> None:
        """Take the rows that the candidates wrote, (candidates, fields)."""
        kinds = rows[:, KIND]
        for column, role in enumerate(self._roles):
            self._count[:, column] += kinds == self._words.kind(role, FILLED)

    def apart(self) -> Float64Array:
        """(candidates,) how far what was counted is from what was asked, summed over parts."""
        return np.asarray(np.abs(np.log((self._wanted[-1] + _CALM) / (self._count + _CALM))).sum(axis=1))

    def lean(self, field: int, chosen: IntArray) -> Float64Array | None:
        """Say what is added to the logits of a field (`hexachord.models.row_sampling.Lean`)."""
        if field != KIND or not self._roles:
            return None
        bars = [min(walk.bar, len(self._wanted) - 1) for walk in self._walks]
        wanted = self._wanted[bars]
        late = np.array([walk.last[0] >= self._late[bar] for walk, bar in zip(self._walks, bars, strict=True)])
        calm = late | (np.array(bars) == len(self._wanted) - 1)  # nobody is called in the last bar: it closes
        added = np.zeros((len(self._walks), self._words.kinds))
        apart = np.log((wanted + _CALM) / (self._count + _CALM))
        added[:, [self._words.kind(role, FILLED) for role in self._roles]] = np.clip(
            _STRENGTH * apart, -_MOST, np.where(calm, 0.0, _CALLED)[:, None]
        )
        whole = np.log((self._count.sum(axis=1) + _CALM) / (wanted.sum(axis=1) + _CALM))
        added[:, [BAR, END]] = np.clip(_STRENGTH * whole, np.where(calm, 0.0, -_HOLD), _MOST)[:, None]
        added[late, END] += _CLOSE
        return added
