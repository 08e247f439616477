"""How much of what was played a page shows: all of it, what a reader wants, or what a beginner can play.

``as-played`` writes every note out on the finest grid; ``readable`` writes ornaments as signs and shows no finer rhythm than it must;
``easy`` keeps the tune, the bass and one more note for each hand, on beats and their halves.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, FloatArray, IntArray
from hexachord.score.model import TICKS_PER_QUARTER

_EASY_NOTES = 2
_EASY_SPAN = 12
_TOGETHER = TICKS_PER_QUARTER // 10


@dataclass(frozen=True, kw_only=True)
class LevelRules:
    """What a level does.

    Attributes
    ----------
    ornaments : write trills, grace notes and broken chords as signs
    divisions, compound_divisions : into how many a beat may be divided; none for what the tempo suggests
    values : write the values that pages have, rather than those that were held
    is_reduced : keep few notes
    """

    ornaments: bool = True
    divisions: tuple[int, ...] = ()
    compound_divisions: tuple[int, ...] = ()
    values: bool = True
    is_reduced: bool = False


RULES: dict[str, LevelRules] = {
    "as-played": LevelRules(ornaments=False, values=False),
    "readable": LevelRules(),
    "easy": LevelRules(divisions=(1, 2), compound_divisions=(1, 3), is_reduced=True),
}


def easy_notes(onset: IntArray, pitch: IntArray, staff: IntArray, *, place: FloatArray) -> BoolArray:
    """Say which notes a beginner plays: of each chord of the right hand the top and the next within an octave, of the left hand's the
    lowest and one more.

    Parameters
    ----------
    onset, pitch, staff : (n,) of what is written
    place : (n,) ticks where it was played: of several that came one after another only those nearest to the written place stay

    Examples
    --------
    >>> easy_notes(np.zeros(4, dtype=int), np.array([60, 64, 67, 72]), np.ones(4, dtype=int), place=np.zeros(4)).tolist()
    [False, False, True, True]
    """
    stray = np.abs(place - onset)
    kept = np.zeros(len(onset), dtype=bool)
    for number in (1, 2):
        for moment in np.unique(onset[staff == number]).tolist():
            chord = np.flatnonzero((staff == number) & (onset == moment))
            chord = chord[stray[chord] <= stray[chord].min() + _TOGETHER]
            chord = chord[np.argsort(pitch[chord])]
            chord = chord[::-1] if number == 1 else chord
            outer = int(pitch[chord[0]])
            others = [index for index in chord[1:].tolist() if abs(int(pitch[index]) - outer) < _EASY_SPAN]
            kept[[int(chord[0]), *others[: _EASY_NOTES - 1]]] = True
    return kept
