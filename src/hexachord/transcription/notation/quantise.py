"""Quantisation: which simple fraction of the beat each note was meant to start on.

Each beat is divided by one of a few grids (halves, quarters, thirds ...). A grid costs its misfit to the onsets in the beat, the onsets
it confuses, and its complexity; a change of grid from beat to beat costs a little more, so that a run of triplets stays one. The cheapest
sequence of grids is found by dynamic programming (compare A. T. Cemgil, P. Desain, B. Kappen, "Rhythm quantization for transcription",
Computer Music Journal 24(2), 2000).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.transcription.notation.grid import BarGrid

_COMPLEXITY = {1: 0.0, 2: 0.5, 3: 1.6, 4: 1.2, 6: 6.5, 8: 7.0}  # the finest only where two notes or more would be lost
_COMPOUND_COMPLEXITY = {1: 0.0, 2: 2.5, 3: 0.4, 6: 1.4, 12: 7.0}


@dataclass(frozen=True, kw_only=True)
class QuantiseOptions:
    """How strict the page is. `divisions` are the allowed parts of a beat, none for what the tempo suggests; times in seconds."""

    divisions: tuple[int, ...] = ()
    jitter_s: float = 0.025  # how far a player strays from what is written
    chord_s: float = 0.035  # onsets closer than this are one chord
    change_cost: float = 0.8
    finest_s: float = 0.07  # no grid is finer than this: fourteen notes a second
    fine_s: float = 0.085  # nor thirty-seconds and sextuplets than this
    close_gap: float = 0.5  # a rest shorter than this share of the time to the next note is articulation, not a rest


@dataclass(frozen=True, kw_only=True, eq=False)
class Quantised:
    """`onset` and `end` in ticks, one per note; `division` is the grid of each beat."""

    onset: IntArray
    end: IntArray
    division: IntArray


def quantise(onset_s: FloatArray, offset_s: FloatArray, *, grid: BarGrid, options: QuantiseOptions = QuantiseOptions()) -> Quantised:
    """Write onsets and offsets on the grid.

    Parameters
    ----------
    onset_s, offset_s : (n,) seconds, onsets ascending

    Returns
    -------
    Quantised : ends are at least one step of the grid after onsets
    """
    clusters = _clusters(np.asarray(onset_s, dtype=np.float64), options.chord_s)
    beat_count = len(grid.beat_s) - 1
    if len(clusters) == 0:
        return Quantised(onset=np.zeros(0, int), end=np.zeros(0, int), division=np.ones(beat_count, int))
    counts = np.bincount(clusters)
    position = grid.beats_at(np.bincount(clusters, weights=onset_s) / counts)
    period_s = np.diff(grid.beat_s)
    division = _divisions(position, period_s, grid, options)
    onset_beats = _snap(position, division)
    end_position = grid.beats_at(np.asarray(offset_s, dtype=np.float64))
    end_beats = _snap(end_position, division)
    onset = np.round(onset_beats * grid.beat_ticks).astype(np.int64)[clusters]
    step = grid.beat_ticks // division[np.clip(onset // grid.beat_ticks, 0, beat_count - 1)]
    onset = np.minimum(onset, beat_count * grid.beat_ticks - step)
    end = np.maximum(np.round(end_beats * grid.beat_ticks).astype(np.int64), onset + step)
    return Quantised(onset=onset, end=np.minimum(end, beat_count * grid.beat_ticks), division=division)


def beats_divide_in_three(onset_s: FloatArray, *, grid: BarGrid, options: QuantiseOptions = QuantiseOptions()) -> bool:
    """Whether the beats of a simple-time grid are really dotted: among beats with anything inside, three in four divide in three.

    Swung eighths divide in three as well, but leave the middle third empty; they are not taken for it.
    """
    clusters = _clusters(np.asarray(onset_s, dtype=np.float64), options.chord_s)
    if grid.compound or len(clusters) == 0:
        return False
    position = grid.beats_at(np.bincount(clusters, weights=onset_s) / np.bincount(clusters))
    division = _divisions(position, np.diff(grid.beat_s), grid, options)
    snapped = _snap(position, division)
    beat = np.clip(np.floor(position).astype(np.int64), 0, len(division) - 1)
    third = np.round((snapped - np.floor(snapped)) * 3, 6)
    middles = np.unique(beat[(third == 1) & (division[beat] % 3 == 0)])
    divided = np.count_nonzero(np.isin(np.arange(len(division)), beat) & (division > 1))
    return bool(divided >= 8 and len(middles) >= 0.75 * divided)


def _clusters(onset_s: Float64Array, width_s: float) -> IntArray:
    """Number the chords: a note joins the chord before it when it starts soon after the chord's first note or its last."""
    label = np.zeros(len(onset_s), dtype=np.int64)
    first, current = 0, 0
    for index in range(1, len(onset_s)):
        if onset_s[index] - onset_s[first] > 2 * width_s or onset_s[index] - onset_s[index - 1] > width_s:
            first, current = index, current + 1
        label[index] = current
    return label[: len(onset_s)]


def _allowed(period_s: float, grid: BarGrid, options: QuantiseOptions) -> tuple[int, ...]:
    if options.divisions:
        return options.divisions
    every, plain = (tuple(_COMPOUND_COMPLEXITY), 6) if grid.compound else (tuple(_COMPLEXITY), 4)
    return tuple(d for d in every if d == 1 or period_s / d >= (options.finest_s if d <= plain else options.fine_s))


def _divisions(position: Float64Array, period_s: Float64Array, grid: BarGrid, options: QuantiseOptions) -> IntArray:
    complexity = _COMPOUND_COMPLEXITY if grid.compound else _COMPLEXITY
    allowed = _allowed(float(np.median(period_s)), grid, options)
    beat_count = len(period_s)
    cost = np.tile([complexity.get(division, 4.0) for division in allowed], (beat_count, 1))
    # An onset a little before a beat may belong to it, so each beat weighs what lies from -1/8 to 9/8 of it, the shared edges by half.
    floor = np.clip(np.floor(position).astype(np.int64), 0, beat_count - 1)
    phase = position - floor
    for column, division in enumerate(allowed):
        slot = np.round(phase * division)
        stray = np.abs(phase - slot / division) * period_s[floor] / options.jitter_s
        misfit = np.minimum(stray**2 / 2, 12.0)
        np.add.at(cost[:, column], floor, misfit)
        confused = (np.diff(floor) == 0) & (np.diff(slot) == 0)
        np.add.at(cost[:, column], floor[1:][confused], 6.0)
    busy = np.bincount(floor, minlength=beat_count) > 0
    cost[~busy] = 0.0
    change = np.full((len(allowed), len(allowed)), options.change_cost)
    for a, first in enumerate(allowed):
        for b, second in enumerate(allowed):
            if first % second == 0 or second % first == 0:
                change[a, b] = 0.0
    total, back = cost[0].copy(), np.zeros((beat_count, len(allowed)), dtype=np.int64)
    for beat in range(1, beat_count):
        arrive = total[:, None] + change
        back[beat] = arrive.argmin(axis=0)
        total = arrive.min(axis=0) + cost[beat]
    path = np.zeros(beat_count, dtype=np.int64)
    path[-1] = int(total.argmin())
    for beat in range(beat_count - 1, 0, -1):
        path[beat - 1] = back[beat, path[beat]]
    return np.array(allowed)[path]


def _snap(position: Float64Array, division: IntArray) -> Float64Array:
    """Round beat positions to the grid of the beat they fall in."""
    beat = np.clip(np.floor(position).astype(np.int64), 0, len(division) - 1)
    snapped: Float64Array = beat + np.round((position - beat) * division[beat]) / division[beat]
    return np.clip(snapped, 0.0, len(division))


def close_gaps(onset: IntArray, end: IntArray, *, beat_ticks: int, share: float) -> IntArray:
    """Lengthen or cut the ends of one line of notes so that few rests and no overlaps are left.

    Parameters
    ----------
    onset, end : (n,) ticks of one voice, onsets strictly ascending
    share : a rest shorter than this share of the time to the next note is closed; up to a beat, so is any within a beat

    Returns
    -------
    (n,) new ends
    """
    if len(onset) == 0:
        return end
    following = np.concatenate([onset[1:], [end[-1]]])
    gap = following - end
    between = following - onset
    close = (gap <= share * between) & (gap <= beat_ticks)
    within_beat = (between <= beat_ticks) & (gap > 0) & (onset // beat_ticks == (following - 1) // beat_ticks) & (gap <= 0.75 * between)
    closed = np.where((gap < 0) | close | within_beat, following, end)
    # What still ends between beats before a rest is rounded up to the beat, or the next note.
    ragged = (closed % beat_ticks != 0) & (closed < following)
    up = np.minimum(-(-closed // beat_ticks) * beat_ticks, following)
    return np.asarray(np.where(ragged, up, closed), dtype=np.int64)
