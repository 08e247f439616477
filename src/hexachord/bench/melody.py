"""The f0 of a solo voice, of a voice over an orchestra, and of a choir (where any of the four parts counts).

Pitch accuracy (``rpa rca``) ignores voicing by definition, so every tracker is also asked for its guess in the frames it calls unvoiced;
overall accuracy (``oa``), voicing and notes take its usual answer.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hexachord.bench.datasets import F0Item, load_f0
from hexachord.bench.harness import BenchItem, BenchResult, Progress
from hexachord.bench.loop import RATE_HZ, front_end, measure, measure_peer, mono, result_of, seconds_heard
from hexachord.bench.suites import f0_item, with_suite
from hexachord.knowledge import F0, Notes
from hexachord.metrics import melody, transcription
from hexachord.rendering.split import Side


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``solo_oa solo_rpa orchestra_rpa orchestra_oa choir_rpa note_f`` (by annotator ``note_f_1 note_f_2``) and the rest by kind.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also run librosa's pYIN (65–2093 Hz)
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_f0(data)
    kinds = {item.recording.id: item.kind for item in loaded.items}
    engines = set[str]()

    def summary(items: Sequence[BenchItem]) -> dict[str, float]:
        found: dict[str, list[float]] = {}
        for item in items:
            for name, value in item.metrics.items():
                found.setdefault(name if name.startswith("note_f") else f"{kinds[item.id]}_{name}", []).append(value)
        return {name: sum(values) / len(values) for name, values in found.items()}

    def estimate(item: F0Item) -> F0:
        from hexachord.audio_analysis.melody import track_melody

        found: F0 = track_melody(front_end(item.recording))
        engines.add(found.engine)
        return found

    found = measure(loaded.items, what="melody", name=_name, estimate=estimate, score=_score_ours, progress=progress)
    peers = {}
    if peer:
        peers["librosa"] = measure_peer(
            loaded.items, distribution="librosa", name=_name, estimate=_pyin, score=score, summary=summary, progress=progress
        )
    result = result_of(
        found,
        bench="melody",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=summary(found.items),
        seconds_of_audio=seconds_heard([item.recording for item in loaded.items], found),
        skipped=loaded.skipped,
        peers=peers,
    )
    return with_suite(
        result,
        "melody",
        data,
        side=suites,
        instruments=instruments,
        item=f0_item,
        name=_name,
        estimate=estimate,
        score=_score_ours,
        by_trait=("oa", "rpa", "note_f"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def score(item: F0Item, heard: F0) -> dict[str, float]:
    """Compare a track with one voice, or with whichever of several voices is nearest; a negative f0 is a guess where unvoiced."""
    times, f0 = heard.time_s.astype(np.float64), heard.f0_hz.astype(np.float64)
    if len(item.f0_hz) > 1:
        return {"rpa": any_voice_rpa(item, times, f0)}
    return melody.evaluate(item.time_s, item.f0_hz[0], times, f0)


def any_voice_rpa(item: F0Item, times_s: np.ndarray, f0_hz: np.ndarray) -> float:
    """Return the share of frames with a voice in which the pitch is within 50 cents of one that sounds."""
    right = np.zeros(len(item.time_s), dtype=np.bool_)
    for voice in item.f0_hz:
        pitches = melody.align(item.time_s, voice, times_s, f0_hz)
        near = np.abs(pitches.reference_cents - pitches.estimated_cents) < melody.TOLERANCE_CENTS
        right |= near & (pitches.reference_cents != 0) & (pitches.estimated_cents != 0)
    sounding = (item.f0_hz > 0).any(axis=0)
    return float(right[sounding].mean()) if sounding.any() else 0.0


def _name(item: F0Item) -> str:
    return item.recording.id


def _score_ours(item: F0Item, heard: F0) -> dict[str, float]:
    from hexachord.audio_analysis.melody import MelodyOptions, track_melody
    from hexachord.audio_analysis.melody.notes import segment_notes

    everywhere = MelodyOptions(gate_db=-200.0, least_probability=0.0, strength_range=100.0, shortest_s=0.0)
    guess: F0 = track_melody(front_end(item.recording), options=everywhere)
    scores = score(item, replace(heard, f0_hz=np.where(heard.f0_hz > 0, heard.f0_hz, -guess.f0_hz)))
    if item.notes:
        by_annotator = note_f(item, segment_notes(heard))
        scores["note_f"] = float(np.mean(by_annotator))
        if len(by_annotator) > 1:
            scores |= {f"note_f_{number}": f for number, f in enumerate(by_annotator, start=1)}
    return scores


def note_f(item: F0Item, notes: Notes) -> list[float]:
    """Return the F of sung notes (onset within 50 ms, pitch within 50 cents) against each annotator."""
    onset_s = np.maximum(notes.onset_s, 0.0)
    intervals = np.stack([onset_s, np.maximum(notes.offset_s, onset_s + 0.001)], axis=1)
    return [float(transcription.note_f(labels.intervals_s, labels.pitch, intervals, notes.pitch).f) for labels in item.notes]


def _pyin(item: F0Item) -> F0:
    import librosa

    f0, voiced, probability = librosa.pyin(mono(item.recording), fmin=65.4, fmax=2093.0, sr=RATE_HZ, fill_na=None)
    return F0(time_s=librosa.times_like(f0, sr=RATE_HZ), f0_hz=np.where(voiced, f0, -f0), voicing=probability)
