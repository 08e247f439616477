"""How strongly each pitch sounds: a spectrogram explained as a sum of known tones.

Every frame's spectrum is written as a non-negative mixture of templates, the spectra of single tones of each pitch, learnt beforehand
from recorded pianos and other instruments. Only the amounts are found, by multiplicative updates for the Kullback-Leibler divergence
(Lee & Seung, *Algorithms for non-negative matrix factorization*, NIPS 2000; Smaragdis & Brown, *Non-negative matrix factorization for
polyphonic music transcription*, WASPAA 2003; Müller, *Fundamentals of Music Processing*, §8.3). Templates of the attack and of the ringing
tone are separate, as in Cheng, Mauch, Benetos & Dixon (*An attack/decay model for piano transcription*, ISMIR 2016).
"""

from functools import lru_cache

import numpy as np
import scipy.fft

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.frames import frame_blocks, frame_count
from hexachord.dsp.nmf import nmf
from hexachord.dsp.stft import fft_frequencies_hz, window_samples

RATE_HZ = 22_050  # the templates hold for this rate and these sizes
WINDOW = 4096
HOP = 512
LOWEST_PITCH = 21
PITCHES = 88
_UPDATES = 25
_LINEAR_HZ = 1500.0  # below, every bin of the transform is kept; above, bins are gathered in quarter-tones
_HIGHEST_HZ = 9000.0
_SKIPPED_BINS = 4  # below 21 Hz nothing is a note


@lru_cache(maxsize=1)
def spectrum_filters() -> Float32Array:
    """Filters from the bins of the transform to those of the note spectrum, (WINDOW // 2 + 1, bins)."""
    hz = fft_frequencies_hz(rate_hz=RATE_HZ, n_fft=WINDOW)
    linear = int(_LINEAR_HZ / (RATE_HZ / WINDOW))
    corners = _LINEAR_HZ * 2.0 ** (np.arange(64) / 24)
    corners = corners[corners < _HIGHEST_HZ]
    filters = np.zeros((len(hz), linear + len(corners) - 2), dtype=np.float32)
    kept = np.arange(_SKIPPED_BINS, linear)
    filters[kept, kept] = 1.0
    for number in range(1, len(corners) - 1):
        low, centre, high = corners[number - 1 : number + 2]
        triangle = np.clip(np.minimum((hz - low) / (centre - low), (high - hz) / (high - centre)), 0.0, None)
        filters[:, linear + number - 1] = triangle / np.linalg.norm(triangle)
    return filters[:, _SKIPPED_BINS:]


@lru_cache(maxsize=1)
def spectrum_frequencies_hz() -> FloatArray:
    """Centre of each bin of the note spectrum in Hz."""
    filters = spectrum_filters()
    hz = fft_frequencies_hz(rate_hz=RATE_HZ, n_fft=WINDOW)
    return np.asarray(hz @ filters / filters.sum(axis=0))


def note_spectrum(signal: FloatArray) -> Float32Array:
    """Compute the magnitude spectrogram that the templates are made for.

    Parameters
    ----------
    signal : (n,) mono at `RATE_HZ`

    Returns
    -------
    (1 + n // HOP, bins) float32; a full-scale sine gives 1 at its peak
    """
    filters = spectrum_filters()
    window = window_samples("hann", WINDOW).astype(np.float32)
    out = np.zeros((frame_count(signal.shape[0], frame_length=WINDOW, hop=HOP), filters.shape[1]), dtype=np.float32)
    for first, block in frame_blocks(signal, frame_length=WINDOW, hop=HOP):
        magnitude = np.abs(scipy.fft.rfft(block.astype(np.float32, copy=False) * window, axis=1))
        out[first : first + len(block)] = magnitude @ filters
    out *= 4.0 / WINDOW
    return out


def activate(spectrum: Float32Array, templates: Float32Array, *, updates: int = _UPDATES) -> Float32Array:
    """Explain spectra as mixtures of templates.

    Parameters
    ----------
    spectrum : (frames, bins)
    templates : (count, bins), each of unit sum
    updates : multiplicative updates; the divergence falls with every one

    Returns
    -------
    (frames, count) non-negative amounts

    Examples
    --------
    >>> templates = np.eye(3, 5, dtype=np.float32) + 0.01
    >>> amounts = np.array([[1.0, 0.0, 2.0]], dtype=np.float32)
    >>> activate(amounts @ templates, templates, updates=200).round(2)
    array([[1., 0., 2.]], dtype=float32)
    """
    return nmf(spectrum, templates, fixed=True, normalise=False, updates=updates).activations.astype(np.float32, copy=False)
