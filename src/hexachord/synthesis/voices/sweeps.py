"""A sound whose filter moves, as a blend of sounds whose filters stand still.

The cutoffs that a sweep passes lie between the rungs of a ladder; the sound is filtered for each rung where the sweep is near it, and the
sweep fades from rung to rung. That makes no zipper noise, cannot become unstable, and needs no work sample by sample.
Between neighbours the blend differs from the true filter by about Δ²/8 of the response's second derivative in ln(frequency): the
rungs stand so close that this stays below half a dB, closer the higher the resonance.
"""

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.model import Filter
from hexachord.synthesis.voices.control_curves import drawn
from hexachord.synthesis.voices.filters import LOWEST_HZ, OPEN_HZ, filtered, is_open, ring_frames
from hexachord.synthesis.voices.sources import SoundKey, SoundSources

BEGINNING_AHEAD = 2048
MOST_RUNGS = 64
"""A sweep over more rungs than this is filtered as it goes instead."""


def rung_cents(settings: Filter) -> float:
    """How far the rungs of a filter's ladder stand apart."""
    if settings.resonance_db <= 3.0 or settings.kind in ("lowpass1", "highpass1"):
        return 400.0
    if settings.resonance_db <= 8.0:
        return 200.0
    return 100.0 if settings.resonance_db <= 14.0 else 50.0


AT_REST = 0.03
"""A sweep that goes no further than this part of a rung any more stands still."""


AT_ONCE = 1.0
"""A sound whose sweep begins by going further than this many rungs in the first step begins where that ends."""


class _Rung(NamedTuple):
    """What a rung gives where it is needed: frames of a sweep from frame `first` on."""

    frames: Float32Array
    first: int

    def part(self, start: int, stop: int) -> Float32Array:
        """Frames ``[start, stop)`` of the sweep."""
        missing = stop - self.first - self.frames.shape[1]
        if missing <= 0:
            return self.frames[:, start - self.first : stop - self.first]
        return np.pad(self.frames[:, start - self.first :], ((0, 0), (0, min(missing, stop - start))))


class SweptSound:
    """A sound with a filter whose frequency at frame ``nodes[i]`` of it is ``frequency_hz[i]``, straight in octaves between.

    From frame `rest` on it stands still. Use `fits_a_ladder` to ask whether a ladder can serve, and `swept_sound` to build one.
    """

    def __init__(self, rungs: dict[int, _Rung], nodes: Float64Array, height: Float64Array, *, rest: int, step: int | None) -> None:
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
        if self._step is not None:
            first, last = start // self._step, (stop - 1) // self._step + 1
            height = drawn(self._drawn, start, stop, step=self._step)
        else:
            first = max(int(np.searchsorted(self._nodes, start, side="right")) - 1, 0)
            last = min(int(np.searchsorted(self._nodes, stop - 1, side="right")), len(self._nodes) - 1)
            height = np.interp(np.arange(start, stop), self._nodes[first : last + 1], self._height[first : last + 1]).astype(np.float32)
        nodes, heights = self._nodes[first : last + 1], self._height[first : last + 1]
        low, high = int(np.floor(heights.min())), int(np.ceil(heights.max()))
        if high - low <= 1:
            height -= np.float32(low)
            below = self._rung(low, start, stop)
            result = self._rung(high, start, stop) - below
            result *= height
            result += below
            return result
        result = np.zeros((self._rungs[low].frames.shape[0], stop - start), dtype=np.float32)
        for rung, (near, far) in _spans(heights).items():
            a, b = max(int(nodes[near]), start), min(int(np.ceil(nodes[far])), stop)
            if b <= a:
                continue
            weight = height[a - start : b - start] - np.float32(rung)
            np.abs(weight, out=weight)
            np.subtract(1.0, weight, out=weight)
            np.maximum(weight, 0.0, out=weight)
            result[:, a - start : b - start] += self._rung(rung, a, b) * weight
        return result

    def _rung(self, rung: int, start: int, stop: int) -> Float32Array:
        return self._rungs[rung].part(start, stop)

    def _between(self, height: float, start: int, stop: int) -> Float32Array:
        rung = int(np.floor(height))
        share = height - rung
        if share < 1e-5:
            return self._rung(rung, start, stop)
        if share > 1.0 - 1e-5:
            return self._rung(rung + 1, start, stop)
        blend = self._rung(rung, start, stop) * np.float32(1.0 - share)
        blend += self._rung(rung + 1, start, stop) * np.float32(share)
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
    begin: int = 0,
    at_rest: float = AT_REST,
) -> SweptSound | None:
    """Make ready the rungs that a sweep needs in its first `frames` frames; None when the recording cannot be read.

    `step` says that `nodes` are multiples of it. The sweep's frame 0 is frame `begin` of the sound.
    """
    needed = max(int(np.searchsorted(nodes, frames, side="left")) + 1, 1)
    nodes, height = nodes[:needed], _heights(settings, frequency_hz[:needed])
    if begin == 0 and len(height) > 1 and abs(height[1] - height[0]) > AT_ONCE:
        height[0] = height[1]
    away = np.flatnonzero(np.abs(height - height[-1]) > at_rest)
    still = int(away[-1]) + 1 if len(away) else 0
    height[still:] = height[-1]
    rest = int(np.ceil(nodes[still])) if still else 0
    spans = _spans(height[: still + 1])
    for rung in {int(np.floor(height[-1])), int(np.ceil(height[-1]))}:
        spans[rung] = (spans[rung][0] if rung in spans else still, len(height))
    end = begin + frames
    plain = sources.sound(key, end)
    if plain is None:
        return None
    rungs: dict[int, _Rung] = {}
    for rung, (near, far) in spans.items():
        here = settings._replace(frequency_hz=2.0 ** (rung * rung_cents(settings) / 1200.0))
        low = begin + int(nodes[near])
        high = min(begin + int(nodes[far]) + 2, end) if far < len(nodes) else end
        if is_open(here):
            rungs[rung] = _Rung(plain.part(low, high), low - begin)
        else:
            early = max(low - ring_frames(here, rate_hz=sources.rate_hz * key.oversampling), 0)
            made, _ = filtered(plain.part(early, high), (here,), rate_hz=sources.rate_hz * key.oversampling)
            rungs[rung] = _Rung(made, early - begin)
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


class Beginning(NamedTuple):
    """The beginning of a sweep, as all strokes have it until they are let go."""

    frames: Float32Array


class JoinedSound:
    """A sweep from its shared `beginning` into what it does from frame `join` on, where this stroke was let go."""

    def __init__(self, beginning: Beginning, join: int, after: SweptSound | None) -> None:
        self._beginning, self._join, self._after = beginning, join, after

    def part(self, start: int, stop: int) -> Float32Array:
        """Frames ``[start, stop)``."""
        join = self._join
        if stop <= join or self._after is None:
            return self._beginning.frames[:, start:stop]
        if start >= join:
            return self._after.part(start - join, stop - join)
        return np.concatenate([self._beginning.frames[:, start:join], self._after.part(0, stop - join)], axis=1)


def beginning_of_sweep(
    sources: SoundSources,
    key: SoundKey,
    settings: Filter,
    *,
    name: Hashable,
    step: int,
    frequency_hz: Callable[[int], Float64Array],
    frames: int,
) -> Beginning | None:
    """The first `frames` frames of a sweep that is called `name`; ``frequency_hz(n)`` gives its course over the first `n` frames."""
    address = (key, settings, name)
    kept = sources.cache.find(address)
    if isinstance(kept, Beginning) and kept.frames.shape[1] >= frames:
        return kept
    have = kept.frames.shape[1] if isinstance(kept, Beginning) else 0
    wanted = max(frames + BEGINNING_AHEAD, have + have // 2)
    course = frequency_hz(wanted)
    nodes = np.arange(len(course), dtype=np.float64) * step
    sweep = swept_sound(sources, key, settings, nodes=nodes, step=step, frequency_hz=course, frames=wanted, at_rest=0.0)
    if sweep is None:
        return None
    result = Beginning(sweep.part(0, wanted))
    sources.cache.keep(address, result, n_bytes=result.frames.nbytes)
    return result


def fits_a_ladder(settings: Filter, frequency_hz: Float64Array) -> bool:
    """Whether a sweep stays within so few rungs that a ladder is worth it."""
    return bool(np.ptp(_heights(settings, frequency_hz)) <= MOST_RUNGS)


def _heights(settings: Filter, frequency_hz: Float64Array) -> Float64Array:
    top = OPEN_HZ * 1.2 if settings.kind in ("lowpass1", "lowpass2") else 24_000.0
    cents = 1200.0 * np.log2(np.clip(np.nan_to_num(frequency_hz, nan=top), LOWEST_HZ, top))
    return cents / rung_cents(settings)
