"""What sound is here: float32 samples, channels first, and their rate."""

from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.provenance import Provenance


@dataclass(frozen=True, kw_only=True, eq=False)
class Audio:
    """Sound in memory.

    `samples` is ``(channels, n)`` float32, nominally in [-1, 1]; a mono signal may be given as ``(n,)`` and integers are not accepted,
    because their scale would be a guess.

    Raises
    ------
    ValueError : if the array has another shape or type, or the rate is not positive.

    Examples
    --------
    >>> tone = Audio(samples=np.zeros((2, 44100), np.float32), rate_hz=44100)
    >>> tone.duration_s, tone.channels
    (1.0, 2)
    """

    samples: Float32Array
    rate_hz: int
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples)
        if not np.issubdtype(samples.dtype, np.floating):
            raise ValueError(f"samples must be floating point in [-1, 1], not {samples.dtype}")
        if samples.ndim == 1:
            samples = samples[np.newaxis]
        if samples.ndim != 2 or samples.shape[0] == 0:
            raise ValueError(f"samples must have the shape (channels, n), not {samples.shape}")
        if self.rate_hz <= 0:
            raise ValueError(f"the rate must be positive, not {self.rate_hz} Hz")
        object.__setattr__(self, "samples", samples.astype(np.float32, copy=False))

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        """How many samples each channel has."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.frames / self.rate_hz

    def mono(self) -> Float32Array:
        """The mean of the channels, ``(n,)``."""
        mixed: Float32Array = self.samples[0] if self.channels == 1 else self.samples.mean(axis=0, dtype=np.float32)
        return mixed

    def excerpt(self, start_s: float, end_s: float) -> "Audio":
        """The part between two times, clipped to what there is (a view, not a copy)."""
        first, last = (max(0, round(at * self.rate_hz)) for at in (start_s, end_s))
        return Audio(samples=self.samples[:, first:last], rate_hz=self.rate_hz, provenance=self.provenance)

    def resampled(self, rate_hz: int) -> "Audio":
        """The same sound at another rate (soxr, high quality: pass-band to 0.91 of Nyquist, aliases below -100 dB)."""
        if rate_hz == self.rate_hz:
            return self
        return Audio(samples=resample(self.samples, self.rate_hz, rate_hz), rate_hz=rate_hz, provenance=self.provenance)


def resample(samples: Float32Array, from_hz: int, to_hz: int) -> Float32Array:
    """Resample ``(n,)`` or ``(channels, n)`` with soxr's high-quality filter."""
    if from_hz == to_hz:
        return samples
    import soxr

    resampled: Float32Array = np.ascontiguousarray(soxr.resample(samples.T, from_hz, to_hz, quality="HQ").T)
    return resampled
