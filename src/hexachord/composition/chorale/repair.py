"""Mending what a teacher would mark: where a voice-leading fault is, a few beats are written several times over, and the best stays.

What is best weighs faults against what the network thinks of it: Bach breaks rules for a reason now and then, and a mended place that
nobody would write is no gain. Everything is local: places far enough from each other are mended at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.composition.chorale.network import STEPS, VOICES, log_chances, pitches_of
from hexachord.composition.chorale.sampling import GibbsOptions, drawing_order, redrawn
from hexachord.theory.voice_leading import Fault, voice_leading_faults

WEIGHTS: Mapping[str, float] = {
    "parallel fifths": 12.0, "parallel octaves": 12.0, "range": 12.0, "crossing": 8.0, "spacing": 4.0, "hidden octaves": 3.0,
    "hidden fifths": 2.0, "overlap": 2.0, "leap": 5.0,
}  # fmt: skip
"""Nats a fault is worth. What is worth less than `_MENDED` is weighed where something is mended, but does not call for it."""
_MENDED = 4.0
_TRIES = 6
_PATIENCE = 4  # times a beat is written anew before it is left as it is
_APART = 4  # beats between places that are mended at once


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Steps that are written anew, of some voices; `around`: where what they do is heard."""

    first: int
    last: int
    voices: tuple[int, ...]

    def around(self, steps: int) -> tuple[int, int]:
        return max(0, self.first - 1), min(steps, self.last + 2)


def fault_weight(faults: Sequence[Fault]) -> float:
    """Sum what faults are worth, in nats."""
    return sum(WEIGHTS[fault.kind] for fault in faults)


def free_faults(rows: IntArray, free: BoolArray) -> list[Fault]:
    """Mark the faults of which a note that was written is part (what is locked is not asked)."""
    before = np.zeros_like(free)
    before[1:] = free[:-1]
    near = free | before
    return [fault for fault in voice_leading_faults(rows) if near[fault.moment, list(fault.voices)].any()]


def repaired(
    classes: IntArray,
    free: BoolArray,
    *,
    move: int,
    source: IntArray | None = None,
    rounds: int = 8,
    options: GibbsOptions = GibbsOptions(),
    number: int = 0,
) -> IntArray:
    """Mend a piece.

    Parameters
    ----------
    classes : (steps, voices)
    free : (steps, voices), what may be changed
    move : semitones, see `hexachord.composition.chorale.network.move_of`
    source : (steps,), which earlier step each one repeats; see `hexachord.composition.chorale.sampling.redrawn`
    rounds : how often at the most; it ends when there is nothing left to mend
    number : of the candidate: its chances are its own

    Returns
    -------
    (steps, voices)
    """
    random = np.random.default_rng([options.seed, 2, number])
    state: IntArray = np.asarray(classes, dtype=np.int64)
    tired: dict[int, int] = {}
    for turn in range(rounds):
        faults = [fault for fault in free_faults(pitches_of(state), free) if WEIGHTS[fault.kind] >= _MENDED]
        faults = [fault for fault in faults if tired.get(fault.moment // STEPS, 0) < _PATIENCE]
        if not faults:
            break
        places = _places(faults, free, wide=turn % 3 == 2, random=random)
        if not places:
            break
        changed = _mended(state, free, places, random, move, source, options)
        for place in places:
            beat = place.first // STEPS
            for near in range(beat - 1, place.last // STEPS + 2):
                tired[near] = tired.get(near, 0) + 1
        state = changed
    return state


def _places(faults: Sequence[Fault], free: BoolArray, *, wide: bool, random: np.random.Generator) -> list[_Place]:
    """Choose where to write anew: the beat of a fault and, if it lies in a move, half of the one before; the worst first."""
    found: list[_Place] = []
    order = sorted(faults, key=lambda fault: (-WEIGHTS[fault.kind], random.random()))
    for fault in order:
        beat = fault.moment // STEPS * STEPS
        first = max(0, beat - (STEPS if fault.moment == beat or wide else 0))
        last = min(len(free), beat + STEPS * (2 if wide else 1))
        if any(first < other.last + _APART * STEPS and other.first < last + _APART * STEPS for other in found):
            continue
        writable = [voice for voice in range(VOICES) if free[first:last, voice].any()]
        voices = [voice for voice in fault.voices if voice in writable]
        if wide or not voices:
            voices = writable
        elif len(voices) > 1 and random.random() < 0.5:
            voices = [int(random.choice(voices))]
        if voices:
            found.append(_Place(first=first, last=last, voices=tuple(voices)))
    return found


def _mended(
    state: IntArray,
    free: BoolArray,
    places: Sequence[_Place],
    random: np.random.Generator,
    move: int,
    source: IntArray | None,
    options: GibbsOptions,
) -> IntArray:
    """Write places several times over and keep the best of each, what is there among them."""
    masked = np.zeros(state.shape, dtype=np.bool_)
    for place in places:
        masked[place.first : place.last, list(place.voices)] = True
    masked &= free
    if source is not None:
        masked = free & masked[source]
    tries = np.repeat(state[None], _TRIES + 1, axis=0)
    mask = np.repeat(masked[None], _TRIES, axis=0)
    randoms = list(random.spawn(_TRIES))
    orders = np.repeat(drawing_order(random)[None], _TRIES, axis=0)
    tries[1:] = redrawn(tries[1:], mask, randoms, orders=orders, move=move, source=source, options=options)
    nats = _nats(tries, masked, move, options)
    faults = [voice_leading_faults(pitches_of(each)) for each in tries]
    best = state.copy()
    for place in places:
        first, last = place.around(len(state))
        cost = [
            float(nats[number, place.first : place.last].sum())
            + fault_weight([fault for fault in faults[number] if first <= fault.moment < last])
            for number in range(len(tries))
        ]
        best[place.first : place.last] = tries[int(np.argmin(cost)), place.first : place.last]
    if source is not None:
        best = np.where(free, best[source], best)
    return best


def _nats(tries: IntArray, masked: BoolArray, move: int, options: GibbsOptions) -> Float64Array:
    """What each cell of each try costs, (tries, steps, voices), voice after voice; a beat's sixteenths, told at once, share their cost."""
    hidden = np.repeat(masked[None], len(tries), axis=0)
    found = np.zeros(tries.shape)
    for voice in (3, 0, 1, 2):
        if masked[:, voice].any():
            told = log_chances(tries, hidden, move, model=options.model)[:, :, voice]
            each = np.take_along_axis(told, tries[:, :, voice][..., None], axis=2)[..., 0]
            found[:, :, voice] = np.where(masked[:, voice], -each, 0.0)
            hidden[:, :, voice] = False
    return found / 2.0
