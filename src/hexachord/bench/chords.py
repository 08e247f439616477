"""Chords of pop songs, from the published chroma on: durations pooled over the set, as one long song."""

from pathlib import Path

import numpy as np

from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.harness import BenchResult, Progress
from hexachord.bench.loop import measure
from hexachord.knowledge import Segments
from hexachord.metrics import chord


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``root majmin thirds triads sevenths tetrads mirex seg``, weighted by duration.

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
    return BenchResult(
        bench="chords",
        data=str(data),
        engine=", ".join(sorted(engines)),
        metrics=chord.pool(comparisons),
        items=found.items,
        seconds_of_audio=sum(song.duration_s for song in loaded.items),
        wall_s=found.wall_s,
        cpu_s=found.cpu_s,
        skipped=loaded.skipped + found.skipped,
    )
