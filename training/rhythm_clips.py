"""Songs of rendered caches as clips that a rhythm network learns from, and is judged on."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, IntArray, UInt8Array
from hexachord.audio_analysis.rhythm.traits import METRES, local_bpm, metre_targets, tempo_targets
from hexachord.dsp.features import LogMel, dequantise
from hexachord.learning.deep.clips import Clip, Traits
from hexachord.rendering.model import Take
from hexachord.rendering.shards import Cache, open_cache

FEATURE = LogMel()
EVENTS = ("beat", "downbeat")
HINTS = ("onset", "chord", "kick", "snare", "hihat")
"""What else a network may learn to tell, so that it hears more of the music; nobody is told."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BeatClip(Clip):
    """A rendered song: `position` of each beat in its bar from 1, 0 where bars are not known; `bar_metre` the place of its bar's metre in
    `traits.METRES`, -1 where it is none of them."""

    beat_s: Float64Array
    position: IntArray
    bar_metre: IntArray

    @property
    def metre(self) -> int:
        """The most frequent number of beats in a bar; 0 when unknown."""
        return metre_of(self.position)


def metre_of(position: IntArray) -> int:
    """Count the beats of the most frequent bar; 0 when bars are not known."""
    if not len(position) or (position <= 0).any():
        return 0
    lengths = np.diff(np.flatnonzero(position == 1))
    return int(np.bincount(lengths).argmax()) if len(lengths) else int(position.max())


def cached_clips(folders: Sequence[Path], *, hours: float | None = None, hints: bool = False, part: float = 1.0) -> list[BeatClip]:
    """Read the songs of caches that have beats.

    Parameters
    ----------
    hours : only the first of each cache, shared evenly
    hints : with the events named `HINTS` besides beats and downbeats, and with metre and tempo in every frame
    part : the weight of each clip
    """
    clips = []
    for folder in folders:
        cache = open_cache(folder)
        name = _feature_name(cache)
        count = len(cache)
        if hours is not None:
            wanted = round(hours / len(folders) * 3600.0 / cache.recipe.length_s)
            if wanted > count:
                print(f"{folder}: {count * cache.recipe.length_s / 3600:.2f} h are there, {hours / len(folders):.2f} h were asked for")
            count = min(count, wanted)
        for index in range(count):
            labels = cache.labels(index)
            beats = labels.truth.beats
            if beats is None or len(beats) < 4:
                continue
            mel = cache.features(name, index)
            beat_s = np.asarray(beats.time_s, dtype=np.float64)
            position = np.asarray(beats.position, dtype=np.int64)
            bars = beat_s[position == 1] if metre_of(position) else None
            events_s = (beat_s, bars, *(_hints(labels) if hints else ()))
            kind = labels.notes.get("kind", labels.genre)
            metre_s, metre = _bar_metres(labels, beat_s, position)
            clip = BeatClip(
                id=labels.id, kind=kind, features=_reader(mel), frames=len(mel), events_s=events_s, weight=part,
                beat_s=beat_s, position=position,
                bar_metre=metre[np.searchsorted(metre_s, beat_s + 1e-3, side="right")],
                traits=_traits(beat_s, metre_s, metre) if hints else None,
            )  # fmt: skip
            clips.append(clip)
    return clips


def balanced(clips: Sequence[BeatClip], *, power: float) -> list[BeatClip]:
    """Draw clips of rare metres more often: each metre's weight is its share to the power of ``1 - power``."""
    counts = Counter[int]()
    for clip in clips:
        counts[clip.metre] += 1
    most = max(counts.values())
    return [replace(clip, weight=clip.weight * (most / counts[clip.metre]) ** power) for clip in clips]


def _traits(beat_s: Float64Array, metre_s: Float64Array, metre: IntArray) -> Traits:
    """Tell the metre and the tempo of each frame; the metre is that of the bar, and unknown where bars are."""
    bpm = local_bpm(beat_s)

    def at(time_s: Float64Array, speed: float) -> tuple[Float32Array, Float32Array]:
        index = metre[np.searchsorted(metre_s, time_s, side="right")]
        classes, counted = metre_targets(index)
        tempi = tempo_targets(np.interp(time_s, beat_s, bpm) * speed)
        known = np.ones((len(time_s), len(METRES) + tempi.shape[1]), dtype=np.float32)
        known[:, : len(METRES)] = counted[:, None]
        return np.concatenate([classes, tempi], axis=1), known

    return at


def _bar_metres(labels: Take, beat_s: Float64Array, position: IntArray) -> tuple[Float64Array, IntArray]:
    """When bars begin, and the place of each one's metre in `METRES` (-1: none of them), the first before anything began."""
    first = np.flatnonzero(position == 1)
    if not metre_of(position) or len(first) < 2 or labels.metres is None:
        return np.zeros(0), np.full(1, -1)
    start_s, names = labels.metres.start_s, labels.metres.label
    found = []
    for here, following in pairwise(first):
        beats = int(following - here)
        name = names[max(0, int(np.searchsorted(start_s, beat_s[here] + 0.01, side="right")) - 1)]
        over = int(name.split("/")[0])
        key = (beats, 3 if over == 3 * beats else 2)
        found.append(METRES.index(key) if key in METRES and (over == beats or key[1] == 3) else -1)
    at_s = beat_s[first[:-1]]
    return at_s, np.array([found[0], *found])


def _hints(labels: Take) -> tuple[Float64Array | None, ...]:
    """Return when anything begins, when the chord changes, and when drums are struck."""
    notes, chords, drums = labels.truth.notes, labels.truth.chords, labels.drums
    onset_s = None if notes is None else np.asarray(notes.onset_s, dtype=np.float64)
    if onset_s is not None and drums is not None:
        onset_s = np.union1d(onset_s, drums.time_s)
    chord_s = None if chords is None else np.asarray(chords.start_s, dtype=np.float64)[1:]  # the first one may have begun before
    strokes = [_struck(labels, names) for names in (("kick",), ("snare",), ("hihat_closed", "hihat_open"))]
    return onset_s, chord_s, *strokes


def _struck(labels: Take, names: tuple[str, ...]) -> Float64Array | None:
    drums = labels.drums
    if drums is None:
        return None
    return np.asarray([time for time, label in zip(drums.time_s, drums.label, strict=True) if label in names], dtype=np.float64)


def _feature_name(cache: Cache) -> str:
    for name, feature in cache.definitions.items():
        if feature == FEATURE:
            return name
    raise SystemExit(f"{cache.folder} has no feature {FEATURE}")


def _reader(mel: UInt8Array) -> Callable[[int, int], Float32Array]:
    return lambda first, last: dequantise(mel[first:last], FEATURE)
