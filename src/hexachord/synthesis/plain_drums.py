"""The percussion of the plain synthesizer: skins, metal, wood and noise for the General MIDI drum keys, and a few noises of the world.

A skin is a sinusoid that falls in pitch under noise, metal is many partials at ratios that never meet, wood a few short modes (the recipes
of analogue drum machines; Cook, *Real Sound Synthesis for Interactive Applications*, 2002, ch. 12-13). Everything dies away by itself.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.plain_waves import RATE_HZ, level_out, noise_band


class Hit(NamedTuple):
    """One drum key: how it is made, how loud, where (-1 left to 1 right), and which group of keys silences it."""

    name: str
    make: Callable[[], Float64Array]
    gain_db: float = 0.0
    pan: float = 0.0
    group: int = 0


def drum_sound(key: int) -> Float32Array:
    """Sound a drum key of `KIT`, ``(n,)`` at 44.1 kHz."""
    return _finished(KIT[key].make())


def effect_sound(name: str) -> Float32Array:
    """Sound one of `EFFECTS`, ``(n,)`` at 44.1 kHz."""
    return _finished(EFFECTS[name]())


def _finished(sound: Float64Array) -> Float32Array:
    fade = min(sound.size, 600)
    sound = sound.copy()
    sound[-fade:] *= np.linspace(1, 0, fade)
    sound[: min(sound.size, 16)] *= np.linspace(0, 1, min(sound.size, 16))
    return level_out(sound)


def _time(seconds: float) -> Float64Array:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _fall(time_s: Float64Array, decay_s: float) -> Float64Array:
    """Decay by 60 dB in `decay_s`."""
    return np.asarray(np.exp(-6.9078 / decay_s * time_s))


def _skin(
    f_hz: float, decay_s: float, *, bend: float = 0.6, bend_s: float = 0.03, noise: float = 0.3, noise_hz: tuple[float, float] = (200, 2500)
) -> Float64Array:
    time_s = _time(decay_s)
    turns = f_hz * (time_s - bend * bend_s * np.expm1(-time_s / bend_s))
    sound = np.sin(2 * np.pi * turns) * _fall(time_s, decay_s)
    sound += 0.35 * np.sin(2 * np.pi * 1.59 * turns) * _fall(time_s, 0.5 * decay_s)  # the second mode of a circular membrane
    return sound + noise * noise_band(decay_s, *noise_hz, seed=round(f_hz)) * _fall(time_s, min(0.12, decay_s))


def _kick(f_hz: float, decay_s: float) -> Float64Array:
    time_s = _time(decay_s)
    turns = f_hz * (time_s - 2.2 * 0.018 * np.expm1(-time_s / 0.018))
    click = noise_band(decay_s, 1500, 6000, seed=35) * _fall(time_s, 0.02)
    return np.sin(2 * np.pi * turns) * _fall(time_s, decay_s) + 0.25 * click


def _snare(f_hz: float, rattle_hz: float, *, decay_s: float = 0.32) -> Float64Array:
    time_s = _time(decay_s)
    body = np.sin(2 * np.pi * f_hz * time_s) + 0.6 * np.sin(2 * np.pi * 1.83 * f_hz * time_s)
    wires = noise_band(decay_s, 1200, rattle_hz, seed=38) * _fall(time_s, decay_s)
    return 0.6 * body * _fall(time_s, 0.16) + 0.7 * wires


def _metal(decay_s: float, low_hz: float, *, seed: int, ping_hz: float = 0.0, high_hz: float = 15000, swell_s: float = 0.0) -> Float64Array:
    """Cymbals and hats: dense partials and noise above `low_hz`; the higher, the sooner gone."""
    rng = np.random.default_rng([seed, 49])
    time_s = _time(decay_s)
    noise = sum(
        noise_band(decay_s, low, high, seed=seed + band) * _fall(time_s, decay_s / (1 + 0.5 * band)) * level
        for band, (low, high, level) in enumerate(
            ((low_hz, 2 * low_hz, 0.7), (1.5 * low_hz, 3 * low_hz, 0.8), (min(8000.0, 3 * low_hz), high_hz, 0.7))
        )
    )
    sound = np.asarray(noise)
    for f_hz in low_hz * (1 + 3 * rng.random(14)):
        sound += 0.09 * np.sin(2 * np.pi * (f_hz * time_s + rng.random())) * _fall(time_s, decay_s * (0.5 + 0.5 * rng.random()))
    if ping_hz:
        for ratio, level in ((1.0, 1.0), (1.48, 0.6), (2.31, 0.4)):
            sound += level * np.sin(2 * np.pi * ping_hz * ratio * time_s) * _fall(time_s, 0.6 * decay_s)
    if swell_s:
        sound *= 1 - 0.8 * np.exp(-time_s / swell_s)
    return sound


def _wood(f_hz: float, decay_s: float, *, knock: float = 0.15) -> Float64Array:
    time_s = _time(max(decay_s, 0.04))
    modes = sum(
        level * np.sin(2 * np.pi * f_hz * ratio * time_s) * _fall(time_s, decay_s / ratio)
        for ratio, level in ((1.0, 1.0), (2.57, 0.35), (4.3, 0.12))
        if f_hz * ratio < 18000
    )
    return modes + knock * noise_band(time_s[-1] + 1 / RATE_HZ, 1000, 8000, seed=round(f_hz)) * _fall(time_s, 0.015)


def _two_bars(low_hz: float, high_hz: float, decay_s: float) -> Float64Array:
    """Cowbell and agogo: two hollow tones, odd partials only."""
    time_s = _time(decay_s)
    sound = np.zeros(time_s.size)
    for f_hz in (low_hz, high_hz):
        for number in range(1, 16, 2):
            if number * f_hz < 16000:
                sound += np.sin(2 * np.pi * number * f_hz * time_s) / number * _fall(time_s, decay_s / number**0.3)
    return sound


def _bursts(count: int, apart_s: float, low_hz: float, high_hz: float, *, tail_s: float, burst_s: float = 0.012) -> Float64Array:
    """Hands, shakers and scrapes: noise in short bursts, the last of which dies away."""
    seconds = count * apart_s + tail_s
    time_s = _time(seconds)
    outline = np.zeros(time_s.size)
    for burst in range(count):
        since = time_s - burst * apart_s
        fall = tail_s if burst == count - 1 else 6 * burst_s
        outline = np.maximum(outline, np.where(since >= 0, _fall(np.maximum(since, 0), fall), 0))
    return noise_band(seconds, low_hz, high_hz, seed=count * 100 + round(low_hz)) * outline


def _shake(seconds: float, low_hz: float, high_hz: float) -> Float64Array:
    time_s = _time(seconds)
    return noise_band(seconds, low_hz, high_hz, seed=round(low_hz)) * np.square(np.sin(np.pi * np.clip(time_s / seconds, 0, 1) ** 0.5))


def _glide(from_hz: float, to_hz: float, seconds: float, *, wobble_hz: float = 0.0) -> Float64Array:
    """Whistles, birds and the cuica: one tone that moves."""
    time_s = _time(seconds)
    f_hz = from_hz * (to_hz / from_hz) ** (time_s / seconds)
    if wobble_hz:
        f_hz = f_hz * (1 + 0.03 * np.sin(2 * np.pi * wobble_hz * time_s))
    turns = np.cumsum(f_hz) / RATE_HZ
    outline = np.minimum(1, time_s / 0.01) * np.minimum(1, (seconds - time_s) / 0.04)
    return np.asarray((np.sin(2 * np.pi * turns) + 0.15 * np.sin(4 * np.pi * turns)) * outline)


def _bell(f_hz: float, decay_s: float) -> Float64Array:
    time_s = _time(decay_s)
    return np.asarray(
        sum(
            level * np.sin(2 * np.pi * f_hz * ratio * time_s) * _fall(time_s, decay_s / ratio**0.5)
            for ratio, level in ((1.0, 1.0), (2.76, 0.7), (5.4, 0.45), (1.52, 0.2))
            if f_hz * ratio < 18000
        )
    )


def _bell_tree() -> Float64Array:
    bells = [_bell(6500.0 - 330 * i, 1.0) for i in range(13)]
    sound = np.zeros(bells[0].size + 12 * 2400)
    for i, bell in enumerate(bells):
        sound[2400 * i : 2400 * i + bell.size] += bell
    return sound


def _bird() -> Float64Array:
    calls = [_glide(2600, 4200, 0.11), np.zeros(2600), _glide(4400, 3000, 0.09), np.zeros(1800), _glide(2800, 4600, 0.16, wobble_hz=30)]
    return np.concatenate(calls)


def _telephone() -> Float64Array:
    time_s = _time(1.2)
    ring = np.sin(2 * np.pi * 1320 * time_s) + np.sin(2 * np.pi * 1056 * time_s)
    return np.asarray(ring * (np.sin(2 * np.pi * 22 * time_s) > 0))


def _helicopter() -> Float64Array:
    time_s = _time(4.0)
    return noise_band(4.0, 60, 900, seed=125) * (0.15 + np.clip(np.sin(2 * np.pi * 11 * time_s), 0, 1) ** 3)


def _seashore() -> Float64Array:
    time_s = _time(6.0)
    return noise_band(6.0, 200, 5000, seed=122, slope=0.7) * (0.2 + np.square(np.sin(np.pi * time_s / 6.0)))


def _applause() -> Float64Array:
    rng = np.random.default_rng(126)
    sound = 0.15 * noise_band(4.0, 700, 5000, seed=126)
    clap = _bursts(1, 0.01, 800, 4000, tail_s=0.05)
    for start in rng.integers(0, sound.size - clap.size, 260):
        sound[start : start + clap.size] += clap * rng.uniform(0.1, 0.5)
    return sound


def _reverse(sound: Float64Array) -> Float64Array:
    return np.ascontiguousarray(sound[::-1])


EFFECTS: dict[str, Callable[[], Float64Array]] = {
    "reverse cymbal": lambda: _reverse(_metal(1.6, 3000, seed=119)),
    "fret noise": lambda: _shake(0.25, 1500, 6000),
    "breath": lambda: _shake(0.6, 800, 5000),
    "seashore": _seashore,
    "bird": _bird,
    "telephone": _telephone,
    "helicopter": _helicopter,
    "applause": _applause,
    "gunshot": lambda: _bursts(1, 0.01, 80, 3500, tail_s=0.9),
}

_HATS, _WHISTLES, _GUIROS, _CUICAS, _TRIANGLES = 1, 2, 3, 4, 5

KIT: dict[int, Hit] = {
    27: Hit("High Q", lambda: _glide(3200, 300, 0.09), -8),
    28: Hit("Slap", lambda: _bursts(1, 0.01, 600, 5000, tail_s=0.08), -4),
    29: Hit("Scratch Push", lambda: _shake(0.12, 900, 4000), -8),
    30: Hit("Scratch Pull", lambda: _shake(0.16, 500, 3000), -8),
    31: Hit("Sticks", lambda: _wood(2400, 0.05), -6),
    32: Hit("Square Click", lambda: _wood(1500, 0.03, knock=0.4), -8),
    33: Hit("Metronome Click", lambda: _wood(1900, 0.05), -8),
    34: Hit("Metronome Bell", lambda: _bell(1600, 0.7), -8),
    35: Hit("Acoustic Bass Drum", lambda: _kick(48, 0.45), 3),
    36: Hit("Bass Drum", lambda: _kick(55, 0.38), 3),
    37: Hit("Side Stick", lambda: _wood(1650, 0.07, knock=0.5), -5),
    38: Hit("Snare", lambda: _snare(185, 9000)),
    39: Hit("Hand Clap", lambda: _bursts(4, 0.011, 900, 3500, tail_s=0.16), -3, 0.1),
    40: Hit("Electric Snare", lambda: _snare(220, 12000, decay_s=0.26)),
    41: Hit("Low Floor Tom", lambda: _skin(78, 0.75), 0, -0.45),
    42: Hit("Closed Hi-Hat", lambda: _metal(0.09, 5200, seed=42), -10, 0.3, _HATS),
    43: Hit("High Floor Tom", lambda: _skin(95, 0.7), 0, -0.35),
    44: Hit("Pedal Hi-Hat", lambda: _metal(0.12, 4600, seed=44), -12, 0.3, _HATS),
    45: Hit("Low Tom", lambda: _skin(115, 0.62), 0, -0.2),
    46: Hit("Open Hi-Hat", lambda: _metal(0.75, 4800, seed=46), -10, 0.3, _HATS),
    47: Hit("Low-Mid Tom", lambda: _skin(138, 0.56), 0, 0.0),
    48: Hit("High-Mid Tom", lambda: _skin(165, 0.5), 0, 0.2),
    49: Hit("Crash Cymbal", lambda: _metal(2.4, 2600, seed=49, swell_s=0.006), -5, -0.4),
    50: Hit("High Tom", lambda: _skin(195, 0.45), 0, 0.35),
    51: Hit("Ride Cymbal", lambda: _metal(1.9, 3600, seed=51, ping_hz=3100), -10, -0.35),
    52: Hit("China Cymbal", lambda: _metal(1.5, 1900, seed=52), -6, -0.5),
    53: Hit("Ride Bell", lambda: _bell(1270, 1.6) + 0.3 * _metal(1.6, 4000, seed=53), -9, -0.35),
    54: Hit("Tambourine", lambda: _bursts(3, 0.018, 6000, 14000, tail_s=0.2), -10, 0.2),
    55: Hit("Splash Cymbal", lambda: _metal(0.9, 3400, seed=55), -7, 0.4),
    56: Hit("Cowbell", lambda: _two_bars(540, 800, 0.35), -9, 0.2),
    57: Hit("Crash Cymbal 2", lambda: _metal(2.1, 3000, seed=57, swell_s=0.006), -5, 0.45),
    58: Hit("Vibraslap", lambda: _bursts(14, 0.028, 2200, 5000, tail_s=0.1, burst_s=0.004), -8, -0.3),
    59: Hit("Ride Cymbal 2", lambda: _metal(1.7, 3900, seed=59, ping_hz=3400), -10, 0.4),
    60: Hit("High Bongo", lambda: _skin(420, 0.22, bend=0.1, noise=0.2), -4, 0.35),
    61: Hit("Low Bongo", lambda: _skin(300, 0.26, bend=0.1, noise=0.2), -4, 0.35),
    62: Hit("Mute High Conga", lambda: _skin(330, 0.11, bend=0.1, noise=0.4), -4, -0.3),
    63: Hit("Open High Conga", lambda: _skin(300, 0.38, bend=0.08, noise=0.15), -3, -0.3),
    64: Hit("Low Conga", lambda: _skin(210, 0.42, bend=0.08, noise=0.15), -3, -0.3),
    65: Hit("High Timbale", lambda: _skin(440, 0.4, bend=0.05, noise=0.35, noise_hz=(1500, 6000)), -4, 0.3),
    66: Hit("Low Timbale", lambda: _skin(310, 0.45, bend=0.05, noise=0.35, noise_hz=(1200, 5000)), -4, 0.3),
    67: Hit("High Agogo", lambda: _two_bars(910, 1440, 0.35), -9, -0.35),
    68: Hit("Low Agogo", lambda: _two_bars(680, 1080, 0.4), -9, -0.35),
    69: Hit("Cabasa", lambda: _shake(0.11, 5000, 12000), -10, -0.3),
    70: Hit("Maracas", lambda: _shake(0.07, 6000, 13000), -10, -0.4),
    71: Hit("Short Whistle", lambda: _glide(2350, 2450, 0.18, wobble_hz=38), -10, 0.3, _WHISTLES),
    72: Hit("Long Whistle", lambda: _glide(2350, 2450, 0.6, wobble_hz=38), -10, 0.3, _WHISTLES),
    73: Hit("Short Guiro", lambda: _bursts(6, 0.014, 2000, 7000, tail_s=0.03, burst_s=0.003), -8, 0.3, _GUIROS),
    74: Hit("Long Guiro", lambda: _bursts(24, 0.016, 1800, 6500, tail_s=0.04, burst_s=0.003), -8, 0.3, _GUIROS),
    75: Hit("Claves", lambda: _wood(2500, 0.09, knock=0.05), -8, 0.2),
    76: Hit("High Wood Block", lambda: _wood(1150, 0.09), -6, 0.35),
    77: Hit("Low Wood Block", lambda: _wood(800, 0.1), -6, 0.35),
    78: Hit("Mute Cuica", lambda: _glide(420, 640, 0.12), -7, -0.3, _CUICAS),
    79: Hit("Open Cuica", lambda: _glide(380, 820, 0.3), -7, -0.3, _CUICAS),
    80: Hit("Mute Triangle", lambda: _bell(4100, 0.12), -14, 0.4, _TRIANGLES),
    81: Hit("Open Triangle", lambda: _bell(4100, 2.2), -14, 0.4, _TRIANGLES),
    82: Hit("Shaker", lambda: _shake(0.1, 4500, 12000), -11, -0.2),
    83: Hit("Sleigh Bells", lambda: _bursts(5, 0.03, 5500, 12000, tail_s=0.35, burst_s=0.01), -11, 0.2),
    84: Hit("Bell Tree", _bell_tree, -12, -0.2),
    85: Hit("Castanets", lambda: _bursts(3, 0.03, 1800, 4500, tail_s=0.05, burst_s=0.004), -7, 0.2),
    86: Hit("Mute Surdo", lambda: _skin(82, 0.25, bend=0.2), 0, -0.2),
    87: Hit("Open Surdo", lambda: _skin(76, 0.9, bend=0.2), 0, -0.2),
}
"""The drum keys of General MIDI 2: 27 to 87."""
