"""What the section network learns from: the moments of Billboard songs, where sections begin, and what each is for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio_analysis.structure.form_features import MOMENT_S, form_features
from hexachord.audio_analysis.structure.functions import FUNCTIONS, function_of
from hexachord.bench.billboard import BillboardSong, load_song
from hexachord.rendering.split import Side, load_split

UNKNOWN = -1
EXCERPT_S = (40.0, 120.0)
SPEEDS = (1.0, 0.87, 1.15)
"""The song as it is, and slower and faster; the comparison with itself has to be made again for each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SectionSong:
    """A song at one speed: features (moments, columns), the moments where sections begin, and a function per moment or `UNKNOWN`."""

    id: str
    features: Float32Array
    begins: np.ndarray
    function: np.ndarray


def billboard_songs(data: Path, *, side: Side) -> Iterator[BillboardSong]:
    """Load the songs of one side of the split."""
    folder = data / "train/billboard" if (data / "train").is_dir() else data / "billboard"
    for name in load_split().names("billboard", side):
        if all((folder / name / part).exists() for part in ("bothchroma.npz", "full.lab", "salami_chords.txt")):
            yield load_song(folder / name)


def excerpt(song: BillboardSong, random: np.random.Generator) -> BillboardSong:
    """Cut out a minute or two, as people do to try things: nothing says any longer where in the song it is."""
    length_s = float(random.uniform(*EXCERPT_S))
    begin_s = song.start_s + float(random.uniform(0.0, max(0.0, len(song.bass) * song.hop_s - length_s)))
    rows = slice(round((begin_s - song.start_s) / song.hop_s), round((begin_s + length_s - song.start_s) / song.hop_s))
    start_s = song.start_s + rows.start * song.hop_s
    return replace(song, id=f"{song.id}-excerpt", start_s=start_s, bass=song.bass[rows], treble=song.treble[rows])


def moments_of(song: BillboardSong, *, speed: float = 1.0) -> SectionSong:
    """Describe a song, played so many times as fast."""
    moment_s = MOMENT_S * speed
    features = form_features(np.concatenate([song.bass, song.treble], axis=1), hop_s=song.hop_s, moment_s=moment_s)
    count = len(features)
    begins: Float64Array = (song.section_s[:, 0] - song.start_s) / moment_s
    middle_s = song.start_s + (np.arange(count) + 0.5) * moment_s
    function = np.full(count, UNKNOWN)
    for (start, end), word in zip(song.section_s, song.section_functions, strict=True):
        if name := function_of(word):
            function[(middle_s >= start) & (middle_s < end)] = FUNCTIONS.index(name)
    at = np.rint(begins).astype(np.int64)
    return SectionSong(id=song.id, features=features, begins=at[(at > 0) & (at < count)], function=function)
