"""The short-time Fourier transform and its exact inverse.

Each frame of the signal is multiplied by a window and Fourier-transformed; the matrix of the results says which frequencies sound when.
Müller, *Fundamentals of Music Processing* (FMP), §2.1.4 and §2.5.3 (the discrete STFT), §2.5.2 (the spectrogram); the inverse is the
least-squares one of Griffin and Lim (*Signal Estimation from Modified Short-Time Fourier Transform*, IEEE TASSP 32(2), 1984; FMP §8.1.2):
windowed overlap-add, divided by the sum of squared windows, so that `istft(stft(x))` is `x` for any window and hop that leave no sample
uncovered.

Cost: a bare windowed FFT per frame, plus writing the result once. Frames are views, the window is applied into one buffer that stays
in cache, and scipy's pocketfft transforms 256 frames at a time in single precision.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import scipy.fft

from hexachord.arrays import ComplexArray, FloatArray
from hexachord.dsp.frames import PadMode, frame_blocks, frame_count

BLOCK_FRAMES = 256

# Cosine-sum windows: w(t) = sum_k (-1)^k a_k cos(2 pi k t / N). Harris, "On the use of windows", Proc. IEEE 66(1), 1978.
_COSINE_SUMS = {
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "blackman-harris": (0.35875, 0.48829, 0.14128, 0.01168),
    "rectangular": (1.0,),
}


def window_samples(name: str, length: int) -> FloatArray:
    """Sample a periodic window, the kind a Fourier analysis wants.

    Parameters
    ----------
    name : "hann", "hamming", "blackman", "blackman-harris" or "rectangular"
    length : in samples; the window's period

    Returns
    -------
    (length,) float64

    Examples
    --------
    >>> window_samples("hann", 4)
    array([0. , 0.5, 1. , 0.5])
    """
    if name not in _COSINE_SUMS:
        raise ValueError(f"unknown window {name!r}: one of {', '.join(_COSINE_SUMS)}")
    phase = 2 * np.pi * np.arange(length) / length
    samples = np.zeros(length)
    for k, weight in enumerate(_COSINE_SUMS[name]):
        samples += (-1) ** k * weight * np.cos(k * phase)
    return samples


def fft_frequencies_hz(*, rate_hz: float, n_fft: int) -> FloatArray:
    """List the centre frequency of each bin of `stft`, in Hz."""
    return np.arange(n_fft // 2 + 1) * (rate_hz / n_fft)


def stft(
    signal: FloatArray,
    *,
    n_fft: int = 2048,
    hop: int = 512,
    window: str | FloatArray = "hann",
    centre: bool = True,
    pad: PadMode = "constant",
) -> ComplexArray:
    """Compute the short-time Fourier transform of a mono signal.

    Parameters
    ----------
    signal : (n,) float array or memory map; float64 is transformed in double precision, all else in single
    n_fft, hop : frame length and step in samples
    window : name (see `window_samples`) or samples; one shorter than `n_fft` is centred in the frame
    centre : frame `i` is centred on sample `i * hop` (else it starts there)
    pad : what lies outside the signal when centred

    Returns
    -------
    (frames, n_fft // 2 + 1) complex64 (complex128 for float64 input)

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000).astype(np.float32)
    >>> spectrum = stft(tone, n_fft=256, hop=64)
    >>> spectrum.shape, int(np.abs(spectrum[60]).argmax()) * 8000 / 256
    ((126, 129), 1000.0)
    """
    frames = frame_count(signal.shape[0], frame_length=n_fft, hop=hop, centre=centre)
    out = np.empty((frames, n_fft // 2 + 1), dtype=np.complex128 if signal.dtype == np.float64 else np.complex64)
    for first, block in stft_blocks(signal, n_fft=n_fft, hop=hop, window=window, centre=centre, pad=pad):
        out[first : first + len(block)] = block
    return out


def stft_blocks(
    signal: FloatArray,
    *,
    n_fft: int = 2048,
    hop: int = 512,
    window: str | FloatArray = "hann",
    centre: bool = True,
    pad: PadMode = "constant",
    block_frames: int = BLOCK_FRAMES,
    first: int = 0,
    last: int | None = None,
) -> Iterator[tuple[int, ComplexArray]]:
    """Walk through `stft` in blocks, for features that need each frame once and no whole matrix.

    Parameters are those of `stft`; `first` and `last` choose a range of frames, `block_frames` the size of a block.

    Yields
    ------
    (number of the block's first frame, (m, n_fft // 2 + 1) complex array of the caller's own)
    """
    if signal.ndim != 1:
        raise ValueError(f"expected a mono signal of shape (n,), not {signal.shape}")
    taper = _frame_window(window, n_fft)
    if signal.dtype != np.float64:
        taper = taper.astype(np.float32)
    buffer = np.empty((block_frames, n_fft), dtype=taper.dtype)
    for begin, frames in frame_blocks(
        signal, frame_length=n_fft, hop=hop, centre=centre, pad=pad, block_frames=block_frames, first=first, last=last
    ):
        windowed = np.multiply(frames, taper, out=buffer[: len(frames)])
        yield begin, scipy.fft.rfft(windowed, overwrite_x=True)


def power_blocks(
    signal: FloatArray,
    *,
    n_fft: int = 2048,
    hop: int = 512,
    window: str | FloatArray = "hann",
    centre: bool = True,
    pad: PadMode = "constant",
    block_frames: int = BLOCK_FRAMES,
    first: int = 0,
    last: int | None = None,
) -> Iterator[tuple[int, FloatArray]]:
    """Walk through the power spectrogram (squared magnitude of `stft`) in blocks; the arguments are those of `stft_blocks`.

    The yielded (m, bins) block is a reused buffer: take what you need before the next one.
    """
    power = scratch = None
    for begin, block in stft_blocks(
        signal, n_fft=n_fft, hop=hop, window=window, centre=centre, pad=pad, block_frames=block_frames, first=first, last=last
    ):
        if power is None or scratch is None:
            power, scratch = np.empty_like(block.real), np.empty_like(block.real)
        rows = len(block)
        yield begin, squared_magnitude(block, out=power[:rows], scratch=scratch[:rows])


def squared_magnitude(spectrum: ComplexArray, *, out: FloatArray | None = None, scratch: FloatArray | None = None) -> FloatArray:
    """Square the magnitude of a complex matrix without the square root that `abs` takes (twice as fast)."""
    out = np.multiply(spectrum.real, spectrum.real, out=out)
    scratch = np.multiply(spectrum.imag, spectrum.imag, out=scratch)
    return np.add(out, scratch, out=out)


def power_spectrogram(
    signal: FloatArray,
    *,
    n_fft: int = 2048,
    hop: int = 512,
    window: str | FloatArray = "hann",
    centre: bool = True,
    pad: PadMode = "constant",
) -> FloatArray:
    """Compute the squared magnitudes of `stft`: (frames, n_fft // 2 + 1) float32."""
    frames = frame_count(signal.shape[0], frame_length=n_fft, hop=hop, centre=centre)
    out = np.empty((frames, n_fft // 2 + 1), dtype=np.float64 if signal.dtype == np.float64 else np.float32)
    for first, block in power_blocks(signal, n_fft=n_fft, hop=hop, window=window, centre=centre, pad=pad):
        out[first : first + len(block)] = block
    return out


def istft(spectrum: ComplexArray, *, length: int, hop: int = 512, window: str | FloatArray = "hann", centre: bool = True) -> FloatArray:
    """Turn a short-time Fourier transform back into a signal.

    Parameters
    ----------
    spectrum : (frames, n_fft // 2 + 1) complex, as `stft` gives it, possibly modified
    length : samples of the result; those beyond the last frame are zero
    hop, window, centre : as they were for `stft`

    Returns
    -------
    (length,) float32 (float64 for complex128); equal to the analysed signal to rounding when the spectrum was not modified.
    Samples no window reaches (the first one when not centred: a Hann window starts at zero) are zero.

    Examples
    --------
    >>> x = np.random.default_rng(0).standard_normal(5000)
    >>> bool(np.allclose(istft(stft(x), length=5000), x, atol=1e-12))
    True
    """
    frames, bins = spectrum.shape
    n_fft = 2 * (bins - 1)
    taper = _frame_window(window, n_fft).astype(spectrum.real.dtype)
    # The result is laid out as rows of one hop; a frame covers `overlap` rows, so overlap-add is `overlap` shifted matrix additions.
    overlap = -(-n_fft // hop)
    rows = np.zeros((frames + overlap, hop), dtype=taper.dtype)
    weight = np.zeros_like(rows)
    squared = np.zeros(overlap * hop, dtype=taper.dtype)
    squared[:n_fft] = taper * taper
    for r in range(overlap):
        weight[r : r + frames] += squared[r * hop : (r + 1) * hop]
    for begin in range(0, frames, BLOCK_FRAMES):
        block = scipy.fft.irfft(spectrum[begin : begin + BLOCK_FRAMES], n=n_fft)
        block *= taper
        count = len(block)
        for r in range(overlap):
            part = block[:, r * hop : (r + 1) * hop]
            rows[begin + r : begin + r + count, : part.shape[1]] += part
    np.divide(rows, weight, out=rows, where=weight > np.finfo(taper.dtype).eps * weight.max(initial=0.0))
    offset = n_fft // 2 if centre else 0
    whole = rows.reshape(-1)[offset : offset + length]
    if len(whole) == length:
        return whole
    return np.pad(whole, (0, length - len(whole)))


@lru_cache(maxsize=32)
def _named_window(name: str, length: int) -> FloatArray:
    samples = window_samples(name, length)
    samples.flags.writeable = False
    return samples


def _frame_window(window: str | FloatArray, n_fft: int) -> FloatArray:
    if n_fft < 2 or n_fft % 2:
        raise ValueError(f"n_fft must be even and at least 2, not {n_fft}")
    if isinstance(window, str):
        return _named_window(window, n_fft)
    samples = np.asarray(window, dtype=np.float64)
    if samples.ndim != 1 or len(samples) > n_fft:
        raise ValueError(f"a window must be one-dimensional and at most n_fft={n_fft} long, not of shape {samples.shape}")
    left = (n_fft - len(samples)) // 2
    return np.pad(samples, (left, n_fft - len(samples) - left))
