"""Structure indicators: how much a piece repeats itself, over seconds, phrases and sections.

The fitness of a segment says how well, and how much of, the piece its repetitions explain (`hexachord.dsp.path_family`); the indicator of
a time scale is that of the fittest segment whose length lies in it. S.-L. Wu, Y.-H. Yang, "The Jazz Transformer on the front line", ISMIR
2020, §4.4, who take chroma of recordings twice a second; a score knows its pitch classes, so here they are counted. M. Müller,
*Fundamentals of Music Processing*, §4.3.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.dsp.scape_plot import scape_plot
from hexachord.dsp.ssm import PathSmoothing, threshold_similarity, transposed_similarity
from hexachord.theory.keys import sounding_between

SHORT_S, MID_S, LONG_S = (3.0, 8.0), (8.0, 15.0), (15.0, 128.0)
"""Lengths of segments that each indicator looks at."""
MOMENT_S = 1.0
WINDOW_S = 2.0
_SMOOTH_S = 8.0
_KEEP = 0.15  # of all pairs of moments: what is less alike is not alike
_PENALTY = -2.0
_MOST_MOMENTS = 240
_FAINT = 1e-3


class StructureIndicators(NamedTuple):
    """Largest fitness, each in [0, 1], of segments of 3 to 8 s, of 8 to 15 s and of 15 to 128 s."""

    short: float
    mid: float
    long: float


def structure_indicators(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, moment_s: float = MOMENT_S
) -> StructureIndicators:
    """Measure how much a piece repeats itself at three time scales. The metrics SI_short, SI_mid and SI_long.

    ``SI(a, b) = max of the fitness scape plot over segments of a to b seconds``. Pitch classes sounding in windows of two seconds are
    compared in all twelve transpositions and smoothed along paths of eight seconds; the 15 % of pairs that are most alike are kept.

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) pitched notes
    moment_s : the grid of segments. Numbers of different grids cannot be compared; what lasts longer than 240 of them is cut there, since
        the time grows with the fourth power

    Returns
    -------
    StructureIndicators; 0 where the piece is shorter than the scale, NaN if there are no notes

    Examples
    --------
    >>> tune = np.tile([60, 62, 64, 65, 67, 69, 71, 72, 66, 61, 63, 68], 4)
    >>> start = np.arange(len(tune)) * 1.0
    >>> [round(value, 2) for value in structure_indicators(start, start + 1.0, tune)]
    [0.6, 0.75, 0.5]
    """
    if len(onset_s) == 0:
        return StructureIndicators(float("nan"), float("nan"), float("nan"))
    chroma = moment_chroma(onset_s, offset_s, pitch, moment_s=moment_s)[:_MOST_MOMENTS]
    fitness = scape_plot(similarity_for_fitness(chroma, moment_s=moment_s)).fitness
    values = []
    for least, most in (SHORT_S, MID_S, LONG_S):
        rows = fitness[max(round(least / moment_s) - 1, 0) : max(round(most / moment_s), 1)]
        values.append(float(rows.max(initial=0.0)))
    return StructureIndicators(*values)


def moment_chroma(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, moment_s: float = MOMENT_S, window_s: float = WINDOW_S
) -> Float64Array:
    """Count how long each pitch class sounds around each moment.

    Returns
    -------
    (moments, 12) of norm 1 along each row, from the first onset to the last end; silence is like everything (all classes alike)
    """
    first, last = float(np.min(onset_s)), float(np.max(offset_s))
    count = max(1, int(np.ceil((last - first) / moment_s - 1e-9)))
    wide = max(1, round(window_s / moment_s))
    borders = first + (np.arange(count + wide) - (wide - 1) / 2) * moment_s
    classes = np.rint(np.asarray(pitch)).astype(np.int64) % 12
    sounding = sounding_between(np.asarray(onset_s), np.asarray(offset_s), classes, borders)
    windows = np.lib.stride_tricks.sliding_window_view(sounding, wide, axis=0).sum(axis=-1)
    norm = np.linalg.norm(windows, axis=1, keepdims=True)
    return np.asarray(np.where(norm > _FAINT, windows / np.maximum(norm, _FAINT), 1.0 / np.sqrt(12.0)))


def similarity_for_fitness(chroma: FloatArray, *, moment_s: float = MOMENT_S) -> Float64Array:
    """Compare moments the way the fitness measure needs it: 1 on the diagonal, at most 1 elsewhere, a penalty where two are not alike."""
    smoothing = PathSmoothing(moments=max(1, round(_SMOOTH_S / moment_s)), tempi=(2 / 3, 1.0, 1.5))
    alike = transposed_similarity(chroma, smoothing=smoothing).matrix
    clear = threshold_similarity(alike, keep="share", value=_KEEP, scaled=True, penalty=_PENALTY)
    np.fill_diagonal(clear, 1.0)
    return clear
