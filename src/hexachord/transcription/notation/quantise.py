"""Quantisation: which simple fraction of the beat each note was meant to start on.

Each hand divides each beat by a number of its own (halves, quarters, thirds ...). A division costs its misfit to the onsets in the beat,
the onsets it confuses, and how rarely pages fill a beat like this, after such a beat, beside what the other hand does
(`hexachord.transcription.notation.beat_patterns`). The cheapest sequence for both hands together is found by dynamic programming (compare
A. T. Cemgil, P. Desain, B. Kappen, "Rhythm quantization for transcription", Computer Music Journal 24(2), 2000).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.transcription.notation.beat_patterns import DIVISIONS, SLOTS, BeatPatterns, beat_patterns, division_of
from hexachord.transcription.notation.grid import BarGrid

_PLAIN = (1, 2, 3, 4)
_COMPOUND_PLAIN = (1, 2, 3, 6)
_EARLY = 1 / 16  # of a beat: what is struck so little before a beat belongs to it


@dataclass(frozen=True, kw_only=True)
class QuantiseOptions:
    """How strict the page is. `divisions` are the allowed parts of a beat, none for what the tempo suggests; times in seconds."""

    divisions: tuple[int, ...] = ()
    jitter_s: float = 0.02  # how far a player strays from what is written
    jitter_beats: float = 0.035  # and that much more where beats are long
    furthest: float = 14.0  # nats: how wrong an onset may be at most
    confused: float = 3.0  # nats: for two chords of a hand on one place
    chord_s: float = 0.035  # onsets closer than this are one chord
    finest_s: float = 0.06  # no grid is finer than this: sixteen notes a second
    fine_s: float = 0.075  # nor thirty-seconds and sextuplets than this
    close_gap: float = 0.5  # a rest shorter than this share of the time to the next note is articulation, not a rest


@dataclass(frozen=True, kw_only=True, eq=False)
class Quantised:
    """`onset` and `end` in ticks, one per note; `division` (hands, beats) is how each hand divides each beat."""

    onset: IntArray
    end: IntArray
    division: IntArray


def quantise(
    onset_s: FloatArray, offset_s: FloatArray, *, grid: BarGrid, hand: IntArray | None = None, options: QuantiseOptions = QuantiseOptions()
) -> Quantised:
    """Write onsets and offsets on the grid.

    Parameters
    ----------
    onset_s, offset_s : (n,) seconds, onsets ascending
    hand : (n,) 1 or 2; each divides beats for itself. One hand when not given

    Returns
    -------
    Quantised : ends are at least one step of the grid after onsets
    """
    time, until = np.asarray(onset_s, dtype=np.float64), np.asarray(offset_s, dtype=np.float64)
    which = np.ones(len(time), dtype=np.int64) if hand is None else np.asarray(hand)
    members = [np.flatnonzero(which == number) for number in range(1, 2 if hand is None else 3)]
    chords = [_clusters(time[rows], options.chord_s) for rows in members]
    places = [_mean_places(time[rows], chord, grid) for rows, chord in zip(members, chords, strict=True)]
    division = _divisions(places, np.diff(grid.beat_s), grid, options)
    onset, end = np.zeros(len(time), dtype=np.int64), np.zeros(len(time), dtype=np.int64)
    last = (len(grid.beat_s) - 1) * grid.beat_ticks
    for rows, chord, place, own in zip(members, chords, places, division, strict=True):
        if not len(rows):
            continue
        begins = np.round(_snap(place, own) * grid.beat_ticks).astype(np.int64)[chord]
        step = grid.beat_ticks // own[np.clip(begins // grid.beat_ticks, 0, len(own) - 1)]
        onset[rows] = np.minimum(begins, last - step)
        stops = np.round(_snap(grid.beats_at(until[rows]), own) * grid.beat_ticks).astype(np.int64)
        end[rows] = np.minimum(np.maximum(stops, onset[rows] + step), last)
    return Quantised(onset=onset, end=end, division=division)


def beats_divide_in_three(onset_s: FloatArray, *, grid: BarGrid, options: QuantiseOptions = QuantiseOptions()) -> bool:
    """Whether the beats of a simple-time grid are really dotted: among beats with anything inside, three in four divide in three.

    Swung eighths divide in three as well, but leave the middle third empty; they are not taken for it.
    """
    if grid.compound or len(onset_s) == 0:
        return False
    time = np.asarray(onset_s, dtype=np.float64)
    place = _mean_places(time, _clusters(time, options.chord_s), grid)
    division = _divisions([place], np.diff(grid.beat_s), grid, options)[0]
    snapped = _snap(place, division)
    beat = np.clip(np.floor(place).astype(np.int64), 0, len(division) - 1)
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


def _mean_places(onset_s: Float64Array, chord: IntArray, grid: BarGrid) -> Float64Array:
    """Where the chords of a hand are, in beats."""
    if not len(onset_s):
        return np.zeros(0)
    return grid.beats_at(np.bincount(chord, weights=onset_s) / np.bincount(chord))


def _allowed(period_s: float, grid: BarGrid, options: QuantiseOptions) -> tuple[int, ...]:
    if options.divisions:
        return tuple(sorted({1, *options.divisions}))
    plain = _COMPOUND_PLAIN if grid.compound else _PLAIN
    every = tuple(division for division in DIVISIONS if grid.compound or division <= 8)
    return tuple(d for d in every if d == 1 or period_s / d >= (options.finest_s if d in plain else options.fine_s))


def _divisions(places: list[Float64Array], period_s: Float64Array, grid: BarGrid, options: QuantiseOptions) -> IntArray:
    """How each hand divides each beat, (hands, beats): the cheapest course of all hands together."""
    allowed = np.array(_allowed(float(period_s.max()), grid, options))
    hands = [_readings(place, period_s, allowed, options) for place in places]
    plain = np.isin(allowed, _COMPOUND_PLAIN if grid.compound else _PLAIN)
    too_fine = period_s[:, None] < allowed * np.where(plain, options.finest_s, options.fine_s)
    if not options.divisions:
        for hand in hands:
            hand.misfit[too_fine & (allowed > 1)] = np.inf
    return np.asarray(allowed[_cheapest(hands, beat_patterns(grid.compound), allowed)])


@dataclass(frozen=True, eq=False)
class _Readings:
    """What each division makes of each beat of a hand, (beats, divisions): how badly it fits in nats, and the pattern that it shows."""

    misfit: Float64Array
    struck: IntArray


def _readings(place: Float64Array, period_s: Float64Array, allowed: IntArray, options: QuantiseOptions) -> _Readings:
    beats = len(period_s)
    misfit, struck = np.zeros((beats, len(allowed))), np.zeros((beats, len(allowed)), dtype=np.int64)
    beat = np.clip(np.floor(place + _EARLY).astype(np.int64), 0, beats - 1)
    phase = place - beat
    jitter = np.hypot(options.jitter_s / period_s, options.jitter_beats)[beat]
    for column, division in enumerate(allowed.tolist()):
        slot = np.maximum(np.round(phase * division), 0).astype(np.int64)
        np.add.at(misfit[:, column], beat, np.minimum(((phase - slot / division) / jitter) ** 2 / 2, options.furthest))
        same = (np.diff(beat) == 0) & (np.diff(slot) == 0)
        np.add.at(misfit[:, column], beat[1:][same], options.confused)
        inside = slot < division
        np.bitwise_or.at(struck[:, column], beat[inside], 1 << (slot[inside] * SLOTS // division))
    return _Readings(misfit, struck)


def _cheapest(hands: list[_Readings], patterns: BeatPatterns, allowed: IntArray) -> IntArray:
    """The cheapest course, as columns of `allowed`, (hands, beats); of a pattern only the coarsest division that shows it is asked."""
    columns, count, beats = [DIVISIONS.index(division) for division in allowed.tolist()], len(allowed), len(hands[0].misfit)
    after, beside = (matrix[np.ix_(columns, columns)] for matrix in (patterns.after, patterns.beside))
    costs = []
    for hand in hands:
        met = {pattern: (patterns.of(pattern), division_of(pattern)) for pattern in np.unique(hand.struck).tolist()}
        price = np.array([[met[pattern][0] for pattern in row] for row in hand.struck.tolist()])
        coarsest = np.array([[met[pattern][1] for pattern in row] for row in hand.struck.tolist()])
        costs.append(np.where(coarsest == allowed, hand.misfit + price, np.inf))
    if len(hands) == 1:
        each, change = costs[0], after
    else:  # a state is what both hands do
        each = (costs[0][:, :, None] + costs[1][:, None, :] + beside).reshape(beats, -1)
        change = (after[:, None, :, None] + after[None, :, None, :]).reshape(count * count, -1)
    total, back = each[0].copy(), np.zeros((beats, len(change)), dtype=np.int64)
    for beat in range(1, beats):
        arrive = total[:, None] + change
        back[beat] = arrive.argmin(axis=0)
        total = arrive.min(axis=0) + each[beat]
    path = np.zeros(beats, dtype=np.int64)
    path[-1] = int(total.argmin())
    for beat in range(beats - 1, 0, -1):
        path[beat - 1] = back[beat, path[beat]]
    return path[None] if len(hands) == 1 else np.stack([path // count, path % count])


def _snap(position: Float64Array, division: IntArray) -> Float64Array:
    """Round beat positions to the grid of the beat they fall in, or soon will."""
    beat = np.clip(np.floor(position + _EARLY).astype(np.int64), 0, len(division) - 1)
    snapped: Float64Array = beat + np.maximum(np.round((position - beat) * division[beat]), 0.0) / division[beat]
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
