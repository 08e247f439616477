"""Steering: parts are held near the density that is asked of them, while they are written.

A small model forgets who was to play: once a part has been silent for a bar it stays so. What it was told (notes a quarter for each part,
see `hexachord.composition.controls`) is compared with what it has written, and the logarithm of the ratio leans the choice of who plays
next, and of when a bar ends. Where it does what it was told, nothing leans. Chord symbols lean to the key of their bar, a foreign root or a
foreign tone being less likely by a fixed factor, not forbidden.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.constraints import chord_intervals
from hexachord.composition.grammar import Walk
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import BAR, CHORD, DURATION, END, FILLED, GRID, KIND, NO_ROOT, PITCH, Vocabulary

_STRENGTH = 1.2
_CALM = 4.0  # notes that count before the first: the beginning of a piece says little
_MOST = 2.5  # nats that a choice may lean
_FOREIGN_ROOT, _FOREIGN_TONE, _NO_CHORD = 5.0, 2.5, 2.0  # nats
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_MINOR = (0, 2, 3, 5, 7, 8, 10, 11)


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
        self._count = np.zeros((len(walks), len(self._roles)))
        self._keys = plan.clip.bars["key"].astype(np.int64)
        self._tones = [chord_intervals(quality) for quality in vocabulary.qualities] if filled[CHORD] else []

    def count(self, kinds: IntArray) -> None:
        """Take the kinds of the rows that the candidates wrote."""
        for column, role in enumerate(self._roles):
            self._count[:, column] += kinds == self._words.kind(role, FILLED)

    def lean(self, field: int, chosen: IntArray) -> Float64Array | None:
        """Say what is added to the logits of a field (`hexachord.models.row_sampling.Lean`)."""
        if field in (PITCH, DURATION) and self._tones:
            return self._in_key(field, chosen)
        if field != KIND or not self._roles:
            return None
        bars = [min(walk.bar, len(self._wanted) - 1) for walk in self._walks]
        wanted = self._wanted[bars]
        added = np.zeros((len(self._walks), self._words.kinds))
        apart = np.log((wanted + _CALM) / (self._count + _CALM))
        added[:, [self._words.kind(role, FILLED) for role in self._roles]] = np.clip(_STRENGTH * apart, -_MOST, _MOST)
        whole = np.log((self._count.sum(axis=1) + _CALM) / (wanted.sum(axis=1) + _CALM))
        added[:, [BAR, END]] = np.clip(_STRENGTH * whole, -_MOST, _MOST)[:, None]
        return added

    def _in_key(self, field: int, chosen: IntArray) -> Float64Array:
        """Lean the root of a chord, or its quality, to the key of the bar."""
        added = np.zeros((len(self._walks), self._words.field_sizes[field]))
        chord = self._words.kind(CHORD, FILLED)
        for candidate, walk in enumerate(self._walks):
            key = int(self._keys[min(walk.bar, len(self._keys) - 1)])
            if chosen[candidate, KIND] != chord or key < 0:
                continue
            scale = {(key + step) % 12 for step in (_MAJOR if key < 12 else _MINOR)}
            if field == PITCH:
                added[candidate, 1:13] = [0.0 if root in scale else -_FOREIGN_ROOT for root in range(12)]
                added[candidate, NO_ROOT] = -_NO_CHORD
            elif 1 <= chosen[candidate, PITCH] <= 12:
                root = int(chosen[candidate, PITCH]) - 1
                foreign = [sum((root + tone) % 12 not in scale for tone in tones) for tones in self._tones]
                added[candidate, 1 : 1 + len(foreign)] = -_FOREIGN_TONE * np.array(foreign)
        return added
