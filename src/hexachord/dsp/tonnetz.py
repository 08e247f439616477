"""Tonal centroids: chroma as a point on the circles of fifths, minor thirds and major thirds, and how fast that point moves.

Harte, Sandler and Gasser, *Detecting harmonic change in musical audio*, AMCMM 2006.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.chroma import normalise_chroma

_RADII = np.array([1.0, 1.0, 1.0, 1.0, 0.5, 0.5])
_TURNS = np.array([7 / 6, 7 / 6, 3 / 2, 3 / 2, 2 / 3, 2 / 3])  # half turns per semitone: fifths, minor thirds, major thirds


def tonal_centroids(chroma: FloatArray) -> Float32Array:
    """Project chroma onto the tonnetz.

    Parameters
    ----------
    chroma : (frames, 12) non-negative, column 0 is C; each frame is brought to unit sum

    Returns
    -------
    (frames, 6) float32: x and y on the circle of fifths, of minor thirds, of major thirds; librosa's `tonnetz`. Silence is the centre.

    Examples
    --------
    >>> tonal_centroids(np.eye(12)[:1]).round(6) + 0.0  # C alone
    array([[0. , 1. , 0. , 1. , 0. , 0.5]], dtype=float32)
    """
    angle: Float64Array = _TURNS[:, None] * np.arange(12.0)
    angle[::2] -= 0.5
    basis = _RADII[:, None] * np.cos(np.pi * angle)
    return np.asarray(normalise_chroma(chroma, norm="l1") @ basis.T.astype(chroma.dtype), dtype=np.float32)


def harmonic_change(centroids: FloatArray, *, hop_s: float, sigma_s: float = 0.2) -> Float32Array:
    """Measure how far the smoothed tonal centroid moves from the frame before to the frame after: high where harmony changes.

    Parameters
    ----------
    centroids : (frames, 6)
    hop_s : seconds from frame to frame
    sigma_s : of the Gaussian that smooths them

    Returns
    -------
    (frames,) float32, 0 at both ends
    """
    frames = len(centroids)
    out = np.zeros(frames, dtype=np.float32)
    if frames < 3:
        return out
    half = min(max(1, round(3 * sigma_s / hop_s)), frames - 1)
    bell = np.exp(-0.5 * (np.arange(-half, half + 1) * hop_s / sigma_s) ** 2)
    bell /= bell.sum()
    padded = np.pad(centroids.astype(np.float32, copy=False), ((half, half), (0, 0)), mode="edge")
    smooth = np.zeros((frames, centroids.shape[1]), dtype=np.float32)
    for start, weight in enumerate(bell.astype(np.float32)):
        smooth += weight * padded[start : start + frames]
    out[1:-1] = np.linalg.norm(smooth[2:] - smooth[:-2], axis=1)
    return out
