"""Chroma: how much of each of the twelve pitch classes sounds, whatever the octave.

Chroma follows harmony and melody and is blind to instrument and octave, which is why chord recognition, key finding, structure and
synchronisation all begin with it. Müller, *Fundamentals of Music Processing* (FMP), §3.1.2 (chroma, compression, normalisation), §7.2.1
(CENS); Ellis, *Chroma feature analysis and synthesis*, 2007 (from the STFT); Mauch and Dixon, *Approximate note transcription for the
improved identification of difficult chords*, ISMIR 2010 (a bass and a treble chroma).

Column 0 is C, always. (Some data, the Billboard chroma among them, begins at A: `np.roll(chroma, -3, axis=1)` brings C to the front.)
"""

from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.constantq import ConstantQ, cqt_magnitude
from hexachord.dsp.frames import frame_count
from hexachord.dsp.stft import fft_frequencies_hz, power_blocks
from hexachord.dsp.tuning import estimate_tuning

Norm = Literal["max", "l1", "l2", "none"]

_CENS_STEPS = (0.05, 0.1, 0.2, 0.4)
_CROSSOVER_LOW_MIDI, _CROSSOVER_HIGH_MIDI = 48.0, 60.0  # bass below C3, treble above C4, a cosine fade between


class ChromaPair(NamedTuple):
    """Chroma of the bass and of everything above it; each (frames, 12), column 0 is C."""

    bass: Float32Array
    treble: Float32Array


def normalise_chroma(chroma: FloatArray, *, norm: Norm = "max", threshold: float = 0.0) -> FloatArray:
    """Scale each frame to unit size, so that loudness no longer matters.

    Parameters
    ----------
    chroma : (frames, classes) non-negative
    norm : "max", "l1" (sum), "l2" (Euclidean) or "none"
    threshold : frames not larger than this become all zeros instead of amplified noise

    Examples
    --------
    >>> normalise_chroma(np.array([[3.0, 4.0], [0.0, 0.0]]), norm="l2")
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    if norm == "none":
        return chroma
    size = _size(chroma, norm)
    floor = max(threshold, float(np.finfo(chroma.dtype).tiny))
    return np.asarray(chroma * np.where(size > floor, 1.0 / np.maximum(size, floor), 0.0).astype(chroma.dtype))


def log_compress(values: FloatArray, *, gamma: float = 100.0) -> FloatArray:
    """Compress a dynamic range as hearing does: `log(1 + gamma * values)` (FMP §3.1.2)."""
    return np.asarray(np.log1p(gamma * values))


def chroma_from_cqt(magnitude: FloatArray, options: ConstantQ, *, norm: Norm = "max") -> Float32Array:
    """Fold a constant-Q magnitude spectrogram into chroma.

    Parameters
    ----------
    magnitude : (frames, bins), as `cqt_magnitude(signal, options)` gives it
    options : the transform's; `bins_per_octave` must be a multiple of 12
    norm : see `normalise_chroma`

    Returns
    -------
    (frames, 12) float32, column 0 is C
    """
    return _normalised(magnitude @ _fold(options), norm)


def bass_treble_chroma(magnitude: FloatArray, options: ConstantQ, *, norm: Norm = "max") -> ChromaPair:
    """Fold a constant-Q magnitude spectrogram into two chromas, one for the bass (below C3, fading out until C4) and one for the rest.

    Before normalisation the two sum to `chroma_from_cqt(..., norm="none")`.
    """
    fold = _fold(options)
    midi = 69.0 + 12.0 * np.log2(options.fmin_hz / 440.0) + 12.0 / options.bins_per_octave * np.arange(options.bins)
    way = np.clip((midi - _CROSSOVER_LOW_MIDI) / (_CROSSOVER_HIGH_MIDI - _CROSSOVER_LOW_MIDI), 0.0, 1.0)
    bass = (0.5 + 0.5 * np.cos(np.pi * way)).astype(np.float32)[:, None]
    both = magnitude @ np.hstack([fold * bass, fold * (1.0 - bass)])
    return ChromaPair(_normalised(both[:, :12], norm), _normalised(both[:, 12:], norm))


def chroma_cqt(
    signal: FloatArray, *, rate_hz: float, hop: int = 512, tuning_cents: float | None = None, octaves: int = 7, norm: Norm = "max"
) -> Float32Array:
    """Compute chroma from a constant-Q transform with three bins per semitone, from C1 upwards.

    Parameters
    ----------
    signal : (n,) mono float array or memory map
    rate_hz, hop : samples per second, samples from frame to frame
    tuning_cents : of the recording; estimated from it when None (a tenth of the whole cost)

    Returns
    -------
    (frames, 12) float32, column 0 is C

    Examples
    --------
    >>> t = np.arange(44100) / 22050
    >>> chord = sum(np.sin(2 * np.pi * hz * t) for hz in (261.63, 329.63, 392.0))
    >>> np.flatnonzero(chroma_cqt(chord, rate_hz=22050, tuning_cents=0.0)[40] > 0.5)  # C, E, G
    array([0, 4, 7])
    """
    if tuning_cents is None:
        tuning_cents = estimate_tuning(signal, rate_hz=rate_hz).cents
    options = ConstantQ(rate_hz=rate_hz, hop=hop, bins=36 * octaves, bins_per_octave=36, tuning_cents=tuning_cents)
    return chroma_from_cqt(cqt_magnitude(signal, options), options, norm=norm)


def chroma_stft(
    signal: FloatArray, *, rate_hz: float, n_fft: int = 2048, hop: int = 512, tuning_cents: float | None = None, norm: Norm = "max"
) -> Float32Array:
    """Compute chroma from the short-time Fourier transform: cheap, blurred in the bass.

    Parameters are those of `chroma_cqt`; `n_fft` of 4096 or more separates low semitones better.

    Returns
    -------
    (frames, 12) float32, column 0 is C
    """
    if tuning_cents is None:
        tuning_cents = estimate_tuning(signal, rate_hz=rate_hz).cents
    out = np.empty((frame_count(signal.shape[0], frame_length=n_fft, hop=hop), 12), dtype=np.float32)
    bank = chroma_filterbank(rate_hz=rate_hz, n_fft=n_fft, tuning_cents=tuning_cents)
    for first, power in power_blocks(signal, n_fft=n_fft, hop=hop):
        np.matmul(power.astype(np.float32, copy=False), bank, out=out[first : first + len(power)])
    return _normalised(out, norm)


def chroma_from_power(power: FloatArray, *, rate_hz: float, tuning_cents: float = 0.0, norm: Norm = "max") -> Float32Array:
    """Fold a power spectrogram (frames, n_fft // 2 + 1) into chroma, (frames, 12), column 0 is C."""
    return _normalised(power @ chroma_filterbank(rate_hz=rate_hz, n_fft=2 * (power.shape[1] - 1), tuning_cents=tuning_cents), norm)


@lru_cache(maxsize=16)
def chroma_filterbank(*, rate_hz: float, n_fft: int, tuning_cents: float = 0.0) -> Float32Array:
    """Build the weights that fold FFT bins into chroma.

    Each bin spreads over pitch classes by a Gaussian as wide as the bin itself is in semitones (at least one); a second Gaussian over
    octaves, centred five octaves above A0's 27.5 Hz and two wide, favours the range where harmony lives. Ellis 2007.

    Returns
    -------
    (n_fft // 2 + 1, 12) float32, read-only, column 0 is C
    """
    hz = fft_frequencies_hz(rate_hz=rate_hz, n_fft=n_fft)
    a0_hz = 27.5 * 2.0 ** (tuning_cents / 1200.0)
    semitones = np.empty(len(hz) + 1)  # above A0; one beyond the last bin gives that bin's width
    semitones[1:] = 12.0 * np.log2(np.append(hz[1:], hz[-1] + hz[1]) / a0_hz)
    semitones[0] = semitones[1] - 18.0  # zero hertz has no pitch: put it a broad octave and a half below the first bin
    widths = np.maximum(np.diff(semitones), 1.0)[:, None]
    semitones = semitones[:-1, None]
    distance = np.remainder(semitones - np.arange(12) + 6.0, 12.0) - 6.0
    weights = np.exp(-0.5 * (2.0 * distance / widths) ** 2)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    weights *= np.exp(-0.5 * ((semitones / 12.0 - 5.0) / 2.0) ** 2)
    bank = np.ascontiguousarray(np.roll(weights, -3, axis=1), dtype=np.float32)  # A first becomes C first
    bank.flags.writeable = False
    return bank


def cens(chroma: FloatArray, *, smooth_frames: int = 41, downsample: int = 1) -> Float32Array:
    """Turn chroma into CENS: normalised, quantised, averaged over time; made for comparing interpretations of one piece.

    Parameters
    ----------
    chroma : (frames, 12) non-negative, any scale
    smooth_frames : length of the Hann average; 1 does not average
    downsample : keep every so-manieth frame afterwards

    Returns
    -------
    (ceil(frames / downsample), 12) float32 of unit Euclidean norm (silent frames are zero). Müller, Kurth and Clausen, *Audio matching
    via chroma-based statistical features*, ISMIR 2005; FMP §7.2.1.

    Examples
    --------
    >>> cens(np.eye(12)[[0, 0, 0]], smooth_frames=1)[0]
    array([1., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.], dtype=float32)
    """
    if smooth_frames < 1 or downsample < 1:
        raise ValueError(f"smooth_frames and downsample must be positive, not {smooth_frames} and {downsample}")
    share = normalise_chroma(chroma.astype(np.float32, copy=False), norm="l1")
    quantised = np.zeros_like(share)
    for step in _CENS_STEPS:
        quantised += share > step
    quantised /= len(_CENS_STEPS)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, smooth_frames + 1) / (smooth_frames + 1))
    left = smooth_frames // 2
    padded = np.pad(quantised, ((left, smooth_frames - 1 - left), (0, 0)))
    smooth = np.zeros_like(quantised)
    for start, weight in enumerate(hann / hann.sum()):
        smooth += np.float32(weight) * padded[start : start + len(smooth)]
    return _normalised(smooth[::downsample], "l2")


def chroma_cens(
    signal: FloatArray, *, rate_hz: float, hop: int = 512, tuning_cents: float | None = None, smooth_frames: int = 41
) -> Float32Array:
    """Compute CENS from a signal: `cens(chroma_cqt(signal))`."""
    return cens(chroma_cqt(signal, rate_hz=rate_hz, hop=hop, tuning_cents=tuning_cents, norm="none"), smooth_frames=smooth_frames)


def _fold(options: ConstantQ) -> Float32Array:
    if options.bins_per_octave % 12:
        raise ValueError(f"chroma needs a multiple of 12 bins per octave, not {options.bins_per_octave}")
    per_class = options.bins_per_octave // 12
    lowest_class = round(69.0 + 12.0 * np.log2(options.fmin_hz / 440.0)) % 12
    # The bins around a semitone's centre belong to it: with three per semitone, one below and one above.
    classes = ((np.arange(options.bins) + per_class // 2) // per_class + lowest_class) % 12
    fold: Float32Array = np.eye(12, dtype=np.float32)[classes]
    return fold


def _size(chroma: FloatArray, norm: Norm) -> FloatArray:
    if norm == "max":
        return np.asarray(np.max(chroma, axis=1, keepdims=True))
    if norm == "l1":
        return np.asarray(np.sum(chroma, axis=1, keepdims=True))
    if norm == "l2":
        return np.asarray(np.sqrt(np.sum(np.square(chroma), axis=1, keepdims=True)))
    raise ValueError(f"unknown norm {norm!r}: max, l1, l2 or none")


def _normalised(chroma: FloatArray, norm: Norm) -> Float32Array:
    return np.ascontiguousarray(normalise_chroma(chroma, norm=norm), dtype=np.float32)
