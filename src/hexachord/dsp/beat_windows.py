"""Features per beat: one row for each stretch from one beat to the next, whatever its length.

Between two beats the harmony rarely changes, so chroma, timbre or loudness of the frames there may be summarised by one row: fewer of them,
less noise, and a tempo-free time axis. Note attacks on the beat blur what sounds between; *adaptive windowing* leaves a part of the
stretch out at either end. Müller, *Fundamentals of Music Processing* (FMP), §6.3.3; Ellis & Poliner, "Identifying 'cover songs' with
chroma features and dynamic programming beat tracking", ICASSP 2007.
"""

from typing import Literal

import numpy as np

from hexachord.arrays import FloatArray, IntArray


def window_frames(boundaries_s: FloatArray, *, hop_s: float, frames: int, margin: float = 0.0) -> tuple[IntArray, IntArray]:
    """Turn boundaries into ranges of frames, the first and the one after the last of each window.

    Parameters
    ----------
    boundaries_s : (n,) ascending times, of beats say
    hop_s : seconds from one frame to the next
    frames : how many there are
    margin : part of each stretch, 0 or more and below 0.5, that is left out at either end

    Returns
    -------
    first, last : (n - 1,) each window has one frame at least, the one nearest to its middle, if there are any frames

    Examples
    --------
    >>> window_frames(np.array([0.0, 1.0, 2.0]), hop_s=0.1, frames=30, margin=0.2)
    (array([ 2, 12]), array([ 9, 19]))
    """
    edges = np.asarray(boundaries_s, dtype=np.float64)
    if edges.ndim != 1 or (np.diff(edges) < 0).any():
        raise ValueError("boundaries ascend")
    if not 0 <= margin < 0.5:
        raise ValueError(f"a margin is a part of a window below one half, not {margin}")
    length = np.diff(edges)
    start, end = edges[:-1] + margin * length, edges[1:] - margin * length
    first = np.ceil(start / hop_s - 1e-9).astype(np.int64).clip(0, frames)
    # a frame on a boundary belongs to what begins there; with a margin both ends of the window belong to it
    last = (np.ceil(end / hop_s - 1e-9) if margin == 0 else np.floor(end / hop_s + 1e-9) + 1).astype(np.int64).clip(0, frames)
    middle = np.rint(0.5 * (start + end) / hop_s).astype(np.int64).clip(0, max(frames - 1, 0))
    empty = last <= first
    return np.where(empty, middle, first), np.where(empty, np.minimum(middle + 1, frames), last)


def adaptive_windows(
    features: FloatArray, boundaries_s: FloatArray, *, hop_s: float, margin: float = 0.0, statistic: Literal["mean", "median"] = "mean"
) -> FloatArray:
    """Summarise frames between boundaries, one row for each stretch. FMP §6.3.3.

    Parameters
    ----------
    features : (frames, ...) on a centred grid, frame `i` at `i * hop_s`
    boundaries_s : (n,) ascending times, of beats say; put 0 and the end of the piece around them to lose nothing
    hop_s : seconds from one frame to the next
    margin : part of each stretch that is left out at either end: 0 takes all frames, 0.25 the middle half, away from the attacks
    statistic : "mean", or "median", which a drum stroke in the window does not move

    Returns
    -------
    (n - 1, ...) of the type of `features` (float64 for integers)

    Examples
    --------
    >>> chroma = np.repeat([[1.0, 0.0], [0.0, 1.0]], 10, axis=0)
    >>> adaptive_windows(chroma, np.array([0.0, 1.0, 1.9]), hop_s=0.1)
    array([[1., 0.],
           [0., 1.]])
    """
    if statistic not in ("mean", "median"):
        raise ValueError(f"frames are summarised by mean or median, not {statistic!r}")
    frames = features.shape[0]
    first, last = window_frames(boundaries_s, hop_s=hop_s, frames=frames, margin=margin)
    kept = features.dtype if features.dtype.kind == "f" else np.dtype(np.float64)
    out: FloatArray = np.zeros((len(first), *features.shape[1:]), dtype=kept)
    summary = np.mean if statistic == "mean" else np.median
    for row, (start, end) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        if end > start:
            out[row] = summary(features[start:end], axis=0)
    return out
