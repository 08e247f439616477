"""What networks are shown: spectra in decibels, one byte a value, the same bytes in training and in use.

A feature is a frozen definition: rate, hop, bins, range. Training renders it into a cache, an engine computes it from a recording, both by
`log_feature` and `quantise`, so a network never meets numbers that it was not trained on. A byte is a step of 0.4 dB over 102 dB: finer
than a listener hears (about 1 dB), and coarser than any change that ought to matter. Müller, *Fundamentals of Music Processing*, §1.3.3
(decibels) and §3.1.1 (log-frequency).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float32Array, FloatArray, UInt8Array
from hexachord.dsp.constantq import C1_HZ, ConstantQ, cqt_magnitude
from hexachord.dsp.frames import frame_count
from hexachord.dsp.mel import mel_from_power, mel_spectrogram, power_to_db
from hexachord.dsp.stft import power_blocks

LEVELS = 255  # steps of a byte


@dataclass(frozen=True, kw_only=True)
class LogMel:
    """Mel power in dB (see `hexachord.dsp.mel.mel_spectrogram`).

    Parameters
    ----------
    rate_hz : of the signal; the hop of 441 samples at 22050 Hz makes 50 frames a second
    hop, n_fft : in samples
    bands, low_hz, high_hz : of the mel filters
    low_db, step_db : what byte 0 stands for (and everything softer), and what the next one is more: up to 42 dB by default, a
        full-scale sine; loud recordings reach 36
    """

    rate_hz: int = 22050
    hop: int = 441
    n_fft: int = 2048
    bands: int = 128
    low_hz: float = 30.0
    high_hz: float = 11000.0
    low_db: float = -60.0
    step_db: float = 0.4

    @property
    def bins(self) -> int:
        """Columns of the feature."""
        return self.bands

    @property
    def hop_s(self) -> float:
        """Seconds from one frame to the next."""
        return self.hop / self.rate_hz


@dataclass(frozen=True, kw_only=True)
class LogConstantQ:
    """Constant-Q magnitude in dB (see `hexachord.dsp.constantq`), bins from C1 upwards at A4 = 440 Hz.

    Parameters
    ----------
    rate_hz : of the signal; the hop of 1024 samples at 22050 Hz makes 21.5 frames a second
    hop : in samples; each factor of two in it makes it faster
    octaves, bins_per_octave, fmin_hz, gamma_hz : of the bins
    low_db, step_db : what byte 0 stands for (and everything softer), and what the next one is more: up to 36 dB by default, a sine
        near full scale in the deep bass; loud recordings reach 22
    """

    rate_hz: int = 22050
    hop: int = 1024
    octaves: int = 8
    bins_per_octave: int = 36
    fmin_hz: float = C1_HZ
    gamma_hz: float = 0.0
    low_db: float = -66.0
    step_db: float = 0.4

    @property
    def bins(self) -> int:
        """Columns of the feature."""
        return self.octaves * self.bins_per_octave

    @property
    def hop_s(self) -> float:
        """Seconds from one frame to the next."""
        return self.hop / self.rate_hz

    @property
    def transform(self) -> ConstantQ:
        """The transform itself; its `frequencies_hz` are the centres of the bins."""
        return ConstantQ(
            rate_hz=float(self.rate_hz),
            hop=self.hop,
            fmin_hz=self.fmin_hz,
            bins=self.bins,
            bins_per_octave=self.bins_per_octave,
            gamma_hz=self.gamma_hz,
        )


Feature = LogMel | LogConstantQ


def feature_frames(feature: Feature, samples: int) -> int:
    """Count the frames that a signal of so many samples has.

    Examples
    --------
    >>> feature_frames(LogMel(), 22050), feature_frames(LogConstantQ(), 22050)
    (51, 22)
    """
    return frame_count(samples, frame_length=1, hop=feature.hop)


def log_feature(signal: FloatArray, feature: Feature) -> Float32Array:
    """Compute a feature of a mono signal in dB.

    Parameters
    ----------
    signal : (n,) float array at the feature's own rate
    feature : what to compute

    Returns
    -------
    (frames, bins) float32, not yet limited to the feature's range; frame `i` is centred on ``i * feature.hop_s`` seconds

    Raises
    ------
    ValueError : if the signal is not mono, or a bin lies beyond half the rate.
    """
    if isinstance(feature, LogMel):
        power = mel_spectrogram(
            signal,
            rate_hz=feature.rate_hz,
            n_fft=feature.n_fft,
            hop=feature.hop,
            bands=feature.bands,
            low_hz=feature.low_hz,
            high_hz=feature.high_hz,
        )
    else:
        power = cqt_magnitude(signal, feature.transform)
        np.square(power, out=power)
    return np.asarray(power_to_db(power), dtype=np.float32)


def quantise(decibels: FloatArray, feature: Feature) -> UInt8Array:
    """Turn decibels into bytes: the nearest step, clipped to the feature's range.

    Examples
    --------
    >>> quantise(np.array([-200.0, -60.0, -59.5, 0.0, 99.0]), LogMel())
    array([  0,   0,   1, 150, 255], dtype=uint8)
    """
    steps = np.asarray(decibels, dtype=np.float32) - np.float32(feature.low_db)
    steps /= np.float32(feature.step_db)
    np.clip(np.rint(steps, out=steps), 0, LEVELS, out=steps)
    return steps.astype(np.uint8)


def dequantise(steps: UInt8Array, feature: Feature) -> Float32Array:
    """Turn bytes into decibels; within the range no further than half a step from what was quantised.

    Examples
    --------
    >>> dequantise(np.array([0, 150, 255], dtype=np.uint8), LogMel())
    array([-60.,   0.,  42.], dtype=float32)
    """
    return np.asarray(steps.astype(np.float32) * np.float32(feature.step_db) + np.float32(feature.low_db), dtype=np.float32)


def feature_bytes(signal: FloatArray, feature: Feature) -> UInt8Array:
    """Compute a feature of a mono signal as bytes, (frames, bins) uint8: what the cache holds and the networks read.

    A mel spectrogram is made block by block: two hours of a memory-mapped signal need no more memory than their bytes.
    """
    if not isinstance(feature, LogMel):
        return quantise(log_feature(signal, feature), feature)
    out = np.empty((feature_frames(feature, signal.shape[0]), feature.bands), dtype=np.uint8)
    for first, power in power_blocks(signal, n_fft=feature.n_fft, hop=feature.hop):
        bands = mel_from_power(power, rate_hz=feature.rate_hz, bands=feature.bands, low_hz=feature.low_hz, high_hz=feature.high_hz)
        out[first : first + len(power)] = quantise(power_to_db(bands), feature)
    return out
