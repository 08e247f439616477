"""Sound in blocks of any size → frames of a log-mel spectrogram, each as soon as the last sample that it needs is there.

A frame is what `hexachord.dsp.features` makes of the whole recording, to rounding: centred on its time, so half a window of sound after
that time is waited for (46 ms of the default feature's 2048 samples), and rounded to bytes and back. Every frame is computed alone,
whatever the blocks were, so results do not depend on how the sound arrived, to the last bit.

A sound of another rate goes through windowed sinc interpolation (Smith & Gossett, "A flexible sampling-rate conversion method", ICASSP
1984) that waits for 2 ms; a resampler made for files keeps 40.
"""

from math import gcd

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.features import LogMel, dequantise, feature_frames, quantise
from hexachord.dsp.mel import mel_from_power, power_to_db
from hexachord.dsp.stft import power_spectrogram
from hexachord.errors import InputError

SLOWEST_RATE_HZ, FASTEST_RATE_HZ = 8_000, 192_000

_CROSSINGS = 48  # of zero on either side of the sinc: flat to 0.9 of the band, aliases below -80 dB
_CUTOFF = 0.95
_SHAPE = 8.0  # of the Kaiser window
_KEPT = 1 << 13  # samples that a buffer may let pile up before what was used is cut off


class StreamLogMel:
    """Turns blocks of sound into frames.

    Parameters
    ----------
    rate_hz : of the sound
    feature : what to compute

    Examples
    --------
    >>> stream = StreamLogMel(22050)
    >>> [len(stream.push(np.zeros(512, dtype=np.float32))) for _ in range(4)], len(stream.finish())
    ([0, 1, 1, 1], 2)
    """

    def __init__(self, rate_hz: int, *, feature: LogMel = LogMel()) -> None:
        if not SLOWEST_RATE_HZ <= rate_hz <= FASTEST_RATE_HZ:
            raise InputError(
                "the sound's rate", found=f"{rate_hz} Hz", expected=f"a whole number from {SLOWEST_RATE_HZ} to {FASTEST_RATE_HZ} Hz"
            )
        self.feature = feature
        self.frames = 0
        self._reader = _Reader(int(rate_hz), feature.rate_hz)
        self._window = np.zeros(feature.n_fft, dtype=np.float32)
        self._filled = 0  # samples, at the feature's rate, that have gone into the window

    @property
    def delay_s(self) -> float:
        """How much sound after a frame's time must be there before it can be computed."""
        return self.feature.n_fft / 2 / self.feature.rate_hz + self._reader.half / self._reader.from_hz

    def push(self, block: FloatArray) -> list[Float32Array]:
        """Take the next samples, (n,) finite, and return the frames, (bands,) decibels each, that they complete."""
        self._reader.push(block)
        return self._ready()

    def finish(self) -> list[Float32Array]:
        """Say that the sound has ended, and return the last frames; what lies beyond the end is silence."""
        found = self._ready()
        samples = self._reader.finish()
        while self.frames < feature_frames(self.feature, samples):
            found.append(self._advance(self._reader.take(self._due())))
        return found

    def _due(self) -> int:
        """Count the samples that are still to come before the next frame is whole."""
        return self.frames * self.feature.hop + self.feature.n_fft // 2 - self._filled

    def _ready(self) -> list[Float32Array]:
        found = []
        while self._reader.has(self._due()):
            found.append(self._advance(self._reader.take(self._due())))
        return found

    def _advance(self, fresh: Float32Array) -> Float32Array:
        window, count = self._window, len(fresh)
        window[:-count] = window[count:]
        window[-count:] = fresh
        self._filled += count
        self.frames += 1
        return _frame(window, self.feature)


def _frame(window: Float32Array, feature: LogMel) -> Float32Array:
    """Compute the one frame whose window these samples are, (bands,) decibels."""
    power = power_spectrogram(window, n_fft=feature.n_fft, hop=feature.hop, centre=False)
    mel = mel_from_power(power, rate_hz=feature.rate_hz, bands=feature.bands, low_hz=feature.low_hz, high_hz=feature.high_hz)
    return dequantise(quantise(power_to_db(mel)[0], feature), feature)


class _Reader:
    """Samples as they arrive, read at another rate in the order of time."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        shared = gcd(from_hz, to_hz)
        self.from_hz, self.to_hz = from_hz, to_hz
        self._up, self._down = to_hz // shared, from_hz // shared
        self.half = 0 if from_hz == to_hz else int(np.ceil(_CROSSINGS * max(1.0, from_hz / to_hz)))
        self._kernel = _kernel(self._up, min(1.0, to_hz / from_hz), self.half)
        self._samples = np.zeros(self.half, dtype=np.float32)  # what was before the beginning
        self._first = -self.half  # the number of the first sample that is kept
        self._taken = 0  # samples read
        self._arrived = 0

    def push(self, block: FloatArray) -> None:
        self._arrived += len(block)
        self._samples = np.concatenate([self._samples, np.asarray(block, dtype=np.float32)])

    def finish(self) -> int:
        """Let silence follow, as much as anybody may ask for; returns how many samples the sound has at the other rate."""
        self._samples = np.concatenate([self._samples, np.zeros(self.half + self.from_hz, dtype=np.float32)])
        return -(-self._arrived * self._up // self._down)

    def has(self, count: int) -> bool:
        """Tell whether `count` more samples can be read."""
        return self._stop(self._taken + count) <= self._first + len(self._samples)

    def take(self, count: int) -> Float32Array:
        """Read the next samples."""
        if self.half == 0:
            start = self._taken - self._first
            out = self._samples[start : start + count]
        else:
            windows = np.lib.stride_tricks.sliding_window_view(self._samples, 2 * self.half)
            place = np.arange(self._taken, self._taken + count) * self._down
            first, phase = place // self._up - self.half + 1 - self._first, place % self._up
            if self._up == 1:  # always the same weights, at even distances: no sample need be copied
                out = np.einsum("ij,j->i", windows[first[0] : first[-1] + 1 : self._down], self._kernel[0])
            else:
                out = np.einsum("ij,ij->i", windows[first], self._kernel[phase])
            out = np.asarray(out, dtype=np.float32)
        self._taken += count
        self._forget()
        return out

    def _stop(self, taken: int) -> int:
        """The number of samples of the sound that reading the first `taken` takes."""
        return (taken - 1) * self._down // self._up + 1 + self.half

    def _forget(self) -> None:
        oldest = self._taken * self._down // self._up - self.half - 1
        if oldest - self._first > _KEPT:
            self._samples, self._first = self._samples[oldest - self._first :].copy(), oldest


def _kernel(phases: int, ratio: float, half: int) -> Float32Array:
    """Sample the windowed sinc, (phases, 2 half): row p reads p / phases of a sample after the one at column half - 1."""
    if half == 0:
        return np.ones((1, 1), dtype=np.float32)
    offset = np.arange(1 - half, half + 1)[None, :] - np.arange(phases)[:, None] / phases
    cutoff = ratio * _CUTOFF
    kernel = np.sinc(cutoff * offset) * np.i0(_SHAPE * np.sqrt(np.maximum(1.0 - (offset / half) ** 2, 0.0)))
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True), dtype=np.float32)
