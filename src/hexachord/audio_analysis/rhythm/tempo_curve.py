"""The tempo of a piece, beat by beat: smooth where players waver, sharp where the tempo really jumps.

Single intervals are a poor tempo: a beat that falls 10 ms late makes one interval too long and the next too short. A straight line
through the times of several beats (time against beat number) has the tempo as its slope and is hardly moved by one of them. Over a
jump no line fits; so three are tried for every interval, through the beats before it, after it and around it, and a one-sided one is
taken where it fits far better than even a parabola through those around. Beats far from their line lose their weight. Gijbels, Lambert
& Qiu, "Jump-preserving regression and smoothing using local linear fitting: a compromise", AISM 2007; the weights are Tukey's (Beaton
& Tukey 1974). FMP §3.3.2 and §6.2 for tempo curves.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray

_FAR_BETTER = 4.0  # a one-sided line is taken where its mean squared error is this many times smaller
_FLOOR_S = 0.004  # errors below this are rounding and a smooth change of tempo, no jump
_ROUNDS = 3  # of reweighting
_SHORTEST_REACH = 2.5  # beats from the middle of an interval, at the ends of a piece
_ODD_INTERVAL = 0.35  # relative deviation from the local median beyond which an interval may hide or split a beat
_LONGEST_SLIP = 2  # successive intervals; longer runs are a change of tempo, not a slip


@dataclass(frozen=True, kw_only=True, eq=False)
class TempoCurve:
    """Tempo from each beat to the next.

    Attributes
    ----------
    time_s : (beats - 1,) where each interval begins
    bpm : (beats - 1,) smoothed tempo over it
    smooth_s : (beats,) where the beats would be if they went as smoothly as the tempo
    stability : standard deviation of the intervals around the smoothed ones, relative; 0 is a machine, people reach 0.01 to 0.03
    """

    time_s: Float64Array
    bpm: Float64Array
    smooth_s: Float64Array
    stability: float


def tempo_curve(beat_s: FloatArray, *, reach_beats: int = 4) -> TempoCurve:
    """Smooth the tempo of beats.

    Parameters
    ----------
    beat_s : (beats,) strictly ascending times, two or more. Single beats may be missing or too many.
    reach_beats : beats to either side of an interval that take part

    Returns
    -------
    TempoCurve

    Raises
    ------
    ValueError : for fewer than two beats, beats that do not ascend, or a reach below 1.

    Examples
    --------
    >>> beats = np.concatenate([np.arange(20) * 0.5, 9.5 + np.arange(1, 20) * 0.4])  # 120, then 150 beats a minute
    >>> curve = tempo_curve(beats)
    >>> curve.bpm[[17, 18, 19, 20]].round(1)
    array([120., 120., 150., 150.])
    """
    time_s = np.asarray(beat_s, dtype=np.float64)
    if time_s.ndim != 1 or len(time_s) < 2 or not (np.diff(time_s) > 0).all():
        raise ValueError("a tempo curve needs two beats or more, in ascending order")
    if reach_beats < 1:
        raise ValueError(f"a tempo curve reaches over one beat or more, not {reach_beats}")
    gap = np.diff(time_s)
    step = beat_steps(time_s, reach_beats=reach_beats)
    number = np.concatenate([[0.0], np.cumsum(step)])
    lines = [
        _lines(number, time_s, before=before, after=after)
        for before, after in ((reach_beats, reach_beats), (2 * reach_beats, 0), (0, 2 * reach_beats))
    ]
    error = np.stack([np.maximum(line[2], _FLOOR_S**2) for line in lines])
    side = 1 + error[1:].argmin(axis=0)
    chosen = np.where(error[0] > _FAR_BETTER * error[1:].min(axis=0), side, 0)
    pick = np.arange(len(gap))
    period_s = np.stack([line[0] for line in lines])[chosen, pick]
    middle_s = np.stack([line[1] for line in lines])[chosen, pick]
    period_s = np.where(period_s > 0.1 * gap / step, period_s, gap / step)  # an extreme rubato: the plain interval
    # each beat's smooth time: the mean of what the lines of its two intervals say
    ends = np.stack([middle_s - 0.5 * step * period_s, middle_s + 0.5 * step * period_s])
    smooth_s = np.concatenate([[ends[0, 0]], 0.5 * (ends[0, 1:] + ends[1, :-1]), [ends[1, -1]]])
    whole = step == 1.0
    relative = gap[whole] / period_s[whole] - 1.0
    return TempoCurve(
        time_s=time_s[:-1],
        bpm=60.0 / period_s,
        smooth_s=np.maximum.accumulate(smooth_s),
        stability=float(np.std(relative)) if len(relative) else float("nan"),
    )


def beat_steps(beat_s: FloatArray, *, reach_beats: int = 4) -> Float64Array:
    """Tell how many beats each interval really is: 1, but 2 where a tracker missed one and a half where it found one too many.

    Only single slips are mended: where intervals stay twice as long the tempo has changed.

    Examples
    --------
    >>> beat_steps(np.array([0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 3.5, 3.75, 4.0]))
    array([1. , 1. , 2. , 1. , 1. , 1. , 0.5, 0.5])
    """
    gap = np.diff(np.asarray(beat_s, dtype=np.float64))
    if len(gap) < 3:
        return np.ones(len(gap))
    reach = min(reach_beats, len(gap) - 1)
    padded = np.pad(gap, reach, mode="reflect")
    local = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
    ratio = gap / local
    step = np.where(ratio > 1 + _ODD_INTERVAL, np.maximum(np.rint(ratio), 2.0), np.where(ratio < 1 - _ODD_INTERVAL, 0.5, 1.0))
    fits = np.abs(ratio / step - 1) < 0.3 * np.minimum(1.0, step)
    step = np.where(fits, step, 1.0)
    odd = np.flatnonzero(np.diff(np.concatenate([[0], (step != 1).astype(np.int8), [0]])))
    for first, last in zip(odd[::2].tolist(), odd[1::2].tolist(), strict=True):
        if last - first > _LONGEST_SLIP:
            step[first:last] = 1.0
    return np.asarray(step, dtype=np.float64)


def _lines(number: Float64Array, time_s: Float64Array, *, before: int, after: int) -> tuple[Float64Array, Float64Array, Float64Array]:
    """Robust lines through the beats around every interval: slope, time at the interval's middle, mean squared error without weights.

    The interval's own two beats and `before` / `after` more take part, fewer at the ends of the piece.
    """
    count = len(time_s) - 1
    index = np.arange(count)[:, None] + np.arange(-before, after + 2)
    inside = (index >= 0) & (index <= count)
    if before and after:  # at the ends of the piece the window shrinks on both sides, or the tempo of a ritardando would lag
        middle_of = np.arange(count)[:, None] + 0.5
        inside &= np.abs(index - middle_of) <= np.maximum(np.minimum(middle_of, count - middle_of), _SHORTEST_REACH)
    index = index.clip(0, count)
    middle = 0.5 * (number[:-1] + number[1:])
    x = number[index] - middle[:, None]
    y = time_s[index] - time_s[:-1, None]
    weight = inside.astype(np.float64)
    slope, at_zero = _weighted_line(x, y, weight)
    for _ in range(_ROUNDS):
        error = np.abs(y - at_zero[:, None] - slope[:, None] * x)
        usual = np.nanmedian(np.where(inside, error, np.nan), axis=1)
        scale = np.maximum(4.685 * 1.4826 * usual, 2 * _FLOOR_S)
        weight = np.where(inside, np.maximum(1.0 - (error / scale[:, None]) ** 2, 0.0) ** 2, 0.0)
        slope, at_zero = _weighted_line(x, y, weight)
    points = inside.sum(axis=1)
    if before and after:
        mean = _parabola_error(x, y, inside)
    else:  # short lines fit anything
        error = np.where(inside, (y - at_zero[:, None] - slope[:, None] * x) ** 2, 0.0)
        mean = np.where(4 * points >= 3 * index.shape[1], error.sum(axis=1) / np.maximum(points - 2, 1), np.inf)
    return slope, at_zero + time_s[:-1], mean


def _parabola_error(x: Float64Array, y: Float64Array, inside: BoolArray) -> Float64Array:
    """Mean squared error of parabolas row by row: all beats count, for a jump is what robust weights would explain away.

    A tempo that changes smoothly bends the line, and is no jump.
    """
    terms = np.stack([np.ones_like(x), x, x**2], axis=2) * inside[:, :, None]
    normal = np.einsum("rpi,rpj->rij", terms, terms) + 1e-9 * np.eye(3)
    fitted = np.linalg.solve(normal, np.einsum("rpi,rp->ri", terms, y)[:, :, None])
    error = np.where(inside, (y - np.einsum("rpi,ri->rp", terms, fitted[:, :, 0])) ** 2, 0.0)
    return np.asarray(error.sum(axis=1) / np.maximum(inside.sum(axis=1) - 3, 1), dtype=np.float64)


def _weighted_line(x: Float64Array, y: Float64Array, weight: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Weighted least squares row by row: slope and value at x = 0; the plain slope where too few points have weight."""
    total = weight.sum(axis=1)
    safe = np.maximum(total, 1e-12)
    mean_x, mean_y = (weight * x).sum(axis=1) / safe, (weight * y).sum(axis=1) / safe
    spread = (weight * (x - mean_x[:, None]) ** 2).sum(axis=1)
    slope = (weight * (x - mean_x[:, None]) * (y - mean_y[:, None])).sum(axis=1) / np.maximum(spread, 1e-12)
    return np.asarray(slope), np.asarray(mean_y - slope * mean_x)
