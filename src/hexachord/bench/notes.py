"""Notes of piano recordings: a real Disklavier (ENSTDk*) and sampled pianos.

Onset within 50 ms and pitch; with offsets also the end within 50 ms or a fifth of the note. Some labels are early by a constant (up to
36 ms on the Disklavier *Am): every score also comes ``_aligned``, with one constant per recording taken out. That constant is measured
with the labels, so aligned scores stand beside the plain ones and never for them.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hexachord.bench.datasets import NoteItem, load_maps
from hexachord.bench.harness import BenchItem, BenchResult, Progress, mean_metrics
from hexachord.bench.loop import by_kind, front_end, measure, result_of, seconds_heard
from hexachord.bench.suites import note_item, with_suite
from hexachord.knowledge import Notes
from hexachord.metrics import transcription
from hexachord.rendering.split import Side

_SPLIT = ("onset_f", "onset_f_aligned", "onset_offset_f", "onset_offset_f_aligned")


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``onset_f onset_offset_f velocity_r``, each plain and aligned, and by kind of piano.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : no peer that may be installed beside us transcribes notes
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_maps(data)
    kinds = {item.recording.id: item.kind for item in loaded.items}
    engines = set[str]()

    def estimate(item: NoteItem) -> Notes:
        from hexachord.transcription.notes import transcribe_notes

        notes: Notes = transcribe_notes(front_end(item.recording))
        engines.add(notes.engine)
        return notes

    found = measure(loaded.items, what="notes", name=lambda item: item.recording.id, estimate=estimate, score=score, progress=progress)
    result = result_of(
        found,
        bench="notes",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=_summary(found.items, kinds),
        seconds_of_audio=seconds_heard([item.recording for item in loaded.items], found),
        skipped=loaded.skipped,
    )
    return with_suite(
        result,
        "ensembles",
        data,
        side=suites,
        instruments=instruments,
        item=note_item,
        name=lambda item: item.recording.id,
        estimate=estimate,
        score=score,
        by_trait=("onset_f", "onset_offset_f"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def score(item: NoteItem, notes: Notes) -> dict[str, float]:
    """Compare heard notes with the labels."""
    onset_s = np.maximum(notes.onset_s.astype(np.float64), 0.0)
    intervals = np.stack([onset_s, np.maximum(notes.offset_s, onset_s + 0.001)], axis=1)
    pitch, velocity = notes.pitch.astype(np.float64), notes.velocity.astype(np.float64)
    return transcription.evaluate(
        item.intervals_s, item.pitch, intervals, pitch, reference_velocity=item.velocity, estimated_velocity=velocity
    )


def _summary(items: Sequence[BenchItem], kinds: dict[str, str]) -> dict[str, float]:
    metrics = mean_metrics(items)
    for name in _SPLIT:
        for key, value in by_kind(items, kinds, name).items():
            kind = key.removeprefix(f"{name}_")
            base = name.removesuffix("_aligned")
            metrics[f"{base}_{kind}_aligned" if name.endswith("_aligned") else f"{base}_{kind}"] = value
    return metrics
