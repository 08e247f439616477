"""Another pitch by another speed: what a tape deck's or a turntable's pitch control does.

A recording whose A is at 427 Hz because a tape ran slow is right again, in pitch and in tempo, when it is played 3 % faster. Nothing else
is done to the sound: it is resampled once, in blocks, whatever its length. A choir that sang flat gets its pitch back and sings
that much faster.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from hexachord.audio import AudioFile, AudioWriter

MOST_CENTS = 1200.0
_BLOCK_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Retuned:
    """What was made: the file, its length, by how many cents it was raised, and its highest sample."""

    path: Path
    duration_s: float
    cents: float
    peak_db: float


def retune_file(
    path: str | Path, out: str | Path, *, cents: float, salvage: bool = False, progress: Callable[[float], None] | None = None
) -> Retuned:
    """Raise (or lower) the pitch of a sound file by playing it faster (or slower).

    Parameters
    ----------
    path : the recording; one with more than two channels is mixed to mono
    out : its suffix chooses the format
    cents : hundredths of a semitone up, at most an octave either way
    salvage : work with what a damaged file still holds
    progress : told how much is done, 0 to 1

    Raises
    ------
    InputError : see `AudioFile` and `AudioWriter`.
    ValueError : for more than an octave.
    """
    if not abs(cents) <= MOST_CENTS:
        raise ValueError(f"{cents} cents are more than an octave")
    peak, written, read = 0.0, 0, 0
    with AudioFile(path, salvage=salvage) as file:
        mono = file.channels > 2
        channels = 1 if mono else file.channels
        speed = 2.0 ** (cents / 1200.0)
        stream = soxr.ResampleStream(file.rate_hz * speed, file.rate_hz, channels, dtype="float32", quality="HQ")
        with AudioWriter(out, rate_hz=file.rate_hz, channels=channels) as writer:

            def put(samples: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> None:
                nonlocal peak, written
                if len(samples):
                    writer.write(np.ascontiguousarray(samples.T))
                    peak = max(peak, float(np.abs(samples).max()))
                    written += len(samples)

            for block in file.blocks(block_s=_BLOCK_S, mono=mono):
                put(np.atleast_2d(stream.resample_chunk(np.ascontiguousarray(block.samples.T))))
                read += block.frames
                if progress is not None:
                    progress(min(1.0, read / max(file.frames, 1)))
            put(np.atleast_2d(stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True)))
        peak_db = 20 * float(np.log10(peak)) if peak > 0 else -np.inf
        return Retuned(path=Path(out), duration_s=written / file.rate_hz, cents=cents, peak_db=peak_db)
