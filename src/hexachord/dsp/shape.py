"""The outline of each frame: its level, and where and how widely its spectrum lies.

One number per frame for what the ear calls loud, bright, wide or noisy. Peeters, *A large set of audio features for sound description*,
IRCAM, 2004; Müller, *Fundamentals of Music Processing* (FMP), §1.3.3 (level), §6.1.1 (energy).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.frames import frame_blocks, frame_count, padded_slice
from hexachord.dsp.stft import fft_frequencies_hz, power_blocks

_BLOCK_SAMPLES = 1 << 20
_POWER_FLOOR = 1e-10  # keeps the geometric mean of a spectrum with empty bins finite


@dataclass(frozen=True)
class SpectralShape:
    """Per frame, each (frames,) float32; zeros where a frame is silent.

    Parameters
    ----------
    centroid_hz : centre of mass of the magnitude spectrum: brightness
    bandwidth_hz : standard deviation around it
    rolloff_hz : frequency below which 85 % of the magnitude lies
    flatness : geometric over arithmetic mean of the power: 0 for a tone, 1 for white noise
    """

    centroid_hz: Float32Array
    bandwidth_hz: Float32Array
    rolloff_hz: Float32Array
    flatness: Float32Array


def rms(signal: FloatArray, *, frame_length: int = 2048, hop: int = 512) -> Float32Array:
    """Measure the level of each frame: the root of the mean square of its samples.

    Parameters
    ----------
    signal : (n,) mono float array or memory map
    frame_length, hop : in samples; frames are centred and not windowed

    Returns
    -------
    (frames,) float32

    Examples
    --------
    >>> rms(np.ones(8), frame_length=4, hop=2)
    array([0.70710677, 1.        , 1.        , 1.        , 0.70710677],
          dtype=float32)
    """
    frames = frame_count(signal.shape[0], frame_length=frame_length, hop=hop)
    out = np.empty(frames, dtype=np.float32)
    if frame_length % (2 * hop):
        for first, block in frame_blocks(signal, frame_length=frame_length, hop=hop):
            out[first : first + len(block)] = np.sqrt(np.einsum("ij,ij->i", block, block) / frame_length)
        return out
    # Frames are whole numbers of hops: square each sample once and add up the hops.
    per_frame = frame_length // hop
    step = max(_BLOCK_SAMPLES // hop, 1)
    for first in range(0, frames, step):
        count = min(step, frames - first)
        start = first * hop - frame_length // 2
        hops = padded_slice(signal, start, start + (count - 1 + per_frame) * hop).reshape(-1, hop)
        energy = np.einsum("ij,ij->i", hops, hops).astype(np.float64)
        # Each sum starts afresh instead of sliding along, so that rounding does not build up.
        out[first : first + count] = np.sqrt(sum(energy[k : k + count] for k in range(per_frame)) / frame_length)
    return out


def zero_crossing_rate(signal: FloatArray, *, frame_length: int = 2048, hop: int = 512) -> Float32Array:
    """Count the changes of sign per sample in each centred frame: (frames,) float32, high for noise and hiss."""
    out = np.empty(frame_count(signal.shape[0], frame_length=frame_length, hop=hop), dtype=np.float32)
    for first, block in frame_blocks(signal, frame_length=frame_length, hop=hop, pad="edge"):
        negative = block < 0
        out[first : first + len(block)] = np.count_nonzero(negative[:, 1:] != negative[:, :-1], axis=1) / frame_length
    return out


def spectral_centroid_hz(magnitude: FloatArray, *, rate_hz: float) -> Float32Array:
    """Find the centre of mass of each magnitude spectrum (frames, n_fft // 2 + 1), in Hz; zero for silence."""
    hz = fft_frequencies_hz(rate_hz=rate_hz, n_fft=2 * (magnitude.shape[1] - 1))
    moments = magnitude @ np.stack([np.ones_like(hz), hz], axis=1).astype(magnitude.dtype)
    return _ratio(moments[:, 1], moments[:, 0])


def shape_of_power(power: FloatArray, *, rate_hz: float, rolloff: float = 0.85) -> SpectralShape:
    """Describe each spectrum of a power spectrogram (frames, n_fft // 2 + 1)."""
    bins = power.shape[1]
    nyquist_hz = rate_hz / 2
    magnitude = np.sqrt(power)
    # Frequencies from 0 to 1, so that the second moment keeps its digits in single precision.
    position = np.linspace(0.0, 1.0, bins, dtype=magnitude.dtype)
    moments = magnitude @ np.stack([np.ones_like(position), position, position**2], axis=1)
    centre = _ratio(moments[:, 1], moments[:, 0])
    spread = np.sqrt(np.maximum(_ratio(moments[:, 2], moments[:, 0]) - centre**2, 0.0))
    below = np.cumsum(magnitude, axis=1)
    edge = np.argmax(below >= rolloff * below[:, -1:], axis=1)
    floored = np.maximum(power, np.asarray(_POWER_FLOOR, dtype=power.dtype))
    mean = floored.mean(axis=1)
    flatness = np.exp(np.log(floored, out=floored).mean(axis=1)) / mean
    heard = moments[:, 0] > 0
    return SpectralShape(
        (centre * nyquist_hz).astype(np.float32),
        (spread * nyquist_hz).astype(np.float32),
        (edge * (nyquist_hz / (bins - 1))).astype(np.float32),
        np.where(heard, flatness, 0.0).astype(np.float32),
    )


def spectral_shape(signal: FloatArray, *, rate_hz: float, n_fft: int = 2048, hop: int = 512) -> SpectralShape:
    """Describe the spectrum of each frame of a mono signal.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050)
    >>> round(float(spectral_shape(tone, rate_hz=22050).centroid_hz[20]))
    1000
    """
    parts = [shape_of_power(power, rate_hz=rate_hz) for _, power in power_blocks(signal, n_fft=n_fft, hop=hop)]
    return join_shapes(parts)


def join_shapes(parts: list[SpectralShape]) -> SpectralShape:
    """Put the shapes of successive blocks one after another."""
    empty = [np.zeros(0, dtype=np.float32)]
    names = ("centroid_hz", "bandwidth_hz", "rolloff_hz", "flatness")
    return SpectralShape(*(np.concatenate([getattr(part, name) for part in parts] or empty) for name in names))


def _ratio(above: FloatArray, below: FloatArray) -> Float32Array:
    return np.divide(above, below, out=np.zeros(len(above), dtype=np.float32), where=below > 0, casting="same_kind")
