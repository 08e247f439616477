"""A long recording in pieces that overlap, for what keeps too much in memory to look at the whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.knowledge.model import F0


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Samples `start` to `stop`, of which the results between `keep_start_s` and `keep_end_s` (in the recording's time) count."""

    start: int
    stop: int
    offset_s: float
    keep_start_s: float
    keep_end_s: float
    is_whole: bool

    def keep(self, track: F0) -> F0:
        """Move a track of the piece to its place and cut off the context."""
        if self.is_whole:
            return track
        time_s = np.asarray(track.time_s, dtype=np.float64) + self.offset_s
        # half a microsecond of grace: frames on the border belong to the later piece, whatever rounding says
        inside = (time_s >= self.keep_start_s - 5e-7) & (time_s < self.keep_end_s - 5e-7)
        return F0(time_s=time_s[inside], f0_hz=track.f0_hz[inside], voicing=track.voicing[inside], engine=track.engine)


def pieces_of(signal: FloatArray, *, rate_hz: float, piece_s: float, context_s: float, hop: int) -> Iterator[Piece]:
    """Cut a recording into pieces of about `piece_s`, each with `context_s` more at both ends; cuts fall on the frame grid.

    A recording of up to one and a half pieces stays whole.

    Examples
    --------
    >>> signal = np.zeros(250 * 100, np.float32)
    >>> [(p.start, p.stop) for p in pieces_of(signal, rate_hz=100, piece_s=100, context_s=5, hop=10)]
    [(0, 10500), (9500, 20500), (19500, 25000)]
    """
    length = signal.shape[0]
    size = max(1, round(piece_s * rate_hz / hop)) * hop
    context = round(context_s * rate_hz / hop) * hop
    if length <= 1.5 * size:
        yield Piece(start=0, stop=length, offset_s=0.0, keep_start_s=0.0, keep_end_s=length / rate_hz, is_whole=True)
        return
    for first in range(0, length, size):
        last = min(first + size, length)
        start = max(0, first - context)
        keep_end_s = last / rate_hz if last < length else np.inf
        yield Piece(
            start=start,
            stop=min(last + context, length),
            offset_s=start / rate_hz,
            keep_start_s=first / rate_hz,
            keep_end_s=keep_end_s,
            is_whole=False,
        )


def join_tracks(tracks: Sequence[F0]) -> F0:
    """Join tracks that follow one another; their engines are named together where they differ."""
    if len(tracks) == 1:
        return tracks[0]
    return F0(
        time_s=np.concatenate([track.time_s for track in tracks]),
        f0_hz=np.concatenate([track.f0_hz for track in tracks]),
        voicing=np.concatenate([track.voicing for track in tracks]),
        engine=", ".join(dict.fromkeys(track.engine for track in tracks)),
    )
