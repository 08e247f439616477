"""The working copy of a recording: mono, 22050 Hz, raw float32 on disk, memory-mapped.

Everything that analyses reads this copy, so a file is decoded and resampled once, and a recording of any length is never in memory whole.
"""

from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.journeys.pipeline import Work
from hexachord.song import CACHE, StepResult

RATE_HZ = 22050
NAME = f"{CACHE}/mono-{RATE_HZ}.f32"
_BLOCK_S = 30.0


def make_working_copy(work: Work) -> StepResult:
    """Decode the song, mix it to mono and resample it, block by block.

    Returns
    -------
    StepResult with the true `duration_s`; its facts are the source's `rate_hz` and `channels`.

    Raises
    ------
    InputError : if the file is no sound, damaged (without `salvage`), or holds nothing.
    """
    from hexachord.audio import AudioFile

    salvage = bool(work.stage.parameters.get("salvage"))
    written = 0
    with AudioFile(work.song.source, salvage=salvage) as source, work.song.writing(NAME) as path:
        announced = max(1, round(source.duration_s * RATE_HZ))
        with open(path, "wb") as file:
            for block in source.blocks(block_s=_BLOCK_S, rate_hz=RATE_HZ, mono=True):
                file.write(np.ascontiguousarray(block.samples[0], dtype="<f4").data)
                written += block.frames
                work.progress(written / announced)
        rate_hz, channels = source.rate_hz, source.channels
    found = {"duration_s": written / RATE_HZ}
    return StepResult(observations=found, files=(NAME,), facts={"rate_hz": rate_hz, "channels": channels})


def open_working_copy(folder: Path) -> Float32Array:
    """Map the copy into memory, read-only; a song without a single sample is an empty array."""
    path = folder / NAME
    if path.stat().st_size == 0:
        return np.zeros(0, dtype=np.float32)
    return np.memmap(path, dtype="<f4", mode="r")
