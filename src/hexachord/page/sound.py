"""Which sounds a song's page plays: the recording and its stems, or our own performance of a score."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import AudioFile
from hexachord.page.rates import Rate, plan_sound
from hexachord.song import Song

PERFORMANCE = "performance.flac"
_STEMS = "stems/"
_MONO_HZ = 22050
_ORDER = ("vocals", "drums", "bass", "other")  # as a desk has them; others follow by name


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One sound file: `file` is its name in the folder, if it is there for people; `sha256` its hash, where it is known; `gain_db` what
    brings it to its place in the mix."""

    id: str
    name: str
    path: Path
    rate: Rate
    engine: str
    file: str | None = None
    sha256: str = ""
    gain_db: float = 0.0


@dataclass(frozen=True, kw_only=True)
class MonoSignal:
    """One channel, perhaps mapped from disk."""

    samples: Float32Array
    rate_hz: float


@dataclass(frozen=True, kw_only=True)
class Sound:
    """The voices of a page, the mix first, and what is left out with the reason."""

    voices: tuple[Voice, ...]
    duration_s: float
    skipped: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def mono(self, song: Song) -> Iterator[MonoSignal | None]:
        """Give the mix in mono: the working copy where there is one, else decoded to a file that is gone afterwards."""
        mix = next((voice for voice in self.voices if voice.id == "mix"), None)
        copy = song.folder / "cache" / f"mono-{_MONO_HZ}.f32"
        if mix is not None and mix.file is None and copy.is_file() and copy.stat().st_size:
            yield MonoSignal(samples=np.memmap(copy, dtype="<f4", mode="r"), rate_hz=_MONO_HZ)
        elif mix is None or not mix.path.is_file():
            yield None
        else:
            with tempfile.TemporaryFile(dir=song.folder) as file:
                with AudioFile(mix.path, salvage=True) as sound:
                    for block in sound.blocks(rate_hz=_MONO_HZ, mono=True):
                        file.write(np.ascontiguousarray(block.samples[0], dtype="<f4").data)
                file.flush()
                yield MonoSignal(samples=np.memmap(file, dtype="<f4", mode="r"), rate_hz=_MONO_HZ)


def sound_of(song: Song, *, duration_s: float, came_as_score: bool, why_silent: str = "") -> Sound:
    """Choose what a page plays, and at which rates.

    Parameters
    ----------
    song : its folder
    duration_s : of the recording; a performance knows its own
    came_as_score : then the sound is our performance, if there is one
    why_silent : why there is none, if that is known
    """
    names = sorted((name for name in song.files if name.startswith(_STEMS) and name.endswith((".flac", ".wav"))), key=_desk_order)
    made_by = song.engines.get("perform" if came_as_score else "stems", "")
    stem_gain_db = 0.0
    if came_as_score:
        path = song.folder / PERFORMANCE
        if not path.is_file():
            why = why_silent or "the score was not performed; hexachord perform makes its sound"
            return Sound(voices=(), duration_s=duration_s, skipped={"sound": why})
        with AudioFile(path) as sound:
            duration_s = sound.duration_s
        stem_gain_db = -float(song.facts("perform").get("stem_gain_db") or 0.0)
    plan = plan_sound(duration_s, stems=len(names))
    voices: list[Voice] = []
    if plan.mix is not None and came_as_score:
        voices.append(Voice(id="mix", name="Mix", path=path, rate=plan.mix, engine=made_by, file=PERFORMANCE))
    elif plan.mix is not None:
        voices.append(Voice(id="mix", name="Mix", path=song.source, rate=plan.mix, engine="", sha256=song.source_sha256))
    if plan.stems is not None:
        for name in names:
            stem = Path(name).stem
            voice = Voice(
                id=f"stem-{_identifier(stem)}",
                name=track_name(stem),
                path=song.folder / name,
                rate=plan.stems,
                engine=made_by,
                file=name,
                gain_db=stem_gain_db,
            )
            voices.append(voice)
    skipped = {"stems" if plan.mix else "sound": plan.why} if plan.why else {}
    return Sound(voices=tuple(voices), duration_s=duration_s, skipped=skipped)


def track_name(stem: str) -> str:
    """Name a stem's file for the eye: numbers that keep the order go, underlines become spaces.

    Examples
    --------
    >>> track_name("1-Voice"), track_name("melody_notes"), track_name("12")
    ('Voice', 'Melody notes', '12')
    """
    words = stem.lstrip("0123456789").strip("-_ ").replace("_", " ").replace("-", " ") or stem
    return words[0].upper() + words[1:]


def _desk_order(name: str) -> tuple[int, str]:
    stem = Path(name).stem
    return _ORDER.index(stem) if stem in _ORDER else len(_ORDER), name


def _identifier(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
