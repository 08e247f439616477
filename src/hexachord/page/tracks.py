"""The sound of a page: MP3 that every browser plays, and outlines to draw.

MP3 encoders put a little silence in front of the sound and note how much in a tag of the first frame; browsers drop that much again, so
the decoded sound lies on the original to the sample. `rates` keeps to the rates at which the tag has room.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import AudioFile, AudioWriter
from hexachord.files import sha256_of_file
from hexachord.page.contract import Peaks
from hexachord.page.rates import Rate
from hexachord.song import Scalar, Song, Step, StepResult

MIME = "audio/mpeg"
LEAD_IN_FRAMES = 1105  # LAME's delay of 576 samples and a decoder's of 529
_BLOCK_S = 10.0
_PEAKS_PER_S = 100
_FEWER_PEAKS_PER_S = 25  # for recordings of more than twenty minutes
_LONG_S = 1200.0
_ENGINE = "page/mp3"
_ENGINE_VERSION = "1"


def compressed(song: Song, source: Path, *, name: str, rate: Rate, sha256: str = "") -> tuple[Path, Peaks]:
    """Compress a sound file into the song's cache, or find it there.

    Parameters
    ----------
    song : its folder, held by the caller
    source : the sound file
    name : of the track
    rate : how
    sha256 : the hash of its content, if it is known

    Returns
    -------
    The MP3 file, and the outline of the sound.

    Raises
    ------
    InputError : if the sound file is not there and was not compressed before, or is damaged.
    """
    parameters: dict[str, Scalar] = {
        "kbps": rate.kbps,
        "rate_hz": rate.rate_hz,
        "mono": rate.mono,
        "sha256": sha256 or sha256_of_file(source),
    }
    step = Step(name=f"page-sound-{name}", engine=_ENGINE, engine_version=_ENGINE_VERSION, parameters=parameters)
    result = song.recall(step)
    if result is None:
        result = _compress(song, source, file=f"cache/page/{name}.mp3", rate=rate)
        song.remember(step, result, wall_s=0.0)
    peaks: Peaks = {"per_s": float(result.facts["peaks_per_s"] or 0), "values": str(result.facts["peaks"])}
    return song.folder / result.files[0], peaks


def _compress(song: Song, source: Path, *, file: str, rate: Rate) -> StepResult:
    with AudioFile(source, salvage=True) as sound, song.writing(file) as target:
        mono = rate.mono or sound.channels == 1
        kbps = rate.kbps if mono == rate.mono else max(56, rate.kbps * 5 // 8 // 8 * 8)  # one channel needs a little more than half
        outline = Outline(rate_hz=rate.rate_hz, per_s=_PEAKS_PER_S if sound.duration_s <= _LONG_S else _FEWER_PEAKS_PER_S)
        channels = 1 if mono else 2
        with AudioWriter(target, rate_hz=rate.rate_hz, channels=channels, bitrate_kbps=kbps) as writer:
            for block in sound.blocks(block_s=_BLOCK_S, rate_hz=rate.rate_hz, mono=mono):
                samples = np.clip(block.samples if block.channels == channels else _to_stereo(block.samples), -1.0, 1.0)
                writer.write(samples)
                outline.add(block.mono())
        peaks = outline.peaks()
    return StepResult(files=(file,), facts={"peaks_per_s": peaks["per_s"], "peaks": peaks["values"]})


def _to_stereo(samples: Float32Array) -> Float32Array:
    """Keep the front pair of a surround recording, and half of all others on both sides."""
    rest = samples[2:].sum(axis=0, dtype=np.float32) * np.float32(0.5)
    return np.asarray(samples[:2] + rest, dtype=np.float32)


class Outline:
    """Lowest and highest sample of each stretch of a sound that comes in blocks.

    Examples
    --------
    >>> outline = Outline(rate_hz=4, per_s=2)
    >>> outline.add(np.array([0.0, 1.0, -1.0], np.float32)); outline.add(np.array([0.5], np.float32))
    >>> list(base64.b64decode(outline.peaks()["values"]))  # (0, 127), (-127, 64) as bytes
    [0, 127, 129, 64]
    """

    def __init__(self, *, rate_hz: int, per_s: int) -> None:
        if rate_hz % per_s:
            raise ValueError(f"{rate_hz} Hz is no multiple of {per_s} per second")
        self._size = rate_hz // per_s
        self._per_s = per_s
        self._rest: Float32Array = np.zeros(0, np.float32)
        self._pairs: list[np.ndarray] = []

    def add(self, samples: Float32Array) -> None:
        """Add the next ``(n,)`` samples."""
        joined = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(joined) // self._size * self._size
        self._pairs.extend(_extremes(joined[:whole].reshape(-1, self._size)))
        self._rest = joined[whole:].copy()

    def peaks(self) -> Peaks:
        """Return all there is; the last stretch may be shorter."""
        pairs = [*self._pairs, *(_extremes(self._rest[np.newaxis]) if len(self._rest) else ())]
        data = np.concatenate(pairs).tobytes() if pairs else b""
        return {"per_s": float(self._per_s), "values": base64.b64encode(data).decode("ascii")}


def _extremes(stretches: Float32Array) -> Iterator[np.ndarray]:
    if len(stretches):
        pairs = np.stack([stretches.min(axis=1), stretches.max(axis=1)], axis=1)
        yield np.rint(np.clip(pairs, -1.0, 1.0) * 127).astype(np.int8).ravel()
