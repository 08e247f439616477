"""Signals of which one can say on paper what each descriptor must be."""

from functools import cache

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio_analysis.descriptors import FAMILIES, OPTIONAL_FAMILIES, FrameDescriptors, describe_frames

RATE_HZ = 22050
N_FFT, HOP, BINS = 2048, 512, 1025
STEP_HZ = RATE_HZ / N_FFT
CLICK_FRAME = 20  # the click stands at this frame's centre
RNG_SEED = 7
GRID_S = 21 * HOP / RATE_HZ  # a whole number of frames: every pulse looks the same


def times(seconds: float) -> FloatArray:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def sine(hz: float, *, amplitude: float = 0.5, seconds: float = 3.0) -> FloatArray:
    return amplitude * np.sin(2 * np.pi * hz * times(seconds))


def white(*, level: float = 0.1, seconds: float = 6.0) -> FloatArray:
    return level * np.random.default_rng(RNG_SEED).standard_normal(round(seconds * RATE_HZ))


def tone(f0_hz: float, amplitudes: tuple[float, ...], *, seconds: float = 3.0) -> FloatArray:
    return np.sum([sine(f0_hz * number, amplitude=a, seconds=seconds) for number, a in enumerate(amplitudes, start=1)], axis=0)


def repeated(note: FloatArray, period_s: float, *, seconds: float = 30.0) -> FloatArray:
    """A note again and again, first after half a second."""
    out = np.zeros(round(seconds * RATE_HZ) + len(note))
    for beat_s in np.arange(0.5, seconds, period_s):
        start = round(beat_s * RATE_HZ)
        out[start : start + len(note)] += note
    return out[: round(seconds * RATE_HZ)]


def stroke() -> FloatArray:
    """A burst of noise that dies away in hundredths of a second."""
    t = times(0.05)
    return 0.2 * np.random.default_rng(RNG_SEED).standard_normal(len(t)) * np.exp(-t / 0.01)


def slow_note() -> FloatArray:
    """A tone that rises linearly for 0.04 s and then dies away."""
    t = times(0.4)
    return sine(2000, amplitude=0.2, seconds=0.4) * np.where(t < 0.04, t / 0.04, np.exp(-(t - 0.04) / 0.05))


def click() -> FloatArray:
    out = np.zeros(2 * RATE_HZ)
    out[CLICK_FRAME * HOP] = 1.0
    return out


def recursive_noise() -> FloatArray:
    """x[n] = 0.9 x[n - 1] + noise."""
    noise = white(level=0.05)
    out = np.zeros(len(noise))
    for n in range(1, len(noise)):
        out[n] = 0.9 * out[n - 1] + noise[n]
    return out


def chord(midi: tuple[int, ...], *, seconds: float) -> FloatArray:
    return np.sum([sine(440 * 2 ** ((pitch - 69) / 12), amplitude=0.1, seconds=seconds) for pitch in midi], axis=0)


def scale_of_c() -> FloatArray:
    """C major: its scale, and its triad longer."""
    notes = [chord((pitch,), seconds=0.5) for pitch in (60, 62, 64, 65, 67, 69, 71, 72)]
    return np.concatenate([*notes, chord((60, 64, 67), seconds=3.0), *notes])


def levels(*decibels: float, seconds: float) -> FloatArray:
    return np.concatenate([sine(5000, amplitude=10 ** (level / 20) * np.sqrt(2), seconds=seconds) for level in decibels])


def modulated(rate_hz: float) -> FloatArray:
    t = times(12.0)
    return (1 + 0.5 * np.sin(2 * np.pi * rate_hz * t)) * sine(1000, amplitude=0.2, seconds=12.0)


SIGNALS = {
    "sine": lambda: sine(1000),
    "a4": lambda: sine(440),
    "on_bin": lambda: sine(100 * STEP_HZ),
    "between_bins": lambda: sine(100.5 * STEP_HZ),
    "five_sines": lambda: np.sum([sine(k * STEP_HZ, amplitude=0.1) for k in (40, 80, 120, 160, 200)], axis=0),
    "offset": lambda: sine(1000) + 0.2,
    "noise": white,
    "noise_x10": lambda: white(level=1.0),
    "silence": lambda: np.zeros(2 * RATE_HZ),
    "click": click,
    "recursive": recursive_noise,
    "tone": lambda: tone(220, (0.1, 0.05) * 4),
    "tone_in_noise": lambda: tone(220, (0.1,) * 4, seconds=6.0) + white(level=float(np.sqrt(4 * 0.1**2 / 2 / 10))),
    "rough": lambda: sine(1000, amplitude=0.25) + sine(1036.45, amplitude=0.25),
    "smooth": lambda: sine(1000, amplitude=0.25) + sine(2900, amplitude=0.25),
    "two_levels": lambda: levels(-20.0, -40.0, seconds=10.0),
    "loud_then_soft": lambda: levels(-20.0, -30.0, seconds=20.0),
    "quarter_loud": lambda: np.concatenate([sine(1000, seconds=1.0), np.zeros(3 * RATE_HZ)]),
    "ramp": lambda: np.concatenate([np.linspace(0, 1, RATE_HZ), np.ones(RATE_HZ)]) * sine(2000, amplitude=0.9, seconds=2.0),
    "decay": lambda: sine(1000, seconds=2.0) * 10 ** (-times(2.0)),
    "high_a4": lambda: sine(450),
    "quarter_tone": lambda: np.concatenate([sine(440.0, seconds=2.0), sine(440 * 2 ** (0.5 / 12), seconds=2.0)]),
    "c_major": scale_of_c,
    "two_chords": lambda: np.concatenate([chord((60, 64, 67), seconds=2.0), chord((57, 61, 64), seconds=2.0)] * 4),
    "pulses": lambda: repeated(stroke(), 0.5),
    "grid_pulses": lambda: repeated(stroke(), GRID_S),
    "slow_attacks": lambda: repeated(slow_note(), 1.0),
    "long_sine": lambda: sine(1000, seconds=12.0),
    "flutter": lambda: modulated(4.0),
}


@cache
def described(name: str) -> FrameDescriptors:
    signal: Float32Array = SIGNALS[name]().astype(np.float32)
    beats_s = np.arange(0.5, 29.0, {"grid_pulses": GRID_S}.get(name, 0.5)) if name.endswith("pulses") else None
    found = describe_frames(signal, rate_hz=RATE_HZ, families=FAMILIES + OPTIONAL_FAMILIES, beats_s=beats_s)
    assert np.isfinite(found.values).all()
    assert all(np.isfinite(value) for value in found.song.values())
    return found
