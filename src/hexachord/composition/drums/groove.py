"""Play a drum part as a drummer would: how hard and how early each stroke is struck (`humanise`).

Every stroke is moved from where it is written to where the network of `hexachord.composition.drums.groove_network` would strike it, and
made as loud. The other half of what a drummer does, that no two bars are alike, is drawn from the spreads that the network gives: the same
for the same seed.
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.composition.drums.groove_network import DRUMS, STEPS_PER_QUARTER, Touch, check_conditions, drum_column, play_groove
from hexachord.errors import InputError
from hexachord.models.networks import Network
from hexachord.score.edit import sorted_notes, with_bars
from hexachord.score.model import DEFAULT_VELOCITY, Grace, Note, Part, Score
from hexachord.score.timing import bar_duration, metre_at, tempo_map_of

_TOGETHER = 0.7  # how much of a draw is the drummer's and not the hand's
_FURTHEST = 2.0  # spreads from the middle that a draw may go
_LEVELS = (0.6, 1.4)
_LARGEST_OFFSET = 0.45


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """The sixteenths of a score, bar by bar, and what is struck on them.

    Attributes
    ----------
    tick : (steps,) where each begins
    step_ticks : how long one is
    place : which of its bar it is; a pick-up ends its bar
    steps_per_bar : of its metre
    bpm : quarters a minute there
    hits : (steps, drums)
    written : (steps, drums), how much later than the step, in sixteenths: thirds of one in triplets; of several strokes the nearest
    """

    tick: Float64Array
    step_ticks: float
    place: IntArray
    steps_per_bar: IntArray
    bpm: Float64Array
    hits: BoolArray
    written: Float64Array

    def at(self, tick: int) -> tuple[int, float]:
        """Return the nearest step, and how much later than it a moment is, in sixteenths."""
        index = int(np.searchsorted(self.tick, tick))
        near = [step for step in (index - 1, index) if 0 <= step < len(self.tick)]
        step = min(near, key=lambda step: abs(float(self.tick[step]) - tick))
        return step, (tick - float(self.tick[step])) / self.step_ticks


def drum_grid(score: Score) -> Grid:
    """Lay the strokes of all drum parts of a score on its sixteenths.

    Raises
    ------
    InputError : if no part has drums.
    """
    drums = [part for part in score.parts if part.is_percussion]
    if not any(part.notes for part in drums):
        raise InputError("score", found="no drums", expected="a percussion part with notes", next_step="let `drumify` make one")
    grid = empty_grid(score)
    hits, written = grid.hits.copy(), grid.written.copy()
    for part in drums:
        for note in part.notes:
            column = drum_column(note.pitch)
            if column is not None and not note.grace:
                at_step, late = grid.at(note.onset)
                if not hits[at_step, column] or abs(late) < abs(written[at_step, column]):
                    hits[at_step, column], written[at_step, column] = True, np.clip(late, -0.5, 0.5)
    return replace(grid, hits=hits, written=written)


def empty_grid(score: Score) -> Grid:
    """Lay sixteenths over a score, bar by bar, with nothing on them."""
    ticks, places, lengths = list[float](), list[int](), list[int]()
    step = score.ticks_per_quarter / STEPS_PER_QUARTER
    bars = with_bars(score).bars
    for number, bar in enumerate(bars):
        full = max(bar_duration(metre_at(score, bar.tick), ticks_per_quarter=score.ticks_per_quarter), bar.duration)
        steps = max(1, round(full / step))
        own = int(np.ceil(bar.duration / step - 1e-6))
        first = max(0, steps - own) if number == 0 else 0
        ticks += [bar.tick + index * step for index in range(own)]
        places += [first + index for index in range(own)]
        lengths += [steps] * own
    at = np.array(ticks)
    # the tempo of each sixteenth, from how long it lasts
    lasts_s = np.diff(tempo_map_of(score).seconds(np.append(at, at[-1] + step)))
    bpm = np.clip(60.0 * np.diff(np.append(at, at[-1] + step)) / score.ticks_per_quarter / lasts_s, 20.0, 400.0)
    nothing = np.zeros((len(at), len(DRUMS)))
    return Grid(
        tick=at, step_ticks=step, place=np.array(places), steps_per_bar=np.array(lengths), bpm=bpm, hits=nothing > 0, written=nothing
    )


def humanise(
    score: Score,
    *,
    strength: float = 1.0,
    style: str = "",
    drummer: str = "",
    variety: float = 0.5,
    seed: int = 0,
    network: Network | None = None,
) -> Score:
    """Play the drums of a score as a drummer would; everything else stays as it is.

    Parameters
    ----------
    score : with a percussion part; other parts, bars and signs are not touched
    strength : how far to go from what is written, 0 (not at all) to 1
    style, drummer : see `hexachord.composition.drums.groove_network`; nothing leaves it open
    variety : how much chance there is, against what drummers vary: 0 plays the same bar the same way, 1 as differently as they
    seed : of that chance
    network : the shipped one when not given

    Returns
    -------
    The score with its drum notes moved, by less than half a sixteenth, and with new velocities. Their level over the whole part stays near
    the written one. Of several strokes of one drum within a sixteenth (flams) all go with the nearest. Tied notes and grace notes keep
    their place; percussion that is not of the nine drums stays altogether.

    Raises
    ------
    InputError : if the score has no drums, the style or drummer is unknown, or an amount is not between 0 and 1.
    """
    for name, amount in (("strength", strength), ("variety", variety)):
        if not 0.0 <= amount <= 1.0:
            raise InputError(name, found=f"{amount:g}", expected="a number from 0 to 1")
    check_conditions(style=style, drummer=drummer)
    grid = drum_grid(score)
    if strength == 0.0:
        return score
    touch = play_groove(
        grid.hits,
        bpm=grid.bpm,
        written=grid.written,
        steps_per_bar=grid.steps_per_bar,
        place=grid.place,
        style=style,
        drummer=drummer,
        network=network,
    )
    played = drawn(touch, written=grid.written, variety=variety, random=np.random.default_rng(seed))
    return replace(
        score, parts=tuple(_touched(part, grid, played, strength=strength) if part.is_percussion else part for part in score.parts)
    )


def drawn(touch: Touch, *, written: Float64Array | None = None, variety: float, random: np.random.Generator) -> Touch:
    """Draw one way to play from the middles and spreads; the drums of one moment are drawn together, mostly.

    Parameters
    ----------
    written : where strokes are written, (steps, drums); on the grid when not given
    variety : 0 gives the middles, 1 goes as far from them as drummers do
    """
    if variety == 0.0:
        return touch
    steps, drums = touch.offset.shape

    def chance() -> Float64Array:
        shared, own = random.laplace(size=(steps, 1)), random.laplace(size=(steps, drums))
        mixed = _TOGETHER * shared + np.sqrt(1.0 - _TOGETHER**2) * own
        return np.asarray(np.clip(mixed, -_FURTHEST, _FURTHEST) * variety)

    from_page = touch.offset + chance() * touch.offset_spread - (0.0 if written is None else written)
    offset = np.clip(from_page, -_LARGEST_OFFSET, _LARGEST_OFFSET) + (0.0 if written is None else written)
    velocity = np.clip(touch.velocity + chance() * touch.velocity_spread, 1.0, 127.0)
    return replace(touch, offset=offset, velocity=velocity)


def _touched(part: Part, grid: Grid, touch: Touch, *, strength: float) -> Part:
    """Move the strokes of a part and make them as loud as they are played."""
    placed = [(note, drum_column(note.pitch), grid.at(note.onset)[0]) for note in part.notes]
    moving = [(note, column, step) for note, column, step in placed if column is not None and note.grace is Grace.NO]
    if not moving:
        return part
    level = _level([(note.velocity or DEFAULT_VELOCITY, float(touch.velocity[step, column])) for note, column, step in moving])
    notes = list[Note]()
    for note, column, step in placed:
        if column is None or note.grace is not Grace.NO:
            notes.append(note)
            continue
        written = note.velocity or DEFAULT_VELOCITY
        loud = written + strength * (float(touch.velocity[step, column]) * level - written)
        onset = note.onset
        if not (note.tied_to_previous or note.tied_to_next):
            later = float(touch.offset[step, column] - grid.written[step, column])
            onset = max(0, round(note.onset + strength * later * grid.step_ticks))
        notes.append(note._replace(onset=onset, velocity=int(np.clip(round(loud), 1, 127))))
    return replace(part, notes=sorted_notes(notes))


def _level(pairs: list[tuple[int, float]]) -> float:
    """How much louder the page is than the drummer, over a part."""
    written, played = np.mean(pairs, axis=0)
    return float(np.clip(written / played, *_LEVELS))
