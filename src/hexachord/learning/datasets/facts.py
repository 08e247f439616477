"""What a file says of itself when it is decoded once: which sound it holds, how it is coded, how loud and how bright it is.

These are what collections are checked by (copies, silence, damage) and what a classifier may learn instead of the music (codec, level,
bandwidth): Sturm, "Classification accuracy is not enough", JIIS 41(3), 2013.
"""

import hashlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio import AudioFile
from hexachord.dsp.loudness import LoudnessMeter
from hexachord.dsp.stft import power_blocks
from hexachord.errors import InputError
from hexachord.learning.datasets.files_below import SCORE_SUFFIXES
from hexachord.retrieval.fingerprint import RATE_HZ, Fingerprint, fingerprint

SILENCE_DBFS = -60.0
"""A stretch of 50 ms below this is silent."""

_BLOCK_S = 10.0
_FRAME_S = 0.05
_N_FFT = 2048
_BAND_DB = -80.0  # below the strongest bin of the mean spectrum: under music, above what 16 bits and coders leave where nothing is
_PRINTED_S = 1800.0  # a fingerprint of half an hour tells which recording it is, and bounds the memory
_LOWEST_METERED_HZ = 4000


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """Facts of a file of sound or score; what a score has not is 0 or None.

    Attributes
    ----------
    content_sha256 : hash of the decoded samples (float32, interleaved) with rate and channels, so a copy with other tags, or in another
        lossless format, is the same; of a score, hash of its notes. Lossy files hash alike only where they are decoded by the same library
    format, codec : as ``mp3`` and ``MPEG_LAYER_III``
    duration_s, rate_hz, channels, size_bytes : as they are
    bitrate_kbps : size over duration, an ID3 tag at the beginning not counted
    loudness_lufs : integrated, ITU-R BS.1770-4; None for silence
    peak_dbfs : highest sample; None for digital silence
    bandwidth_hz : the highest frequency at which the mean spectrum is within 80 dB of its strongest; lossy coding cuts it
    silence_share : part of its 50 ms stretches below -60 dBFS
    """

    content_sha256: str
    format: str
    codec: str
    duration_s: float
    size_bytes: int
    rate_hz: int = 0
    channels: int = 0
    bitrate_kbps: float = 0.0
    loudness_lufs: float | None = None
    peak_dbfs: float | None = None
    bandwidth_hz: float = 0.0
    silence_share: float = 0.0

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "FileFacts":
        """Build it from plain data."""
        return cls(**{one.name: plain[one.name] for one in fields(cls)})


@dataclass(frozen=True, kw_only=True, eq=False)
class FileRecord:
    """A file's facts, and its fingerprint (None for a score)."""

    facts: FileFacts
    print: Fingerprint | None = None


def measure_file(path: Path) -> FileRecord:
    """Decode a file once, in bounded memory, and say what it is.

    Raises
    ------
    InputError : if it cannot be read as sound (or, by its suffix, as a score).
    """
    return _measure_score(path) if path.suffix.lower() in SCORE_SUFFIXES else _measure_audio(path)


def _measure_audio(path: Path) -> FileRecord:
    import soxr

    with AudioFile(path) as file:
        rate_hz, channels = file.rate_hz, file.channels
        digest = hashlib.sha256(f"{rate_hz} {channels} ".encode())
        meter = LoudnessMeter(rate_hz=rate_hz, channels=channels) if rate_hz >= _LOWEST_METERED_HZ else None
        narrow = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="HQ")
        printed: list[Float32Array] = []
        spectrum = np.zeros(_N_FFT // 2 + 1)
        frames, samples, silent, heard = 0, 0, 0, 0
        peak = 0.0
        for block in file.blocks(block_s=_BLOCK_S):
            digest.update(np.ascontiguousarray(block.samples.T + np.float32(0.0)).tobytes())  # -0.0 is 0.0
            if meter is not None:
                meter.add(block.samples)
            mono = block.mono()
            peak = max(peak, float(np.abs(block.samples).max(initial=0.0)))
            quiet, stretches = _silence(block.samples, rate_hz)
            silent, heard = silent + quiet, heard + stretches
            power, count = _power(mono)
            spectrum, frames = spectrum + power, frames + count
            if samples < _PRINTED_S * rate_hz:
                printed.append(narrow.resample_chunk(mono))
            samples += block.frames
        printed.append(narrow.resample_chunk(np.zeros(0, np.float32), last=True))
    if not samples:
        raise InputError(path, found="a sound file without samples", next_step="check that it was saved completely")
    kind, codec = _format(path)
    size = path.stat().st_size
    loudness = meter.result().integrated_lufs if meter is not None else -np.inf
    facts = FileFacts(
        content_sha256=digest.hexdigest(),
        format=kind,
        codec=codec,
        duration_s=samples / rate_hz,
        size_bytes=size,
        rate_hz=rate_hz,
        channels=channels,
        bitrate_kbps=(size - _tag_bytes(path)) * 8 / 1000 / (samples / rate_hz),
        loudness_lufs=float(loudness) if np.isfinite(loudness) else None,
        peak_dbfs=20 * float(np.log10(peak)) if peak > 0 else None,
        bandwidth_hz=_bandwidth(spectrum, rate_hz) if frames else 0.0,
        silence_share=silent / max(heard, 1),
    )
    return FileRecord(facts=facts, print=fingerprint(np.concatenate(printed), RATE_HZ))


def _measure_score(path: Path) -> FileRecord:
    from hexachord.score.formats import load_score
    from hexachord.score.notes import note_array

    notes = note_array(load_score(path))
    named = np.stack([notes[name].astype(np.float64) for name in ("onset_s", "duration_s", "pitch")], axis=1)
    named = np.round(named[np.lexsort(named.T)], 4)
    end = float((named[:, 0] + named[:, 1]).max(initial=0.0))
    facts = FileFacts(
        content_sha256=hashlib.sha256(named.tobytes()).hexdigest(),
        format=path.suffix.lower().removeprefix("."),
        codec="notes",
        duration_s=end,
        size_bytes=path.stat().st_size,
        silence_share=0.0 if len(notes) else 1.0,
    )
    return FileRecord(facts=facts)


def _silence(samples: Float32Array, rate_hz: int) -> tuple[int, int]:
    """Count stretches of 50 ms, and those whose mean square (of the loudest channel) is silent; a rest counts where it is alone."""
    length = max(1, round(_FRAME_S * rate_hz))
    whole = samples.shape[1] // length * length or samples.shape[1]
    power = np.square(samples[:, :whole], dtype=np.float64).reshape(samples.shape[0], -1, min(length, whole)).mean(axis=2).max(axis=0)
    return int(np.count_nonzero(power < 10 ** (SILENCE_DBFS / 10))), len(power)


def _power(mono: Float32Array) -> tuple[Float64Array, int]:
    """Sum the power spectra of a block's frames; a block too short for one is padded."""
    if len(mono) < _N_FFT:
        mono = np.pad(mono, (0, _N_FFT - len(mono)))
    total, count = np.zeros(_N_FFT // 2 + 1), 0
    for _, power in power_blocks(mono, n_fft=_N_FFT, hop=_N_FFT, window="blackman-harris", centre=False):
        total += power.sum(axis=0, dtype=np.float64)
        count += len(power)
    return total, count


def _bandwidth(spectrum: Float64Array, rate_hz: int) -> float:
    top = spectrum.max()
    if not top > 0:
        return 0.0
    return float(np.flatnonzero(spectrum >= top * 10 ** (_BAND_DB / 10))[-1] * rate_hz / _N_FFT)


def _format(path: Path) -> tuple[str, str]:
    """The container and the codec; what libsndfile does not know is called by its suffix."""
    import soundfile

    try:
        known = soundfile.info(str(path))
    except soundfile.LibsndfileError:
        name = path.suffix.lower().removeprefix(".")
        return name, name
    return str(known.format).lower(), str(known.subtype)


def _tag_bytes(path: Path) -> int:
    """Length of an ID3v2 tag at the beginning: ten bytes of head, the last four its length in units of seven bits."""
    with open(path, "rb") as file:
        head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3":
        return 0
    length = 0
    for byte in head[6:]:
        length = length << 7 | byte & 0x7F
    return length + 10
