"""Counting bars over beats that are known: which of them are downbeats, and how many beats a bar has.

The bar-position decoder (`hexachord.dsp.metrical`) finds beats and bars together; where the beats are settled, or given, this is the
rest of the job and costs almost nothing. A walk over beats counts 1-2-3 or 1-2-3-4; a bar may be followed by one of another
metre, and once in a long while somebody loses count. Durand, Bello, David & Richard, "Robust downbeat tracking using an ensemble of
convolutional networks", IEEE/ACM TASLP 2017.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class CountOptions:
    """What is possible and how likely, in nats.

    Attributes
    ----------
    metres : numbers of beats a bar may have
    metre_cost : (metre, nats per beat) of metres that need better evidence than others
    slip : of losing count between two beats
    change : of a bar followed by one of another metre; infinite keeps one metre throughout
    """

    metres: tuple[int, ...] = (2, 3, 4, 5, 6, 7)
    metre_cost: tuple[tuple[int, float], ...] = ()
    slip: float = 8.0
    change: float = float("inf")


@dataclass(frozen=True, kw_only=True, eq=False)
class BarCount:
    """One way to count: the commonest metre, (beats,) positions from 1, (beats,) beats of each one's bar, and its score in nats."""

    metre: int
    position: IntArray
    bar_metre: IntArray
    score: float


def count_bars(downbeat: FloatArray, *, options: CountOptions = CountOptions(), weight: FloatArray | None = None) -> tuple[BarCount, ...]:
    """Count the bars of a piece.

    Parameters
    ----------
    downbeat : (beats,) log odds that each beat is a downbeat
    options : see `CountOptions`
    weight : (beats,) or a number per beat to add at downbeats: evidence from elsewhere (a tapped one); 0 by default

    Returns
    -------
    The best count in each metre, the best first; a single one where metres may change. Empty without beats.

    Examples
    --------
    >>> odds = np.tile([2.0, -2.0, -2.0], 4)
    >>> best = count_bars(odds)[0]
    >>> best.metre, best.position[:5].tolist()
    (3, [1, 2, 3, 1, 2])
    """
    odds = np.asarray(downbeat, dtype=np.float64)
    if odds.ndim != 1 or not np.isfinite(odds).all():
        raise ValueError(f"log odds are one finite number per beat, not of shape {odds.shape}")
    if len(odds) == 0:
        return ()
    model = _Slots(options)
    gain = _gains(odds, model)
    if weight is not None:
        gain = gain + np.where(model.position == 0, np.asarray(weight, dtype=np.float64)[:, None], 0.0)
    if np.isfinite(options.change) and len(options.metres) > 1:
        paths = _walk(gain, model, options, change=options.change)
        path, score = max(paths, key=lambda pair: pair[1])
        return (_count(path, score, model),)
    found = [_count(path, score, model) for path, score in _walk(gain, model, options, change=float("inf"))]
    return tuple(sorted(found, key=lambda count: -count.score))


class _Slots:
    """Every beat of every metre's bar is a slot."""

    def __init__(self, options: CountOptions) -> None:
        metres = options.metres
        self.metres = np.asarray(metres)
        self.first = np.cumsum((0, *metres))[:-1]
        self.metre = np.repeat(np.arange(len(metres)), metres)
        self.position = np.arange(sum(metres)) - self.first[self.metre]
        size = self.metres[self.metre]
        self.previous = self.first[self.metre] + (self.position - 1) % size
        cost = dict(options.metre_cost)
        self.cost = np.array([cost.get(int(metre), 0.0) for metre in metres])[self.metre]


def _gains(odds: Float64Array, slots: _Slots) -> Float64Array:
    """(beats, slots) log likelihood of each beat in each slot."""
    first, other = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
    return np.asarray(np.where(slots.position == 0, first[:, None], other[:, None]) - slots.cost)


def _walk(gain: Float64Array, slots: _Slots, options: CountOptions, *, change: float) -> list[tuple[IntArray, float]]:
    """The best path that ends in each metre."""
    beats, count = gain.shape
    came = np.empty((beats, count), dtype=np.int32)
    score = gain[0] - np.log(slots.metres)[slots.metre]
    starts = slots.first
    group = slots.first  # slots of a metre are neighbours
    for beat in range(1, beats):
        arrive, source = score[slots.previous], slots.previous.copy()
        if np.isfinite(change):
            ends = slots.previous[starts]
            best = int(ends[score[ends].argmax()])
            other = score[best] - change
            better = other > arrive[starts]
            arrive[starts[better]], source[starts[better]] = other, best
        slipped = np.maximum.reduceat(score, group)[slots.metre] - options.slip
        better = slipped > arrive
        if better.any():
            tops = np.array([first + int(score[first : first + size].argmax()) for first, size in zip(starts, slots.metres, strict=True)])
            arrive, source = np.where(better, slipped, arrive), np.where(better, tops[slots.metre], source)
        came[beat] = source
        score = arrive + gain[beat]
    paths: list[tuple[IntArray, float]] = []
    for first, size in zip(starts, slots.metres, strict=True):
        end = first + int(score[first : first + size].argmax())
        path = np.empty(beats, dtype=np.int64)
        path[-1] = end
        for beat in range(beats - 1, 0, -1):
            path[beat - 1] = came[beat, path[beat]]
        paths.append((path, float(score[end])))
    return paths


def _count(path: IntArray, score: float, slots: _Slots) -> BarCount:
    bar_metre = slots.metres[slots.metre[path]]
    return BarCount(
        metre=int(np.bincount(bar_metre).argmax()), position=slots.position[path] + 1, bar_metre=bar_metre.astype(np.int64), score=score
    )
