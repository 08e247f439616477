"""Chapter 4 of Müller's *Fundamentals of Music Processing*, "Music Structure Analysis": where each of its techniques is.

============== ========================================================================================================
section        here
============== ========================================================================================================
4.2.1          `self_similarity`; from an annotated form: `similarity_of_sections`
4.2.2.1        `smooth_features`, `normalise_features` (chapter 3)
4.2.2.2        `enhance_paths` with `PathSmoothing` (forward, backward, several tempi)
4.2.2.3        `transposed_similarity`
4.2.2.4        `threshold_similarity`
4.3.1          `accumulated_score`, `path_family`, `fitness_of`
4.3.1.4        `thumbnail`
4.3.2          `scape_plot`
4.4.1          `checkerboard_kernel`, `checkerboard_novelty`
4.4.2          `time_lag`, `structure_features`, `structure_novelty`
4.5            `hexachord.metrics.segment`: `pairwise`, `hit_rate`
beyond it      `laplacian_levels` and its steps (McFee & Ellis, ISMIR 2014)
============== ========================================================================================================

All of them take and give plain arrays; time runs down axis 0, and a moment is a frame, a second or a beat: whatever the rows are. From
chroma to a thumbnail:

>>> import numpy as np
>>> verse, chorus = np.eye(12)[[0, 5, 9, 7, 2, 4]], np.eye(12)[[1, 3, 6, 8, 10, 11]]
>>> chroma = np.concatenate([verse, chorus, verse, chorus[:2]])
>>> matrix = enhance_paths(self_similarity(chroma), PathSmoothing(moments=3))
>>> clear = threshold_similarity(matrix, keep="above", value=0.6, penalty=-2.0)
>>> thumbnail(clear, shortest=4).segments.tolist()
[[0, 8], [12, 20]]
"""

from hexachord.audio_analysis.structure.laplacian import (
    affinity_recurrence,
    combined_affinity,
    laplacian_eigenvectors,
    laplacian_levels,
    median_along_paths,
    sequence_affinity,
    spectral_labels,
)
from hexachord.dsp.feature_sequences import normalise_features, smooth_features
from hexachord.dsp.path_family import PathFamily, accumulated_score, fitness_of, path_family
from hexachord.dsp.scape_plot import ScapePlot, scape_plot, thumbnail
from hexachord.dsp.ssm import (
    PathSmoothing,
    TransposedSimilarity,
    enhance_paths,
    self_similarity,
    similarity_of_sections,
    threshold_similarity,
    transposed_similarity,
)
from hexachord.dsp.structure_novelty import checkerboard_kernel, checkerboard_novelty, structure_features, structure_novelty, time_lag

__all__ = [
    "PathFamily",
    "PathSmoothing",
    "ScapePlot",
    "TransposedSimilarity",
    "accumulated_score",
    "affinity_recurrence",
    "checkerboard_kernel",
    "checkerboard_novelty",
    "combined_affinity",
    "enhance_paths",
    "fitness_of",
    "laplacian_eigenvectors",
    "laplacian_levels",
    "median_along_paths",
    "normalise_features",
    "path_family",
    "scape_plot",
    "self_similarity",
    "sequence_affinity",
    "similarity_of_sections",
    "smooth_features",
    "spectral_labels",
    "structure_features",
    "structure_novelty",
    "threshold_similarity",
    "thumbnail",
    "time_lag",
    "transposed_similarity",
]
