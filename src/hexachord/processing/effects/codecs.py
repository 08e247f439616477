"""There and back through lossy formats, in memory, in step to the sample.

Vorbis and Opus say how much silence to drop. MP3 says it in a tag of its first frame, for which frames of low bit rates have no room: then
what comes back begins with the 1105 samples by which encoder and decoder together are late.
"""

import io
from collections.abc import Callable

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio.model import resample
from hexachord.processing.effects.effect import Processor, whole_effect, within

_CHUNK_FRAMES = 1 << 15  # the Vorbis encoder overflows its stack on very long writes
_MP3_LATE = 1105
_MP3_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_OPUS_RATES_HZ = (8000, 12000, 16000, 24000, 48000)


@whole_effect
def vorbis(rate_hz: int, channels: int, *, quality: float = 0.4) -> Processor:
    """Ogg Vorbis: `quality` 0 (64 kbit/s in stereo at 44.1 kHz) to 1 (500)."""
    level = 1.0 - within(quality, 0.0, 1.0)
    return _Codec(lambda sound: _round_trip(sound, rate_hz, container="OGG", subtype="VORBIS", level=level), rate_hz, (), channels)


@whole_effect
def opus(rate_hz: int, channels: int, *, bitrate_kbps: float = 96.0) -> Processor:
    """Opus: 6 to 256 kbit/s for each channel; at 48 kHz, or what is next above the rate."""
    level = 1.0 - (within(bitrate_kbps / channels, 6.0, 256.0) - 6.0) / 250.0
    at_hz = _rate_of(rate_hz, _OPUS_RATES_HZ)
    return _Codec(lambda sound: _round_trip(sound, at_hz, container="OGG", subtype="OPUS", level=level), rate_hz, _OPUS_RATES_HZ, channels)


@whole_effect
def mp3(rate_hz: int, channels: int, *, bitrate_kbps: float = 128.0) -> Processor:
    """MP3 at a constant rate: 33 to 320 kbit/s, 9 to 160 below 32 kHz."""
    at_hz = _rate_of(rate_hz, _MP3_RATES_HZ)
    low, high = (32.0, 320.0) if at_hz >= 32000 else (8.0, 160.0)
    level = (high - within(bitrate_kbps, low + 1, high)) / (high - low)
    return _Codec(
        lambda sound: _round_trip(sound, at_hz, container="MP3", subtype="MPEG_LAYER_III", level=level), rate_hz, _MP3_RATES_HZ, channels
    )


class _Codec:
    """Collects the whole, and sends it through at the end; what is beyond full scale travels at a lower level."""

    def __init__(self, through: Callable[[Float32Array], Float32Array], rate_hz: int, rates_hz: tuple[int, ...], channels: int) -> None:
        if channels > 2:
            raise ValueError(f"formats are gone through with one or two channels, not {channels}")
        self.channels = channels
        self._through = through
        self._rate_hz, self._at_hz = rate_hz, _rate_of(rate_hz, rates_hz) if rates_hz else rate_hz
        self._blocks: list[Float32Array] = []

    def process(self, block: Float32Array) -> Float32Array:
        self._blocks.append(block)
        return block[:, :0]

    def finish(self) -> Float32Array:
        if not sum(block.shape[1] for block in self._blocks):
            return np.zeros((self.channels, 0), dtype=np.float32)
        sound = np.concatenate(self._blocks, axis=1)
        self._blocks = []
        scale = np.float32(max(1.0, float(np.abs(sound).max())))
        there = resample(sound / scale, self._rate_hz, self._at_hz)
        back = resample(self._through(there), self._at_hz, self._rate_hz) * scale
        frames = sound.shape[1]
        return np.pad(back[:, :frames], ((0, 0), (0, max(0, frames - back.shape[1]))))


def _round_trip(sound: Float32Array, rate_hz: int, *, container: str, subtype: str, level: float) -> Float32Array:
    import soundfile

    memory = io.BytesIO()
    options = {"bitrate_mode": "CONSTANT"} if container == "MP3" else {}
    with soundfile.SoundFile(memory, "w", rate_hz, sound.shape[0], subtype, format=container, compression_level=level, **options) as file:
        for start in range(0, sound.shape[1], _CHUNK_FRAMES):
            file.write(np.ascontiguousarray(sound[:, start : start + _CHUNK_FRAMES].T))
    memory.seek(0)
    heard = soundfile.read(memory, dtype="float32", always_2d=True)[0].T
    frames = sound.shape[1]
    if container == "MP3" and heard.shape[1] > frames:
        heard = heard[:, _MP3_LATE:]
    heard = np.nan_to_num(heard[:, :frames])
    return np.pad(heard, ((0, 0), (0, frames - heard.shape[1])))


def _rate_of(rate_hz: int, rates_hz: tuple[int, ...]) -> int:
    return min((rate for rate in rates_hz if rate >= rate_hz), default=rates_hz[-1])
