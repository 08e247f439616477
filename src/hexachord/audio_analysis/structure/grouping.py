"""Which sections are the same again: similarity of moments in harmony and timbre, and groups of sections that align. FMP §4.3."""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.structure.matrices import similarity

EMBED_UNITS = 12  # six seconds of context make a "moment"
SAME_SECTION = 0.35  # mean similarity above which two groups are one ...
_SAME_SPREAD = 0.5  # ... or, where little is alike, so many standard deviations above the piece's mean ...
_SAME_LEAST = 0.25  # ... but never less than this
_TIMBRE_WEIGHT = 0.4


def compare(chroma: FloatArray, timbre: FloatArray | None, *, context: int) -> Float64Array:
    """Compare all pairs of moments: (units, columns) chroma and timbre, if there is any, to (units, units) in [-1, 1]."""
    alike = similarity(chroma, context=context)
    if timbre is None:
        return alike
    spread = timbre.std(axis=0)
    scaled = timbre / np.maximum(spread, 1e-6 + 1e-3 * float(spread.max(initial=0.0)))
    return (1 - _TIMBRE_WEIGHT) * alike + _TIMBRE_WEIGHT * similarity(scaled, context=context)


def group_sections(alike: FloatArray, *, same: float = SAME_SECTION) -> IntArray:
    """Group sections whose mean similarity is high, or high for this piece: average linkage.

    Parameters
    ----------
    alike : (sections, sections)
    same : similarity that is enough in any piece

    Returns
    -------
    (sections,) a number for each; equal ones are the same section again
    """
    if len(alike) < 2:
        return np.zeros(len(alike), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    pairs = alike[np.triu_indices(len(alike), k=1)]
    least = float(np.clip(pairs.mean() + _SAME_SPREAD * pairs.std(), min(_SAME_LEAST, same), same)) if len(pairs) > 1 else same
    return np.asarray(fcluster(linkage(np.maximum(1.0 - pairs, 0.0), method="average"), 1.0 - least, criterion="distance"))
