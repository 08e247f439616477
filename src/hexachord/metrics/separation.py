"""Source separation: how much of what is left in a stem does not belong there, in dB.

Plain ratios over all channels and samples, without the distortion filters of BSSeval: SDR, and SI-SDR, which forgives a wrong gain.
J. Le Roux, S. Wisdom, H. Erdogan, J. Hershey, "SDR – half-baked or well done?", ICASSP 2019. An estimate of all zeros scores 0 dB SDR.
"""

from collections.abc import Mapping

import numpy as np

from hexachord.arrays import FloatArray

FLOOR_DB = -120.0  # reported instead of minus infinity
CEILING_DB = 120.0  # reported instead of infinity: the estimate is exact to float32


def validate(reference: FloatArray, estimate: FloatArray) -> None:
    """Check that two signals have one shape and a sounding reference.

    Raises
    ------
    ValueError : if shapes differ, values are not finite, or the reference is silent (no ratio to it exists).
    """
    if reference.shape != estimate.shape:
        raise ValueError(f"the reference has shape {reference.shape}, the estimate {estimate.shape}; expected (channels, n) twice")
    if not np.isfinite(reference).all() or not np.isfinite(estimate).all():
        raise ValueError("a signal holds NaN or infinity")
    if not np.any(reference):
        raise ValueError("the reference is silent: no ratio to it can be formed; skip the item")


def sdr_db(reference: FloatArray, estimate: FloatArray) -> float:
    """Signal-to-distortion ratio: energy of the reference over energy of the difference.

    Parameters
    ----------
    reference, estimate : (channels, n) or (n,) samples

    Examples
    --------
    >>> reference = np.ones((2, 100))
    >>> round(sdr_db(reference, 0.9 * reference), 6)
    20.0
    """
    validate(reference, estimate)
    wanted = reference.astype(np.float64)
    return _ratio_db(_energy(wanted), _energy(wanted - estimate))


def si_sdr_db(reference: FloatArray, estimate: FloatArray) -> float:
    """Scale-invariant SDR: the reference is first scaled to fit the estimate best, so gain does not matter.

    Examples
    --------
    >>> reference = np.sin(np.arange(1000.0))
    >>> si_sdr_db(reference, 0.5 * reference)
    120.0
    """
    validate(reference, estimate)
    wanted, given = reference.astype(np.float64).ravel(), estimate.astype(np.float64).ravel()
    target = wanted * (wanted @ given) / (wanted @ wanted)
    return _ratio_db(_energy(target), _energy(given - target))


def si_sdri_db(reference: FloatArray, estimate: FloatArray, mixture: FloatArray) -> float:
    """Improvement in SI-SDR over taking the mixture itself as the estimate."""
    return si_sdr_db(reference, estimate) - si_sdr_db(reference, mixture)


def residual_db(mixture: FloatArray, stems: Mapping[str, FloatArray]) -> float:
    """Energy of what the stems' sum misses of the mixture, relative to the mixture; lower is better."""
    total = np.sum([stem.astype(np.float64) for stem in stems.values()], axis=0)
    validate(mixture, total)
    return -_ratio_db(_energy(mixture.astype(np.float64)), _energy(mixture - total))


def evaluate(references: Mapping[str, FloatArray], estimates: Mapping[str, FloatArray], *, mixture: FloatArray) -> dict[str, float]:
    """Compute ``sdr_NAME si_sdr_NAME si_sdri_NAME`` for every reference that has an estimate and sounds."""
    scores = {}
    for name, reference in references.items():
        if name in estimates and np.any(reference):
            scores[f"sdr_{name}"] = sdr_db(reference, estimates[name])
            scores[f"si_sdr_{name}"] = si_sdr_db(reference, estimates[name])
            scores[f"si_sdri_{name}"] = si_sdri_db(reference, estimates[name], mixture)
    return scores


def _energy(samples: FloatArray) -> float:
    flat = samples.ravel()
    return float(flat @ flat)


def _ratio_db(numerator: float, denominator: float) -> float:
    if numerator <= 0:
        return FLOOR_DB
    if denominator <= 0:
        return CEILING_DB
    return float(np.clip(10 * np.log10(numerator / denominator), FLOOR_DB, CEILING_DB))
