"""The mel scale: spectra as coarse as the ear's, their decibels, cepstra and slopes.

A mel spectrogram sums the power spectrum under triangles that are equally wide on a scale of perceived pitch; its logarithm is the usual
input of trackers and networks, and the cosine transform of that logarithm (MFCC) describes timbre. Stevens, Volkmann and Newman, *A Scale
for the Measurement of the Psychological Magnitude Pitch*, JASA 8(3), 1937; Slaney, *Auditory Toolbox*, 1998; Davis and Mermelstein, IEEE
TASSP 28(4), 1980 (MFCC); Müller, *Fundamentals of Music Processing* (FMP), §1.3.3 (decibels), §4.2.1 (MFCC).
"""

from functools import lru_cache
from typing import Literal

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.frames import frame_count
from hexachord.dsp.stft import fft_frequencies_hz, power_blocks

MelScale = Literal["slaney", "htk"]

_GROUP = 16  # bands per matrix product: neighbours share their bins, so most zeros of the filter bank are never multiplied
_POWER_FLOOR = 1e-10

# Slaney's scale: linear to 1 kHz (15 mel), then 27 steps for each factor of 6.4.
_LINEAR_HZ = 200.0 / 3.0
_KNEE_HZ = 1000.0
_LOG_STEP = np.log(6.4) / 27.0


def hz_to_mel(frequencies_hz: FloatArray | float, *, scale: MelScale = "slaney") -> FloatArray:
    """Turn Hz into mel.

    Examples
    --------
    >>> round(hz_to_mel(1000.0).item(), 2), round(hz_to_mel(1000.0, scale="htk").item(), 2)
    (15.0, 999.99)
    """
    hz = np.asarray(frequencies_hz, dtype=np.float64)
    if scale == "htk":
        return 2595.0 * np.log10(1.0 + hz / 700.0)
    above = _KNEE_HZ / _LINEAR_HZ + np.log(np.maximum(hz, _KNEE_HZ) / _KNEE_HZ) / _LOG_STEP
    return np.where(hz < _KNEE_HZ, hz / _LINEAR_HZ, above)


def mel_to_hz(mels: FloatArray | float, *, scale: MelScale = "slaney") -> FloatArray:
    """Turn mel into Hz: the inverse of `hz_to_mel`."""
    mel = np.asarray(mels, dtype=np.float64)
    if scale == "htk":
        return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    knee = _KNEE_HZ / _LINEAR_HZ
    return np.where(mel < knee, mel * _LINEAR_HZ, _KNEE_HZ * np.exp(_LOG_STEP * (np.maximum(mel, knee) - knee)))


def mel_filterbank(
    *,
    rate_hz: float,
    n_fft: int,
    bands: int = 128,
    low_hz: float = 0.0,
    high_hz: float | None = None,
    scale: MelScale = "slaney",
    unit_area: bool = True,
) -> Float32Array:
    """Build the triangles that sum FFT bins into mel bands.

    Parameters
    ----------
    rate_hz, n_fft : of the power spectrum
    bands : number of triangles, their corners equally spaced in mel from `low_hz` to `high_hz` (half the rate by default)
    scale : "slaney" or "htk"
    unit_area : triangles of equal area in Hz (white noise is flat), else of height 1

    Returns
    -------
    (n_fft // 2 + 1, bands) float32

    Examples
    --------
    >>> mel_filterbank(rate_hz=22050, n_fft=2048, bands=40).shape
    (1025, 40)
    """
    top_hz = rate_hz / 2 if high_hz is None else high_hz
    if bands < 1 or not 0 <= low_hz < top_hz:
        raise ValueError(f"not a mel filter bank: {bands} bands from {low_hz} to {top_hz} Hz")
    lowest, highest = hz_to_mel(low_hz, scale=scale).item(), hz_to_mel(top_hz, scale=scale).item()
    corners = mel_to_hz(np.linspace(lowest, highest, bands + 2), scale=scale)
    bins = fft_frequencies_hz(rate_hz=rate_hz, n_fft=n_fft)[:, None]
    rising = (bins - corners[:-2]) / np.diff(corners)[:-1]
    falling = (corners[2:] - bins) / np.diff(corners)[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    if unit_area:
        triangles *= 2.0 / (corners[2:] - corners[:-2])
    return triangles.astype(np.float32)


def mel_frequencies_hz(*, bands: int = 128, low_hz: float = 0.0, high_hz: float = 11025.0, scale: MelScale = "slaney") -> FloatArray:
    """List the centre frequency of each band of `mel_filterbank`, in Hz."""
    lowest, highest = hz_to_mel(low_hz, scale=scale).item(), hz_to_mel(high_hz, scale=scale).item()
    return mel_to_hz(np.linspace(lowest, highest, bands + 2), scale=scale)[1:-1]


def mel_spectrogram(
    signal: FloatArray,
    *,
    rate_hz: float,
    n_fft: int = 2048,
    hop: int = 512,
    bands: int = 128,
    low_hz: float = 0.0,
    high_hz: float | None = None,
    scale: MelScale = "slaney",
) -> Float32Array:
    """Compute a mel power spectrogram straight from a mono signal; the full spectrogram is never held.

    Returns
    -------
    (frames, bands) float32, frame `i` centred on sample `i * hop`

    Examples
    --------
    >>> mel_spectrogram(np.zeros(22050, dtype=np.float32), rate_hz=22050).shape
    (44, 128)
    """
    frames = frame_count(signal.shape[0], frame_length=n_fft, hop=hop)
    out = np.empty((frames, bands), dtype=np.float32)
    for first, power in power_blocks(signal, n_fft=n_fft, hop=hop):
        mel_from_power(power, rate_hz=rate_hz, low_hz=low_hz, high_hz=high_hz, scale=scale, out=out[first : first + len(power)])
    return out


def mel_from_power(
    power: FloatArray,
    *,
    rate_hz: float,
    bands: int = 128,
    low_hz: float = 0.0,
    high_hz: float | None = None,
    scale: MelScale = "slaney",
    out: Float32Array | None = None,
) -> Float32Array:
    """Sum a power spectrogram (frames, n_fft // 2 + 1) into mel bands, (frames, bands); `out` decides `bands` when given."""
    if out is None:
        out = np.empty((len(power), bands), dtype=np.float32)
    n_fft = 2 * (power.shape[1] - 1)
    for band_range, bin_range, triangles in _groups(rate_hz, n_fft, out.shape[1], low_hz, high_hz, scale):
        out[:, band_range] = power[:, bin_range] @ triangles
    return out


@lru_cache(maxsize=16)
def _groups(
    rate_hz: float, n_fft: int, bands: int, low_hz: float, high_hz: float | None, scale: MelScale
) -> tuple[tuple[slice, slice, Float32Array], ...]:
    """Cut the filter bank into groups of neighbouring bands, each with the bins it needs."""
    bank = mel_filterbank(rate_hz=rate_hz, n_fft=n_fft, bands=bands, low_hz=low_hz, high_hz=high_hz, scale=scale)
    groups = []
    for first in range(0, bands, _GROUP):
        triangles = bank[:, first : first + _GROUP]
        used = np.flatnonzero(triangles.any(axis=1))
        bins = slice(int(used[0]), int(used[-1]) + 1) if len(used) else slice(0, 1)
        groups.append((slice(first, min(first + _GROUP, bands)), bins, np.ascontiguousarray(triangles[bins])))
    return tuple(groups)


def power_to_db(power: FloatArray, *, reference: float = 1.0, floor: float = _POWER_FLOOR, range_db: float | None = None) -> FloatArray:
    """Turn power into decibels over `reference`.

    Parameters
    ----------
    power : any shape, non-negative
    reference : the power that is 0 dB
    floor : smaller powers count as this one (silence is finite)
    range_db : raise everything to at least the maximum less this, over the whole array (80 is usual; it makes frames depend on one another)

    Examples
    --------
    >>> power_to_db(np.array([1.0, 0.01, 0.0]))
    array([   0.,  -20., -100.])
    """
    decibels: FloatArray = np.maximum(power, np.asarray(floor, dtype=power.dtype))
    np.log10(decibels, out=decibels)
    decibels *= 10.0
    decibels -= np.asarray(10.0 * np.log10(max(reference, floor)), dtype=decibels.dtype)
    if range_db is not None and decibels.size:
        np.maximum(decibels, decibels.max() - range_db, out=decibels)
    return decibels


def amplitude_to_db(amplitude: FloatArray, *, reference: float = 1.0, floor: float = 1e-5, range_db: float | None = None) -> FloatArray:
    """Turn amplitude into decibels over `reference`: 20 log10; see `power_to_db`."""
    return power_to_db(np.square(amplitude), reference=reference**2, floor=floor**2, range_db=range_db)


def db_to_power(decibels: FloatArray | float, *, reference: float = 1.0) -> FloatArray:
    """Turn decibels into power: the inverse of `power_to_db`."""
    return reference * np.power(10.0, np.asarray(decibels) * 0.1)


def db_to_amplitude(decibels: FloatArray | float, *, reference: float = 1.0) -> FloatArray:
    """Turn decibels into amplitude: the inverse of `amplitude_to_db`."""
    return reference * np.power(10.0, np.asarray(decibels) * 0.05)


def mfcc(log_mel_db: FloatArray, *, coefficients: int = 20, lifter: float = 0.0) -> Float32Array:
    """Describe the shape of each log-mel frame by its first cosine coefficients.

    Parameters
    ----------
    log_mel_db : (frames, bands) mel power in dB
    coefficients : how many; the zeroth is the frame's level
    lifter : when positive, coefficient `k` is scaled by `1 + lifter / 2 * sin(pi (k + 1) / lifter)`

    Returns
    -------
    (frames, coefficients) float32: the orthonormal DCT-II along the bands
    """
    bands = log_mel_db.shape[1]
    if not 1 <= coefficients <= bands:
        raise ValueError(f"{coefficients} coefficients from {bands} bands: expected between 1 and {bands}")
    order = np.arange(coefficients)
    # A product with the few wanted cosines is cheaper than a fast transform of all of them.
    cosines = np.sqrt(2.0 / bands) * np.cos(np.pi / bands * np.outer(np.arange(bands) + 0.5, order))
    cosines[:, 0] /= np.sqrt(2.0)
    if lifter > 0:
        cosines *= 1.0 + 0.5 * lifter * np.sin(np.pi * (order + 1) / lifter)
    return np.asarray(log_mel_db @ cosines.astype(log_mel_db.dtype), dtype=np.float32)


def delta(features: FloatArray, *, width: int = 9, order: int = 1) -> FloatArray:
    """Estimate how fast features change: the slope (or curvature) of a polynomial fitted to `width` frames around each frame.

    Parameters
    ----------
    features : (frames, ...) float
    width : odd, at least 3; reduced when there are fewer frames
    order : 1 for the first derivative (a line is fitted), 2 for the second (a parabola)

    Returns
    -------
    same shape, per frame (or per frame squared); the ends use the first and the last fit. Savitzky and Golay, *Smoothing and
    Differentiation of Data by Simplified Least Squares Procedures*, Analytical Chemistry 36(8), 1964.

    Examples
    --------
    >>> delta(np.arange(12.0)).round(6)
    array([1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1.])
    """
    if width < 3 or width % 2 == 0 or order not in (1, 2):
        raise ValueError(f"width must be odd and at least 3, order 1 or 2; not {width} and {order}")
    frames = features.shape[0]
    width = min(width, frames - 1 + frames % 2)
    if width <= order:
        return np.zeros_like(features)
    half = width // 2
    offsets = np.arange(-half, half + 1, dtype=np.float64)
    # Row k of the pseudo-inverse gives the fit's k-th coefficient: its derivative at the centre, after the factorial. For the polynomial
    # degrees used here (degree = order) that derivative is the same all along the fit, so the ends repeat the first and the last one.
    weights = np.linalg.pinv(np.vander(offsets, order + 1, increasing=True))[order] * order
    out = np.zeros_like(features)
    inner = out[half : frames - half]
    for weight, start in zip(weights, range(width), strict=True):
        inner += np.asarray(weight, dtype=out.dtype) * features[start : start + len(inner)]
    out[:half], out[frames - half :] = inner[0], inner[-1]
    return out
