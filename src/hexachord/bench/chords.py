"""Chords of pop songs, from the published chroma on, and from sound: durations pooled over the set, as one long song.

The rendered suite is heard like any recording, through our own chroma; its durations are pooled apart: ``render_majmin``.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.harness import BenchResult, Progress, mean_metrics
from hexachord.bench.loop import measure, result_of
from hexachord.bench.piano_chords import hear_chord, load_piano_chords, score_chord
from hexachord.bench.suites import chroma_item, with_suite
from hexachord.knowledge import Segments
from hexachord.metrics import chord, chord_confusions
from hexachord.rendering.split import Side


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``root majmin thirds triads sevenths tetrads mirex seg``, weighted by duration, and the shares of time of each kind of
    mistake (``wrong_relative``, ``wrong_fifth`` ..., see `hexachord.metrics.chord_confusions`); ``piano_chords`` is the share of single
    chords of a recorded grand that are named right.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : no other library offline names chords from this chroma
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_billboard(data)
    comparisons, confused = list[chord.ChordComparison](), list[dict[str, float]]()
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
        confused.append(chord_confusions.mistaken_s(song.chord_s, song.chord_labels, intervals, chords.label))
        return comparison.scores()

    def pooled() -> dict[str, float]:
        return chord.pool(comparisons) | chord_confusions.mistake_shares(confused)

    found = measure(loaded.items, what="chords", name=_name, estimate=estimate, score=score, progress=progress)
    result = result_of(
        found,
        bench="chords",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=pooled(),
        seconds_of_audio=sum(song.duration_s for song in loaded.items),
        skipped=loaded.skipped,
    )
    alone = load_piano_chords(data)
    named = measure(alone.items, what="chords", name=lambda item: item.id, estimate=hear_chord, score=score_chord, progress=progress)
    result = replace(
        result,
        metrics={**result.metrics, **mean_metrics(named.items)},
        items=(*result.items, *named.items),
        skipped=(*result.skipped, *alone.skipped, *named.skipped),
    )
    comparisons.clear()
    confused.clear()  # the suite is another long song
    return with_suite(
        result,
        "harmony",
        data,
        side=suites,
        instruments=instruments,
        item=chroma_item,
        name=_name,
        estimate=estimate,
        score=score,
        summary=lambda _: pooled(),
        by_trait=("majmin", "sevenths"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def _name(song: BillboardSong) -> str:
    return song.id
