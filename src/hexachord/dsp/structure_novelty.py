"""Novelty from a self-similarity matrix: where one block ends and another begins, or where the pattern of repetitions changes.

Foote, "Automatic audio segmentation using a measure of audio novelty", ICME 2000 (checkerboard); Serrà, Müller, Grosche & Arcos,
"Unsupervised music structure annotation by time series structure features and segment similarity", IEEE TMM 2014 (structure features);
Müller, *Fundamentals of Music Processing* (FMP), §4.4.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray


def checkerboard_kernel(reach: int, *, width: float = 0.5, centre: bool = True) -> Float64Array:
    """Build a checkerboard with Gaussian edges. FMP §4.4.1.

    Plus where two moments lie on one side of the middle, minus where they lie on different ones.

    Parameters
    ----------
    reach : moments on either side
    width : standard deviation of the Gaussian, as a part of `reach`
    centre : an odd kernel with a row and a column of zeros in the middle, as the textbook's: it looks at a moment; without them it looks
        at the border between two moments

    Returns
    -------
    (side, side) of absolute sum 1, side `2 * reach + 1` or `2 * reach`

    Examples
    --------
    >>> checkerboard_kernel(1, centre=False)
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    edge = _edge(reach, width=width, centre=centre)
    kernel = np.outer(edge, edge)
    return np.asarray(kernel / np.abs(kernel).sum())


def checkerboard_novelty(similarity: FloatArray, *, reach: int, width: float = 0.5, centre: bool = True) -> Float64Array:
    """Slide a checkerboard along the diagonal: high where two different blocks meet. FMP §4.4.1.

    Parameters
    ----------
    similarity : (moments, moments)
    reach, width, centre : of the `checkerboard_kernel`

    Returns
    -------
    (moments,) novelty: the mean similarity within the two halves less that between them, in [-1, 1]; beyond the ends the piece is taken to
    go on as it begins and ends

    Examples
    --------
    >>> blocks = np.kron(np.eye(2), np.ones((4, 4)))
    >>> checkerboard_novelty(blocks, reach=2, centre=False).round(2)
    array([0.  , 0.  , 0.  , 0.04, 0.5 , 0.04, 0.  , 0.  ])
    """
    edge = _edge(reach, width=width, centre=centre)
    if not len(similarity):
        return np.zeros(0)
    edge /= np.abs(edge).sum()  # the kernel is its product with itself: two passes of length `side` stand for one of side squared
    padded = np.pad(np.asarray(similarity, dtype=np.float64), ((reach, reach), (reach, reach)), mode="edge")
    side = len(edge)
    return np.array([edge @ padded[k : k + side, k : k + side] @ edge for k in range(len(similarity))])


def time_lag(similarity: FloatArray) -> FloatArray:
    """Turn a self-similarity matrix so that repetitions run along time: row `n` says after which lag moment `n` comes again. FMP §4.4.2.

    Returns
    -------
    (moments, moments): column `l` of row `n` is ``similarity[n, (n + l) % moments]``, so that lags beyond half are repetitions of the past

    Examples
    --------
    >>> time_lag(np.array([[1, 2, 3], [2, 1, 4], [3, 4, 1]]))
    array([[1, 2, 3],
           [1, 4, 2],
           [1, 3, 4]])
    """
    index = np.arange(len(similarity))
    return np.asarray(similarity[index[:, None], (index[:, None] + index[None, :]) % max(1, len(index))])


def structure_features(recurring: FloatArray, *, smooth: float, smooth_lag: float = 2.0) -> FloatArray:
    """Describe each moment by where it recurs: the rows of a blurred time-lag matrix. FMP §4.4.2.

    Parameters
    ----------
    recurring : (moments, moments) similarity or recurrence
    smooth, smooth_lag : standard deviations of the Gaussian along time and along lag, in moments

    Returns
    -------
    (moments, moments)
    """
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(time_lag(recurring), (smooth, smooth_lag), mode=("nearest", "wrap")))


def structure_novelty(features: FloatArray) -> Float64Array:
    """Measure how much structure features change from each moment to the next, by the square of their distance. FMP §4.4.2.

    Parameters
    ----------
    features : (moments, columns), see `structure_features`

    Returns
    -------
    (moments,) novelty, 0 at the first

    Examples
    --------
    >>> structure_novelty(np.array([[0.0, 1.0], [0.0, 1.0], [2.0, 1.0]]))
    array([0., 0., 4.])
    """
    step = np.zeros(len(features))
    step[1:] = ((features[1:] - features[:-1]) ** 2).sum(axis=1)
    return step


def _edge(reach: int, *, width: float, centre: bool) -> Float64Array:
    """One side of the kernel: negative before the middle, positive after it, fading outwards."""
    if reach < 1 or width <= 0:
        raise ValueError(f"a checkerboard needs a reach and a width, not {reach} and {width}")
    place = np.arange(-reach, reach + 1.0) if centre else np.arange(-reach, reach) + 0.5
    return np.asarray(np.sign(place) * np.exp(-0.5 * (place / (width * reach)) ** 2))
