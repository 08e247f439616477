"""The constant-Q transform: a spectrum whose bins are musical intervals.

Bin `k` is centred on `fmin_hz * 2 ** (k / bins_per_octave)` and looks at a stretch of sound whose length is a fixed number of periods
(the quality Q), so that a semitone is as well resolved in the bass as in the treble. Brown, *Calculation of a constant Q spectral
transform*, JASA 89(1), 1991; Müller, *Fundamentals of Music Processing* (FMP), §3.1.1 (log-frequency) and §1.3.2 (equal temperament).

How it is fast. As in Schörkhuber and Klapuri (*Constant-Q transform toolbox for music processing*, SMC 2010), each octave is analysed at
its own rate: the signal is halved again and again, so the kernels of every octave have the same few hundred taps. Brown and Puckette
(*An efficient algorithm*, JASA 92(5), 1992) then multiply sparse spectra of kernels and frames; with kernels this short the product in
the time domain is already the compact one: an octave is a single dense matrix product, frames (views) x taps x bins, with neither Fourier
transforms nor thresholds, three to ten times faster on today's processors and without their truncation error.

Conventions are librosa's so that numbers can be compared: Hann kernels of an odd whole number of samples at the octave's rate, of unit
sum of magnitudes, and results scaled by the square root of the kernel's length in samples at the signal's own rate (a steady sine of
amplitude A gives `A / 2 * sqrt(length)`). Outside the signal is silence. Block by block equals all at once, to rounding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hexachord.arrays import ComplexArray, Float32Array, FloatArray
from hexachord.dsp.frames import frame_count, frame_view, padded_slice
from hexachord.dsp.halfband import REACH, halve_rate

C1_HZ = 440.0 * 2 ** (-45 / 12)
_HANN_BANDWIDTH_BINS = 1.50018310546875  # the equivalent noise bandwidth that librosa uses for the upper edge of a kernel
_BLOCK_FRAMES = 4096  # frames per walk down the pyramid: 8 MB of samples at the default hop, little against the overlap of the bass
_TILE_FRAMES = 256  # frames per matrix product: the copy of the frames stays in cache


@dataclass(frozen=True, kw_only=True)
class ConstantQ:
    """Which bins, at which times. Frequencies in Hz, `hop` in samples.

    Parameters
    ----------
    rate_hz : sample rate of the signal
    hop : samples from frame to frame; each factor of two in it allows one octave to be analysed at half the rate
    fmin_hz : centre of the lowest bin (C1 by default)
    bins, bins_per_octave : 84 and 12 cover C1 to B7
    tuning_cents : moves every bin, for recordings that are not at A4 = 440 Hz
    gamma_hz : added to each bin's bandwidth (variable-Q): shorter kernels in the bass; 0 is constant Q
    length_scale : multiplies all kernel lengths; below 1 sharper in time, blunter in frequency
    """

    rate_hz: float = 22050.0
    hop: int = 512
    fmin_hz: float = C1_HZ
    bins: int = 84
    bins_per_octave: int = 12
    tuning_cents: float = 0.0
    gamma_hz: float = 0.0
    length_scale: float = 1.0

    @property
    def frequencies_hz(self) -> FloatArray:
        """Centre frequency of each bin."""
        return self.fmin_hz * 2.0 ** (np.arange(self.bins) / self.bins_per_octave + self.tuning_cents / 1200.0)

    @property
    def relative_bandwidth(self) -> float:
        """Bandwidth over centre frequency, such that the bands of every second bin touch."""
        ratio = 2.0 ** (2.0 / self.bins_per_octave)
        return float((ratio - 1.0) / (ratio + 1.0))

    @property
    def kernel_lengths(self) -> FloatArray:
        """Length of each bin's kernel, in (fractional) samples at `rate_hz`."""
        alpha = self.relative_bandwidth
        return self.length_scale / alpha * self.rate_hz / (self.frequencies_hz + self.gamma_hz / alpha)

    @property
    def upper_edges_hz(self) -> FloatArray:
        """Upper edge of each bin's band; it must lie below the Nyquist frequency."""
        half_band = 0.5 * _HANN_BANDWIDTH_BINS * self.relative_bandwidth / self.length_scale
        return self.frequencies_hz * (1.0 + half_band) + 0.5 * self.gamma_hz


def cqt(signal: FloatArray, options: ConstantQ = ConstantQ()) -> ComplexArray:
    """Compute the constant-Q transform of a mono signal.

    Parameters
    ----------
    signal : (n,) float array or memory map
    options : the bins and the hop

    Returns
    -------
    (frames, bins) complex64; frame `i` is centred on sample `i * hop`, bins ascend.

    Raises
    ------
    ValueError : if the highest bin's band would pass the Nyquist frequency.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050).astype(np.float32)
    >>> spectrum = cqt(tone)
    >>> spectrum.shape, int(np.abs(spectrum[20]).argmax())  # A4 is 45 semitones above C1
    ((44, 84), 45)
    """
    frames = frame_count(signal.shape[0], frame_length=1, hop=options.hop)
    out = np.empty((frames, options.bins), dtype=np.complex64)
    for first, real, imaginary in _tiles(signal, options, 0, frames):
        out.real[first : first + len(real)] = real
        out.imag[first : first + len(real)] = imaginary
    return out


def cqt_magnitude(signal: FloatArray, options: ConstantQ = ConstantQ(), *, first: int = 0, last: int | None = None) -> Float32Array:
    """Compute the magnitudes of `cqt`, or of its frames `first` to `last` only, without the complex matrix.

    Returns
    -------
    (last - first, bins) float32
    """
    frames = frame_count(signal.shape[0], frame_length=1, hop=options.hop)
    last = frames if last is None else min(last, frames)
    out = np.empty((max(last - first, 0), options.bins), dtype=np.float32)
    for begin, real, imaginary in _tiles(signal, options, first, last):
        rows = out[begin - first : begin - first + len(real)]
        np.multiply(real, real, out=rows)
        np.multiply(imaginary, imaginary, out=imaginary)
        rows += imaginary
        np.sqrt(rows, out=rows)
    return out


def cqt_frequencies_hz(options: ConstantQ = ConstantQ()) -> FloatArray:
    """List the centre frequency of each bin in Hz."""
    return options.frequencies_hz


def bins_below_nyquist(options: ConstantQ) -> int:
    """Count the bins of a transform whose bands the sample rate allows: all of them, or fewer for low rates."""
    return int(np.searchsorted(options.upper_edges_hz, options.rate_hz / 2, side="right"))


@dataclass(frozen=True)
class _Octave:
    """Up to one octave of neighbouring bins, analysed at `rate_hz / 2 ** level`."""

    level: int
    bins: slice
    reach: int  # a frame holds the samples from `reach - 1` before its centre to `reach` after it
    taps: Float32Array  # (2 * reach, 2 * bins): real parts, then imaginary parts


@lru_cache(maxsize=16)
def _octaves(options: ConstantQ) -> tuple[_Octave, ...]:
    o = options
    if o.bins < 1 or o.bins_per_octave < 1 or o.hop < 1 or o.fmin_hz <= 0 or o.length_scale <= 0 or o.gamma_hz < 0:
        raise ValueError(f"not a constant-Q transform: {o}")
    frequencies, upper = o.frequencies_hz, o.upper_edges_hz
    if upper[-1] > o.rate_hz / 2:
        raise ValueError(f"the highest bin ({frequencies[-1]:.0f} Hz) passes the Nyquist frequency ({o.rate_hz / 2:.0f} Hz)")
    hop_halvings = (o.hop & -o.hop).bit_length() - 1
    octaves = []
    for stop in range(o.bins, 0, -o.bins_per_octave):
        bins = slice(max(stop - o.bins_per_octave, 0), stop)
        # As low a rate as leaves the whole octave under half the Nyquist frequency, where `halve_rate` is flat.
        level = min(max(int(np.floor(np.log2(0.25 * o.rate_hz / upper[stop - 1]))), 0), hop_halvings)
        rate_hz = o.rate_hz / 2**level
        lengths = o.kernel_lengths[bins]
        kernels = [_kernel(length / 2**level, f / rate_hz, length) for length, f in zip(lengths, frequencies[bins], strict=True)]
        reach = max(-int(times[0]) for times, _ in kernels)
        taps = np.zeros((2 * reach, 2 * len(kernels)))
        for k, (times, kernel) in enumerate(kernels):
            # Convolution: tap for time t meets the sample t *before* the centre.
            rows = reach - 1 - times.astype(np.int64)
            taps[rows, k] = kernel.real
            taps[rows, len(kernels) + k] = kernel.imag
        octaves.append(_Octave(level, bins, reach, taps.astype(np.float32)))
    return tuple(octaves)


def _kernel(length: float, cycles_per_sample: float, length_at_full_rate: float) -> tuple[FloatArray, ComplexArray]:
    times: FloatArray = np.arange(np.floor(-length / 2), np.floor(length / 2), dtype=np.float64)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(len(times)) / len(times))
    kernel: ComplexArray = window * np.exp(2j * np.pi * cycles_per_sample * times)
    return times, kernel * (np.sqrt(length_at_full_rate) / window.sum())


def _tiles(signal: FloatArray, options: ConstantQ, first: int, last: int) -> Iterator[tuple[int, Float32Array, Float32Array]]:
    """Yield (first frame, real parts, imaginary parts) of tiles of frames, all bins; the arrays are reused."""
    if signal.ndim != 1:
        raise ValueError(f"expected a mono signal of shape (n,), not {signal.shape}")
    octaves = _octaves(options)
    real, imaginary = np.empty((2, _TILE_FRAMES, options.bins), dtype=np.float32)
    frames = {o.bins.start: np.empty((_TILE_FRAMES, 2 * o.reach), dtype=np.float32) for o in octaves}
    for begin in range(first, last, _BLOCK_FRAMES):
        end = min(begin + _BLOCK_FRAMES, last)
        pyramid = _pyramid(signal, octaves, options.hop, begin, end)
        for tile in range(begin, end, _TILE_FRAMES):
            count = min(_TILE_FRAMES, end - tile)
            for octave in octaves:
                start, samples = pyramid[octave.level]
                hop = options.hop >> octave.level
                offset = tile * hop - octave.reach + 1 - start
                stretch = samples[offset : offset + (count - 1) * hop + 2 * octave.reach]
                packed = frames[octave.bins.start][:count]
                packed[:] = frame_view(stretch, frame_length=2 * octave.reach, hop=hop)
                product = packed @ octave.taps
                half = product.shape[1] // 2
                real[:count, octave.bins] = product[:, :half]
                imaginary[:count, octave.bins] = product[:, half:]
            yield tile, real[:count], imaginary[:count]


def _pyramid(signal: FloatArray, octaves: tuple[_Octave, ...], hop: int, first: int, last: int) -> list[tuple[int, Float32Array]]:
    """Give, for each halving of the rate, the (first position, samples) that frames `first` to `last` need."""
    deepest = max(octave.level for octave in octaves)
    ranges: list[tuple[int, int]] = []  # from the deepest level up: each needs its own frames and the support of the level below
    for level in range(deepest, -1, -1):
        needs = [(first * (hop >> level) - o.reach + 1, (last - 1) * (hop >> level) + o.reach + 1) for o in octaves if o.level == level]
        if ranges:
            start, stop = ranges[-1]
            needs.append((2 * start - REACH, 2 * (stop - 1) + REACH + 1))
        ranges.append((min(start for start, _ in needs), max(stop for _, stop in needs)))
    ranges.reverse()
    samples = np.asarray(padded_slice(signal, *ranges[0]), dtype=np.float32)
    pyramid = [(ranges[0][0], samples)]
    for start_below, stop_below in ranges[1:]:
        start_above, above = pyramid[-1]
        offset = 2 * start_below - REACH - start_above
        below = halve_rate(above[offset:])[: stop_below - start_below]
        pyramid.append((start_below, below))
    return pyramid
