"""Beats, downbeats and metre of piano performances that come as MIDI, beside rules that learn nothing.

Performances of ASAP (Foscarin et al., ISMIR 2020) with the beats of their scores aligned to them: rubato, waits, ornaments, tempi from 24
to 260 beats a minute. F within ±70 ms, nothing trimmed at the start; the metre is the number of felt beats in most bars. Three
rows of one run: the default, the same decoder on weights of onsets (``onsets_``), and the best grid of one constant tempo (``grid_``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray, StructuredArray
from hexachord.bench.asap import FOLDER, read_index, read_marks
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress, mean_metrics
from hexachord.bench.loop import measure, result_of
from hexachord.metrics import beat

_SAME_TEMPO = 0.08
_OCTAVES = (2.0, 0.5, 3.0, 1 / 3)


@dataclass(frozen=True, kw_only=True, eq=False)
class PlayedItem:
    """A performance and its beats: `position` counts from 1 at downbeats."""

    id: str
    composer: str
    path: Path
    time_s: Float64Array
    position: IntArray

    @property
    def downbeats_s(self) -> Float64Array:
        """Times of the downbeats."""
        first: Float64Array = self.time_s[self.position == 1]
        return first

    @property
    def beats_per_bar(self) -> int:
        """How many beats most bars have."""
        return int(np.bincount(np.diff(np.flatnonzero(self.position == 1))).argmax())

    @property
    def bpm(self) -> float:
        """60 over the median interval."""
        return float(60.0 / np.median(np.diff(self.time_s)))


class Found(NamedTuple):
    """What one method said; `bpm` are ranked tempi."""

    beats_s: FloatArray
    downbeats_s: FloatArray | None
    beats_per_bar: int
    bpm: tuple[float, ...]


class Heard(NamedTuple):
    """What all methods said of one performance, by the beginning of their metrics' names."""

    found: Mapping[str, Found]
    duration_s: float


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``midi_beat_f midi_downbeat_f cmlt amlt metre_acc top1 top2 octave_second``, by composer too, and the rows of the rules.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer, instruments : not used: no other library finds beats of MIDI performances, and nothing is rendered
    progress : told what is being done
    """
    loaded = load_performances(data)
    composers = {item.id: item.composer for item in loaded.items}
    seconds = dict[str, float]()

    def estimate(item: PlayedItem) -> Heard:
        heard = listen(item.path)
        seconds[item.id] = heard.duration_s
        return heard

    found = measure(loaded.items, what="midi_beats", name=_name, estimate=estimate, score=score, progress=progress)
    return result_of(
        found,
        bench="midi_beats",
        data=data,
        engine="played-beats/network",
        metrics=_summary(found.items, composers),
        seconds_of_audio=sum(seconds.values()),
        skipped=loaded.skipped,
    )


def load_performances(data: Path) -> Loaded[PlayedItem]:
    """Load the performances of ``asap/metadata.csv`` that are there, with their annotations.

    Raises
    ------
    InputError : if an annotation cannot be read.
    """
    folder, items, missing = bench_folder(data) / FOLDER, list[PlayedItem](), 0
    rows = read_index(folder)
    if rows is None:
        return Loaded((), (f"{FOLDER}/metadata.csv: no such file",))
    for row in rows:
        path, beats = folder / row["midi_performance"], folder / row["performance_annotations"]
        if not (path.is_file() and beats.is_file()):
            missing += 1
            continue
        time_s, position = read_annotations(beats)
        items.append(
            PlayedItem(
                id=row["midi_performance"].removesuffix(".mid"), composer=row["composer"], path=path, time_s=time_s, position=position
            )
        )
    return Loaded(tuple(items), (f"{FOLDER}: {missing} of its performances are not in this folder",) if missing else ())


def read_annotations(path: Path) -> tuple[Float64Array, IntArray]:
    """Read beats of ASAP: times, and positions that count from each downbeat; 0 before the first.

    Raises
    ------
    InputError : if a line is no beat.
    """
    times, positions, position = list[float](), list[int](), 0
    for mark in read_marks(path):
        position = 1 if mark.is_first else position + (position > 0)
        if times and mark.time_s <= times[-1]:
            continue
        times.append(mark.time_s)
        positions.append(position)
    return np.array(times), np.array(positions, dtype=np.int64)


def listen(path: Path) -> Heard:
    """Run the default and the rules on a performance."""
    from hexachord.score.midi import load_midi
    from hexachord.score.notes import note_array
    from hexachord.score_analysis.beats import rhythm_of_note_array

    notes = note_array(load_midi(path))
    found = {}
    for name, engine in (("", "network"), ("onsets_", "onset-weights")):
        rhythm = rhythm_of_note_array(notes, engine=engine)
        if rhythm is None:
            found[name] = Found(np.zeros(0), np.zeros(0), 0, ())
        else:
            ranked = tuple(hypothesis.bpm for hypothesis in rhythm.tempo.hypotheses)
            found[name] = Found(rhythm.beats.time_s, rhythm.beats.downbeats_s, rhythm.metre.beats_per_bar, ranked)
    grid_s = best_grid(notes)
    found["grid_"] = Found(grid_s, None, 0, (60.0 / float(np.median(np.diff(grid_s))),) if len(grid_s) > 1 else ())
    return Heard(found, float((notes["onset_s"] + notes["duration_s"]).max(initial=0.0)))


def best_grid(notes: StructuredArray, *, slowest_bpm: float = 40.0, fastest_bpm: float = 220.0) -> Float64Array:
    """Lay beats of one constant tempo where most loudness is struck: what a click would give.

    The tempo is where the spectrum of the strokes is highest, weighed towards 110 BPM, its phase theirs.

    Examples
    --------
    >>> from hexachord.score.notes import NOTE_DTYPE
    >>> notes = np.zeros(20, dtype=NOTE_DTYPE)
    >>> notes["onset_s"], notes["velocity"] = np.arange(20) * 0.5, 80
    >>> best_grid(notes)[:3].round(2)
    array([0. , 0.5, 1. ])
    """
    onset_s, force = notes["onset_s"], notes["velocity"].astype(np.float64)
    if len(onset_s) < 2:
        return np.zeros(0)
    end_s = float(onset_s.max())
    step = 1.0 / (4.0 * max(end_s, 10.0))

    def spectrum(rates: Float64Array) -> tuple[float, complex]:
        """The rate of the highest peak, weighed, and the spectrum there."""
        best, top = (1.0, 0j), -1.0
        for block in np.array_split(rates, max(1, len(rates) * len(onset_s) // 2_000_000 + 1)):
            values = np.exp(-2j * np.pi * block[:, None] * onset_s[None, :]) @ force
            weighed = np.abs(values) * np.exp(-0.5 * np.log2(block * 60.0 / 110.0) ** 2)
            index = int(weighed.argmax())
            if weighed[index] > top:
                best, top = (float(block[index]), complex(values[index])), float(weighed[index])
        return best

    coarse, _ = spectrum(np.arange(slowest_bpm / 60.0, fastest_bpm / 60.0, step))
    rate, value = spectrum(coarse + step * np.linspace(-1.0, 1.0, 41))
    phase = float(-np.angle(value) / (2 * np.pi)) / rate
    first = int(np.ceil((float(onset_s.min()) - phase) * rate - 0.1))
    last = int(np.floor((end_s - phase) * rate + 0.1))
    return np.maximum(phase + np.arange(first, last + 1) / rate, 0.0)


def score(item: PlayedItem, heard: Heard) -> dict[str, float]:
    """Compare what all methods said with what is written."""
    kept: dict[str, float] = {}
    for name, found in heard.found.items():
        scores = beat.evaluate(item.time_s, found.beats_s)
        kept |= {f"{name}midi_beat_f": scores["f"], f"{name}cmlt": scores["cmlt"], f"{name}amlt": scores["amlt"]}
        if found.downbeats_s is not None:
            kept[f"{name}midi_downbeat_f"] = beat.f_measure(item.downbeats_s, found.downbeats_s).f
            kept[f"{name}metre_acc"] = float(item.beats_per_bar == found.beats_per_bar)
    kept |= _tempo_scores(item.bpm, heard.found[""].bpm)
    return kept


def _tempo_scores(true_bpm: float, ranked: Sequence[float]) -> dict[str, float]:
    """``top1``, ``top2``, and, where the first is another multiple of the beat, whether the second is right (``octave_second``)."""

    def right(bpm: float, factor: float = 1.0) -> bool:
        return abs(bpm / (true_bpm * factor) - 1.0) <= _SAME_TEMPO

    first = bool(ranked) and right(ranked[0])
    scores = {"top1": float(first), "top2": float(any(right(bpm) for bpm in ranked[:2]))}
    if ranked and any(right(ranked[0], factor) for factor in _OCTAVES):
        scores["octave_second"] = float(len(ranked) > 1 and right(ranked[1]))
    return scores


def _summary(items: Sequence[BenchItem], composers: Mapping[str, str]) -> dict[str, float]:
    """Means over performances, those of beats and downbeats by composer too, and how many have an octave error."""
    means = mean_metrics(items)
    for name in ("midi_beat_f", "midi_downbeat_f"):
        for composer in sorted({composers[item.id] for item in items}):
            values = [item.metrics[name] for item in items if composers[item.id] == composer]
            means[f"{name}_{composer.lower()}"] = float(np.mean(values))
    if items:
        means["octave_errors"] = sum("octave_second" in item.metrics for item in items) / len(items)
    return means


def _name(item: PlayedItem) -> str:
    return item.id
