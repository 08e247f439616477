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
    """One sound file: `file` is its name in the folder, if it is there for people; `sha256` its hash, where it is known."""

    id: str
    name: str
    path: Path
    rate: Rate
    engine: str
    file: str | None = None
    sha256: str = ""


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


def sound_of(song: Song, *, duration_s: float, came_as_score: bool) -> Sound:
    """Choose what a page plays, and at which rates.

    Parameters
    ----------
    song : its folder
    duration_s : of the recording; a performance knows its own
    came_as_score : then the sound is our performance, if there is one
    """
    names = sorted((name for name in song.files if name.startswith(_STEMS) and name.endswith((".flac", ".wav"))), key=_desk_order)
    skipped: dict[str, str] = {}
    if came_as_score:
        mix_path = song.folder / PERFORMANCE
        if not mix_path.is_file():
            skipped["sound"] = "nobody has performed the score yet: hexachord perform makes its sound"
            return Sound(voices=(), duration_s=duration_s, skipped=skipped)
        with AudioFile(mix_path) as sound:
            duration_s = sound.duration_s
        engine, stem_engine, file, sha256 = song.engines.get("perform", ""), song.engines.get("perform", ""), PERFORMANCE, ""
    else:
        mix_path, file, sha256 = song.source, None, song.source_sha256
        engine, stem_engine = "", song.engines.get("stems", "")
    plan = plan_sound(duration_s, stems=len(names))
    if plan.why:
        skipped["stems" if plan.mix else "sound"] = plan.why
    voices = (
        [] if plan.mix is None else [Voice(id="mix", name="Mix", path=mix_path, rate=plan.mix, engine=engine, file=file, sha256=sha256)]
    )
    if plan.stems is not None:
        for name in names:
            stem = Path(name).stem
            words = stem.lstrip("0123456789").strip("-_ ").replace("_", " ").replace("-", " ") or stem
            voices.append(
                Voice(
                    id=f"stem-{_identifier(stem)}",
                    name=words.capitalize(),
                    path=song.folder / name,
                    rate=plan.stems,
                    engine=stem_engine,
                    file=name,
                )
            )
    return Sound(voices=tuple(voices), duration_s=duration_s, skipped=skipped)


def _desk_order(name: str) -> tuple[int, str]:
    stem = Path(name).stem
    return _ORDER.index(stem) if stem in _ORDER else len(_ORDER), name


def _identifier(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
