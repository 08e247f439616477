"""Recursive filters by Fourier transform, block by block: for measuring, where only the sound counts and not the delay.

A filter whose memory is short against a block can be applied by multiplying spectra: each block brings along as much of the past as the
filter remembers, and what wraps around falls into that part and is dropped (overlap-save; Oppenheim and Schafer, *Discrete-Time Signal
Processing*, §8.7).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import scipy.fft

from hexachord.arrays import ComplexArray, Float64Array, FloatArray
from hexachord.dsp.frames import padded_slice

_BLOCK = 1 << 17


def sections_response(sections: FloatArray, *, points: int) -> ComplexArray:
    """Evaluate second-order sections (m, 6) at `points` frequencies from 0 to half the rate."""
    z = np.exp(-1j * np.pi * np.arange(points) / (points - 1))
    powers = np.stack([np.ones_like(z), z, z * z])
    return np.asarray(np.prod((sections[:, :3] @ powers) / (sections[:, 3:] @ powers), axis=0))


def filtered_blocks(signal: FloatArray, filters: Sequence[FloatArray], *, memory: int) -> Iterator[tuple[int, list[Float64Array]]]:
    """Walk through a signal filtered in several ways at once.

    Parameters
    ----------
    signal : (n,) array or memory map
    filters : second-order sections (m, 6) of each filter
    memory : samples after which every filter's response has died away

    Yields
    ------
    (position of the block's first sample, the block through each filter, float64)
    """
    size = _BLOCK
    while size < 2 * memory:
        size *= 2
    responses = [sections_response(sections, points=size // 2 + 1) for sections in filters]
    step = size - memory
    for start in range(0, len(signal), step):
        stop = min(start + step, len(signal))
        block = padded_slice(signal, start - memory, start + step).astype(np.float64)
        spectrum = scipy.fft.rfft(block)
        yield start, [scipy.fft.irfft(spectrum * response, size)[memory : memory + stop - start] for response in responses]
