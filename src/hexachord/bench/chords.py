"""Chords of pop songs, from the published chroma on, and from sound: durations pooled over the set, as one long song.

Where POP909's files lie beside, ten of its songs are sounded with plain decaying tones and heard like any recording: ``render_majmin``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.bench.harness import BenchResult, Progress
from hexachord.bench.loop import RATE_HZ, Measured, measure
from hexachord.files import read_text
from hexachord.knowledge import Segments
from hexachord.metrics import chord

RENDERED_SONGS = 10
RENDERED_S = 60.0
_PARTIALS = tuple(1.0 / k for k in range(1, 9))


@dataclass(frozen=True, kw_only=True)
class RenderedSong:
    """A song's MIDI file with its chords in seconds."""

    id: str
    midi: Path
    chord_s: Float64Array
    chord_labels: tuple[str, ...]


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``root majmin thirds triads sevenths tetrads mirex seg``, weighted by duration, and ``render_majmin``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : no other library offline names chords from this chroma
    instruments : not used here
    progress : told what is being done
    """
    loaded = load_billboard(data)
    comparisons = list[chord.ChordComparison]()
    engines = set[str]()

    def estimate(song: BillboardSong) -> Segments:
        from hexachord.audio_analysis.harmony import estimate_chords

        chords: Segments = estimate_chords(song.treble, song.bass, hop_s=song.hop_s, start_s=song.start_s)
        engines.add(chords.engine)
        return chords

    def score(song: BillboardSong, chords: Segments) -> dict[str, float]:
        intervals = np.stack([chords.start_s, chords.end_s], axis=1).clip(0)
        comparison = chord.compare(song.chord_s, song.chord_labels, intervals, chords.label)
        comparisons.append(comparison)
        return comparison.scores()

    found = measure(loaded.items, what="chords", name=lambda song: song.id, estimate=estimate, score=score, progress=progress)
    metrics = chord.pool(comparisons)
    songs = load_rendered(data)
    heard, rendered = _measure_renders(songs.items, progress=progress)
    if rendered:
        metrics["render_majmin"] = chord.pool(rendered)["majmin"]
    return BenchResult(
        bench="chords",
        data=str(data),
        engine=", ".join(sorted(engines)),
        metrics=metrics,
        items=found.items + heard.items,
        seconds_of_audio=sum(song.duration_s for song in loaded.items) + RENDERED_S * len(heard.items),
        wall_s=found.wall_s + heard.wall_s,
        cpu_s=found.cpu_s + heard.cpu_s,
        skipped=loaded.skipped + found.skipped + songs.skipped + heard.skipped,
    )


def load_rendered(data: Path) -> Loaded[RenderedSong]:
    """Find the first `RENDERED_SONGS` songs of ``pop909`` that have chords beside their MIDI file."""
    songs: list[RenderedSong] = []
    for midi in sorted((bench_folder(data) / "pop909").glob("*/*.mid")):
        labels = midi.with_name("chord_midi.txt")
        if labels.exists() and len(songs) < RENDERED_SONGS:
            rows = [line.split() for line in read_text(labels, what="chords with start and end").splitlines() if line.strip()]
            chord_s = np.array([[float(row[0]), float(row[1])] for row in rows]).reshape(-1, 2)
            inside = chord_s[:, 0] < RENDERED_S
            names = tuple(row[2] for row, keep in zip(rows, inside, strict=True) if keep)
            songs.append(RenderedSong(id=f"pop909/{midi.stem}", midi=midi, chord_s=chord_s[inside].clip(0, RENDERED_S), chord_labels=names))
    return Loaded(tuple(songs), () if songs else ("pop909: no songs with chord_midi.txt, so no render_majmin",))


def render(song: RenderedSong) -> Float32Array:
    """Sound the first `RENDERED_S` of a song with plain decaying tones of eight partials."""
    from hexachord.dsp.tones import sonify_notes
    from hexachord.score.midi import load_midi
    from hexachord.score.notes import note_array

    notes = note_array(load_midi(song.midi), percussion=False)
    notes = notes[notes["onset_s"] < RENDERED_S - 0.1]
    length_s = np.minimum(notes["duration_s"], RENDERED_S - notes["onset_s"])
    return sonify_notes(
        notes["onset_s"],
        length_s,
        notes["pitch"],
        rate_hz=RATE_HZ,
        velocity=notes["velocity"] / 127,
        seconds=RENDERED_S,
        partials=_PARTIALS,
    )


def _measure_renders(songs: Sequence[RenderedSong], *, progress: Progress | None) -> tuple[Measured, list[chord.ChordComparison]]:
    comparisons: list[chord.ChordComparison] = []

    def estimate(song: RenderedSong) -> Segments:
        from hexachord.audio_analysis.harmony import estimate_chords
        from hexachord.dsp.frontend import FrontEnd

        front = FrontEnd(render(song), rate_hz=RATE_HZ)
        chroma = front.note_chroma
        chords: Segments = estimate_chords(chroma.treble, chroma.bass, hop_s=front.hop_s)
        return chords

    def score(song: RenderedSong, chords: Segments) -> dict[str, float]:
        intervals = np.stack([chords.start_s, chords.end_s], axis=1).clip(0)
        comparison = chord.compare(song.chord_s, song.chord_labels, intervals, chords.label)
        comparisons.append(comparison)
        return {f"render_{name}": value for name, value in comparison.scores().items()}

    found = measure(songs, what="rendered chords", name=lambda song: song.id, estimate=estimate, score=score, progress=progress)
    return found, comparisons
