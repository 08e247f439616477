"""Peaks of a curve: where they are, how high they stand, and which of them matter.

Onsets, beats, tempi, partials, section boundaries: half of music analysis ends in picking the peaks of a curve. The pickers here share
four windowed statistics (maximum, mean, median along time) and one refinement (a parabola through three samples).
Müller, *Fundamentals of Music Processing* (FMP), §6.1 and its notebook on peak picking; Böck, Krebs & Schedl, "Evaluating the online
capabilities of onset detection methods", ISMIR 2012.
"""

import numpy as np

from hexachord.arrays import BoolArray, FloatArray, IntArray


def local_maxima(curve: FloatArray, *, ends: bool = False) -> BoolArray:
    """Mark the samples higher than their left neighbour and at least as high as their right one.

    Parameters
    ----------
    curve : (frames, ...) array; every column is looked at on its own
    ends : let the first and last sample count as maxima when their one neighbour is lower

    Returns
    -------
    Mask of the shape of `curve`. A plateau is marked once, at its left edge, if it was reached by a rise.

    Examples
    --------
    >>> np.flatnonzero(local_maxima(np.array([0.0, 1.0, 0.0, 2.0, 2.0, 1.0])))
    array([1, 3])
    """
    mask = np.zeros(curve.shape, dtype=np.bool_)
    if curve.shape[0] >= 3:
        mask[1:-1] = (curve[1:-1] > curve[:-2]) & (curve[1:-1] >= curve[2:])
    if ends and curve.shape[0] >= 2:
        mask[0] = curve[0] > curve[1]
        mask[-1] = curve[-1] > curve[-2]
    return mask


def refine_peaks(curve: FloatArray, peaks: IntArray) -> tuple[FloatArray, FloatArray]:
    """Move integer peak positions to the top of the parabola through each peak and its two neighbours.

    Parameters
    ----------
    curve : (frames,) array
    peaks : (peaks,) indices into it

    Returns
    -------
    position : (peaks,) float64, within half a sample of `peaks` (the two ends of the curve stay where they are)
    height : (peaks,) float64, the parabola's top

    Examples
    --------
    >>> x = np.arange(7.0)
    >>> position, height = refine_peaks(9 - (x - 3.2) ** 2, np.array([3]))
    >>> round(float(position[0]), 6), round(float(height[0]), 6)
    (3.2, 9.0)
    """
    centre = np.asarray(peaks, dtype=np.int64)
    values = np.asarray(curve, dtype=np.float64)
    position, height = centre.astype(np.float64), values[centre]
    inner = (centre > 0) & (centre < values.shape[0] - 1)
    middle = centre[inner]
    left, top, right = values[middle - 1], values[middle], values[middle + 1]
    bend = left - 2 * top + right
    peaked = bend < 0  # a straight line or a valley has no top to move to
    shift = np.where(peaked, 0.5 * (left - right) / np.where(peaked, bend, -1.0), 0.0)
    shift = np.clip(shift, -0.5, 0.5)
    position[inner] += shift
    height[inner] -= 0.25 * (left - right) * shift
    return position, height


def moving_maximum(curve: FloatArray, *, before: int, after: int) -> FloatArray:
    """Take the maximum of `curve[i - before : i + after + 1]` at every `i`; outside the curve counts as nothing.

    Examples
    --------
    >>> moving_maximum(np.array([0.0, 3.0, 1.0, 0.0, 0.0]), before=1, after=0)
    array([0., 3., 3., 1., 0.])
    """
    top: FloatArray = _sliding(curve, before=before, after=after, outside=-np.inf).max(axis=-1)
    return top


def moving_mean(curve: FloatArray, *, before: int, after: int) -> FloatArray:
    """Take the mean of `curve[i - before : i + after + 1]` at every `i`; at the ends, of the part that exists.

    Examples
    --------
    >>> moving_mean(np.array([0.0, 3.0, 3.0]), before=1, after=1)
    array([1.5, 2. , 3. ])
    """
    _check_reach(curve, before, after)
    samples = curve.shape[0]
    total = np.concatenate([[0.0], np.cumsum(curve, dtype=np.float64)])
    index = np.arange(samples)
    first, last = np.maximum(index - before, 0), np.minimum(index + after + 1, samples)
    mean = (total[last] - total[first]) / (last - first)
    kept: FloatArray = mean.astype(curve.dtype if curve.dtype.kind == "f" else np.float64)
    return kept


def moving_median(curve: FloatArray, *, before: int, after: int) -> FloatArray:
    """Take the median of `curve[i - before : i + after + 1]` at every `i`; the curve is mirrored at its ends.

    The mean of a window is pulled up by the very peaks it should judge; the median is not.

    Examples
    --------
    >>> moving_median(np.array([0.0, 9.0, 1.0, 2.0]), before=1, after=1)
    array([0., 1., 2., 2.])
    """
    from scipy import ndimage

    _check_reach(curve, before, after)
    if curve.shape[0] == 0:
        return curve.copy()
    size = before + after + 1
    # ndimage centres a window of `size` with size // 2 samples before; `origin` moves it to ours
    return np.asarray(ndimage.median_filter(curve, size=size, mode="reflect", origin=before - size // 2))


def pick_peaks(
    curve: FloatArray, *, pre_max: int, post_max: int, pre_mean: int, post_mean: int, offset: float = 0.0, refractory: int = 0
) -> IntArray:
    """Pick peaks that are the maximum of one window and stand above the mean of another.

    Sample `i` is picked when `curve[i] == max(curve[i - pre_max : i + post_max + 1])`, when
    `curve[i] >= mean(curve[i - pre_mean : i + post_mean + 1]) + offset`, and when more than `refractory` samples have gone by since
    the last pick. Böck et al. 2012.

    Parameters
    ----------
    curve : (frames,) array
    pre_max, post_max, pre_mean, post_mean, refractory : in frames
    offset : in units of the curve

    Returns
    -------
    (peaks,) ascending indices. A constant curve has none.

    Examples
    --------
    >>> curve = np.zeros(50); curve[[10, 30]] = 1.0; curve[12] = 0.5
    >>> pick_peaks(curve, pre_max=3, post_max=3, pre_mean=10, post_mean=10, offset=0.1)
    array([10, 30])
    """
    if curve.ndim != 1:
        raise ValueError(f"expected a curve of shape (frames,), not {curve.shape}")
    if curve.shape[0] == 0 or not float(np.ptp(curve)) > 0:
        return np.empty(0, dtype=np.int64)
    top = moving_maximum(curve, before=pre_max, after=post_max)
    floor = moving_mean(curve, before=pre_mean, after=post_mean)
    return _thin(np.flatnonzero((curve >= top) & (curve >= floor + offset)), refractory)


def pick_peaks_over_median(
    curve: FloatArray, *, median_frames: int, factor: float = 1.0, offset: float = 0.0, refractory: int = 0
) -> IntArray:
    """Pick local maxima that stand above an adaptive threshold, `offset + factor * moving median`.

    Where two picks are closer than `refractory` frames the higher one stays.

    Parameters
    ----------
    curve : (frames,) array
    median_frames : length of the centred median window in frames
    factor : of the median
    offset : in units of the curve
    refractory : least distance of two peaks, in frames

    Returns
    -------
    (peaks,) ascending indices

    Examples
    --------
    >>> curve = np.full(100, 0.1); curve[[20, 22, 60]] = 0.8, 1.0, 0.9
    >>> pick_peaks_over_median(curve, median_frames=21, factor=1.5, offset=0.05, refractory=3)
    array([22, 60])
    """
    if curve.ndim != 1:
        raise ValueError(f"expected a curve of shape (frames,), not {curve.shape}")
    half = max(0, median_frames // 2)
    threshold = offset + factor * moving_median(curve, before=half, after=half)
    peaks = np.flatnonzero(local_maxima(curve, ends=True) & (curve > threshold))
    return keep_highest(peaks, curve[peaks], distance=refractory)


def keep_highest(positions: IntArray, heights: FloatArray, *, distance: int) -> IntArray:
    """Drop positions nearer than `distance` to a higher one that is kept; the highest choose first.

    Examples
    --------
    >>> keep_highest(np.array([0, 2, 4, 9]), np.array([1.0, 3.0, 2.0, 1.0]), distance=3)
    array([2, 9])
    """
    if distance <= 1 or positions.size < 2:
        return positions
    keep = np.ones(positions.size, dtype=np.bool_)
    left = np.searchsorted(positions, positions - distance, side="right")
    right = np.searchsorted(positions, positions + distance, side="left")
    for index in np.argsort(-heights, kind="stable"):
        if keep[index]:
            keep[left[index] : right[index]] = False
            keep[index] = True
    return positions[keep]


def _thin(positions: IntArray, refractory: int) -> IntArray:
    """Walk left to right and drop what follows the last kept position by `refractory` frames or less."""
    if refractory < 1:
        return positions
    kept: list[int] = []
    for position in positions.tolist():
        if not kept or position - kept[-1] > refractory:
            kept.append(position)
    return np.asarray(kept, dtype=np.int64)


def _sliding(curve: FloatArray, *, before: int, after: int, outside: float) -> FloatArray:
    _check_reach(curve, before, after)
    padded = np.pad(curve, (before, after), constant_values=outside)
    return np.lib.stride_tricks.sliding_window_view(padded, before + after + 1)


def _check_reach(curve: FloatArray, before: int, after: int) -> None:
    if curve.ndim != 1:
        raise ValueError(f"expected a curve of shape (frames,), not {curve.shape}")
    if before < 0 or after < 0:
        raise ValueError(f"a window reaches back and ahead by 0 or more frames, not {before} and {after}")
