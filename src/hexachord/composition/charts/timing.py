"""Red lines from beats: a steady tempo is one line, music that breathes gets a line wherever the last one no longer holds.

Beats that were heard stray by some milliseconds; a line through all of them does not. From each downbeat on, the longest stretch of
bars is taken that a straight line (least squares) follows, so that no eight beats in a row are off it by more than `TOLERANCE_S` in the
mean.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.composition.charts.beatmap import RedLine, line_at
from hexachord.errors import InputError

TOLERANCE_S = 0.01
_SHORTEST_BEATS = 2
_MEANS = 8  # beats whose strays are averaged
_NEAR_BEATS = 0.04
_BESIDE_MS, _ENOUGH = 35.0, 16
_SAME_TEMPO, _SAME_MS, _SHORT_BEATS = 5e-4, 8.0, 16.5
_WHOLE_S = 0.004  # a whole number of beats a minute is taken where nothing moves by more


def red_lines(beats_s: FloatArray, position: IntArray, *, tolerance_s: float = TOLERANCE_S) -> tuple[RedLine, ...]:
    """Lay red lines over beats.

    Parameters
    ----------
    beats_s : (n,) ascending
    position : (n,) place of each in its bar, from 1 (a downbeat); 0 unknown
    tolerance_s : how far the mean of eight neighbouring beats may lie from their line; beats of a page are exact and need less

    Returns
    -------
    Lines that begin on downbeats, except where the tempo changes inside a bar

    Raises
    ------
    InputError : with fewer than two beats.

    Examples
    --------
    >>> beats = np.concatenate([np.arange(16) * 0.5, 8.0 + np.arange(9) * 0.4])
    >>> red_lines(beats, np.arange(25) % 4 + 1)
    (RedLine(time_ms=0, beat_ms=500.0, beats_per_bar=4), RedLine(time_ms=8000, beat_ms=400.0, beats_per_bar=4))
    """
    times = np.asarray(beats_s, dtype=np.float64)
    if len(times) < _SHORTEST_BEATS:
        raise InputError("beats", found=f"{len(times)}", expected="at least two", next_step="say what you know of the tempo")
    starts, counts = _bars(np.asarray(position, dtype=np.int64))
    lines: list[RedLine] = []
    bar = 0
    while bar < len(starts):
        last = bar + 1
        while last < len(starts) and counts[last] == counts[bar]:
            last += 1
        best = _longest(times, [*starts[bar : last + 1], *([len(times)] if last == len(starts) else [])], tolerance_s)
        first, end = int(starts[bar]), best if best else int(starts[bar + 1]) if bar + 1 < len(starts) else len(times)
        if first + 1 >= len(times) and lines:
            break  # one beat at the end says nothing new
        if best:
            lines.append(_line(times, first, end, int(counts[bar])))
        else:  # nothing straight in this bar: every beat for itself
            lines += [_line(times, beat, beat + 1, int(counts[bar])) for beat in range(first, end) if beat + 1 < len(times)]
        bar = int(np.searchsorted(starts, end))
    return _ordered(_bridged(lines))


def shifted_lines(lines: tuple[RedLine, ...], time_s: FloatArray, weight: FloatArray) -> tuple[RedLine, ...]:
    """Shift red lines so that sounds are on their quarters in the mean: beats are felt a little beside them, alike in a whole song.

    Parameters
    ----------
    time_s, weight : (n,) sounds, and how strong they are

    Examples
    --------
    >>> shifted_lines((RedLine(100, 500.0),), 0.608 + np.arange(40) * 0.25, np.ones(40))
    (RedLine(time_ms=108, beat_ms=500.0, beats_per_bar=4),)
    """
    strays, weights = [], []
    for time, strong in zip(np.asarray(time_s).tolist(), np.asarray(weight).tolist(), strict=True):
        line = lines[line_at(lines, 1000 * time)]
        quarters = 4 * (1000 * time - line.time_ms) / line.beat_ms
        stray = (quarters - round(quarters)) * line.beat_ms / 4
        if abs(stray) < _BESIDE_MS:
            strays.append(stray)
            weights.append(strong)
    if len(strays) < _ENOUGH:
        return lines
    order = np.argsort(strays)
    mass = np.cumsum(np.array(weights)[order])
    shift = strays[order[int(np.searchsorted(mass, mass[-1] / 2))]]
    return _ordered([line._replace(time_ms=round(line.time_ms + shift)) for line in lines])


def share_on_quarters(lines: tuple[RedLine, ...], time_s: FloatArray, weight: FloatArray) -> float:
    """Return the share of sounds, by weight, that are within 0.04 beats of a quarter or a third of one; half by chance alone.

    Examples
    --------
    >>> share_on_quarters((RedLine(0, 500.0),), np.array([0.0, 0.125, 0.3333, 0.4375]), np.ones(4))
    0.75
    """
    on = 0.0
    for time, strong in zip(np.asarray(time_s).tolist(), np.asarray(weight).tolist(), strict=True):
        line = lines[line_at(lines, 1000 * time)]
        beats = (1000 * time - line.time_ms) / line.beat_ms
        on += strong * (min(abs(beats * parts - round(beats * parts)) / parts for parts in (3, 4)) < _NEAR_BEATS)
    total = float(np.sum(weight))
    return on / total if total else 0.0


def _bridged(lines: list[RedLine]) -> list[RedLine]:
    """Leave out short stretches after which the line before them goes on: there the beats were heard badly."""
    kept: list[RedLine] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        kept.append(line)
        for later in range(len(lines) - 1, index, -1):
            beats = (lines[later].time_ms - line.time_ms) / line.beat_ms
            before = (lines[later].time_ms - lines[index + 1].time_ms) / line.beat_ms
            same = abs(lines[later].beat_ms / line.beat_ms - 1) < _SAME_TEMPO and lines[later].beats_per_bar == line.beats_per_bar
            if same and before <= _SHORT_BEATS and abs(beats - round(beats)) * line.beat_ms < _SAME_MS:
                index = later
                break
        index += 1
    return kept


def _bars(position: IntArray) -> tuple[IntArray, IntArray]:
    """Where bars begin, and how many beats they have; what comes before the first downbeat is a bar of its own."""
    starts = np.flatnonzero(position == 1)
    if not len(starts):
        return np.zeros(1, dtype=np.int64), np.full(1, max(4, int(position.max(initial=0))))
    usual = int(np.bincount(np.diff(starts)).argmax()) if len(starts) > 1 else max(1, int(position.max()))
    counts = np.append(np.diff(starts), usual)
    if starts[0] > 0:
        return np.append(0, starts), np.append(usual, counts)
    return starts, counts


def _longest(times: Float64Array, borders: list[int], tolerance_s: float) -> int:
    """Return the border up to which a line holds; 0 where it does not even to the first."""
    best, low, high = 0, 1, len(borders) - 1
    while low <= high:  # what holds for long holds for less, nearly always
        middle = (low + high) // 2
        if _holds(times[borders[0] : borders[middle] + 1], tolerance_s):
            best, low = borders[middle], middle + 1
        else:
            high = middle - 1
    return best


def _holds(times: Float64Array, tolerance_s: float) -> bool:
    if len(times) < 3:
        return True
    strays = times - _fit(times)[0] - _fit(times)[1] * np.arange(len(times))
    width = int(np.clip(len(times) // 3, 1, _MEANS))  # the strays of all together are nothing, by construction
    means = np.convolve(strays, np.ones(width) / width, mode="valid")
    allowed = tolerance_s * np.sqrt(_MEANS / width)
    return bool(np.abs(means).max() <= allowed and np.abs(strays).max() <= 5 * tolerance_s)


def _fit(times: Float64Array) -> tuple[float, float]:
    number = np.arange(len(times), dtype=np.float64)
    number -= number.mean()
    step = float((number * times).sum() / (number**2).sum())
    return float(times.mean() + step * number[0]), step


def _line(times: Float64Array, first: int, end: int, beats: int) -> RedLine:
    """The line of beats `first` to `end`, the one after the last with them."""
    start, step = _fit(times[max(0, min(first, len(times) - 2)) : end + 1])
    whole = 60.0 / max(1, round(60.0 / step))
    length = min(end, len(times) - 1) - first
    if abs(whole - step) * length / 2 <= _WHOLE_S:
        start, step = start + (step - whole) * length / 2, whole
    return RedLine(round(1000 * start), round(1000 * step, 6), beats)


def _ordered(lines: Sequence[RedLine]) -> tuple[RedLine, ...]:
    """Begin the first line in the first bar of the sound, and none at the time of another; leave out what says the same again."""
    moved: list[RedLine] = []
    for line in lines:
        bar_ms = line.beat_ms * line.beats_per_bar
        bars = -int(line.time_ms // bar_ms) if line.time_ms < 0 or not moved else 0  # the first: as early as the sound lets it
        moved.append(line._replace(time_ms=round(line.time_ms + bars * bar_ms)))
    kept = moved[:1]
    for before, line in pairwise(moved):
        same = abs(line.beat_ms - before.beat_ms) < 1e-6 and line.beats_per_bar == before.beats_per_bar
        beats = (line.time_ms - before.time_ms) / before.beat_ms
        if line.time_ms > kept[-1].time_ms and not (same and abs(beats / before.beats_per_bar % 1.0) * before.beat_ms < 1.0):
            kept.append(line)
    return tuple(kept)
