"""A melody taken out of a recording, and what is left: spectral masks around the harmonics of its fundamental frequency.

Müller, *Fundamentals of Music Processing* (FMP), §8.2.3.3. To hear a pitch track by itself: `hexachord.dsp.tones.sonify_pitch`.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, FloatArray
from hexachord.dsp.stft import istft, stft_blocks


class MelodyParts(NamedTuple):
    """Two signals (n,) that sum up to the recording."""

    melody: Float32Array
    accompaniment: Float32Array


def harmonic_mask(f0_hz: FloatArray, *, rate_hz: float, n_fft: int, harmonics: int = 20, reach_cents: float = 50.0) -> BoolArray:
    """Mark the bins of a spectrogram that belong to a melody. FMP §8.2.3.3.

    Parameters
    ----------
    f0_hz : (frames,) fundamental frequency; 0, negative or NaN where there is none
    rate_hz, n_fft : of the spectrogram
    harmonics : how many, the fundamental first
    reach_cents : a harmonic's bins lie at most this far from it; the nearest bin always belongs, for in the bass a bin is wider

    Returns
    -------
    (frames, n_fft // 2 + 1)

    Examples
    --------
    >>> harmonic_mask(np.array([200.0, 0.0]), rate_hz=1600, n_fft=16, harmonics=3).astype(int)
    array([[0, 0, 1, 0, 1, 0, 1, 0, 0],
           [0, 0, 0, 0, 0, 0, 0, 0, 0]])
    """
    track = np.asarray(f0_hz, dtype=np.float64)
    if track.ndim != 1:
        raise ValueError(f"expected one frequency per frame, (frames,), not {track.shape}")
    bins = n_fft // 2 + 1
    voiced = np.flatnonzero(np.isfinite(track) & (track > 0))
    change = np.zeros((len(track), bins + 1), dtype=np.int32)  # +1 where a harmonic's bins begin, -1 after they end
    factor = 2.0 ** (reach_cents / 1200)
    for number in range(1, harmonics + 1):
        place = number * track[voiced] * n_fft / rate_hz
        heard = place <= bins - 1
        nearest = np.rint(place[heard])
        first = np.minimum(np.ceil(place[heard] / factor - 1e-9), nearest).astype(np.int64)
        last = np.maximum(np.floor(place[heard] * factor + 1e-9), nearest).astype(np.int64)
        rows = voiced[heard]
        np.add.at(change, (rows, first), 1)
        np.add.at(change, (rows, np.minimum(last + 1, bins)), -1)
    return np.asarray(np.cumsum(change[:, :bins], axis=1) > 0)


def separate_melody(
    signal: FloatArray,
    f0_hz: FloatArray,
    *,
    hop_s: float,
    rate_hz: float,
    n_fft: int = 2048,
    hop: int = 512,
    harmonics: int = 20,
    reach_cents: float = 50.0,
) -> MelodyParts:
    """Split a recording into melody and accompaniment, knowing the melody's pitch. FMP §8.2.3.3.

    Parameters
    ----------
    signal : (n,) mono
    f0_hz : (frames,) at `i * hop_s` seconds; 0 where there is no melody
    hop_s : seconds from one value of `f0_hz` to the next
    rate_hz, n_fft, hop : of the signal and of the spectrogram that is masked
    harmonics, reach_cents : see `harmonic_mask`

    Returns
    -------
    MelodyParts

    Examples
    --------
    >>> time_s = np.arange(22050) / 22050
    >>> voice, bass = np.sin(2 * np.pi * 700 * time_s), np.sin(2 * np.pi * 100 * time_s)
    >>> parts = separate_melody((voice + bass).astype(np.float32), np.full(100, 700.0), hop_s=0.01, rate_hz=22050)
    >>> bool(np.abs(parts.melody - voice)[4000:-4000].max() < 0.02), bool(np.abs(parts.accompaniment - bass)[4000:-4000].max() < 0.02)
    (True, True)
    """
    track = np.asarray(f0_hz, dtype=np.float64)
    n = signal.shape[0]
    blocks = []
    for first, block in stft_blocks(np.asarray(signal, dtype=np.float32), n_fft=n_fft, hop=hop):
        at = np.rint((first + np.arange(len(block))) * hop / rate_hz / hop_s).astype(np.int64)
        here = np.where(at < len(track), track[np.minimum(at, len(track) - 1)], 0.0) if len(track) else np.zeros(len(block))
        blocks.append(block * harmonic_mask(here, rate_hz=rate_hz, n_fft=n_fft, harmonics=harmonics, reach_cents=reach_cents))
    melody = np.asarray(istft(np.concatenate(blocks), length=n, hop=hop), dtype=np.float32) if blocks else np.zeros(n, dtype=np.float32)
    return MelodyParts(melody=melody, accompaniment=np.asarray(signal - melody, dtype=np.float32))
