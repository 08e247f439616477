"""A performance on its way: stems as raw floats on disk, written once, read once, measured in between."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.dsp.loudness import Loudness, LoudnessMeter

_FRAME_BYTES = 8  # two channels of four bytes
_READ_FRAMES = 1 << 17


class RawTake:
    """What was recorded.

    Attributes
    ----------
    frames : length
    stem_peaks : highest sample of each stem
    loudness : of the sum of the stems
    """

    def __init__(self, files: list[BinaryIO], stack: ExitStack, *, frames: int, stem_peaks: list[float], loudness: Loudness) -> None:
        self.frames = frames
        self.stem_peaks = stem_peaks
        self.loudness = loudness
        self._files = files
        self._stack = stack

    def blocks(self) -> Iterator[Float32Array]:
        """Read it back, ``(stems, 2, n)`` float32 at a time."""
        for file in self._files:
            file.seek(0)
        size = max(1 << 12, _READ_FRAMES // len(self._files))  # many stems, short blocks
        for first in range(0, self.frames, size):
            frames = min(size, self.frames - first)
            yield np.stack([_read(file, frames) for file in self._files])

    def close(self) -> None:
        """Close the files; whoever made the folder removes them."""
        self._stack.close()


def record(blocks: Iterable[Float32Array], folder: Path, *, rate_hz: float) -> RawTake:
    """Write ``(stems, 2, n)`` blocks to `folder`, one file for each stem, and measure their sum.

    Stretches where a stem is silent are left out of its file as holes, which take no room on most disks.
    """
    meter = LoudnessMeter(rate_hz=rate_hz, channels=2)
    files: list[BinaryIO] = []
    peaks: list[float] = []
    frames = 0
    with ExitStack() as stack:
        for block in blocks:
            if not files:
                files = [stack.enter_context(open(folder / f"{stem}.f32", "w+b")) for stem in range(block.shape[0])]
                peaks = [0.0] * block.shape[0]
            meter.add(block.sum(axis=0, dtype=np.float32))
            frames += block.shape[2]
            for stem, samples in enumerate(block):
                peak = float(np.abs(samples).max(initial=0.0))
                peaks[stem] = max(peaks[stem], peak)
                if peak == 0.0:
                    files[stem].seek(samples.shape[1] * _FRAME_BYTES, os.SEEK_CUR)
                else:
                    files[stem].write(np.ascontiguousarray(samples.T, dtype="<f4").data)
        for file in files:
            file.truncate(frames * _FRAME_BYTES)
        return RawTake(files, stack.pop_all(), frames=frames, stem_peaks=peaks, loudness=meter.result())


def _read(file: BinaryIO, frames: int) -> Float32Array:
    return np.frombuffer(file.read(frames * _FRAME_BYTES), dtype="<f4").reshape(frames, 2).T
