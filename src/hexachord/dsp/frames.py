"""The frame grid: which samples frame `i` looks at, and when that is.

Every analysis in this package looks at a signal through short overlapping frames. Two conventions place them on the time axis:
*centred* (frame `i` is centred on sample `i * hop`; the signal is padded by half a frame at both ends) and *left-aligned* (frame `i`
starts at sample `i * hop`; no padding). Centred is the default everywhere, so frame `i` is at `i * hop / rate_hz` seconds whatever the
frame length is, and matrices of different frame lengths share one time axis. Müller, *Fundamentals of Music Processing* (FMP), §2.5.3.

Frames are views, never copies, wherever the signal itself covers them, and blocks of them are taken from memory-mapped signals
without reading the rest: block by block equals all at once, sample for sample.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from hexachord.arrays import FloatArray, IntArray

PadMode = Literal["constant", "reflect", "edge"]


def frame_count(samples: int, *, frame_length: int, hop: int, centre: bool = True) -> int:
    """Count the frames of a signal.

    Parameters
    ----------
    samples : length of the signal
    frame_length, hop : in samples, positive
    centre : frames centred on multiples of `hop` (else left-aligned and wholly inside the signal)

    Returns
    -------
    `1 + samples // hop` when centred (0 for an empty signal), else the number of frames that fit.

    Examples
    --------
    >>> frame_count(22050, frame_length=2048, hop=512), frame_count(22050, frame_length=2048, hop=512, centre=False)
    (44, 40)
    """
    if frame_length < 1 or hop < 1:
        raise ValueError(f"frame_length and hop must be positive, not {frame_length} and {hop}")
    if samples < 1:
        return 0
    if centre:
        return 1 + samples // hop
    return max(0, 1 + (samples - frame_length) // hop)


def frames_to_s(frames: IntArray | FloatArray | float, *, rate_hz: float, hop: int) -> FloatArray:
    """Turn frame numbers (fractions allowed) of a centred grid into seconds."""
    return np.asarray(frames, dtype=np.float64) * (hop / rate_hz)


def s_to_frames(times_s: FloatArray | float, *, rate_hz: float, hop: int) -> IntArray:
    """Turn seconds into the number of the nearest frame of a centred grid."""
    return np.rint(np.asarray(times_s, dtype=np.float64) * (rate_hz / hop)).astype(np.int64)


def frame_times_s(frames: int, *, rate_hz: float, hop: int) -> FloatArray:
    """List the times in seconds of the first `frames` frames of a centred grid.

    Examples
    --------
    >>> frame_times_s(3, rate_hz=1000, hop=10)
    array([0.  , 0.01, 0.02])
    """
    return frames_to_s(np.arange(frames), rate_hz=rate_hz, hop=hop)


def padded_slice(signal: FloatArray, start: int, stop: int, *, pad: PadMode = "constant") -> FloatArray:
    """Read `signal[start:stop]` where the bounds may lie outside the signal.

    Parameters
    ----------
    signal : (n,) array or memory map
    start, stop : sample positions, `start` may be negative and `stop` beyond the end
    pad : what is outside: "constant" (zeros), "reflect" (mirror without repeating the edge sample) or "edge" (the last sample)

    Returns
    -------
    (stop - start,) a view when wholly inside, else a copy.

    Examples
    --------
    >>> padded_slice(np.array([1.0, 2.0, 3.0]), -2, 4, pad="reflect")
    array([3., 2., 1., 2., 3., 2.])
    """
    samples = signal.shape[0]
    if start >= 0 and stop <= samples:
        return signal[start:stop]
    if pad == "constant" or samples == 0:
        out = np.zeros(stop - start, dtype=signal.dtype)
        first, last = max(start, 0), min(stop, samples)
        if last > first:
            out[first - start : last - start] = signal[first:last]
        return out
    positions = np.arange(start, stop)
    if pad == "edge" or samples == 1:
        positions = np.clip(positions, 0, samples - 1)
    elif pad == "reflect":
        period = 2 * (samples - 1)
        positions = np.abs((positions + samples - 1) % period - (samples - 1))
    else:
        raise ValueError(f"unknown pad mode {pad!r}: constant, reflect or edge")
    mirrored: FloatArray = signal[positions]
    return mirrored


def frame_view(samples: FloatArray, *, frame_length: int, hop: int) -> FloatArray:
    """View a signal as overlapping left-aligned frames without copying a sample.

    Returns
    -------
    (frames, frame_length) read-only view; empty when the signal is shorter than one frame.

    Examples
    --------
    >>> frame_view(np.arange(6.0), frame_length=4, hop=2)
    array([[0., 1., 2., 3.],
           [2., 3., 4., 5.]])
    """
    if samples.shape[0] < frame_length:
        return np.empty((0, frame_length), dtype=samples.dtype)
    return np.lib.stride_tricks.sliding_window_view(samples, frame_length)[::hop]


def frame_range(
    signal: FloatArray, first: int, last: int, *, frame_length: int, hop: int, centre: bool = True, pad: PadMode = "constant"
) -> FloatArray:
    """View frames `first` to `last` (exclusive) of a signal, reading only the samples they cover.

    Returns
    -------
    (last - first, frame_length) read-only view (into the signal itself, or into a padded copy at the signal's ends).
    """
    if last <= first:
        return np.empty((0, frame_length), dtype=signal.dtype)
    start = first * hop - (frame_length // 2 if centre else 0)
    stop = start + (last - 1 - first) * hop + frame_length
    return frame_view(padded_slice(signal, start, stop, pad=pad), frame_length=frame_length, hop=hop)


def frame_blocks(
    signal: FloatArray,
    *,
    frame_length: int,
    hop: int,
    centre: bool = True,
    pad: PadMode = "constant",
    block_frames: int = 256,
    first: int = 0,
    last: int | None = None,
) -> Iterator[tuple[int, FloatArray]]:
    """Walk through the frames of a signal in blocks of bounded size.

    Parameters
    ----------
    signal : (n,) array or memory map
    frame_length, hop : in samples
    centre, pad : the grid, see the module's text
    block_frames : most frames in one block; 256 of 2048 float32 samples is 2 MB, which stays in cache
    first, last : the range of frames to walk (all of them by default)

    Yields
    ------
    (number of the block's first frame, (m, frame_length) read-only view)

    Examples
    --------
    >>> [(i, block.shape) for i, block in frame_blocks(np.zeros(1000), frame_length=64, hop=100, block_frames=8)]
    [(0, (8, 64)), (8, (3, 64))]
    """
    if signal.ndim != 1:
        raise ValueError(f"expected a mono signal of shape (n,), not {signal.shape}")
    total = frame_count(signal.shape[0], frame_length=frame_length, hop=hop, centre=centre)
    stop = total if last is None else min(last, total)
    for begin in range(first, stop, block_frames):
        end = min(begin + block_frames, stop)
        yield begin, frame_range(signal, begin, end, frame_length=frame_length, hop=hop, centre=centre, pad=pad)
