"""Reading sound files, whole or in blocks of bounded memory.

libsndfile (through soundfile) reads wav, aiff, flac, mp3, ogg and opus; what it cannot (m4a, aac, mp4 and other films) goes to PyAV when
the extra ``av`` is installed. A file that is empty, is not sound, ends early or holds samples that are not numbers is refused in words.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio.model import Audio
from hexachord.errors import InputError, MissingExtraError
from hexachord.provenance import Provenance

_CHUNK_FRAMES = 1 << 13  # also the most a damaged file loses before the damage
_AUDIO = "audio: wav, aiff, flac, mp3, ogg, opus, or m4a/mp4 with the extra 'av'"
_FILM_SUFFIXES = frozenset({".m4a", ".aac", ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".wma", ".3gp", ".avi"})
_TRUNCATION_SLACK_S = 0.1  # an mp3 without a length header may announce a frame or two more than it holds


class Decoder(Protocol):
    """What a sound-file library must offer: rate, channels, announced length, and chunks ``(channels, n)`` in order."""

    rate_hz: int
    channels: int
    frames: int

    def chunks(self, start: int) -> Iterator[Float32Array]:
        """Yield the samples from frame `start` on."""

    def close(self) -> None:
        """Let go of the file."""


class AudioFile:
    """A sound file, opened: its format is known and its samples come in blocks.

    Parameters
    ----------
    path : the file
    salvage : take what a damaged file still holds instead of refusing it, and set non-finite samples to 0

    Raises
    ------
    InputError : if the file is missing, empty, not sound, holds no samples, ends early or holds NaN (the last two while reading).
    MissingExtraError : if only the extra ``av`` could read it.

    Examples
    --------
    >>> with AudioFile("song.flac") as file:  # doctest: +SKIP
    ...     for block in file.blocks(block_s=30.0, rate_hz=22050, mono=True):
    ...         print(block.duration_s)
    """

    def __init__(self, path: str | Path, *, salvage: bool = False) -> None:
        self.path = Path(path)
        self.salvage = salvage
        self._decoder = _open_decoder(self.path)
        self.rate_hz = self._decoder.rate_hz
        self.channels = self._decoder.channels
        self.frames = self._decoder.frames
        if self.frames == 0:
            self.close()
            raise InputError(self.path, found="a sound file without samples", next_step="check that it was saved completely")

    @property
    def duration_s(self) -> float:
        """The length the file announces."""
        return self.frames / self.rate_hz

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._decoder.close()

    def blocks(
        self,
        *,
        block_s: float = 30.0,
        overlap_s: float = 0.0,
        rate_hz: int | None = None,
        mono: bool = False,
        start_s: float = 0.0,
        end_s: float | None = None,
    ) -> Iterator[Audio]:
        """Yield blocks of `block_s` seconds, each beginning `overlap_s` before the last one's end; the last may be shorter.

        Resampling is streamed, so blocks joined together equal the whole file resampled at once.

        Raises
        ------
        ValueError : if the overlap is not shorter than the block.
        InputError : if the file turns out to be damaged (not with `salvage`).
        """
        target_hz = rate_hz or self.rate_hz
        size, overlap = round(block_s * target_hz), round(overlap_s * target_hz)
        if not 0 <= overlap < size:
            raise ValueError(f"the overlap ({overlap_s} s) must be shorter than the block ({block_s} s)")
        chunks = self._checked_chunks(start_s, end_s)
        if mono and self.channels > 1:
            chunks = (chunk.mean(axis=0, keepdims=True, dtype=np.float32) for chunk in chunks)
        if target_hz != self.rate_hz:
            chunks = _resampled(chunks, self.rate_hz, target_hz, channels=1 if mono else self.channels)
        provenance = Provenance(source=self.path.name)
        for samples in _reblocked(chunks, size=size, overlap=overlap):
            yield Audio(samples=samples, rate_hz=target_hz, provenance=provenance)

    def _checked_chunks(self, start_s: float, end_s: float | None) -> Iterator[Float32Array]:
        start = round(start_s * self.rate_hz)
        stop = self.frames if end_s is None else min(self.frames, round(end_s * self.rate_hz))
        at = start
        for chunk in self._decoder.chunks(start):
            if at >= stop:
                break
            yield self._finite(chunk[:, : stop - at], at)
            at += chunk.shape[1]
        if stop - at > _TRUNCATION_SLACK_S * self.rate_hz and not self.salvage:
            raise InputError(
                self.path,
                found=f"that it ends at {at / self.rate_hz:.1f} s of the {self.duration_s:.1f} s it announces: it is truncated",
                next_step="fetch or export it again, or use --salvage to work with the part that is there",
            )

    def _finite(self, chunk: Float32Array, at: int) -> Float32Array:
        finite = np.isfinite(chunk)
        if finite.all():
            return chunk
        if self.salvage:
            return np.where(finite, chunk, np.float32(0.0))
        first = (at + int(np.argmin(finite.all(axis=0)))) / self.rate_hz
        raise InputError(
            self.path,
            found=f"samples that are not numbers (NaN or infinite), the first at {first:.3f} s",
            next_step="export it again, or use --salvage to silence them",
        )


def load_audio(
    path: str | Path,
    *,
    rate_hz: int | None = None,
    mono: bool = False,
    start_s: float = 0.0,
    end_s: float | None = None,
    salvage: bool = False,
) -> Audio:
    """Read a sound file into memory, optionally resampled, mixed to one channel, or only a part of it.

    Raises
    ------
    InputError : see `AudioFile`.
    """
    with AudioFile(path, salvage=salvage) as file:
        blocks = list(file.blocks(rate_hz=rate_hz, mono=mono, start_s=start_s, end_s=end_s))
        if not blocks:
            raise InputError(path, found=f"nothing between {start_s:g} s and {end_s or file.duration_s:g} s", next_step="check the times")
    samples = blocks[0].samples if len(blocks) == 1 else np.concatenate([block.samples for block in blocks], axis=1)
    return Audio(samples=samples, rate_hz=blocks[0].rate_hz, provenance=blocks[0].provenance)


class _SndfileDecoder:
    """libsndfile, read in one direction only.

    soundfile seeks after every read of a seekable file, and libsndfile's mp3 decoder does not survive a seek: the bit reservoir is lost
    and the sound after it is wrong. So the file says it cannot seek, every pass opens it anew, and mp3 skips by decoding.
    """

    def __init__(self, path: Path) -> None:
        import soundfile

        class OneWayFile(soundfile.SoundFile):  # type: ignore[misc]
            def seekable(self) -> bool:
                return False

        self._open: Callable[[], Any] = lambda: OneWayFile(str(path))
        self._error: type[Exception] = soundfile.LibsndfileError
        with self._open() as file:
            self.rate_hz, self.channels, self.frames = int(file.samplerate), int(file.channels), int(file.frames)
            self._seeks_exactly = file.format != "MP3"

    def chunks(self, start: int) -> Iterator[Float32Array]:
        with self._open() as file:
            skip = start
            if self._seeks_exactly and start:
                file.seek(min(start, self.frames))
                skip = 0
            try:
                while len(block := file.read(_CHUNK_FRAMES, dtype="float32", always_2d=True)):
                    if skip < len(block):
                        yield block[skip:].T
                    skip = max(0, skip - len(block))
            except self._error:
                return  # a decoder that loses its way ends here; the caller sees that frames are missing

    def close(self) -> None:
        """Nothing stays open between passes."""


def _open_decoder(path: Path) -> Decoder:
    if not path.exists():
        raise InputError(path, found="no such file", expected=_AUDIO, next_step="check the path")
    if path.is_dir():
        raise InputError(path, found="a folder", expected=_AUDIO, next_step="name a file inside it")
    if path.stat().st_size == 0:
        raise InputError(path, found="an empty file (0 bytes)", expected=_AUDIO, next_step="fetch or export it again")
    import soundfile

    try:
        return _SndfileDecoder(path)
    except soundfile.LibsndfileError as error:
        return _open_with_av(path, error)


def _open_with_av(path: Path, error: Exception) -> Decoder:
    from hexachord.audio import decode_av

    if decode_av.is_installed():
        return decode_av.AvDecoder(path)
    if path.suffix.lower() in _FILM_SUFFIXES:
        raise MissingExtraError(path, extra="av", need=f"{path.suffix.lower()} audio") from error
    raise InputError(path, found="content that no decoder here knows as sound", expected=_AUDIO, next_step="check the file") from error


def _resampled(chunks: Iterator[Float32Array], from_hz: int, to_hz: int, *, channels: int) -> Iterator[Float32Array]:
    import soxr

    stream = soxr.ResampleStream(from_hz, to_hz, channels, dtype="float32", quality="HQ")
    for chunk in chunks:
        yield stream.resample_chunk(np.ascontiguousarray(chunk.T)).reshape(-1, channels).T
    tail = np.zeros((0, channels), np.float32)
    yield stream.resample_chunk(tail, last=True).reshape(-1, channels).T


def _reblocked(chunks: Iterator[Float32Array], *, size: int, overlap: int) -> Iterator[Float32Array]:
    """Cut a stream of chunks of any length into blocks of `size`, each repeating the last `overlap` samples of the one before."""
    waiting: list[Float32Array] = []
    held, fresh = 0, 0  # samples waiting, and how many of them no block has shown yet
    for chunk in chunks:
        waiting.append(chunk)
        held += chunk.shape[1]
        fresh += chunk.shape[1]
        if held < size:
            continue
        joined = np.concatenate(waiting, axis=1)
        while joined.shape[1] >= size:
            yield joined[:, :size]
            joined = joined[:, size - overlap :]
        waiting, held = [joined], joined.shape[1]
        fresh = held - overlap
    if fresh > 0:
        yield np.concatenate(waiting, axis=1)
