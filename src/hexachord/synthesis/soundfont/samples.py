"""The samples of a font: checked once, decoded when they first sound, the recent ones kept where that costs more than a copy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.synthesis.model import Sample
from hexachord.synthesis.soundfont.file import ROM, VORBIS, FontTables, text
from hexachord.synthesis.voices.cache import SoundCache

_KEPT_BYTES = 256 << 20
_LONGEST_FRAMES = 1 << 26  # 25 minutes at 44.1 kHz: more than any instrument needs, less than what would hurt
_BLOCK_FRAMES = 1 << 18
_FRAMES_PER_VORBIS_BYTE = 4096  # the longest block makes so many of one byte: a stream that claims more is lying
_RATES_HZ = (400, 192_000)
_NO_PITCH = 255  # "unpitched" (§7.10)


@dataclass(frozen=True, kw_only=True, eq=False)
class FontSampleView:
    """A sample with what its header says of pitch and loop; loop frames count from the sample's start."""

    sample: Sample
    root_key: int
    correction_cents: int
    loop_start: int
    loop_end: int


class SampleStore:
    """Hands out the samples of a font; each is one object, however often it is asked for.

    Parameters
    ----------
    tables : the font's file
    warn : told what cannot be played
    kept : where decoded samples are kept; a store of its own when not given
    """

    def __init__(self, tables: FontTables, *, warn: Callable[[str], None], kept: SoundCache | None = None) -> None:
        self._tables = tables
        self._warn = warn
        self._views: dict[int, FontSampleView | None] = {}
        self._decoded = kept or SoundCache(max_bytes=_KEPT_BYTES)

    def __getitem__(self, index: int) -> FontSampleView | None:
        """Return sample number `index`, or None (and a warning, once) when it cannot be played."""
        if index not in self._views:
            self._views[index] = self._view(index)
        return self._views[index]

    def _view(self, index: int) -> FontSampleView | None:
        headers = self._tables.shdr
        if index >= len(headers) - 1:
            self._warn(f"a zone asks for sample {index}, the font has {len(headers) - 1}")
            return None
        header = headers[index]
        name, kind = text(header["name"]), int(header["kind"])
        start, end, rate_hz = int(header["start"]), int(header["end"]), int(header["rate_hz"])
        if kind & ROM:
            self._warn(f"sample {name!r} is in the ROM of a sound card, not in the file")
            return None
        if not _RATES_HZ[0] <= rate_hz <= _RATES_HZ[1]:
            self._warn(f"sample {name!r} claims a rate of {rate_hz} Hz")
            return None
        if kind & VORBIS:
            stream = self._tables.data[start:end]
            frames, origin = _vorbis_frames(stream.tobytes()), 0
            if frames == 0:
                self._warn(f"sample {name!r} is no Ogg Vorbis stream")
                return None
        else:
            held = len(self._tables.data) // 2
            if end > held:
                self._warn(f"sample {name!r} ends {end - held:,} frames beyond the data")
            frames, origin = min(end, held) - start, start
        if frames <= 0:
            self._warn(f"sample {name!r} is empty")
            return None
        root_key = int(header["root_key"])
        read = self._reader(index, start=start, end=min(end, start + frames) if not kind & VORBIS else end, vorbis=bool(kind & VORBIS))
        return FontSampleView(
            sample=Sample(name=name, rate_hz=float(rate_hz), frames=min(frames, _LONGEST_FRAMES), channels=1, read=read),
            root_key=60 if root_key > 127 else root_key,
            correction_cents=int(header["correction_cents"]) if root_key != _NO_PITCH else 0,
            loop_start=int(header["loop_start"]) - origin,
            loop_end=int(header["loop_end"]) - origin,
        )

    def _reader(self, index: int, *, start: int, end: int, vorbis: bool) -> Callable[[], Float32Array]:
        def decode() -> Float32Array:
            if not vorbis:  # the file is in memory, and this is hardly more than looking there
                return _decode_linear(self._tables, start, min(end, start + _LONGEST_FRAMES))
            samples = self._decode_vorbis(index, start, end)
            samples.flags.writeable = False
            return samples

        if not vorbis:
            return decode
        return lambda: self._decoded.find_or_make((self, index), decode, lambda samples: samples.nbytes)

    def _decode_vorbis(self, index: int, start: int, end: int) -> Float32Array:
        """Decode a stream to exactly the frames that the view promised: silence where it breaks off."""
        import io

        import soundfile

        view = self._views[index]
        frames = view.sample.frames if view is not None else 0
        blocks: list[Float32Array] = []
        have = 0
        try:
            with soundfile.SoundFile(io.BytesIO(self._tables.data[start:end].tobytes())) as file:
                while have < frames:
                    block = file.read(min(_BLOCK_FRAMES, frames - have), dtype="float32", always_2d=True)
                    if not len(block):
                        break
                    blocks.append(block[:, 0])
                    have += len(block)
        except (soundfile.SoundFileError, RuntimeError) as error:
            self._warn(f"sample {text(self._tables.shdr[index]['name'])!r} does not decode ({error})")
        if have < frames:
            blocks.append(np.zeros(frames - have, dtype=np.float32))
        return np.concatenate(blocks)[None]


def _decode_linear(tables: FontTables, start: int, end: int) -> Float32Array:
    high = tables.frames[start:end]
    if len(tables.low_bytes):
        whole = high.astype(np.int32) * 256 + tables.low_bytes[start:end]
        return (whole.astype(np.float32) / np.float32(1 << 23))[None]
    return (high.astype(np.float32) / np.float32(1 << 15))[None]


def _vorbis_frames(stream: bytes) -> int:
    """Length of an Ogg Vorbis stream: the position that its last page states (RFC 3533 §6), so nothing is decoded for it."""
    page = stream.rfind(b"OggS")
    if not stream.startswith(b"OggS") or b"vorbis" not in stream[:64] or page + 14 > len(stream):
        return 0
    claimed = int.from_bytes(stream[page + 6 : page + 14], "little", signed=True)
    return max(0, min(claimed, len(stream) * _FRAMES_PER_VORBIS_BYTE))
