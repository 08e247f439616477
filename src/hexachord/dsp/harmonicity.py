"""Harmonic or not: the pitch of each frame, how strong it is, and how the energy lies on and beside its harmonics.

Boersma, *Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound*, IFA Proceedings
17, 1993; McLeod and Wyvill, *A smarter way to find pitch*, ICMC 2005; Peeters, *A large set of audio features for sound description*,
IRCAM, 2004, §7 (inharmonicity, noisiness, odd to even ratio); Pollard and Jansson, *A tristimulus method for the specification of musical
timbre*, Acustica 51, 1982; Jensen, *Timbre models of musical sounds*, PhD thesis, Copenhagen 1999, and Krimphoff, McAdams and Winsberg,
*Caractérisation du timbre des sons complexes*, Journal de Physique IV 4, 1994 (irregularity).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.stft import window_samples

_FIRST_OF = 0.9  # the first peak this near to the highest is the period: two periods repeat as well. McLeod and Wyvill 2005
_REACH = 2  # bins to either side of a harmonic: the main lobe of a Hann window


def autocorrelation_of_power(power: FloatArray, *, lags: int) -> FloatArray:
    """Autocorrelate windowed frames, given their power spectra (Wiener and Khinchin): (frames, lags).

    The window must fall to zero at its ends, as Hann's does; then a transform without padding is exact to 1e-3 up to a quarter of a
    frame.
    """
    return np.asarray(scipy.fft.irfft(power, axis=1)[:, :lags])


@lru_cache(maxsize=8)
def window_autocorrelation(window: str, length: int, lags: int) -> Float32Array:
    """Autocorrelate a window as `autocorrelation_of_power` does its frames: what a steady signal's would fall by, 1 at lag 0."""
    spectrum = scipy.fft.rfft(window_samples(window, length))
    found = scipy.fft.irfft(np.abs(spectrum) ** 2)[:lags]
    ratio: Float32Array = (found / found[0]).astype(np.float32)
    ratio.flags.writeable = False
    return ratio


def pitch_of_autocorrelation(
    autocorrelation: FloatArray, *, rate_hz: float, n_fft: int, window: str = "hann", low_hz: float = 50.0, high_hz: float = 2000.0
) -> tuple[Float32Array, Float32Array]:
    """Estimate each frame's pitch from the autocorrelation of its windowed samples. Boersma 1993.

    Parameters
    ----------
    autocorrelation : (frames, lags) from lag 0, reaching one lag beyond the period of `low_hz`
    rate_hz, n_fft, window : of the frames
    low_hz, high_hz : range of the pitch

    Returns
    -------
    f0_hz : (frames,) 0 where nothing repeats
    salience : (frames,) the autocorrelation there, freed of the window, over that at lag 0: 1 for a periodic sound, near 0 for noise
    """
    frames, lags = autocorrelation.shape
    first, last = max(2, int(rate_hz / high_hz)), min(int(np.ceil(rate_hz / low_hz)), lags - 2)
    f0_hz, salience = np.zeros((2, frames), dtype=np.float32)
    if last <= first or frames == 0:
        return f0_hz, salience
    power = autocorrelation[:, :1]
    scale = np.where(power > 0, power, 1) * window_autocorrelation(window, n_fft, lags)[first - 1 : last + 2]
    ratio = np.divide(autocorrelation[:, first - 1 : last + 2], scale, dtype=np.float32, casting="same_kind")
    left, peak, right = ratio[:, :-2], ratio[:, 1:-1], ratio[:, 2:]
    bend = 2 * peak - left - right
    summit = (bend > 0) & (peak >= left) & (peak >= right) & (peak > 0)
    height = np.where(summit, peak + np.square(left - right) / (8 * np.where(summit, bend, 1)), -1)  # between the lags, by a parabola
    high = height >= np.float32(_FIRST_OF) * height.max(axis=1, keepdims=True)
    best = np.argmax(high & summit, axis=1)
    row = np.arange(frames)
    found = summit[row, best] & (power[:, 0] > 0)
    offset = 0.5 * (right[row, best] - left[row, best]) / np.where(found, bend[row, best], 1)
    f0_hz[:] = np.where(found, rate_hz / (best + first + offset), 0)
    salience[:] = np.where(found, np.clip(height[row, best], 0, 1), 0)
    return f0_hz, salience


@dataclass(frozen=True, kw_only=True)
class Harmonics:
    """The harmonics of each frame; zeros where there is no pitch or beyond half the rate.

    Attributes
    ----------
    hz, amplitude : (frames, harmonics) the highest bin near each multiple of the pitch, refined
    part : (frames,) of the frame's power that lies within two bins of them
    """

    hz: Float32Array
    amplitude: Float32Array
    part: Float32Array


def find_harmonics(power: FloatArray, f0_hz: FloatArray, *, rate_hz: float, count: int = 20) -> Harmonics:
    """Look for the harmonics of known pitches in power spectra.

    Parameters
    ----------
    power : (frames, n_fft // 2 + 1)
    f0_hz : (frames,) 0 for no pitch
    rate_hz : of the signal
    count : harmonics to look for
    """
    frames, bins = power.shape
    width_hz = rate_hz / (2 * (bins - 1))
    wanted = f0_hz[:, None] * np.arange(1, count + 1, dtype=np.float32) / np.float32(width_hz)
    inside = (wanted > 0) & (wanted < bins - 1 - _REACH)
    centre = np.where(inside, np.rint(wanted), _REACH + 1).astype(np.int64)
    centre = np.maximum(centre, _REACH)
    row = np.arange(frames)[:, None]
    lobe = power[row[:, :, None], centre[:, :, None] + np.arange(-_REACH, _REACH + 1)]
    summit = np.clip(centre + lobe.argmax(axis=2) - _REACH, 1, bins - 2)
    left, peak, right = (np.log(np.maximum(power[row, summit + step], 1e-20)) for step in (-1, 0, 1))
    curvature = left - 2 * peak + right
    offset = np.where(curvature < 0, np.clip(0.5 * (left - right) / np.where(curvature < 0, curvature, -1), -0.5, 0.5), 0)
    hz = np.where(inside, (summit + offset) * width_hz, 0).astype(np.float32)
    amplitude = np.where(inside, np.exp(0.5 * (peak - 0.25 * (left - right) * offset)), 0).astype(np.float32)
    total = power.sum(axis=1, dtype=np.float64)
    near = np.where(inside, lobe.sum(axis=2), 0).sum(axis=1, dtype=np.float64)
    part = np.divide(near, total, out=np.zeros(frames), where=total > 0)
    return Harmonics(hz=hz, amplitude=amplitude, part=np.clip(part, 0, 1).astype(np.float32))


def inharmonicity(harmonics: Harmonics, f0_hz: FloatArray) -> Float64Array:
    """Distance of the partials from multiples of the pitch by energy: 2 / f0 * sum |f_h - h f0| a_h^2 / sum a_h^2. Peeters 2004, §7.3."""
    energy = np.square(harmonics.amplitude, dtype=np.float64)
    number = np.arange(1, energy.shape[1] + 1)
    away = np.abs(harmonics.hz - number * f0_hz[:, None])
    total = energy.sum(axis=1) * f0_hz
    return np.asarray(np.divide(2 * (away * energy).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0))


def odd_to_even_ratio(amplitude: FloatArray, *, most: float = 1000.0) -> Float64Array:
    """Energy of the odd harmonics over that of the even ones, at most `most` (a sine has no even one). Peeters §7.4.

    Examples
    --------
    >>> odd_to_even_ratio(np.array([[1.0, 0.5, 1.0, 0.5], [1.0, 0.0, 0.0, 0.0]]))
    array([   4., 1000.])
    """
    energy = np.square(amplitude, dtype=np.float64)
    odd, even = energy[:, ::2].sum(axis=1), energy[:, 1::2].sum(axis=1)
    return np.asarray(np.minimum(odd / np.where(odd > 0, np.maximum(even, odd / most), 1), most))


def tristimulus(amplitude: FloatArray) -> Float64Array:
    """Share of the first harmonic, of the second to fourth, and of all above: (frames, 3). Pollard and Jansson 1982.

    Examples
    --------
    >>> tristimulus(np.array([[2.0, 1.0, 1.0, 1.0, 3.0]]))
    array([[0.25 , 0.375, 0.375]])
    """
    sums = np.stack([amplitude[:, :1].sum(axis=1), amplitude[:, 1:4].sum(axis=1), amplitude[:, 4:].sum(axis=1)], axis=1).astype(np.float64)
    total = sums.sum(axis=1, keepdims=True)
    return np.asarray(sums / np.where(total > 0, total, 1))


def irregularity_jensen(amplitude: FloatArray) -> Float64Array:
    """Squared steps between neighbouring partials over the sum of squares; the last one falls to nothing. Jensen 1999.

    Examples
    --------
    >>> irregularity_jensen(np.array([[1.0, 1.0], [1.0, 0.0]]))  # two partials, one partial
    array([0.5, 1. ])
    """
    steps = np.diff(amplitude.astype(np.float64), axis=1, append=0.0)
    energy = np.square(amplitude, dtype=np.float64).sum(axis=1)
    return np.asarray(np.divide(np.square(steps).sum(axis=1), energy, out=np.zeros_like(energy), where=energy > 0))


def irregularity_krimphoff(amplitude: FloatArray) -> Float64Array:
    """Distance of each partial from the mean of itself and its neighbours, over the sum of all. Krimphoff, McAdams and Winsberg 1994.

    Examples
    --------
    >>> irregularity_krimphoff(np.array([[3.0, 2.0, 1.0], [1.0, 4.0, 1.0]])).round(3)
    array([0.   , 0.333])
    """
    a = amplitude.astype(np.float64)
    inner = a[:, 2:] > 0  # rows are filled up with zeros: a row's last partial has no neighbour above
    away = np.where(inner, np.abs(a[:, 1:-1] - (a[:, :-2] + a[:, 1:-1] + a[:, 2:]) / 3), 0).sum(axis=1)
    total = a.sum(axis=1)
    return np.asarray(np.divide(away, total, out=np.zeros_like(total), where=total > 0))
