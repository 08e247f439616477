"""Recalling: a bar that is to resemble an earlier one is drawn towards what was written there, note by note.

A small model that is only told "as bar 3" hears the wish and does not grant it. While such a bar is written, the next note of the earlier
bar that has not been passed is always known; each field of the next row leans to that note's as long as the fields before agree, and the
bar leans to its end once all are passed. How far it leans follows from the likeness that is asked for, so that a repetition comes out
nearly note for note and a variation keeps that share of its notes, the model choosing what fits now where it disagrees.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.composition.grammar import Walk
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import BAR, BAR_NUMBER, BEAT, CHORD, DURATION, END, GRID, KIND, PITCH, PLACE, VELOCITY, Vocabulary

_SAME = 7.0  # nats towards a note that is to come again for certain
_AGREE = (KIND, BEAT, PLACE, PITCH, DURATION)
_LEAST = 0.3  # likeness below which nothing leans: two bars of one song have that in common anyway


def recall_nats(likeness: float) -> float:
    """Say how far a field leans towards the note that is recalled, in nats.

    Examples
    --------
    >>> [round(recall_nats(likeness), 1) for likeness in (0.2, 0.7, 1.0)]
    [0.0, 4.0, 7.0]
    """
    return _SAME * max(0.0, (likeness - _LEAST) / (1.0 - _LEAST))


class Recall:
    """Leans what is written to what was.

    Parameters
    ----------
    plan : its controls say which bar is like which earlier one, and how much
    walks : one for each candidate
    """

    def __init__(self, plan: Plan, walks: Sequence[Walk], *, vocabulary: Vocabulary) -> None:
        self._walks, self._words = walks, vocabulary
        self._like = {bar: (earlier, recall_nats(likeness)) for bar, earlier, likeness in plan.controls.likeness if earlier < bar}
        self._next: list[IntArray | None] = [None] * len(walks)

    def __bool__(self) -> bool:
        return bool(self._like)

    def lean(self, field: int, chosen: IntArray) -> Float64Array | None:
        """Say what is added to the logits of a field (`hexachord.models.row_sampling.Lean`)."""
        if field == BAR_NUMBER:
            return None
        added = None
        for candidate, walk in enumerate(self._walks):
            if walk.done or walk.bar not in self._like:
                continue
            earlier, nats = self._like[walk.bar]
            if field == KIND:
                self._next[candidate] = self._coming(walk, earlier)
            target = self._next[candidate]
            if added is None:
                added = np.zeros((len(self._walks), self._words.field_sizes[field]))
            if target is None:
                if field == KIND:
                    added[candidate, [BAR, END]] = nats
            elif all(chosen[candidate, before] == target[before] for before in _AGREE if before < field) and (
                field != VELOCITY or self._words.role_of[target[KIND]] == CHORD  # loudness is the moment's, a bass is not
            ):
                added[candidate, target[field]] = nats
        return added

    def _coming(self, walk: Walk, earlier: int) -> IntArray | None:
        """The first note of the earlier bar that is not passed yet."""
        rows = walk.filled(earlier)
        if not len(rows):
            return None
        place = (rows[:, BEAT] - 1) * GRID + rows[:, PLACE] - 1
        role = self._words.role_of[rows[:, KIND]]
        at_place, at_role, at_pitch = walk.last
        later = (place > at_place) | ((place == at_place) & ((role > at_role) | ((role == at_role) & (rows[:, PITCH] - 1 > at_pitch))))
        return np.asarray(rows[int(np.argmax(later))]) if later.any() else None
