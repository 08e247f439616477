"""Self-similarity of a piece as the section engine sees it: moments with context, recurrences, alignments. FMP §4.2 and §4.3.

The textbook's own matrices are in `hexachord.dsp.ssm`, its novelty curves in `hexachord.dsp.structure_novelty`.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray

NEIGHBOURS = 0.045  # each moment is said to recur at this share of all moments


def similarity(features: FloatArray, *, context: int) -> Float64Array:
    """Compare all pairs of moments by the cosine of their features, each with its surroundings.

    Parameters
    ----------
    features : (units, columns)
    context : how many units in a row make a moment; more of them favour repetitions in time (FMP §4.2.2.1)

    Returns
    -------
    (units, units) symmetric, in [-1, 1]; the mean moment is taken out first, so 0 means "nothing in common"
    """
    centred = np.asarray(features, dtype=np.float64) - features.mean(axis=0)
    before = context // 2
    padded = np.pad(centred, ((before, context - 1 - before), (0, 0)), mode="edge")
    moments = np.hstack([padded[k : k + len(features)] for k in range(context)])
    moments /= np.maximum(np.linalg.norm(moments, axis=1, keepdims=True), 1e-9)
    product: Float64Array = moments @ moments.T
    return product


def recurrence(alike: FloatArray, *, neighbours: float = NEIGHBOURS, near: int = 4) -> Float32Array:
    """Mark the pairs of moments that are among each other's most similar ones.

    Parameters
    ----------
    alike : (units, units) similarity
    neighbours : share of all moments that one moment may recur at
    near : moments closer than this are not a recurrence

    Returns
    -------
    (units, units) float32 of zeros and ones, symmetric
    """
    units = len(alike)
    index = np.arange(units)
    apart = np.where(np.abs(index[:, None] - index[None, :]) < near, -2.0, alike)
    count = min(units, max(3, round(neighbours * units)))
    threshold = np.partition(apart, units - count, axis=1)[:, units - count]
    mutual: Float32Array = ((apart >= threshold[:, None]) & (apart >= threshold[None, :]) & (apart > -2.0)).astype(np.float32)
    return mutual


def alignment_similarity(alike: FloatArray, bounds: IntArray) -> Float64Array:
    """Compare sections by the best diagonal that runs through most of the shorter one. FMP §4.3.

    Parameters
    ----------
    alike : (units, units) similarity of moments
    bounds : (sections + 1,) ascending unit numbers

    Returns
    -------
    (sections, sections) symmetric, 1 on the diagonal
    """
    sections = len(bounds) - 1
    out = np.eye(sections)
    for one in range(sections):
        for other in range(one + 1, sections):
            block = alike[bounds[one] : bounds[one + 1], bounds[other] : bounds[other + 1]]
            out[one, other] = out[other, one] = _best_diagonal(block)
    return out


def _best_diagonal(block: FloatArray) -> float:
    shorter, longer = sorted(block.shape)
    if shorter == 0:
        return -1.0
    if block.shape[0] > block.shape[1]:
        block = block.T
    needed = max(1, round(0.75 * shorter))
    return max(float(np.diagonal(block, offset).mean()) for offset in range(needed - shorter, longer - needed + 1))


def scaled(curve: FloatArray) -> Float64Array:
    """Divide a curve by its 98th percentile; zeros where there is next to nothing."""
    top = float(np.percentile(curve, 98)) if len(curve) else 0.0
    out: Float64Array = np.asarray(curve, dtype=np.float64) / top if top > 1e-12 else np.zeros(len(curve))
    return out
