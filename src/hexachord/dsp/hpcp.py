"""Harmonic pitch-class profiles: what sounds in an octave, at a third of a semitone, from the peaks of a spectrum.

Gómez, *Tonal description of music audio signals*, PhD thesis, UPF Barcelona 2006, §3.3: each peak votes with its energy for its own pitch
class and, less and less, for those of which it may be a harmonic; a vote spreads by a squared cosine.
"""

from functools import lru_cache

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray

_FINE = 120  # steps of 10 cents, finer than a peak is known
_HARMONICS, _DECAY = 8, 0.6
_SPREAD_SEMITONES = 4 / 3


def fine_profile(hz: FloatArray, amplitude: FloatArray, *, tuning_cents: float = 0.0, low_hz: float = 100.0) -> Float32Array:
    """Add the energies of partials up by pitch class in steps of 10 cents: (frames, 120) float32, step 0 is C.

    Parameters
    ----------
    hz, amplitude : (frames, partials), 0 where there is none
    tuning_cents : of the recording
    low_hz : partials below do not count: their pitch is not known well enough
    """
    frames = hz.shape[0]
    heard = (hz >= low_hz) & (amplitude > 0)
    row = np.nonzero(heard)[0]
    octaves = np.log2(hz[heard].astype(np.float64) / 440.0) - tuning_cents / 1200.0 + 9 / 12
    step = np.rint(octaves * _FINE).astype(np.int64) % _FINE
    energy = np.square(amplitude[heard], dtype=np.float64)
    return np.bincount(row * _FINE + step, weights=energy, minlength=frames * _FINE).reshape(frames, _FINE).astype(np.float32)


def hpcp(fine: FloatArray, *, bins: int = 36) -> Float32Array:
    """Turn a fine profile into a harmonic pitch-class profile, each frame's maximum 1.

    Parameters
    ----------
    fine : (frames, 120), see `fine_profile`
    bins : of the octave, a multiple of 12; bin 0 is centred on C

    Returns
    -------
    (frames, bins) float32

    Examples
    --------
    >>> profile = hpcp(fine_profile(np.array([[440.0, 880.0]]), np.array([[1.0, 0.5]])), bins=12)
    >>> int(profile[0].argmax())
    9
    """
    raw = fine @ _votes(bins)
    top = raw.max(axis=1, keepdims=True)
    return np.asarray(raw / np.where(top > 0, top, 1), dtype=np.float32)


def equal_tempered_deviation(profile: FloatArray) -> float:
    """Mean distance of a fine profile's energy from the nearest semitone, over a quarter-tone: 0 in tune, 1 nowhere near. Gómez §5.4.

    Parameters
    ----------
    profile : (120,) summed over a recording
    """
    away = np.abs((np.arange(_FINE) + 5) % 10 - 5) / 5
    return _part(away * profile, profile)


def nontempered_energy_ratio(profile: FloatArray) -> float:
    """Part of a fine profile's energy further than 25 cents from any semitone. Gómez §5.4."""
    away = np.abs((np.arange(_FINE) + 5) % 10 - 5)
    return _part(np.where(away > 2.5, profile, 0), profile)


def diatonic_strength(profile: FloatArray) -> float:
    """Highest correlation of the twelve pitch classes' energies with a diatonic scale. Gómez §5.4.

    Parameters
    ----------
    profile : (120,) summed over a recording
    """
    classes = np.roll(profile, 5).reshape(12, 10).sum(axis=1).astype(np.float64)
    if not np.ptp(classes) > 0:
        return 0.0
    scale = np.array([1.0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1])
    return max(float(np.corrcoef(classes, np.roll(scale, tonic))[0, 1]) for tonic in range(12))


@lru_cache(maxsize=4)
def _votes(bins: int) -> Float32Array:
    if bins < 12 or bins % 12:
        raise ValueError(f"a profile has a multiple of 12 bins, not {bins}")
    centre = np.arange(bins) * (12 / bins)
    votes: Float64Array = np.zeros((_FINE, bins))
    for harmonic in range(1, _HARMONICS + 1):
        semitone = np.arange(_FINE)[:, None] / 10 - 12 * np.log2(harmonic)
        away = np.abs(np.remainder(semitone - centre + 6, 12) - 6)
        near = away <= _SPREAD_SEMITONES / 2
        votes += np.where(near, np.cos(np.pi * away / _SPREAD_SEMITONES) ** 2, 0) * _DECAY ** (harmonic - 1)
    return votes.astype(np.float32)


def _part(some: FloatArray, whole: FloatArray) -> float:
    total = float(whole.sum())
    return float(some.sum() / total) if total > 0 else 0.0
