"""Section boundaries and names of pop songs, from the published chroma on (our engine also hears timbre when there is sound).

Boundaries within 0.5 and 3 s over the whole song (its two ends count, as in mir_eval; ``_trimmed`` leaves them out), and pairs of frames
that share a name. Primes, which mark variations of a section, are dropped; silence around the music is a section of its own.
"""

from pathlib import Path

import numpy as np

from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.harness import BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.loop import measure, result_of
from hexachord.knowledge import Segments
from hexachord.metrics import segment

EVEN_SECTION_S = 20.0  # the length of a section in pop, roughly: what guessing with a ruler gives


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``hit_05 hit_3 pairwise_f`` and the rest of the structure scores.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also score a boundary every 20 s, all sections alike: what no listening gives
    instruments : not used here
    progress : told what is being done
    """
    loaded = load_billboard(data)
    engines = set[str]()

    def estimate(song: BillboardSong) -> Segments:
        from hexachord.audio_analysis.structure import sections_from_features

        chroma = np.concatenate([song.bass, song.treble], axis=1)
        sections: Segments = sections_from_features(chroma, hop_s=song.hop_s, start_s=song.start_s)
        engines.add(sections.engine)
        return sections

    found = measure(loaded.items, what="structure", name=_name, estimate=estimate, score=score, progress=progress)
    peers = {}
    if peer:
        even = measure(loaded.items, what="every 20 s", name=_name, estimate=_even, score=score, progress=progress)
        peers["every 20 s"] = PeerResult(metrics=mean_metrics(even.items), wall_s=even.wall_s)
    return result_of(
        found,
        bench="structure",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=mean_metrics(found.items),
        seconds_of_audio=sum(song.duration_s for song in loaded.items),
        skipped=loaded.skipped,
        peers=peers,
    )


def score(song: BillboardSong, sections: Segments) -> dict[str, float]:
    """Compare sections with the annotated ones."""
    intervals = np.stack([sections.start_s, sections.end_s], axis=1).clip(0)
    return segment.evaluate(song.section_s, song.section_labels, intervals, sections.label)


def _even(song: BillboardSong) -> Segments:
    bounds = np.append(np.arange(0.0, song.section_s[-1, 1], EVEN_SECTION_S), song.section_s[-1, 1])
    return Segments(start_s=bounds[:-1], end_s=bounds[1:], label=("A",) * (len(bounds) - 1))


def _name(song: BillboardSong) -> str:
    return song.id
