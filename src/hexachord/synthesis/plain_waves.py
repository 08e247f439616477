"""The waveforms of the plain synthesizer, made of partials: tones that are struck and die away, and tones that are held and loop.

Additive synthesis (Risset & Mathews, *Analysis of musical-instrument tones*, Physics Today 22(2), 1969). A struck tone is a sum of damped
partials, stretched by stiffness (Fletcher, JASA 36(1), 1964) and combed by where it is struck. A held tone is the inverse Fourier transform
of a spectrum of harmonics, so its loop closes exactly and nothing lies above half the rate.
"""

from dataclasses import dataclass

import numpy as np
from scipy import fft

from hexachord.arrays import Float32Array, Float64Array

RATE_HZ = 44100.0
_HIGHEST_HZ = 17000.0  # a zone is played up to two semitones above its root: this stays below half the rate
_MOST_PARTIALS = 48
_LEVEL = 0.1  # root mean square of a loop, and of the loudest tenth of a second of what dies away
_PEAK = 0.7
_GRID_S = 0.0058  # damped partials are computed as a coarse grid times a fine one


@dataclass(frozen=True, kw_only=True)
class Struck:
    """A tone that dies away.

    Attributes
    ----------
    decay_s : time in which the lowest partial of middle C falls by 60 dB; lower keys last longer
    tilt_db : per octave above the fundamental
    treble_decay : how much sooner high partials are gone: partial k lasts ``k ** -treble_decay`` as long
    stiffness : inharmonicity B of middle C: partial k is stretched by ``sqrt(1 + B k k)``
    strike_at : where the string is struck or plucked, as part of its length; 0 leaves all partials
    strings : how many of them sound for a key, a little apart
    ratios, levels_db : of the partials, when they are no harmonics (bars, bells, plates)
    knock_db, knock_hz : noise of hammer, pick or mallet, and how high it lies
    release_s : time in which it falls by 60 dB when the key is let go
    """

    decay_s: float = 4.0
    tilt_db: float = -7.0
    treble_decay: float = 0.6
    stiffness: float = 0.0
    strike_at: float = 0.0
    strings: int = 1
    ratios: tuple[float, ...] = ()
    levels_db: tuple[float, ...] = ()
    knock_db: float = -100.0
    knock_hz: float = 2500.0
    release_s: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Held:
    """A tone that sounds as long as it is held.

    Attributes
    ----------
    tilt_db : per octave above the fundamental
    even_db : level of the even harmonics (a cylinder closed at one end has few)
    drawbars : levels of the first harmonics, 0 to 8 as on an organ; then `tilt_db` is of no matter
    formants : (frequency in Hz, gain in dB, width in Hz) of resonances that stay where they are
    cutoff_hz : nothing much sounds above it
    spread_cents, players : an ensemble: that many lines for each harmonic, strewn so wide
    breath_db : noise that blows along
    attack_s, release_s : how fast it comes and goes
    vibrato_cents : depth, once the tone has been held for a moment
    """

    tilt_db: float = -8.0
    even_db: float = 0.0
    drawbars: tuple[int, ...] = ()
    formants: tuple[tuple[float, float, float], ...] = ()
    cutoff_hz: float = 9000.0
    spread_cents: float = 0.0
    players: int = 1
    breath_db: float = -100.0
    attack_s: float = 0.03
    release_s: float = 0.15
    vibrato_cents: float = 0.0


def struck_frames(struck: Struck, f0_hz: float) -> int:
    """How long a struck tone is."""
    return round(_longest_s(struck, f0_hz) * RATE_HZ)


def held_loop(held: Held, f0_hz: float) -> tuple[int, int]:
    """How many periods of a held tone are looped, and how many frames they take: a length that is quickly transformed."""
    moves = held.players > 1 or held.breath_db > -90
    return closed_loop(f0_hz, seconds=2.5 if moves else 0.12)


def closed_loop(f0_hz: float, *, seconds: float) -> tuple[int, int]:
    """How many whole periods last about so long, and how many frames hold them: a length that is quickly transformed."""
    periods = max(4, round(seconds * f0_hz))
    return periods, int(fft.next_fast_len(round(periods * RATE_HZ / f0_hz), real=True))


def struck_tone(struck: Struck, f0_hz: float, *, seed: int = 0) -> Float32Array:
    """Sound a struck tone, ``(n,)``, at `RATE_HZ`."""
    rng = np.random.default_rng([seed, round(f0_hz * 100)])
    octaves = np.log2(f0_hz / 261.63)
    ratio, level = _partials(struck, f0_hz)
    longest_s = _longest_s(struck, f0_hz)
    order = ratio / ratio[0]
    decay_s = longest_s * order**-struck.treble_decay
    frequency_hz = (
        f0_hz
        * ratio
        * np.sqrt(1.0 + struck.stiffness * 2.0 ** (1.2 * octaves) * np.square(order))
        / (np.sqrt(1.0 + struck.stiffness * 2.0 ** (1.2 * octaves)) * ratio[0])
    )
    heard = (frequency_hz < _HIGHEST_HZ) & (level > 1e-4)
    frames = round(longest_s * RATE_HZ)
    out = np.zeros(frames)
    for f_hz, amplitude, fall_s in zip(frequency_hz[heard], level[heard], decay_s[heard], strict=True):
        for string in range(struck.strings):
            # strings of one key stand a third of a hertz or so apart, which lets the tone bloom; together they are in tune
            apart_hz = 0.0 if struck.strings == 1 else (string - 0.5 * (struck.strings - 1)) * min(0.5, 0.0009 * f_hz)
            _add_damped(out, f_hz + apart_hz, amplitude / struck.strings, fall_s * (1.0 if string == 0 else 0.6), rng.uniform(-0.4, 0.4))
    if struck.knock_db > -90:
        _add_knock(out, struck, float(level.max()), rng)
    _fade_in(out)
    out[-min(frames, 400) :] *= np.linspace(1, 0, min(frames, 400))
    return levelled(out, span_s=0.1)


def held_tone(held: Held, f0_hz: float, *, channels: int = 1, seed: int = 0) -> Float32Array:
    """Make one loop of a held tone, (channels, n) at `RATE_HZ`; its true frequency is that of `held_loop`'s whole periods."""
    rng = np.random.default_rng([seed, round(f0_hz * 100)])
    cycles, frames = held_loop(held, f0_hz)
    true_hz = cycles * RATE_HZ / frames
    number = np.arange(1, max(2, int(_HIGHEST_HZ / true_hz) + 1))
    level = _spectrum(held, number, true_hz)
    keep = level > 1e-5 * level.max()
    number, level = number[keep], level[keep]
    spectrum = np.zeros((channels, frames // 2 + 1), dtype=np.complex128)
    for channel in range(channels):
        if held.players == 1:
            phase = rng.uniform(0, 2 * np.pi, number.size)
            spectrum[channel, number * cycles] = level * np.exp(1j * phase)
            continue
        # a player is off by as many cents on every harmonic (all together by none); the lines fall on the grid of the loop
        for place in np.linspace(-1.0, 1.0, held.players):
            cents = 1.4 * held.spread_cents * place
            bins = np.rint(number * cycles * 2.0 ** (cents / 1200) + rng.uniform(-0.5, 0.5, number.size)).astype(np.int64)
            inside = bins < spectrum.shape[1]
            line = level / (1.0 + 1.5 * place**2) * np.exp(2j * np.pi * rng.uniform(size=number.size))
            np.add.at(spectrum[channel], bins[inside], line[inside])
    if held.breath_db > -90:
        frequency_hz = np.arange(spectrum.shape[1]) * RATE_HZ / frames
        shape = (frequency_hz / (frequency_hz + true_hz)) / (1.0 + np.square(frequency_hz / held.cutoff_hz))
        noise = rng.normal(size=spectrum.shape) + 1j * rng.normal(size=spectrum.shape)
        noise *= shape * (frequency_hz < _HIGHEST_HZ)
        power = np.square(np.abs(spectrum)).sum()
        spectrum += noise * np.sqrt(power / np.square(np.abs(noise)).sum()) * 10 ** (held.breath_db / 20)
    loop = fft.irfft(spectrum, frames, axis=1)
    loop = np.roll(loop, -int(np.argmin(np.abs(loop).sum(axis=0))), axis=1)  # begin where it is near 0
    return levelled(loop, span_s=None)


def noise_band(seconds: float, low_hz: float, high_hz: float, *, seed: int, slope: float = 2.0) -> Float64Array:
    """Noise between two frequencies, with soft edges, at a root mean square of 1."""
    frames = round(seconds * RATE_HZ)
    spectrum = fft.rfft(np.random.default_rng([seed, 7]).standard_normal(frames))
    frequency_hz = np.maximum(fft.rfftfreq(frames, 1 / RATE_HZ), 1.0)
    spectrum /= np.sqrt((1.0 + (low_hz / frequency_hz) ** (2 * slope)) * (1.0 + (frequency_hz / high_hz) ** (2 * slope)))
    spectrum[frequency_hz > 19000] = 0
    noise = fft.irfft(spectrum, frames)
    return np.asarray(noise / max(1e-12, float(np.sqrt(np.square(noise).mean()))))


def level_out(sound: Float64Array, *, gain: float = 1.0) -> Float32Array:
    """Scale what dies away to the bank's common level."""
    return levelled(sound, span_s=0.1) * np.float32(gain)


def levelled(sound: Float64Array, *, span_s: float | None) -> Float32Array:
    """Scale a sound, ``(n,)`` or ``(channels, n)``, to the common level: of all of it, or of its loudest `span_s`; peaks are held down."""
    power = np.square(sound) if sound.ndim == 1 else np.square(sound).mean(axis=0)
    if span_s is None:
        loudest = float(power.mean())
    else:
        span = min(power.size, round(span_s * RATE_HZ))
        total = np.concatenate([[0.0], np.cumsum(power)])
        loudest = float((total[span:] - total[:-span]).max() / span)
    gain = _LEVEL / np.sqrt(max(loudest, 1e-20))
    peak = float(np.abs(sound).max(initial=0.0))
    return np.asarray(sound * min(gain, _PEAK / max(peak, 1e-20)), dtype=np.float32)


def _longest_s(struck: Struck, f0_hz: float) -> float:
    return float(np.clip(struck.decay_s * (f0_hz / 261.63) ** -0.6, 0.05, 12.0))


def _partials(struck: Struck, f0_hz: float) -> tuple[Float64Array, Float64Array]:
    if struck.ratios:
        return np.asarray(struck.ratios), 10 ** (np.asarray(struck.levels_db) / 20)
    ratio = np.arange(1.0, max(2, min(_MOST_PARTIALS, int(_HIGHEST_HZ / f0_hz))) + 1)
    level = 10 ** (struck.tilt_db * np.log2(ratio) / 20)
    if struck.strike_at:
        level *= np.abs(np.sin(np.pi * ratio * struck.strike_at)) / np.sin(np.pi * struck.strike_at)
    if f0_hz < 130:  # a soundboard gives back little of the lowest partials of low strings
        level /= np.sqrt(1.0 + (90.0 / (ratio * f0_hz)) ** 4)
    return ratio, level


def _spectrum(held: Held, number: np.ndarray, f0_hz: float) -> Float64Array:
    frequency_hz = number * f0_hz
    if held.drawbars:
        bars = np.asarray(held.drawbars, dtype=np.float64)
        level = np.zeros(number.size)
        count = min(bars.size, number.size)
        level[:count] = np.where(bars[:count] > 0, 10 ** (-3 * (8 - bars[:count]) / 20), 0.0)
    else:
        level = 10 ** (held.tilt_db * np.log2(number) / 20)
    level = np.where(number % 2 == 0, level * 10 ** (held.even_db / 20), level)
    for centre_hz, gain_db, width_hz in held.formants:
        level *= 10 ** (gain_db / 20 / (1.0 + np.square((frequency_hz - centre_hz) / (0.5 * width_hz))))
    return np.asarray(level / (1.0 + (frequency_hz / held.cutoff_hz) ** 3))


def _add_damped(out: Float64Array, f_hz: float, amplitude: float, decay_s: float, phase: float) -> None:
    """Add a damped sinusoid: a coarse grid of complex numbers times a fine one, instead of an exponential for every sample."""
    frames = min(out.size, round(decay_s * 1.2 * RATE_HZ))
    fine = round(_GRID_S * RATE_HZ)
    step = -np.log(1000.0) / (decay_s * RATE_HZ) + 2j * np.pi * f_hz / RATE_HZ
    coarse = np.exp(step * fine * np.arange(-(-frames // fine)) + 1j * phase) * amplitude
    out[:frames] += np.outer(coarse, np.exp(step * np.arange(fine))).imag.reshape(-1)[:frames]


def _add_knock(out: Float64Array, struck: Struck, level: float, rng: np.random.Generator) -> None:
    seconds = min(0.12, out.size / RATE_HZ)
    noise = noise_band(seconds, 0.4 * struck.knock_hz, 1.6 * struck.knock_hz, seed=int(rng.integers(1 << 30)))
    noise *= np.exp(-np.arange(noise.size) / (0.012 * RATE_HZ))
    out[: noise.size] += level * 10 ** (struck.knock_db / 20) * noise


def _fade_in(out: Float64Array) -> None:
    frames = min(out.size, 24)
    out[:frames] *= np.linspace(0, 1, frames, endpoint=False)
