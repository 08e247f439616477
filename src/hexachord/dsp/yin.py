"""YIN: the period of a sound as the lag at which it differs least from itself.

De Cheveigné & Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA 2002. The difference function comes from
the autocorrelation by FFT, for all lags and many frames at once. `hexachord.dsp.pyin` builds on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, FloatArray, IntArray
from hexachord.dsp.frames import frame_blocks, frame_count

_BLOCK_FRAMES = 128  # the spectra of one block stay in cache


@dataclass(frozen=True, kw_only=True)
class YinFrame:
    """How frames are cut and which pitches are looked for; `lowest_hz` must fit into a frame, better twice."""

    lowest_hz: float = 65.4
    highest_hz: float = 2093.0
    frame_length: int = 2048
    hop: int = 512

    def lags(self, rate_hz: float) -> tuple[int, int]:
        """Shortest and longest period in samples.

        Raises
        ------
        ValueError : if the range is empty or does not fit the rate or the frame.
        """
        if not 0 < self.lowest_hz < self.highest_hz <= rate_hz / 2:
            raise ValueError(f"pitches run from low to high below {rate_hz / 2} Hz, not from {self.lowest_hz} to {self.highest_hz} Hz")
        if rate_hz / self.lowest_hz >= self.frame_length - 1:
            raise ValueError(f"no period of {self.lowest_hz} Hz fits into {self.frame_length} samples at {rate_hz} Hz")
        return int(rate_hz / self.highest_hz), min(int(np.ceil(rate_hz / self.lowest_hz)), self.frame_length - 1)


def difference_blocks(
    signal: FloatArray, *, rate_hz: float, frame: YinFrame = YinFrame(), block_frames: int = _BLOCK_FRAMES
) -> Iterator[tuple[int, FloatArray]]:
    """Walk through the cumulative mean normalised difference function, block by block.

    Yields
    ------
    (number of the first frame, (m, lags) array): column `k` is a lag of `shortest + k` samples, see `YinFrame.lags`. 0 means "repeats
    exactly", 1 is what noise gives. De Cheveigné & Kawahara, equation 8; the part of a frame beyond its end counts as silence.
    """
    from scipy import fft

    shortest, longest = frame.lags(rate_hz)
    size = fft.next_fast_len(frame.frame_length + longest, real=True)  # no lag of interest wraps around
    samples = np.asarray(signal) if signal.dtype in (np.float32, np.float64) else signal.astype(np.float32)
    count = np.arange(1, longest + 1, dtype=samples.dtype)
    tiny = np.finfo(samples.dtype).tiny
    walk = frame_blocks(samples, frame_length=frame.frame_length, hop=frame.hop, block_frames=block_frames)
    for first, frames in walk:
        spectrum = fft.rfft(frames, size, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        correlation = fft.irfft(power, size, axis=1, overwrite_x=True)[:, : longest + 1]
        head = np.cumsum(np.square(frames[:, :longest]), axis=1)
        difference = 2 * (correlation[:, :1] - correlation[:, 1:]) - head
        mean = np.cumsum(difference, axis=1)
        mean /= count
        yield first, difference[:, shortest - 1 :] / (mean[:, shortest - 1 :] + tiny)


def troughs(difference: FloatArray) -> BoolArray:
    """Mark the local minima along lags: below the left neighbour, not above the right one; the two ends count too."""
    mask = np.empty(difference.shape, dtype=np.bool_)
    mask[:, 1:-1] = (difference[:, 1:-1] < difference[:, :-2]) & (difference[:, 1:-1] <= difference[:, 2:])
    mask[:, 0] = difference[:, 0] < difference[:, 1]
    mask[:, -1] = difference[:, -1] < difference[:, -2]
    return mask


def refined_lag(difference: FloatArray, rows: IntArray, columns: IntArray) -> FloatArray:
    """Columns moved to the bottom of the parabola through their neighbours; ends, flats and leaps of a sample or more stay."""
    last = difference.shape[1] - 1
    inner = (columns > 0) & (columns < last)
    left = difference[rows, np.maximum(columns - 1, 0)].astype(np.float64)
    right = difference[rows, np.minimum(columns + 1, last)].astype(np.float64)
    bend = left + right - 2 * difference[rows, columns]
    slope = (right - left) / 2
    usable = inner & (np.abs(slope) < np.abs(bend))
    shift: FloatArray = np.where(usable, -slope / np.where(usable, bend, 1.0), 0.0)
    return columns + shift


def yin(signal: FloatArray, *, rate_hz: float, frame: YinFrame = YinFrame(), threshold: float = 0.1) -> tuple[FloatArray, FloatArray]:
    """Estimate a fundamental frequency for every frame, voiced or not.

    Parameters
    ----------
    signal : (n,) samples
    rate_hz : sampling rate
    frame : frames and pitch range
    threshold : the first trough of the difference function below this is the period; if there is none, the deepest point is

    Returns
    -------
    f0_hz : (frames,) float64; frame `i` is at `i * hop / rate_hz` seconds
    aperiodicity : (frames,) value of the difference function there: near 0 for a clean tone, near 1 for noise

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 220 * np.arange(22050) / 22050).astype(np.float32)
    >>> f0_hz, aperiodicity = yin(tone, rate_hz=22050)
    >>> f0_hz.shape, round(float(np.median(f0_hz)), 1)
    ((44,), 220.3)
    """
    shortest, _ = frame.lags(rate_hz)
    frames = frame_count(signal.shape[0], frame_length=frame.frame_length, hop=frame.hop)
    f0_hz, aperiodicity = np.empty(frames), np.empty(frames)
    for first, difference in difference_blocks(signal, rate_hz=rate_hz, frame=frame):
        rows = np.arange(difference.shape[0])
        low = troughs(difference) & (difference < threshold)
        best = np.where(low.any(axis=1), low.argmax(axis=1), difference.argmin(axis=1))
        block = slice(first, first + rows.size)
        f0_hz[block] = rate_hz / (shortest + refined_lag(difference, rows, best))
        aperiodicity[block] = difference[rows, best]
    return f0_hz, aperiodicity
