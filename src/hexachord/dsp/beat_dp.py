"""Beat tracking by dynamic programming: the sequence of onsets that is strong and steady at once.

Ellis, "Beat tracking by dynamic programming", JNMR 2007; Müller, *Fundamentals of Music Processing* (FMP), §6.3.2. It needs the tempo
beforehand and knows nothing of bars; `hexachord.dsp.metrical` finds all of that together. This one is the quick one.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.dsp.peaks import refine_peaks


def track_beats_dp(novelty: FloatArray, *, hop_s: float, period_s: float | FloatArray, tightness: float = 100.0) -> Float64Array:
    """Choose beats that fall on high novelty about one period apart. FMP §6.3.2.

    Parameters
    ----------
    novelty : (frames,) non-negative curve
    hop_s : seconds from one frame to the next
    period_s : seconds from beat to beat; a number, or (frames,) where the tempo changes
    tightness : weight of the squared log deviation of a step from the period, against novelty in standard deviations

    Returns
    -------
    (beats,) times in seconds; none for a curve without events

    Examples
    --------
    >>> curve = np.zeros(400); curve[10::50] = 1.0; curve[210] = 0.0
    >>> track_beats_dp(curve, hop_s=0.01, period_s=0.5)
    array([0.1, 0.6, 1.1, 1.6, 2.1, 2.6, 3.1, 3.6])
    """
    if novelty.ndim != 1:
        raise ValueError(f"expected a novelty curve of shape (frames,), not {novelty.shape}")
    frames = novelty.shape[0]
    period = np.broadcast_to(np.asarray(period_s, dtype=np.float64) / hop_s, (frames,))
    deviation = float(np.std(novelty)) if frames else 0.0
    if not deviation > 0:
        return np.empty(0)
    if not (np.isfinite(period).all() and period.min() >= 2):
        raise ValueError("a period is at least two frames long")
    gain = _smoothed(np.asarray(novelty, dtype=np.float64) / deviation, width=float(np.median(period)) / 32)
    came_from = np.full(frames, -1, dtype=np.int64)
    longest, shortest = int(np.ceil(2 * period.max())), max(1, int(period.min() / 2))
    score = np.full(longest + frames, -np.inf)  # shifted by the longest step, so that looking back never leaves the array
    lag = np.arange(longest, shortest - 1, -1)
    for first in range(0, frames, shortest):  # within half a period no frame can precede another: a block goes at once
        block = np.arange(first, min(first + shortest, frames))
        reached = np.lib.stride_tricks.sliding_window_view(score[first : first + block.size + longest - shortest], lag.size)
        step = np.log(lag / period[block, None])
        allowed = np.abs(step) <= np.log(2) + 1e-9
        choice = np.where(allowed, reached - tightness * step**2, -np.inf)
        best = choice.argmax(axis=1)
        value = choice[np.arange(block.size), best]
        linked = value > 0  # a beat that gains nothing from its past starts a new sequence
        came_from[block[linked]] = block[linked] - lag[best[linked]]
        score[first + longest : first + longest + block.size] = gain[block] + np.where(linked, value, 0.0)
    beats = []
    here = int(score[longest:].argmax())
    while here >= 0:
        beats.append(here)
        here = int(came_from[here])
    position, _ = refine_peaks(gain, np.asarray(beats[::-1], dtype=np.int64))
    return np.asarray(position * hop_s, dtype=np.float64)


def _smoothed(curve: Float64Array, *, width: float) -> Float64Array:
    """Blur by a Gaussian of `width` frames: two onsets a few milliseconds apart are one beat's."""
    reach = max(1, round(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(width, 1e-3)) ** 2)
    return np.convolve(curve, kernel)[reach : reach + curve.size]
