"""Drums for any rhythm: a groove that follows the onsets of a score (`drumify`), as Magenta's Drumify does.

After "tap to drums" of Gillick et al., "Learning to groove with inverse sequence transformations" (ICML 2019): a small network
sees when something starts, how many notes and how loud, over all parts together, and says how likely each of nine drums is struck on each
sixteenth. It learnt from drummers whose strokes were heard as one rhythm (``training/drumify.py``, Groove MIDI Dataset, CC BY 4.0). How
hard and how early they are struck `hexachord.composition.drums.groove` finds.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.composition.drums.groove import Grid, empty_grid, humanise
from hexachord.composition.drums.groove_network import CONDITIONS, DRUMS, check_conditions, condition_cues
from hexachord.errors import InputError
from hexachord.models.networks import Network, open_network
from hexachord.score.model import DEFAULT_VELOCITY, Grace, Note, Part, Score

NETWORK = "drumify"
RHYTHM_CUES = 3 + CONDITIONS
KEYS = (36, 38, 42, 46, 43, 47, 50, 49, 51)
"""The General MIDI key that each of the nine drums is written as."""

_LIKELY = float(np.log(0.33 / 0.67))
"""Log-odds from which a stroke is struck: where F is highest on the training side; an even chance strikes too little."""
_TOGETHER = (("hihat_closed", "hihat_open"),)


def rhythm_cues(
    count: FloatArray,
    loudness: FloatArray,
    *,
    bpm: float | Float64Array,
    steps_per_bar: int | IntArray = 16,
    place: IntArray | None = None,
    style: str = "",
) -> Float32Array:
    """Show a rhythm to the network: (steps, `RHYTHM_CUES`) float32.

    Parameters
    ----------
    count : (steps,), how many notes start
    loudness : (steps,), velocity of the loudest, of 1
    bpm, steps_per_bar, place, style : see `hexachord.composition.drums.groove_network.groove_cues`
    """
    seen = np.stack([count > 0, np.log1p(count), np.where(count > 0, loudness, 0.0)], axis=1)
    conditions = condition_cues(len(seen), bpm=bpm, steps_per_bar=steps_per_bar, place=place, style=style)
    return np.concatenate([seen, conditions], axis=1, dtype=np.float32)


def strokes_of(chance: FloatArray, *, random: np.random.Generator | None = None, variety: float = 0.0) -> BoolArray:
    """Choose strokes: what is likely enough, (steps, drums).

    Parameters
    ----------
    chance : (steps, drums)
    random, variety : how much chance there is in the choice: 0 none, 1 as much as the network is unsure

    Examples
    --------
    >>> strokes_of(np.array([[0.9, 0.1], [0.2, 0.3], [0.8, 0.1], [0.1, 0.4]])).astype(int).tolist()
    [[1, 0], [0, 0], [1, 0], [0, 1]]
    """
    clipped = np.clip(chance.astype(np.float64), 1e-6, 1.0 - 1e-6)
    order = np.log(clipped) - np.log1p(-clipped)
    if random is not None and variety > 0.0:
        order = order + variety * random.logistic(size=order.shape)
    struck = np.asarray(order > _LIKELY)
    if chance.shape[1] != len(DRUMS):
        return struck
    for one, other in _TOGETHER:  # a hi-hat is open or closed
        both = struck[:, DRUMS.index(one)] & struck[:, DRUMS.index(other)]
        closed = chance[:, DRUMS.index(one)] >= chance[:, DRUMS.index(other)]
        struck[both & closed, DRUMS.index(other)] = False
        struck[both & ~closed, DRUMS.index(one)] = False
    return struck


def rhythm_of(score: Score, grid: Grid, *, parts: Sequence[str] = ()) -> tuple[Float64Array, Float64Array]:
    """Sum the onsets of a score on a grid: how many notes start, and how loud the loudest is (of 1), (steps,) both.

    Parameters
    ----------
    parts : ids of those that count; all that are no drums when not given

    Raises
    ------
    InputError : if there is no such part, or nothing starts.
    """
    known = [part.id for part in score.parts]
    for wanted in parts:
        if wanted not in known:
            raise InputError(f"part {wanted}", found="no such part", expected=f"one of {', '.join(known)}")
    chosen = [part for part in score.parts if (part.id in parts if parts else not part.is_percussion)]
    count, loudness = np.zeros((2, len(grid.tick)))
    for part in chosen:
        for note in part.notes:
            if note.grace is Grace.NO and not note.tied_to_previous:
                step = grid.at(note.onset)[0]
                count[step] += 1
                loudness[step] = max(loudness[step], (note.velocity or DEFAULT_VELOCITY) / 127.0)
    if not count.any():
        raise InputError("score", found="no notes whose rhythm could be followed", expected="a part with notes")
    return count, loudness


def drumify(
    score: Score,
    *,
    parts: Sequence[str] = (),
    style: str = "",
    strength: float = 1.0,
    variety: float = 0.0,
    seed: int = 0,
    network: Network | None = None,
) -> Score:
    """Add a drum part that follows the rhythm of a score.

    Parameters
    ----------
    parts : ids of the parts to follow; all that are no drums when not given
    style : see `hexachord.composition.drums.groove_network`; nothing leaves it open
    strength : how far the strokes are humanised, 0 (on the grid, all as loud) to 1
    variety : how much chance there is in what is struck, 0 to 1
    seed : of that chance
    network : the shipped one when not given

    Returns
    -------
    The score with one more part; what it had stays as it is.

    Raises
    ------
    InputError : if there is nothing to follow, or an argument is out of range or unknown.
    """
    for name, amount in (("strength", strength), ("variety", variety)):
        if not 0.0 <= amount <= 1.0:
            raise InputError(name, found=f"{amount:g}", expected="a number from 0 to 1")
    check_conditions(style=style, drummer="")
    grid = empty_grid(score)
    count, loudness = rhythm_of(score, grid, parts=parts)
    cues = rhythm_cues(count, loudness, bpm=grid.bpm, steps_per_bar=grid.steps_per_bar, place=grid.place, style=style)
    chance = 1.0 / (1.0 + np.exp(-(network or open_network(NETWORK))(cues).astype(np.float64)))
    bars = np.cumsum(np.append(0, np.diff(grid.place) <= 0))
    last = np.flatnonzero(count)[-1]  # nothing after the last bar that has notes
    struck = strokes_of(np.where(bars[:, None] <= bars[last], chance, 0.0), random=np.random.default_rng(seed), variety=variety)
    length = max(1, round(grid.step_ticks))
    notes = tuple(
        Note(round(float(grid.tick[step])), length, KEYS[drum], velocity=DEFAULT_VELOCITY)
        for step, drum in sorted(np.argwhere(struck).tolist(), key=lambda at: (at[0], KEYS[at[1]]))
    )
    taken = {part.id for part in score.parts}
    name = next(name for name in (f"P{number}" for number in range(1, len(taken) + 2)) if name not in taken)
    made = Part(notes=notes, id=name, name="Drums", is_percussion=True, channel=9)
    if notes and strength > 0.0:
        alone = humanise(replace(score, parts=(made,), groups=()), strength=strength, style=style, variety=0.0, seed=seed)
        made = alone.parts[0]
    return replace(score, parts=(*score.parts, made))
