"""Voices by blocked Gibbs sampling: written, then written over again, less and less of them at a time.

Some cells of the grid are masked and drawn anew from what the network tells of them, over and over; how many falls linearly to a few
(Yao et al., "On the equivalence between deep NADE and generative stochastic networks", ECML 2014; Huang et al., "Counterpoint by
convolution", ISMIR 2017). Two things are other than in Coconet: whole beats of a voice are masked, so that a note goes as a whole; and what
is masked is drawn one after the other, each given what was drawn before: voices, and of each voice the beats, then their halves, then
sixteenths. Drawn all at once, every cell is likely and the rhythm is confetti.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, IntArray
from hexachord.composition.chorale.network import (
    CLASSES,
    DOWN,
    LOW,
    NETWORK,
    PITCHES,
    SILENT,
    STEPS,
    VOICES,
    log_chances,
    move_of,
    pitches_of,
)
from hexachord.theory.voice_leading import REST, SATB

_BLOCKS = (1, 1, 2, 4)
"""How many beats are masked together, drawn for each sweep."""
_CROSSED = 3.0
"""Nats that a note costs which crosses a neighbour that is known already."""
_HURRIED = 2.5
"""Nats that a note costs which leaves its beat after a sixteenth: of a thousand beats of Bach's one does."""
_NEVER = -1e9


@dataclass(frozen=True, kw_only=True)
class GibbsOptions:
    """How voices are sampled.

    Attributes
    ----------
    sweeps : how often the voices are written over
    temperature : below 1 what is likely gets likelier; 0 takes the likeliest of each beat
    most, least : share of what may change that is masked at first and at last
    settling : after which part of the sweeps the share has fallen
    seed : of everything that is random
    model : a network by name, or the path of one
    """

    sweeps: int = 12
    temperature: float = 0.9
    most: float = 1.0
    least: float = 0.1
    settling: float = 0.8
    seed: int = 0
    model: str = NETWORK

    def share(self, sweep: int) -> float:
        """Say how much of what may change is masked in a sweep (the annealed masking of Yao et al.).

        Examples
        --------
        >>> [round(GibbsOptions(sweeps=11, settling=1.0).share(sweep), 2) for sweep in (0, 5, 10)]
        [1.0, 0.55, 0.1]
        """
        fallen = sweep / max(1.0, self.settling * (self.sweeps - 1))
        return max(self.least, self.most - fallen * (self.most - self.least))


def sample_voices(
    classes: IntArray,
    free: BoolArray,
    *,
    move: int,
    source: IntArray | None = None,
    candidates: int = 1,
    options: GibbsOptions = GibbsOptions(),
    progress: Callable[[float], None] | None = None,
) -> IntArray:
    """Write what is free of four voices.

    Parameters
    ----------
    classes : (steps, voices), see `hexachord.composition.chorale.network.classes_of`; where `free`, they mean nothing
    free : (steps, voices), what is to be written
    move : semitones to a key without sharps and flats, see `hexachord.composition.chorale.network.move_of`
    source : (steps,), which earlier step each one repeats (itself, mostly), as under a long fermata
    candidates : how many times, each from chances of its own
    progress : told the part that is done, 0 to 1

    Returns
    -------
    (candidates, steps, voices) classes
    """
    randoms = [np.random.default_rng([options.seed, number]) for number in range(candidates)]
    state: IntArray = np.repeat(np.asarray(classes, dtype=np.int64)[None], candidates, axis=0)
    if not free.any():
        return state
    for sweep in range(options.sweeps):
        share = options.share(sweep)
        masked = np.stack([free & draw_blocks(free.shape, share, random) for random in randoms])
        orders = np.stack([drawing_order(random, first=sweep == 0) for random in randoms])
        state = redrawn(state, masked, randoms, orders=orders, move=move, source=source, options=options)
        if progress is not None:
            progress((sweep + 1) / options.sweeps)
    return state


def cell_chances(
    classes: IntArray, free: BoolArray, *, move: int, chains: int = 8, options: GibbsOptions = GibbsOptions(), last: int = 6
) -> Float64Array:
    """Estimate how likely each pitch is in every cell given what is not free: the mean of what the network tells while several chains run.

    The likeliest pitch of each cell, which errs in the fewest of them, is the largest of these; it need not make good music.

    Parameters
    ----------
    chains : how many are run
    last : over how many sweeps at the end of each, half of what is free masked, the mean is taken

    Returns
    -------
    (steps, voices, `CLASSES`), of which those of cells that are not free are 0
    """
    state = sample_voices(classes, free, move=move, candidates=chains, options=options)
    randoms = [np.random.default_rng([options.seed, 1, number]) for number in range(chains)]
    total, count = np.zeros((*free.shape, CLASSES)), np.zeros(free.shape)
    for _ in range(last):
        masked = np.stack([free & draw_blocks(free.shape, 0.5, random) for random in randoms])
        told = log_chances(state, masked, move, model=options.model)
        total += np.where(masked[..., None], np.exp(told.astype(np.float64)), 0.0).sum(axis=0)
        count += masked.sum(axis=0)
        orders = np.stack([drawing_order(random) for random in randoms])
        state = redrawn(state, masked, randoms, orders=orders, move=move, options=options)
    return np.asarray(total / np.maximum(count, 1)[..., None])


def draw_blocks(shape: tuple[int, ...], share: float, random: np.random.Generator) -> BoolArray:
    """Draw blocks of a few beats of each voice, on beats or half beats, until about a share of all is masked: (steps, voices)."""
    steps, voices = shape
    if share >= 1.0:
        return np.ones((steps, voices), dtype=np.bool_)
    length = STEPS * int(random.choice(_BLOCKS))
    shift = int(random.choice((0, 0, 2))) if length == STEPS else STEPS * int(random.integers(length // STEPS))
    blocks = random.random(((steps + shift) // length + 1, voices)) < share
    return np.asarray(np.repeat(blocks, length, axis=0)[shift : shift + steps])


def drawing_order(random: np.random.Generator, *, first: bool = False) -> IntArray:
    """Say in which order voices are drawn: any; at first from outside in, as harmony is taught."""
    return np.array((0, 3, *(1 + random.permutation(2)))) if first else random.permutation(VOICES)


def redrawn(
    state: IntArray,
    masked: BoolArray,
    randoms: Sequence[np.random.Generator],
    *,
    orders: IntArray,
    move: int,
    options: GibbsOptions,
    source: IntArray | None = None,
) -> IntArray:
    """Draw masked cells anew, voice after voice.

    Parameters
    ----------
    state, masked : (pieces, steps, voices)
    randoms : of each piece
    orders : (pieces, voices), in which order voices are drawn
    source : (steps,), which step each one repeats; what repeats a masked cell is masked with it, if it is masked itself
    """
    source = np.arange(state.shape[1]) if source is None else source
    repeats = source != np.arange(len(source))
    state, masked = state.copy(), masked & masked[:, source]
    for place in range(VOICES):
        for phase in phases(state.shape[1]):
            voice = orders[:, place]
            cells = masked[np.arange(len(state)), :, voice] & phase & ~repeats
            pieces = np.flatnonzero(cells.any(axis=1))
            if not len(pieces):
                continue
            voice, cells = voice[pieces], cells[pieces]
            told = log_chances(state[pieces], masked[pieces], move, model=options.model)[np.arange(len(pieces)), :, voice]
            told = told + _rules(state[pieces], masked[pieces], voice)
            noise = np.stack([_noise(randoms[piece], told.shape[1]) for piece in pieces.tolist()])
            drawn = (told + options.temperature * noise).argmax(axis=2)
            state[pieces, :, voice] = np.where(cells, drawn, state[pieces, :, voice])
            masked[pieces, :, voice] &= ~cells
        for piece, line in enumerate(orders[:, place].tolist()):
            later = repeats & masked[piece, :, line]
            state[piece, later, line] = state[piece, source[later], line]
            masked[piece, later, line] = False
    return state


def phases(steps: int) -> tuple[BoolArray, ...]:
    """Say which sixteenths are told first: beats, their halves, the rest, (steps,) each."""
    place = np.arange(steps) % STEPS
    return np.asarray(place == 0), np.asarray(place == STEPS // 2), np.asarray(place % 2 == 1)


def _noise(random: np.random.Generator, steps: int) -> Float64Array:
    """Gumbel noise, (steps, classes), the same for all sixteenths of a beat."""
    beats = random.gumbel(size=(-(-steps // STEPS), CLASSES))
    return np.asarray(np.repeat(beats, STEPS, axis=0)[:steps])


def _rules(state: IntArray, masked: BoolArray, voice: IntArray) -> Float32Array:
    """What notes of a voice cost beyond what the network says: out of range they never come, across a neighbour or in a hurry seldom.

    Where a neighbour sings, the voice does, too.
    """
    pitch = np.arange(CLASSES)
    cost = np.zeros((*state.shape[:2], CLASSES), dtype=np.float32)
    for piece, line in enumerate(voice.tolist()):
        low, high = SATB[line]
        cost[piece][:, (pitch < low - LOW) | ((pitch > high - LOW) & (pitch < PITCHES))] = _NEVER
        sung = ((state[piece] != SILENT) & ~masked[piece])[:, [other for other in range(VOICES) if other != line]].any(axis=1)
        cost[piece][sung, SILENT] = _NEVER
        place = np.arange(1, len(cost[piece]), STEPS)
        known = place[~masked[piece, place - 1, line]]
        leaves = pitch[None] != state[piece, known - 1, line][:, None]
        cost[piece][known] -= _HURRIED * leaves
        for other, side in ((line - 1, 1), (line + 1, -1)):
            if 0 <= other < VOICES:
                known = ~masked[piece, :, other] & (state[piece, :, other] != SILENT)
                across = (pitch[None] - state[piece, :, other][:, None]) * side > 0
                cost[piece] -= _CROSSED * (across & known[:, None] & (pitch < PITCHES)[None])
    return cost


def block_nats(classes: IntArray, free: BoolArray, *, move: int, parts: int = 6, model: str = NETWORK) -> Float64Array:
    """Say how surprising the free cells of several pieces are, each given all but its beat and some others of its kind.

    Parameters
    ----------
    classes : (pieces, steps, voices)
    free : (steps, voices)
    parts : beats of voices are told apart into so many, one masked at a time

    Returns
    -------
    (pieces,) mean nats a cell: the lower, the more it is what the network expects
    """
    random = np.random.default_rng(0)
    beats = -(-free.shape[0] // STEPS)
    part = np.repeat(np.argsort(random.random((beats * VOICES,))).reshape(beats, VOICES) % parts, STEPS, axis=0)[: len(free)]
    total = np.zeros(len(classes))
    for index in range(parts):
        masked = free & (part == index)
        if masked.any():
            told = log_chances(classes, np.repeat(masked[None], len(classes), axis=0), move, model=model)
            each = np.take_along_axis(told, classes[..., None], axis=3)[..., 0]
            total -= np.where(masked, each, 0.0).sum(axis=(1, 2))
    return np.asarray(total / max(1, int(free.sum())))


def likely_move(classes: IntArray, free: BoolArray, *, model: str = NETWORK) -> int:
    """Find the key of what is given: of those that its notes allow, the one in which the network expects them most.

    Parameters
    ----------
    classes, free : (steps, voices); only what is not free is asked

    Returns
    -------
    semitones, see `hexachord.composition.chorale.network.move_of`
    """
    rows = np.where(free, REST, pitches_of(classes))
    first = move_of(rows)
    tried = [(first + fifths * 7 + DOWN) % 12 - DOWN for fifths in (0, -1, 1)]
    given = ~free & (classes != SILENT)
    if not given.any():
        return first
    cost = []
    for move in tried:
        shares = [given & (np.arange(len(free))[:, None] // (2 * STEPS) % 3 == part) for part in range(3)]
        told = log_chances(np.repeat(classes[None], 3, axis=0), np.stack([free | share for share in shares]), move, model=model)
        each = np.take_along_axis(told, classes[None, ..., None], axis=3)[..., 0]
        cost.append(-float(sum(each[part][share].sum() for part, share in enumerate(shares))))
    return tried[int(np.argmin(cost))]
