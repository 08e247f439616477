"""The engine ``sections/network``: a network says where sections begin and what they are for, repetition says which are the same.

The network (trained by ``training/sections.py`` on Billboard's sections) is shown how each half second compares with the rest of the piece
(`form_features`). Of its chances of a beginning the peaks are taken; sections are then grouped by their best alignment as
``sections/structure-features`` does, and by what they are for, so that a letter still means "the same again". The function of a section
is what its moments say on average. Grill & Schlüter, ISMIR 2015; Wang, Hung & Smith, ICASSP 2022; FMP §4.3 and §4.4.
"""

import itertools
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.change_points import span_means
from hexachord.audio_analysis.harmony.chroma_frames import normalise_chroma
from hexachord.audio_analysis.structure.form_features import form_features, moment_edges
from hexachord.audio_analysis.structure.functions import FUNCTIONS
from hexachord.audio_analysis.structure.grouping import EMBED_UNITS, compare, group_sections
from hexachord.audio_analysis.structure.matrices import alignment_similarity
from hexachord.audio_analysis.structure.moments import MINIMUM_S, SILENCE, framed, letters, music_of, snap_to_beats, unit_edges
from hexachord.knowledge import Beats, Segments
from hexachord.models.networks import Network, open_network, run_network

SHIPPED = "sections"
EDGE_MOMENTS = 64
"""Moments of nothing before and after the piece, as in training."""

LONGEST_MOMENTS = 1200
"""Ten minutes; a longer piece is no song of those it learnt from, and is asked about in windows."""

_BLOCK_MOMENTS = 2048


@dataclass(frozen=True, kw_only=True)
class SectionPicking:
    """How chances become sections; chosen on the valid side of Billboard.

    Attributes
    ----------
    near_moments : chances of so many moments before and after a moment are added to its own: annotators differ by a beat or two
    least : chance of a beginning nearby that is one
    reach_moments : a beginning is the likeliest of so many moments either way
    alike_function : how much more alike two sections are for serving the same function, and less for different ones
    same : mean similarity above which two groups of sections are one
    """

    near_moments: int = 2
    least: float = 0.2
    reach_moments: int = 8
    alike_function: float = 0.3
    same: float = 0.35


@dataclass(frozen=True, eq=False)
class FormChances:
    """What the network says: the frames (moments + 1,) where moments begin, the chance that a section begins there (moments,), and what
    each moment is for (moments, FUNCTIONS)."""

    edges: IntArray
    begins: Float32Array
    function: Float32Array


def form_chances(chroma: FloatArray, *, hop_s: float, network: Network | None = None) -> FormChances:
    """Ask the network.

    Parameters
    ----------
    chroma : (frames, 24) bass and treble chroma, non-negative, linear
    hop_s : seconds from one frame to the next
    network : another one than the shipped

    Raises
    ------
    InputError : if this installation lacks the network.
    """
    opened = open_network(SHIPPED) if network is None else network
    edges = moment_edges(len(chroma), hop_s=hop_s)
    count = len(edges) - 1
    if count <= LONGEST_MOMENTS:
        return FormChances(edges, *_asked(opened, chroma, hop_s=hop_s))
    half = LONGEST_MOMENTS // 4  # a window of half the longest song, and its middle half
    begins, function = np.zeros(count, dtype=np.float32), np.zeros((count, len(FUNCTIONS)), dtype=np.float32)
    for middle in range(0, count, half):
        first, last = max(0, middle - half // 2), min(count, middle + half + half // 2)
        said = _asked(opened, chroma[edges[first] : edges[last]], hop_s=hop_s)
        inside = slice(middle, min(middle + half, first + len(said[0])))
        begins[inside], function[inside] = (each[middle - first : inside.stop - first] for each in said)
    return FormChances(edges, begins, function)


def _asked(network: Network, chroma: FloatArray, *, hop_s: float) -> tuple[Float32Array, Float32Array]:
    """Ask about a piece no longer than a song: chances of beginnings (moments,) and of functions (moments, FUNCTIONS)."""
    shown = np.pad(form_features(chroma, hop_s=hop_s), ((EDGE_MOMENTS, EDGE_MOMENTS), (0, 0)))
    said = run_network(network, lambda first, last: shown[first:last], len(shown), block_frames=_BLOCK_MOMENTS)
    begins, function = (said[name][EDGE_MOMENTS : len(shown) - EDGE_MOMENTS] for name in ("begins", "function"))
    return begins[:, 0], function


def sections_from_network(
    chroma: FloatArray,
    *,
    hop_s: float,
    start_s: float = 0.0,
    timbre: FloatArray | None = None,
    beats: Beats | None = None,
    level: FloatArray | None = None,
    picking: SectionPicking = SectionPicking(),
    network: Network | None = None,
) -> Segments:
    """Find sections from feature matrices: the engine ``sections/network``.

    Parameters and result are those of `sections_from_features`, with a function for each section and how sure it is; the confidence of a
    section is the chance that one begins there.
    """
    name = "sections/network"
    sounding = music_of(chroma, level=level, hop_s=hop_s, start_s=start_s, engine=name)
    if isinstance(sounding, Segments):
        return replace(sounding, function=("",) * len(sounding))
    (first_s, last_s), frames = sounding, len(chroma)
    end_s = start_s + frames * hop_s
    inner_s, clear = np.zeros(0), np.zeros(0)
    said = None
    if last_s - first_s >= MINIMUM_S:
        said = form_chances(chroma, hop_s=hop_s, network=network)
        peaks, clear = pick_beginnings(said.begins, picking=picking)
        inner_s = snap_to_beats(start_s + said.edges[peaks] * hop_s, beats)
        kept = (inner_s > first_s + 2.0) & (inner_s < last_s - 2.0) & np.append(True, np.diff(inner_s) > 1.0)[: len(inner_s)]
        inner_s, clear = inner_s[kept], clear[kept]
    bounds, confidence, music = framed(inner_s, clear, start_s=start_s, end_s=end_s, music_s=(first_s, last_s))
    count = len(bounds) - 1
    labels, functions, sure = [SILENCE] * count, [""] * count, np.full(count, np.nan)
    inside = bounds[music.start : music.stop + 1]
    groups: IntArray = np.zeros(len(inside) - 1, dtype=np.int64)
    if said is not None:
        serve = functions_of(said, (inside - start_s) / hop_s)
        edges = unit_edges(frames, hop_s=hop_s, start_s=start_s, beats=beats)
        alike = _alike(chroma, timbre, edges, (inside - start_s) / hop_s)
        groups = group_sections(alike + picking.alike_function * _agreement(serve), same=picking.same)
        functions[music] = [FUNCTIONS[best] for best in serve.argmax(axis=1)]
        sure[music] = serve.max(axis=1)
    labels[music] = letters(groups)
    return Segments(
        start_s=bounds[:-1],
        end_s=bounds[1:],
        label=tuple(labels),
        confidence=confidence,
        function=tuple(functions),
        function_confidence=sure,
        engine=name,
    )


def pick_beginnings(begins: FloatArray, *, picking: SectionPicking = SectionPicking()) -> tuple[IntArray, Float64Array]:
    """Pick the moments where sections begin: where the chance of a beginning nearby is high enough and the highest around.

    Parameters
    ----------
    begins : (moments,) chances
    picking : see there

    Returns
    -------
    moments (n,), ascending: the likeliest ones nearby; and the chance (n,) of a beginning nearby

    Examples
    --------
    >>> begins = np.array([0.0, 0.1, 0.3, 0.2, 0.0, 0.0, 0.0, 0.1])
    >>> moments, chance = pick_beginnings(begins, picking=SectionPicking(least=0.2, near_moments=1, reach_moments=2))
    >>> moments, chance.round(2)
    (array([2]), array([0.6]))
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    if not len(begins):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    chances = np.asarray(begins, dtype=np.float64)
    width = 2 * picking.near_moments + 1
    nearby = width * uniform_filter1d(chances, width, mode="constant")
    nearby += 1e-3 * chances  # of equally good places the likeliest
    top = maximum_filter1d(nearby, 2 * picking.reach_moments + 1, mode="nearest")
    peaks = np.flatnonzero((nearby >= top) & (nearby >= picking.least))
    spans = [slice(max(0, peak - picking.near_moments), peak + picking.near_moments + 1) for peak in peaks.tolist()]
    moments = np.array([span.start + int(chances[span].argmax()) for span in spans], dtype=np.int64)
    found, first = np.unique(moments, return_index=True)
    return found, np.clip(nearby[peaks[first]], 0.0, 1.0)


def functions_of(said: FormChances, bounds: FloatArray) -> Float64Array:
    """Average what moments are for over sections: (sections, FUNCTIONS) chances; `bounds` (sections + 1,) in frames."""
    at = np.searchsorted(said.edges[:-1], np.asarray(bounds) - 1e-6).clip(0, len(said.begins))
    rows = [said.function[min(first, len(said.function) - 1) : max(last, first + 1)] for first, last in itertools.pairwise(at.tolist())]
    chances = np.exp(np.stack([np.log(row + 1e-4).mean(axis=0) for row in rows]).astype(np.float64))
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def _alike(chroma: FloatArray, timbre: FloatArray | None, edges: IntArray, bounds: FloatArray) -> Float64Array:
    """Similarity of sections, by their best alignment."""
    rows = normalise_chroma(span_means(chroma, edges))
    other = None if timbre is None or timbre.shape[1] < 2 else span_means(timbre[:, 1:], edges)
    units = np.searchsorted(edges, np.asarray(bounds) - 1e-6).clip(0, len(rows))
    return alignment_similarity(compare(rows, other, context=EMBED_UNITS), units)


def _agreement(serve: FloatArray) -> Float64Array:
    """How much two sections serve the same function: 1 certainly, -1 certainly not."""
    return np.asarray(2.0 * serve @ serve.T - 1.0)
