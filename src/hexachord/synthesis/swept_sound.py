"""A sound whose filter moves, as a blend of sounds whose filters stand still.

The cutoffs that a sweep passes lie between the rungs of a ladder; a sound is filtered once for each rung, kept, and shared by every stroke
of its key, and a sweep fades from rung to rung. That makes no zipper noise, cannot become unstable, and needs no work sample by sample.
Between neighbours the blend differs from the true filter by about Δ²/8 of the response's second derivative in ln(frequency): the
rungs stand so close that this stays below half a dB, closer the higher the resonance.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.control_curves import drawn
from hexachord.synthesis.model import Filter
from hexachord.synthesis.sound_sources import Sound, SoundKey, SoundSources
from hexachord.synthesis.voice_filters import LOWEST_HZ, OPEN_HZ, is_open

MOST_RUNGS = 64
"""A sweep over more rungs than this is filtered as it goes instead."""


def rung_cents(settings: Filter) -> float:
    """How far the rungs of a filter's ladder stand apart."""
    if settings.resonance_db <= 6.0 or settings.kind in ("lowpass1", "highpass1"):
        return 200.0
    return 100.0 if settings.resonance_db <= 14.0 else 50.0


AT_REST = 0.05
"""A sweep that goes no further than this part of a rung any more stands still."""


class SweptSound:
    """A sound with a filter whose frequency at frame ``nodes[i]`` of it is ``frequency_hz[i]``, straight in octaves between.

    From frame `rest` on it stands still. Use `fits_a_ladder` to ask whether a ladder can serve, and `swept_sound` to build one.
    """

    def __init__(self, rungs: dict[int, Sound], nodes: Float64Array, height: Float64Array, *, rest: int, step: int | None) -> None:
        self._rungs, self._nodes, self._height, self._rest, self._step = rungs, nodes, height, rest, step
        self._drawn = height.astype(np.float32)

    def part(self, start: int, stop: int) -> Float32Array:
        """Frames ``[start, stop)``."""
        if start >= self._rest:
            return self._between(float(self._height[-1]), start, stop)
        if stop <= self._rest:
            return self._moving(start, stop)
        return np.concatenate([self._moving(start, self._rest), self._between(float(self._height[-1]), self._rest, stop)], axis=1)

    def _moving(self, start: int, stop: int) -> Float32Array:
        first = max(int(np.searchsorted(self._nodes, start, side="right")) - 1, 0)
        last = min(int(np.searchsorted(self._nodes, stop - 1, side="right")), len(self._nodes) - 1)
        nodes, heights = self._nodes[first : last + 1], self._height[first : last + 1]
        if self._step is not None:
            height = drawn(self._drawn, start, stop, step=self._step)
        else:
            height = np.interp(np.arange(start, stop), nodes, heights).astype(np.float32)
        result: Float32Array | None = None
        for rung, (near, far) in _spans(heights).items():
            a, b = max(int(nodes[near]), start), min(int(np.ceil(nodes[far])), stop)
            if b <= a:
                continue
            weight = height[a - start : b - start] - np.float32(rung)
            np.abs(weight, out=weight)
            np.subtract(1.0, weight, out=weight)
            np.maximum(weight, 0.0, out=weight)
            sound = self._rungs[rung].part(a, b)
            if result is None:
                result = np.zeros((len(sound), stop - start), dtype=np.float32)
            result[:, a - start : b - start] += sound * weight
        assert result is not None
        return result

    def _between(self, height: float, start: int, stop: int) -> Float32Array:
        rung = int(np.floor(height))
        share = height - rung
        if share < 1e-5:
            return self._rungs[rung].part(start, stop)
        if share > 1.0 - 1e-5:
            return self._rungs[rung + 1].part(start, stop)
        blend = self._rungs[rung].part(start, stop) * np.float32(1.0 - share)
        blend += self._rungs[rung + 1].part(start, stop) * np.float32(share)
        return blend


def swept_sound(
    sources: SoundSources,
    key: SoundKey,
    settings: Filter,
    *,
    nodes: Float64Array,
    step: int | None,
    frequency_hz: Float64Array,
    frames: int,
) -> SweptSound | None:
    """Make ready the rungs that a sweep needs in its first `frames` frames; None when the recording cannot be read.

    `step` says that `nodes` are multiples of it.
    """
    needed = max(int(np.searchsorted(nodes, frames, side="left")) + 1, 1)
    nodes, height = nodes[:needed], _heights(settings, frequency_hz[:needed])
    away = np.flatnonzero(np.abs(height - height[-1]) > AT_REST)
    still = int(away[-1]) + 1 if len(away) else 0
    height[still:] = height[-1]
    rest = int(np.ceil(nodes[still])) if still else 0
    spans = _spans(height[: still + 1])
    for rung in {int(np.floor(height[-1])), int(np.ceil(height[-1]))}:
        spans[rung] = (spans[rung][0] if rung in spans else still, len(height))
    rungs = {}
    for rung, (_, last) in spans.items():
        here = settings._replace(frequency_hz=2.0 ** (rung * rung_cents(settings) / 1200.0))
        until = int(nodes[last]) + 2 if last < len(nodes) else frames
        sound = sources.sound(key if is_open(here) else key._replace(filters=(here, *key.filters)), until)
        if sound is None:
            return None
        rungs[rung] = sound
    return SweptSound(rungs, nodes, height, rest=rest, step=step)


def _spans(height: Float64Array) -> dict[int, tuple[int, int]]:
    """For each rung that a course comes within one of: the first and the last node of where it does."""
    below, above = np.minimum(height[:-1], height[1:]), np.maximum(height[:-1], height[1:])
    spans = {}
    for rung in range(int(np.floor(height.min())), int(np.ceil(height.max())) + 1):
        near = np.flatnonzero((below < rung + 1) & (above > rung - 1))
        if len(near):
            spans[rung] = int(near[0]), int(near[-1]) + 1
    return spans


def fits_a_ladder(settings: Filter, frequency_hz: Float64Array) -> bool:
    """Whether a sweep stays within so few rungs that a ladder is worth it."""
    return bool(np.ptp(_heights(settings, frequency_hz)) <= MOST_RUNGS)


def _heights(settings: Filter, frequency_hz: Float64Array) -> Float64Array:
    top = OPEN_HZ * 1.2 if settings.kind in ("lowpass1", "lowpass2") else 24_000.0
    cents = 1200.0 * np.log2(np.clip(np.nan_to_num(frequency_hz, nan=top), LOWEST_HZ, top))
    return cents / rung_cents(settings)
