"""The filters of a voice: one that may move, and the bands of an equalizer.

Second-order sections after Bristow-Johnson, *Audio EQ Cookbook*; first-order ones by the bilinear transform. Settings outside of what a
filter can do are drawn to the nearest it can, so every setting is stable.
"""

import math
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.model import Filter

OPEN_HZ = 19_500.0
"""A low-pass above this takes nothing away that is heard."""

LOWEST_HZ = 5.0
HIGHEST_RESONANCE_DB = 40.0
STEP_CENTS = 10.0
"""A moving cutoff sets new coefficients when it has gone this far."""


class Section(NamedTuple):
    """Coefficients of one second-order section, a0 = 1."""

    b: Float64Array
    a: Float64Array


def is_open(settings: Filter, *, highest_cents: float = 0.0, lowest_cents: float = 0.0) -> bool:
    """Whether the filter leaves every sound as it is, with its frequency moved within these bounds."""
    if settings.kind == "peak":
        return abs(settings.gain_db) < 0.05
    if settings.kind in ("lowpass1", "lowpass2"):
        return bool(settings.frequency_hz * 2.0 ** (max(lowest_cents, -14400.0) / 1200.0) >= OPEN_HZ)
    if settings.kind in ("highpass1", "highpass2"):
        return bool(settings.frequency_hz * 2.0 ** (min(highest_cents, 14400.0) / 1200.0) <= LOWEST_HZ)
    return False


def quantized(settings: Filter, *, cents: float = 0.0) -> Filter:
    """The filter moved by `cents`, its frequency on a grid of 50 cents and its heights on one of 0.1 dB, so that near ones share a sound.

    So a filter stands at most 25 cents from where it was wanted, and what it lets through differs by at most 0.25 dB where it falls by
    12 dB an octave.

    Examples
    --------
    >>> quantized(Filter("lowpass2", 1000.0), cents=1201.0) == quantized(Filter("lowpass2", 2001.0))
    True
    """
    hz = settings.frequency_hz if settings.frequency_hz == settings.frequency_hz else 1e6
    octaves = math.log2(min(max(hz, LOWEST_HZ), 1e6)) + cents / 1200.0
    return settings._replace(
        frequency_hz=2.0 ** (round(min(max(octaves, 0.0), 17.0) * 24.0) / 24.0),
        resonance_db=round(settings.resonance_db, 1),
        gain_db=round(settings.gain_db, 1),
    )


def section(settings: Filter, *, rate_hz: float, frequency_hz: float | None = None) -> Section:
    """Coefficients of a filter; `frequency_hz` overrides its own."""
    w = 2 * math.pi * _playable_hz(settings.frequency_hz if frequency_hz is None else frequency_hz, rate_hz) / rate_hz
    if settings.kind in ("lowpass1", "highpass1"):
        k = math.tan(w / 2)
        first = (k / (1 + k), k / (1 + k)) if settings.kind == "lowpass1" else (1 / (1 + k), -1 / (1 + k))
        return Section(np.array([*first, 0.0]), np.array([1.0, (k - 1) / (k + 1), 0.0]))
    cos, sin = math.cos(w), math.sin(w)
    if settings.kind == "peak":
        height = 10.0 ** (_within(settings.gain_db, -96.0, 48.0) / 40.0)
        width = _within(settings.bandwidth_octaves, 0.001, 8.0)
        alpha = sin * math.sinh(min(math.log(2) / 2 * width * w / sin, 20.0))
        a0 = 1 + alpha / height
        b = np.array([1 + alpha * height, -2 * cos, 1 - alpha * height])
        return Section(b / a0, np.array([a0, -2 * cos, 1 - alpha / height]) / a0)
    alpha = sin / 2 * _damping(settings)
    a0 = 1 + alpha
    if settings.kind == "lowpass2":
        b = np.array([(1 - cos) / 2, 1 - cos, (1 - cos) / 2])
    elif settings.kind == "highpass2":
        b = np.array([(1 + cos) / 2, -1 - cos, (1 + cos) / 2])
    elif settings.kind == "bandpass2":
        b = np.array([alpha, 0.0, -alpha])
    else:
        b = np.array([1.0, -2 * cos, 1.0])
    return Section(b / a0, np.array([1.0, -2 * cos / a0, (1 - alpha) / a0]))


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high) if value == value else low


def _playable_hz(hz: float, rate_hz: float) -> float:
    return min(max(hz, LOWEST_HZ), 0.49 * rate_hz) if hz == hz else 0.49 * rate_hz


def _damping(settings: Filter) -> float:
    """1 / Q."""
    resonance_db = _within(settings.resonance_db, -20.0, HIGHEST_RESONANCE_DB) if settings.resonance_db == settings.resonance_db else 0.0
    return float(10.0 ** ((10 * math.log10(2) - resonance_db) / 20.0))


def ring_frames(settings: Filter, *, rate_hz: float) -> int:
    """After how many frames nothing is heard any more of how a filter began (80 dB down)."""
    q = 1.0 / _damping(settings)
    return int(9.3 * max(q, 0.7) / (math.pi * _playable_hz(settings.frequency_hz, rate_hz)) * rate_hz) + 16


def filtered(
    sound: Float32Array, filters: tuple[Filter, ...], *, rate_hz: float, memory: tuple[Float64Array, ...] | None = None
) -> tuple[Float32Array, tuple[Float64Array, ...]]:
    """A sound ``(channels, frames)`` through filters that stand still, and what they remember at its end.

    `memory` is what they remembered before; None begins at rest.
    """
    from scipy.signal import lfilter

    result: Float64Array | Float32Array = sound
    left = []
    for index, settings in enumerate(filters):
        b, a = section(settings, rate_hz=rate_hz)
        before = np.zeros((sound.shape[0], 2)) if memory is None else memory[index]
        result, after = lfilter(b, a, result, axis=1, zi=before)
        left.append(after)
    return np.asarray(result, dtype=np.float32), tuple(left)


class MovingFilter:
    """A filter whose cutoff follows a curve, and whose memory is carried from one stretch of sound to the next.

    `frequency_hz` has one value for each `step` frames of the voice; coefficients are set anew where it has gone `STEP_CENTS` since the
    last time; None stands still. Where stretches are cut does not change the result. What is carried across a change is what the two
    integrators of a state-variable filter hold (Zavalishin, *The Art of VA Filter Design*, §4), whose energy no change can raise: filters
    that carry their coefficients' own memory can burst when swept fast.
    """

    def __init__(self, settings: Filter, frequency_hz: Float64Array | None, *, step: int, channels: int, rate_hz: float) -> None:
        self._settings, self._rate_hz = settings, rate_hz
        self._memory = np.zeros((channels, 2))
        course = np.array([settings.frequency_hz]) if frequency_hz is None else frequency_hz
        course = np.nan_to_num(course, nan=0.49 * rate_hz)
        cents = 1200.0 * np.log2(np.clip(course, LOWEST_HZ, 0.49 * rate_hz))
        starts, last = [0], float(cents[0])
        for index, value in enumerate(cents.tolist()):
            if abs(value - last) >= STEP_CENTS:
                starts.append(index)
                last = value
        self._starts = [index * step for index in starts]
        self._hz = (2.0 ** (cents[starts] / 1200.0)).tolist()
        self._segment = 0
        self._section = section(settings, rate_hz=rate_hz, frequency_hz=self._hz[0])

    def __call__(self, sound: Float32Array, *, at: int) -> Float32Array:
        """Filter the stretch that begins at frame `at` of the voice; stretches come in order."""
        from scipy.signal import lfilter

        result = np.empty(sound.shape, dtype=np.float32)
        position, end = at, at + sound.shape[1]
        while position < end:
            while self._segment + 1 < len(self._starts) and self._starts[self._segment + 1] <= position:
                self._turn(self._segment + 1)
            last = self._segment + 1 == len(self._starts)
            stop = end if last else min(end, self._starts[self._segment + 1])
            b, a = self._section
            here = slice(position - at, stop - at)
            result[:, here], self._memory = lfilter(b, a, sound[:, here], axis=1, zi=self._memory)
            position = stop
        return result

    def _turn(self, segment: int) -> None:
        """Take the coefficients of a segment and hand the memory on."""
        old_hz, hz = self._hz[self._segment], self._hz[segment]
        self._segment = segment
        self._section = section(self._settings, rate_hz=self._rate_hz, frequency_hz=hz)
        if self._settings.kind in ("lowpass2", "highpass2", "bandpass2", "notch2"):
            (p, q), (r, s) = _memory_map(self._settings, old_hz, self._rate_hz)
            (t, u), (v, w) = _memory_map(self._settings, hz, self._rate_hz)
            scale = 1.0 / (p * s - q * r)
            turn = [[(t * s - u * r) * scale, (u * p - t * q) * scale], [(v * s - w * r) * scale, (w * p - v * q) * scale]]
            self._memory = self._memory @ np.array(turn).T


def _memory_map(settings: Filter, hz: float, rate_hz: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The matrix that turns what the integrators of a state-variable filter hold into the memory of its transposed direct form.

    Both memories are told by what they would still give if nothing more came in: for two frames the one must give what the other does.
    """
    g = math.tan(math.pi * hz / rate_hz)
    k = _damping(settings)
    d = 1.0 / (1.0 + g * (g + k))
    # one frame of silence: band, low and the next state, each as a row over (state of band, state of low)
    band, low = (d, -g * d), (g * d, 1.0 - g * g * d)
    turn = ((2 * band[0] - 1.0, 2 * band[1]), (2 * low[0], 2 * low[1] - 1.0))
    weights = {"lowpass2": (0.0, 1.0), "bandpass2": (k, 0.0), "highpass2": (-k, -1.0), "notch2": (-k, 0.0)}[settings.kind]
    out = (weights[0] * band[0] + weights[1] * low[0], weights[0] * band[1] + weights[1] * low[1])
    then = (out[0] * turn[0][0] + out[1] * turn[1][0], out[0] * turn[0][1] + out[1] * turn[1][1])
    a1 = 2.0 * (g * g - 1.0) * d
    return out, (then[0] + a1 * out[0], then[1] + a1 * out[1])
