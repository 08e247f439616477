"""The exported beat network in use, without torch: sound → chances → beats and bars, and how well that does on benches."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rhythm_clips import FEATURE, metre_of

from hexachord.arrays import Float32Array, FloatArray
from hexachord.bench.beats import Heard, score
from hexachord.bench.datasets import BeatItem, load_beats
from hexachord.bench.loop import mono
from hexachord.bench.suites import beat_item, load_suite
from hexachord.dsp.features import dequantise, feature_bytes
from hexachord.dsp.metrical import MetricalOptions, decode_bars
from hexachord.errors import InputError
from hexachord.metrics.beat import f_measure
from hexachord.rendering.split import Side

# settled on renders of the valid side: rare metres must show themselves
BARS = MetricalOptions(metres=(2, 3, 4, 5, 6, 7), metre_cost=((2, 0.4), (3, 0.1), (5, 0.6), (6, 0.6), (7, 0.6)), likely_weight=1.0)

Chances = Callable[[Float32Array], Float32Array]
"""(frames, bands) decibels → (frames, 2) chances of a beat and of a downbeat."""


Hear = Callable[[BeatItem], Heard]
"""Hears a recording."""

Rows = dict[str, dict[str, float]]
"""``kind/id`` → scores."""


def listen(signal: FloatArray, chances: Chances) -> Heard:
    """Hear beats, downbeats and metre of a mono signal at the feature's rate."""
    return decode(chances(dequantise(feature_bytes(signal, FEATURE), FEATURE)))


def decode(chance: Float32Array, *, options: MetricalOptions = BARS) -> Heard:
    """Turn chances, (frames, 2), into beats, downbeats and metre by the bar-position decoder."""
    found = decode_bars(chance[:, 0], chance[:, 1], hop_s=FEATURE.hop_s, options=options)
    if not found:
        return Heard(np.zeros(0), np.zeros(0), 0)
    return Heard(found[0].beat_s, found[0].downbeat_s, found[0].metre)


def hear_with(chances: Chances) -> Hear:
    """Make of a network what hears a bench's recordings."""
    return lambda item: listen(mono(item.recording), chances)


def evaluate_bench(data: Path, hear: Hear) -> Rows:
    """Score every recording of `bench beats`, by ``kind/id``; see `hexachord.bench.beats.score` for what comes back."""
    return {f"{item.kind}/{item.recording.id}": score(item, hear(item)) for item in load_beats(data).items}


def evaluate_suite(data: Path, hear: Hear, *, side: Side = "held_out") -> Rows:
    """Score the songs of the rendered rhythm suite, by ``metre/id``; it is rendered when it is not there yet."""
    found = load_suite("rhythm", data, side=side)
    if not found.songs:
        raise InputError(data, found="; ".join(found.skipped), expected="the rhythm suite")
    items = [(song, beat_item(song)) for song in found.songs]
    return {f"{song.traits[0]}/{song.id}": score(item, hear(item)) for song, item in items if item is not None}


def score_clip(beat_s: NDArray[np.float64], position: NDArray[np.int64], heard: Heard) -> dict[str, float]:
    """Score a rendered clip; bars only where they are known."""
    found = {"beat_f": f_measure(beat_s, heard.beats_s).f}
    metre = metre_of(position)
    if metre:
        downbeats_s = heard.downbeats_s if heard.downbeats_s is not None else np.zeros(0)
        found["downbeat_f"] = f_measure(beat_s[position == 1], downbeats_s).f
        found["metre_acc"] = float(metre == heard.beats_per_bar)
    return found


def means(rows: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Average every metric over the rows that have it."""
    columns: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.items():
            columns.setdefault(name, []).append(value)
    return {name: float(np.mean(values)) for name, values in columns.items()}


def by_kind(rows: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Average rows named ``kind/id`` kind by kind."""
    kinds = sorted({name.partition("/")[0] for name in rows})
    return {kind: means(row for name, row in rows.items() if name.partition("/")[0] == kind) for kind in kinds}
