"""A grand piano recorded at every minor third and several degrees of force, as a bank of one instrument.

The recordings are those of the Salamander Grand Piano (Alexander Holm, CC BY 3.0) as they come in packages, a folder for each degree of
force: ``piano-velocity10/audio/A0v10.ogg``. Any of its sixteen degrees may be missing. What is recorded before the hammer hits the
string is left out, so that a note begins when it is asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from math import log10
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio.decode import AudioFile, load_audio
from hexachord.errors import InputError
from hexachord.synthesis.model import SOFT, AmplitudeEnvelope, Instrument, Route, Sample, Shape, Strike, Voice
from hexachord.synthesis.plain import DEFAULT_ROUTES, PlainBank
from hexachord.synthesis.voices.cache import SoundCache

_NAME = re.compile(r"([A-G]#?)(\d)v(\d{1,2})\.(?:ogg|flac|wav)$")
_RELEASE = re.compile(r"rel(\d{1,2})\.(?:ogg|flac|wav)$")
_STEPS = {name: step for step, name in enumerate(("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"))}
_UP_TO = (26, 34, 36, 43, 46, 50, 56, 64, 72, 80, 88, 96, 104, 112, 120, 127)
"""The highest velocity of each degree of force when all are there, as their maker meant it."""

_FEWEST_KEYS = 8
_KEPT_BYTES = 192 << 20
_UNDAMPED = 89  # the highest strings have no dampers
_BEFORE_S = 0.001  # how much of what precedes the hammer is kept
_HEARD = 0.03  # of the peak: the hammer has hit
_LONGEST_S, _HALVED_EVERY = 11.0, 32.0  # of the lowest string; keys higher up that ring half as long
_FADE_S = 1.5
_KEY_UP_DB = -30.0
_ROUTES = (*DEFAULT_ROUTES, Route(SOFT, Shape("switch", full=127.0), -3.0))


@dataclass(frozen=True, eq=False)
class _Layer:
    """One degree of force: what was recorded, by key; the velocities it answers, and the one it was played at."""

    files: dict[int, Path]
    low: int
    centre: float


@dataclass(kw_only=True, eq=False)
class GrandPiano:
    """The piano."""

    name: str
    layers: tuple[_Layer, ...]
    key_ups: dict[int, Path]
    kept: SoundCache
    _known: dict[tuple[int, int], tuple[Voice, ...]] = field(default_factory=dict, repr=False)
    _samples: dict[Path, tuple[Sample, int] | None] = field(default_factory=dict, repr=False)

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        """Answer a key going down with the recording that is nearest in force and pitch."""
        velocity = min(max(strike.velocity, 1), 127)
        if (strike.key, velocity) not in self._known:
            self._known[strike.key, velocity] = self._struck(strike.key, velocity)
        return self._known[strike.key, velocity]

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        """The damper falls: heard less, the longer the string has rung."""
        path = self.key_ups.get(strike.key)
        found = None if path is None else self._sample(path, longest_s=1.0)
        if found is None or strike.key >= _UNDAMPED:
            return ()
        gain_db = _KEY_UP_DB + 20.0 * log10(max(strike.velocity, 8) / 127.0) - min(2.0 * held_s, 12.0)
        return (Voice(sample=found[0], start=found[1], gain_db=round(gain_db), one_shot=True, routes=_ROUTES),)

    def _struck(self, key: int, velocity: int) -> tuple[Voice, ...]:
        layer = next(layer for layer in reversed(self.layers) if velocity >= layer.low or layer is self.layers[0])
        root = min(layer.files, key=lambda root: (abs(root - key), root))
        found = self._sample(layer.files[root], longest_s=_LONGEST_S * 0.5 ** ((root - 21) / _HALVED_EVERY))
        if found is None:
            return ()
        # the recordings differ by themselves; between two of them the force goes on growing
        gain_db = 20.0 * log10(0.27 + 0.73 * (velocity / 127.0) ** 2) + 0.12 * (velocity - layer.centre)
        return (
            Voice(
                sample=found[0],
                start=found[1],
                pitch_cents=100.0 * (key - root),
                gain_db=gain_db,
                one_shot=key >= _UNDAMPED,
                envelope=AmplitudeEnvelope(attack_s=0.0005, release_db_per_s=60.0 / (0.35 * 0.5 ** ((key - 21) / 60.0))),
                routes=_ROUTES,
            ),
        )

    def _sample(self, path: Path, *, longest_s: float) -> tuple[Sample, int] | None:
        """A recording, and the frame where its note begins."""
        if path not in self._samples:
            try:
                with AudioFile(path) as file:
                    rate_hz, channels = file.rate_hz, min(file.channels, 2)
                    frames = min(file.frames, round(longest_s * file.rate_hz))
                read = partial(
                    self.kept.find_or_make, (self, path), partial(_recording, path, frames, rate_hz), lambda made: int(made.nbytes)
                )
                sample = Sample(name=path.name, rate_hz=float(rate_hz), frames=frames, channels=channels, read=read)
                self._samples[path] = sample, _beginning(read(), rate_hz)
            except InputError:
                self._samples[path] = None
        return self._samples[path]


class GrandPianoBank:
    """A bank of one piano, whatever program is asked for; drums go to the plain kit."""

    licence = "CC BY 3.0"

    def __init__(self, piano: GrandPiano) -> None:
        self.name = piano.name
        self._piano = piano
        self._warnings: tuple[str, ...] = ()

    def instrument(self, *, program: int, bank: int = 0, is_percussion: bool = False) -> Instrument:
        """Return the piano."""
        if is_percussion:
            self._warnings = (f"{self.name} is a piano: the plain kit plays the drums",)
            return PlainBank().instrument(program=program, is_percussion=True)
        return self._piano

    @property
    def warnings(self) -> tuple[str, ...]:
        """What another bank had to play so far, in words."""
        return self._warnings


def is_grand_piano(folder: Path) -> bool:
    """Whether a folder holds recordings named as `load_grand_piano` expects them."""
    return folder.is_dir() and len({match[1] + match[2] for _, match in _matches(folder, _NAME)}) >= _FEWEST_KEYS


def load_grand_piano(folder: str | Path, *, kept: SoundCache | None = None) -> GrandPianoBank:
    """Open a folder of recordings of a grand piano.

    Parameters
    ----------
    folder : with files such as ``A0v10.ogg`` in it, or in packages in it
    kept : where recordings that were read are kept, when it is shared with other banks

    Raises
    ------
    InputError : if there are no such recordings, or of too few keys.

    Examples
    --------
    >>> load_grand_piano("salamander").instrument(program=0)  # doctest: +SKIP
    """
    folder = Path(folder)
    by_degree: dict[int, dict[int, Path]] = {}
    for path, match in _matches(folder, _NAME):
        degree = int(match[3])
        if match[1] in _STEPS and 1 <= degree <= len(_UP_TO):
            by_degree.setdefault(degree, {})[12 * (int(match[2]) + 1) + _STEPS[match[1]]] = path
    by_degree = {degree: files for degree, files in sorted(by_degree.items()) if len(files) >= _FEWEST_KEYS}
    if not by_degree:
        raise InputError(
            folder,
            found="no recordings of a piano",
            expected="files such as A0v10.ogg",
            next_step="python training/get_instruments.py FOLDER",
        )
    key_ups = {20 + int(match[1]): path for path, match in _matches(folder, _RELEASE)}
    degrees = list(by_degree)
    layers = tuple(
        _Layer(by_degree[degree], _lowest(degrees, place), 0.5 * (_UP_TO[degree - 1] + (_UP_TO[degree - 2] + 1 if degree > 1 else 1)))
        for place, degree in enumerate(degrees)
    )
    piano = GrandPiano(name=folder.resolve().name, layers=layers, key_ups=key_ups, kept=kept or SoundCache(max_bytes=_KEPT_BYTES))
    return GrandPianoBank(piano)


def _lowest(degrees: Sequence[int], place: int) -> int:
    """The lowest velocity of a degree: halfway from the degree below, where some between are missing."""
    if not place:
        return 1
    below, here = degrees[place - 1], degrees[place]
    return (_UP_TO[below - 1] + _UP_TO[here - 2]) // 2 + 1


def _matches(folder: Path, pattern: re.Pattern[str]) -> list[tuple[Path, re.Match[str]]]:
    try:
        paths = sorted(path for depth in ("", "audio/", "*/audio/", "*/*/audio/") for path in folder.glob(f"{depth}*"))
    except OSError:
        return []
    return [(path, match) for path in paths if (match := pattern.match(path.name))]


def _recording(path: Path, frames: int, rate_hz: int) -> Float32Array:
    """The beginning of a recording, faded where it is cut."""
    samples = np.array(load_audio(path, end_s=(frames + 1) / rate_hz, salvage=True).samples[:2, :frames])
    fade = min(round(_FADE_S * rate_hz), samples.shape[1])
    samples[:, samples.shape[1] - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32) ** 2
    return samples


def _beginning(samples: Float32Array, rate_hz: int) -> int:
    """The frame where the hammer hits."""
    level = np.abs(samples[:, : rate_hz // 4]).max(axis=0)
    return max(0, int(np.argmax(level > _HEARD * level.max(initial=0.0))) - round(_BEFORE_S * rate_hz))
