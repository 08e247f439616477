"""Levels: intensity and local power in decibels, and how the ear weighs frequencies.

Müller, *Fundamentals of Music Processing* (FMP), §1.3.3. Decibels of spectra are in `hexachord.dsp.mel`, loudness in
`hexachord.dsp.loudness`.
"""

import numpy as np

from hexachord.arrays import Float64Array, FloatArray

HEARING_THRESHOLD_W_M2 = 1e-12  # intensity of the softest 1 kHz tone a young ear hears: 0 dB


def intensity_to_db(intensity_w_m2: FloatArray | float) -> Float64Array:
    """Express sound intensities in decibels above the threshold of hearing.

    Examples
    --------
    >>> intensity_to_db(np.array([1e-12, 1e-2]))
    array([  0., 100.])
    """
    return np.asarray(10 * np.log10(np.asarray(intensity_w_m2, dtype=np.float64) / HEARING_THRESHOLD_W_M2))


def power_db(signal: FloatArray, *, rate_hz: float, window_s: float = 0.1, floor_db: float = -200.0) -> Float64Array:
    """Measure the local power of a signal, sample by sample, in decibels to full scale. FMP §1.3.3.

    Parameters
    ----------
    signal : (n,)
    window_s : length of the centred window of the mean; outside the signal is silence
    """
    from scipy import ndimage

    size = max(1, round(window_s * rate_hz))
    power = ndimage.uniform_filter1d(np.square(signal, dtype=np.float64), size=size, mode="constant")
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (floor_db / 10))))


def a_weighting_db(frequency_hz: FloatArray | float) -> Float64Array:
    """Weigh frequencies roughly as the ear does at moderate levels (IEC 61672-1, curve A); 0 dB at 1 kHz.

    Examples
    --------
    >>> a_weighting_db(np.array([100.0, 1000.0, 10000.0])).round(1) + 0.0
    array([-19.1,   0. ,  -2.5])
    """
    square = np.square(np.asarray(frequency_hz, dtype=np.float64))
    numerator = 12194.217**2 * square**2
    denominator = (square + 20.598997**2) * np.sqrt((square + 107.65265**2) * (square + 737.86223**2)) * (square + 12194.217**2)
    return np.asarray(20 * np.log10(np.maximum(numerator / denominator, 1e-20)) + 2.0)
