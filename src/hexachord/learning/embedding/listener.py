"""What every engine of embeddings is: something that sums a few seconds of sound up in numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from hexachord.arrays import Float32Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Listener:
    """An engine with its weights.

    Attributes
    ----------
    rate_hz : of the sound it hears
    chunk_s, hop_s : how long a piece is, and from one to the next
    vectors : (pieces, samples) float32 mono → (pieces, numbers) float32
    """

    rate_hz: int
    chunk_s: float
    hop_s: float
    vectors: Callable[[Float32Array], Float32Array]

    @property
    def samples(self) -> int:
        """How long a piece is, in samples."""
        return round(self.chunk_s * self.rate_hz)
