"""Self-similarity of a piece and what can be read off it: repetitions, steps, blocks, alignments. FMP §4.2 to §4.4."""

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


def structure_novelty(recurring: FloatArray, *, smooth: float, smooth_lag: float = 2.0) -> Float64Array:
    """Measure how much the pattern of recurrences changes from each moment to the next. Serrà et al. 2014.

    Parameters
    ----------
    recurring : (units, units), see `recurrence`
    smooth, smooth_lag : standard deviations of the Gaussian along time and along lag, in units

    Returns
    -------
    (units,) novelty; its 98th percentile is 1 (all zeros if nothing recurs)
    """
    from scipy.ndimage import gaussian_filter

    units = len(recurring)
    index = np.arange(units)
    lagged = np.asarray(recurring, dtype=np.float32)[index[:, None], (index[:, None] + index[None, :]) % units]
    smoothed = gaussian_filter(lagged, (smooth, smooth_lag), mode=("nearest", "wrap"))
    step = np.zeros(units)
    step[1:] = ((smoothed[1:] - smoothed[:-1]) ** 2).sum(axis=1)
    return _scaled(step)


def checkerboard_novelty(alike: FloatArray, *, reach: int) -> Float64Array:
    """Slide a checkerboard with Gaussian edges along the diagonal: high where two different blocks meet. FMP §4.4.1.

    Parameters
    ----------
    alike : (units, units) similarity
    reach : half the side of the checkerboard

    Returns
    -------
    (units,) novelty; its 98th percentile is 1
    """
    place = np.arange(-reach, reach) + 0.5
    edge = np.sign(place) * np.exp(-0.5 * (place / (reach / 2)) ** 2)
    padded = np.pad(alike, reach, mode="edge")
    novelty = np.array([edge @ padded[k : k + 2 * reach, k : k + 2 * reach] @ edge for k in range(len(alike))])
    return _scaled(np.maximum(novelty, 0.0))


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


def _scaled(curve: FloatArray) -> Float64Array:
    top = float(np.percentile(curve, 98)) if len(curve) else 0.0
    scaled: Float64Array = np.asarray(curve, dtype=np.float64) / top if top > 1e-12 else np.zeros(len(curve))
    return scaled
