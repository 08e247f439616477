"""Rhythm as the modulation of loudness in critical bands: patterns, histograms, statistics of spectra.

How fast does the loudness of each band go up and down, and how strongly? Up to about 10 Hz a listener hears that as rhythm, above as
roughness. Pampalk, Rauber and Merkl, *Content-based organization and visualization of music archives*, ACM Multimedia 2002 (fluctuation
patterns, the way to sone); Lidy and Rauber, *Evaluation of feature extractors and psycho-acoustic transformations for music genre
classification*, ISMIR 2005 (rhythm patterns, statistical spectrum descriptors, rhythm histograms); Terhardt, *Calculating virtual pitch*,
Hearing Research 1, 1979 (the ear's transmission); Schroeder, Atal and Hall, JASA 66(6), 1979 (spreading); Pampalk, *Computational models of
music similarity and their application in music information retrieval*, PhD thesis, TU Wien 2006 (gravity, bass, focus); Guaus and Herrera,
*The rhythm transform*, ICMC 2005.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.auditory_bands import BARK_EDGES_HZ

SEGMENT_S = 5.944  # 2^18 samples at 44.1 kHz
MODULATIONS = 60  # multiples of 1 / SEGMENT_S: up to 10 Hz
FULL_SCALE_DB = 96.0  # what a full-scale sine is taken to sound at, in dB above the threshold of hearing


def bark_to_sone(power: FloatArray, *, n_fft: int = 2048) -> Float32Array:
    """Turn power in critical bands into loudness.

    Parameters
    ----------
    power : (frames, 24) sum of squared magnitudes of Hann-windowed frames in each of `auditory_bands.BARK_EDGES_HZ`
    n_fft : length of those frames: it tells what full scale is

    Returns
    -------
    (frames, 24) float32 in sone: 40 dB at 1 kHz is 1, 10 dB more twice as much
    """
    edges_hz = np.array(BARK_EDGES_HZ)
    khz = (edges_hz[:-1] + edges_hz[1:]) / 2000
    ear_db = _transmission_db(khz) - _transmission_db(np.ones(1))
    full_scale = 3 / 32 * n_fft**2  # a sine's, summed over its lobe
    gain = 10 ** ((FULL_SCALE_DB + ear_db) / 10) / full_scale
    distance = np.arange(24)[:, None] - np.arange(24) + 0.474  # from the sounding band (columns) to the one it masks (rows)
    spread = 10 ** ((15.81 + 7.5 * distance - 17.5 * np.sqrt(1 + distance**2)) / 10)
    masked = power @ (gain[:, None] * spread.T).astype(power.dtype)
    phon = 10 * np.log10(np.maximum(masked, 1.0))
    return np.asarray(np.where(phon >= 40, 2 ** ((phon - 40) / 10), (phon / 40) ** 2.642), dtype=np.float32)


def _transmission_db(khz: Float64Array) -> Float64Array:
    """What the outer and middle ear let through, by Terhardt's formula."""
    return np.asarray(-3.64 * khz**-0.8 + 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) - 1e-3 * khz**4)


class RhythmPatterns(NamedTuple):
    """Medians over segments of six seconds.

    `pattern` (24, 60): strength of each modulation in each band, weighted by how strongly it is felt. `histogram` (60,): the unweighted
    sum over bands. `statistics` (24, 7): mean, median, variance, skewness, kurtosis, least and largest loudness of each band.
    """

    pattern: Float64Array
    histogram: Float64Array
    statistics: Float64Array


def rhythm_patterns(sone: FloatArray, *, hop_s: float) -> RhythmPatterns:
    """Measure how the loudness of bands is modulated.

    Parameters
    ----------
    sone : (frames, 24) loudness
    hop_s : seconds from frame to frame; above 0.05 the fastest modulations cannot be seen and are 0

    Returns
    -------
    RhythmPatterns; one segment, filled up with silence, where there is less than six seconds

    Examples
    --------
    >>> t = np.arange(1024) * 0.0232
    >>> beating = np.repeat(1 + np.sin(2 * np.pi * 4 * t)[:, None], 24, axis=1)  # 4 Hz
    >>> found = rhythm_patterns(beating, hop_s=0.0232)
    >>> round((int(found.histogram.argmax()) + 1) / SEGMENT_S, 1)
    4.0
    """
    segments = list(_segments(sone, hop_s))
    patterns = np.stack([_modulations(segment) for segment in segments])
    rate_hz = np.arange(1, MODULATIONS + 1) / SEGMENT_S
    felt = 1 / (rate_hz / 4 + 4 / rate_hz)  # fluctuation strength, highest at 4 Hz (Zwicker and Fastl)
    statistics = np.stack([_statistics(segment) for segment in segments])
    return RhythmPatterns(np.median(patterns * felt, axis=0), np.median(patterns.sum(axis=1), axis=0), np.median(statistics, axis=0))


class FluctuationSummary(NamedTuple):
    """Few numbers of a pattern. Pampalk 2006, §2.2.4.

    `highest`: its largest value; `bass`: sum over the two lowest bands above 3 Hz; `focus`: mean of the pattern of maximum 1, low when
    energy is focused; `gravity_hz`: centre of mass over modulations; `aggressiveness`: part below 1 Hz in bands above 300 Hz.
    """

    highest: float
    bass: float
    focus: float
    gravity_hz: float
    aggressiveness: float


def summarise_pattern(pattern: FloatArray) -> FluctuationSummary:
    """Sum up a rhythm pattern (24, 60) in five numbers; zeros for silence."""
    top, total = float(pattern.max(initial=0.0)), float(pattern.sum())
    if not top > 0:
        return FluctuationSummary(0.0, 0.0, 0.0, 0.0, 0.0)
    rate_hz = np.arange(1, pattern.shape[1] + 1) / SEGMENT_S
    return FluctuationSummary(
        highest=top,
        bass=float(pattern[:2, rate_hz > 3].sum()),
        focus=float((pattern / top).mean()),
        gravity_hz=float(pattern.sum(axis=0) @ rate_hz / total),
        aggressiveness=float(pattern[3:, rate_hz < 1].sum() / top),
    )


def rhythm_transform(log_bands: FloatArray, *, hop_s: float) -> Float64Array:
    """Average the periodograms of how band energies rise and fall: a spectrum of rhythm, deaf to which band carries it.

    Parameters
    ----------
    log_bands : (frames, bands) in dB
    hop_s : seconds from frame to frame

    Returns
    -------
    (60,) of unit sum at multiples of 1 / 5.944 Hz; zeros where nothing moves. Guaus and Herrera 2005

    Examples
    --------
    >>> t = np.arange(1024) * 0.0232
    >>> found = rhythm_transform(10 * np.sin(2 * np.pi * 2 * t)[:, None], hop_s=0.0232)
    >>> round((int(found.argmax()) + 1) / SEGMENT_S, 1)
    2.0
    """
    change = np.diff(log_bands, axis=0, prepend=log_bands[:1])
    taper = np.hanning(_segment_frames(hop_s) + 2)[1:-1, None].astype(np.float32)
    power = sum((np.abs(np.fft.rfft(segment * taper, axis=0)) ** 2).sum(axis=1) for segment in _segments(change, hop_s))
    kept = _first_modulations(np.asarray(power, dtype=np.float64))
    total = float(kept.sum())
    return kept / total if total > 0 else kept


def _segment_frames(hop_s: float) -> int:
    return max(2, round(SEGMENT_S / hop_s))


def _segments(rows: FloatArray, hop_s: float) -> list[FloatArray]:
    """Cut into segments of six seconds; a shorter rest is left out, unless it is all there is."""
    size = _segment_frames(hop_s)
    if len(rows) < size:
        return [np.pad(rows, ((0, size - len(rows)), (0, 0)))]
    return [rows[first : first + size] for first in range(0, len(rows) - size + 1, size)]


def _first_modulations(spectrum: Float64Array) -> Float64Array:
    kept = spectrum[1 : MODULATIONS + 1]
    return np.asarray(np.pad(kept, [(0, MODULATIONS - len(kept))] + [(0, 0)] * (kept.ndim - 1)))


def _modulations(segment: FloatArray) -> Float64Array:
    size = len(segment)
    spectrum = np.abs(np.fft.rfft(segment.astype(np.float64), axis=0)) * (2 / size)
    return np.asarray(_first_modulations(spectrum).T)


def _statistics(segment: FloatArray) -> Float64Array:
    values = segment.astype(np.float64)
    mean, var = values.mean(axis=0), values.var(axis=0)
    moved = var > 1e-12 * np.maximum(mean * mean, 1e-12)
    centred, deviation = values - mean, np.sqrt(np.where(moved, var, 1.0))
    skewness = np.where(moved, (centred**3).mean(axis=0) / deviation**3, 0)
    kurtosis = np.where(moved, (centred**4).mean(axis=0) / deviation**4, 0)
    return np.stack([mean, np.median(values, axis=0), var, skewness, kurtosis, values.min(axis=0), values.max(axis=0)], axis=1)
