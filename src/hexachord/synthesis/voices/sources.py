"""Recordings made into sounds of constant pitch and constant filters, computed once and kept.

How loud, where and how long a stroke sounds is no part of what is kept, so one sound serves all strokes of a key.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.errors import InputError
from hexachord.synthesis.model import Filter, Sample
from hexachord.synthesis.voices.cache import SoundCache
from hexachord.synthesis.voices.envelopes import Course
from hexachord.synthesis.voices.filters import filtered
from hexachord.synthesis.voices.resampling import TAPS, Excerpt, Stretch, stretch_of, stretched

FIRST_S = 0.5
"""The shortest stretch of a sound that is resampled; each time more is asked for, twice as much is."""

FILTER_SETTLE_S = 1.0
"""How long the filters of a looped sound take until it repeats itself as exactly as its loop does."""

FILTER_AHEAD = 2048
"""How many frames more than asked for are filtered, so that the next slightly longer stroke finds them."""

RING_S = 0.02
"""How much longer than the excerpt a filtered sound is."""


class SoundKey(NamedTuple):
    """What decides a sound: an excerpt of a recording, how much higher it plays, what filters it, how finely it is sampled."""

    sample: Sample
    excerpt: Excerpt
    cents: float
    filters: tuple[Filter, ...] = ()
    oversampling: int = 1


class Sound(NamedTuple):
    """The beginning of a sound, ``(channels, n)``, by which rule it goes on, and what its filters remember there."""

    frames: Float32Array
    stretch: Stretch
    memory: tuple[Float64Array, ...] = ()

    def part(self, start: int, stop: int) -> Float32Array:
        """Frames ``[start, stop)``: a view, or a copy where an endless sound begins to repeat itself."""
        n = self.frames.shape[1]
        if stop <= n:
            return self.frames[:, start:stop]
        if self.stretch.frames is not None:
            return np.pad(self.frames[:, start:n], ((0, 0), (0, stop - max(start, n))))
        steady, period = self.stretch.steady, self.stretch.period
        pieces = []
        while start < stop:
            at = start if start < steady + period else steady + (start - steady) % period
            count = min(steady + period - at, stop - start)
            pieces.append(self.frames[:, at : at + count])
            start += count
        return np.concatenate(pieces, axis=1)


class SoundSources:
    """Where voices get their sound from; `warn` hears once of each recording that cannot be read."""

    def __init__(self, cache: SoundCache, *, rate_hz: int, warn: Callable[[str], None] | None = None) -> None:
        self.cache, self.rate_hz, self._warn = cache, rate_hz, warn
        self._unreadable: set[Sample] = set()

    def recording(self, sample: Sample) -> Float32Array | None:
        """The recording, ``(channels, frames)``; None when it cannot be read."""
        if sample in self._unreadable:
            return None
        try:
            return self.cache.find_or_make(sample, lambda: _checked(sample), lambda recording: recording.nbytes)
        except InputError as error:
            self._unreadable.add(sample)
            if self._warn is not None:
                self._warn(str(error))
            return None

    def envelope(self, course: Course, frames: int) -> Float32Array:
        """The first `frames` amplitudes of an envelope, or a few more."""
        kept = self.cache.find(course)
        if isinstance(kept, np.ndarray) and len(kept) >= frames:
            return kept
        made = course.values(0, frames + frames // 4 + 1024)
        self.cache.keep(course, made, n_bytes=made.nbytes)
        return made

    def stretch(self, key: SoundKey) -> Stretch:
        """By which rule the sound goes on."""
        settle_s = FILTER_SETTLE_S if key.filters else 0.05
        rate_hz = float(self.rate_hz * key.oversampling)
        return stretch_of(key.excerpt, cents=key.cents, source_rate_hz=key.sample.rate_hz, rate_hz=rate_hz, settle_s=settle_s)

    def sound(self, key: SoundKey, frames: int) -> Sound | None:
        """The sound, at least its first `frames` frames where it is as long; None when its recording cannot be read."""
        kept = self.cache.find(key)
        before = kept if isinstance(kept, Sound) else None
        have = 0 if before is None else before.frames.shape[1]
        if before is not None and have >= min(frames, _limit(before.stretch)):
            return before
        stretch = self.stretch(key)
        rate_hz = self.rate_hz * key.oversampling
        result = self._filtered(key, stretch, frames, before, rate_hz) if key.filters else self._plain(key, stretch, frames, have, rate_hz)
        if result is not None:
            self.cache.keep(key, result, n_bytes=result.frames.nbytes)
        return result

    def _plain(self, key: SoundKey, stretch: Stretch, frames: int, have: int, rate_hz: int) -> Sound | None:
        recording = self.recording(key.sample)
        if recording is None:
            return None
        wanted = min(max(frames, 2 * have, int(FIRST_S * rate_hz)), _limit(stretch))
        return Sound(stretched(recording, key.excerpt, stretch, wanted, rate_hz=rate_hz), stretch)

    def _filtered(self, key: SoundKey, stretch: Stretch, frames: int, before: Sound | None, rate_hz: int) -> Sound | None:
        """A filtered sound goes on where it had stopped."""
        have = 0 if before is None else before.frames.shape[1]
        wanted = min(max(frames + FILTER_AHEAD, have + have // 4), _limit(stretch))
        plain = self.sound(key._replace(filters=()), wanted)
        if plain is None:
            return None
        made, memory = filtered(plain.part(have, wanted), key.filters, rate_hz=rate_hz, memory=None if before is None else before.memory)
        return Sound(made if before is None else np.concatenate([before.frames, made], axis=1), stretch, memory)


def _limit(stretch: Stretch) -> int:
    """The most frames that are ever kept of a sound."""
    if stretch.frames is None:
        return stretch.steady + stretch.period + 2 * TAPS
    return stretch.frames + 1024


def _checked(sample: Sample) -> Float32Array:
    read = np.asarray(sample.read())
    if read.ndim != 2 or read.shape[0] not in (1, 2):
        raise InputError(sample.name, found=f"samples of shape {read.shape}", expected="one or two channels")
    missing = sample.frames - read.shape[1]
    if missing > sample.rate_hz:
        raise InputError(sample.name, found=f"{read.shape[1]} frames", expected=f"{sample.frames}")
    if missing > 0:
        read = np.pad(read, ((0, 0), (0, missing)))
    if not np.isfinite(read).all():
        read = np.nan_to_num(read, nan=0.0, posinf=0.0, neginf=0.0)
    return np.ascontiguousarray(read, dtype=np.float32)
