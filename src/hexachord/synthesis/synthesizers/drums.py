"""Drum kits of our own: the recipes of analogue machines, and skins and plates written as their modes.

A circular skin rings at the zeros of Bessel functions, a plate at hundreds of modes that never meet (Fletcher & Rossing, ch. 18-20); drum
machines use a falling sine, noise and six squares (Werner, Abel & Smith, DAFx 2014). No two hits of a drum are alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ
from hexachord.synthesis.synthesizers.partials import UNMOVED_TOP_HZ, band_noise, damped, fall, soft_edges
from hexachord.synthesis.synthesizers.taste import spread

_SKIN = np.array([1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501, 3.600, 4.060])
_SQUARES_HZ = np.array([205.3, 304.4, 369.6, 522.7, 540.0, 800.0])
_HATS = 1


@dataclass(frozen=True, kw_only=True)
class Kit:
    """A kit's numbers: `style` decides how drums are made, the rest how they are tuned.

    `bits` and `top_hz` are those of an old sampler (0 is none); `warmth` bends what is loud (soft saturation before levelling).
    """

    style: Literal["acoustic", "808", "909", "lofi"] = "acoustic"
    kick_hz: float = spread(55.0, times=1.3)
    kick_s: float = spread(0.45, times=1.6)
    kick_bend: float = spread(2.0, times=1.7)
    kick_bend_s: float = spread(0.02, times=1.7)
    kick_click_db: float = spread(-14.0, plus=8.0)
    snare_hz: float = spread(185.0, times=1.25)
    snare_s: float = spread(0.16, times=1.5)
    wires_s: float = spread(0.26, times=1.6)
    wires_hz: float = spread(4200.0, times=1.5)
    wires_db: float = spread(-1.0, plus=5.0)
    tom_hz: float = spread(80.0, times=1.2)
    tom_s: float = spread(0.8, times=1.6)
    hat_hz: float = spread(6500.0, times=1.3)
    hat_closed_s: float = spread(0.11, times=1.7)
    hat_open_s: float = spread(0.75, times=1.5)
    cymbal_hz: float = spread(3600.0, times=1.3)
    cymbal_s: float = spread(2.4, times=1.4)
    clap_hz: float = spread(1300.0, times=1.3)
    warmth: float = spread(0.5, times=2.0)
    bits: float = 0.0
    top_hz: float = spread(19_500.0, times=1.0)


class Drum(NamedTuple):
    """A drum key: how it is made of a kit's numbers, how loud, where, and which group of keys silences it."""

    name: str
    make: Callable[[Kit, float, np.random.Generator], Float64Array]
    gain_db: float = 0.0
    pan: float = 0.0
    group: int = 0


def hit(kit: Kit, key: int, *, force: float, rng: np.random.Generator) -> Float64Array:
    """One hit of a drum of `DRUMS`, ``(1, n)``, at any level."""
    sound = DRUMS[key].make(kit, force, rng)
    sound = sound / (np.abs(sound).max() + 1e-12)
    if kit.warmth > 0.05:
        sound = _below(np.tanh(kit.warmth * 2.0 * sound) / np.tanh(kit.warmth * 2.0), UNMOVED_TOP_HZ)
    if kit.bits:
        steps = 2.0 ** (kit.bits - 1)
        sound = np.rint(sound * steps) / steps
    return soft_edges(_below(sound, kit.top_hz), rise=12)[np.newaxis]


def _below(sound: Float64Array, top_hz: float) -> Float64Array:
    from scipy import fft

    frames = int(fft.next_fast_len(sound.size + 512, real=True))
    spectrum = fft.rfft(sound, frames)
    spectrum /= np.sqrt(1.0 + (np.arange(spectrum.size) * (RATE_HZ / frames / top_hz)) ** 24)
    return np.asarray(fft.irfft(spectrum, frames)[: sound.size])


def _time(seconds: float) -> Float64Array:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _falling(hz: float, seconds: float, bend: float, bend_s: float) -> Float64Array:
    """A sine whose pitch falls to `hz` from `1 + bend` times as high."""
    time_s = _time(seconds)
    return np.asarray(np.sin(2 * np.pi * hz * (time_s - bend * bend_s * np.expm1(-time_s / bend_s))) * fall(time_s.size, seconds))


def _add(out: Float64Array, sound: Float64Array, gain_db: float) -> Float64Array:
    n = min(out.size, sound.size)
    out[:n] += 10 ** (gain_db / 20) * sound[:n]
    return out


def _burst(seconds: float, low_hz: float, high_hz: float, rng: np.random.Generator) -> Float64Array:
    noise = band_noise(seconds, low_hz, high_hz, rng=rng, top_hz=UNMOVED_TOP_HZ)
    return noise * fall(noise.size, seconds)


def _skin(hz: float, seconds: float, *, bend: float, at: float, force: float, rng: np.random.Generator) -> Float64Array:
    """A drumhead: its modes, weighted by where it is hit, over a gliding fundamental (it is tighter while it swings wide)."""
    out = _falling(hz, seconds, bend * force, 0.04)
    ratio = _SKIN[1:]
    level = 0.45 * ratio**-0.9 * 10 ** (8.0 * (force - 1.0) * np.log2(ratio) / 20) * (0.3 + at) * rng.uniform(0.5, 1.2, ratio.size)
    decay_s = 0.55 * seconds * ratio**-0.8
    return _add(out, damped(hz * ratio, level, rng.uniform(0, 6.28, ratio.size), decay_s, out.size), 0.0)


def _kick(kit: Kit, force: float, rng: np.random.Generator, *, higher: float = 1.0) -> Float64Array:
    hz, seconds = kit.kick_hz * higher * (1.0 + 0.004 * rng.normal()), kit.kick_s / higher
    bend = kit.kick_bend * (0.6 + 0.4 * force)
    if kit.style in ("808", "909"):
        out = _falling(hz, seconds, bend, kit.kick_bend_s)
    else:
        out = _skin(hz, seconds, bend=0.35 * bend, at=0.25, force=force, rng=rng)
        out = _add(out, _burst(0.06, 150.0, 900.0, rng), -16.0)
    click_hz = 3500.0 if kit.style == "909" else 2600.0
    return _add(out, _burst(0.018, 0.4 * click_hz, 1.6 * click_hz, rng), kit.kick_click_db + 9.0 * (force - 1.0))


def _snare(kit: Kit, force: float, rng: np.random.Generator, *, higher: float = 1.0) -> Float64Array:
    hz = kit.snare_hz * higher * (1.0 + 0.006 * rng.normal())
    out = np.zeros(round(max(kit.snare_s, kit.wires_s) * 1.3 * RATE_HZ))
    if kit.style in ("808", "909"):
        both = _falling(hz, kit.snare_s, 0.25, 0.02)
        _add(out, both, 0.0)
        _add(out, _falling(1.78 * hz, 0.7 * kit.snare_s, 0.2, 0.015), -5.0)
    else:
        _add(out, _skin(hz, kit.snare_s, bend=0.12, at=rng.uniform(0.3, 0.8), force=force, rng=rng), 0.0)
        _add(out, _burst(0.012, 1800.0, 7000.0, rng), -10.0 + 10.0 * (force - 1.0))
    # the wires answer a moment after the skin, the higher bands die sooner
    wires = _burst(kit.wires_s, 0.35 * kit.wires_hz, 1.3 * kit.wires_hz, rng)
    high = _burst(0.7 * kit.wires_s, kit.wires_hz, 2.6 * kit.wires_hz, rng)
    wires = _add(wires, high, -3.0 + 5.0 * (force - 1.0))
    wires *= -np.expm1(-np.arange(wires.size) / (0.0015 * RATE_HZ))
    return _add(out, wires, kit.wires_db - 6.0)


def _rim(kit: Kit, force: float, rng: np.random.Generator) -> Float64Array:
    base = 1650.0 * kit.snare_hz / 185.0
    hz = base * np.array([1.0, 1.58, 2.41, 0.31]) * (1.0 + 0.01 * rng.normal())
    out = damped(hz, np.array([1.0, 0.6, 0.35, 0.4]), rng.uniform(0, 1, 4), np.array([0.05, 0.04, 0.03, 0.09]), round(0.12 * RATE_HZ))
    return _add(out, _burst(0.01, 1500.0, 7000.0, rng), -9.0)


def _tom(step: int) -> Callable[[Kit, float, np.random.Generator], Float64Array]:
    def make(kit: Kit, force: float, rng: np.random.Generator) -> Float64Array:
        hz = kit.tom_hz * 2.0 ** (step * 3.2 / 12) * (1.0 + 0.005 * rng.normal())
        seconds = kit.tom_s * 0.92**step
        if kit.style in ("808", "909"):
            return _add(_falling(hz, seconds, 0.5, 0.05), _burst(0.08, 300.0, 3000.0, rng), -22.0 + 8.0 * (force - 1.0))
        out = _skin(hz, seconds, bend=0.15, at=rng.uniform(0.3, 0.8), force=force, rng=rng)
        return _add(out, _burst(0.02, 800.0, 5000.0, rng), -18.0 + 10.0 * (force - 1.0))

    return make


def _plate(seconds: float, low_hz: float, force: float, rng: np.random.Generator, *, tuning: np.random.Generator) -> Float64Array:
    """A cymbal or hat: hundreds of modes, the same at each hit (`tuning`), differently set off; the high ones brighter and sooner gone."""
    count = 180
    hz = np.sort(low_hz * 0.35 * (UNMOVED_TOP_HZ / (low_hz * 0.35)) ** tuning.random(count))
    level = (1.0 / (1.0 + (low_hz / hz) ** 4) / (1.0 + (hz / (11000.0 * 2.0 ** (1.2 * (force - 1.0)))) ** 3)) * rng.uniform(0.4, 1.0, count)
    decay_s = seconds * (1.3 / (1.0 + (hz / 7000.0) ** 1.3)) * tuning.uniform(0.6, 1.2, count)
    out = damped(hz, level, rng.uniform(0, 2 * np.pi, count), decay_s, round(1.2 * seconds * RATE_HZ), top_hz=UNMOVED_TOP_HZ)
    out /= np.sqrt(np.square(out[:2000]).mean()) + 1e-9
    return _add(out, _burst(0.35 * seconds, low_hz, 14000.0, rng), -1.0)


def _squares(seconds: float, low_hz: float, rng: np.random.Generator) -> Float64Array:
    """Six squares that never meet, above `low_hz`."""
    number = np.arange(1.0, 160.0, 2.0)
    hz = np.outer(_SQUARES_HZ * (1.0 + 0.002 * rng.normal(size=6)), number).ravel()
    level = np.tile(1.0 / number, 6) / (1.0 + (low_hz / hz) ** 6)
    out = damped(
        hz, level, np.tile(rng.uniform(0, 6.28, 6), (number.size, 1)).T.ravel(), np.full(hz.size, seconds), round(seconds * RATE_HZ)
    )
    return np.asarray(out / (np.sqrt(np.square(out[:2000]).mean()) + 1e-9))


def _metal(seconds: Callable[[Kit], float], low: float, *, number: int, ping_db: float = -80.0) -> Callable[..., Float64Array]:
    def make(kit: Kit, force: float, rng: np.random.Generator) -> Float64Array:
        is_hat = number < 48
        low_hz = low * (kit.hat_hz if is_hat else kit.cymbal_hz)
        if kit.style == "808" or (kit.style == "909" and is_hat):
            out = _squares(seconds(kit), low_hz, rng)
            out = _add(out, _burst(0.6 * seconds(kit), 1.2 * low_hz, 14000.0, rng), -6.0 if kit.style == "808" else 2.0)
        else:
            tuning = np.random.default_rng([number, round(kit.cymbal_hz * 10), round(kit.hat_hz * 10)])
            out = _plate(seconds(kit), low_hz, force, rng, tuning=tuning)
        if ping_db > -60:
            hz = 0.85 * kit.cymbal_hz * np.array([1.0, 1.48, 2.31])
            ping = damped(hz, np.array([1.0, 0.6, 0.4]), rng.uniform(0, 6, 3), np.full(3, 0.5 * seconds(kit)), out.size)
            out = _add(out, ping, ping_db)
        if number in (49, 52, 55, 57):  # a crash needs a moment to spread
            out *= 1.0 - 0.6 * np.exp(-np.arange(out.size) / (0.012 * RATE_HZ))
        return out

    return make


def _clap(kit: Kit, force: float, rng: np.random.Generator) -> Float64Array:
    out = np.zeros(round(0.28 * RATE_HZ))
    for start_s in np.cumsum([0.0, *rng.uniform(0.008, 0.014, 3)]):
        at = round(start_s * RATE_HZ)
        _add(out[at:], _burst(0.04, 0.6 * kit.clap_hz, 1.8 * kit.clap_hz, rng), 0.0)
    return _add(out, _burst(0.28, 0.6 * kit.clap_hz, 1.7 * kit.clap_hz, rng), -7.0)


def _cowbell(kit: Kit, force: float, rng: np.random.Generator) -> Float64Array:
    number = np.arange(1.0, 20.0, 2.0)
    hz = np.concatenate([540.0 * number, 800.0 * number]) * (kit.snare_hz / 185.0)
    return damped(hz, np.tile(1.0 / number, 2), np.zeros(hz.size), 0.4 * np.tile(number**-0.3, 2), round(0.4 * RATE_HZ))


DRUMS: dict[int, Drum] = {
    35: Drum("Low Kick", lambda kit, force, rng: _kick(kit, force, rng, higher=0.92), 3),
    36: Drum("Kick", _kick, 3),
    37: Drum("Rim", _rim, -7),
    38: Drum("Snare", _snare, 0),
    39: Drum("Clap", _clap, -4, 0.1),
    40: Drum("High Snare", lambda kit, force, rng: _snare(kit, force, rng, higher=1.15), 0),
    41: Drum("Low Floor Tom", _tom(0), 0, -0.45),
    42: Drum("Closed Hat", _metal(lambda kit: kit.hat_closed_s, 1.0, number=42), -13, 0.25, _HATS),
    43: Drum("Floor Tom", _tom(1), 0, -0.35),
    44: Drum("Pedal Hat", _metal(lambda kit: 1.3 * kit.hat_closed_s, 0.85, number=44), -16, 0.25, _HATS),
    45: Drum("Low Tom", _tom(2), 0, -0.2),
    46: Drum("Open Hat", _metal(lambda kit: kit.hat_open_s, 0.9, number=46), -13, 0.25, _HATS),
    47: Drum("Low-Mid Tom", _tom(3), 0, 0.0),
    48: Drum("High-Mid Tom", _tom(4), 0, 0.2),
    49: Drum("Crash", _metal(lambda kit: kit.cymbal_s, 0.8, number=49), -8, -0.4),
    50: Drum("High Tom", _tom(5), 0, 0.35),
    51: Drum("Ride", _metal(lambda kit: 0.8 * kit.cymbal_s, 1.2, number=51, ping_db=0.0), -14, -0.35),
    52: Drum("China", _metal(lambda kit: 0.6 * kit.cymbal_s, 0.5, number=52), -9, -0.5),
    53: Drum("Ride Bell", _metal(lambda kit: 0.7 * kit.cymbal_s, 1.4, number=53, ping_db=9.0), -12, -0.35),
    55: Drum("Splash", _metal(lambda kit: 0.4 * kit.cymbal_s, 1.1, number=55), -10, 0.4),
    56: Drum("Cowbell", _cowbell, -10, 0.2),
    57: Drum("Crash 2", _metal(lambda kit: 0.9 * kit.cymbal_s, 0.95, number=57), -8, 0.45),
    59: Drum("Ride 2", _metal(lambda kit: 0.7 * kit.cymbal_s, 1.35, number=59, ping_db=-3.0), -14, 0.4),
}
"""The drums we make ourselves; the plain kit lends the rest of General MIDI's percussion."""
