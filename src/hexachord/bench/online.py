"""What the online tracker says of the recordings of `bench beats`, pushed in blocks of 20 ms, and how late it says it.

``online_latency_ms`` counts what a listener waits: from the beat's time to the end of the block with which it came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hexachord.audio_analysis.rhythm.online import OnlineBeat, OnlineBeatTracker
from hexachord.bench.datasets import BeatItem
from hexachord.bench.harness import BenchResult, Progress, mean_metrics, report
from hexachord.metrics import beat

BLOCK_S = 0.02


def with_online(result: BenchResult, items: Sequence[BeatItem], *, progress: Progress | None = None) -> BenchResult:
    """Add the online figures to the result of a bench of the same recordings; its time is not counted."""
    known = {item.recording.id: item for item in items}
    scored = []
    for done, found in enumerate(result.items):
        report(progress, f"online: {found.id}", done, len(result.items))
        more = online_scores(known[found.id]) if found.id in known else {}
        scored.append(replace(found, metrics={**found.metrics, **more}))
    report(progress, "online: done", len(result.items), len(result.items))
    names = ("online_beat_f", "online_downbeat_f", "online_latency_ms")
    means = {name: value for name, value in mean_metrics(scored).items() if name in names}
    return replace(result, items=tuple(scored), metrics={**result.metrics, **means})


def online_scores(item: BeatItem) -> dict[str, float]:
    """Listen to a recording as if it were playing, and score what was said: ``online_beat_f online_downbeat_f online_latency_ms``.

    Downbeats are scored where the bars are written down; the latency is the 95th percentile.
    """
    audio = item.recording.audio(mono=True)
    signal = audio.mono()
    block = round(BLOCK_S * audio.rate_hz)
    tracker = OnlineBeatTracker(audio.rate_hz)
    said: list[tuple[OnlineBeat, float]] = []
    for first in range(0, len(signal), block):
        beats = tracker.push(signal[first : first + block])
        said += [(one, tracker.heard_s) for one in beats]
    said += [(one, tracker.heard_s) for one in tracker.finish()]
    return {**score_beats(item, [one for one, _ in said]), **_latency(said)}


def score_beats(item: BeatItem, beats: list[OnlineBeat]) -> dict[str, float]:
    """Compare beats that were said with what is written, by the measures of the offline bench."""
    time_s = np.array([one.time_s for one in beats])
    scores = {"online_beat_f": beat.f_measure(item.time_s, time_s).f}
    if item.downbeats_s is not None:
        first_s = np.array([one.time_s for one in beats if one.position == 1])
        scores["online_downbeat_f"] = beat.f_measure(item.downbeats_s, first_s).f
    return scores


def _latency(said: list[tuple[OnlineBeat, float]]) -> Mapping[str, float]:
    if not said:
        return {}
    return {"online_latency_ms": float(np.percentile([1000.0 * (heard_s - one.time_s) for one, heard_s in said], 95))}
