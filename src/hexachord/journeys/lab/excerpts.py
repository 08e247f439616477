"""A few seconds of each song, beside the page, so that a report can be heard wherever it is taken."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.audio.decode import AudioFile, load_audio
from hexachord.audio.encode import save_audio
from hexachord.errors import HexachordError
from hexachord.learning.datasets.dataset import Track

_SCORES = frozenset({".mid", ".midi", ".musicxml", ".mxl", ".xml", ".abc", ".json", ".txt", ".csv"})


@dataclass(frozen=True, kw_only=True)
class ExcerptOptions:
    """How much of how many songs."""

    length_s: float = 6.0
    rate_hz: int = 22050
    most: int = 400


def cut_excerpts(
    tracks: Iterable[Track], folder: Path, *, options: ExcerptOptions = ExcerptOptions(), progress: Callable[[float], None] | None = None
) -> Mapping[str, str]:
    """Write the middle of each song as OGG below ``folder/sounds``; one that is there already is kept.

    Songs whose file cannot be read, or that are scores, are passed over: the report has no player for them.

    Returns
    -------
    The path below `folder` of each song that has an excerpt
    """
    wanted = [track for track in tracks if track.path is not None and track.path.suffix.lower() not in _SCORES][: options.most]
    found = {}
    for number, track in enumerate(wanted, start=1):
        name = f"sounds/{_name(track, options)}.ogg"
        try:
            if not (folder / name).is_file():
                _cut(track, folder / name, options)
            found[track.id] = name
        except (HexachordError, OSError):
            continue
        finally:
            if progress is not None:
                progress(number / len(wanted))
    return found


def _name(track: Track, options: ExcerptOptions) -> str:
    """The same piece of the same song has the same name; ids may hold anything, names of files must not."""
    asked = f"{track.id}\0{track.start_s}\0{track.end_s}\0{options.length_s}\0{options.rate_hz}"
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _cut(track: Track, target: Path, options: ExcerptOptions) -> None:
    assert track.path is not None
    with AudioFile(track.path) as file:
        end_s = min(track.end_s or file.duration_s, file.duration_s)
    middle_s = (track.start_s + end_s) / 2
    start_s = max(track.start_s, middle_s - options.length_s / 2)
    part = load_audio(track.path, rate_hz=options.rate_hz, mono=True, start_s=start_s, end_s=min(end_s, start_s + options.length_s))
    peak = float(np.abs(part.samples).max(initial=0.0))
    save_audio(
        replace(part, samples=part.samples / peak) if peak > 1 else part, target
    )  # what a resampler overshot is no fault of the song
