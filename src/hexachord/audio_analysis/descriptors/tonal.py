"""The family of tones: pitch classes, tonal centroids, key, mode, tuning, triads."""

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio_analysis.descriptors.sheet import Sheet
from hexachord.audio_analysis.descriptors.spectra import HOP, Spectra
from hexachord.dsp.chroma import cens, chroma_from_cqt, normalise_chroma
from hexachord.dsp.constantq import ConstantQ, bins_below_nyquist, cqt_magnitude
from hexachord.dsp.hpcp import diatonic_strength, equal_tempered_deviation, nontempered_energy_ratio
from hexachord.dsp.tonnetz import harmonic_change, tonal_centroids
from hexachord.dsp.tuning import Tuning
from hexachord.theory.keys import PROFILES

_BLOCK_FRAMES = 4096
_OCTAVES, _PER_OCTAVE = 7, 36
_CHORD_S = 0.5  # over which chroma is averaged before a triad is chosen
_TRIADS = np.stack([np.roll(np.isin(np.arange(12), triad), root) for triad in ((0, 4, 7), (0, 3, 7)) for root in range(12)]).astype(float)


def describe_tonal(signal: FloatArray, sheet: Sheet, spectra: Spectra, *, rate_hz: float, tuning: Tuning) -> None:
    """Write the family of tones (what comes from the Fourier transform has been written on the way)."""
    hop_s = HOP / rate_hz
    chroma = constant_q_chroma(signal, rate_hz=rate_hz, tuning_cents=tuning.cents)
    sheet.put("tonal/chroma_cqt", normalise_chroma(chroma))
    sheet.put("tonal/cens", cens(chroma))
    heard = chroma.max(axis=1) > 0
    sheet.put("tonal/chroma_peak", np.where(heard, chroma.argmax(axis=1), 0).astype(np.float32))
    sheet.put("tonal/chroma_centroid", normalise_chroma(chroma, norm="l1") @ np.arange(12, dtype=np.float32))
    centroids = tonal_centroids(chroma)
    sheet.put("tonal/tonnetz", centroids)
    sheet.put("tonal/harmonic_change", harmonic_change(centroids, hop_s=hop_s))
    sheet.put_song("tonal/tuning_hz", 440.0 * 2 ** (tuning.cents / 1200))
    sheet.put_song("tonal/tuning_cents", tuning.cents)
    sheet.put_song("tonal/tuning_confidence", tuning.confidence)
    sheet.put_song("tonal/equal_tempered_deviation", equal_tempered_deviation(spectra.profile))
    sheet.put_song("tonal/nontempered_energy_ratio", nontempered_energy_ratio(spectra.profile))
    sheet.put_song("tonal/diatonic_strength", diatonic_strength(spectra.profile))
    _key(chroma, sheet)
    _chords(chroma, sheet, hop_s=hop_s)


def constant_q_chroma(signal: FloatArray, *, rate_hz: float, tuning_cents: float) -> Float32Array:
    """Compute chroma from seven octaves of constant-Q bins, not normalised, holding a block of bins at a time: (frames, 12)."""
    options = ConstantQ(rate_hz=rate_hz, hop=HOP, bins=_OCTAVES * _PER_OCTAVE, bins_per_octave=_PER_OCTAVE, tuning_cents=tuning_cents)
    bins = bins_below_nyquist(options)
    options = ConstantQ(rate_hz=rate_hz, hop=HOP, bins=bins, bins_per_octave=_PER_OCTAVE, tuning_cents=tuning_cents)
    frames = 1 + signal.shape[0] // HOP
    chroma = np.empty((frames, 12), dtype=np.float32)
    for first in range(0, frames, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, frames)
        chroma[first:last] = chroma_from_cqt(cqt_magnitude(signal, options, first=first, last=last), options, norm="none")
    return chroma


def _key(chroma: Float32Array, sheet: Sheet) -> None:
    strength = key_strengths(chroma.mean(axis=0, dtype=np.float64))
    best = int(strength.argmax())
    known = float(strength[best]) > 0
    sheet.put_song("tonal/key_tonic", best % 12 if known else 0)
    sheet.put_song("tonal/key_is_major", float(best < 12) if known else 0.0)
    sheet.put_song("tonal/key_clarity", float(strength[best]))
    sheet.put_song("tonal/mode", float(strength[:12].max() - strength[12:].max()))


def key_strengths(chroma: FloatArray) -> FloatArray:
    """Correlate a mean chroma with Krumhansl's profiles: (24,) majors from C upwards, then minors; zeros for silence.

    Examples
    --------
    >>> scale = np.array([1.0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1])
    >>> int(key_strengths(scale).argmax())
    0
    """
    if not float(np.ptp(chroma)) > 0:
        return np.zeros(24)
    profiles = np.array([np.roll(mode, tonic) for mode in PROFILES["krumhansl-kessler"] for tonic in range(12)])
    return np.asarray(_correlations(chroma[None, :], profiles)[0])


def _chords(chroma: Float32Array, sheet: Sheet, *, hop_s: float) -> None:
    """Choose a triad for each half second of smoothed chroma and count how often it changes."""
    size = max(1, round(_CHORD_S / hop_s))
    pooled = np.add.reduceat(chroma, np.arange(0, len(chroma), size), axis=0)
    pooled = pooled[pooled.max(axis=1) > 0].astype(np.float64)
    pooled = pooled[np.ptp(pooled, axis=1) > 0]
    if not len(pooled):
        sheet.put_song("tonal/chord_change_rate", 0.0)
        sheet.put_song("tonal/chord_strength", 0.0)
        return
    match = _correlations(pooled, _TRIADS)
    best = match.argmax(axis=1)
    sheet.put_song("tonal/chord_change_rate", float(np.mean(best[1:] != best[:-1]) / (size * hop_s)) if len(best) > 1 else 0.0)
    sheet.put_song("tonal/chord_strength", float(match.max(axis=1).mean()))


def _correlations(rows: FloatArray, patterns: FloatArray) -> FloatArray:
    """Pearson's correlation of each row with each pattern."""

    def standardised(matrix: FloatArray) -> FloatArray:
        centred = matrix - matrix.mean(axis=1, keepdims=True)
        return np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True))

    return np.asarray(standardised(rows) @ standardised(patterns).T)
