"""How loud a part is while it plays."""

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.dsp.loudness import k_weighting

_STEP_S = 0.1
_BELOW_DB = 20.0  # what is softer than the loudest tenths of a second by more than this is a rest


def active_loudness_db(samples: Float32Array, *, rate_hz: int) -> float:
    """Measure the loudness of ``(channels, n)`` while something sounds, in LUFS; minus infinity for silence.

    The weighting is that of ITU-R BS.1770, the gate is simpler: tenths of a second within 20 dB of the loudest count.
    """
    from scipy.signal import sosfilt

    weighted = sosfilt(k_weighting(rate_hz), samples, axis=1)
    step = max(1, round(_STEP_S * rate_hz))
    whole = weighted.shape[1] // step * step
    if not whole:
        return -np.inf
    power = np.mean(weighted[:, :whole].reshape(weighted.shape[0], -1, step) ** 2, axis=2).sum(axis=0)
    if samples.shape[0] == 1:
        power = power * 2.0  # it will sound from both sides
    loudest = float(power.max())
    if loudest <= 1e-12:
        return -np.inf
    return float(-0.691 + 10 * np.log10(power[power > loudest * 10 ** (-_BELOW_DB / 10)].mean()))
