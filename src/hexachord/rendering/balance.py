"""How loud a part is while it plays."""

from functools import lru_cache

import numpy as np
from scipy import fft

from hexachord.arrays import Float32Array, Float64Array
from hexachord.dsp.loudness import k_weighting

_STEP_S = 0.1
_BELOW_DB = 20.0  # what is softer than the loudest tenths of a second by more than this is a rest


def active_loudness_db(samples: Float32Array, *, rate_hz: int) -> float:
    """Measure the loudness of ``(channels, n)`` while something sounds, in LUFS; minus infinity for silence.

    The weighting is that of ITU-R BS.1770, applied to the spectrum of each tenth of a second, which is much sooner done than filtering;
    the gate is simpler: tenths within 20 dB of the loudest count.

    Examples
    --------
    >>> sine = np.sin(2 * np.pi * 1000 * np.arange(48000) / 48000, dtype=np.float32)[None]
    >>> abs(active_loudness_db(np.repeat(sine, 2, axis=0), rate_hz=48000)) < 0.1
    True
    """
    step = max(1, round(_STEP_S * rate_hz))
    whole = samples.shape[1] // step * step
    if not whole:
        return -np.inf
    weights = _weights(step, rate_hz)
    power = np.zeros(whole // step)
    for channel in samples:
        spectrum = fft.rfft(channel[:whole].reshape(-1, step), axis=1)
        power += (np.square(spectrum.real) + np.square(spectrum.imag)) @ weights
    if samples.shape[0] == 1:
        power = power * 2.0  # it will sound from both sides
    loudest = float(power.max())
    if loudest <= 1e-12:
        return -np.inf
    return float(-0.691 + 10 * np.log10(power[power > loudest * 10 ** (-_BELOW_DB / 10)].mean()))


@lru_cache(maxsize=8)
def _weights(step: int, rate_hz: int) -> Float32Array:
    """What each bin of a spectrum adds to the mean square of what it is of, weighted."""
    from scipy.signal import sosfreqz

    response: Float64Array = np.square(np.abs(sosfreqz(k_weighting(rate_hz), fft.rfftfreq(step, 1 / rate_hz), fs=rate_hz)[1]))
    response[1 : (step + 1) // 2] *= 2.0
    return np.asarray(response / step**2, dtype=np.float32)
