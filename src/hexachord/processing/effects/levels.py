"""Level, place and time: gain, polarity, panorama, width, fades, ducking, gaps and hard clipping."""

from collections.abc import Callable, Sequence

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.processing.effects.effect import Clocked, Pointwise, Processor, amplitude, effect, within

_SILENT_DB = -120.0  # a gain curve that has come down to this is silence


@effect
def gain(rate_hz: int, channels: int, *, gain_db: float = 0.0) -> Processor:
    """Make everything louder or softer."""
    factor = np.float32(amplitude(gain_db))
    return Pointwise(lambda block: block * factor, channels)


@effect
def polarity(rate_hz: int, channels: int, *, inverted: Sequence[bool] = (True, True)) -> Processor:
    """Turn channels upside down; `inverted` has one word for each, and its last is for all that follow."""
    signs = np.array([-1.0 if inverted[min(channel, len(inverted) - 1)] else 1.0 for channel in range(channels)], dtype=np.float32)
    return Pointwise(lambda block: block * signs[:, None], channels)


@effect
def pan(rate_hz: int, channels: int, *, position: float = 0.0) -> Processor:
    """Place a sound between left (-1) and right (1) with constant power: mono becomes stereo, stereo is balanced.

    In the middle a mono sound is 3 dB softer on each side, and stereo as it was.
    """
    angle = (within(position, -1.0, 1.0) + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)[:, None]
    if channels == 1:
        return Pointwise(lambda block: block * sides, 2)
    if channels != 2:
        raise ValueError(f"one or two channels can be panned, not {channels}")
    return Pointwise(lambda block: block * (sides * np.float32(np.sqrt(2.0))), 2)


@effect
def width(rate_hz: int, channels: int, *, width: float = 1.0, mono_below_hz: float = 0.0) -> Processor:
    """Make stereo narrower (0: mono) or wider (2: twice the difference of the sides).

    Parameters
    ----------
    width : factor of the side signal
    mono_below_hz : below it there is no side signal at all, as on a record
    """
    if channels != 2:
        return Pointwise(lambda block: block, channels)
    side_gain = np.float32(within(width, 0.0, 10.0) / 2)
    side_filter: Processor | None = None
    if mono_below_hz > 0:
        from hexachord.processing.effects.equalizer import high_pass

        side_filter = high_pass.processor(rate_hz, 1, cutoff_hz=mono_below_hz, order=2)

    def spread(block: Float32Array) -> Float32Array:
        middle = (block[0] + block[1]) * np.float32(0.5)
        side = (block[0] - block[1]) * side_gain
        if side_filter is not None:
            side = side_filter.process(side[np.newaxis])[0]
        return np.stack([middle + side, middle - side])

    return Pointwise(spread, 2)


@effect
def clip(rate_hz: int, channels: int, *, ceiling_db: float = 0.0, drive_db: float = 0.0) -> Processor:
    """Cut off what is beyond a ceiling, as a converter does: with all its aliases (`saturate` has none).

    Parameters
    ----------
    ceiling_db : the highest value that is left
    drive_db : gain before
    """
    ceiling, drive = np.float32(amplitude(ceiling_db)), np.float32(amplitude(drive_db))
    return Pointwise(lambda block: np.clip(block * drive, -ceiling, ceiling), channels)


@effect
def gain_curve(rate_hz: int, channels: int, *, time_s: Sequence[float] = (0.0,), gain_db: Sequence[float] = (0.0,)) -> Processor:
    """Move a fader: the gain goes in straight lines, in decibels, from point to point; -120 dB and less is silence.

    Parameters
    ----------
    time_s : of the points, not descending
    gain_db : at each point; it stays before the first and after the last
    """
    times, levels = _points(time_s, gain_db)
    return Clocked(lambda block, at: block * _fader(times, levels, at, block.shape[1], rate_hz), channels)


@effect
def duck(
    rate_hz: int,
    channels: int,
    *,
    start_s: Sequence[float] = (),
    end_s: Sequence[float] = (),
    depth_db: float = -12.0,
    attack_s: float = 0.15,
    release_s: float = 0.5,
) -> Processor:
    """Make room: between starts and ends the level goes down, as music under a speaker or a pad under a kick drum.

    Parameters
    ----------
    start_s, end_s : when the level begins to fall, and to rise again
    depth_db : how far it falls
    attack_s, release_s : how long it takes; spans nearer than that share one dip
    """
    times, levels = _dips(start_s, end_s, within(depth_db, _SILENT_DB, 60.0), attack_s, release_s)
    return Clocked(lambda block, at: block * _fader(times, levels, at, block.shape[1], rate_hz), channels)


@effect
def silence_gaps(
    rate_hz: int, channels: int, *, start_s: Sequence[float] = (), end_s: Sequence[float] = (), fade_s: float = 0.003
) -> Processor:
    """Cut holes into the sound; `fade_s` is how long it takes to fall silent, within the gap."""
    times, levels = _dips(start_s, end_s, _SILENT_DB, fade_s, fade_s)
    return Clocked(lambda block, at: block * _fader(times, levels, at, block.shape[1], rate_hz), channels)


@effect
def fade(rate_hz: int, channels: int, *, in_s: float = 0.0, out_s: float = 0.0) -> Processor:
    """Come in at the beginning and go out at the end, along a quarter of a cosine."""
    return _Fade(round(max(in_s, 0.0) * rate_hz), round(max(out_s, 0.0) * rate_hz), channels)


class _Fade:
    """Holds back as much as the fade at the end may need."""

    def __init__(self, rising: int, falling: int, channels: int) -> None:
        self.channels = channels
        self._rising, self._falling = rising, falling
        self._held = np.zeros((channels, 0), dtype=np.float32)
        self._at = 0

    def process(self, block: Float32Array) -> Float32Array:
        if self._at < self._rising:
            position = np.minimum((self._at + np.arange(block.shape[1]) + 0.5) / self._rising, 1.0)
            block = block * np.sin(0.5 * np.pi * position).astype(np.float32)
        self._at += block.shape[1]
        held = np.concatenate([self._held, block], axis=1)
        ready = max(0, held.shape[1] - self._falling)
        self._held = held[:, ready:]
        return held[:, :ready]

    def finish(self) -> Float32Array:
        left = self._held.shape[1]
        position = (np.arange(left)[::-1] + 0.5) / max(self._falling, 1)
        return self._held * np.sin(0.5 * np.pi * position).astype(np.float32)


def swing(function: Callable[[Float64Array], Float64Array], at: int, frames: int, rate_hz: int, *, step: int = 32) -> Float32Array:
    """A slow function of time in seconds for each of so many frames: it is asked for every `step` frames, and lines are drawn between."""
    first = at // step
    knots = first + np.arange((at + frames - 1) // step - first + 2)
    values = function(np.asarray(knots * (step / rate_hz), dtype=np.float64))
    return np.interp(np.arange(at, at + frames), knots * step, values).astype(np.float32)


def _points(time_s: Sequence[float], level_db: Sequence[float]) -> tuple[Float64Array, Float64Array]:
    times, levels = np.asarray(time_s, dtype=np.float64), np.asarray(level_db, dtype=np.float64)
    if times.ndim != 1 or times.shape != levels.shape or not times.size or (np.diff(times) < 0).any():
        raise ValueError("a gain curve has as many gains as times, which do not descend")
    return times, np.clip(levels, _SILENT_DB, 120.0)


def _dips(
    start_s: Sequence[float], end_s: Sequence[float], depth_db: float, attack_s: float, release_s: float
) -> tuple[Float64Array, Float64Array]:
    if len(start_s) != len(end_s):
        raise ValueError("spans have as many ends as starts")
    attack_s, release_s = max(attack_s, 1e-4), max(release_s, 1e-4)
    inside = depth_db <= _SILENT_DB  # a gap is silent to its end; what is ducked rises from there
    merged: list[tuple[float, float]] = []
    for start, end in sorted(zip(start_s, end_s, strict=True)):
        start, end = max(start, 0.0), max(end, 0.0)
        if end - start < attack_s + (release_s if inside else 0.0):
            continue
        if merged and start <= merged[-1][1] + release_s:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    times, levels = [0.0], [0.0]
    for start, end in merged:
        times += [start, start + attack_s, end - release_s, end] if inside else [start, start + attack_s, end, end + release_s]
        levels += [0.0, depth_db, depth_db, 0.0]
    return np.asarray(times), np.asarray(levels)


def _fader(times: Float64Array, levels: Float64Array, at: int, frames: int, rate_hz: int) -> Float32Array:
    first, last = at / rate_hz, (at + frames) / rate_hz
    inside = (times > first) & (times < last)
    if not inside.any():
        ends = np.interp([first, last], times, levels)
        if ends[0] == ends[1]:
            return np.full(frames, 0.0 if ends[0] <= _SILENT_DB else amplitude(float(ends[0])), dtype=np.float32)
    level_db = np.interp((at + np.arange(frames)) / rate_hz, times, levels)
    return np.where(level_db <= _SILENT_DB, 0.0, np.power(10.0, level_db / 20)).astype(np.float32)
