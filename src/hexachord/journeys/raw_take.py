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
_FADED_DB = -60.0  # below the loudest moment: what dies away further is not worth waiting for
_STEP_S = 0.01
_FADE_S = 0.1


class RawTake:
    """What was recorded.

    Attributes
    ----------
    frames : length, until the sum has died away to 60 dB below its loudest moment; the last tenth of a second fades out
    stem_peaks : highest sample of each stem
    loudness : of the sum of the stems
    """

    def __init__(
        self, files: list[BinaryIO], stack: ExitStack, *, frames: int, fade_frames: int, stem_peaks: list[float], loudness: Loudness
    ) -> None:
        self.frames = frames
        self._fade_frames = fade_frames
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
            block = np.stack([_read(file, frames) for file in self._files])
            left = self.frames - first - np.arange(frames)  # frames to the end
            if left[-1] <= self._fade_frames:
                block *= np.minimum(left / self._fade_frames, 1.0).astype(np.float32)
            yield block

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
    levels = _Levels(step=max(1, round(_STEP_S * rate_hz)))
    frames = 0
    with ExitStack() as stack:
        for block in blocks:
            if not files:
                files = [stack.enter_context(open(folder / f"{stem}.f32", "w+b")) for stem in range(block.shape[0])]
                peaks = [0.0] * block.shape[0]
            mix = block.sum(axis=0, dtype=np.float32)
            meter.add(mix)
            levels.add(mix)
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
        fade = max(1, round(_FADE_S * rate_hz))
        last = levels.last_above(_FADED_DB)
        heard = min(frames, last + fade) if last else 0
        return RawTake(files, stack.pop_all(), frames=heard, fade_frames=fade, stem_peaks=peaks, loudness=meter.result())


class _Levels:
    """The peak of every hundredth of a second, however the blocks are cut."""

    def __init__(self, *, step: int) -> None:
        self._step = step
        self._peaks: list[Float32Array] = []
        self._rest: Float32Array = np.zeros(0, dtype=np.float32)

    def add(self, mix: Float32Array) -> None:
        signal = np.concatenate([self._rest, np.abs(mix).max(axis=0, initial=0.0)])
        whole = len(signal) // self._step * self._step
        self._peaks.append(signal[:whole].reshape(-1, self._step).max(axis=1, initial=0.0))
        self._rest = signal[whole:]

    def last_above(self, level_db: float) -> int:
        """The frame after the last hundredth that comes within `level_db` of the highest; 0 in silence."""
        peaks = np.concatenate([*self._peaks, self._rest.max(keepdims=True, initial=0.0)])
        heard = np.flatnonzero(peaks > peaks.max(initial=0.0) * 10 ** (level_db / 20))
        return (int(heard[-1]) + 1) * self._step if len(heard) else 0


def _read(file: BinaryIO, frames: int) -> Float32Array:
    return np.frombuffer(file.read(frames * _FRAME_BYTES), dtype="<f4").reshape(frames, 2).T
