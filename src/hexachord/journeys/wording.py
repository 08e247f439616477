"""Words that sentences share."""

import math
from collections.abc import Sequence

import numpy as np


def hedge(confidence: float) -> str:
    """Choose the verb for a confidence in [0, 1]; NaN means that the engine could not tell.

    Examples
    --------
    >>> [hedge(c) for c in (0.9, 0.6, 0.2, float("nan"))]
    ['is', 'is probably', 'may be', 'seems to be']
    """
    if math.isnan(confidence):
        return "seems to be"
    if confidence >= 0.8:
        return "is"
    return "is probably" if confidence >= 0.45 else "may be"


def count_of(number: int, thing: str) -> str:
    """Write ``1 beat``, ``2 beats``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def listed(parts: Sequence[str]) -> str:
    """Write ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def finite_mean(values: np.ndarray) -> float:
    """Mean of what is known; NaN when nothing is."""
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    return float(finite.mean()) if len(finite) else math.nan
