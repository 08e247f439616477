"""Novelty curves made comparable: one scale, one rate.

Energy, spectral, phase and complex novelty (`hexachord.dsp.onset`) come in units of their own and at whatever rate they were computed. To
lay them over each other, or to give them to one tempogram, they are normalised and resampled. Müller, *Fundamentals of Music
Processing* (FMP), §6.1.
"""

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.peaks import moving_maximum


def normalise_novelty(novelty: FloatArray, *, local_frames: int | None = None, floor: float = 0.02) -> Float32Array:
    """Divide a novelty curve by its maximum. FMP §6.1.

    Parameters
    ----------
    novelty : (frames,) non-negative
    local_frames : divide by the maximum over so many frames to either side instead, so that soft passages count like loud ones
    floor : local maxima below this part of the whole curve's count as that much, so that hiss stays small

    Returns
    -------
    (frames,) float32 in [0, 1]; silence stays 0

    Examples
    --------
    >>> normalise_novelty(np.array([0.0, 2.0, 0.0, 0.0, 1.0]))
    array([0. , 1. , 0. , 0. , 0.5], dtype=float32)
    >>> normalise_novelty(np.array([0.0, 2.0, 0.0, 0.0, 1.0]), local_frames=1)
    array([0., 1., 0., 0., 1.], dtype=float32)
    """
    _check_curve(novelty)
    highest = float(novelty.max(initial=0.0))
    if not highest > 0:
        return np.zeros(novelty.shape[0], dtype=np.float32)
    if local_frames is None:
        return np.asarray(novelty / highest, dtype=np.float32)
    local = np.maximum(moving_maximum(novelty, before=local_frames, after=local_frames), floor * highest)
    return np.asarray(novelty / local, dtype=np.float32)


def resample_novelty(novelty: FloatArray, *, hop_s: float, to_hop_s: float, smooth_s: float = 0.0) -> Float32Array:
    """Bring a novelty curve to another rate, by straight lines between its frames. FMP §6.1.

    Parameters
    ----------
    novelty : (frames,)
    hop_s, to_hop_s : seconds from one frame to the next, before and after
    smooth_s : standard deviation of a Gaussian that blurs the curve first; half of `to_hop_s` where the new rate is lower, lest peaks
        fall between frames

    Returns
    -------
    (1 + (frames - 1) * hop_s // to_hop_s,) float32, frame `i` at `i * to_hop_s`

    Examples
    --------
    >>> resample_novelty(np.array([0.0, 1.0, 0.0]), hop_s=0.02, to_hop_s=0.01)
    array([0. , 0.5, 1. , 0.5, 0. ], dtype=float32)
    """
    _check_curve(novelty)
    if not (hop_s > 0 and to_hop_s > 0 and smooth_s >= 0):
        raise ValueError(f"frame distances are positive, not {hop_s} and {to_hop_s} s, and blurring is {smooth_s} s")
    if novelty.shape[0] == 0:
        return np.zeros(0, dtype=np.float32)
    curve = np.asarray(novelty, dtype=np.float64)
    if smooth_s > 0:
        reach = max(1, round(4 * smooth_s / hop_s))
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * hop_s / smooth_s) ** 2)
        curve = np.convolve(np.pad(curve, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    frames = 1 + int((curve.shape[0] - 1) * hop_s / to_hop_s + 1e-9)
    at = np.arange(frames) * (to_hop_s / hop_s)
    return np.asarray(np.interp(at, np.arange(curve.shape[0]), curve), dtype=np.float32)


def _check_curve(novelty: FloatArray) -> None:
    if novelty.ndim != 1:
        raise ValueError(f"expected a novelty curve of shape (frames,), not {novelty.shape}")
