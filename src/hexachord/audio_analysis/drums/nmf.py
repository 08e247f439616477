"""Drums by factorisation: the spectrogram as known drum sounds, played now and then, plus whatever else there is.

Non-negative matrix factorisation explains a spectrogram (frames, bands) as gains (frames, components) times spectra (components, bands),
FMP §8.3. Here some spectra are those of drums, measured once, and may only bend as far as the recording insists (semi-adaptive bases:
Dittmar & Gärtner, "Real-time transcription and separation of drum recordings based on NMF decomposition", DAFx 2014); others are free and
take up the pitched music (partially fixed factorisation: Wu & Lerch, "Drum transcription using partially fixed non-negative matrix
factorization", EUSIPCO 2015). A stroke is where the gains of a drum jump. Nothing here was trained.
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.audio_analysis.drums.kit import DRUM_MEL, KIT, DrumSpectrogram
from hexachord.audio_analysis.drums.picking import GROUPS, Picking, pick_strokes
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.mel import db_to_amplitude
from hexachord.dsp.peaks import moving_mean
from hexachord.knowledge import Drums
from hexachord.models.tables import load_table

ENGINE = "drums/nmf"
PICKING = Picking(threshold=(0.4, 0.35, 0.25, 0.7, 0.6), refractory_s=0.05)  # chosen on renders of the valid side
_FREE = 12
_TURNS = 40
_HOLD = 0.7  # how much of a drum's spectrum stays as it was measured
_STRETCH_FRAMES = 3000
_CONTEXT_FRAMES = 100
_BACK_FRAMES = 3
_SILENT_DB = -20.0  # a piece whose loud strokes are this far below those of the loudest piece is hardly played
_SILENCE = 0.05  # a gain in units of the amplitudes: a tone at -70 dB of full scale
_TINY = 1e-9


class Factors(NamedTuple):
    """`gains` (frames, components) times `spectra` (components, bands)."""

    gains: Float32Array
    spectra: Float32Array


def factorise(
    spectrogram: FloatArray, fixed: FloatArray, *, free: int = _FREE, turns: int = _TURNS, hold: float = _HOLD, seed: int = 0
) -> Factors:
    """Factorise a spectrogram with some of the spectra given (multiplicative updates for the Kullback-Leibler divergence).

    Parameters
    ----------
    spectrogram : (frames, bands) amplitudes, not negative
    fixed : (given, bands) spectra that are known, each of sum 1
    free : how many others there may be
    turns : of the updates
    hold : how much of the given spectra stays as it is in each turn: 1 for all
    seed : of the first guess

    Returns
    -------
    Factors, the given ones first

    Examples
    --------
    >>> sound = np.outer([0, 1, 2, 0], [0, .5, .5]) + np.outer([3, 0, 0, 3], [1, 0, 0])
    >>> factorise(sound, np.array([[0, .5, .5], [1.0, 0, 0]]), free=0).gains.round(2).tolist()
    [[0.0, 3.0], [1.0, 0.0], [2.0, 0.0], [0.0, 3.0]]
    """
    sound = np.asarray(spectrogram, dtype=np.float32) + np.float32(_TINY)
    frames, bands = sound.shape
    random = np.random.default_rng(seed)
    given = len(fixed)
    spectra = np.concatenate([fixed, random.random((free, bands)) + 0.1]).astype(np.float32)
    spectra /= spectra.sum(axis=1, keepdims=True) + np.float32(_TINY)
    measured = spectra[:given].copy()
    gains = (sound.mean() * (0.5 + random.random((frames, given + free)))).astype(np.float32)
    for _ in range(turns):
        ratio = sound / (gains @ spectra + np.float32(_TINY))
        gains *= (ratio @ spectra.T) / (spectra.sum(axis=1) + np.float32(_TINY))
        if free or hold < 1.0:
            ratio = sound / (gains @ spectra + np.float32(_TINY))
            moved = spectra * (gains.T @ ratio) / (gains.sum(axis=0)[:, None] + np.float32(_TINY))
            moved /= moved.sum(axis=1, keepdims=True) + np.float32(_TINY)
            spectra[given:] = moved[given:]
            spectra[:given] = hold * measured + (1.0 - hold) * moved[:given]
    return Factors(gains, spectra)


def drum_gains(spectrogram: FloatArray) -> Float32Array:
    """Say how much of each frame each piece of the kit is: (frames, bands) amplitudes → (frames, pieces)."""
    table = load_table("drum_templates")
    piece = table["piece"].astype(np.int64)
    gains = factorise(spectrogram, table["shapes"], hold=_HOLD).gains[:, : len(piece)]
    return np.stack([gains[:, (piece == column) & (table["attack"] > 0)].sum(axis=1) for column in range(len(KIT))], axis=1)


def drums_from_nmf(frontend: FrontEnd, *, picking: Picking = PICKING) -> Drums:
    """Find the strokes where the gains of a drum rise.

    Parameters
    ----------
    frontend : of the recording
    picking : thresholds, in parts of the piece's loud strokes

    Returns
    -------
    Drums; the loud strokes of each piece have a velocity of 110, softer ones by their amplitude.
    """
    spectrogram = DrumSpectrogram(frontend)
    gains = np.zeros((max(1, spectrogram.frames), len(KIT)), dtype=np.float32)
    for first in range(0, spectrogram.frames, _STRETCH_FRAMES):
        last = min(first + _STRETCH_FRAMES, spectrogram.frames)
        start, stop = max(0, first - _CONTEXT_FRAMES), min(spectrogram.frames, last + _CONTEXT_FRAMES)
        gains[first:last] = drum_gains(amplitudes(spectrogram.read(start, stop)))[first - start : last - start]
    curves = stroke_curves(gains)
    velocity = 110.0 * np.sqrt(curves)
    return pick_strokes(curves, velocity, hop_s=DRUM_MEL.hop_s, duration_s=spectrogram.duration_s, picking=picking, engine=ENGINE)


def amplitudes(decibels: FloatArray) -> Float32Array:
    """Turn decibels of `DRUM_MEL` into amplitudes; what is below its range is 0."""
    least = db_to_amplitude(DRUM_MEL.low_db + DRUM_MEL.step_db)
    loud = np.asarray(db_to_amplitude(decibels), dtype=np.float32)
    return np.where(loud < least, np.float32(0.0), loud)


def stroke_curves(gains: FloatArray) -> Float64Array:
    """Turn gains into the height of strokes, (frames, pieces), in parts of the loud ones of their group, at most 1."""
    rise = rises(gains)
    loud = np.array([_loud(rise[:, [KIT.index(name) for name in names]].sum(axis=1)) for names in GROUPS.values() for _ in names])
    least = max(float(loud.max()) * float(db_to_amplitude(_SILENT_DB)), _SILENCE)
    curves: Float64Array = np.minimum(rise / np.maximum(loud, least), 1.0)
    return curves


def rises(gains: FloatArray) -> Float64Array:
    """How far each gain stands above what it was a moment ago, and above its surroundings."""
    before = np.concatenate([np.zeros((_BACK_FRAMES, gains.shape[1])), gains])[: len(gains)]
    rise: Float64Array = np.maximum(gains - before, 0.0).astype(np.float64)
    for column in range(gains.shape[1]):
        rise[:, column] = np.maximum(rise[:, column] - moving_mean(rise[:, column], before=20, after=20), 0.0)
    return rise


def _loud(curve: FloatArray) -> float:
    """The height of the louder strokes: of the peaks above a tenth of the highest one, the upper quartile."""
    top = float(curve.max())
    inner = curve[1:-1]
    peaks = inner[(inner > curve[:-2]) & (inner >= curve[2:]) & (inner > 0.1 * top)]
    return float(np.percentile(peaks, 75)) if len(peaks) else top
