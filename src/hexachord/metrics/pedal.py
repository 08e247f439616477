"""The sustain pedal: how much of the time it is right, and how many of its changes are found.

As in Liang, Fazekas & Sandler, "Piano sustain-pedal detection using convolutional neural networks", ICASSP 2019 (frames), and Kong et al.,
TASLP 29, 2021 (changes), with a wider window for changes: a pedal that goes down is heard only when a key is let go.
"""

import numpy as np

from hexachord.arrays import BoolArray, FloatArray
from hexachord.metrics.matching import Hits, hits, match_events

WINDOW_S = 0.1
HOP_S = 0.01


def validate(spans_s: FloatArray, *, name: str) -> None:
    """Check spans; there may be none.

    Raises
    ------
    ValueError : if they are not (n, 2) ascending, finite seconds, each ending after its beginning and before the next.
    """
    if spans_s.ndim != 2 or spans_s.shape[1] != 2:
        raise ValueError(f"{name}: expected (n, 2) seconds, not {spans_s.shape}")
    flat = spans_s.ravel()
    if not np.isfinite(flat).all() or (np.diff(flat) < 0).any():
        raise ValueError(f"{name}: spans of a pedal follow one another")


def frame_f(reference_s: FloatArray, estimated_s: FloatArray, *, begin_s: float, end_s: float) -> Hits:
    """Precision, recall and F of the time at which the pedal is down, between two moments, every 10 ms.

    Examples
    --------
    >>> frame_f(np.array([[0.0, 2.0]]), np.array([[1.0, 3.0]]), begin_s=0.0, end_s=4.0)
    Hits(precision=0.5, recall=0.5, f=0.5)
    """
    validate(reference_s, name="reference pedal")
    validate(estimated_s, name="estimated pedal")
    time_s = np.arange(begin_s, end_s, HOP_S)
    wanted, found = _is_down(reference_s, time_s), _is_down(estimated_s, time_s)
    return hits(matched=int((wanted & found).sum()), reference=int(wanted.sum()), estimated=int(found.sum()))


def change_f(reference_s: FloatArray, estimated_s: FloatArray, *, window_s: float = WINDOW_S) -> tuple[Hits, Hits]:
    """Precision, recall and F of presses, and of releases, within a window.

    Examples
    --------
    >>> press, release = change_f(np.array([[0.0, 2.0], [3.0, 4.0]]), np.array([[0.05, 2.5]]))
    >>> press, release.f
    (Hits(precision=1.0, recall=0.5, f=0.6666666666666666), 0.0)
    """
    validate(reference_s, name="reference pedal")
    validate(estimated_s, name="estimated pedal")
    pairs = [match_events(reference_s[:, side], estimated_s[:, side], window_s=window_s) for side in (0, 1)]
    press, release = (hits(matched=len(pair), reference=len(reference_s), estimated=len(estimated_s)) for pair in pairs)
    return press, release


def evaluate(reference_s: FloatArray, estimated_s: FloatArray, *, begin_s: float, end_s: float) -> dict[str, float]:
    """Compute all of them: ``frame_f press_f release_f``."""
    press, release = change_f(reference_s, estimated_s)
    return {"frame_f": frame_f(reference_s, estimated_s, begin_s=begin_s, end_s=end_s).f, "press_f": press.f, "release_f": release.f}


def _is_down(spans_s: FloatArray, time_s: FloatArray) -> BoolArray:
    index = np.searchsorted(spans_s[:, 0], time_s, side="right") - 1
    return np.asarray((index >= 0) & (time_s < np.append(spans_s[:, 1], -np.inf)[index]))
