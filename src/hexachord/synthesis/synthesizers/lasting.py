"""Tones that last: an intro in which the spectrum finds its place, and a loop that goes on.

The loop is laid under the intro from the first frame on; what the intro adds is, partial by partial, the difference between how the tone
begins and how it goes on, dying away at each partial's own speed. So both meet exactly, in phase.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.model import Loop
from hexachord.synthesis.plain_waves import RATE_HZ, closed_loop
from hexachord.synthesis.synthesizers.partials import damped, looped, on_grid
from hexachord.synthesis.synthesizers.patch import Wave


class Lines(NamedTuple):
    """The partials of a lasting tone: each begins at `start` times its level and settles within `settle_s` (to 60 dB)."""

    hz: Float64Array
    level: Float64Array
    phase: Float64Array
    start: Float64Array
    settle_s: Float64Array


def lasting_wave(f0_hz: float, *, intro_s: float, loop_s: float, channels: int) -> Wave:
    """The shape of a lasting sample: `f0_hz` comes out as near as whole periods in a loop allow."""
    periods, frames = closed_loop(f0_hz, seconds=loop_s)
    intro = round(intro_s * RATE_HZ)
    return Wave(intro + frames, Loop(intro, intro + frames), channels, periods * RATE_HZ / frames)


def grid_hz(wave: Wave) -> Float64Array:
    """The frequencies that its loop can hold, from 1 Hz instead of 0, as `noise` needs them."""
    frames = wave.frames if wave.loop is None else wave.loop.end - wave.loop.start
    return np.asarray(np.maximum(np.arange(frames // 2 + 1) * (RATE_HZ / frames), 1.0))


def lasting(lines: Lines, wave: Wave, *, shimmer: float = 0.0, noise: Float64Array | None = None, rng: np.random.Generator) -> Float64Array:
    """One channel of a lasting tone, ``(frames,)``; `shimmer` and `noise` are those of `looped`."""
    if wave.loop is None:
        raise ValueError("a lasting tone has a loop")
    intro, frames = wave.loop.start, wave.loop.end - wave.loop.start
    sound = np.resize(looped(lines.hz, lines.level, lines.phase, frames, shimmer=shimmer, noise=noise, rng=rng), wave.frames)
    if intro:
        away = damped(on_grid(lines.hz, frames), lines.level * (lines.start - 1.0), lines.phase, lines.settle_s, intro)
        end = max(1, intro // 4)
        away[-end:] *= np.linspace(1, 0, end)
        sound[:intro] += away
    return sound


def section(
    lines: Lines,
    wave: Wave,
    *,
    players: int,
    apart_cents: float,
    width: float,
    shimmer: float = 0.0,
    noise: Float64Array | None = None,
    rng: np.random.Generator,
) -> Float64Array:
    """A tone ``(channels, frames)`` that one plays, or several: in tune together, each a little off and late, and strewn over the stage."""
    if players == 1:
        return np.stack([lasting(lines, wave, shimmer=shimmer, noise=noise, rng=rng) for _ in range(wave.channels)])
    places = np.linspace(-1.0, 1.0, players)
    cents = rng.permutation(apart_cents * (places + 0.25 * rng.uniform(-1, 1, players)))
    cents -= cents.mean()
    hz = lines.hz * 2.0 ** (cents[:, None] / 1200.0) + rng.uniform(-0.3, 0.3, (players, lines.hz.size))
    phase = rng.uniform(0, 2 * np.pi, hz.shape)
    settle_s = lines.settle_s * rng.uniform(0.7, 1.4, (players, 1))
    channels = []
    for side in (-1.0, 1.0)[: wave.channels]:
        level = lines.level * np.sqrt(0.5 * (1.0 + side * width * places))[:, None]
        ensemble = Lines(hz.ravel(), level.ravel(), phase.ravel(), np.tile(lines.start, players), settle_s.ravel())
        channels.append(lasting(ensemble, wave, shimmer=shimmer, noise=noise, rng=rng))
    return np.stack(channels)
