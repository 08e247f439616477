"""What an effect is: a pure function on a whole signal, and the same in blocks.

An effect is defined once, as a function that starts a `Processor` for a sampling rate and a number of channels. `effect` makes two things
of it: calling it treats a whole signal, and `Effect.processor` gives the processor, whose concatenated blocks equal the whole however the
signal is cut. All parameters are keyword-only, with their unit in the name; the sound keeps its length, its clock and, but for
`levels.pan`, its channels.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, Protocol

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray

P = ParamSpec("P")
BLOCK = 1 << 16  # frames at a time of a whole signal: what fits into the cache


class Processor(Protocol):
    """An effect at work on successive blocks.

    `channels` is how many come out. Blocks that come out may be shorter or longer than those that went in: in the end it is as many
    frames, and frame i of the output belongs to frame i of the input.
    """

    channels: int

    def process(self, block: Float32Array) -> Float32Array:
        """Take ``(channels, n)`` frames and return those that are ready."""

    def finish(self) -> Float32Array:
        """Return the rest."""


@dataclass(frozen=True)
class Step:
    """An effect of a chain: its name, and those parameters that are not as usual."""

    effect: str
    parameters: Mapping[str, Any]


class Effect(Generic[P]):
    """An effect by its name.

    Attributes
    ----------
    name : as in presets
    streams : False if nothing comes out before everything went in; such an effect needs memory for the whole signal
    """

    def __init__(self, start: Callable[Concatenate[int, int, P], Processor], *, streams: bool = True) -> None:
        update_wrapper(self, start)
        self.name = start.__name__
        self.streams = streams
        self._start = start

    def __call__(self, samples: FloatArray, rate_hz: int, *arguments: P.args, **options: P.kwargs) -> Float32Array:
        """Treat a whole signal, ``(channels, n)`` or ``(n,)``; returns float32 of as many frames."""
        signal = as_channels(samples)
        treated = run(self._start(rate_hz, signal.shape[0], *arguments, **options), signal)
        return treated[0] if samples.ndim == 1 and treated.shape[0] == 1 else treated

    def step(self, *arguments: P.args, **options: P.kwargs) -> "Step":
        """Name it with its parameters, for a chain."""
        return Step(self.name, dict(options))

    def processor(self, rate_hz: int, channels: int, *arguments: P.args, **options: P.kwargs) -> Processor:
        """Start a processor for blocks of so many channels."""
        return self._start(rate_hz, channels, *arguments, **options)


def effect(start: Callable[Concatenate[int, int, P], Processor]) -> Effect[P]:
    """Make an effect of a function ``(rate_hz, channels, *, ...) -> Processor``."""
    return Effect(start)


def whole_effect(start: Callable[Concatenate[int, int, P], Processor]) -> Effect[P]:
    """The same for one that needs the whole signal at once."""
    return Effect(start, streams=False)


def as_channels(samples: FloatArray) -> Float32Array:
    """Give a signal the shape ``(channels, n)`` and float32.

    Raises
    ------
    ValueError : if it has another shape, or is not finite.
    """
    signal = np.atleast_2d(samples)
    if signal.ndim != 2 or not np.issubdtype(signal.dtype, np.floating):
        raise ValueError(f"expected float samples of shape (channels, n), not {samples.dtype} of shape {samples.shape}")
    if not np.isfinite(signal).all():
        raise ValueError("effects need finite samples")
    return signal.astype(np.float32, copy=False)


def run(processor: Processor, signal: Float32Array) -> Float32Array:
    """Send a whole signal ``(channels, n)`` through a processor."""
    pieces = list(run_blocks(processor, (signal[:, at : at + BLOCK] for at in range(0, signal.shape[1], BLOCK))))
    return np.concatenate(pieces, axis=1) if pieces else np.zeros((processor.channels, 0), dtype=np.float32)


def run_blocks(processor: Processor, blocks: Iterable[Float32Array]) -> Iterator[Float32Array]:
    """Send successive blocks through a processor; empty results are left out."""
    for block in blocks:
        ready = processor.process(block)
        if ready.shape[1]:
            yield ready
    rest = processor.finish()
    if rest.shape[1]:
        yield rest


class Pointwise:
    """A processor that remembers nothing."""

    def __init__(self, function: Callable[[Float32Array], Float32Array], channels: int) -> None:
        self.channels = channels
        self._function = function

    def process(self, block: Float32Array) -> Float32Array:
        """Apply the function."""
        return self._function(block).astype(np.float32, copy=False)

    def finish(self) -> Float32Array:
        """Nothing is left."""
        return np.zeros((self.channels, 0), dtype=np.float32)


class Clocked(Pointwise):
    """A processor that knows the time: its function is given a block and the number of its first frame."""

    def __init__(self, function: Callable[[Float32Array, int], Float32Array], channels: int) -> None:
        self._at = 0
        self._timed = function
        super().__init__(self._tick, channels)

    def _tick(self, block: Float32Array) -> Float32Array:
        out = self._timed(block, self._at)
        self._at += block.shape[1]
        return out


class Recursive:
    """Second-order sections, with their memory."""

    def __init__(self, sections: Float64Array, channels: int) -> None:
        self.channels = channels
        self._sections = sections
        self._memory = np.zeros((sections.shape[0], channels, 2))

    def process(self, block: Float32Array) -> Float32Array:
        """Filter the next frames."""
        from scipy.signal import sosfilt

        if not (self._sections.size and block.shape[1]):
            return block
        out, self._memory = sosfilt(self._sections, block.astype(np.float64), axis=1, zi=self._memory)
        self._memory[np.abs(self._memory) < 1e-30] = 0.0  # numbers too small for the processor's fast path make silence slow
        return np.asarray(out, dtype=np.float32)

    def finish(self) -> Float32Array:
        """Nothing is left."""
        return np.zeros((self.channels, 0), dtype=np.float32)


class Late:
    """A processor whose function answers some frames late: the first are dropped, and silence at the end brings the rest."""

    def __init__(self, function: Callable[[Float32Array], Float32Array], channels: int, *, late_frames: int, step: int = 64) -> None:
        self.channels = channels
        self._step = step  # the function may work in steps of so many frames
        self._function = function
        self._late = self._drop = late_frames
        self._due = 0

    def process(self, block: Float32Array) -> Float32Array:
        """Take a block, return what is ready."""
        self._due += block.shape[1]
        return self._take(block)

    def finish(self) -> Float32Array:
        """Return the rest."""
        return self._take(np.zeros((self.channels, self._late + self._step), dtype=np.float32))

    def _take(self, block: Float32Array) -> Float32Array:
        out = self._function(block)
        dropped = min(self._drop, out.shape[1])
        self._drop -= dropped
        out = out[:, dropped : dropped + self._due]
        self._due -= out.shape[1]
        return out.astype(np.float32, copy=False)


class Series:
    """Processors one after the other."""

    def __init__(self, processors: Sequence[Processor], channels: int) -> None:
        self.channels = processors[-1].channels if processors else channels
        self._processors = tuple(processors)

    def process(self, block: Float32Array) -> Float32Array:
        """Send a block through all of them."""
        for processor in self._processors:
            block = processor.process(block)
        return block

    def finish(self) -> Float32Array:
        """Let each of them finish, through those that follow."""
        rest: Float32Array | None = None
        for processor in self._processors:
            ready = [] if rest is None else [processor.process(rest)]
            rest = np.concatenate([*ready, processor.finish()], axis=1)
        return np.zeros((self.channels, 0), dtype=np.float32) if rest is None else rest


class Blend:
    """What goes in and what a processor makes of it, added up in step."""

    def __init__(self, processor: Processor, *, dry_gain: float, wet_gain: float) -> None:
        self.channels = processor.channels
        self._processor = processor
        self._gains = np.float32(dry_gain), np.float32(wet_gain)
        self._waiting: deque[Float32Array] = deque()

    def process(self, block: Float32Array) -> Float32Array:
        """Take a block, return what is ready."""
        self._waiting.append(block)
        return self._added(self._processor.process(block))

    def finish(self) -> Float32Array:
        """Return the rest."""
        return self._added(self._processor.finish())

    def _added(self, wet: Float32Array) -> Float32Array:
        dry_gain, wet_gain = self._gains
        out = wet * wet_gain
        at = 0
        while at < wet.shape[1]:
            dry = self._waiting.popleft()
            taken = min(dry.shape[1], wet.shape[1] - at)
            out[:, at : at + taken] += dry_gain * dry[:, :taken]
            if taken < dry.shape[1]:
                self._waiting.appendleft(dry[:, taken:])
            at += taken
        return out


def amplitude(level_db: float) -> float:
    """The factor that decibels stand for; what is beyond ±200 dB is taken as that much.

    Examples
    --------
    >>> amplitude(20.0)
    10.0
    """
    return float(10 ** (min(max(level_db, -200.0), 200.0) / 20))


def within(value: float, low: float, high: float) -> float:
    """The nearest value of a range: parameters beyond what makes sense are taken as far as they do."""
    return float(min(max(value, low), high))
