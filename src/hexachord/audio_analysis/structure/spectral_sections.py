"""Sections by spectral clustering, as an engine: one level of the Laplacian's hierarchy, the other levels as confidence.

McFee & Ellis, "Analyzing song structure with spectral clustering", ISMIR 2014; the steps are those of `laplacian`. How many groups a piece
has is not in its eigenvectors: here it is always the same number, and groups that are hardly used do no harm.
"""

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.audio_analysis.change_points import span_means
from hexachord.audio_analysis.harmony.chroma_frames import normalise_chroma
from hexachord.audio_analysis.structure.laplacian import (
    affinity_recurrence,
    combined_affinity,
    laplacian_eigenvectors,
    median_along_paths,
    sequence_affinity,
    spectral_labels,
)
from hexachord.audio_analysis.structure.moments import MINIMUM_S, SILENCE, framed, letters, merge_faint, music_of, snap_to_beats, unit_edges
from hexachord.dsp.hpss import median_along_time
from hexachord.knowledge import Beats, Segments

_GROUPS, _LEVELS = 4, 8  # of the level that is reported, and of the finest that has a say in confidence. Chosen on train/billboard
_CONTEXT_UNITS = 8  # moments in a row that are compared, four seconds: single chords recur too often
_MEDIAN_UNITS = 17  # links along paths, nine seconds
_LABEL_UNITS = 17  # labels, likewise
_REACH_UNITS = 4  # a boundary of another level is the same one within two seconds
_SHORTEST_UNITS = 6


def sections_by_laplacian(
    chroma: FloatArray,
    *,
    hop_s: float,
    start_s: float = 0.0,
    timbre: FloatArray | None = None,
    beats: Beats | None = None,
    level: FloatArray | None = None,
) -> Segments:
    """Find sections from feature matrices: the engine ``sections/laplacian``.

    Parameters and result are those of `sections_from_features`; the confidence of a section's beginning is the share of the levels of the
    hierarchy that have a boundary there.
    """
    name = "sections/laplacian"
    sounding = music_of(chroma, level=level, hop_s=hop_s, start_s=start_s, engine=name)
    if isinstance(sounding, Segments):
        return sounding
    (first_s, last_s), frames = sounding, len(chroma)
    end_s = start_s + frames * hop_s
    edges = unit_edges(frames, hop_s=hop_s, start_s=start_s, beats=beats)
    inner_s: FloatArray = np.zeros(0)
    clear: FloatArray = np.zeros(0)
    groups: IntArray = np.zeros(1, dtype=np.int64)
    if last_s - first_s >= MINIMUM_S and len(edges) > 3 * _LABEL_UNITS:
        units = normalise_chroma(span_means(chroma, edges)).astype(np.float64)
        timbre_units = units if timbre is None or timbre.shape[1] < 2 else span_means(timbre[:, 1:], edges)
        starts, clear, groups = _cluster(units, timbre_units)
        times_s = start_s + edges[starts] * hop_s
        inside = (times_s > first_s + 2.0) & (times_s < last_s - 2.0)
        inner_s, clear = snap_to_beats(times_s[inside], beats), clear[inside]
        before = int((times_s <= first_s + 2.0).sum())  # what begins before the music does is the first section
        groups = groups[before : before + len(inner_s) + 1]
    bounds, confidence, music = framed(inner_s, clear, start_s=start_s, end_s=end_s, music_s=(first_s, last_s))
    labels = [SILENCE] * (len(bounds) - 1)
    labels[music] = letters(groups)
    bounds, confidence, labels = merge_faint(bounds, confidence, labels)
    return Segments(start_s=bounds[:-1], end_s=bounds[1:], label=tuple(labels), confidence=confidence, engine=name)


def _cluster(harmony: FloatArray, timbre: FloatArray) -> tuple[IntArray, FloatArray, IntArray]:
    """Find where sections begin after the first (n,), how many levels say so (n,), and the group of each section (n + 1,)."""
    before = _CONTEXT_UNITS // 2
    padded = np.pad(harmony, ((before, _CONTEXT_UNITS - 1 - before), (0, 0)), mode="edge")
    moments = np.hstack([padded[step : step + len(harmony)] for step in range(_CONTEXT_UNITS)])
    links = combined_affinity(median_along_paths(affinity_recurrence(moments), moments=_MEDIAN_UNITS), sequence_affinity(timbre))
    vectors = laplacian_eigenvectors(links, count=_LEVELS)
    levels = [spectral_labels(vectors, clusters=groups, smooth=_LABEL_UNITS) for groups in range(2, _LEVELS + 1)]
    chosen = _without_slivers(levels[_GROUPS - 2])
    starts = np.flatnonzero(np.diff(chosen)) + 1
    votes = np.zeros(len(starts))
    for labels in levels:
        there = np.flatnonzero(np.diff(labels)) + 1
        if len(there) and len(starts):
            votes += np.abs(starts[:, None] - there[None, :]).min(axis=1) <= _REACH_UNITS
    return starts, votes / len(levels), chosen[np.append(0, starts)]


def _without_slivers(labels: IntArray) -> IntArray:
    """Give sections that are too short to the one before, or the first to the one after."""
    smooth = np.asarray(median_along_time(np.eye(int(labels.max()) + 1)[labels], size=2 * _SHORTEST_UNITS - 1)).argmax(axis=1)
    starts = np.append(0, np.flatnonzero(np.diff(smooth)) + 1)
    lengths = np.diff(np.append(starts, len(smooth)))
    kept = starts[(lengths >= _SHORTEST_UNITS) | (starts == 0)]
    return np.asarray(smooth[kept[np.searchsorted(kept, np.arange(len(smooth)), side="right") - 1]])
