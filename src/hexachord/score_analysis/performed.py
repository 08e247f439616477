"""Whether a score is a performance: notes that sit where they were played, on a clock that knows nothing of beats.

A MIDI file always declares a tempo and a metre; a recorder that nobody told writes 120 and 4/4. Where notes were entered, or played to a
click, or the tempo map was laid through the beats afterwards, their onsets gather at simple parts of the declared quarter; otherwise they
fall anywhere in it.
"""

import numpy as np

from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.score_analysis.beat_features import chord_numbers

PARTS = (2, 3, 4, 6, 8, 12)
"""Parts of a quarter that written music is made of."""

_GATHERED = 0.08
_CHANCE = 1.8  # over the root of how many: what the best of six gathers by chance
_LEAST_CHORDS = 16


def gathering(onset_quarter: np.ndarray) -> float:
    """How much onsets gather at simple parts of a quarter: 1 on the grid, near 0 anywhere.

    The best of the mean cosines of their phases in halves, thirds, quarters ... of a quarter (the Rayleigh statistic with a known
    direction; Fisher, *Statistical Analysis of Circular Data*, 1993): a player 30 ms around a click of 120 BPM still has 0.4.

    Examples
    --------
    >>> gathering(np.arange(20) / 3), round(gathering(np.arange(100) * 0.6180339), 2)
    (1.0, 0.01)
    """
    quarter = np.asarray(onset_quarter, dtype=np.float64)
    if len(quarter) == 0:
        return 1.0
    return float(max(np.cos(2 * np.pi * parts * quarter).mean() for parts in PARTS))


def is_performance(score: Score) -> bool:
    """Whether the onsets of a score know nothing of its declared beats.

    A score with written bars is none, nor one with fewer than 16 chords (there is too little to tell by).
    """
    if score.bars:
        return False
    notes = note_array(score)
    if not len(notes):
        return False
    first = np.flatnonzero(np.diff(chord_numbers(notes["onset_s"]), prepend=-1))
    return len(first) >= _LEAST_CHORDS and gathering(notes["onset_quarter"][first]) < _GATHERED + _CHANCE / np.sqrt(len(first))
