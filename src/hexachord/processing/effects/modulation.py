"""What moves: chorus, flanger, phaser, tremolo, vibrato, rotary loudspeaker, wow and flutter.

Delays that glide are read between samples (`hexachord.dsp.fractional`; Dattorro, *Effect design, part 2: delay-line modulation and
chorus*, JAES 45(10), 1997). A flanger's feedback is written out as echoes of echoes, which are soft after a few. A phaser's chain of
all-pass filters is cross-faded from one setting to the next every 12 ms, in the frequency domain.
"""

from collections.abc import Callable

import numpy as np
from scipy import fft

from hexachord.arrays import ComplexArray, Float32Array, Float64Array
from hexachord.dsp.fractional import TAPS, read_between
from hexachord.processing.effects.effect import Blend, Clocked, Late, Pointwise, Processor, effect, within
from hexachord.processing.effects.equalizer import low_pass
from hexachord.processing.effects.levels import swing

Curve = Callable[[Float64Array], Float64Array]


class Moving:
    """A sum of gliding delays for each channel: ``taps[channel]`` holds pairs of a gain and a delay in seconds over time in seconds."""

    def __init__(self, taps: list[list[tuple[float, Curve]]], *, rate_hz: int, longest_s: float) -> None:
        self._taps = taps
        self._rate_hz = rate_hz
        self._longest = longest_s * rate_hz
        self._past = np.zeros((len(taps), int(self._longest) + 2 * TAPS), dtype=np.float32)
        self._at = 0

    def __call__(self, block: Float32Array) -> Float32Array:
        """Take the next frames, return as many."""
        frames, kept = block.shape[1], self._past.shape[1]
        out = np.zeros(block.shape, dtype=np.float32)
        if not frames:
            return out
        joined = np.concatenate([self._past, block], axis=1)
        self._past = joined[:, frames:].copy()
        places = np.arange(kept, kept + frames, dtype=np.float64)
        for channel, pairs in enumerate(self._taps):
            for gain, curve in pairs:
                delay = swing(curve, self._at, frames, self._rate_hz).astype(np.float64) * self._rate_hz
                out[channel] += np.float32(gain) * read_between(joined[channel], places - np.clip(delay, TAPS // 2, self._longest))
        self._at += frames
        return out


@effect
def chorus(
    rate_hz: int,
    channels: int,
    *,
    voices: int = 3,
    speed_hz: float = 0.6,
    depth_s: float = 0.0025,
    delay_s: float = 0.015,
    mix: float = 0.4,
    seed: int = 0,
) -> Processor:
    """Sound like several: copies whose delays glide, each in its own phase, other ones on each side.

    Parameters
    ----------
    voices : how many copies
    speed_hz : how often their delays swing
    depth_s, delay_s : how far, and around what
    mix : share of the copies
    seed : of their phases
    """
    random = np.random.default_rng([seed, 23])
    count, delay = int(within(voices, 1, 8)), within(delay_s, 0.001, 0.1)
    depth = within(depth_s, 0.0, delay)
    taps = []
    for channel in range(channels):
        pairs: list[tuple[float, Curve]] = []
        for voice in range(count):
            phase = 2 * np.pi * (voice / count + 0.25 * channel) + random.uniform(-0.5, 0.5)
            pairs.append((1 / np.sqrt(count), _sine(delay * random.uniform(0.85, 1.15), depth, speed_hz * random.uniform(0.9, 1.1), phase)))
        taps.append(pairs)
    wet = Pointwise(Moving(taps, rate_hz=rate_hz, longest_s=2.2 * delay + 0.001), channels)
    share = within(mix, 0.0, 1.0)
    return Blend(wet, dry_gain=float(np.sqrt(1 - share)), wet_gain=float(np.sqrt(share)))


@effect
def doubler(
    rate_hz: int,
    channels: int,
    *,
    delay_s: float = 0.018,
    depth_s: float = 0.002,
    speed_hz: float = 0.3,
    spread: float = 1.0,
    seed: int = 0,
) -> Processor:
    """Play it twice, left and right: the left is on time, the right a little late and never twice the same.

    Parameters
    ----------
    delay_s : how late the second is, in the mean
    depth_s, speed_hz : how far it wanders, and how fast
    spread : 1 each on its own side, 0 both in the middle
    seed : of the wandering

    Other than with two channels, it only adds the second to the first.
    """
    random = np.random.default_rng([seed, 61])
    delay = within(delay_s, 0.002, 0.1)
    depth = within(depth_s, 0.0, 0.4 * delay)
    phases = random.uniform(0, 2 * np.pi, 2)

    def wander(t: Float64Array) -> Float64Array:
        slow, fast = np.sin(2 * np.pi * speed_hz * t + phases[0]), np.sin(2 * np.pi * 2.7 * speed_hz * t + phases[1])
        return np.asarray(delay + depth * (0.7 * slow + 0.3 * fast))

    second = Moving([[(1.0, wander)]], rate_hz=rate_hz, longest_s=2.0 * delay + 0.001)
    near, far = np.cos(0.25 * np.pi * (1 - within(spread, 0.0, 1.0))), np.sin(0.25 * np.pi * (1 - within(spread, 0.0, 1.0)))

    def twice(block: Float32Array) -> Float32Array:
        middle = block.mean(axis=0, keepdims=True, dtype=np.float32)
        late = second(middle)
        if channels != 2:
            return np.asarray((block + late) * np.float32(np.sqrt(0.5)))
        gains = np.array([[near, far], [far, near]], dtype=np.float32)
        return np.asarray(gains @ np.concatenate([middle, late]))

    return Pointwise(twice, channels)


@effect
def flanger(
    rate_hz: int,
    channels: int,
    *,
    speed_hz: float = 0.25,
    depth_s: float = 0.002,
    delay_s: float = 0.001,
    feedback: float = 0.5,
    mix: float = 0.5,
    stereo_phase: float = 0.25,
) -> Processor:
    """Sweep a comb: a copy whose delay glides from `delay_s` to `delay_s` + `depth_s`.

    Parameters
    ----------
    feedback : -0.9 to 0.9, how much of the copy is copied again; negative ones are hollow
    stereo_phase : how far the right side is ahead, in turns
    """
    back, delay, depth = within(feedback, -0.9, 0.9), within(delay_s, 1e-4, 0.02), within(depth_s, 0.0, 0.02)
    echoes = 1 if abs(back) < 0.05 else min(12, int(np.ceil(np.log(0.03) / np.log(abs(back)))))
    taps = []
    for channel in range(channels):
        phase = 2 * np.pi * stereo_phase * channel
        taps.append([(back**k, _sine((k + 1) * (delay + depth / 2), (k + 1) * depth / 2, speed_hz, phase)) for k in range(echoes)])
    wet = Pointwise(Moving(taps, rate_hz=rate_hz, longest_s=(echoes + 1) * (delay + depth)), channels)
    share = within(mix, 0.0, 1.0)
    return Blend(wet, dry_gain=1 - share, wet_gain=share)


@effect
def phaser(
    rate_hz: int,
    channels: int,
    *,
    stages: int = 4,
    speed_hz: float = 0.4,
    low_hz: float = 300.0,
    high_hz: float = 2000.0,
    feedback: float = 0.3,
    mix: float = 0.5,
    stereo_phase: float = 0.0,
) -> Processor:
    """Sweep notches through the spectrum: a chain of all-pass filters whose corner swings between two frequencies.

    Parameters
    ----------
    stages : filters in the chain; each two make a notch
    feedback : -0.9 to 0.9, makes the peaks between the notches sharp
    """
    count, back, share = int(within(stages, 1, 24)), within(feedback, -0.9, 0.9), within(mix, 0.0, 1.0)
    low, high = (np.log(within(hz, 20.0, 0.45 * rate_hz)) for hz in (low_hz, high_hz))
    phases = 2 * np.pi * stereo_phase * np.arange(channels)

    def response(time_s: Float64Array, angle: Float64Array) -> ComplexArray:
        place = 0.5 + 0.5 * np.sin(2 * np.pi * speed_hz * time_s[:, None] + phases)
        tangent = np.tan(np.pi * np.exp(low + (high - low) * place) / rate_hz)
        pole = ((tangent - 1) / (tangent + 1))[..., None]
        later = np.exp(-1j * angle)
        chain = ((pole + later) / (1 + pole * later)) ** count
        return np.asarray((1 - share) + share * chain / (1 - back * chain))

    engine = _Gliding(response, rate_hz=rate_hz, channels=channels)
    return Late(engine, channels, late_frames=engine.late, step=engine.late)


class _Gliding:
    """A filter that changes: stretches of sound, cross-faded, each through the filter of its moment."""

    def __init__(self, response: Callable[[Float64Array, Float64Array], ComplexArray], *, rate_hz: int, channels: int) -> None:
        self._hop = 1 << round(np.log2(0.0116 * rate_hz))
        self.late = self._hop
        self._response, self._rate_hz = response, rate_hz
        self._window = np.square(np.sin(np.pi * (np.arange(2 * self._hop) + 0.5) / (2 * self._hop))).astype(np.float32)
        self._angle = np.pi * np.arange(2 * self._hop + 1) / (2 * self._hop)
        self._in = np.zeros((channels, self._hop), dtype=np.float32)  # stretches begin a hop before the sound
        self._out = np.zeros((channels, 4 * self._hop), dtype=np.float32)
        self._index = 0

    def __call__(self, block: Float32Array) -> Float32Array:
        hop = self._hop
        joined = np.concatenate([self._in, block], axis=1)
        count = joined.shape[1] // hop - 1
        if count <= 0:
            self._in = joined
            return joined[:, :0]
        self._in = joined[:, count * hop :]
        out = np.concatenate([self._out[:, : 3 * hop], np.zeros((block.shape[0], (count + 1) * hop), dtype=np.float32)], axis=1)
        for first in range(0, count, 64):
            last = min(first + 64, count)
            stretches = np.stack([joined[:, k * hop : (k + 2) * hop] * self._window for k in range(first, last)])
            time_s = (self._index + np.arange(first, last)) * hop / self._rate_hz
            spectra = fft.rfft(stretches, 4 * hop, axis=2) * self._response(time_s, self._angle).astype(np.complex64)
            sounds = fft.irfft(spectra, 4 * hop, axis=2)
            for k in range(first, last):
                out[:, k * hop : (k + 4) * hop] += sounds[k - first]
        self._index += count
        self._out = out[:, count * hop :]
        return out[:, : count * hop]


@effect
def tremolo(
    rate_hz: int, channels: int, *, speed_hz: float = 5.0, depth_db: float = 6.0, stereo_phase: float = 0.0, square: float = 0.0
) -> Processor:
    """Let the level swing; with `stereo_phase` 0.5 the sound goes from side to side, with `square` near 1 it is chopped."""
    depth, hard = within(depth_db, 0.0, 80.0), within(square, 0.0, 0.99)

    def waves(block: Float32Array, at: int) -> Float32Array:
        rows = []
        for channel in range(block.shape[0]):
            phase = 2 * np.pi * stereo_phase * channel
            rows.append(swing(lambda t, p=phase: _bent(np.sin(2 * np.pi * speed_hz * t + p), hard), at, block.shape[1], rate_hz))  # type: ignore[misc]
        return np.asarray(block * np.power(np.float32(10.0), np.stack(rows) * np.float32(depth / 40) - np.float32(depth / 40)))

    return Clocked(waves, channels)


@effect
def vibrato(rate_hz: int, channels: int, *, speed_hz: float = 5.5, depth_cents: float = 25.0) -> Processor:
    """Let the pitch swing."""
    speed = within(speed_hz, 0.05, 50.0)
    swing_s = min((2 ** (within(depth_cents, 0.0, 400.0) / 1200) - 1) / (2 * np.pi * speed), 0.05)
    return _in_step(lambda t: swing_s * np.sin(2 * np.pi * speed * t), swing_s, rate_hz, channels)


@effect
def wow_flutter(
    rate_hz: int,
    channels: int,
    *,
    wow: float = 0.0015,
    flutter: float = 0.0006,
    wow_hz: float = 0.6,
    flutter_hz: float = 7.0,
    seed: int = 0,
) -> Processor:
    """Run as unevenly as a tape or a turntable.

    Parameters
    ----------
    wow, flutter : peak deviation of the speed, as a share of it: slow and fast; 0.001 is heard on long notes
    wow_hz, flutter_hz : about how often
    seed : of what each turn does differently
    """
    random = np.random.default_rng([seed, 29])
    parts = []
    for share, speed in ((within(wow, 0.0, 0.05), within(wow_hz, 0.1, 5.0)), (within(flutter, 0.0, 0.05), within(flutter_hz, 2.0, 50.0))):
        for weight, factor in ((0.6, 1.0), (0.3, 1.73), (0.2, 0.59)):
            hz = speed * factor * random.uniform(0.93, 1.07)
            parts.append((share * weight / (2 * np.pi * hz), hz, random.uniform(0, 2 * np.pi)))
    most_s = sum(part[0] for part in parts)

    def deviation(t: Float64Array) -> Float64Array:
        return np.asarray(sum(depth * np.sin(2 * np.pi * hz * t + phase) for depth, hz, phase in parts))

    return _in_step(deviation, most_s, rate_hz, channels)


@effect
def rotary(
    rate_hz: int, channels: int, *, speed_hz: float = 6.6, crossover_hz: float = 800.0, depth: float = 1.0, mix: float = 1.0
) -> Processor:
    """Turn the horn and the drum of a rotary loudspeaker, heard by two microphones: pitch, level and brightness go round.

    Parameters
    ----------
    speed_hz : of the horn: about 0.8 slow, 6.6 fast; the drum is a little slower
    depth : 1 is a real one
    """
    share = within(mix, 0.0, 1.0)
    rotor = _Rotor(rate_hz, channels, within(speed_hz, 0.05, 15.0), crossover_hz, within(depth, 0.0, 2.0))
    return Blend(rotor, dry_gain=1 - share, wet_gain=share)


class _Rotor:
    def __init__(self, rate_hz: int, channels: int, speed_hz: float, crossover_hz: float, depth: float) -> None:
        self.channels = channels
        self._low = low_pass.processor(rate_hz, channels, cutoff_hz=crossover_hz, order=1)
        self._parts = []
        for speed, radius_s, swing_db in ((speed_hz, 0.00045 * depth, 4.0 * depth), (0.88 * speed_hz, 0.00015 * depth, 2.0 * depth)):
            taps: list[list[tuple[float, Curve]]] = [
                [(1.0, _sine(radius_s + 0.0003, radius_s, speed, np.pi * channel))] for channel in range(channels)
            ]
            level = Clocked(_swell(speed, swing_db, channels, rate_hz), channels)
            self._parts.append((Moving(taps, rate_hz=rate_hz, longest_s=0.004), level))

    def process(self, block: Float32Array) -> Float32Array:
        low = self._low.process(block)
        (horn, horn_level), (drum, drum_level) = self._parts
        return horn_level.process(horn(block - low)) + drum_level.process(drum(low))

    def finish(self) -> Float32Array:
        return np.zeros((self.channels, 0), dtype=np.float32)


def _swell(speed_hz: float, swing_db: float, channels: int, rate_hz: int) -> Callable[[Float32Array, int], Float32Array]:
    def swell(block: Float32Array, at: int) -> Float32Array:
        round_about = [
            swing(lambda t, c=channel: np.cos(2 * np.pi * speed_hz * t + np.pi * c), at, block.shape[1], rate_hz)  # type: ignore[misc]
            for channel in range(channels)
        ]
        return np.asarray(block * np.power(np.float32(10.0), np.stack(round_about) * np.float32(swing_db / 40)))

    return swell


def _in_step(deviation_s: Curve, most_s: float, rate_hz: int, channels: int) -> Processor:
    """A delay that swings around nothing: what it is late by in the mean is taken back."""
    late = int(np.ceil(most_s * rate_hz)) + TAPS
    taps: list[list[tuple[float, Curve]]] = [[(1.0, lambda t: late / rate_hz + deviation_s(t))]] * channels
    return Late(Moving(taps, rate_hz=rate_hz, longest_s=(2 * late + TAPS) / rate_hz), channels, late_frames=late)


def _sine(middle: float, depth: float, speed_hz: float, phase: float) -> Curve:
    return lambda t: middle + depth * np.sin(2 * np.pi * speed_hz * t + phase)


def _bent(wave: Float64Array, hard: float) -> Float64Array:
    return wave if hard <= 0 else np.asarray(np.tanh(wave / (1 - hard)) / np.tanh(1 / (1 - hard)))
