"""A sound file through a chain of effects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import AudioFile, AudioWriter
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.effect import run_blocks

_BLOCK_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Treated:
    """What was made: the file, its length, its highest sample, and whether it went through block by block."""

    path: Path
    duration_s: float
    peak_db: float
    was_streamed: bool


def treat_file(
    path: str | Path,
    out: str | Path,
    chain: Chain,
    *,
    tail_s: float = 0.0,
    salvage: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Treated:
    """Send a sound file through a chain and write what comes out.

    Parameters
    ----------
    path : the recording; one with more than two channels is mixed to mono
    out : its suffix chooses the format
    chain : the effects
    tail_s : silence put behind it, so that echoes and rooms ring out
    salvage : work with what a damaged file still holds
    progress : told how much is done, 0 to 1

    Raises
    ------
    InputError : see `AudioFile` and `AudioWriter`.
    """
    peak, frames = 0.0, 0
    with AudioFile(path, salvage=salvage) as file:
        mono = file.channels > 2
        channels = 1 if mono else file.channels
        processor = chain.processor(file.rate_hz, channels)
        with AudioWriter(out, rate_hz=file.rate_hz, channels=processor.channels) as writer:
            for block in run_blocks(processor, _blocks(file, mono, channels, tail_s, progress)):
                writer.write(block)
                peak = max(peak, float(np.abs(block).max()))
                frames += block.shape[1]
        peak_db = 20 * float(np.log10(peak)) if peak > 0 else -np.inf
        return Treated(path=Path(out), duration_s=frames / file.rate_hz, peak_db=peak_db, was_streamed=chain.streams)


def _blocks(file: AudioFile, mono: bool, channels: int, tail_s: float, progress: Callable[[float], None] | None) -> Iterator[Float32Array]:
    done = 0
    for block in file.blocks(block_s=_BLOCK_S, mono=mono):
        yield block.samples
        done += block.frames
        if progress is not None:
            progress(min(1.0, done / max(file.frames, 1)))
    if tail_s > 0:
        yield np.zeros((channels, round(tail_s * file.rate_hz)), dtype=np.float32)
