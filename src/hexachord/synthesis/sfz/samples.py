"""The samples of an SFZ instrument: found at once, opened when first struck, read once; and the built-in waves.

Loops that an editor stored in a WAV file (its ``smpl`` chunk) count when the region names none, as does the key it was played at.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio.decode import AudioFile, load_audio
from hexachord.errors import InputError
from hexachord.synthesis.model import Loop, Sample
from hexachord.synthesis.sfz.paths import MISSING, Library

_MIDDLE_C_HZ = 440.0 * 2.0 ** (-9 / 12)
_CYCLE_FRAMES = 256
_CYCLES = 64
_HARMONICS = 32  # of the saw and the square: at middle C they reach 8 kHz, and an octave or more up the player's band limit is not passed
_SEAM_FRAMES = 128  # 3 ms
_NOISE_FRAMES = 1 << 17
_NOISE_SEED = 60
_SUFFIXES = (".wav", ".flac", ".ogg", ".aif", ".aiff", ".mp3")
_RIFF_SCAN_BYTES = 1 << 26


class Recording(NamedTuple):
    """A sample with what its file says of itself: `loop` is ``(first, last + 1)``, `key` where it was played (fractions are cents).

    `sample` keeps what it has read; `load` reads it anew.
    """

    sample: Sample
    load: Callable[[], Float32Array]
    loop: tuple[int, int] | None = None
    key: float | None = None


@dataclass
class SampleShelf:
    """Every sample of one instrument, by the name the SFZ text gives it."""

    library: Library
    missing: dict[str, str] = field(default_factory=dict)  # name → why it does not sound
    _paths: dict[str, Path | None] = field(default_factory=dict)
    _recordings: dict[tuple[str, bool], Recording | None] = field(default_factory=dict)
    _looped: dict[tuple[Sample, Loop, float], tuple[Sample, Loop]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a sample can be found; what cannot is remembered in `missing` with its reason."""
        return (name.startswith("*") and self._wave(name) is not None) or self._path(name) is not None

    def recording(self, name: str, *, is_reversed: bool = False) -> Recording | None:
        """Open a sample, once; None when it cannot be found or is no sound."""
        asked = (name, is_reversed)
        if asked not in self._recordings:
            self._recordings[asked] = self._wave(name) if name.startswith("*") else self._opened(name, is_reversed)
        return self._recordings[asked]

    def looped(self, recording: Recording, loop: Loop, *, crossfade_s: float = 0.0) -> tuple[Sample, Loop]:
        """A sample whose loop can be played without a click, and that loop.

        The format calls ``loop_end`` the last frame played, and many libraries mean the one after it (32 of the 34 loops of Upright Piano
        KW do): what joins better counts. Then what leads up to the loop fades into the loop's end, for ``loop_crossfade`` seconds, and in
        any case for a moment too short to be heard as anything but a smooth seam.
        """
        original = recording.sample
        if original.name.startswith("*"):
            return original, loop
        asked = (original, loop, crossfade_s)
        if asked not in self._looped:
            samples = recording.load()
            loop = loop._replace(end=_better_end(samples, loop))
            length = loop.end - loop.start
            wanted = int(crossfade_s * original.rate_hz) or min(_SEAM_FRAMES, length // 4)
            _fade_into(samples, loop, frames=min(wanted, loop.start, length))
            self._looped[asked] = (replace(original, frames=samples.shape[1], read=lambda: samples), loop)
        return self._looped[asked]

    def _path(self, name: str) -> Path | None:
        if name in self._paths:
            return self._paths[name]
        found = self.library.find(name)
        if found == MISSING:  # libraries are often converted: the text still says .wav
            stem = name.rpartition(".")[0] or name
            others = (self.library.find(stem + suffix) for suffix in _SUFFIXES)
            found = next((other for other in others if isinstance(other, Path)), found)
        self._paths[name] = found if isinstance(found, Path) else None
        if not isinstance(found, Path):
            self.missing[name] = found
        return self._paths[name]

    def _wave(self, name: str) -> Recording | None:
        wave = _WAVES.get(name[1:].lower())
        if wave is None:
            self.missing[name] = "there is no such built-in wave"
            return None
        return wave()

    def _opened(self, name: str, is_reversed: bool) -> Recording | None:
        path = self._path(name)
        if path is None:
            return None
        try:
            with AudioFile(path) as file:
                rate_hz, frames, channels = file.rate_hz, file.frames, min(file.channels, 2)
        except InputError as error:
            self.missing[name] = f"it holds {error.found}"
            return None

        def load() -> Float32Array:
            samples = load_audio(path, salvage=True).samples[:2]
            return np.array(samples[:, ::-1] if is_reversed else samples, order="C")

        loop, key = wave_marks(path) if path.suffix.lower() == ".wav" else (None, None)
        if loop is not None and (loop[1] > frames or is_reversed):
            loop = None
        return Recording(
            Sample(name=name, rate_hz=float(rate_hz), frames=frames, channels=channels, read=functools.cache(load)), load, loop, key
        )


def wave_marks(path: Path) -> tuple[tuple[int, int] | None, float | None]:
    """The first forward loop ``(first, last + 1)`` and the key in a WAV file's ``smpl`` chunk, None where there is none.

    The layout is that of Microsoft's Multimedia Data Standards Update (1994): nine 32-bit numbers, then 24 bytes for each loop, whose
    end is the last frame played. No length the file claims is trusted.
    """
    with open(path, "rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return None, None
        while len(header := file.read(8)) == 8:
            size = int.from_bytes(header[4:], "little")
            if header[:4] != b"smpl":
                file.seek(size + size % 2, 1)
                continue
            data = file.read(min(size, _RIFF_SCAN_BYTES))
            if len(data) < 36:
                return None, None
            numbers = np.frombuffer(data[: len(data) // 4 * 4], dtype="<u4")
            key = float(numbers[3]) + float(numbers[4]) / 2.0**32 if numbers[3] <= 127 else None
            loops = numbers[9 : 9 + 6 * min(int(numbers[7]), 16)]
            for at in range(0, len(loops) - 5, 6):
                first, last = int(loops[at + 2]), int(loops[at + 3])
                if loops[at + 1] == 0 and last > first:
                    return (first, last + 1), key
            return None, key
    return None, None


def _better_end(samples: Float32Array, loop: Loop) -> int:
    context = min(_SEAM_FRAMES, loop.start, loop.end - 1)
    if context < 2:
        return loop.end
    before = samples[:, loop.start - context : loop.start]

    def misfit(end: int) -> float:
        return float(np.square(samples[:, end - context : end] - before).sum())

    return loop.end if misfit(loop.end) <= misfit(loop.end - 1) else loop.end - 1


def _fade_into(samples: Float32Array, loop: Loop, *, frames: int) -> None:
    share = (0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 1) / (frames + 1))).astype(np.float32)
    ahead = samples[:, loop.start - frames : loop.start].copy()
    ending = samples[:, loop.end - frames : loop.end]
    ending += share * (ahead - ending)


def _cycle(name: str, amplitudes: Callable[[Float64Array], Float64Array], *, harmonics: int) -> Recording:
    order = np.arange(1.0, harmonics + 1.0)
    phase = 2.0 * np.pi * np.arange(_CYCLE_FRAMES) / _CYCLE_FRAMES
    wave = np.sin(np.outer(phase, order)) @ amplitudes(order)
    return _looped(name, np.tile(wave / np.abs(wave).max(), _CYCLES), _CYCLE_FRAMES * _MIDDLE_C_HZ)


def _looped(name: str, wave: Float64Array, rate_hz: float) -> Recording:
    samples = wave[None].astype(np.float32)
    sample = Sample(name=name, rate_hz=rate_hz, frames=samples.shape[1], channels=1, read=lambda: samples)
    return Recording(sample, sample.read, (0, samples.shape[1]), 60.0)


@functools.cache
def _sine() -> Recording:
    return _cycle("*sine", lambda order: np.ones(len(order)), harmonics=1)


@functools.cache
def _saw() -> Recording:
    return _cycle("*saw", lambda order: 1.0 / order, harmonics=_HARMONICS)


@functools.cache
def _square() -> Recording:
    return _cycle("*square", lambda order: (order % 2) / order, harmonics=_HARMONICS)


@functools.cache
def _triangle() -> Recording:
    return _cycle("*triangle", lambda order: np.sin(np.pi * order / 2.0) / order**2, harmonics=_HARMONICS)


@functools.cache
def _noise() -> Recording:
    return _looped("*noise", np.random.default_rng(_NOISE_SEED).uniform(-1.0, 1.0, _NOISE_FRAMES), 48_000.0)


@functools.cache
def _silence() -> Recording:
    nothing = np.zeros((1, 64), dtype=np.float32)
    sample = Sample(name="*silence", rate_hz=48_000.0, frames=64, channels=1, read=lambda: nothing)
    return Recording(sample, sample.read)


_WAVES: Mapping[str, Callable[[], Recording]] = {
    "sine": _sine,
    "saw": _saw,
    "square": _square,
    "triangle": _triangle,
    "tri": _triangle,
    "noise": _noise,
    "silence": _silence,
}
