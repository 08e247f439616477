"""Saturation: curves that bend a wave, without aliases.

The wave is bent at several times its rate, and curves with corners are averaged over each step by their antiderivative (Parker, Zavalishin
& Le Bivic, *Reducing the aliasing of nonlinear waveshaping using continuous-time convolution*, DAFx 2016).
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.processing.effects.effect import Blend, Processor, Series, amplitude, effect, within
from hexachord.processing.effects.equalizer import high_pass
from hexachord.processing.effects.rates import AtRate

Shape = Literal["tanh", "soft", "hard", "tube", "fuzz"]
_KEPT_DB = -12.0  # a wave of this height keeps its height, whatever the drive
_ROUND = ("tanh", "soft", "tube")
_STEEP_DB = 22.0  # drive from which on round curves are bent at twice the rate
_FLAT = 1e-6  # steps so small that either end is as good as the average
_TUBE_BIAS = 0.35
_FUZZ_TOP = 0.6  # the upper half of a fuzz is cut lower


@effect
def saturate(
    rate_hz: int,
    channels: int,
    *,
    shape: Shape = "tanh",
    drive_db: float = 6.0,
    bias: float = 0.0,
    output_db: float = 0.0,
    mix: float = 1.0,
    oversampling: int = 8,
) -> Processor:
    """Bend a wave.

    Parameters
    ----------
    shape : ``tanh`` (tape), ``soft`` (the gentlest), ``hard`` (corners), ``tube`` (one half earlier than the other: even harmonics),
        ``fuzz`` (corners, uneven)
    drive_db : gain before; a wave of -12 dB comes out as high as it went in, so drive changes the sound more than the level
    bias : how far from the middle of the curve silence lies, -1 to 1
    output_db : gain after
    mix : share of the bent wave
    oversampling : 1 to 16 times; below 4 aliases are heard
    """
    drive = amplitude(within(drive_db, -60.0, 80.0))
    bias = within(bias, -1.0, 1.0)
    curve = _curve(shape, bias)
    kept = np.float64(amplitude(_KEPT_DB))
    waves = drive * kept * np.sin(2 * np.pi * (np.arange(64) + 0.5) / 64)
    height = float(np.ptp(_still(shape, bias)(waves))) / 2
    after = np.float32(kept / max(height, 1e-9) * amplitude(output_db))
    before = np.float32(drive)
    factor = int(within(oversampling, 1, 16)) * (2 if drive_db > _STEEP_DB and shape in _ROUND else 1)

    def bend(block: Float32Array) -> Float32Array:
        return np.asarray(curve(block * before) * after, dtype=np.float32)

    processor: Processor = AtRate(bend, rate_hz=rate_hz, other_hz=factor * rate_hz, channels=channels)
    if shape in ("tube", "fuzz") or bias != 0.0:
        processor = Series([processor, high_pass.processor(rate_hz, channels, cutoff_hz=10.0, order=1)], channels)
    share = within(mix, 0.0, 1.0)
    return processor if share == 1.0 else Blend(processor, dry_gain=1 - share, wet_gain=share)


def _rest(shape: str, bias: float) -> float:
    """Where on the curve silence lies."""
    return bias + (_TUBE_BIAS if shape == "tube" else 0.0)


def _still(shape: str, bias: float) -> Callable[[Any], Any]:
    """The curve itself, without memory; silence stays silent."""
    rest = np.float32(_rest(shape, bias))
    if shape in ("tanh", "tube"):
        return lambda x: np.tanh(x + rest) - np.tanh(rest)
    if shape == "soft":
        return lambda x: (x + rest) / np.sqrt(1 + np.square(x + rest)) - rest / np.sqrt(1 + rest * rest)
    low, high = (-1.0, _FUZZ_TOP if shape == "fuzz" else 1.0)
    return lambda x: np.clip(x + rest, low, high) - np.clip(rest, low, high)


def _curve(shape: str, bias: float) -> Callable[[Float32Array], Float32Array]:
    """The curve as it is played: averaged between samples where it has corners."""
    if shape in _ROUND:
        return _still(shape, bias)
    if shape not in ("hard", "fuzz"):
        raise ValueError(f"no curve is called {shape!r}")
    return _Averaged(-1.0, _FUZZ_TOP if shape == "fuzz" else 1.0, bias)


class _Averaged:
    """Clipping averaged between each sample and the one before it: the difference of its antiderivative over that of the samples."""

    def __init__(self, low: float, high: float, rest: float) -> None:
        self._low, self._high, self._rest = low, high, rest
        self._offset = within(rest, low, high)
        self._before: Float64Array | None = None

    def __call__(self, block: Float32Array) -> Float32Array:
        before = np.zeros((block.shape[0], 1)) if self._before is None else self._before
        wave = np.concatenate([before, block], axis=1, dtype=np.float64)
        self._before = wave[:, -1:].copy()
        wave += self._rest
        inside = np.clip(wave, self._low, self._high)
        area = inside * (wave - 0.5 * inside)  # x²/2 between the corners, a line beyond
        rise = np.diff(wave, axis=1)
        flat = np.abs(rise) < _FLAT
        rise[flat] = 1.0
        mean = np.diff(area, axis=1)
        mean /= rise
        mean[flat] = inside[:, 1:][flat]
        mean -= self._offset
        return mean.astype(np.float32)
