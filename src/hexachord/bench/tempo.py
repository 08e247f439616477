"""Tempo of the recordings with beats: 60 over the median interval of the written beats is the truth.

``acc1`` within 4 %, ``acc2`` also at 2, ½, 3 or ⅓ of it, ``top2``: one of our two best hypotheses is within 4 %;
``octave_second_right``: where the first is 2, ½, 3 or ⅓ of it, how often the second is within 4 %.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.bench.datasets import BeatItem, load_beats
from hexachord.bench.harness import BenchItem, BenchResult, Progress, mean_metrics
from hexachord.bench.loop import RATE_HZ, front_end, measure, measure_peer, mono, result_of, seconds_heard
from hexachord.bench.suites import beat_item, with_suite
from hexachord.metrics import tempo
from hexachord.rendering.split import Side


class Heard(NamedTuple):
    """Ranked tempi in beats a minute."""

    bpm: tuple[float, ...]
    engine: str = ""


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``acc1 acc2 top2``, and ``octave_second_right`` where an octave was wrong.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also run librosa's beat_track, which gives one tempo
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_beats(data)
    engines = set[str]()

    def estimate(item: BeatItem) -> Heard:
        from hexachord.audio_analysis.rhythm import analyse_rhythm

        found = analyse_rhythm(front_end(item.recording)).tempo
        engines.add(found.engine)
        return Heard(tuple(hypothesis.bpm for hypothesis in found.hypotheses))

    found = measure(loaded.items, what="tempo", name=_name, estimate=estimate, score=_score, progress=progress)
    peers = {}
    if peer:
        peers["librosa"] = measure_peer(
            loaded.items, distribution="librosa", name=_name, estimate=_librosa, score=_score, summary=_summary, progress=progress
        )
    result = result_of(
        found,
        bench="tempo",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=_summary(found.items),
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
        score=_score,
        summary=_summary,
        by_trait=("acc1", "acc2"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def _summary(items: Sequence[BenchItem]) -> dict[str, float]:
    return mean_metrics(items, names=("acc1", "acc2", "top2", "octave_second_right"))


def _score(item: BeatItem, heard: Heard) -> dict[str, float]:
    scores = tempo.evaluate(item.bpm, heard.bpm)
    if len(heard.bpm) < 2:
        del scores["top2"]
    elif scores["acc2"] and not scores["acc1"]:
        scores["octave_second_right"] = scores["top2"]
    return {**scores, "reference_bpm": item.bpm, "estimated_bpm": heard.bpm[0] if heard.bpm else 0.0}


def _name(item: BeatItem) -> str:
    return item.recording.id


def _librosa(item: BeatItem) -> Heard:
    import librosa

    bpm = librosa.beat.beat_track(y=mono(item.recording), sr=RATE_HZ)[0]
    return Heard((float(np.ravel(bpm)[0]),))
