"""What the section network is shown of each moment: how it stands to the rest of the piece, hardly what it is.

Bands of the self-similarity matrix around the diagonal (Grill & Schlüter, "Music boundary detection using neural networks on combined
features and two-level annotations", ISMIR 2015, show a network such lags), the novelty curves of FMP §4.4 at several scales, how often and
how exactly a moment comes again before and after, level, how much moves, and the place in the piece. Only the last 24 columns, chroma less
its mean, know about keys: see `transposed`.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.audio_analysis.change_points import span_means
from hexachord.audio_analysis.harmony.chroma_frames import normalise_chroma
from hexachord.audio_analysis.structure.matrices import recurrence, similarity
from hexachord.dsp.structure_novelty import checkerboard_novelty, structure_features, structure_novelty

MOMENT_S = 0.5
WINDOW_MOMENTS = 1200
"""Moments are compared with those of the ten minutes around them: no matrix is larger (12 MB each)."""

CHROMA = 24
"""The last columns."""

_SHARP_LAGS = (1, 2, 4, 8)
_SMOOTH_LAGS = (2, 4, 6, 8, 12, 16, 24, 32, 48, 64)
_APART = 16  # what comes again sooner is no repetition
_SOFTEST_DB = -40.0


def form_features(chroma: FloatArray, *, hop_s: float, moment_s: float = MOMENT_S) -> Float32Array:
    """Describe each moment of a piece.

    Parameters
    ----------
    chroma : (frames, 24) bass and treble chroma, non-negative, linear
    hop_s : seconds from one frame to the next
    moment_s : how long a moment is; another length than `MOMENT_S` shows the network a faster or slower piece

    Returns
    -------
    (moments, columns); a moment begins every `moment_s`, the last one may be longer
    """
    edges = moment_edges(len(chroma), hop_s=hop_s, moment_s=moment_s)
    level = normalise_chroma(chroma)
    moments = span_means(level, edges)
    count = len(moments)
    columns = [_compared(moments), _sound(chroma, level, edges), _place(count)]
    return np.hstack([*columns, moments - moments.mean(axis=0)]).astype(np.float32)


def moment_edges(frames: int, *, hop_s: float, moment_s: float = MOMENT_S) -> np.ndarray:
    """Return the frames (moments + 1,) where moments begin, and the end.

    Examples
    --------
    >>> moment_edges(22, hop_s=0.1)
    array([ 0,  5, 10, 15, 22])
    """
    starts = np.arange(0.0, max(frames * hop_s - 0.5 * moment_s, 0.5 * hop_s), moment_s)
    return np.unique(np.append(np.rint(starts / hop_s).astype(np.int64), frames))


def transposed(features: Float32Array, semitones: int) -> Float32Array:
    """Return what would be shown of the piece in another key."""
    halves = features[:, -CHROMA:].reshape(-1, 2, 12)
    return np.hstack([features[:, :-CHROMA], np.roll(halves, semitones, axis=2).reshape(-1, CHROMA)])


def _compared(moments: Float64Array) -> Float64Array:
    """What similarity says, in windows of a long piece: the middle half of each, and the piece's ends."""
    count = len(moments)
    if count <= WINDOW_MOMENTS:
        return _of_window(moments)
    parts, step = [], WINDOW_MOMENTS // 2
    starts = [*range(0, count - WINDOW_MOMENTS, step), count - WINDOW_MOMENTS]
    done = 0
    for start in starts:
        last = count if start == starts[-1] else start + 3 * step // 2
        parts.append(_of_window(moments[start : start + WINDOW_MOMENTS])[done - start : last - start])
        done = last
    return np.concatenate(parts)


def _of_window(moments: Float64Array) -> Float64Array:
    count = len(moments)
    sharp, smooth, long = (similarity(moments, context=context) for context in (1, 4, 12))
    columns = [_lagged(sharp, lag) for each in _SHARP_LAGS for lag in (-each, each)]
    columns += [_lagged(smooth, lag) for each in _SMOOTH_LAGS for lag in (-each, each)]
    columns += [10.0 * checkerboard_novelty(sharp, reach=reach, centre=False) for reach in (4, 8, 16, 32)]
    columns += [10.0 * checkerboard_novelty(long, reach=reach, centre=False) for reach in (32, 64)]
    recurring = recurrence(long)
    for smoothing in (4.0, 10.0):
        step = np.sqrt(structure_novelty(structure_features(recurring, smooth=smoothing)))
        columns.append(step / max(float(np.percentile(step, 98)) if count else 0.0, 1e-9))
    index = np.arange(count)
    lag = index[None, :] - index[:, None]
    for side in (lag <= -_APART, lag >= _APART):
        columns.append(10.0 * (recurring * side).sum(axis=1) / max(count, 1))
        columns += [np.where(side, matrix, -0.5).max(axis=1, initial=-0.5) for matrix in (smooth, long)]
    columns += [long.mean(axis=1), np.percentile(long, 90, axis=1) if count else np.zeros(0)]
    return np.stack(columns, axis=1)


def _lagged(matrix: FloatArray, lag: int) -> Float64Array:
    """How alike each moment is to the one `lag` later; 0 where there is none."""
    found = np.zeros(len(matrix))
    if abs(lag) < len(matrix):
        found[max(0, -lag) : len(matrix) - max(0, lag)] = np.diagonal(matrix, lag)
    return found


def _sound(chroma: FloatArray, level: FloatArray, edges: np.ndarray) -> Float64Array:
    """Level of bass and treble against the piece's loud moments, how even the chroma is, how much it moves."""
    halves = np.asarray(chroma, dtype=np.float64).reshape(-1, 2, 12)
    power = span_means(halves.sum(axis=2), edges)
    loud = np.maximum(np.percentile(power, 90, axis=0) if len(power) else np.ones(2), 1e-12)
    decibels = np.maximum(20.0 * np.log10(np.maximum(power / loud, 1e-6)), _SOFTEST_DB) / 10.0
    share = span_means(halves.reshape(-1, 24), edges).reshape(-1, 2, 12)
    share = share / np.maximum(share.sum(axis=2, keepdims=True), 1e-12)
    even = -(share * np.log(np.maximum(share, 1e-9))).sum(axis=2)
    moves = np.zeros(len(level))
    moves[1:] = np.abs(np.diff(level, axis=0)).sum(axis=1)
    return np.hstack([decibels, even, span_means(moves[:, None], edges)])


def _place(count: int) -> Float64Array:
    """Where in the piece: parts of it, seconds from either end, its length."""
    index = np.arange(count)
    before, after = index * MOMENT_S, (count - 1 - index) * MOMENT_S
    length_s = max(count * MOMENT_S, MOMENT_S)
    near = [np.exp(-each / 15.0) for each in (before, after)]
    long = np.full(count, length_s / 300.0).clip(0.0, 4.0)
    return np.stack([before / length_s, np.log1p(before), np.log1p(after), *near, long], axis=1)
