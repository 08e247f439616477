"""Recalling: a bar that is to resemble another is drawn towards what stands there, note by note.

A small model that is only told "as bar 3" hears the wish and does not grant it. While such a bar is written, the next note of the other
bar that has not been passed is always known; each field of the next row leans to that note's as long as the fields before agree, and the
bar leans to its end once all are passed. How far it leans follows from the likeness that is asked for, so that a repetition comes out
nearly note for note and a variation keeps that share of its notes, the model choosing what fits now where it disagrees.

Section plans say which bars those are (`hexachord.composition.sections`); for bars to be filled inside a piece, their surroundings do
(`akin_bars`): where what stands around a gap stands around another bar too, the gap held something like that bar.
"""

from collections.abc import Sequence

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.composition.clips import Clip, chords_in_force
from hexachord.composition.grammar import Walk
from hexachord.composition.likeness import bar_likeness
from hexachord.composition.plan import Plan
from hexachord.composition.vocabulary import BAR, BAR_NUMBER, BEAT, CHORD, DURATION, END, GRID, KIND, PITCH, PLACE, VELOCITY, Vocabulary

_SAME = 7.0  # nats towards a note that is to come again for certain
_AGREE = (KIND, BEAT, PLACE, PITCH, DURATION)
_AROUND = ((-1, 1.0), (1, 1.0), (-2, 0.5), (2, 0.5))  # bars from here, and what they count
_BY_CHORDS, _BY_NOTES, _EXPECTED = 1.0, 2.0, 1.6
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
    plan : says what is recalled where
    walks : one for each candidate
    """

    def __init__(self, plan: Plan, walks: Sequence[Walk], *, vocabulary: Vocabulary) -> None:
        self._walks, self._words = walks, vocabulary
        self._like = {bar: (other, recall_nats(likeness)) for bar, other, likeness in plan.recall}
        self._next: list[IntArray | None] = [None] * len(walks)

    def lean(self, field: int, chosen: IntArray) -> Float64Array | None:
        """Say what is added to the logits of a field (`hexachord.models.row_sampling.Lean`)."""
        if field == BAR_NUMBER:
            return None
        added = None
        for candidate, walk in enumerate(self._walks):
            if walk.done or walk.bar not in self._like:
                continue
            other, nats = self._like[walk.bar]
            if field == KIND:
                self._next[candidate] = self._coming(walk, other)
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

    def _coming(self, walk: Walk, other: int) -> IntArray | None:
        """The first note of the other bar that is not passed yet."""
        rows = walk.standing(other)
        place = (rows[:, BEAT] - 1) * GRID + rows[:, PLACE] - 1
        role = self._words.role_of[rows[:, KIND]]
        at_place, at_role, at_pitch = walk.last
        later = (place > at_place) | ((place == at_place) & ((role > at_role) | ((role == at_role) & (rows[:, PITCH] - 1 > at_pitch))))
        return np.asarray(rows[int(np.argmax(later))]) if later.any() else None


def akin_bars(clip: Clip, fill: BoolArray) -> tuple[tuple[int, int, float], ...]:
    """Find for bars to be filled the ones that stand where they do: (bar, other bar, likeness to be expected).

    Two bars stand alike as far as the bars before and after them are alike, the chords that are given in them, and whatever else is given.

    Parameters
    ----------
    clip : what is given
    fill : (bars, roles) what is to be filled

    Returns
    -------
    One line for each bar that has such a one, in which nothing is to be filled
    """
    alike, whole = bar_likeness(clip), np.asarray(~fill.any(axis=1))
    silent = np.bincount(clip.notes["bar"], minlength=len(clip.bars)) == 0
    chords = _chord_likeness(clip)
    found = []
    for bar in np.flatnonzero(~whole).tolist():
        same_metre = (clip.lengths == clip.lengths[bar]) & whole & ~silent
        others = np.flatnonzero(same_metre)
        score, weight = np.zeros(len(others)), np.zeros(len(others))
        for step, much in _AROUND:
            near, far = bar + step, others + step
            if 0 <= near < len(whole) and whole[near] and not silent[near]:
                known = np.flatnonzero((far >= 0) & (far < len(whole)))
                known = known[whole[far[known]]]
                score[known] += much * alike[near, far[known]]
                weight += much  # what lies outside is unlike
        for table, much in ((chords, _BY_CHORDS), (alike, 0.0 if silent[bar] else _BY_NOTES)):
            if table is not None and much:
                score += much * table[bar, others]
                weight += much
        if len(others) and weight.max() > 0:
            best = int(np.argmax(score / np.maximum(weight, 1e-9)))
            found.append((bar, int(others[best]), float(min(1.0, _EXPECTED * score[best] / weight[best]))))
    return tuple(found)


def _chord_likeness(clip: Clip) -> Float64Array | None:
    """(bars, bars) the share of beats on which two bars have one chord, 1 or less; None without chords."""
    if not len(clip.chords):
        return None
    count, quarters = len(clip.bars), np.arange(8) * GRID
    at = chords_in_force(clip.chords, np.arange(count)[:, None], quarters)
    words = (clip.chords["root"].astype(np.int64) * 256 + clip.chords["quality"])[np.maximum(at, 0)]
    inside = quarters[None] < clip.lengths[:, None]
    both = inside[:, None] & inside[None]
    return np.asarray(((words[:, None] == words[None]) & both).sum(axis=2) / np.maximum(both.sum(axis=2), 1))
