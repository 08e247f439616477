"""Writing sound files: wav, flac, ogg (Vorbis), opus and mp3, whole or block by block, atomically."""

import warnings
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import Float32Array
from hexachord.audio.model import Audio
from hexachord.errors import InputError, OutputError
from hexachord.files import atomic_path

_CHUNK_FRAMES = 1 << 15  # the Vorbis encoder overflows its stack on very long writes


class _Format(NamedTuple):
    container: str
    subtypes: tuple[str, ...]  # the first is the default
    rates_hz: tuple[int, ...] = ()  # empty: any


_MP3_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_FORMATS = {
    ".wav": _Format("WAV", ("PCM_24", "PCM_16", "FLOAT")),
    ".flac": _Format("FLAC", ("PCM_24", "PCM_16")),
    ".ogg": _Format("OGG", ("VORBIS",)),
    ".opus": _Format("OGG", ("OPUS",), (8000, 12000, 16000, 24000, 48000)),
    ".mp3": _Format("MP3", ("MPEG_LAYER_III",), _MP3_RATES_HZ),
}


class ClippedAudioWarning(UserWarning):
    """Samples beyond full scale were clipped, because the file format cannot hold them."""


class AudioWriter:
    """A sound file being written block by block; it appears under its name only when all went well.

    Parameters
    ----------
    path : its suffix chooses the format: .wav .flac .ogg .opus .mp3
    rate_hz, channels : of the blocks to come; opus and mp3 know only some rates (`Audio.resampled` helps)
    subtype : ``PCM_16``, ``PCM_24`` or ``FLOAT`` where the format has a choice; 24 bits by default
    dither_seed : with a number, 16 bits are dithered (triangular noise of one step either way; Lipshitz, Wannamaker & Vanderkooy,
        *Quantization and dither*, JAES 40(5), 1992), so that what is soft ends in even noise instead of distortion; the same seed gives the
        same file
    bitrate_kbps : of an mp3, constant: 33 to 320 (9 to 160 below 32 kHz); the encoder takes the nearest that the format has

    Raises
    ------
    InputError : if the suffix, subtype, rate or bit rate is not one the format has.
    OutputError : if the file cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        rate_hz: int,
        channels: int,
        subtype: str | None = None,
        dither_seed: int | None = None,
        bitrate_kbps: int = 0,
    ) -> None:
        self.path = Path(path)
        self.clipped_samples = 0
        known = _format_of(self.path)
        subtype = subtype or known.subtypes[0]
        if subtype not in known.subtypes:
            raise InputError(self.path, found=f"the sample format {subtype}", expected=f"one of {', '.join(known.subtypes)}")
        if known.rates_hz and rate_hz not in known.rates_hz:
            raise InputError(self.path, found=f"a rate of {rate_hz} Hz", expected=f"one of {', '.join(map(str, known.rates_hz))} Hz")
        self._holds_any_level = subtype == "FLOAT"
        self._dither = np.random.default_rng(dither_seed) if subtype == "PCM_16" and dither_seed is not None else None
        self._stack = ExitStack()
        self._file: Any = None
        self._open_arguments = {"mode": "w", "samplerate": rate_hz, "channels": channels, "format": known.container, "subtype": subtype}
        if bitrate_kbps:
            self._open_arguments |= {"compression_level": _mp3_level(self.path, bitrate_kbps, rate_hz), "bitrate_mode": "CONSTANT"}

    def __enter__(self) -> Self:
        import soundfile

        temporary = self._stack.enter_context(atomic_path(self.path))
        try:
            self._file = self._stack.enter_context(soundfile.SoundFile(str(temporary), **self._open_arguments))
        except soundfile.LibsndfileError as error:
            refusal = OutputError(self.path, found=f"that it cannot be written ({error})")
            self._stack.__exit__(OutputError, refusal, None)  # with an error on its way nothing is renamed into place
            raise refusal from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)
        if kind is None and self.clipped_samples:
            warnings.warn(
                f"{self.path}: {self.clipped_samples} samples beyond full scale were clipped; lower the gain or save as float .wav",
                ClippedAudioWarning,
                stacklevel=2,
            )

    def write(self, samples: Float32Array) -> None:
        """Append ``(channels, n)`` samples.

        Raises
        ------
        OutputError : if the disk is full.
        """
        import soundfile

        if not self._holds_any_level:
            self.clipped_samples += int(np.count_nonzero(np.abs(samples) > 1.0))
        try:
            for start in range(0, samples.shape[1], _CHUNK_FRAMES):
                frames = np.ascontiguousarray(samples[:, start : start + _CHUNK_FRAMES].T)
                self._file.write(frames if self._dither is None else _dithered(frames, self._dither))
        except (soundfile.LibsndfileError, OSError) as error:
            raise OutputError(
                self.path, found=f"that it cannot be written to the end ({error})", next_step="free some disk space"
            ) from error


def _dithered(frames: Float32Array, random: np.random.Generator) -> NDArray[np.int16]:
    noise = random.random((*frames.shape, 2), dtype=np.float32)  # two numbers a sample, in order: cuts between writes make no difference
    steps = np.rint(frames * np.float32(32768.0) + (noise[..., 0] - noise[..., 1]))
    return np.clip(steps, -32768, 32767).astype(np.int16)


def save_audio(audio: Audio, path: str | Path, *, subtype: str | None = None) -> Path:
    """Write sound to a file; formats that lack the rate (opus, mp3) get the next higher one they have.

    Raises
    ------
    InputError : if the suffix or subtype is unknown.
    OutputError : if the file cannot be written.
    """
    path = Path(path)
    rates_hz = _format_of(path).rates_hz
    if rates_hz and audio.rate_hz not in rates_hz:
        audio = audio.resampled(min((rate for rate in rates_hz if rate >= audio.rate_hz), default=rates_hz[-1]))
    with AudioWriter(path, rate_hz=audio.rate_hz, channels=audio.channels, subtype=subtype) as writer:
        writer.write(audio.samples)
    return path


def _mp3_level(path: Path, kbps: int, rate_hz: int) -> float:
    """The position between the highest and the lowest bit rate of MPEG-1, or of MPEG-2 below 32 kHz: how libsndfile asks for one."""
    low, high = (32, 320) if rate_hz >= 32000 else (8, 160)
    if path.suffix.lower() != ".mp3" or not low < kbps <= high:
        raise InputError(path, found=f"a bit rate of {kbps} kbit/s", expected=f"an mp3 of {low + 1} to {high} kbit/s")
    return (high - kbps) / (high - low)


def _format_of(path: Path) -> _Format:
    known = _FORMATS.get(path.suffix.lower())
    if known is None:
        raise InputError(path, found=f"the suffix '{path.suffix}'", expected=f"one of {' '.join(_FORMATS)}", next_step="name it so")
    return known
