"""Melody (predominant f0): is the pitch right where there is one, and silence where there is none.

The estimate is brought to the times of the reference; a frequency of 0 says unvoiced, a negative one "unvoiced, but if not, this pitch".
J. Salamon, E. Gómez, D. Ellis, G. Richard, "Melody extraction from polyphonic music signals", IEEE Signal Processing Magazine 31:2, 2014.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, FloatArray

TOLERANCE_CENTS = 50.0
_BASE_HZ = 10.0


class Pitches(NamedTuple):
    """Reference and estimate on the reference's frames: voicing in [0, 1] and cents above 10 Hz (0 where there is no pitch)."""

    reference_voicing: Float64Array
    reference_cents: Float64Array
    estimated_voicing: Float64Array
    estimated_cents: Float64Array


def validate(time_s: FloatArray, f0_hz: FloatArray, voicing: FloatArray | None = None, *, name: str) -> None:
    """Check one f0 track.

    Raises
    ------
    ValueError : if times are not ascending seconds, lengths differ, values are not finite, or voicing leaves [0, 1].
    """
    if time_s.ndim != 1 or f0_hz.shape != time_s.shape:
        raise ValueError(f"{name}: times have shape {time_s.shape}, f0 {f0_hz.shape}; expected one dimension and equal lengths")
    if not np.isfinite(time_s).all() or not np.isfinite(f0_hz).all():
        raise ValueError(f"{name} holds NaN or infinity; write 0 Hz where there is no pitch")
    if (np.diff(time_s) <= 0).any() or (time_s.size and time_s[0] < 0):
        raise ValueError(f"{name}: times are negative or not in ascending order")
    if voicing is not None and (voicing.shape != time_s.shape or (voicing < 0).any() or (voicing > 1).any()):
        raise ValueError(f"{name}: voicing has shape {voicing.shape} or leaves [0, 1]; expected one value in [0, 1] per time")


def align(
    reference_time_s: FloatArray,
    reference_f0_hz: FloatArray,
    estimated_time_s: FloatArray,
    estimated_f0_hz: FloatArray,
    *,
    estimated_voicing: FloatArray | None = None,
) -> Pitches:
    """Bring an estimate to the times of the reference, in cents.

    Pitch is interpolated linearly (held through unvoiced frames first, so that no glide to zero appears), silence is kept; after its end
    the estimate is silent, before its start it holds its first value.
    """
    validate(reference_time_s, reference_f0_hz, name="reference f0")
    validate(estimated_time_s, estimated_f0_hz, estimated_voicing, name="estimated f0")
    reference_cents, reference_voicing = _cents(reference_f0_hz), (reference_f0_hz > 0).astype(np.float64)
    if len(estimated_time_s) == 0 or len(reference_time_s) == 0:
        nothing = np.zeros(len(reference_time_s))
        return Pitches(reference_voicing, reference_cents, nothing, nothing.copy())
    if estimated_voicing is None:
        voicing = (estimated_f0_hz > 0).astype(np.float64)
    else:
        voicing = np.where(estimated_f0_hz == 0, 0.0, estimated_voicing).astype(np.float64)
    cents = _cents(estimated_f0_hz)
    if estimated_time_s.shape == reference_time_s.shape and np.allclose(estimated_time_s, reference_time_s):
        return Pitches(reference_voicing, reference_cents, voicing, cents)
    # Ten decimals: times written as text and times computed from a hop must meet.
    times, wanted = np.round(estimated_time_s, 10), np.round(reference_time_s, 10)
    if times[0] > 0:
        times, cents, voicing = np.insert(times, 0, 0.0), np.insert(cents, 0, cents[0]), np.insert(voicing, 0, voicing[0])
    if wanted[-1] > times[-1]:
        times, cents, voicing = np.append(times, wanted[-1]), np.append(cents, 0.0), np.append(voicing, 0.0)
    before = np.maximum(np.searchsorted(times, wanted, side="right") - 1, 0)
    sounding = np.where(cents != 0, np.arange(len(cents)), 0)
    held = cents[np.maximum.accumulate(sounding)]
    resampled = np.interp(wanted, times, held) * (cents[before] != 0)
    binary = bool(np.isin(voicing, (0.0, 1.0)).all())
    return Pitches(reference_voicing, reference_cents, voicing[before] if binary else np.interp(wanted, times, voicing), resampled)


def raw_pitch_accuracy(pitches: Pitches, *, tolerance_cents: float = TOLERANCE_CENTS) -> float:
    """Return the share of voiced reference frames whose pitch is right, whatever the estimate says about voicing."""
    return _accuracy(pitches, _distance(pitches) < tolerance_cents)


def raw_chroma_accuracy(pitches: Pitches, *, tolerance_cents: float = TOLERANCE_CENTS) -> float:
    """Return the share of voiced reference frames whose pitch is right up to octaves."""
    distance = _distance(pitches)
    octaves = 1200.0 * np.floor(distance / 1200.0 + 0.5)
    return _accuracy(pitches, np.abs(distance - octaves) < tolerance_cents)


def voicing_recall(pitches: Pitches) -> float:
    """Return the share of voiced reference frames that the estimate calls voiced; 1 when there are none."""
    voiced = pitches.reference_voicing > 0
    return float(pitches.estimated_voicing[voiced].mean()) if voiced.any() else float(len(voiced) > 0)


def voicing_false_alarm(pitches: Pitches) -> float:
    """Return the share of unvoiced reference frames that the estimate calls voiced; 0 when there are none."""
    unvoiced = pitches.reference_voicing == 0
    return float(pitches.estimated_voicing[unvoiced].mean()) if unvoiced.any() else 0.0


def overall_accuracy(pitches: Pitches, *, tolerance_cents: float = TOLERANCE_CENTS) -> float:
    """Return the share of all frames that are right: pitch and voicing where there is a melody, silence elsewhere."""
    if len(pitches.reference_voicing) == 0:
        return 0.0
    right = (_distance(pitches) < tolerance_cents) & _both(pitches)
    melody = (pitches.reference_voicing * pitches.estimated_voicing * right).sum()
    silence = ((pitches.reference_voicing == 0) * (1 - pitches.estimated_voicing)).sum()
    return float((melody + silence) / len(right))


def evaluate(
    reference_time_s: FloatArray,
    reference_f0_hz: FloatArray,
    estimated_time_s: FloatArray,
    estimated_f0_hz: FloatArray,
    *,
    estimated_voicing: FloatArray | None = None,
) -> dict[str, float]:
    """Compute all melody metrics: ``rpa rca oa voicing_recall voicing_false_alarm``.

    Examples
    --------
    >>> times, f0 = np.arange(4) * 0.01, np.array([220.0, 220.0, 0.0, 0.0])
    >>> scores = evaluate(times, f0, times, np.array([220.0, 440.0, 0.0, 220.0]))
    >>> scores["rpa"], scores["rca"], scores["oa"]
    (0.5, 1.0, 0.5)
    """
    pitches = align(reference_time_s, reference_f0_hz, estimated_time_s, estimated_f0_hz, estimated_voicing=estimated_voicing)
    return {
        "rpa": raw_pitch_accuracy(pitches),
        "rca": raw_chroma_accuracy(pitches),
        "oa": overall_accuracy(pitches),
        "voicing_recall": voicing_recall(pitches),
        "voicing_false_alarm": voicing_false_alarm(pitches),
    }


def _cents(f0_hz: FloatArray) -> Float64Array:
    cents = np.zeros(len(f0_hz))
    pitched = f0_hz != 0
    cents[pitched] = 1200.0 * np.log2(np.abs(f0_hz[pitched].astype(np.float64)) / _BASE_HZ)
    return cents


def _distance(pitches: Pitches) -> Float64Array:
    return np.abs(pitches.reference_cents - pitches.estimated_cents)


def _both(pitches: Pitches) -> BoolArray:
    both: BoolArray = (pitches.reference_cents != 0) & (pitches.estimated_cents != 0)
    return both


def _accuracy(pitches: Pitches, right: BoolArray) -> float:
    voiced = pitches.reference_voicing.sum()
    return float((pitches.reference_voicing * (right & _both(pitches))).sum() / voiced) if voiced > 0 else 0.0
