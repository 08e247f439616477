"""Other sampling rates: up for what bends a wave, down for what has less band; there and back in step with the original."""

from collections.abc import Callable

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.processing.effects.effect import Processor, effect, within

_PIECE = 4096  # frames at once: at many times the rate they still fit into the cache


class AtRate:
    """A function at work on a signal resampled to another rate, and back (soxr, high quality: up to 0.91 of the lower Nyquist frequency).

    The function is given ``(channels, n)`` blocks and returns as many frames.
    """

    def __init__(
        self,
        function: Callable[[Float32Array], Float32Array] | None,
        *,
        rate_hz: float,
        other_hz: float,
        channels: int,
        quality: str = "HQ",
    ) -> None:
        import soxr

        self.channels = channels
        self._function = function
        self._there = soxr.ResampleStream(rate_hz, other_hz, channels, dtype="float32", quality="HQ")
        self._back = soxr.ResampleStream(other_hz, rate_hz, channels, dtype="float32", quality="HQ")
        self._due = 0

    def process(self, block: Float32Array) -> Float32Array:
        """Take a block, return what is ready."""
        self._due += block.shape[1]
        pieces = [self._through(block[:, at : at + _PIECE], last=False) for at in range(0, block.shape[1], _PIECE)]
        return np.concatenate(pieces, axis=1) if pieces else block

    def finish(self) -> Float32Array:
        """Return the rest."""
        rest = self._through(np.zeros((self.channels, 0), dtype=np.float32), last=True)
        return np.pad(rest, ((0, 0), (0, max(0, self._due))))

    def _through(self, block: Float32Array, *, last: bool) -> Float32Array:
        inner = _resampled(self._there, block, last)
        if self._function is not None and inner.shape[1]:
            inner = self._function(inner)
        out = _resampled(self._back, inner, last)[:, : self._due]
        self._due -= out.shape[1]
        return out


def _resampled(stream: object, block: Float32Array, last: bool) -> Float32Array:
    frames = np.ascontiguousarray(block.T)
    return np.ascontiguousarray(stream.resample_chunk(frames, last=last).T)  # type: ignore[attr-defined]


@effect
def band_limit(rate_hz: int, channels: int, *, to_hz: float = 22050.0) -> Processor:
    """Sound as if it had been stored at a lower sampling rate: nothing above half of it is left."""
    return AtRate(None, rate_hz=rate_hz, other_hz=within(to_hz, 2000.0, rate_hz), channels=channels)
