"""How far two clips are from one another: the price of the cheapest way to move, drop and add notes that makes one the other.

The generalised optimal sub-pattern assignment metric of A. S. Rahmathullah, Á. F. García-Fernández and L. Svensson (FUSION 2017), with
p = 1, α = 2 and a cut-off of 1: a note that moves costs a half for a quarter note of time, a twelfth for a semitone, a little for its
length; one that is dropped or added costs a half. It is symmetric, zero for equal clips alone, and keeps the triangle inequality.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

CUT = 1.0
_QUARTER, _SEMITONE, _OCTAVE_OF_LENGTH = 0.5, 1.0 / 12.0, 1.0 / 16.0


class Pairing(NamedTuple):
    """Rows of one clip and of the other that are the same note moved, and what all of it costs."""

    one: IntArray
    other: IntArray
    cost: float


def match_notes(one: FloatArray, other: FloatArray) -> Pairing:
    """Find the cheapest pairing.

    Parameters
    ----------
    one, other : (n, 3), (m, 3): onset in quarters, MIDI pitch, log2 of the length in quarters

    Examples
    --------
    >>> match_notes(np.array([[0.0, 60, 0], [1, 62, 0]]), np.array([[0.0, 61, 0]])).cost
    0.5833333333333334
    """
    if not len(one) or not len(other):
        nothing = np.zeros(0, dtype=np.int64)
        return Pairing(nothing, nothing, CUT / 2 * (len(one) + len(other)))
    from scipy.optimize import linear_sum_assignment

    weights = np.array([_QUARTER, _SEMITONE, _OCTAVE_OF_LENGTH])
    apart: Float64Array = np.abs(np.asarray(one)[:, None, :] - np.asarray(other)[None, :, :]) @ weights
    rows, columns = linear_sum_assignment(np.minimum(apart, CUT))
    near = apart[rows, columns] < CUT
    rows, columns = rows[near], columns[near]
    cost = float(apart[rows, columns].sum()) + CUT / 2 * (len(one) + len(other) - 2 * len(rows))
    return Pairing(rows, columns, cost)


def note_distance(one: FloatArray, other: FloatArray) -> float:
    """Return the price of the cheapest pairing (see `match_notes`).

    Examples
    --------
    >>> tune = np.array([[0.0, 60, 0], [1, 64, 0], [2, 67, 1]])
    >>> note_distance(tune, tune), note_distance(tune, tune[:2])
    (0.0, 0.5)
    """
    return match_notes(one, other).cost
