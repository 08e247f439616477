"""m4a, aac, mp4 and other containers, through PyAV (the extra ``av``)."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.errors import InputError


def is_installed() -> bool:
    """Whether the extra ``av`` is there."""
    return importlib.util.find_spec("av") is not None


class AvDecoder:
    """The first audio stream of a container, as chunks ``(channels, n)``.

    The container's edit list trims the encoder's lead-in; its announced duration trims the padding at the end, so lengths are exact.
    """

    def __init__(self, path: Path) -> None:
        import av

        self._failures = (av.FFmpegError, OSError, ValueError)
        try:
            self._container: Any = av.open(str(path))
        except self._failures as error:
            raise _not_sound(path) from error
        if not self._container.streams.audio:
            self._container.close()
            raise InputError(path, found="a file without an audio track", expected="audio")
        self._stream: Any = self._container.streams.audio[0]
        self.rate_hz = int(self._stream.rate)
        self.channels = int(self._stream.channels)
        if next(self.chunks(0), None) is None:  # a container may be guessed from a name or a few bytes; a frame is proof
            self._container.close()
            raise _not_sound(path)
        self.frames = self._announced_frames()

    def _announced_frames(self) -> int:
        if self._stream.duration is not None and self._stream.time_base is not None:
            announced: int = round(self._stream.duration * self._stream.time_base * self.rate_hz)
            return announced
        if self._container.duration is not None:
            return round(float(self._container.duration) / 1_000_000 * self.rate_hz)
        return sum(int(chunk.shape[1]) for chunk in self.chunks(0))  # raw AAC announces nothing: count once

    def chunks(self, start: int) -> Iterator[Float32Array]:
        """Yield the samples from frame `start` on; a stream that breaks off just ends."""
        import av

        to_float = av.AudioResampler(format="fltp")
        skip = start
        try:
            self._container.seek(0)
            for frame in self._container.decode(self._stream):
                for planar in to_float.resample(frame):
                    samples = planar.to_ndarray().astype(np.float32, copy=False)
                    if skip >= samples.shape[1]:
                        skip -= samples.shape[1]
                        continue
                    yield samples[:, skip:]
                    skip = 0
        except self._failures:
            return

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()


def _not_sound(path: Path) -> InputError:
    return InputError(path, found="content that no decoder here knows as sound", expected="audio", next_step="check the file")
