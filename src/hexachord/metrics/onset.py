"""Onset detection: precision, recall and F within ±50 ms, as at MIREX."""

from hexachord.arrays import FloatArray
from hexachord.metrics.matching import Hits, hits, match_events, validate_events

WINDOW_S = 0.05


def validate(reference_s: FloatArray, estimated_s: FloatArray) -> None:
    """Check two onset sequences; an empty one is allowed and scores 0.

    Raises
    ------
    ValueError : if a sequence is not one-dimensional, ascending, finite and in seconds.
    """
    validate_events(reference_s, name="reference onsets")
    validate_events(estimated_s, name="estimated onsets")


def f_measure(reference_s: FloatArray, estimated_s: FloatArray, *, window_s: float = WINDOW_S) -> Hits:
    """Precision, recall and F of onsets within a window, each onset used once.

    Examples
    --------
    >>> import numpy as np
    >>> f_measure(np.array([0.5, 1.0]), np.array([0.52, 1.2]))
    Hits(precision=0.5, recall=0.5, f=0.5)
    """
    validate(reference_s, estimated_s)
    matched = match_events(reference_s, estimated_s, window_s=window_s)
    return hits(matched=len(matched), reference=len(reference_s), estimated=len(estimated_s))


def evaluate(reference_s: FloatArray, estimated_s: FloatArray) -> dict[str, float]:
    """Compute all onset metrics: ``f precision recall``."""
    found = f_measure(reference_s, estimated_s)
    return {"f": found.f, "precision": found.precision, "recall": found.recall}
