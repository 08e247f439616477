"""Feature sequences made coarser and comparable, before anything compares them: smoothing, downsampling, normalisation.

How long a moment is decides what a similarity matrix or a chord template sees: averages over a second wipe out passing notes and drums,
medians keep the edges between chords. Müller, *Fundamentals of Music Processing* (FMP), §3.1.2.2 and §3.1.2.3, and as prefiltering of
chords §5.2.4.
"""

from typing import Literal

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.chroma import Norm, normalise_chroma
from hexachord.dsp.hpss import median_along_time

Smoother = Literal["mean", "hann", "median"]


def smooth_features(features: FloatArray, *, frames: int, every: int = 1, how: Smoother = "mean") -> Float32Array:
    """Average each feature over time and keep only some of the frames. FMP §3.1.2.3.

    Parameters
    ----------
    features : (frames, columns)
    frames : length of the window, centred on its frame (an even one reaches one frame further back)
    every : keep frames 0, every, 2 * every ...
    how : "mean" and "hann" take what lies outside for 0, as the textbook does; "median" mirrors the ends

    Returns
    -------
    (ceil(frames / every), columns) float32; frame `i` is centred where frame `i * every` was

    Examples
    --------
    >>> smooth_features(np.array([[0.0], [3.0], [0.0], [0.0]]), frames=3, every=2).ravel()
    array([1., 1.], dtype=float32)
    """
    if features.ndim != 2:
        raise ValueError(f"expected features of shape (frames, columns), not {features.shape}")
    if frames < 1 or every < 1:
        raise ValueError(f"frames and every must be positive, not {frames} and {every}")
    values = np.asarray(features, dtype=np.float32)
    if how == "median":
        size = frames + 1 - frames % 2
        return np.ascontiguousarray(median_along_time(values, size=size)[::every]) if len(values) else values
    if how == "hann":
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, frames + 1) / (frames + 1))
        window /= window.sum()
    else:
        window = np.full(frames, 1.0 / frames)
    before = frames // 2
    padded = np.pad(values, ((before, frames - 1 - before), (0, 0)))
    kept = np.arange(0, len(values), every)
    out = np.zeros((len(kept), values.shape[1]), dtype=np.float32)
    for start, weight in enumerate(window):
        out += np.float32(weight) * padded[kept + start]
    return out


def normalise_features(features: FloatArray, *, norm: Norm = "l2", threshold: float = 1e-3) -> FloatArray:
    """Scale each frame to size 1, and let frames that are nearly silent be flat, all columns alike. FMP §3.1.2.2.

    Flat frames of size 1 are as similar to each other as any other frame is to itself: a pause is like a pause.
    (`dsp.chroma.normalise_chroma` makes them 0 instead: like nothing at all.)

    Parameters
    ----------
    features : (frames, columns)
    norm : "max", "l1" (sum) or "l2" (Euclidean)
    threshold : size up to which a frame counts as silent

    Examples
    --------
    >>> normalise_features(np.array([[3.0, 4.0], [0.0, 0.0]])).round(3)
    array([[0.6  , 0.8  ],
           [0.707, 0.707]])
    """
    scaled = normalise_chroma(features, norm=norm, threshold=threshold)
    flat = normalise_chroma(np.ones((1, features.shape[1]), dtype=features.dtype), norm=norm)
    return np.asarray(np.where(scaled.any(axis=1, keepdims=True), scaled, flat))
