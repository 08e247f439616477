"""Suites on disk: rendered when first asked for, kept in the user's cache, found again by everything that decides how they sound.

A song is a sound file (or a file for each stem) with its labels beside it. The folder's name holds a fingerprint of the engine's own code,
the instruments, the music and the split: when any of them changes, the suite is rendered anew. All suites together stay below
`LIMIT_BYTES`: those unused for the longest time are deleted first. ``HEXACHORD_CACHE`` names another folder than the system's; ``off``
keeps nothing beyond the process.
"""

import atexit
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import Audio, load_audio
from hexachord.corpus.workers import in_order
from hexachord.files import atomic_path, read_text, write_text
from hexachord.knowledge.model import Knowledge
from hexachord.rendering.casting import is_voice
from hexachord.rendering.features import identity_of
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.labels_json import labels_from_json, labels_to_json
from hexachord.rendering.model import Take
from hexachord.rendering.producing import draw_production
from hexachord.rendering.production import Production
from hexachord.rendering.shelf import CORPORA, Shelf
from hexachord.rendering.sound import Rendered, render_take
from hexachord.rendering.split import Split
from hexachord.rendering.stream import unopened
from hexachord.rendering.suites import Choice, Slot, Suite, choose, draw_song

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``."""

LIMIT_BYTES = 500_000_000
_IN_USE_S = 3600.0
STEMS = ("vocals", "drums", "bass", "other")
_PEAK = 0.98
_NEXT_PRODUCTION = 1_000_000_007
_PRODUCTIONS = 100  # a voice is drawn four times in five
_PACKAGES = ("rendering", "synthesis", "processing/effects", "dsp", "score", "theory")  # what has a say in what is heard and labelled
_NO_SAY = ("suite_files.py", "stream.py", "shards.py", "catalogue.py")  # where things are kept, and who makes them
_OTHERS = "artists"  # beginning of what makes another corpus out of the same engine
_DISTRIBUTIONS = ("numpy", "scipy", "soundfile", "soxr")


@dataclass(frozen=True, kw_only=True)
class SuiteSong:
    """A song of a suite: its sound and its labels, read when asked for.

    Attributes
    ----------
    id : ``rhythm-1/7_8_drums_02``
    traits : words to sort scores by (``7_8``, ``drums``)
    labels : the file with what is true about it
    path : of the sound; where there are stems it is not written, their sum is the song
    stems : files by role, ``vocals drums bass other``; none unless the suite has stems
    """

    id: str
    traits: tuple[str, ...]
    labels: Path
    path: Path
    stems: dict[str, Path]

    def audio(self) -> Audio:
        """Decode the song."""
        if not self.stems:
            return load_audio(self.path)
        parts = [load_audio(path) for path in self.stems.values()]
        return Audio(samples=np.sum([part.samples for part in parts], axis=0), rate_hz=parts[0].rate_hz)

    @property
    def take(self) -> Take:
        """Everything that is true about it as it sounds (strokes are not kept)."""
        return self._labelled[0]

    @property
    def truth(self) -> Knowledge:
        """What a listener could know of it."""
        return self.take.truth

    @property
    def production(self) -> Production:
        """How it was made to sound."""
        production = self._labelled[1]
        assert production is not None  # `render_song` wrote it
        return production

    @property
    def _labelled(self) -> tuple[Take, Production | None]:
        return labels_from_json(read_text(self.labels, what="the labels of a rendered song"), source=str(self.labels))


@dataclass(frozen=True, kw_only=True)
class RenderedSuite:
    """A suite that can be heard: its songs, where they lie, and what could not be made."""

    name: str
    songs: tuple[SuiteSong, ...]
    folder: Path
    missing: tuple[str, ...] = ()


def cache_folder() -> Path | None:
    """Return where rendered suites are kept (``$HEXACHORD_CACHE``, else the system's place for caches); None when that is ``off``."""
    named = os.environ.get("HEXACHORD_CACHE", "")
    if named.lower() == "off":
        return None
    if named:
        return Path(named).expanduser()
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "hexachord"


def render_suite(
    suite: Suite,
    *,
    data: Path,
    split: Split,
    instruments: Instruments,
    workers: int = 2,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> RenderedSuite:
    """Render what is not there yet of a suite.

    Parameters
    ----------
    data : the folder with ``train/``; songs come from its held-out side
    instruments : what plays. Those of the held-out side make the suite; those of the training side play the same songs, so that the
        difference says what unseen instruments cost
    workers : processes (0: this one); how many makes no difference to what is rendered
    folder : in which suites are kept; `cache_folder` when not given
    progress : told what is being rendered

    Returns
    -------
    RenderedSuite, in the order of the slots.

    Raises
    ------
    InputError : if `data` has no ``train/``.
    """
    from filelock import FileLock

    kept = cache_folder() if folder is None else folder
    home = passing_folder() if kept is None else kept / "suites"
    shelf, instruments = unopened(Shelf(data=data, split=split, side="held_out"), instruments)
    place = home / f"{suite.name}-{instruments.side}-{fingerprint(suite, shelf, instruments)}"
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / ".lock"):
        choices = _choices(suite, shelf, place / "index.json", workers=workers, progress=progress)
        songs = [song_of(suite, choice, place) for choice in choices]
        rest = tuple(choice for choice, song in zip(choices, songs, strict=True) if not song.labels.exists())
        what = f"rendering {suite.name} into {place}"
        for done, _ in enumerate(in_order(_Maker(suite, shelf, instruments, place, rest), count=len(rest), workers=workers)):
            if progress is not None:
                progress(what, done + 1, len(rest))
        (place / ".used").touch()
    make_room(home, keep=place)
    counts = [sum(choice.slot == index for choice in choices) for index in range(len(suite.slots))]
    short = tuple(
        f"{suite.name}: {found} of {slot.songs} songs {slot.name}; the held-out side of the data has no more"
        for slot, found in zip(suite.slots, counts, strict=True)
        if found < slot.songs
    )
    return RenderedSuite(name=suite.name, songs=tuple(songs), folder=place, missing=short)


def fingerprint(suite: Suite, shelf: Shelf, instruments: Instruments) -> str:
    """Hash what a suite's sound depends on: the engine, the instruments, the music at hand, the split."""
    return identity_of(
        [
            engine_fingerprint(),
            [suite.name, suite.length_s, suite.rate_hz, suite.stems, [[*slot[:3], slot.alone, slot.voiced] for slot in suite.slots]],
            *instruments_identity(instruments),
            sorted(shelf.split.sides.items()),
            [[corpus, shelf.names(corpus)] for corpus in CORPORA],
        ]
    )


def instruments_identity(instruments: Instruments) -> tuple[list[list[str | int]], list[list[str]]]:
    """Say what instruments are at hand, as plain data: sets with their files' sizes; families of effects and rooms."""
    sets: list[list[str | int]] = [[origin, path.name, _size(path)] for origin, path in sorted(instruments.paths.items())]
    return sets, [list(instruments.families), list(instruments.rooms)]


@cache
def engine_fingerprint() -> str:
    """Hash the code that makes and labels sound, and the versions of the libraries under it."""
    from importlib.metadata import version

    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for name in _DISTRIBUTIONS:
        digest.update(f"{name} {version(name)}\n".encode())
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if path.name not in _NO_SAY and not path.name.startswith(_OTHERS):
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def song_of(suite: Suite, choice: Choice, place: Path) -> SuiteSong:
    """Name the files of a song."""
    slot = suite.slots[choice.slot]
    name = f"{slot.name}_{choice.place + 1:02d}"
    stems = {role: place / f"{name}.{role}.flac" for role in STEMS} if suite.stems else {}
    return SuiteSong(id=f"{suite.name}/{name}", traits=slot.traits, labels=place / f"{name}.json", path=place / f"{name}.flac", stems=stems)


def render_song(suite: Suite, choice: Choice, shelf: Shelf, instruments: Instruments, place: Path) -> SuiteSong:
    """Render a song and write it: sounds first, its labels last, so that a song with labels is whole."""
    take = draw_song(suite, choice, shelf)
    production = _produced(take, suite.slots[choice.slot], instruments, seed=choice.seed)
    rendered = render_take(take, production, instruments, rate_hz=suite.rate_hz, stems=suite.stems)
    song = song_of(suite, choice, place)
    if suite.stems:
        stems = stems_by_role(rendered)
        gain = _gain(rendered.mix, *stems.values())
        for role, sound in stems.items():
            write_sound(song.stems[role], gain * sound, suite.rate_hz)
    else:
        sound = rendered.audio.mean(axis=0, keepdims=True, dtype=np.float32)
        write_sound(song.path, _gain(sound) * sound, suite.rate_hz)
    write_text(song.labels, labels_to_json(rendered.take, production))
    return song


def _produced(take: Take, slot: Slot, instruments: Instruments, *, seed: int) -> Production:
    """Draw a production; in a voiced slot, the first one in which whoever sings has a voice."""
    for number in range(_PRODUCTIONS):
        production = draw_production(take, instruments, seed=seed + number * _NEXT_PRODUCTION)
        if not slot.voiced or all(is_voice(part) for part, role in zip(production.parts, take.roles, strict=True) if role == "sung"):
            break
    return production


def stems_by_role(rendered: Rendered) -> dict[str, Float32Array]:
    """Sum the stems of a rendered take to ``vocals drums bass other``; second voices of singers are vocals too."""
    made = {role: np.zeros_like(rendered.mix) for role in STEMS}
    for part, role, stem in zip(rendered.production.parts, rendered.take.roles, rendered.stems, strict=True):
        voice = role in ("sung", "counter") and is_voice(part)
        made["vocals" if voice else role if role in ("drums", "bass") else "other"] += stem
    return made


@dataclass(frozen=True)
class _Chooser:
    """Finds the songs of a slot, in whatever process it is called."""

    suite: Suite
    shelf: Shelf

    def __call__(self, slot: int) -> tuple[Choice, ...]:
        return choose(self.suite, slot, self.shelf)


@dataclass(frozen=True)
class _Maker:
    """Renders one of some songs."""

    suite: Suite
    shelf: Shelf
    instruments: Instruments
    place: Path
    choices: tuple[Choice, ...]

    def __call__(self, index: int) -> None:
        render_song(self.suite, self.choices[index], self.shelf, self.instruments, self.place)


def _choices(suite: Suite, shelf: Shelf, index: Path, *, workers: int, progress: Progress | None) -> list[Choice]:
    """What the suite is made of: found once, then read."""
    if not index.exists():
        slots: list[tuple[Choice, ...]] = []
        for found in in_order(_Chooser(suite, shelf), count=len(suite.slots), workers=workers):
            slots.append(found)
            if progress is not None:
                progress(f"choosing songs for {suite.name}", len(slots), len(suite.slots))
        write_text(index, json.dumps([choice for found in slots for choice in found]))
    return [Choice(*row) for row in json.loads(read_text(index, what="the list of a suite's songs"))]


def _gain(*sounds: Float32Array) -> np.float32:
    """What brings sounds below full scale, where they are not."""
    peak = max(float(np.abs(sound).max(initial=0.0)) for sound in sounds)
    return np.float32(min(1.0, _PEAK / max(peak, 1e-9)))


def write_sound(path: Path, sound: Float32Array, rate_hz: int) -> None:
    """Write ``(channels, n)`` in 16 bits without dither: rests of a stem stay silence, which is half of its size on disk."""
    import soundfile

    with atomic_path(path) as temporary:
        soundfile.write(temporary, np.rint(sound.T * np.float32(32767.0)).astype(np.int16), rate_hz, subtype="PCM_16")


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size


def passing_folder() -> Path:
    """A folder that is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="hexachord-suites-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def make_room(home: Path, *, keep: Path) -> None:
    """Delete the suites that were not used for the longest time, until the rest is small enough; not those somebody may be listening to."""
    total = _size(keep)
    now = time.time()
    for folder in sorted((path for path in home.iterdir() if path.is_dir() and path != keep), key=_last_used, reverse=True):
        total += _size(folder)
        if total > LIMIT_BYTES and now - _last_used(folder) > _IN_USE_S:
            shutil.rmtree(folder, ignore_errors=True)


def _last_used(folder: Path) -> float:
    stamp = folder / ".used"
    return (stamp if stamp.exists() else folder).stat().st_mtime
