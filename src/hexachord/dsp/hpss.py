"""Harmonic and percussive parts: ridges along time against ridges along frequency.

In a spectrogram a held tone is a horizontal line and a drum stroke a vertical one. A median filter along time erases the strokes, one
along frequency erases the tones; the two filtered spectrograms say how to share out each cell. Fitzgerald, "Harmonic/percussive
separation using median filtering", DAFx 2010; Driedger, Müller & Disch, "Extending harmonic-percussive separation of audio signals"
(the margin, which leaves a residual), ISMIR 2014; Müller, *Fundamentals of Music Processing* (FMP), §8.1.

The filters are one-dimensional. Rows are padded, laid end to end, filtered as one long line and cut apart again (what runs across a
seam falls on padding): scipy's one-dimensional rank filter is an order of magnitude faster than its two-dimensional one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import ComplexArray, Float32Array, FloatArray
from hexachord.dsp.frames import frame_count
from hexachord.dsp.stft import istft, stft_blocks

_BLOCK_CELLS = 1 << 18  # cells filtered at a time: 1 MB of float32 stays in cache


@dataclass(frozen=True, kw_only=True)
class HpssOptions:
    """How the spectrogram is shared out.

    Attributes
    ----------
    harmonic_frames : length of the median along time, in frames (odd)
    percussive_bins : length of the median along frequency, in bins (odd)
    power : exponent of the soft masks; 2 is Wiener-like
    harmonic_margin, percussive_margin : how many times stronger one side must be to win a cell; above 1 a residual stays that is neither
    """

    harmonic_frames: int = 31
    percussive_bins: int = 31
    power: float = 2.0
    harmonic_margin: float = 1.0
    percussive_margin: float = 1.0


def harmonic_percussive_masks(magnitude: FloatArray, *, options: HpssOptions = HpssOptions()) -> tuple[FloatArray, FloatArray]:
    """Compute the soft masks that take a spectrogram apart.

    Parameters
    ----------
    magnitude : (frames, bins) non-negative
    options : see `HpssOptions`

    Returns
    -------
    harmonic, percussive : (frames, bins) in [0, 1]. With both margins 1 they sum to 1 in every cell; equal to librosa 0.11's
    `decompose.hpss(..., mask=True)`.
    """
    if magnitude.ndim != 2:
        raise ValueError(f"expected a spectrogram of shape (frames, bins), not {magnitude.shape}")
    if options.harmonic_margin < 1 or options.percussive_margin < 1:
        raise ValueError(f"margins are 1 or more, not {options.harmonic_margin} and {options.percussive_margin}")
    if magnitude.dtype.kind != "f":
        magnitude = magnitude.astype(np.float32)
    lasting = median_along_time(magnitude, size=options.harmonic_frames)
    sudden = median_along_frequency(magnitude, size=options.percussive_bins)
    plain = options.harmonic_margin == 1 and options.percussive_margin == 1
    rows = max(1, _BLOCK_CELLS // max(1, magnitude.shape[1]))
    for first in range(0, magnitude.shape[0], rows):
        block = slice(first, first + rows)
        harmonic, percussive = lasting[block], sudden[block]
        if plain:
            share = _soft_mask(harmonic, percussive, options.power, empty=0.5)
            lasting[block] = share
            np.subtract(1.0, share, out=sudden[block])
        else:
            share = _soft_mask(harmonic, percussive * options.harmonic_margin, options.power, empty=0.0)
            sudden[block] = _soft_mask(percussive, harmonic * options.percussive_margin, options.power, empty=0.0)
            lasting[block] = share
    return lasting, sudden


def harmonic_percussive(
    spectrum: FloatArray | ComplexArray, *, options: HpssOptions = HpssOptions()
) -> tuple[FloatArray | ComplexArray, FloatArray | ComplexArray]:
    """Split a spectrogram into its harmonic and its percussive part.

    Parameters
    ----------
    spectrum : (frames, bins) complex STFT, or magnitudes
    options : see `HpssOptions`

    Returns
    -------
    harmonic, percussive : of the shape and type of `spectrum`. With both margins 1 they sum to it.

    Examples
    --------
    >>> magnitude = np.full((60, 60), 0.01); magnitude[:, 20] = 1.0; magnitude[30, :] = 1.0
    >>> harmonic, percussive = harmonic_percussive(magnitude)
    >>> bool(harmonic[5, 20] > 0.99), bool(percussive[30, 5] > 0.99), bool(np.allclose(harmonic + percussive, magnitude))
    (True, True, True)
    """
    harmonic, percussive = harmonic_percussive_masks(np.abs(spectrum), options=options)
    return spectrum * harmonic, spectrum * percussive


def separate_harmonic_percussive(
    signal: FloatArray, *, n_fft: int = 2048, hop: int = 512, options: HpssOptions = HpssOptions(), block_frames: int = 4096
) -> tuple[Float32Array, Float32Array]:
    """Split a signal into its harmonic and its percussive part.

    Parameters
    ----------
    signal : (n,) samples
    n_fft, hop : of the STFT in between
    options : see `HpssOptions`
    block_frames : frames worked on at a time; memory grows with it, the result does not depend on it

    Returns
    -------
    harmonic, percussive : (n,) float32. With both margins 1 they sum to the signal to rounding.
    """
    blocks = harmonic_percussive_blocks(signal, n_fft=n_fft, hop=hop, options=options, block_frames=block_frames)
    harmonic, percussive = np.zeros(signal.shape[0], dtype=np.float32), np.zeros(signal.shape[0], dtype=np.float32)
    for first, lasting, sudden in blocks:
        harmonic[first : first + lasting.shape[0]] = lasting
        percussive[first : first + sudden.shape[0]] = sudden
    return harmonic, percussive


def harmonic_percussive_blocks(
    signal: FloatArray, *, n_fft: int = 2048, hop: int = 512, options: HpssOptions = HpssOptions(), block_frames: int = 4096
) -> Iterator[tuple[int, Float32Array, Float32Array]]:
    """Walk through `separate_harmonic_percussive` in blocks of bounded memory (a memory-mapped signal is read piece by piece).

    Yields
    ------
    (first sample, harmonic, percussive) : consecutive pieces that make up the whole
    """
    frames = frame_count(signal.shape[0], frame_length=n_fft, hop=hop)
    context = options.harmonic_frames // 2
    overlap = -(-n_fft // hop)  # a sample lies in this many frames
    for first in range(0, frames, block_frames):
        last = min(first + block_frames, frames)
        inner = (max(0, first - overlap), min(frames, last + overlap))  # frames whose masks are needed
        outer = (max(0, inner[0] - context), min(frames, inner[1] + context))  # frames the median along time looks at
        parts = [block for _, block in stft_blocks(signal, n_fft=n_fft, hop=hop, first=outer[0], last=outer[1])]
        spectrum = np.concatenate(parts)
        del parts
        harmonic, percussive = harmonic_percussive_masks(np.abs(spectrum), options=options)
        keep = slice(inner[0] - outer[0], inner[1] - outer[0])
        start, stop = first * hop, signal.shape[0] if last == frames else last * hop
        skip = start - inner[0] * hop
        masked = spectrum[keep] * harmonic[keep]
        lasting = istft(masked, length=stop - inner[0] * hop, hop=hop)[skip:]
        if options.harmonic_margin == 1 and options.percussive_margin == 1:
            # what is not harmonic is percussive: one inverse transform saved, and an exact sum
            sudden: FloatArray = signal[start:stop] - lasting
        else:
            np.multiply(spectrum[keep], percussive[keep], out=masked)
            sudden = istft(masked, length=stop - inner[0] * hop, hop=hop)[skip:]
        yield start, lasting.astype(np.float32, copy=False), sudden.astype(np.float32, copy=False)


def median_along_time(matrix: FloatArray, *, size: int) -> FloatArray:
    """Take the median over `size` frames, centred, of every column; the matrix is mirrored at its ends.

    Examples
    --------
    >>> median_along_time(np.array([[0.0], [9.0], [1.0], [2.0]]), size=3).ravel()
    array([0., 1., 2., 2.])
    """
    frames, bins = matrix.shape
    out = np.empty_like(matrix)
    columns = max(1, _BLOCK_CELLS // max(1, frames))
    for first in range(0, bins, columns):
        block = slice(first, first + columns)
        out[:, block] = _median_rows(np.ascontiguousarray(matrix[:, block].T), size).T
    return out


def median_along_frequency(matrix: FloatArray, *, size: int) -> FloatArray:
    """Take the median over `size` bins, centred, of every frame; the matrix is mirrored at its ends."""
    frames, bins = matrix.shape
    out = np.empty_like(matrix)
    rows = max(1, _BLOCK_CELLS // max(1, bins))
    for first in range(0, frames, rows):
        block = slice(first, first + rows)
        out[block] = _median_rows(matrix[block], size)
    return out


def _median_rows(rows: FloatArray, size: int) -> FloatArray:
    from scipy import ndimage

    if size < 1 or size % 2 == 0:
        raise ValueError(f"a centred median has an odd length, not {size}")
    if size == 1 or rows.size == 0:
        return rows
    half = size // 2
    line = np.pad(rows, ((0, 0), (half, half)), mode="symmetric")
    filtered = ndimage.median_filter(line.reshape(-1), size=size, mode="constant")
    cut: FloatArray = filtered.reshape(line.shape)[:, half : half + rows.shape[1]]
    return cut


def _soft_mask(wanted: FloatArray, other: FloatArray, power: float, *, empty: float) -> FloatArray:
    """Share of `wanted` in `wanted ** power + other ** power`, scaled by the larger of the two so that nothing under- or overflows."""
    top = np.maximum(wanted, other)
    silent = top < np.finfo(top.dtype).tiny
    top[silent] = 1
    a, b = wanted / top, other / top
    if power == 2:
        np.multiply(a, a, out=a)
        np.multiply(b, b, out=b)
    else:
        np.power(a, power, out=a)
        np.power(b, power, out=b)
    np.add(a, b, out=b)
    b[silent] = 1
    np.divide(a, b, out=a)
    a[silent] = empty
    return a
