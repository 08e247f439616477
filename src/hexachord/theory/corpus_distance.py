"""How far a set of pieces is from a corpus, feature by feature: overlap and divergence of distances, with intervals.

A model is not judged by one piece but by whether its pieces differ from real ones as real ones differ among themselves. L.-C. Yang, A.
Lerch, "On the evaluation of generative models in music", Neural Computing and Applications 32, 2020: of every feature, the distances
between all pairs of real pieces (within) and between all pairs of a made and a real one (across) are smoothed into densities; their
overlapping area (1: they are alike) and Kullback-Leibler divergence (0: they are alike) are what is reported. Intervals are of a bootstrap
over pieces, made and real, since pairs that share a piece are no independent evidence (B. Efron, R. Tibshirani, *An Introduction to the
Bootstrap*, 1993).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

LENGTHS = (0.125, 0.25, 1 / 3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Note lengths in quarters that others are counted as, by ratio."""
FEATURES = (
    "pitch_count",
    "pitch_range",
    "pitch_classes",
    "pitch_class_steps",
    "mean_interval",
    "notes_per_bar",
    "mean_gap",
    "lengths",
    "length_steps",
)
_GRID = 256
_LEAST_DENSITY = 1e-6
_MOST_CENTRES = 5.0  # bandwidths beyond the largest distance that the grid goes on


class SetDistance(NamedTuple):
    """Of one feature: overlapping area in [0, 1] and divergence in nats, each with its interval (low, high)."""

    overlap: float
    overlap_interval: tuple[float, float]
    divergence: float
    divergence_interval: tuple[float, float]


def piece_features(onset_quarter: FloatArray, duration_quarter: FloatArray, pitch: IntArray, *, bars: int) -> dict[str, Float64Array]:
    """Measure the features of one piece that sets are compared by (Yang & Lerch, table 1).

    Parameters
    ----------
    onset_quarter, duration_quarter, pitch : (n,) pitched notes; quarters and MIDI numbers
    bars : of the piece

    Returns
    -------
    Vectors by name, see `FEATURES`: how many pitches and how wide apart; the shares of pitch classes, and of their successions (top
    notes, 12 x 12); the mean size of an interval; notes a bar; mean quarters from chord to chord; shares of note lengths, and of their
    successions. Zeros where there are no notes.

    Examples
    --------
    >>> found = piece_features(np.arange(8.0), np.ones(8), np.array([60, 62, 64, 65, 67, 69, 71, 72]), bars=2)
    >>> found["pitch_range"], found["notes_per_bar"], found["pitch_classes"].shape
    (array([12.]), array([4.]), (12,))
    """
    key = np.asarray(pitch, dtype=np.int64)
    onset = np.asarray(onset_quarter, dtype=np.float64)
    order = np.lexsort((key, onset))
    key, onset = key[order], onset[order]
    length = np.asarray(duration_quarter, dtype=np.float64)[order]
    kind = np.abs(np.log(np.maximum(length, 1e-3))[:, None] - np.log(LENGTHS)).argmin(axis=1)
    top = np.append(np.diff(onset) > 1e-6, True)[: len(key)]
    line = key[top]
    one = np.ones(1)
    return {
        "pitch_count": one * len(np.unique(key)),
        "pitch_range": one * (np.ptp(key) if len(key) else 0.0),
        "pitch_classes": _shares(key % 12, 12),
        "pitch_class_steps": _shares(line[:-1] % 12 * 12 + line[1:] % 12, 144),
        "mean_interval": one * (np.abs(np.diff(line)).mean() if len(line) > 1 else 0.0),
        "notes_per_bar": one * (len(key) / max(bars, 1)),
        "mean_gap": one * (np.diff(onset[top]).mean() if len(line) > 1 else 0.0),
        "lengths": _shares(kind, len(LENGTHS)),
        "length_steps": _shares(kind[top][:-1] * len(LENGTHS) + kind[top][1:], len(LENGTHS) ** 2),
    }


def stack_features(pieces: list[dict[str, Float64Array]]) -> dict[str, Float64Array]:
    """Put the features of several pieces into (pieces, columns) matrices."""
    return {name: np.array([piece[name] for piece in pieces]) for name in (pieces[0] if pieces else {})}


def set_distances(
    made: Mapping[str, FloatArray], real: Mapping[str, FloatArray], *, resamples: int = 200, level: float = 0.95, seed: int = 0
) -> dict[str, SetDistance]:
    """Compare a set of pieces with a corpus.

    Parameters
    ----------
    made, real : (pieces, columns) by feature, see `stack_features`; at least two pieces each
    resamples : of the bootstrap
    level : of the interval
    seed : of the resampling

    Returns
    -------
    SetDistance for each feature that both have. What real pieces have against other real ones of the same number is the base line.

    Raises
    ------
    ValueError : if one of the sets has fewer than two pieces.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real = {"x": rng.normal(size=(60, 3))}
    >>> like, unlike = ({"x": rng.normal(size=(30, 3)) + shift} for shift in (0.0, 3.0))
    >>> round(set_distances(like, real)["x"].overlap, 1), round(set_distances(unlike, real)["x"].overlap, 1)
    (0.9, 0.2)
    """
    out = {}
    for name in made:
        if name not in real:
            continue
        ours, theirs = np.asarray(made[name], dtype=np.float64), np.asarray(real[name], dtype=np.float64)
        if min(len(ours), len(theirs)) < 2:
            raise ValueError(f"sets of two pieces or more can be compared, not {len(ours)} and {len(theirs)}")
        within, across = _distances(theirs, theirs), _distances(ours, theirs)
        rng = np.random.default_rng(seed)
        everyone = np.arange(len(ours)), np.arange(len(theirs))
        overlap, divergence = _compare(within, across, *everyone)
        drawn = []
        for _ in range(resamples):
            some = rng.integers(0, len(ours), len(ours)), rng.integers(0, len(theirs), len(theirs))
            drawn.append(_compare(within, across, *some))
        edges = ((1 - level) / 2, (1 + level) / 2)
        low, high = np.quantile(np.array(drawn), edges, axis=0) if drawn else np.array([[overlap, divergence]] * 2)
        # Sets that are drawn with repetition hold fewer different pieces and lie farther apart: that bias is taken out.
        bias = np.median(drawn, axis=0) - (overlap, divergence) if drawn else np.zeros(2)
        low, high = np.maximum(low - bias, 0.0), np.maximum(high - bias, 0.0)
        interval = float(min(low[0], 1.0)), float(min(high[0], 1.0))
        out[name] = SetDistance(overlap, interval, divergence, (float(low[1]), float(high[1])))
    return out


def _shares(classes: IntArray, count: int) -> Float64Array:
    counts = np.bincount(classes, minlength=count).astype(np.float64)
    return np.asarray(counts / max(len(classes), 1))


def _distances(one: Float64Array, other: Float64Array) -> Float64Array:
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    return np.asarray(np.sqrt(np.maximum(squares, 0.0)))


def _compare(within: Float64Array, across: Float64Array, ours: IntArray, theirs: IntArray) -> tuple[float, float]:
    """Overlap and divergence of the distances between some pieces; a piece drawn twice is not compared with itself."""
    row, column = np.triu_indices(len(theirs), k=1)
    pairs = theirs[row] != theirs[column]
    own = within[theirs[row][pairs], theirs[column][pairs]]
    mixed = across[np.ix_(ours, theirs)].ravel()
    if not len(own):
        return float("nan"), float("nan")
    largest = max(float(own.max()), float(mixed.max()), 1e-9)
    bandwidths = [max(float(sample.std()) * len(sample) ** -0.2, largest / _GRID) for sample in (own, mixed)]  # Scott's rule
    grid = np.linspace(0.0, largest + _MOST_CENTRES * max(bandwidths), _GRID)
    first, second = (_density(sample, grid, width) for sample, width in zip((own, mixed), bandwidths, strict=True))
    overlap = min(float(np.minimum(first, second).sum()), 1.0)
    return overlap, float((first * np.log(first / second)).sum())


def _density(sample: Float64Array, grid: Float64Array, width: float) -> Float64Array:
    """Smooth a sample with a Gaussian, folded back at 0 (distances are not negative); sums to 1 over the grid, never quite 0."""
    step = grid[1]
    counts = np.bincount(np.rint(sample / step).astype(np.int64), minlength=len(grid))[: len(grid)]
    away = grid[:, None] - grid[None, :]
    kernel = np.exp(-0.5 * (away / width) ** 2) + np.exp(-0.5 * ((grid[:, None] + grid[None, :]) / width) ** 2)
    density = kernel @ counts
    density = density / density.sum() + _LEAST_DENSITY
    return np.asarray(density / density.sum())
