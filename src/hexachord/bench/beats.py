"""Beats, downbeats and metre of real recordings: drum tracks, mixes, excerpts, and charts of a rhythm game.

F within ±70 ms, nothing trimmed; downbeats and metre only where the bars are written down. Charts may run a constant early or late:
``beat_f_aligned`` lets those move by up to 150 ms.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hexachord.arrays import FloatArray
from hexachord.bench.datasets import BeatItem, load_beats
from hexachord.bench.harness import BenchItem, BenchResult, Progress, mean_metrics
from hexachord.bench.loop import RATE_HZ, by_kind, front_end, measure, measure_peer, mono, result_of, seconds_heard
from hexachord.bench.suites import beat_item, with_suite
from hexachord.metrics import beat
from hexachord.rendering.split import Side


class Heard(NamedTuple):
    """What a beat tracker said; a peer without bars gives None and 0."""

    beats_s: FloatArray
    downbeats_s: FloatArray | None = None
    beats_per_bar: int = 0
    engine: str = ""


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``beat_f beat_f_aligned cmlc cmlt amlc amlt downbeat_f metre_acc`` and ``beat_f`` by kind; rendered also by metre.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also run librosa's beat_track
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_beats(data)
    kinds = {item.recording.id: item.kind for item in loaded.items}

    def summary(items: Sequence[BenchItem]) -> dict[str, float]:
        return {**mean_metrics(items), **by_kind(items, kinds, "beat_f")}

    engines = set[str]()

    def estimate(item: BeatItem) -> Heard:
        heard = listen(item)
        engines.add(heard.engine)
        return heard

    found = measure(loaded.items, what="beats", name=_name, estimate=estimate, score=score, progress=progress)
    peers = {}
    if peer:
        peers["librosa"] = measure_peer(
            loaded.items, distribution="librosa", name=_name, estimate=_librosa, score=score, summary=summary, progress=progress
        )
    result = result_of(
        found,
        bench="beats",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=summary(found.items),
        seconds_of_audio=seconds_heard([item.recording for item in loaded.items], found),
        skipped=loaded.skipped,
        peers=peers,
    )
    return with_suite(
        result,
        "rhythm",
        data,
        side=suites,
        instruments=instruments,
        item=beat_item,
        name=_name,
        estimate=estimate,
        score=score,
        by_trait=("beat_f", "downbeat_f", "metre_acc"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def listen(item: BeatItem) -> Heard:
    """Run our default beat tracker on a recording."""
    from hexachord.audio_analysis.rhythm import analyse_rhythm

    rhythm = analyse_rhythm(front_end(item.recording))
    beats = rhythm.beats
    return Heard(beats.time_s, beats.downbeats_s, rhythm.metre.beats_per_bar, beats.engine)


def score(item: BeatItem, heard: Heard) -> dict[str, float]:
    """Compare what was heard with what is written."""
    scores = beat.evaluate(item.time_s, heard.beats_s)
    kept = {"beat_f": scores["f"], **{name: scores[name] for name in ("cmlc", "cmlt", "amlc", "amlt")}}
    offset_s = beat.best_constant_offset_s(item.time_s, heard.beats_s) if item.chart else 0.0
    kept["beat_f_aligned"] = beat.f_measure(item.time_s, heard.beats_s + offset_s).f
    if item.downbeats_s is not None and heard.downbeats_s is not None:
        kept["downbeat_f"] = beat.f_measure(item.downbeats_s, heard.downbeats_s).f
        kept["metre_acc"] = float(item.beats_per_bar == heard.beats_per_bar)
    return kept


def _name(item: BeatItem) -> str:
    return item.recording.id


def _librosa(item: BeatItem) -> Heard:
    import librosa

    return Heard(librosa.beat.beat_track(y=mono(item.recording), sr=RATE_HZ, units="time")[1])
