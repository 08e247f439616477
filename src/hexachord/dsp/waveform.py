"""What single samples say of each frame: its highest one, its spread; and of short moments, for envelopes.

Lerch, *An Introduction to Audio Content Analysis*, 2012, §3.2 and chapter 4.
"""

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.frames import frame_blocks, frame_count, padded_slice

_BLOCK_SAMPLES = 1 << 20


def frame_extremes(signal: FloatArray, *, frame_length: int = 2048, hop: int = 512) -> tuple[Float32Array, Float32Array]:
    """Find each centred frame's highest absolute sample and its mean sample.

    Parameters
    ----------
    signal : (n,) array or memory map; outside it is silence
    frame_length, hop : in samples

    Returns
    -------
    peak, mean : (frames,) float32 each

    Examples
    --------
    >>> peak, mean = frame_extremes(np.array([0.0, -1.0, 0.5, 0.5]), frame_length=2, hop=2)
    >>> peak, mean
    (array([0. , 1. , 0.5], dtype=float32), array([ 0.  , -0.25,  0.25], dtype=float32))
    """
    frames = frame_count(signal.shape[0], frame_length=frame_length, hop=hop)
    peak, mean = np.zeros((2, frames), dtype=np.float32)
    if frame_length % hop:
        for first, block in frame_blocks(signal, frame_length=frame_length, hop=hop):
            rows = slice(first, first + len(block))
            peak[rows], mean[rows] = np.abs(block).max(axis=1), block.mean(axis=1)
        return peak, mean
    per_frame = frame_length // hop
    step = max(_BLOCK_SAMPLES // hop, 1)
    for first in range(0, frames, step):
        count = min(step, frames - first)
        start = first * hop - frame_length // 2
        hops = padded_slice(signal, start, start + (count - 1 + per_frame) * hop).reshape(-1, hop)
        highest, total = np.abs(hops).max(axis=1), hops.sum(axis=1, dtype=np.float64)
        peak[first : first + count] = np.max([highest[k : k + count] for k in range(per_frame)], axis=0)
        mean[first : first + count] = sum(total[k : k + count] for k in range(per_frame)) / frame_length
    return peak, mean


def moments_of(signal: FloatArray, *, length: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cut a signal into moments of `length` samples and measure each: power, highest absolute sample, standard deviation.

    Parameters
    ----------
    signal : (n,) array or memory map; a last shorter moment is measured over the samples it has

    Returns
    -------
    power, peak, std : (ceil(n / length),) float64 each

    Examples
    --------
    >>> power, peak, std = moments_of(np.array([1.0, -1.0, 2.0]), length=2)
    >>> power, peak, std
    (array([1., 4.]), array([1., 2.]), array([1., 0.]))
    """
    count = -(-signal.shape[0] // length)
    power, peak, std = np.zeros((3, count))
    step = max(1, _BLOCK_SAMPLES // length)
    whole = signal.shape[0] // length
    for first in range(0, whole, step):
        last = min(first + step, whole)
        block = np.asarray(signal[first * length : last * length]).reshape(-1, length)
        _measure(block, power[first:last], peak[first:last], std[first:last])
    if count > whole:
        _measure(np.asarray(signal[whole * length :])[None, :], power[whole:], peak[whole:], std[whole:])
    return power, peak, std


def _measure(block: FloatArray, power: FloatArray, peak: FloatArray, std: FloatArray) -> None:
    power[:] = np.einsum("ij,ij->i", block, block).astype(np.float64) / block.shape[1]
    peak[:] = np.abs(block).max(axis=1)
    mean = block.mean(axis=1, dtype=np.float64)
    std[:] = np.sqrt(np.maximum(power - mean * mean, 0.0))
