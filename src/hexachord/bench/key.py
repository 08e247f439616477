"""The key of pop songs, from the published chroma on; and the keys along the way of piano music, from its notes.

The tonic is written down, the first one where a song moves. The mode is not: ``weighted`` (the MIREX score) takes it from the third of
the annotated chords on that tonic, and leaves out songs where that says nothing. ``calibration_error`` compares how sure the engine was
of the tonic with how often it was right; ``local`` is described in `hexachord.bench.local_keys`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.harness import BenchItem, BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.local_keys import load_signatures, measure_local_keys
from hexachord.bench.loop import measure, result_of
from hexachord.bench.suites import chroma_item, with_suite
from hexachord.knowledge import Key
from hexachord.metrics import key
from hexachord.rendering.split import Side
from hexachord.rendering.suite_files import SuiteSong

_SURE = "sure_of_tonic"
_BINS = 5  # of confidence: with some eighty songs more would each hold a handful


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``tonic tonic_or_fifth weighted calibration_error local``.

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

    def estimate_with(engine: str | None) -> Callable[[BillboardSong], Key]:
        from hexachord.audio_analysis.harmony import estimate_key

        return lambda song: estimate_key(song.treble, bass=song.bass, hop_s=song.hop_s, engine=engine)

    def score(song: BillboardSong, estimated: Key) -> dict[str, float]:
        engines.add(estimated.engine)
        return {**_score(song, estimated.name), _SURE: _sure_of_tonic(estimated)}

    found = measure(songs, what="key", name=_name, estimate=estimate_with(None), score=score, progress=progress)
    engine = ", ".join(sorted(engines))
    peers = {}
    if peer:
        plain = measure(songs, what="profiles", name=_name, estimate=estimate_with("profiles"), score=score, progress=progress)
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
        return chroma_item(song)

    def score_rendered(song: BillboardSong, estimated: Key) -> dict[str, float]:
        engines.add(estimated.engine)
        return {**key.evaluate(written[song.id], estimated.name), _SURE: _sure_of_tonic(estimated)}

    return with_suite(
        result,
        "harmony",
        data,
        side=suites,
        instruments=instruments,
        item=item,
        name=_name,
        estimate=estimate_with(None),
        score=score_rendered,
        summary=_summary,
        by_trait=("tonic", "weighted"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


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
