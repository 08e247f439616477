"""The key of pop songs, from the published chroma on; and the keys along the way of piano music, from its notes.

The tonic is written down, the first one where a song moves. The mode is not: ``weighted`` (the MIREX score) takes it from the third of
the annotated chords on that tonic, and leaves out songs where that says nothing. ``calibration_error`` compares how sure the engine was
of the tonic with how often it was right; ``local`` is described in `hexachord.bench.local_keys`. ``heard_local`` is the share of the
annotated time in which the key along the way, heard in the chroma, has the right tonic, and ``heard_local_moving`` the same over the songs
that change theirs. Excerpts of the rendered suite keep to one key of the page, so there it only says whether the engine does.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.harness import BenchItem, BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.local_keys import load_signatures, measure_local_keys
from hexachord.bench.loop import measure, result_of
from hexachord.bench.suites import chroma_item, with_suite
from hexachord.knowledge import Key, Segments
from hexachord.metrics import key
from hexachord.rendering.split import Side
from hexachord.rendering.suite_files import SuiteSong
from hexachord.theory.chord_labels import parse_pitch_class

_SURE = "sure_of_tonic"
_BINS = 5  # of confidence: with some eighty songs more would each hold a handful


class Estimated(NamedTuple):
    """What the engines say of a song: its key, and its keys along the way."""

    key: Key
    along: Segments


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``tonic tonic_or_fifth weighted calibration_error heard_local heard_local_moving local``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also score our classic engine, the plain correlation with Krumhansl's profiles
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_billboard(data)
    songs = tuple(song for song in loaded.items if song.tonics)
    engines = set[str]()

    def score_plain(song: BillboardSong, estimated: Key) -> dict[str, float]:
        return {**_score(song, estimated.name), _SURE: _sure_of_tonic(estimated)}

    def score(song: BillboardSong, estimated: Estimated) -> dict[str, float]:
        engines.update((estimated.key.engine, estimated.along.engine))
        return {**score_plain(song, estimated.key), **score_along(song, estimated.along)}

    found = measure(songs, what="key", name=_name, estimate=_estimate, score=score, progress=progress)
    engine = ", ".join(sorted(engines))
    peers = {}
    if peer:
        plain = measure(songs, what="profiles", name=_name, estimate=_profiles, score=score_plain, progress=progress)
        peers["profiles"] = PeerResult(version="Krumhansl", metrics=_summary(plain.items), wall_s=plain.wall_s)
    result = result_of(
        found,
        bench="key",
        data=data,
        engine=engine,
        metrics=_summary(found.items),
        seconds_of_audio=sum(song.duration_s for song in songs),
        skipped=loaded.skipped,
        peers=peers,
    )
    result = _with_local_keys(result, data, progress=progress)
    written: dict[str, str] = {}

    def item(song: SuiteSong) -> BillboardSong | None:
        known = song.truth.key
        written[song.id] = "" if known is None else known.name
        made, keys = chroma_item(song), song.truth.local_keys
        if made is None or keys is None:
            return made
        return replace(made, tonics=tuple(label.split()[0] for label in keys.label), tonic_s=tuple(map(float, keys.start_s)))

    def score_rendered(song: BillboardSong, estimated: Estimated) -> dict[str, float]:
        engines.update((estimated.key.engine, estimated.along.engine))
        whole = key.evaluate(written[song.id], estimated.key.name)
        return {**whole, **score_along(song, estimated.along), _SURE: _sure_of_tonic(estimated.key)}

    return with_suite(
        result,
        "harmony",
        data,
        side=suites,
        instruments=instruments,
        item=item,
        name=_name,
        estimate=_estimate,
        score=score_rendered,
        summary=_summary,
        by_trait=("tonic", "weighted"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def _estimate(song: BillboardSong) -> Estimated:
    from hexachord.audio_analysis.harmony import estimate_key, estimate_local_keys

    found = estimate_key(song.treble, bass=song.bass, hop_s=song.hop_s)
    return Estimated(found, estimate_local_keys(song.treble, song.bass, hop_s=song.hop_s, start_s=song.start_s, key=found))


def _profiles(song: BillboardSong) -> Key:
    from hexachord.audio_analysis.harmony import estimate_key

    return estimate_key(song.treble, bass=song.bass, hop_s=song.hop_s, engine="profiles")


def score_along(song: BillboardSong, keys: Segments) -> dict[str, float]:
    """Score keys along the way: the share of the time whose tonic is right, and again if the song changes its tonic."""
    if not song.tonic_s:
        return {}
    right_s = 0.0
    ends = (*song.tonic_s[1:], song.start_s + song.duration_s)
    for tonic, begin, end in zip(song.tonics, song.tonic_s, ends, strict=True):
        for from_s, to_s, label in zip(keys.start_s, keys.end_s, keys.label, strict=True):
            if parse_pitch_class(label.split()[0]) == parse_pitch_class(tonic):
                right_s += max(0.0, min(end, float(to_s)) - max(begin, float(from_s)))
    share = right_s / max(ends[-1] - song.tonic_s[0], 1e-9)
    moves = len({parse_pitch_class(tonic) for tonic in song.tonics}) > 1
    return {"heard_local": share, **({"heard_local_moving": share} if moves else {})}


def _score(song: BillboardSong, estimated: str) -> dict[str, float]:
    written = song.key
    scores = key.evaluate(written or f"{song.tonics[0]} major", estimated)
    if written is None:
        del scores["weighted"]
    return scores


def _name(song: BillboardSong) -> str:
    return song.id


def _with_local_keys(result: BenchResult, data: Path, *, progress: Progress | None) -> BenchResult:
    loaded = load_signatures(data)
    found = measure_local_keys(loaded.items, progress=progress)
    return replace(
        result,
        metrics={**result.metrics, **mean_metrics(found.items)},
        items=(*result.items, *found.items),
        wall_s=result.wall_s + found.wall_s,
        cpu_s=result.cpu_s + found.cpu_s,
        skipped=result.skipped + loaded.skipped + found.skipped,
    )


def _sure_of_tonic(estimated: Key) -> float:
    """The confidence in the tonic, whatever the mode: of the key and of its parallel, where that is among the alternatives."""
    parallel = f"{estimated.tonic} {'minor' if estimated.mode == 'major' else 'major'}"
    return estimated.confidence + sum(chance for name, chance in estimated.alternatives if key.tonic(name, parallel))


def _summary(items: Sequence[BenchItem]) -> dict[str, float]:
    """Means, and the mean distance between confidence and share of right tonics over bins of confidence."""
    means = mean_metrics(items)
    means.pop(_SURE, None)
    told = [item for item in items if math.isfinite(item.metrics.get(_SURE, math.nan))]
    if told:
        sure, right = (np.array([item.metrics[name] for item in told]) for name in (_SURE, "tonic"))
        means["calibration_error"] = calibration_error(sure, right)
    return means


def calibration_error(confidence: FloatArray, right: FloatArray) -> float:
    """Return the expected calibration error: bins of equal width, each by its share of the items (Guo et al., ICML 2017).

    Examples
    --------
    >>> calibration_error(np.array([0.9, 0.9, 0.5, 0.5]), np.array([1.0, 1.0, 1.0, 0.0]))
    0.05
    """
    row = np.minimum((np.clip(confidence, 0.0, 1.0) * _BINS).astype(int), _BINS - 1)
    gaps = [abs(float(confidence[row == one].mean() - right[row == one].mean())) * float(np.mean(row == one)) for one in np.unique(row)]
    return round(sum(gaps), 6)
