"""From a recorded excerpt to a sound at the pitch and rate that is asked for.

Constant pitch goes through soxr (it answers with its delay taken out); a pitch that moves goes through `warp`, which reads a
twice oversampled sound along a curve of positions with a windowed sinc. Smith, *Digital Audio Resampling* (CCRMA), for the latter.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array

HIGHEST_CENTS = 7200.0
"""Six octaves up; what is left of a recording beyond that is noise, and the work doubles with each octave."""

LOWEST_CENTS = -9600.0

END_FADE_S = 0.0015
"""What stops on a value other than zero is faded over this long."""

PERIOD_S = 1.0
"""A looped sound repeats exactly after at least this long (see `stretch_of`)."""

TAPS = 8
PHASES = 4096
MARGIN = 64  # frames of output computed beyond what is asked for, so that soxr's view of the end does not reach into it


class Excerpt(NamedTuple):
    """Frames ``[start, end)`` of a recording, and in it the loop ``[loop_start, loop_end)``, counted from `start`.

    `passes` is how often the loop is jumped back from before the sound goes on to its end; None is for ever.
    """

    start: int
    end: int
    loop_start: int = 0
    loop_end: int = 0
    passes: int | None = 0

    @property
    def is_endless(self) -> bool:
        """Whether its loop goes on for ever."""
        return self.loop_end > self.loop_start and self.passes is None

    @property
    def frames(self) -> int:
        """How many frames it has when it ends."""
        return self.end - self.start + (self.passes or 0) * (self.loop_end - self.loop_start)


class Stretch(NamedTuple):
    """How an excerpt becomes sound: `ratio` recorded frames for one of the sound.

    An endless sound repeats itself every `period` frames from frame `steady` on. To make that exact, the ratio of a looped excerpt is
    moved by less than a twentieth of a cent, so that a whole number of loops is a whole number of frames.
    """

    ratio: float
    frames: int | None
    steady: int = 0
    period: int = 0


def excerpt_of(frames: int, *, start: int, end: int | None, loop: tuple[int, int] | None, passes: int | None) -> Excerpt:
    """Make the boundaries of an excerpt consistent with a recording of so many frames; a loop that holds no frame is none."""
    first = min(max(start, 0), frames)
    last = min(max(frames if end is None else end, first), frames)
    if loop is not None:
        loop_start, loop_end = max(loop[0], first) - first, min(loop[1], last) - first
        if loop_end > loop_start:
            return Excerpt(first, last, loop_start, loop_end, passes)
    return Excerpt(first, last)


def stretch_of(excerpt: Excerpt, *, cents: float, source_rate_hz: float, rate_hz: float, settle_s: float = 0.05) -> Stretch:
    """Plan an excerpt at `cents` above its recorded pitch; `settle_s` is how long filters after it may take to become periodic.

    Examples
    --------
    >>> stretch_of(Excerpt(0, 100), cents=1200.0, source_rate_hz=44100, rate_hz=44100)
    Stretch(ratio=2.0, frames=50, steady=0, period=0)
    """
    cents = min(max(cents, LOWEST_CENTS), HIGHEST_CENTS) if cents == cents else 0.0
    ratio = source_rate_hz / rate_hz * 2.0 ** (cents / 1200.0)
    if not excerpt.is_endless:
        return Stretch(ratio, int(np.ceil(excerpt.frames / ratio)))
    length = excerpt.loop_end - excerpt.loop_start
    loops = max(int(np.ceil(PERIOD_S * rate_hz * ratio / length)), 1)
    period = max(round(loops * length / ratio), 1)
    ratio = loops * length / period
    return Stretch(ratio, None, int(np.ceil(excerpt.loop_end / ratio)) + int(settle_s * rate_hz) + MARGIN, period)


def unrolled(recording: Float32Array, excerpt: Excerpt, frames: int) -> Float32Array:
    """The first `frames` frames of an excerpt with its loop played out, fewer where it ends.

    Examples
    --------
    >>> unrolled(np.arange(8, dtype=np.float32)[None], Excerpt(1, 7, 2, 4, passes=2), 20)
    array([[1., 2., 3., 4., 3., 4., 3., 4., 5., 6.]], dtype=float32)
    """
    part = recording[:, excerpt.start : excerpt.end]
    if excerpt.loop_end <= excerpt.loop_start or excerpt.passes == 0:
        return part[:, :frames]
    head, loop = part[:, : excerpt.loop_end], part[:, excerpt.loop_start : excerpt.loop_end]
    if frames <= head.shape[1]:
        return head[:, :frames]
    wanted = frames - head.shape[1]
    played = wanted if excerpt.passes is None else min(wanted, excerpt.passes * loop.shape[1])
    times = -(-played // loop.shape[1])
    body = np.tile(loop, (1, times))[:, :played]
    rest = part[:, excerpt.loop_end :][:, : wanted - played]
    return np.concatenate([head, body, rest], axis=1)


def stretched(recording: Float32Array, excerpt: Excerpt, stretch: Stretch, frames: int, *, rate_hz: float) -> Float32Array:
    """The first `frames` frames of the sound, ``(channels, frames)``; zeros after its end, towards which it is faded where it must be."""
    import soxr

    needed = int(np.ceil((frames + MARGIN) * stretch.ratio)) + 16
    source = unrolled(recording, excerpt, needed)
    channels = recording.shape[0]
    if source.shape[1] == 0:
        return np.zeros((channels, frames), dtype=np.float32)
    fade = min(int(END_FADE_S * rate_hz * stretch.ratio) + 1, source.shape[1])
    cut_in = excerpt.start > 0 and bool(np.any(np.abs(source[:, 0]) > 1e-3))
    cut_out = source.shape[1] < needed and bool(np.any(np.abs(source[:, -1]) > 1e-4))
    if cut_in or cut_out:
        source = source.copy()
        slope = ((np.arange(fade) + 0.5) / fade).astype(np.float32)
        if cut_in:
            source[:, :fade] *= slope
        if cut_out:
            source[:, -fade:] *= slope[::-1]
    if source.shape[1] < needed:
        source = np.pad(source, ((0, 0), (0, min(needed - source.shape[1], 512 + int(64 * stretch.ratio)))))
    if abs(stretch.ratio - 1.0) < 1e-9:
        sound = source
    else:
        sound = soxr.resample(np.ascontiguousarray(source.T), stretch.ratio * 48000.0, 48000.0, quality="HQ").T
    result = np.zeros((channels, frames), dtype=np.float32)
    n = min(frames, sound.shape[1])
    result[:, :n] = sound[:, :n]
    return result


@lru_cache(maxsize=1)
def sinc_table() -> Float32Array:
    """Weights ``(TAPS, PHASES)`` that read a twice oversampled sound between its frames.

    The sound fills less than half of its band, so the sinc may pass the lower 45 % and has the rest to fall in. The weights of a phase
    add up to 1.
    """
    offset = np.arange(TAPS)[:, None] - (TAPS // 2 - 1) - (np.arange(PHASES) + 0.5)[None, :] / PHASES
    window = np.i0(9.0 * np.sqrt(np.maximum(1.0 - (offset / (TAPS / 2)) ** 2, 0.0))) / np.i0(9.0)
    weights = np.sinc(offset) * window
    table: Float32Array = np.ascontiguousarray(weights / weights.sum(axis=0), dtype=np.float32)
    table.setflags(write=False)
    return table


def warp(sound: Float32Array, position: Float64Array) -> Float32Array:
    """Read a sound ``(channels, frames)`` at fractional positions, which must keep `TAPS` frames from both ends.

    Examples
    --------
    >>> tone = np.sin(0.2 * np.arange(400, dtype=np.float32))[None]
    >>> bool(np.abs(warp(tone, np.arange(50.0, 300.0, 0.77)) - np.sin(0.2 * np.arange(50.0, 300.0, 0.77))).max() < 3e-4)
    True
    """
    table = sinc_table()
    whole = position.astype(np.int64)
    phase = ((position - whole) * PHASES).astype(np.int32)
    whole -= TAPS // 2 - 1
    result = np.zeros((sound.shape[0], len(position)), dtype=np.float32)
    for tap in range(TAPS):
        weight = table[tap].take(phase)
        for channel in range(sound.shape[0]):
            result[channel] += sound[channel].take(whole) * weight
        whole += 1
    return result
