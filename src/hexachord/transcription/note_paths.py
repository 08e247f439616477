"""From what a network says of every pitch at every moment to notes: the likeliest course of every pitch.

A pitch is silent or sounds; where its beginning shows it may start, whether it was silent or sounded (a key struck again), and it may stop
where its end shows. What the three heads of the network say (beginning, sounding, end) are log-odds that add up along a course, and the
course with the most of them is taken for each of the pitches at once (Viterbi 1967; the same idea with a hidden Markov model a pitch:
Benetos & Dixon, "Multiple-instrument polyphonic music transcription using a temporally constrained shift-invariant model", JASA 133, 2013).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.models.networks import sigmoid

HEADS = 5
"""Beginning, sounding, end, velocity, lateness: the order of the network's columns, `pitches` of each."""
_MOST = 6.0  # log-odds beyond which nothing is surer
_FLOOR = 1e-3
_BLOCK_FRAMES = 4096  # memory for a minute and a half at a time


@dataclass(frozen=True, kw_only=True)
class PathCosts:
    """What counts how much along a course, in nats; chosen on the valid side of the data engine.

    Attributes
    ----------
    onset, sounding, end : how much each head's log-odds count
    least_onset : the chance of a beginning at which it speaks neither for nor against a note
    least_sounding : likewise of sounding
    end_cost : of stopping anywhere, before what speaks for an end there
    earliest : chance of a beginning below which no note starts
    """

    onset: float = 1.0
    sounding: float = 0.25
    end: float = 0.5
    least_onset: float = 0.26
    least_sounding: float = 0.48
    end_cost: float = 0.0
    earliest: float = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class PathNotes:
    """Notes in order of beginning: frames with fractions, whole pitches above the lowest, velocity in [0, 1] and chance."""

    onset: Float64Array
    end: Float64Array
    pitch: IntArray
    velocity: Float64Array
    chance: Float64Array


def follow_notes(said: FloatArray, costs: PathCosts = PathCosts()) -> PathNotes:
    """Find the notes.

    Parameters
    ----------
    said : (frames, HEADS * pitches) logits, see `hexachord.learning.deep.notes`; half precision is enough

    Returns
    -------
    Notes of every pitch; their `chance` is the network's that one begins there.

    Examples
    --------
    >>> said = np.full((40, 5, 1), -6.0, dtype=np.float32)
    >>> said[9:12, 0], said[10:30, 1], said[29:32, 2], said[:, 3:] = [[0.0], [6.0], [0.0]], 6.0, 2.0, 0.0
    >>> notes = follow_notes(said.reshape(40, 5))
    >>> notes.onset, notes.end.round(), notes.pitch
    (array([10.]), array([30.]), array([0]))
    """
    frames = len(said)
    heads = said.reshape(frames, HEADS, said.shape[1] // HEADS)
    chance, peak = _beginnings(heads[:, 0], costs.earliest)
    begins, course = _courses(heads, chance, peak, costs)
    rows, column = np.nonzero(begins)
    end = _ends_of(begins, course)[rows, column]
    struck = np.pad(begins, ((0, 1), (0, 0)))[end, column]  # by the next note of its pitch, and exactly there
    late = np.clip(heads[rows, 4, column].astype(np.float64), -1.0, 1.0)
    found = PathNotes(
        onset=np.maximum(rows + late, 0.0),
        end=np.where(struck, end, _between(heads[:, 2], end, column)),
        pitch=column,
        velocity=sigmoid(heads[rows, 3, column]).astype(np.float64),
        chance=chance[rows, column].astype(np.float64),
    )
    order = np.lexsort((found.pitch, found.onset))
    return PathNotes(
        onset=found.onset[order], end=found.end[order], pitch=found.pitch[order], velocity=found.velocity[order], chance=found.chance[order]
    )


def _beginnings(logits: FloatArray, earliest: float) -> tuple[Float32Array, BoolArray]:
    """How likely a note begins within a frame of each one, and where that is at its highest.

    A beginning is taught over the frames around it, to a sum of two, so that half of what is said of three frames does not depend on where
    between two of them it lies, nor on how sure the network is of that.
    """
    each = sigmoid(logits)
    edges = np.pad(each, ((1, 1), (0, 0)))
    before, after = edges[:-2], edges[2:]
    chance = np.clip(0.5 * (before + each + after), _FLOOR, 1.0 - _FLOOR)
    return np.asarray(chance, dtype=np.float32), (each >= before) & (each > after) & (chance >= earliest)


def _courses(heads: FloatArray, chance: Float32Array, peak: BoolArray, costs: PathCosts) -> tuple[BoolArray, BoolArray]:
    """The best course of each pitch: where it starts anew, and where it sounds, both (frames, pitches)."""
    frames, _, pitches = heads.shape
    silent, sounds = np.zeros(pitches), np.full(pitches, -np.inf)
    from_sound = np.zeros((frames, pitches), dtype=bool)  # the silence here was sound a frame before
    is_new = np.zeros((frames, pitches), dtype=bool)  # the sound here began here
    was_sound = np.zeros((frames, pitches), dtype=bool)  # and broke off another
    for first in range(0, frames, _BLOCK_FRAMES):
        here = slice(first, first + _BLOCK_FRAMES)
        odds = np.log(chance[here]) - np.log1p(-chance[here]) - _log_odds(costs.least_onset)
        start = np.where(peak[here], costs.onset * odds, -np.inf)
        keep = costs.sounding * np.clip(heads[here, 1].astype(np.float64) - _log_odds(costs.least_sounding), -_MOST, _MOST)
        stop = costs.end * np.clip(heads[here, 2].astype(np.float64), -_MOST, _MOST) - costs.end_cost
        for step, frame in enumerate(range(first, first + len(start))):
            stopped = sounds + stop[step]
            struck = np.maximum(silent, sounds) + start[step]
            is_new[frame] = struck > sounds
            was_sound[frame] = sounds > silent
            from_sound[frame] = stopped > silent
            silent, sounds = np.maximum(silent, stopped), np.maximum(sounds, struck) + keep[step]
    begins, course = np.zeros((frames, pitches), dtype=bool), np.zeros((frames, pitches), dtype=bool)
    on = sounds > silent
    for frame in range(frames - 1, -1, -1):
        course[frame] = on
        begins[frame] = on & is_new[frame]
        on = np.where(on, ~is_new[frame] | was_sound[frame], from_sound[frame])
    return begins, course


def _ends_of(begins: BoolArray, course: BoolArray) -> IntArray:
    """For every frame where a note begins: the first frame that no longer belongs to it."""
    frames, pitches = begins.shape
    last = np.empty((frames, pitches), dtype=np.int32)
    following = np.full(pitches, frames)
    for frame in range(frames - 1, -1, -1):
        following = np.where(course[frame], following, frame)
        last[frame] = following
        following = np.where(begins[frame], frame, following)
    return last


def _between(logits: FloatArray, end: IntArray, column: IntArray) -> Float64Array:
    """Move ends to the centre of what speaks for an end around them."""
    if not len(end):
        return np.zeros(0)
    near = end[:, None] + np.arange(-2, 3)
    inside = (near >= 0) & (near < len(logits))
    weight = np.where(inside, sigmoid(logits[np.clip(near, 0, len(logits) - 1), column[:, None]]), 0.0) + 1e-3
    return np.asarray((weight * near).sum(axis=1) / weight.sum(axis=1))


def _log_odds(chance: float) -> float:
    return float(np.log(chance) - np.log1p(-chance))
