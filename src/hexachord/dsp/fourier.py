"""Fourier analysis from first principles: sampling, the DFT, its fast version, resolution, aliasing, beats, quantisation.

Müller, *Fundamentals of Music Processing* (FMP), ch. 2. Everything heavy elsewhere uses `scipy.fft`; what stands here is the textbook's
chain of ideas as short functions one can read, run and test against each other.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import ComplexArray, Float32Array, Float64Array, FloatArray


def dft_matrix(size: int) -> ComplexArray:
    """Build the matrix whose product with a signal is its discrete Fourier transform: `exp(-2 pi i k n / size)`. FMP §2.4.1.

    Examples
    --------
    >>> dft_matrix(2).real
    array([[ 1.,  1.],
           [ 1., -1.]])
    """
    index = np.arange(size)
    return np.asarray(np.exp(-2j * np.pi * (np.outer(index, index) % size) / size))


def fft_recursive(samples: FloatArray | ComplexArray) -> ComplexArray:
    """Transform by splitting into even and odd samples until one is left: Cooley and Tukey's idea in ten lines. FMP §2.4.3.

    Parameters
    ----------
    samples : (n,) with n a power of two

    Examples
    --------
    >>> np.abs(fft_recursive(np.array([1.0, 0.0, -1.0, 0.0]))).round(6)
    array([0., 2., 0., 2.])
    """
    values = np.asarray(samples, dtype=np.complex128)
    size = values.shape[0]
    if size < 1 or size & (size - 1):
        raise ValueError(f"halving needs a power of two samples, not {size}")
    if size == 1:
        return values
    even, odd = fft_recursive(values[::2]), fft_recursive(values[1::2])
    turned = np.exp(-2j * np.pi * np.arange(size // 2) / size) * odd
    return np.concatenate([even + turned, even - turned])


def fourier_coefficient(samples: FloatArray, frequency_hz: FloatArray | float, *, rate_hz: float) -> ComplexArray:
    """Compare a signal with a complex sinusoid of any frequency, on or between the bins of a DFT. FMP §2.1.1, §2.3.3.

    Returns
    -------
    of the shape of `frequency_hz`; a sinusoid of amplitude A has magnitude about A / 2 at its frequency

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 3.0 * np.arange(100) / 100)
    >>> np.abs(fourier_coefficient(tone, np.array([3.0, 5.0]), rate_hz=100)).round(6)
    array([0.5, 0. ])
    """
    frequency = np.asarray(frequency_hz, dtype=np.float64)
    time_s = np.arange(samples.shape[0]) / rate_hz
    kernel = np.exp(-2j * np.pi * frequency[..., None] * time_s)
    return np.asarray(kernel @ samples / max(1, samples.shape[0]))


class Resolution(NamedTuple):
    """What a frame of a given length can tell apart."""

    frequency_hz: float  # distance of neighbouring bins
    time_s: float  # length of the frame
    hop_s: float
    semitone_from_hz: float  # above this, neighbouring semitones are at least one bin apart


def resolution(*, rate_hz: float, n_fft: int, hop: int) -> Resolution:
    """Weigh frequency against time: a longer frame sees finer pitch and coarser moments. FMP §2.5.2.

    Examples
    --------
    >>> resolution(rate_hz=44100, n_fft=4096, hop=1024).semitone_from_hz
    181.06...
    """
    step = rate_hz / n_fft
    return Resolution(step, n_fft / rate_hz, hop / rate_hz, step / (2 ** (1 / 12) - 1))


def alias_hz(frequency_hz: FloatArray | float, *, rate_hz: float) -> Float64Array:
    """Tell as which frequency a sinusoid appears after sampling: above half the rate it folds back. FMP §2.2.2.

    Examples
    --------
    >>> alias_hz(np.array([300.0, 700.0, 1000.0, 1300.0]), rate_hz=1000)
    array([300., 300.,   0., 300.])
    """
    folded = np.mod(np.asarray(frequency_hz, dtype=np.float64), rate_hz)
    return np.asarray(np.minimum(folded, rate_hz - folded))


def interference(first_hz: float, second_hz: float) -> tuple[float, float]:
    """Tell what two sinusoids of equal strength make together: the frequency heard, and the beats per second. FMP §2.3.2.

    Examples
    --------
    >>> interference(440.0, 444.0)
    (442.0, 4.0)
    """
    return (first_hz + second_hz) / 2, abs(first_hz - second_hz)


def reconstruct_sinc(samples: FloatArray, times_s: FloatArray, *, rate_hz: float) -> Float64Array:
    """Read a sampled signal between its samples, as if it were band-limited and silent outside. FMP §2.2.2 (Shannon).

    Parameters
    ----------
    samples : (n,)
    times_s : (m,) where to read
    rate_hz : sampling rate

    Returns
    -------
    (m,) float64, exact at the samples. Costs n * m: for whole signals use a resampler.

    Examples
    --------
    >>> reconstruct_sinc(np.array([0.0, 1.0, 0.0, -1.0]), np.array([0.25, 0.75]), rate_hz=4)
    array([ 1., -1.])
    """
    positions = np.asarray(times_s, dtype=np.float64) * rate_hz
    out = np.empty(positions.shape[0])
    index = np.arange(samples.shape[0])
    for first in range(0, positions.shape[0], 1024):
        block = slice(first, first + 1024)
        out[block] = np.sinc(positions[block, None] - index) @ samples
    return out


def quantise_uniform(samples: FloatArray, *, levels: int, low: float = -1.0, high: float = 1.0) -> Float64Array:
    """Round to equally spaced levels from `low` to `high`; what is outside is clipped. FMP §2.2.2.2.

    Examples
    --------
    >>> quantise_uniform(np.array([-0.9, 0.1, 0.3, 2.0]), levels=5)
    array([-1. ,  0. ,  0.5,  1. ])
    """
    if levels < 2:
        raise ValueError(f"quantisation needs two levels or more, not {levels}")
    step = (high - low) / (levels - 1)
    return np.asarray(np.rint((np.clip(samples, low, high) - low) / step) * step + low)


def encode_mu_law(samples: FloatArray, *, mu: float = 255.0) -> Float64Array:
    """Bend amplitudes so that small ones get more of the range: `sign(x) log(1 + mu |x|) / log(1 + mu)`. FMP §2.2.2.2, ITU-T G.711."""
    values = np.asarray(samples, dtype=np.float64)
    return np.asarray(np.sign(values) * np.log1p(mu * np.abs(values)) / np.log1p(mu))


def decode_mu_law(encoded: FloatArray, *, mu: float = 255.0) -> Float64Array:
    """Undo `encode_mu_law`.

    Examples
    --------
    >>> decode_mu_law(encode_mu_law(np.array([-0.5, 0.0, 0.01])))
    array([-0.5 ,  0.  ,  0.01])
    """
    values = np.asarray(encoded, dtype=np.float64)
    return np.asarray(np.sign(values) * np.expm1(np.abs(values) * np.log1p(mu)) / mu)


def quantise_mu_law(samples: FloatArray, *, levels: int = 256, mu: float = 255.0) -> Float64Array:
    """Round after bending and bend back: finer levels where music mostly is. FMP §2.2.2.2."""
    return decode_mu_law(quantise_uniform(encode_mu_law(samples, mu=mu), levels=levels), mu=mu)


def log_frequency_axis(
    spectrogram: FloatArray, *, rate_hz: float, lowest_hz: float = 27.5, bins_per_octave: int = 12, octaves: int = 8
) -> Float32Array:
    """Read a spectrogram along a logarithmic frequency axis, by linear interpolation between bins. FMP §2.5 (STFT, frequency grid).

    It shows pitch at equal steps, but adds no resolution low down: for that use `hexachord.dsp.constantq`.

    Parameters
    ----------
    spectrogram : (frames, n_fft // 2 + 1) real
    rate_hz : sampling rate
    lowest_hz, bins_per_octave, octaves : the new axis; bins above half the rate are 0

    Returns
    -------
    (frames, bins_per_octave * octaves) float32
    """
    frequency_hz = lowest_hz * 2.0 ** (np.arange(bins_per_octave * octaves) / bins_per_octave)
    position = frequency_hz * (2 * (spectrogram.shape[1] - 1)) / rate_hz
    inside = position <= spectrogram.shape[1] - 1
    left = np.minimum(position.astype(np.int64), spectrogram.shape[1] - 2)
    weight = (position - left).astype(np.float32)
    out = spectrogram[:, left] * (1 - weight) + spectrogram[:, left + 1] * weight
    return np.where(inside, out, 0).astype(np.float32)


def convolve_direct(signal: FloatArray, response: FloatArray) -> Float64Array:
    """Convolve by the definition, one tap at a time: what every fast method must equal. FMP §2.3.1.

    Returns
    -------
    (n + m - 1,) float64
    """
    out = np.zeros(signal.shape[0] + response.shape[0] - 1)
    for delay, tap in enumerate(response):
        out[delay : delay + signal.shape[0]] += tap * signal
    return out


def convolve_overlap_add(signal: FloatArray, response: FloatArray, *, block: int = 0) -> Float64Array:
    """Convolve block by block through the FFT: equal to `convolve_direct`, at a cost that hardly grows with the response.

    Parameters
    ----------
    signal, response : (n,), (m,) samples
    block : samples per block; by default about three times the response

    Returns
    -------
    (n + m - 1,) float64

    Examples
    --------
    >>> convolve_overlap_add(np.array([1.0, 2.0]), np.array([1.0, 0.5])).round(6)
    array([1. , 2.5, 1. ])
    """
    from scipy import fft

    if signal.shape[0] == 0 or response.shape[0] == 0:
        return np.zeros(max(0, signal.shape[0] + response.shape[0] - 1))
    taps = response.shape[0]
    size = int(fft.next_fast_len((block or max(1024, 3 * taps)) + taps - 1, real=True))
    step = size - taps + 1
    spectrum = fft.rfft(np.asarray(response, dtype=np.float64), size)
    out = np.zeros(signal.shape[0] + taps - 1)
    for first in range(0, signal.shape[0], step):
        piece = fft.irfft(fft.rfft(np.asarray(signal[first : first + step], dtype=np.float64), size) * spectrum, size)
        last = min(first + size, out.shape[0])
        out[first:last] += piece[: last - first]
    return out
