"""From sounds to a game of drums: which of them become notes at each level, where, don or kat, small or big.

Sounds are put on the places of the beats around them, in halves or in thirds as fits a beat better. The hardest level takes the strongest,
as many as it may, bar by bar, more where there is more music; every easier level takes from the one above it, preferring beats. So levels
are nested: whoever learnt one finds its notes again in the next.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray, IntArray
from hexachord.composition.charts.beatmap import LEVELS, PLACES, Hit, Level, RedLine, line_at, time_of
from hexachord.errors import InputError

_NEAR_MS, _FARTHEST_MS = 15.0, 30.0
"""A sound farther from every place than a sixteenth of a beat, within these limits, is left out."""
_THIRD_COST = 0.25  # of a beat's weight, for dividing otherwise than the metre does
_LIVELY = (0.5, 1.4)
_WINDOW_BEATS = 4
_BIG_BEATS = 8  # at most one big note in so many
_BIG_ACCENT = 0.6
_HELD_BEATS = 1.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Sounds:
    """What may become notes, in order of time.

    Attributes
    ----------
    time_s : (n,)
    weight : (n,) how strong, 0 to 1
    bright : (n,) 0 for what is low or dark (a don), 1 for what is high or bright (a kat)
    accent : (n,) how much it stands out, 0 to 1
    held_s : (n,) how long it lasts, 0 where that is not known
    """

    time_s: FloatArray
    weight: FloatArray
    bright: FloatArray
    accent: FloatArray
    held_s: FloatArray

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Spots:
    """Places that sound, one row each, in order of time."""

    time_ms: Float64Array
    line: IntArray
    place: IntArray
    weight: Float64Array
    bright: Float64Array
    accent: Float64Array
    held_ms: Float64Array

    def taken(self, rows: IntArray) -> "_Spots":
        return _Spots(**{name: column[rows] for name, column in vars(self).items()})


def chart_sounds(
    sounds: Sounds, lines: tuple[RedLine, ...], *, levels: tuple[Level, ...] = LEVELS, is_compound: bool = False, rolls: bool = False
) -> dict[str, tuple[Hit, ...]]:
    """Make the notes of every level.

    Parameters
    ----------
    sounds : what is heard
    lines : the tempo
    levels : the easiest first
    is_compound : whether beats divide in three
    rolls : make drum rolls of what is held while nothing else happens

    Returns
    -------
    level → notes, in order of time; those of one are among those of the next

    Raises
    ------
    InputError : if nothing sounds, or nothing near a place of the beats.

    Examples
    --------
    >>> beats, nothing = np.arange(0, 16, 0.25), np.zeros(64)
    >>> strong = np.where(np.arange(64) % 2 == 0, 1.0, 0.4)
    >>> sounds = Sounds(time_s=beats, weight=strong, bright=nothing, accent=nothing, held_s=nothing)
    >>> made = chart_sounds(sounds, (RedLine(0, 500.0),))
    >>> [len(made[level.name]) for level in LEVELS]
    [24, 40, 64, 64]
    """
    if not len(sounds):
        raise InputError("the music", found="no sounds to strike with", expected="music")
    spots = _spots(sounds, lines, is_compound=is_compound)
    if not len(spots.time_ms):
        raise InputError("the music", found="no sound near a beat or its parts", expected="music with a pulse", next_step="say its tempo")
    made = {}
    for level in reversed(levels):
        allowed = np.array([level.allows(int(place), is_compound=is_compound) for place in spots.place], dtype=bool)
        spots = spots.taken(np.flatnonzero(allowed))
        spots = spots.taken(_chosen(spots, lines, level))
        made[level.name] = _hits(spots, lines, rolls=rolls, calm=level is levels[0])
    return {level.name: made[level.name] for level in levels}


def _spots(sounds: Sounds, lines: tuple[RedLine, ...], *, is_compound: bool) -> _Spots:
    """Put sounds on places; of several on one the strongest speaks."""
    at_ms = 1000.0 * np.asarray(sounds.time_s, dtype=np.float64)
    line = np.array([line_at(lines, moment) for moment in at_ms], dtype=np.int64)
    start = np.array([each.time_ms for each in lines], dtype=np.float64)[line]
    step = np.array([each.beat_ms for each in lines])[line]
    beats = (at_ms - start) / step
    even, odd = (PLACES // parts * np.rint(beats * parts).astype(np.int64) for parts in (4, 6))
    beat = np.floor(beats + 1.0 / 8).astype(np.int64)
    weight = np.asarray(sounds.weight, dtype=np.float64)
    place = even.copy()
    for rows in _groups(line, beat):
        cost = [float((weight[rows] * np.minimum(np.abs(beats[rows] - way[rows] / PLACES), 0.25)).sum()) for way in (even, odd)]
        other = _THIRD_COST * float(weight[rows].sum()) / 8
        if cost[1] + (0.0 if is_compound else other) < cost[0] + (other if is_compound else 0.0):
            place[rows] = odd[rows]
    near = np.abs(beats - place / PLACES) * step <= np.clip(step / 16, _NEAR_MS, _FARTHEST_MS)
    near &= (start + place * step / PLACES > -0.5) & ~_beyond(line, place, lines)
    kept: dict[tuple[int, int], int] = {}
    for row in np.flatnonzero(near).tolist():
        key = (int(line[row]), int(place[row]))
        if key not in kept or weight[row] > weight[kept[key]]:
            kept[key] = row
    rows = np.array([row for _, row in sorted(kept.items())], dtype=np.int64)
    return _Spots(
        time_ms=(start + place * step / PLACES)[rows],
        line=line[rows],
        place=place[rows],
        weight=weight[rows],
        bright=np.asarray(sounds.bright, dtype=np.float64)[rows],
        accent=np.asarray(sounds.accent, dtype=np.float64)[rows],
        held_ms=1000 * np.asarray(sounds.held_s, dtype=np.float64)[rows],
    )


def _groups(line: IntArray, beat: IntArray) -> list[IntArray]:
    """Rows that share a beat."""
    change = np.flatnonzero((np.diff(line) != 0) | (np.diff(beat) != 0)) + 1
    return [rows for rows in np.split(np.arange(len(line)), change) if len(rows)]


def _beyond(line: IntArray, place: IntArray, lines: tuple[RedLine, ...]) -> BoolArray:
    """Which places would fall on the next red line, or after it: it has its own."""
    ends = np.append([each.time_ms for each in lines[1:]], np.inf)
    times = np.array([time_of(lines[index], int(at)) for index, at in zip(line.tolist(), place.tolist(), strict=True)])
    return np.asarray(times > ends[line] - 3.0)


def _strength(spots: _Spots, lines: tuple[RedLine, ...], level: Level) -> Float64Array:
    """How much each place asks for a note: how strong it sounds, and where in the bar it is."""
    in_bar = np.array([lines[index].beats_per_bar * PLACES for index in spots.line])
    metrical = np.select(
        [spots.place % in_bar == 0, spots.place % PLACES == 0, spots.place % (PLACES // 2) == 0, spots.place % (PLACES // 4) == 0],
        [1.0, 0.8, 0.4, 0.1],
        default=0.05,
    )
    return np.asarray(spots.weight + 0.3 * spots.accent + level.beat_weight * metrical)


def _chosen(spots: _Spots, lines: tuple[RedLine, ...], level: Level) -> IntArray:
    """Choose places for a level: the strongest of every bar's length, as many as it has room for."""
    if not len(spots.time_ms):
        return np.zeros(0, dtype=np.int64)
    strength = _strength(spots, lines, level)
    step = np.array([lines[index].beat_ms for index in spots.line])
    window = np.floor(spots.place / (_WINDOW_BEATS * PLACES)).astype(np.int64)
    groups = _groups(spots.line, window)
    busy = np.array([spots.weight[rows].sum() / (_WINDOW_BEATS * step[rows[0]]) for rows in groups])
    lively = np.clip(busy / max(float(np.median(busy)), 1e-9), *_LIVELY)
    taken = np.zeros(len(strength), dtype=bool)
    for rows, life in zip(groups, lively.tolist(), strict=True):
        room = max(1, round(level.notes_per_s * life * _WINDOW_BEATS * float(step[rows[0]]) / 1000))
        got = 0
        for row in rows[np.argsort(-strength[rows], kind="stable")].tolist():
            if got < room and _fits(row, taken, spots, lines, level):
                taken[row], got = True, got + 1
    return np.flatnonzero(taken)


def _fits(row: int, taken: BoolArray, spots: _Spots, lines: tuple[RedLine, ...], level: Level) -> bool:
    """Whether a note there leaves the room that a level wants between notes, and makes no run that is too long."""
    beat_ms = lines[int(spots.line[row])].beat_ms
    least = max(1000 * level.gap_s, level.gap_beats * beat_ms - 1.0)
    fast = beat_ms / 3 - 1.0
    run = 1
    for way in (-1, 1):
        at, before = row, row
        while True:
            at += way
            while 0 <= at < len(taken) and not taken[at]:
                at += way
            if not 0 <= at < len(taken):
                break
            gap = abs(float(spots.time_ms[at] - spots.time_ms[before]))
            if before == row and gap < least:
                return False
            if gap >= fast or run > level.longest_run:
                break
            run, before = run + 1, at
    return run <= level.longest_run


def _hits(spots: _Spots, lines: tuple[RedLine, ...], *, rolls: bool, calm: bool) -> tuple[Hit, ...]:
    step = np.array([lines[index].beat_ms for index in spots.line])
    kat = spots.bright > 0.5
    if calm:  # hands that change inside a beat are hard
        for row, gap in enumerate(np.diff(spots.time_ms).tolist(), start=1):
            if gap < 0.75 * step[row]:
                kat[row] = kat[row - 1]
    big = _big(spots, step)
    hits = [
        Hit(round(time_ms), is_kat, is_big)
        for time_ms, is_kat, is_big in zip(spots.time_ms.tolist(), kat.tolist(), big.tolist(), strict=True)
    ]
    return tuple(_with_rolls(hits, spots, step) if rolls else hits)


def _big(spots: _Spots, step: Float64Array) -> BoolArray:
    """Big notes: what stands out most of eight beats, on a beat, with room on both sides."""
    gaps = np.concatenate([[np.inf], np.diff(spots.time_ms), [np.inf]])
    free = (np.minimum(gaps[:-1], gaps[1:]) > 0.45 * step) & (spots.place % PLACES == 0) & (spots.accent >= _BIG_ACCENT)
    big = np.zeros(len(step), dtype=bool)
    window = np.floor(spots.place / (_BIG_BEATS * PLACES)).astype(np.int64)
    for rows in _groups(spots.line, window):
        able = rows[free[rows]]
        if len(able):
            big[able[spots.accent[able].argmax()]] = True
    return big


def _with_rolls(hits: list[Hit], spots: _Spots, step: Float64Array) -> list[Hit]:
    """Make rolls of what is held to within half a beat of the next note."""
    out = list(hits)
    following = [after.time_ms for _, after in pairwise(hits)] + [float("inf")]
    for row, (hit, after) in enumerate(zip(hits, following, strict=True)):
        half = float(step[row]) / 2
        halves = int(min(float(spots.held_ms[row]), after - hit.time_ms - half) / half + 0.05)
        if halves >= 2 * _HELD_BEATS:
            out[row] = hit._replace(end_ms=round(float(spots.time_ms[row]) + halves * half), is_kat=False)
    return out
