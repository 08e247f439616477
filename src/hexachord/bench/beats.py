"""Beats, downbeats and metre of real recordings: drum tracks, mixes, excerpts, and charts of a rhythm game.

F within ±70 ms, nothing trimmed; downbeats and metre only where the bars are written down. ``metre_acc`` asks for the beats in a bar,
``signature_acc``, where it is known how beats divide (rendered music), for that as well: 6/8 is not 2/4, but 3/8 is 3/4, for what a beat
is written as cannot be heard. Charts may run a constant early or late:
``beat_f_aligned`` lets those move by up to 150 ms. ``errors_*`` are shares of recordings by what went wrong, see `error_kind`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.bench.datasets import BeatItem, load_beats
from hexachord.bench.harness import BenchItem, BenchResult, Progress, mean_metrics
from hexachord.bench.loop import RATE_HZ, by_kind, front_end, measure, measure_peer, mono, result_of, seconds_heard
from hexachord.bench.suites import beat_item, with_suite
from hexachord.metrics import beat
from hexachord.rendering.split import Side

ERRORS = ("octave", "off_beat", "drift", "metre", "half_bar")
RIGHT_F = 0.8


class Heard(NamedTuple):
    """What a beat tracker said; a peer without bars gives None and 0."""

    beats_s: FloatArray
    downbeats_s: FloatArray | None = None
    beats_per_bar: int = 0
    engine: str = ""
    beat_division: int = 0


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``beat_f beat_f_aligned cmlc cmlt amlc amlt downbeat_f metre_acc``, ``errors_*``, ``beat_f`` by kind.

    Of rendered music also ``signature_acc``, and all by metre.

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
    from hexachord.bench.online import with_online

    result = with_online(result, loaded.items, progress=progress)
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
        by_trait=("beat_f", "downbeat_f", "metre_acc", "signature_acc"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def listen(item: BeatItem) -> Heard:
    """Run our default beat tracker on a recording."""
    from hexachord.audio_analysis.rhythm import analyse_rhythm

    rhythm = analyse_rhythm(front_end(item.recording))
    beats = rhythm.beats
    return Heard(beats.time_s, beats.downbeats_s, rhythm.metre.beats_per_bar, beats.engine, rhythm.metre.beat_division)


def score(item: BeatItem, heard: Heard) -> dict[str, float]:
    """Compare what was heard with what is written."""
    scores = beat.evaluate(item.time_s, heard.beats_s)
    kept = {"beat_f": scores["f"], **{name: scores[name] for name in ("cmlc", "cmlt", "amlc", "amlt")}}
    offset_s = beat.best_constant_offset_s(item.time_s, heard.beats_s) if item.chart else 0.0
    kept["beat_f_aligned"] = beat.f_measure(item.time_s, heard.beats_s + offset_s).f
    if item.downbeats_s is not None and heard.downbeats_s is not None:
        kept["downbeat_f"] = beat.f_measure(item.downbeats_s, heard.downbeats_s).f
        kept["metre_acc"] = float(item.beats_per_bar == heard.beats_per_bar)
        if item.beat_division:
            kept["signature_acc"] = kept["metre_acc"] * float((item.beat_division == 3) == (heard.beat_division == 3))
    kind = error_kind(item.time_s, heard.beats_s, kept)
    return {**kept, **{f"errors_{name}": float(name == kind) for name in ERRORS}}


def error_kind(written_s: FloatArray, heard_s: FloatArray, scores: Mapping[str, float]) -> str:
    """Say what is wrong, in one word, or nothing.

    Beats first: ``octave`` where the written beats halved, doubled, in thirds or threefold are met, ``off_beat`` where those between them
    are, ``drift`` where beats are missed otherwise. With the beats right, ``metre`` where the bars' length is wrong, ``half_bar`` where
    only the downbeats are.

    Examples
    --------
    >>> beats = np.arange(0.0, 20.0, 0.5)
    >>> error_kind(beats, beats[::2], {"beat_f": 0.67}), error_kind(beats, beats + 0.25, {"beat_f": 0.0})
    ('octave', 'off_beat')
    >>> error_kind(beats, beats, {"beat_f": 1.0, "metre_acc": 1.0, "downbeat_f": 0.0})
    'half_bar'
    """
    if scores["beat_f"] < RIGHT_F:
        if len(written_s) < 4:
            return "drift"
        middle = written_s[:-1] + np.diff(written_s) / 2
        levels = [written_s[k::n] for n in (2, 3) for k in range(n)]
        levels += [np.interp(np.arange((len(written_s) - 1) * n + 1) / n, np.arange(len(written_s)), written_s) for n in (2, 3)]
        if max(beat.f_measure(level, heard_s).f for level in levels) >= RIGHT_F:
            return "octave"
        return "off_beat" if beat.f_measure(middle, heard_s).f >= RIGHT_F else "drift"
    if scores.get("metre_acc", 1.0) < 1.0:
        return "metre"
    return "half_bar" if scores.get("downbeat_f", 1.0) < 0.5 else ""


def _name(item: BeatItem) -> str:
    return item.recording.id


def _librosa(item: BeatItem) -> Heard:
    import librosa

    return Heard(librosa.beat.beat_track(y=mono(item.recording), sr=RATE_HZ, units="time")[1])
