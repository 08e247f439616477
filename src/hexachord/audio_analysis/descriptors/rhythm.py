"""The family of rhythm: onsets, tempo and its multiples, from one onset envelope; modulations of loudness; danceability."""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.audio_analysis.descriptors.catalogue import BARK_BANDS
from hexachord.audio_analysis.descriptors.dynamics import MOMENT_S
from hexachord.audio_analysis.descriptors.sheet import Sheet
from hexachord.audio_analysis.descriptors.spectra import HOP, N_FFT, Spectra
from hexachord.dsp.beat_histogram import beat_histogram, pulse_clarity
from hexachord.dsp.danceability import danceability
from hexachord.dsp.mel import power_to_db
from hexachord.dsp.onset import onset_strength, pick_onsets
from hexachord.dsp.rhythm_patterns import bark_to_sone, rhythm_patterns, rhythm_transform, summarise_pattern
from hexachord.dsp.spectral_measures import entropy
from hexachord.dsp.stft import stft_blocks
from hexachord.dsp.tempogram import (
    DEFAULT_BPM,
    Tempogram,
    autocorrelation_tempogram,
    rank_tempi,
    tempo_prior,
    tempo_salience,
    tempogram_ratio,
)
from hexachord.dsp.temporal_envelope import attacks
from hexachord.dsp.waveform import moments_of

_LAGS = 384
_BLOCK_FRAMES = 4096
_TEMPI = 40.0 * 6.0 ** (np.arange(24) / 23)  # 40 to 240 BPM
_OCTAVE_MELS = (0, 8, 16, 32, 56, 80, 104, 128)  # groups of mel bands about an octave wide
_BEAT_GROUP = BARK_BANDS // 6


def describe_rhythm(signal: FloatArray, sheet: Sheet, spectra: Spectra, *, rate_hz: float, beats_s: FloatArray | None = None) -> None:
    """Write the families of rhythm, of patterns and of tempograms."""
    hop_s = HOP / rate_hz
    log_mel = power_to_db(spectra.mel, range_db=80.0)
    novelty = onset_strength(log_mel)
    if sheet.wants("rhythm"):
        sheet.put("rhythm/onset_strength", novelty)
        sheet.put_song("rhythm/transform", rhythm_transform(log_mel, hop_s=hop_s))
        _onsets(signal, novelty, sheet, rate_hz=rate_hz)
        _beat_histogram(spectra.mel, sheet, hop_s=hop_s)
        sheet.put_song("rhythm/pulse_clarity", pulse_clarity(novelty, hop_s=hop_s))
        if beats_s is not None:
            _beats(spectra.bark, beats_s, sheet, hop_s=hop_s)
    _tempi(novelty, sheet, hop_s=hop_s)
    if sheet.wants("rhythm", "patterns"):
        patterns = rhythm_patterns(bark_to_sone(spectra.bark, n_fft=N_FFT), hop_s=hop_s)
        sheet.put_song("patterns/rhythm_pattern", patterns.pattern)
        sheet.put_song("rhythm/histogram", patterns.histogram)
        sheet.put_song("rhythm/ssd", patterns.statistics)
        for name, value in zip(("max", "bass", "focus", "gravity_hz", "aggressiveness"), summarise_pattern(patterns.pattern), strict=True):
            sheet.put_song(f"rhythm/fluctuation_{name}", value)


def song_tempi(novelty: FloatArray, *, hop_s: float) -> tuple[Float64Array, Float64Array]:
    """Find the two strongest tempi of an onset curve in BPM, and their shares among the five strongest; 0 where there is none."""
    tempi, weights = rank_tempi(tempo_salience(novelty, hop_s=hop_s), bpm=DEFAULT_BPM, prior=tempo_prior(DEFAULT_BPM))
    padded = np.zeros((2, 2))
    padded[:, : min(2, len(tempi))] = np.stack([tempi, weights])[:, :2]
    return padded[0], padded[1]


def ratios_of_tempo(lags: FloatArray, *, bpm: float, hop_s: float) -> FloatArray:
    """Read multiples of a tempo off an autocorrelation tempogram (frames, lags): (frames, 13), see `tempogram_ratio`."""
    axis = 60.0 / (np.arange(1, lags.shape[1])[::-1] * hop_s)
    return tempogram_ratio(Tempogram(pulse=lags[:, :0:-1], bpm=axis, hop_s=hop_s), bpm=bpm)


def _tempi(novelty: Float32Array, sheet: Sheet, *, hop_s: float) -> None:
    tempi, weights = song_tempi(novelty, hop_s=hop_s)
    for place, name in enumerate(("tempo", "second_tempo")):
        sheet.put_song(f"rhythm/{name}_bpm", tempi[place])
        sheet.put_song(f"rhythm/{name}_weight", weights[place])
    if sheet.wants("tempograms"):
        for first, spectrum in stft_blocks(novelty, n_fft=_LAGS, hop=1, last=len(novelty)):
            sheet.put("tempograms/fourier", np.abs(spectrum), first=first)
    mean, height, frames = np.zeros(_LAGS), 0.0, len(novelty)
    wanted = 60.0 / (_TEMPI * hop_s)
    for first in range(0, frames, _BLOCK_FRAMES):
        lags = _tempogram_rows(novelty, first, min(first + _BLOCK_FRAMES, frames))
        sheet.put("tempograms/autocorrelation", lags, first=first)
        if tempi[0] > 0:
            sheet.put("rhythm/tempogram_ratio", ratios_of_tempo(lags, bpm=float(tempi[0]), hop_s=hop_s), first=first)
        mean += lags.sum(axis=0, dtype=np.float64)
        height += float(lags[:, max(1, int(wanted.min())) : int(wanted.max()) + 2].max(axis=1, initial=0.0).sum(dtype=np.float64))
    at_tempi = np.interp(wanted, np.arange(_LAGS), np.maximum(mean / frames, 0))
    sheet.put_song("rhythm/tempogram", at_tempi)
    sheet.put_song("rhythm/tempogram_entropy", entropy(at_tempi[None, :])[0])
    sheet.put_song("rhythm/tempogram_peak", height / frames)


def _tempogram_rows(novelty: Float32Array, first: int, last: int) -> Float32Array:
    """Rows of the whole curve's autocorrelation tempogram, from a stretch of it."""
    reach = _LAGS // 2
    start, stop = max(0, first - reach), min(len(novelty), last + reach)
    if (start, stop) == (0, len(novelty)):
        return autocorrelation_tempogram(novelty, window_frames=_LAGS)[first:last]
    return autocorrelation_tempogram(novelty[start:stop], window_frames=_LAGS)[first - start : last - start]


def _onsets(signal: FloatArray, novelty: Float32Array, sheet: Sheet, *, rate_hz: float) -> None:
    onsets = pick_onsets(novelty, hop_s=HOP / rate_hz)
    sheet.put_song("rhythm/onset_rate", len(onsets.time_s) / max(len(signal), HOP) * rate_hz)
    length = max(1, round(MOMENT_S * rate_hz))
    power, _, std = moments_of(signal, length=length)
    moment_s = length / rate_hz
    rises = attacks(np.sqrt(power), np.rint(onsets.time_s / moment_s).astype(np.int64), hop_s=moment_s)
    sheet.put_song("rhythm/attack_time_s", float(rises.time_s.mean()) if len(rises.time_s) else 0.0)
    sheet.put_song("rhythm/attack_slope", float(rises.slope.mean()) if len(rises.slope) else 0.0)
    sheet.put_song("rhythm/danceability", danceability(std, hop_s=moment_s))


def _beat_histogram(mel: Float32Array, sheet: Sheet, *, hop_s: float) -> None:
    envelopes = np.sqrt(np.add.reduceat(mel, _OCTAVE_MELS[:-1], axis=1))
    found = beat_histogram(envelopes, hop_s=hop_s)
    for name, value in {
        "a0": found.first_strength,
        "a1": found.second_strength,
        "ra": found.strength_ratio,
        "p1_bpm": found.first_bpm,
        "p2_bpm": found.second_bpm,
        "sum": found.total,
    }.items():
        sheet.put_song(f"rhythm/beat_histogram_{name}", value)


def _beats(bark: Float32Array, beats_s: FloatArray, sheet: Sheet, *, hop_s: float) -> None:
    frames = np.unique(np.clip(np.rint(np.asarray(beats_s, dtype=np.float64) / hop_s).astype(np.int64), 0, len(bark) - 1))
    groups = np.add.reduceat(bark[frames], np.arange(0, BARK_BANDS, _BEAT_GROUP), axis=1).astype(np.float64)
    energy = groups.sum(axis=1)
    shares = groups[energy > 0] / energy[energy > 0, None]
    sheet.put_song("rhythm/beats_loudness", float(energy.mean()) if len(energy) else 0.0)
    sheet.put_song("rhythm/beats_loudness_std", float(energy.std()) if len(energy) else 0.0)
    sheet.put_song("rhythm/beats_loudness_band_ratio", shares.mean(axis=0) if len(shares) else np.zeros(6))
