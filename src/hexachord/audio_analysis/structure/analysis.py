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
from hexachord.audio_analysis.harmony.chroma_frames import normalise_chroma
from hexachord.audio_analysis.structure.grouping import EMBED_UNITS, compare, group_sections
from hexachord.audio_analysis.structure.matrices import alignment_similarity, recurrence, scaled
from hexachord.audio_analysis.structure.moments import MINIMUM_S, SILENCE, framed, letters, merge_faint, music_of, snap_to_beats, unit_edges
from hexachord.dsp.structure_novelty import checkerboard_novelty, structure_features, structure_novelty
from hexachord.knowledge import Beats, Segments
from hexachord.models.engine import pick_engine

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

_SMOOTH_UNITS = 10.0
_CHECKER_UNITS, _CHECKER_WEIGHT = 32, 0.3
_PEAK_REACH_UNITS, _PEAK_THRESHOLD = 9, 0.03  # these and those of `grouping` were chosen on train/billboard


def find_sections(frontend: "FrontEnd", *, beats: Beats | None = None, engine: str | None = None) -> Segments:
    """Find the sections of a recording from its chroma and timbre.

    Parameters
    ----------
    frontend : of the recording
    beats : if given, moments are beats and sections begin on downbeats where one is near
    engine : "network" (default), "structure-features" or "laplacian"

    Returns
    -------
    Segments that cover the recording, labelled A, B, ... by first appearance; two seconds and more of silence before and
    after the music are "silence"; confidence is how clear the beginning of the section is, in [0, 1]. The network also says what each is
    for (`function`, with its own confidence). Empty for an empty recording; pieces under twelve seconds are one section.

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
    sounding = music_of(chroma, level=level, hop_s=hop_s, start_s=start_s, engine=name)
    if isinstance(sounding, Segments):
        return sounding
    (first_s, last_s), frames = sounding, len(chroma)
    end_s = start_s + frames * hop_s
    inner_s, clear = np.zeros(0), np.zeros(0)
    edges = unit_edges(frames, hop_s=hop_s, start_s=start_s, beats=beats)
    matrix = None
    if last_s - first_s >= MINIMUM_S and len(edges) > 3 * EMBED_UNITS:
        chroma_units = normalise_chroma(span_means(chroma, edges))
        timbre_units = None if timbre is None or timbre.shape[1] < 2 else span_means(timbre[:, 1:], edges)
        matrix = compare(chroma_units, timbre_units, context=EMBED_UNITS)
        peaks, height = _boundaries(matrix, compare(chroma_units, timbre_units, context=1))
        inner_s, clear = snap_to_beats(start_s + edges[peaks] * hop_s, beats), height
        kept = (inner_s > first_s + 2.0) & (inner_s < last_s - 2.0) & np.append(True, np.diff(inner_s) > 1.0)
        inner_s, clear = inner_s[kept], clear[kept]
    bounds, confidence, music = framed(inner_s, clear, start_s=start_s, end_s=end_s, music_s=(first_s, last_s))
    inside = bounds[music.start : music.stop + 1]
    groups: IntArray = np.zeros(len(inside) - 1, dtype=np.int64)
    if matrix is not None:
        units = np.searchsorted(start_s + edges * hop_s, inside - 1e-6)
        groups = group_sections(alignment_similarity(matrix, units.clip(0, len(matrix))))
    labels = [SILENCE] * (len(bounds) - 1)
    labels[music] = letters(groups)
    bounds, confidence, labels = merge_faint(bounds, confidence, labels)
    return Segments(start_s=bounds[:-1], end_s=bounds[1:], label=tuple(labels), confidence=confidence, engine=name)


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
