"""Chroma of notes instead of energy: what a few notes with overtones would explain of each spectrum.

Folding a spectrum into twelve classes counts everything: overtones, the noise of drums, the sums and differences that a distorted guitar
adds. Here each spectrum is first standardised along frequency (its running mean taken out, divided by its running spread), so that a
peak counts by how far it stands out of its surroundings and a noise floor vanishes; then it is explained by non-negative amounts of
notes whose overtones decay geometrically, and those amounts are folded. M. Mauch and S. Dixon, *Approximate note transcription for the
improved identification of difficult chords*, ISMIR 2010; the multiplicative updates are Lee and Seung's (NIPS 2000), all frames at once.
"""

from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.dsp.chroma import ChromaPair
from hexachord.dsp.constantq import ConstantQ

POOLED_FRAMES = 4  # chords are slower than frames: 93 ms at the usual hop. A drum stroke fills one, a note several
PARTIALS = 16
DECAY = 0.65  # each overtone against the one below
ITERATIONS = 8  # more would make it sparser than published note chroma is, and fifths and thirds disappear into overtones
_FAINT = 0.02  # sounds below this share of the loud ones fade out: whitened noise would look like music
_LOBE = (0.5, 1.0, 0.5)  # a steady partial in a Hann kernel, at three bins per semitone
_BASS_FULL_MIDI, _BASS_NONE_MIDI = 45.0, 57.0
_TREBLE_FULL_MIDI, _TREBLE_NONE_MIDI = 84.0, 96.0


def pool(magnitude: FloatArray, *, frames: int = POOLED_FRAMES) -> Float32Array:
    """Average groups of frames, (ceil(n / frames), bins); the last group may be smaller."""
    starts = np.arange(0, len(magnitude), frames)
    if not len(starts):
        return np.zeros((0, magnitude.shape[1]), dtype=np.float32)
    size = np.diff(np.append(starts, len(magnitude))).astype(np.float32)
    return np.asarray(np.add.reduceat(magnitude, starts, axis=0) / size[:, None], dtype=np.float32)


def standardise(magnitude: FloatArray, *, bins_per_octave: int) -> Float32Array:
    """Take the running mean along frequency out of each spectrum and divide by the running standard deviation; negative values become 0.

    Parameters
    ----------
    magnitude : (frames, bins) constant-Q magnitudes
    bins_per_octave : the running window is one octave wide, with Hamming's shape

    Returns
    -------
    (frames, bins) float32, about 0 to 5 whatever the level
    """
    spread = _hamming(magnitude.shape[1], bins_per_octave)
    scale = np.maximum(np.max(magnitude, axis=1, keepdims=True), 1e-12)
    level = magnitude / scale
    mean = level @ spread
    variance = np.maximum((level * level) @ spread - mean * mean, 0.0)
    out: Float32Array = np.maximum(level - mean, 0.0) / (np.sqrt(variance) + 1e-3)
    return out


def note_activations(spectrum: FloatArray, options: ConstantQ) -> Float32Array:
    """Explain standardised spectra by notes, one per semitone.

    Parameters
    ----------
    spectrum : (frames, bins), see `standardise`
    options : of the constant-Q transform; three bins per semitone, the lowest on a note

    Returns
    -------
    (frames, bins // 3) float32 amounts of each note from the lowest bin's up
    """
    notes = note_dictionary(options.bins, options.bins_per_octave)
    target = spectrum @ notes.T
    gram = notes @ notes.T
    amount = np.full_like(target, 0.1)
    for _ in range(ITERATIONS):
        amount *= target / (amount @ gram + np.float32(1e-6))
    return np.asarray(amount, dtype=np.float32)


def note_chroma(magnitude: FloatArray, options: ConstantQ) -> tuple[ChromaPair, Float32Array]:
    """Turn constant-Q magnitudes into bass and treble chroma of notes.

    Parameters
    ----------
    magnitude : (frames, bins)
    options : of the transform

    Returns
    -------
    pair : `ChromaPair`, each (ceil(frames / POOLED_FRAMES), 12) float32, column 0 is C
    level : (ceil(frames / POOLED_FRAMES),) mean magnitude, for `fade_faint`
    """
    pooled = pool(magnitude)
    amount = note_activations(standardise(pooled, bins_per_octave=options.bins_per_octave), options)
    bass, treble = _folds(options)
    return ChromaPair(amount @ bass, amount @ treble), np.asarray(pooled.mean(axis=1), dtype=np.float32)


def fade_faint(level: FloatArray) -> Float32Array:
    """Gain in [0, 1] per frame that lets what is faint beside the loud parts of the recording disappear, (frames,) float32."""
    loud = float(np.percentile(level, 90)) if len(level) else 0.0
    square = np.asarray(level, dtype=np.float64) ** 2
    return np.asarray(square / (square + (_FAINT * loud) ** 2 + 1e-12), dtype=np.float32)


@lru_cache(maxsize=8)
def note_dictionary(bins: int, bins_per_octave: int) -> Float32Array:
    """Spectra of single notes, (notes, bins) float32 of unit length: partial `k` has amplitude `DECAY ** (k - 1)`."""
    per_note = bins_per_octave // 12
    notes = np.zeros((bins // per_note, bins + 2), dtype=np.float64)
    for note, row in enumerate(notes):
        for partial in range(1, PARTIALS + 1):
            place = note * per_note + round(bins_per_octave * np.log2(partial))
            for offset, height in zip((-1, 0, 1), _LOBE, strict=True):
                if 0 <= place + offset < bins:
                    row[place + offset] += height * DECAY ** (partial - 1)
    notes = notes[:, :bins]
    out: Float32Array = (notes / np.linalg.norm(notes, axis=1, keepdims=True)).astype(np.float32)
    out.flags.writeable = False
    return out


@lru_cache(maxsize=8)
def _hamming(bins: int, bins_per_octave: int) -> Float32Array:
    """(bins, bins) matrix whose product is a running mean over an octave; at the ends it averages what is there."""
    distance = np.abs(np.arange(bins)[:, None] - np.arange(bins)[None, :])
    window = np.where(distance <= bins_per_octave // 2, 0.54 + 0.46 * np.cos(2 * np.pi * distance / bins_per_octave), 0.0)
    out: Float32Array = (window / window.sum(axis=0, keepdims=True)).astype(np.float32)
    out.flags.writeable = False
    return out


def _folds(options: ConstantQ) -> tuple[Float32Array, Float32Array]:
    notes = options.bins // (options.bins_per_octave // 12)
    midi = round(69.0 + 12.0 * float(np.log2(options.fmin_hz / 440.0))) + np.arange(notes)
    classes = np.eye(12, dtype=np.float32)[midi % 12]
    high = np.clip((midi - _BASS_FULL_MIDI) / (_BASS_NONE_MIDI - _BASS_FULL_MIDI), 0.0, 1.0)
    top = np.clip((_TREBLE_NONE_MIDI - midi) / (_TREBLE_NONE_MIDI - _TREBLE_FULL_MIDI), 0.0, 1.0)
    return (classes * (1.0 - high)[:, None]).astype(np.float32), (classes * (high * top)[:, None]).astype(np.float32)
