"""From peaks of a spectrogram to landmarks: which peaks are kept, and which two make a number.

Wang, "An industrial-strength audio search algorithm", ISMIR 2003, §2.1 and §2.2 (constellation map, combinatorial hashing).
"""

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import BoolArray, FloatArray, IntArray

_DT_BITS, _DF_BITS = 6, 7  # up to 63 frames (2 s) on, up to 63 bins (490 Hz) up or down; 9 bits are left for the first peak's bin
_MOST_DT, _MOST_DF = (1 << _DT_BITS) - 1, (1 << (_DF_BITS - 1)) - 1
_LEAST_DT = 2


def thin_peaks(frames: IntArray, levels: FloatArray, *, most: int, within: int) -> BoolArray:
    """Keep a peak where fewer than `most` others within a stretch of `within` frames around it are higher.

    A rule of the neighbourhood alone, so an excerpt keeps the peaks that the whole keeps.

    Parameters
    ----------
    frames : (peaks,) ascending
    levels : (peaks,)

    Returns
    -------
    (peaks,) mask
    """
    half = within // 2
    left = np.searchsorted(frames, frames - half, side="left")
    right = np.searchsorted(frames, frames + half, side="right")
    higher = np.zeros(len(frames), dtype=np.int64)
    for step in range(1, int((right - left).max(initial=1))):  # compare each with its neighbour `step` places on, all at once
        near = np.flatnonzero(np.arange(len(frames) - step) + step < right[: len(frames) - step])
        if not len(near):
            break
        rises = levels[near + step] > levels[near]
        higher[near] += rises
        higher[near + step] += ~rises
    return higher < most


def pair_peaks(frames: IntArray, bins: IntArray, *, fan_out: int) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Pair each peak with the next ones that are near in frequency, and make a number of each pair.

    Parameters
    ----------
    frames, bins : (peaks,) in ascending order of frames; bins below 512
    fan_out : pairs that a peak begins, at most

    Returns
    -------
    hashes : (n,) bin of the first (9 bits), bins to the second (7 bits), frames to the second (6 bits)
    times : (n,) frame of the first
    """
    count = len(frames)
    begun = np.zeros(count, dtype=np.int64)
    hashes: list[NDArray[np.uint32]] = []
    times: list[NDArray[np.int32]] = []
    last = np.searchsorted(frames, frames + _MOST_DT, side="right")
    for step in range(1, int((last - np.arange(count)).max(initial=1))):
        first = np.arange(count - step)
        dt, df = frames[first + step] - frames[first], bins[first + step] - bins[first]
        good = (first + step < last[first]) & (dt >= _LEAST_DT) & (np.abs(df) <= _MOST_DF) & (begun[first] < fan_out)
        first, dt, df = first[good], dt[good], df[good]
        begun[first] += 1
        number = (bins[first] << (_DT_BITS + _DF_BITS)) | ((df + _MOST_DF + 1) << _DT_BITS) | dt
        hashes.append(number.astype(np.uint32))
        times.append(frames[first].astype(np.int32))
    if not hashes:
        return np.zeros(0, np.uint32), np.zeros(0, np.int32)
    return np.concatenate(hashes), np.concatenate(times)
