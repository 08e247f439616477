"""Notes: of piano recordings (a real Disklavier, ENSTDk*, and sampled pianos), of three small sets beside them, of rendered ensembles.

Onset within 50 ms and pitch; with offsets also the end within 50 ms or a fifth of the note. Some labels are early by a constant (up to
36 ms on the Disklavier *Am): every score also comes ``_aligned``, with one constant per recording taken out. That constant is measured
with the labels, so aligned scores stand beside the plain ones and never for them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hexachord.bench.datasets import NoteItem, Recording, load_f0, load_maps
from hexachord.bench.harness import NOT_INSTALLED, BenchItem, BenchResult, PeerResult, Progress, installed, mean_metrics, peer_version
from hexachord.bench.loop import by_kind, front_end, measure, mono, result_of, seconds_heard
from hexachord.bench.note_pitches import measure_pitches, score_placed
from hexachord.bench.note_sets import NoteSetItem, load_note_sets, score_note_set
from hexachord.bench.suites import note_item, with_suite
from hexachord.knowledge import Notes
from hexachord.metrics import transcription
from hexachord.rendering.split import Side
from hexachord.transcription.note_courses import PitchCourses

PEER = "basic_pitch"
_SPLIT = ("onset_f", "onset_f_aligned", "onset_offset_f", "onset_offset_f_aligned")
_Transcribe = Callable[[Recording], Notes]
_Follow = Callable[[Recording, Notes], PitchCourses]


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``onset_f onset_offset_f velocity_r``, each plain and aligned, and by kind of piano; ``singing_note_f libsoni_note_f
    chords_note_f`` of the small sets (see `hexachord.bench.note_sets`); cents (see `hexachord.bench.note_pitches`).

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also run Basic Pitch's network on everything, if its package is installed
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    engines = set[str]()

    def by_default(recording: Recording) -> Notes:
        from hexachord.transcription.notes import transcribe_notes

        notes: Notes = transcribe_notes(front_end(recording))
        engines.add(notes.engine)
        return notes

    def followed(recording: Recording, notes: Notes) -> PitchCourses:
        from hexachord.transcription.note_pitch import pitch_courses

        return pitch_courses(mono(recording), notes)

    def by_peer(recording: Recording) -> Notes:
        from hexachord.transcription.peer_basic_pitch import notes_from_basic_pitch

        notes: Notes = notes_from_basic_pitch(front_end(recording))
        return notes

    def followed_by_peer(recording: Recording, notes: Notes) -> PitchCourses:
        from hexachord.transcription.peer_basic_pitch import courses_from_basic_pitch

        return courses_from_basic_pitch(front_end(recording), notes)

    ours = _measured(data, by_default, followed, engines=engines, instruments=instruments, suites=suites, progress=progress)
    ours = replace(ours, metrics={**ours.metrics, **_by_piano(data, progress)})
    if not peer:
        return ours
    theirs = NOT_INSTALLED
    if installed(PEER):
        found = _measured(data, by_peer, followed_by_peer, engines={PEER}, instruments=instruments, suites=suites, progress=progress)
        theirs = PeerResult(version=peer_version(PEER), metrics=found.metrics, wall_s=found.wall_s)
    return replace(ours, peers={"basic-pitch": theirs})


def _by_piano(data: Path, progress: Progress | None) -> dict[str, float]:
    """Measure the engine that listens where a user says ``--instrument piano``, on the pianos: ``piano_`` before the names."""
    from hexachord.transcription.network import notes_of_piano

    loaded = load_maps(data)
    kinds = {item.recording.id: item.kind for item in loaded.items}
    found = measure(
        loaded.items,
        what="notes of pianos",
        name=lambda item: item.recording.id,
        estimate=lambda item: notes_of_piano(front_end(item.recording)),
        score=score,
        progress=progress,
    )
    return {f"piano_{name}": value for name, value in _summary(found.items, kinds).items()}


def _measured(
    data: Path,
    transcribe: _Transcribe,
    follow: _Follow,
    *,
    engines: set[str],
    instruments: Path | None,
    suites: Side | None,
    progress: Progress | None,
) -> BenchResult:
    """Measure one transcriber on the pianos, the small sets, the voices and the suite; `engines` names it, filled while it runs or before.

    Speed is that of notes of pianos and small sets: bends are another matter.
    """
    loaded, sets = load_maps(data), load_note_sets(data)
    kinds = {item.recording.id: item.kind for item in loaded.items}

    def name(item: NoteItem | NoteSetItem) -> str:
        return item.recording.id

    def estimate(item: NoteItem | NoteSetItem) -> Notes:
        return transcribe(item.recording)

    found = measure(loaded.items, what="notes", name=name, estimate=estimate, score=score, progress=progress)
    small = measure(sets.items, what="small sets of notes", name=name, estimate=estimate, score=score_note_set, progress=progress)

    def heard_and_followed(recording: Recording) -> tuple[Notes, PitchCourses]:
        notes = transcribe(recording)
        return notes, follow(recording, notes)

    voices = load_f0(data)
    pitches = measure_pitches(voices.items, heard_and_followed, progress=progress)
    every: list[NoteItem | NoteSetItem] = [*loaded.items, *sets.items]
    both = found._replace(
        items=found.items + small.items + pitches.items,
        wall_s=found.wall_s + small.wall_s,
        cpu_s=found.cpu_s + small.cpu_s,
        skipped=found.skipped + small.skipped + pitches.skipped,
    )
    result = result_of(
        both,
        bench="notes",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics={**_summary(found.items, kinds), **mean_metrics(small.items), **mean_metrics(pitches.items)},
        seconds_of_audio=seconds_heard([item.recording for item in every], both),
        skipped=loaded.skipped + sets.skipped + voices.skipped,
    )
    return with_suite(
        result,
        "ensembles",
        data,
        side=suites,
        instruments=instruments,
        item=note_item,
        name=name,
        estimate=estimate,
        score=lambda item, notes: {**score(item, notes), **score_placed(item, notes)},
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
