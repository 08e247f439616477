"""Sections of a piece: where something new begins, and which parts are the same again.

Boundaries are where the pattern of repetitions changes: Serrà, Müller, Grosche & Arcos, "Unsupervised music structure annotation by time
series structure features and segment similarity", IEEE TMM 2014. A recurrence matrix of chroma (and timbre) is turned to a time-lag
matrix and smoothed; a step in it from one moment to the next is a boundary. A little checkerboard novelty (Foote 2000) adds boundaries
between parts that never return. Sections are then grouped by their best alignment. FMP §4.2 to §4.5.
"""

from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.change_points import span_means
from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.harmony.chord_model import normalise_chroma
from hexachord.audio_analysis.structure.matrices import alignment_similarity, recurrence, scaled, similarity
from hexachord.audio_analysis.structure.novelty import checkerboard_novelty, structure_features, structure_novelty
from hexachord.knowledge import Beats, Segments
from hexachord.models.engine import pick_engine

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

MINIMUM_S = 12.0  # shorter pieces are one section
UNIT_S = 0.5  # what is compared: a beat, or half a second
MOST_UNITS = 1600  # the matrices have this side at most (10 MB each); longer pieces are looked at more coarsely
SILENCE = "silence"

_EMBED_UNITS = 12  # six seconds of context make a "moment"
_SMOOTH_UNITS = 10.0
_CHECKER_UNITS, _CHECKER_WEIGHT = 32, 0.3
_PEAK_REACH_UNITS, _PEAK_THRESHOLD = 9, 0.03
_SAME_SECTION = 0.35  # mean similarity above which two groups are one ...
_SAME_SPREAD = 0.5  # ... or, where little is alike, so many standard deviations above the piece's mean ...
_SAME_LEAST = 0.25  # ... but never less than this. These ten were chosen on train/billboard
_TIMBRE_WEIGHT = 0.4
_SILENCE_S = 2.0  # less than this before or after the music belongs to it
_FAINT = 0.25  # a boundary between two sections of one name must be clearer than this
_SNAP_S = 2.0  # a boundary moves at most half a bar, and no more than this


def find_sections(frontend: "FrontEnd", *, beats: Beats | None = None, engine: str | None = None) -> Segments:
    """Find the sections of a recording from its chroma and timbre.

    Parameters
    ----------
    frontend : of the recording
    beats : if given, moments are beats and sections begin on downbeats where one is near
    engine : "structure-features" (default)

    Returns
    -------
    Segments that cover the recording, labelled A, B, ... by first appearance; two seconds and more of silence before and
    after the music are "silence"; confidence is how clear the beginning of the section is, in [0, 1]. Empty for an empty
    recording; pieces under twelve seconds are one section.

    Raises
    ------
    InputError : if there is no such engine.
    """
    run = pick_engine(ENGINES, task="sections", name=engine).load()
    notes = frontend.note_chroma
    sections: Segments = run(
        np.hstack([notes.bass, notes.treble]), timbre=frontend.mfcc, hop_s=frontend.hop_s, start_s=0.0, beats=beats, level=frontend.rms
    )
    return sections


def sections_from_features(
    chroma: FloatArray,
    *,
    hop_s: float,
    start_s: float = 0.0,
    timbre: FloatArray | None = None,
    beats: Beats | None = None,
    level: FloatArray | None = None,
) -> Segments:
    """Find sections from feature matrices: the engine ``sections/structure-features``.

    Parameters
    ----------
    chroma : (frames, 24) bass and treble chroma, non-negative, linear
    hop_s : seconds from one frame to the next
    start_s : time of the first frame
    timbre : (frames, coefficients) such as MFCC; the first coefficient, loudness, is left out
    beats : see `find_sections`
    level : (frames,) loudness, linear; the sum of `chroma` if not given

    Returns
    -------
    See `find_sections`.
    """
    name = "sections/structure-features"
    if chroma.ndim != 2 or chroma.shape[1] != 24:
        raise ValueError(f"expected bass and treble chroma of shape (frames, 24), not {chroma.shape}")
    frames = len(chroma)
    if frames == 0:
        return Segments(start_s=np.zeros(0), end_s=np.zeros(0), label=(), engine=name)
    end_s = start_s + frames * hop_s
    first_s, last_s = _music(np.asarray(chroma.sum(axis=1) if level is None else level), hop_s=hop_s)
    first_s, last_s = first_s + start_s, last_s + start_s
    if last_s <= first_s:
        return Segments(start_s=np.array([start_s]), end_s=np.array([end_s]), label=(SILENCE,), confidence=np.array([1.0]), engine=name)
    inner_s, clear = np.zeros(0), np.zeros(0)
    edges = _unit_edges(frames, hop_s=hop_s, start_s=start_s, beats=beats)
    matrix = None
    if last_s - first_s >= MINIMUM_S and len(edges) > 3 * _EMBED_UNITS:
        chroma_units = normalise_chroma(span_means(chroma, edges))
        timbre_units = None if timbre is None or timbre.shape[1] < 2 else span_means(timbre[:, 1:], edges)
        matrix = _compare(chroma_units, timbre_units, context=_EMBED_UNITS)
        peaks, height = _boundaries(matrix, _compare(chroma_units, timbre_units, context=1))
        inner_s, clear = _snap(start_s + edges[peaks] * hop_s, beats), height
        kept = (inner_s > first_s + 2.0) & (inner_s < last_s - 2.0) & np.append(True, np.diff(inner_s) > 1.0)
        inner_s, clear = inner_s[kept], clear[kept]
    begin = [start_s] if first_s <= start_s + _SILENCE_S else [start_s, first_s]
    finish = [end_s] if last_s >= end_s - _SILENCE_S else [last_s, end_s]
    bounds = np.concatenate([begin, inner_s, finish])
    confidence = np.concatenate([np.ones(len(begin)), clear, np.ones(len(finish) - 1)])
    music = slice(len(begin) - 1, len(bounds) - len(finish))
    groups: IntArray = np.zeros(len(bounds) - len(begin) - len(finish) + 1, dtype=np.int64)
    if matrix is not None:
        units = np.searchsorted(start_s + edges * hop_s, bounds[len(begin) - 1 : len(bounds) - len(finish) + 1] - 1e-6)
        groups = _group(alignment_similarity(matrix, units.clip(0, len(matrix))))
    labels = [SILENCE] * (len(bounds) - 1)
    labels[music] = _letters(groups)
    bounds, confidence, labels = _merge_faint(bounds, confidence, labels)
    return Segments(start_s=bounds[:-1], end_s=bounds[1:], label=tuple(labels), confidence=confidence, engine=name)


def _music(level: FloatArray, *, hop_s: float) -> tuple[float, float]:
    """Where the music begins and ends: the first and last frame above a tenth of the loud ones; (0, 0) if there is none."""
    loud = float(np.percentile(level, 90))
    heard = np.flatnonzero(level > 0.1 * loud) if loud > 1e-9 else np.zeros(0, dtype=np.int64)
    return (float(heard[0]) * hop_s, float(heard[-1] + 1) * hop_s) if len(heard) else (0.0, 0.0)


def _unit_edges(frames: int, *, hop_s: float, start_s: float, beats: Beats | None) -> IntArray:
    """Frame numbers (units + 1,) that cut the piece into beats, or multiples or parts of them near `UNIT_S`, at most `MOST_UNITS`."""
    length_s = frames * hop_s
    unit_s = max(UNIT_S, length_s / MOST_UNITS)
    marks_s = np.zeros(0) if beats is None else np.asarray(beats.time_s, dtype=np.float64) - start_s
    marks_s = marks_s[(marks_s > 0.1) & (marks_s < length_s - 0.1)]
    if len(marks_s) > 8:
        beat_s = float(np.median(np.diff(marks_s)))
        marks_s = marks_s[:: max(1, round(unit_s / beat_s))]
        anchors = np.concatenate([[0.0], marks_s, [length_s]])
        parts = np.maximum(1, np.rint(np.diff(anchors) / unit_s)).astype(np.int64)
        pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(anchors[:-1], anchors[1:], parts, strict=True)]
        times_s = np.concatenate([*pieces, [length_s]])
    else:
        times_s = np.append(np.arange(0.0, length_s - 0.5 * unit_s, unit_s), length_s)
    return np.unique(np.rint(times_s / hop_s).astype(np.int64).clip(0, frames))


def _compare(chroma: FloatArray, timbre: FloatArray | None, *, context: int) -> Float64Array:
    """Similarity of all pairs of moments, (units, units) in [-1, 1]."""
    alike = similarity(chroma, context=context)
    if timbre is None:
        return alike
    spread = timbre.std(axis=0)
    scaled = timbre / np.maximum(spread, 1e-6 + 1e-3 * float(spread.max(initial=0.0)))
    return (1 - _TIMBRE_WEIGHT) * alike + _TIMBRE_WEIGHT * similarity(scaled, context=context)


def _boundaries(matrix: FloatArray, sharp: FloatArray) -> tuple[IntArray, Float64Array]:
    """Unit numbers where sections begin, and how clearly."""
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    novelty = scaled(structure_novelty(structure_features(recurrence(matrix), smooth=_SMOOTH_UNITS)))
    blocks = np.maximum(checkerboard_novelty(sharp, reach=_CHECKER_UNITS, centre=False), 0.0)  # borders between moments
    novelty = novelty + _CHECKER_WEIGHT * scaled(blocks)
    top = maximum_filter1d(novelty, 2 * _PEAK_REACH_UNITS + 1)
    usual = uniform_filter1d(novelty, 8 * _PEAK_REACH_UNITS + 1)
    peaks = np.flatnonzero((novelty == top) & (novelty > usual + _PEAK_THRESHOLD))
    peaks = peaks[(peaks > 2) & (peaks < len(novelty) - 2)]
    return peaks, np.clip(novelty[peaks] - usual[peaks], 0.0, 1.0)


def _snap(times_s: FloatArray, beats: Beats | None) -> Float64Array:
    """Move boundaries to the nearest downbeat if one is near, else to the nearest beat if one is."""
    moved = np.array(times_s, dtype=np.float64)
    if beats is None:
        return moved
    for marks in (np.asarray(beats.time_s), np.asarray(beats.downbeats_s)):  # a downbeat is a beat: the second pass has the last word
        if len(marks) > 1 and len(moved):
            nearest = marks[np.abs(marks[None, :] - times_s[:, None]).argmin(axis=1)]
            reach_s = min(_SNAP_S, 0.51 * float(np.median(np.diff(marks))))
            moved = np.where(np.abs(nearest - times_s) <= reach_s, nearest, moved)
    return np.maximum.accumulate(moved)


def _group(alike: FloatArray) -> IntArray:
    """Group sections whose mean similarity is high, or high for this piece: average linkage."""
    if len(alike) < 2:
        return np.zeros(len(alike), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    pairs = alike[np.triu_indices(len(alike), k=1)]
    same = float(np.clip(pairs.mean() + _SAME_SPREAD * pairs.std(), _SAME_LEAST, _SAME_SECTION)) if len(pairs) > 1 else _SAME_SECTION
    return np.asarray(fcluster(linkage(np.maximum(1.0 - pairs, 0.0), method="average"), 1.0 - same, criterion="distance"))


def _merge_faint(bounds: FloatArray, confidence: FloatArray, labels: list[str]) -> tuple[FloatArray, FloatArray, list[str]]:
    """Drop faint boundaries between sections of one name."""
    kept = [0] + [k for k in range(1, len(labels)) if labels[k] != labels[k - 1] or confidence[k] >= _FAINT]
    return np.append(bounds[kept], bounds[-1]), confidence[kept], [labels[k] for k in kept]


def _letters(groups: IntArray) -> list[str]:
    """Name groups A, B, ... Z, AA, AB ... in order of appearance."""
    order: dict[int, str] = {}
    for group in groups.tolist():
        number = len(order)
        if group not in order:
            order[group] = (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)
    return [order[group] for group in groups.tolist()]
