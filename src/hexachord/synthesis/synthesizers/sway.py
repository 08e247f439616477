"""Vibrato, scoops and drift, made once with the sample instead of at every stroke.

A player that moves pitch has to resample each stroke anew; a sample that already sways costs no more than one that stands still. Its intro
is long enough for the vibrato to come in, and the loop holds whole turns of it.
"""

from typing import NamedTuple

import numpy as np
from scipy import fft

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.model import Loop
from hexachord.synthesis.plain_waves import RATE_HZ
from hexachord.synthesis.synthesizers.patch import Playing, Wave
from hexachord.synthesis.voices.resampling import warp

_FADE_S = 0.4
_SHORTEST_LOOP_S = 1.0  # a shorter one holds too few turns of a vibrato to choose its rate
_MARGIN = 1024


class Sway(NamedTuple):
    """How one sample moves: vibrato (depth in cents and dB, rate, when it comes in), scoop (from so many cents away), drift in cents."""

    cents: float
    db: float
    rate_hz: float
    delay_s: float
    scoop_cents: float
    scoop_s: float
    drift_cents: float

    @property
    def moves(self) -> bool:
        """Whether it moves at all."""
        return max(abs(self.cents), abs(self.db), abs(self.scoop_cents), self.drift_cents) > 0.05

    @property
    def settled_s(self) -> float:
        """When it has come in and goes on for ever as it is."""
        return max(self.delay_s + _FADE_S if self.cents or self.db else 0.0, 2.0 * self.scoop_s if self.scoop_cents else 0.0)


def draw_sway(playing: Playing, rng: np.random.Generator) -> Sway:
    """No two strokes sway alike."""
    return Sway(
        playing.vibrato_cents * rng.uniform(0.6, 1.3),
        playing.vibrato_db * rng.uniform(0.6, 1.3),
        playing.vibrato_hz * rng.uniform(0.93, 1.07),
        playing.vibrato_delay_s * rng.uniform(0.7, 1.4),
        playing.scoop_cents * rng.uniform(0.0, 1.0),
        playing.scoop_s,
        playing.drift_cents,
    )


def room_to_sway(wave: Wave, sway: Sway) -> Wave:
    """The shape of the sample with its loop as late and as long as it needs to be."""
    if wave.loop is None or not sway.moves:
        return wave
    start = max(wave.loop.start, round(sway.settled_s * RATE_HZ))
    length = wave.loop.end - wave.loop.start
    length *= max(1, -(-round(_SHORTEST_LOOP_S * RATE_HZ) // length))
    return wave._replace(frames=start + length, loop=Loop(start, start + length))


def swayed(sound: Float64Array, still: Wave, sway: Sway, *, rng: np.random.Generator) -> Float64Array:
    """Bend a sample ``(channels, frames)`` of the shape `still` into one of the shape that `room_to_sway` gives."""
    wave = room_to_sway(still, sway)
    if wave.loop is None or still.loop is None or not sway.moves:
        return sound
    start, length = wave.loop.start, wave.loop.end - wave.loop.start
    beyond = wave.frames + 2 * _MARGIN - sound.shape[1]
    period = still.loop.end - still.loop.start
    steady = np.take(sound[:, -period:], np.arange(beyond) % period, axis=1)
    sound = np.concatenate([np.zeros((len(sound), _MARGIN)), sound, steady], axis=1)
    time_s = np.arange(wave.frames) / RATE_HZ
    rate_hz = max(1, round(sway.rate_hz * length / RATE_HZ)) * RATE_HZ / length
    entry = np.clip((time_s - sway.delay_s) / _FADE_S, 0.0, 1.0)
    wave_form = entry * np.sin(2 * np.pi * rate_hz * (time_s - sway.delay_s))
    cents = sway.cents * wave_form + _drift(length, sway.drift_cents, rng)[np.arange(-start, length) % length]
    if sway.scoop_cents:
        cents += sway.scoop_cents * np.clip(1.0 - time_s / (2.0 * sway.scoop_s), 0.0, 1.0) ** 2
    faster = np.expm1(cents * (np.log(2.0) / 1200.0))
    faster[start:] -= faster[start:].mean()
    offset = np.concatenate([[0.0], np.cumsum(faster)[:-1]])
    position = _MARGIN + np.arange(wave.frames) + np.clip(offset - offset[start], 16 - _MARGIN, _MARGIN - 16)
    bent = warp(_twice(sound.astype(np.float32)), 2.0 * position).astype(np.float64)
    return np.asarray(bent * 10 ** (sway.db * wave_form / 20))


def _drift(length: int, cents: float, rng: np.random.Generator) -> Float64Array:
    """A slow random walk that returns to where it began, with a mean of 0."""
    spectrum = np.zeros(length // 2 + 1, dtype=np.complex128)
    slow = np.arange(1, max(2, round(4.0 * length / RATE_HZ)) + 1)
    spectrum[slow] = (rng.normal(size=slow.size) + 1j * rng.normal(size=slow.size)) / slow
    drift = fft.irfft(spectrum, length)
    return np.asarray(cents * drift / (np.sqrt(np.square(drift).mean()) + 1e-30))


def _twice(sound: Float32Array) -> Float32Array:
    frames = sound.shape[1]
    length = int(fft.next_fast_len(frames, real=True))
    spectrum = fft.rfft(sound, length, axis=1)
    return np.asarray(
        np.float32(2.0) * fft.irfft(np.pad(spectrum, ((0, 0), (0, length - spectrum.shape[1] + 1))), 2 * length, axis=1)[:, : 2 * frames]
    )
