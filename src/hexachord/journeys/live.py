"""Sound that is still coming, in small blocks: a file played through, standard input, a microphone; and the beats in it.

Standard input is a WAV as it is written (its header need not know how long it will be: ``ffmpeg -i URL -f wav - | hexachord listen --live
-``), or plain samples whose kind is told (`Pcm`).
"""

import importlib
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import AudioFile
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.online import OnlineBeat, OnlineBeatTracker
from hexachord.errors import InputError, MissingExtraError

BLOCK_S = 0.02

_MOST_CHANNELS = 64
_LONGEST_CHUNK = 1 << 20  # bytes of a WAV's header that may come before its sound
_MICROPHONE_HZ = 44_100
_WIDTH = {"u8": 1, "s16": 2, "s24": 3, "s32": 4, "f32": 4, "f64": 8}


@dataclass(frozen=True, kw_only=True)
class Pcm:
    """Samples without a header: little-endian, the channels of each moment side by side; `kind` is u8, s16, s24, s32, f32 or f64."""

    rate_hz: int = 44_100
    channels: int = 1
    kind: str = "s16"

    def __post_init__(self) -> None:
        if self.kind not in _WIDTH or not 1 <= self.channels <= _MOST_CHANNELS:
            raise InputError(
                "the samples",
                found=f"{self.channels} channels of {self.kind}",
                expected=f"1 to {_MOST_CHANNELS} channels of {', '.join(_WIDTH)}",
            )

    @property
    def bytes_per_frame(self) -> int:
        """Bytes of one moment."""
        return _WIDTH[self.kind] * self.channels

    def decode(self, raw: bytes) -> Float32Array:
        """Turn bytes into (channels, n) float32; an incomplete last moment is left out.

        Examples
        --------
        >>> Pcm(kind="s16").decode(bytes([0, 64, 0, 192]))
        array([[ 0.5, -0.5]], dtype=float32)
        """
        frames = len(raw) // self.bytes_per_frame
        raw = raw[: frames * self.bytes_per_frame]
        if self.kind == "s24":
            bytes_ = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3).astype(np.int32)
            whole = (bytes_[:, 0] << 8 | bytes_[:, 1] << 16 | bytes_[:, 2] << 24) / 2.0**31
        elif self.kind == "u8":
            whole = np.frombuffer(raw, dtype=np.uint8) / 128.0 - 1.0
        elif self.kind.startswith("s"):
            whole = np.frombuffer(raw, dtype=f"<i{_WIDTH[self.kind]}") / 2.0 ** (8 * _WIDTH[self.kind] - 1)
        else:
            whole = np.frombuffer(raw, dtype=f"<f{_WIDTH[self.kind]}").astype(np.float64)
        return np.ascontiguousarray(whole.reshape(frames, self.channels).T, dtype=np.float32)


class Sound(NamedTuple):
    """Sound that is coming: its rate, and its blocks, (channels, n) each."""

    rate_hz: int
    blocks: Iterator[Float32Array]


@contextmanager
def open_file(path: Path, *, block_s: float = BLOCK_S, salvage: bool = False) -> Iterator[Sound]:
    """Open a sound file to be played through."""
    with AudioFile(path, salvage=salvage) as file:
        yield Sound(file.rate_hz, (block.samples for block in file.blocks(block_s=block_s)))


def open_stream(stream: BinaryIO, *, pcm: Pcm | None = None, block_s: float = BLOCK_S, name: str = "standard input") -> Sound:
    """Read a stream of bytes: plain samples when `pcm` says which, else a WAV.

    Raises
    ------
    InputError : if it is empty, or no WAV.
    """
    limit: int | None = None
    if pcm is None:
        pcm, limit = _wav_header(stream, name)
    return Sound(pcm.rate_hz, _pcm_blocks(stream, pcm, max(1, round(block_s * pcm.rate_hz)), limit))


@contextmanager
def open_microphone(*, rate_hz: int = _MICROPHONE_HZ, block_s: float = BLOCK_S) -> Iterator[Sound]:
    """Listen to the default microphone, until interrupted.

    Raises
    ------
    MissingExtraError : without the package sounddevice.
    InputError : if there is no microphone.
    """
    try:
        sounddevice: Any = importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:  # OSError: the package is there, PortAudio is not
        raise MissingExtraError("the microphone", extra="live", need="sound from a device") from error
    size = round(block_s * rate_hz)
    try:
        stream = sounddevice.InputStream(samplerate=rate_hz, channels=1, dtype="float32", blocksize=size)
    except sounddevice.PortAudioError as error:
        raise InputError(
            "the microphone", found=f"none that can be opened ({error})", next_step="pipe the sound in: listen --live -"
        ) from error

    def blocks() -> Iterator[Float32Array]:
        while True:
            samples, _ = stream.read(size)
            yield np.ascontiguousarray(samples.T)

    with stream:
        yield Sound(rate_hz, blocks())


def live_beats(
    sound: Sound,
    *,
    hints: RhythmHints = RhythmHints(),
    real_time: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[OnlineBeat]:
    """Give each beat as soon as it is found.

    Parameters
    ----------
    sound : see `open_file`, `open_stream`, `open_microphone`
    hints : what is known of the rhythm
    real_time : wait as long as the sound lasts; else a file is heard as fast as it can be
    """
    tracker = OnlineBeatTracker(sound.rate_hz, hints=hints)
    began_s = clock()
    for block in sound.blocks:
        if real_time:
            early_s = tracker.heard_s + block.shape[1] / sound.rate_hz - (clock() - began_s)
            if early_s > 0:
                sleep(early_s)
        yield from tracker.push(block)
    yield from tracker.finish()


def _pcm_blocks(stream: BinaryIO, pcm: Pcm, frames: int, limit: int | None) -> Iterator[Float32Array]:
    wanted = frames * pcm.bytes_per_frame
    while limit is None or limit > 0:
        raw = _read(stream, wanted if limit is None else min(wanted, limit))
        if limit is not None:
            limit -= len(raw)
        if len(raw) < pcm.bytes_per_frame:
            return
        yield pcm.decode(raw)


def _read(stream: BinaryIO, count: int) -> bytes:
    """Read so many bytes; fewer only at the end."""
    parts: list[bytes] = []
    while count > 0:
        part = stream.read(count)
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _wav_header(stream: BinaryIO, name: str) -> tuple[Pcm, int | None]:
    """Read up to the first sample: the kind of samples, and how many bytes of them there are, if the header knows."""
    start = _read(stream, 12)
    if not start:
        raise InputError(name, found="nothing", expected="sound")
    if start[:4] != b"RIFF" or start[8:12] != b"WAVE":
        raise InputError(
            name, found="no WAV header", expected="a WAV, or plain samples", next_step="say what plain samples are: --pcm 44100,2,s16"
        )
    pcm: Pcm | None = None
    while True:
        head = _read(stream, 8)
        if len(head) < 8:
            raise InputError(name, found="a WAV without sound", expected="a chunk of samples")
        kind, size = head[:4], struct.unpack("<I", head[4:])[0]
        if kind == b"data":
            if pcm is None:
                raise InputError(name, found="a WAV that does not say what its samples are")
            return pcm, None if size in (0, 0xFFFFFFFF) or size >= 0x7FFFF000 else size
        if size > _LONGEST_CHUNK:
            raise InputError(name, found=f"a WAV header of {size} bytes", expected="sound")
        content = _read(stream, size + size % 2)
        if kind == b"fmt ":
            pcm = _wav_format(content, name)


def _wav_format(content: bytes, name: str) -> Pcm:
    if len(content) < 16:
        raise InputError(name, found="a damaged WAV header")
    code, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", content[:16])
    if code == 0xFFFE and len(content) >= 26:  # WAVE_FORMAT_EXTENSIBLE: the code is the beginning of a GUID
        code = struct.unpack("<H", content[24:26])[0]
    kinds = {(1, 8): "u8", (1, 16): "s16", (1, 24): "s24", (1, 32): "s32", (3, 32): "f32", (3, 64): "f64"}
    if (code, bits) not in kinds:
        raise InputError(name, found=f"a WAV of format {code} with {bits} bits", expected="plain samples: 8 to 32 bits, or float")
    return Pcm(rate_hz=rate_hz, channels=channels, kind=kinds[code, bits])
