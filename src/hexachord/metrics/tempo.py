"""Tempo: one number, or two with a weight, within a few per cent.

F. Gouyon et al., "An experimental comparison of audio tempo induction algorithms", IEEE Trans. Audio, Speech and Language Processing
14:5, 2006 (Accuracy 1 and 2); M. McKinney et al., J. New Music Research 36:1, 2007 (P-score).
"""

from collections.abc import Sequence
from math import isfinite

TOLERANCE = 0.04
OCTAVES = (1.0, 2.0, 0.5, 3.0, 1.0 / 3.0)


def validate(reference_bpm: float, estimated_bpm: float) -> None:
    """Check two tempi.

    Raises
    ------
    ValueError : if the reference is not a positive number or the estimate is negative or not finite (0 means: none found).
    """
    if not isfinite(reference_bpm) or reference_bpm <= 0:
        raise ValueError(f"the reference tempo is {reference_bpm}; expected a positive number of beats per minute")
    if not isfinite(estimated_bpm) or estimated_bpm < 0:
        raise ValueError(f"the estimated tempo is {estimated_bpm}; expected beats per minute, or 0 for none")


def accuracy_1(reference_bpm: float, estimated_bpm: float, *, tolerance: float = TOLERANCE) -> bool:
    """Whether the estimate is within 4 % of the reference.

    Examples
    --------
    >>> accuracy_1(100.0, 103.9), accuracy_1(100.0, 200.0)
    (True, False)
    """
    validate(reference_bpm, estimated_bpm)
    return abs(estimated_bpm - reference_bpm) <= tolerance * reference_bpm


def accuracy_2(reference_bpm: float, estimated_bpm: float, *, tolerance: float = TOLERANCE) -> bool:
    """Whether the estimate is within 4 % of the reference, its double, half, triple or third."""
    return any(accuracy_1(reference_bpm * factor, estimated_bpm, tolerance=tolerance) for factor in OCTAVES)


def top_2(reference_bpm: float, hypotheses_bpm: Sequence[float], *, tolerance: float = TOLERANCE) -> bool:
    """Whether one of the two best hypotheses is within 4 % of the reference."""
    return any(accuracy_1(reference_bpm, bpm, tolerance=tolerance) for bpm in hypotheses_bpm[:2])


def p_score(
    reference_bpm: tuple[float, float], reference_weight: float, estimated_bpm: Sequence[float], *, tolerance: float = 0.08
) -> tuple[float, bool, bool]:
    """Score estimates against two perceived tempi (MIREX).

    Parameters
    ----------
    reference_bpm : the two tempi listeners tapped; 0 where there is only one
    reference_weight : share of listeners who tapped the first, in [0, 1]
    estimated_bpm : the estimated tempi, usually two

    Returns
    -------
    The weighted recall, whether at least one tempo was found, whether both were.
    """
    if not 0 <= reference_weight <= 1:
        raise ValueError(f"the weight of the first tempo is {reference_weight}; expected 0 to 1")
    if all(bpm <= 0 for bpm in reference_bpm):
        raise ValueError("neither reference tempo is positive")
    found = [bpm > 0 and any(accuracy_1(bpm, estimate, tolerance=tolerance) for estimate in estimated_bpm) for bpm in reference_bpm]
    return reference_weight * found[0] + (1 - reference_weight) * found[1], any(found), all(found)


def evaluate(reference_bpm: float, hypotheses_bpm: Sequence[float], *, tolerance: float = TOLERANCE) -> dict[str, float]:
    """Compute ``acc1 acc2 top2`` from ranked hypotheses; with none all are 0."""
    best = hypotheses_bpm[0] if len(hypotheses_bpm) else 0.0
    return {
        "acc1": float(accuracy_1(reference_bpm, best, tolerance=tolerance)),
        "acc2": float(accuracy_2(reference_bpm, best, tolerance=tolerance)),
        "top2": float(top_2(reference_bpm, hypotheses_bpm, tolerance=tolerance)),
    }
