"""What is heard beside the music: noise, hum, crackle, rumble, and a crowd that never existed.

Levels are root mean squares in decibels to full scale. All of it comes from a seed, and does not depend on how the signal is cut.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.dsp.fir import Fir
from hexachord.processing.effects.effect import Clocked, Pointwise, Processor, Recursive, amplitude, effect, within
from hexachord.processing.effects.levels import swing

Colour = Literal["white", "pink", "brown"]
_PIECE = 4096  # frames of chance that are drawn at once


@effect
def noise(rate_hz: int, channels: int, *, colour: Colour = "pink", level_db: float = -60.0, seed: int = 0) -> Processor:
    """Add noise: ``white`` (hiss), ``pink`` (as strong in each octave) or ``brown`` (a rumble)."""
    if colour not in ("white", "pink", "brown"):
        raise ValueError(f"no noise is {colour!r}")
    source = _Source(rate_hz, channels, seed, _coloured(colour, rate_hz))
    level = np.float32(amplitude(level_db))
    return Pointwise(lambda block: block + level * source(block.shape[1]), channels)


@effect
def hum(rate_hz: int, channels: int, *, mains_hz: float = 50.0, level_db: float = -60.0, buzz: float = 0.5, seed: int = 0) -> Processor:
    """Add the hum of the mains: its multiples, which `buzz` 0 to 1 makes brighter."""
    random = np.random.default_rng([seed, 37])
    orders = np.arange(1, 21)
    heights = np.where(orders % 2 == 0, 1.0, 0.6) * (0.25 + 0.7 * within(buzz, 0.0, 1.0)) ** (orders / 2) * random.uniform(0.5, 1.0, 20)
    heights[orders * mains_hz > 0.45 * rate_hz] = 0.0
    heights *= amplitude(level_db) * np.sqrt(2.0) / max(float(np.sqrt(np.square(heights).sum())), 1e-9)
    period = max(2, round(rate_hz / within(mains_hz, 5.0, 1000.0)))
    phase = random.uniform(0, 2 * np.pi, 20)
    angle = 2 * np.pi * np.arange(period) / period
    wave = (heights @ np.sin(orders[:, None] * angle + phase[:, None])).astype(np.float32)
    return Clocked(lambda block, at: block + wave[(at + np.arange(block.shape[1])) % period], channels)


@effect
def rumble(rate_hz: int, channels: int, *, level_db: float = -50.0, seed: int = 0) -> Processor:
    """Add what a turntable's bearing adds: noise around 30 Hz, and a turn every 1.8 s."""
    from scipy.signal import butter

    bands = butter(2, (18.0, min(60.0, 0.2 * rate_hz)), "bandpass", fs=rate_hz, output="sos")
    source = _Source(rate_hz, channels, seed, _levelled(bands, rate_hz))
    level = np.float32(amplitude(level_db))

    def turn(block: Float32Array, at: int) -> Float32Array:
        swell = swing(lambda t: 1 + 0.4 * np.sin(2 * np.pi * t / 1.8), at, block.shape[1], rate_hz)
        return np.asarray(block + level * swell * source(block.shape[1]))

    return Clocked(turn, channels)


@effect
def crackle(rate_hz: int, channels: int, *, per_s: float = 12.0, level_db: float = -30.0, seed: int = 0) -> Processor:
    """Add the clicks of dust on a record: `per_s` of them, peaks around `level_db`, some much higher, mostly nearer to one side."""
    response = np.exp(-np.arange(max(2, round(0.0012 * rate_hz))) / (0.00018 * rate_hz))
    response *= np.cos(2 * np.pi * 0.16 * np.arange(response.size))
    return _add_events(rate_hz, channels, response, per_s=per_s, level=amplitude(level_db), spread=0.9, seed=seed)


@effect
def crowd(rate_hz: int, channels: int, *, level_db: float = -35.0, applause: float = 0.3, seed: int = 0) -> Processor:
    """Add people: a murmur of many voices, swelling and sinking, and hands.

    Parameters
    ----------
    level_db : of all of it
    applause : 0 (only voices) to 1 (only hands)
    """
    share = within(applause, 0.0, 1.0)
    murmur = _Murmur(rate_hz, channels, seed)
    size = max(8, round(0.018 * rate_hz))
    clap = np.random.default_rng([seed, 41]).standard_normal(size) * np.exp(-np.arange(size) / (0.004 * rate_hz))
    clap /= np.sqrt(np.square(clap).sum())
    rate = 260.0
    hands = _Events(rate_hz, channels, clap, per_s=rate, level=float(np.sqrt(rate_hz / rate)) * 0.8, spread=0.35, seed=seed + 1)
    level = np.float32(amplitude(level_db))
    voices_gain, hands_gain = level * np.float32(np.sqrt(1 - share)), level * np.float32(np.sqrt(share))

    def surround(block: Float32Array) -> Float32Array:
        frames = block.shape[1]
        return np.asarray(block + voices_gain * murmur(frames) + (hands_gain * hands(frames) if share > 0 else 0.0))

    return Pointwise(surround, channels)


class _Source:
    """Noise through a filter, as many frames as are asked for."""

    def __init__(self, rate_hz: int, channels: int, seed: int, sections: Float64Array) -> None:
        self._random = np.random.default_rng([seed, 43])
        self._channels = channels
        self._filter = Recursive(sections, channels)

    def __call__(self, frames: int) -> Float32Array:
        drawn = self._random.standard_normal((frames, self._channels), dtype=np.float32)
        return self._filter.process(np.ascontiguousarray(drawn.T))


class _Events:
    """Short sounds at random times."""

    def __init__(
        self, rate_hz: int, channels: int, response: Float64Array, *, per_s: float, level: float, spread: float, seed: int
    ) -> None:
        self._random = np.random.default_rng([seed, 47])
        self._chance = within(per_s, 0.0, 0.2 * rate_hz) / rate_hz
        self._level, self._spread, self._channels = level, spread, channels
        self._fir = Fir(response, channels=channels)
        self._left = np.zeros((channels, 0), dtype=np.float32)

    def __call__(self, frames: int) -> Float32Array:
        pieces = [self._left]
        have = self._left.shape[1]
        while have < frames:
            piece = np.zeros((self._channels, _PIECE), dtype=np.float32)
            places = np.flatnonzero(self._random.random(_PIECE) < self._chance)
            heights = self._level * np.exp(self._spread * self._random.standard_normal(places.size))
            heights *= np.where(self._random.random(places.size) < 0.5, -1.0, 1.0)
            sides = 0.5 * np.pi * self._random.random(places.size)
            gains = (np.cos(sides), np.sin(sides)) if self._channels == 2 else (np.full(places.size, 0.7071),) * self._channels
            for channel, side in enumerate(gains):
                piece[channel, places] = heights * side
            pieces.append(piece)
            have += _PIECE
        joined = np.concatenate(pieces, axis=1)
        self._left = joined[:, frames:]
        return self._fir(joined[:, :frames])


def _add_events(rate_hz: int, channels: int, response: Float64Array, *, per_s: float, level: float, spread: float, seed: int) -> Processor:
    events = _Events(rate_hz, channels, response, per_s=per_s, level=level, spread=spread, seed=seed)
    return Pointwise(lambda block: block + events(block.shape[1]), channels)


class _Murmur:
    """Bands of noise where vowels are strong, each coming and going as syllables of many speakers do."""

    _BANDS_HZ = ((140.0, 300.0, 0.8), (300.0, 700.0, 1.0), (700.0, 1500.0, 0.55), (1500.0, 3200.0, 0.3))

    def __init__(self, rate_hz: int, channels: int, seed: int) -> None:
        from scipy.signal import butter

        random = np.random.default_rng([seed, 53])
        self._rate_hz, self._at = rate_hz, 0
        self._parts: list[tuple[float, _Source, Callable[[Float64Array], Float64Array]]] = []
        for index, (low, high, height) in enumerate(self._BANDS_HZ):
            if high > 0.45 * rate_hz:
                continue
            sections = _levelled(butter(1, (low, high), "bandpass", fs=rate_hz, output="sos"), rate_hz)
            self._parts.append((height, _Source(rate_hz, channels, seed + 101 * (index + 1), sections), _syllables(random)))
        self._scale = 0.9 / np.sqrt(sum(height**2 for height, _, _ in self._parts))

    def __call__(self, frames: int) -> Float32Array:
        total: Float32Array | float = 0.0
        for height, source, curve in self._parts:
            swell = swing(curve, self._at, frames, self._rate_hz, step=256)
            total = total + np.float32(height * self._scale) * swell * source(frames)
        self._at += frames
        return np.asarray(total, dtype=np.float32)


def _syllables(random: np.random.Generator) -> Callable[[Float64Array], Float64Array]:
    hz = np.concatenate([random.uniform(0.05, 0.4, 3), random.uniform(2.5, 6.0, 5)])
    depth = np.concatenate([np.full(3, 0.18), np.full(5, 0.12)])
    phase = random.uniform(0, 2 * np.pi, 8)
    return lambda t: np.exp(np.sin(2 * np.pi * t[:, None] * hz + phase) @ depth)


@lru_cache(maxsize=32)
def _coloured(colour: str, rate_hz: int) -> Float64Array:
    if colour == "white":
        return np.zeros((0, 6))
    if colour == "brown":
        pole = np.exp(-2 * np.pi * 20.0 / rate_hz)
        return _levelled(np.array([[1.0, 0.0, 0.0, 1.0, -pole, 0.0]]), rate_hz)
    # a pole and a zero by turns, an octave apart: 6 dB down and none, which is 3 dB an octave in the mean
    corners_hz = [hz for hz in 12.0 * 4.0 ** np.arange(8) if hz < 0.4 * rate_hz]
    sections = [[1.0, -np.exp(-2 * np.pi * 2 * hz / rate_hz), 0.0, 1.0, -np.exp(-2 * np.pi * hz / rate_hz), 0.0] for hz in corners_hz]
    return _levelled(np.array(sections), rate_hz)


def _levelled(sections: Float64Array, rate_hz: int) -> Float64Array:
    """Sections whose noise is as strong as what comes in."""
    from scipy.signal import sosfreqz

    hz = np.concatenate([[0.0], np.geomspace(0.1, rate_hz / 2, 4000)])
    power = np.square(np.abs(sosfreqz(sections, hz, fs=rate_hz)[1]))
    total = float(np.trapezoid(power, hz)) / (rate_hz / 2)
    levelled = np.array(sections)
    levelled[0, :3] /= np.sqrt(total)
    return levelled
