"""A gentle look-ahead limiter: no sample leaves above the ceiling, and nothing below it is touched for longer than it must.

The gain that each moment asks for (from the peaks on and between the samples) is held for the look-ahead, let go exponentially, and
smoothed by a window as long as the look-ahead: every value the window averages is at least what the moment asks for, so the gain is smooth
and never comes late (Giannoulis, Massberg & Reiss, *Digital dynamic range compressor design*, JAES 60(6), 2012; the hold is a running
maximum, and a release ``y = max(x, a y)`` is one of logarithms). All channels share one gain, so the stereo image stands still.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.followers import decaying_maximum
from hexachord.dsp.loudness import oversampling_filters

_LEAST_DB = 1e-4  # a reduction that has faded to this is over
_CHUNK = 4096


class Limiter:
    """A limiter that takes a signal block by block and gives it back, the look-ahead later; how it is cut makes no difference.

    Parameters
    ----------
    rate_hz : sampling rate
    channels : of the blocks to come
    ceiling_db : no sample will be above it, nor, to a twentieth of a decibel, a peak between samples as BS.1770-4 sees it
    look_ahead_s : time in which the gain moves down before a peak
    release_s : time in which a reduction falls to a third of its decibels

    Attributes
    ----------
    reduction_db : the largest reduction so far

    Examples
    --------
    >>> loud = 2 * np.sin(np.arange(44100) / 20)[np.newaxis].astype(np.float32)
    >>> limiter = Limiter(rate_hz=44100, channels=1)
    >>> out = np.concatenate([limiter.process(loud), limiter.finish()], axis=1)
    >>> out.shape, bool(np.abs(out).max() <= 10 ** (-1 / 20)), round(limiter.reduction_db)
    ((1, 44100), True, 7)
    """

    def __init__(
        self, *, rate_hz: float, channels: int, ceiling_db: float = -1.0, look_ahead_s: float = 0.005, release_s: float = 0.12
    ) -> None:
        if look_ahead_s <= 0 or release_s <= 0:
            raise ValueError("look-ahead and release are times above 0 s")
        self.reduction_db = 0.0
        self._ceiling = np.float32(10 ** (ceiling_db / 20))
        self._filters = oversampling_filters(rate_hz)
        self._most = float(np.abs(self._filters).sum(axis=0).max())  # between samples a signal is at most so many times higher than on them
        self._side = self._filters.shape[0] // 2
        self._reach = max(1, round(look_ahead_s * rate_hz))
        window = np.hanning(self._reach + 3)[1:-1]
        self._window = window / window.sum()
        self._fade = 1.0 / (release_s * rate_hz)  # of the logarithm of the reduction, per sample
        # What is known of earlier blocks: `_signal` begins `_side` samples before the next one to be judged, `_asked` holds judgements of
        # samples whose hold is not complete, `_held` the last values of the released curve, and `_waiting` the samples not yet given back.
        self._signal = np.zeros((channels, self._side), dtype=np.float32)
        # Silence as long as the look-ahead comes first and is dropped, so that the gain is early for the very first samples as well.
        self._asked = np.zeros(self._reach)
        self._held = np.zeros(self._reach)
        self._waiting = np.zeros((channels, self._reach), dtype=np.float32)
        self._drop = self._reach

    def process(self, block: FloatArray) -> Float32Array:
        """Take ``(channels, n)`` samples and return those that are ready: fewer at first, never more than have come in."""
        block = np.asarray(block, dtype=np.float32)
        self._signal = np.concatenate([self._signal, block], axis=1)
        self._waiting = np.concatenate([self._waiting, block], axis=1)
        judged = self._signal.shape[1] - 2 * self._side
        if judged <= 0:
            return self._waiting[:, :0]
        peaks = self._peaks(judged)
        self._signal = self._signal[:, judged:]
        ready = self._advance(peaks)
        dropped = min(self._drop, ready.shape[1])
        self._drop -= dropped
        return ready[:, dropped:]

    def finish(self) -> Float32Array:
        """Return the rest."""
        left = self._waiting.shape[1] - self._drop
        ready = self.process(np.zeros((self._waiting.shape[0], self._side + self._reach), dtype=np.float32))
        return ready[:, :left]

    def _peaks(self, judged: int) -> Float32Array:
        """The highest value on each of the next samples, and in the gaps on its two sides."""
        signal, side = self._signal, self._side
        peaks = np.abs(signal[:, side : side + judged]).max(axis=0)
        for first in range(0, judged, _CHUNK):
            last = min(first + _CHUNK, judged)
            around = signal[:, first : last + 2 * side]
            if np.abs(around).max() * self._most <= self._ceiling:
                continue  # even the worst case between the samples stays below
            for channel in around:
                views = np.lib.stride_tricks.sliding_window_view(channel, 2 * side)
                between = np.abs(views @ self._filters).max(axis=1)  # gap i lies after sample i + side - 1 of `around`
                np.maximum(peaks[first:last], np.maximum(between[:-1], between[1:]), out=peaks[first:last])
        return np.asarray(peaks)

    def _advance(self, peaks: Float32Array) -> Float32Array:
        asked = np.concatenate([self._asked, self._reduction(peaks)])
        ready = asked.size - self._reach
        if ready <= 0:
            self._asked = asked
            return self._waiting[:, :0]
        self._asked = asked[ready:]
        out, self._waiting = self._waiting[:, :ready], self._waiting[:, ready:]
        if not asked.any() and not self._held.any():
            return out
        from scipy.ndimage import maximum_filter1d

        # over [i, i + reach]: the filter is centred, so its origin is moved to the window's first sample
        size = self._reach + 1
        hold = maximum_filter1d(np.pad(asked, (0, size)), size, origin=-(size // 2))[:ready]
        released = np.concatenate([self._held, self._release(hold)])
        self._held = released[-self._reach :]
        reduction_db = np.convolve(released, self._window, mode="valid")
        self.reduction_db = max(self.reduction_db, float(reduction_db.max()))
        limited = (out * np.power(10.0, -reduction_db / 20)).astype(np.float32)
        return np.clip(limited, -self._ceiling, self._ceiling)  # rounding only

    def _reduction(self, peaks: Float32Array) -> Float64Array:
        over = np.maximum(peaks.astype(np.float64) / float(self._ceiling), 1.0)
        return np.asarray(20 * np.log10(over))

    def _release(self, hold: Float64Array) -> Float64Array:
        """Let go exponentially; what has faded below hearing is 0."""
        released = decaying_maximum(hold, decay=self._fade, before=float(self._held[-1]))
        return np.where(released < _LEAST_DB, hold, released)


def limit(blocks: Iterable[FloatArray], limiter: Limiter) -> Iterator[Float32Array]:
    """Send successive blocks through a limiter; as many samples come out as went in."""
    for block in blocks:
        ready = limiter.process(block)
        if ready.shape[1]:
            yield ready
    rest = limiter.finish()
    if rest.shape[1]:
        yield rest
