"""A first set of descriptors: numbers for loud, bright, noisy, percussive, tonal, wide.

Each is a mean over the frames in which something sounds (within 60 dB of the loudest), with its standard deviation over them. Formulas:
Peeters, *A large set of audio features for sound description*, IRCAM, 2004; Lerch, *An Introduction to Audio Content Analysis*, 2012,
chapters 3 to 5; Jiang et al., *Music type classification by spectral contrast feature*, ICME 2002.
"""

import math
from collections.abc import Iterator

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.hpss import harmonic_percussive_masks
from hexachord.dsp.onset import onset_strength, pick_onsets
from hexachord.dsp.shape import zero_crossing_rate
from hexachord.dsp.spectral_measures import flux
from hexachord.dsp.spectral_moments import weighted_moments
from hexachord.dsp.stft import fft_frequencies_hz
from hexachord.knowledge import Descriptor, Events

_ENGINE = "descriptors/peeters"
_SILENCE_DB = -60.0  # below the loudest frame
_MFCC = 13
_CONTRAST_EDGES_HZ = (200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0)  # octaves, with the rest below and above
_CONTRAST_PART = 0.02  # of a band's bins that make its peak and its valley
_HPSS_FRAMES = 1024  # frames whose strokes are told from their tones at a time
_BLOCK_SAMPLES = 1 << 20


def describe(frontend: FrontEnd, *, samples: FloatArray | None = None, onsets: Events | None = None) -> dict[str, Descriptor]:
    """Describe the sound of a recording in numbers.

    Parameters
    ----------
    frontend : the recording's front end (mono)
    samples : (channels, n) the recording in stereo, at any rate and as a memory map if long; without it there is no `stereo_width`
    onsets : if already found; else they are picked from the front end's mel spectrogram

    Returns
    -------
    Descriptors by name, in a fixed order. What cannot be measured (a silent file has no centroid) is absent.

    ================================ ====== ==========================================================================================
    name                             unit   what it is
    ================================ ====== ==========================================================================================
    level                            dB     RMS of frames re full scale
    crest                            dB     highest sample over RMS of the whole
    dynamic_range                    dB     95th less 10th percentile of `level`
    zero_crossing_rate               1/s    changes of sign
    spectral_centroid, _spread       Hz     mean and standard deviation of the magnitude spectrum over frequency
    spectral_skewness, _kurtosis            its third and fourth standardised moments
    spectral_rolloff                 Hz     85 % of the magnitude lies below
    spectral_flatness                       geometric over arithmetic mean of the power
    spectral_flux                           distance of successive spectra of unit length, 0 to 1.41
    spectral_contrast                dB     peaks over valleys, mean of seven octave bands
    mfcc_01 ...                             cepstral coefficients (the first tells level)
    onset_rate                       1/s    onsets per second of sound
    percussiveness                          energy in strokes over all energy (median-filter separation)
    tonal_strength                          1 - entropy of the mean chroma / log 12: 0 all pitch classes alike, 1 only one
    stereo_width                            energy of the side over that of mid and side: 0 mono, 0.5 unrelated channels
    ================================ ====== ==========================================================================================

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(44100) / 22050).astype(np.float32)
    >>> found = describe(FrontEnd(tone))
    >>> round(found["crest"].value, 1), round(found["level"].value, 1)
    (3.0, -3.1)
    """
    found: dict[str, Descriptor] = {}
    level = frontend.rms
    if len(level) == 0 or not level.max() > 0:
        return found
    sounding = level > level.max() * 10 ** (_SILENCE_DB / 20)

    def add(name: str, values: FloatArray, unit: str = "") -> None:
        chosen = np.asarray(values, dtype=np.float64)[sounding]
        found[name] = Descriptor(value=float(chosen.mean()), unit=unit, std=float(chosen.std()), engine=_ENGINE)

    def add_one(name: str, value: float, unit: str = "", *, std: float = math.nan) -> None:
        if math.isfinite(value):
            found[name] = Descriptor(value=value, unit=unit, std=std, engine=_ENGINE)

    decibels = 20 * np.log10(np.maximum(level, 1e-10))
    add("level", decibels, "dB")
    add_one("crest", _crest_db(frontend.signal), "dB")
    low, high = np.quantile(decibels[sounding], [0.1, 0.95])
    add_one("dynamic_range", float(high - low), "dB")
    add("zero_crossing_rate", zero_crossing_rate(frontend.signal, hop=frontend.options.hop) * frontend.rate_hz, "1/s")
    shape = frontend.shape
    add("spectral_centroid", shape.centroid_hz, "Hz")
    add("spectral_spread", shape.bandwidth_hz, "Hz")
    moments = _Moments(frontend)
    add("spectral_skewness", moments.skewness)
    add("spectral_kurtosis", moments.kurtosis)
    add("spectral_rolloff", shape.rolloff_hz, "Hz")
    add("spectral_flatness", shape.flatness)
    add("spectral_flux", moments.flux)
    add("spectral_contrast", moments.contrast_db, "dB")
    for number, coefficient in enumerate(frontend.mfcc.T[:_MFCC], start=1):
        add(f"mfcc_{number:02d}", coefficient)
    rates = _onset_rates(frontend, onsets, sounding)
    add_one("onset_rate", float(rates.mean()) if len(rates) else math.nan, "1/s", std=float(rates.std()) if len(rates) > 1 else math.nan)
    add_one("percussiveness", moments.stroke_energy / moments.energy if moments.energy > 0 else math.nan)
    add_one("tonal_strength", _tonal_strength(frontend))
    if samples is not None and np.ndim(samples) == 2 and len(samples) == 2:
        add_one("stereo_width", stereo_width(samples))
    return found


def stereo_width(samples: FloatArray) -> float:
    """Measure the energy of the side signal over that of mid and side together.

    Parameters
    ----------
    samples : (2, n) array or memory map

    Returns
    -------
    0 for mono, 0.5 for unrelated channels of equal level, 1 for channels in opposite phase; NaN for silence

    Examples
    --------
    >>> left = np.sin(np.arange(1000.0))
    >>> stereo_width(np.stack([left, left])), stereo_width(np.stack([left, -left]))
    (0.0, 1.0)
    """
    side = middle = 0.0
    for start in range(0, samples.shape[1], _BLOCK_SAMPLES):
        left, right = samples[:, start : start + _BLOCK_SAMPLES].astype(np.float64)
        side += float(np.sum((left - right) ** 2))
        middle += float(np.sum((left + right) ** 2))
    return side / (side + middle) if side + middle > 0 else math.nan


class _Moments:
    """What the front end does not keep of each spectrum, in one walk over it."""

    def __init__(self, frontend: FrontEnd) -> None:
        frames = frontend.frames
        self.skewness, self.kurtosis, self.flux, self.contrast_db = np.zeros((4, frames), dtype=np.float32)
        self.energy = self.stroke_energy = 0.0
        n_fft = frontend.options.n_fft
        position = np.linspace(0.0, 1.0, n_fft // 2 + 1)
        edges = np.searchsorted(fft_frequencies_hz(rate_hz=frontend.rate_hz, n_fft=n_fft), _CONTRAST_EDGES_HZ)
        bands = [slice(a, b) for a, b in zip([1, *edges], [*edges, len(position)], strict=True) if b - a >= 4]
        previous: FloatArray | None = None
        for first, magnitude in _magnitude_blocks(frontend):
            block = slice(first, first + len(magnitude))
            _, _, self.skewness[block], self.kurtosis[block] = weighted_moments(magnitude, position)
            self.flux[block] = flux(magnitude, previous)
            previous = magnitude[-1].copy()
            self.contrast_db[block] = np.mean([_contrast_db(magnitude[:, band]) for band in bands], axis=0)
            power = magnitude * magnitude
            _, strokes = harmonic_percussive_masks(magnitude)
            self.energy += float(power.sum(dtype=np.float64))
            self.stroke_energy += float((power * strokes).sum(dtype=np.float64))


def _magnitude_blocks(frontend: FrontEnd) -> Iterator[tuple[int, Float32Array]]:
    """Gather the front end's short blocks into longer ones, so that medians along time see few edges."""
    held: list[Float32Array] = []
    start = 0
    for first, power in frontend.power_blocks():
        held.append(np.sqrt(power).astype(np.float32, copy=False))
        if first + len(power) - start >= _HPSS_FRAMES:
            yield start, np.concatenate(held)
            held, start = [], first + len(power)
    if held:
        yield start, np.concatenate(held)


def _contrast_db(band: FloatArray) -> FloatArray:
    """Mean of a band's strongest bins over that of its weakest, in dB."""
    bins = band.shape[1]
    count = max(1, round(_CONTRAST_PART * bins))
    ordered = np.partition(band, (count - 1, bins - count), axis=1)
    valley, peak = ordered[:, :count].mean(axis=1), ordered[:, bins - count :].mean(axis=1)
    contrast: FloatArray = 20 * np.log10(np.maximum(peak, 1e-8) / np.maximum(valley, 1e-8))
    return contrast


def _crest_db(signal: FloatArray) -> float:
    peak, energy = 0.0, 0.0
    for start in range(0, len(signal), _BLOCK_SAMPLES):
        block = signal[start : start + _BLOCK_SAMPLES].astype(np.float64)
        peak = max(peak, float(np.abs(block).max()))
        energy += float(np.sum(block * block))
    return 20 * math.log10(peak / math.sqrt(energy / len(signal))) if energy > 0 else math.nan


def _onset_rates(frontend: FrontEnd, onsets: Events | None, sounding: BoolArray) -> Float64Array:
    """Onsets per second of sound, in stretches of ten seconds (one shorter one if there is no more)."""
    if onsets is None:
        times_s = pick_onsets(onset_strength(frontend.log_mel_db), hop_s=frontend.hop_s).time_s
    else:
        times_s = onsets.time_s
    edges = np.arange(0.0, max(10.0, frontend.duration_s - 5.0), 10.0)
    heard_s = np.add.reduceat(sounding, np.searchsorted(frontend.frame_times_s, edges)) * frontend.hop_s
    count = np.bincount(np.clip(np.searchsorted(edges, times_s, side="right") - 1, 0, None), minlength=len(edges))
    long_enough = heard_s >= min(1.0, frontend.duration_s / 2)
    return np.asarray(count[long_enough] / np.maximum(heard_s[long_enough], frontend.hop_s))


def _tonal_strength(frontend: FrontEnd) -> float:
    pair = frontend.raw_chroma
    mean = (pair.bass + pair.treble).mean(axis=0, dtype=np.float64)
    if not mean.sum() > 0:
        return math.nan
    share = mean / mean.sum()
    return float(1.0 + np.sum(share * np.log(np.maximum(share, 1e-12))) / math.log(len(share)))
