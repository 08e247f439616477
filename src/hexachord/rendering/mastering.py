"""Mastering: the tone of a mix bent toward what music of its kind has, and its loudness as far as its peaks allow."""

from functools import lru_cache

import numpy as np
from scipy import fft

from hexachord.arrays import Float32Array, Float64Array
from hexachord.dsp.fir import Fir, minimum_phase
from hexachord.processing.effects.dynamics import limiter
from hexachord.processing.effects.effect import amplitude
from hexachord.rendering.balance import active_loudness_db

OCTAVES_HZ: tuple[float, ...] = tuple(31.25 * 2.0**octave for octave in range(10))
"""Centres of the bands in which tone is judged."""
USUAL_TONE_DB = (-15.0, -6.5, -6.5, -7.5, -10.0, -13.0, -17.0, -21.0, -23.0, -28.0)
"""Medians of the power in each octave over that of 62 Hz to 8 kHz, of 90 free recordings of many kinds."""

_MOST_DB = np.array([4.0, 8.0, 8.0, 7.0, 6.0, 6.0, 7.0, 9.0, 11.0, 11.0])  # what an engineer dares to add or take away
_SIZE = 8192
_EMPTY_DB = -45.0  # where there is nothing, nothing is brought up


def toned(mix: Float32Array, *, rate_hz: int, target_db: tuple[float, ...], strength: float) -> Float32Array:
    """Bend the spectrum of a mix toward a target, octave by octave.

    Parameters
    ----------
    mix : ``(2, n)``
    target_db : power of each of `OCTAVES_HZ` over that of 62 Hz to 8 kHz together
    strength : share of the difference that is made up for, 0 to 1
    """
    if strength <= 0.0 or not target_db or not mix.any():
        return mix
    centres = np.log2(OCTAVES_HZ)
    there_db = octave_levels_db(mix, rate_hz=rate_hz)
    asked_db = np.clip(strength * (np.asarray(target_db) - there_db), -_MOST_DB, _MOST_DB)
    asked_db[there_db < _EMPTY_DB] = np.minimum(asked_db[there_db < _EMPTY_DB], 0.0)
    hz = np.linspace(0.0, rate_hz / 2, 4097)
    curve_db = np.interp(np.log2(np.maximum(hz, 1.0)), centres, asked_db - np.average(asked_db[2:7]))
    taps = minimum_phase(10 ** (curve_db / 20), taps=round(0.046 * rate_hz))
    return np.asarray(Fir(taps, channels=2)(mix), dtype=np.float32)


def octave_levels_db(mix: Float32Array, *, rate_hz: int) -> Float64Array:
    """Measure the power in each octave over that of 62 Hz to 8 kHz, in dB; octaves beyond half the sampling rate are as low as can be."""
    count = mix.shape[1] // _SIZE
    if not count:
        return np.full(len(OCTAVES_HZ), -120.0)
    frames = mix[:, : count * _SIZE].reshape(2, count, _SIZE)[:, :: max(1, count // 60)]  # sixty moments tell enough
    power = np.square(np.abs(fft.rfft(frames * np.hanning(_SIZE).astype(np.float32), axis=2))).sum(axis=(0, 1), dtype=np.float64)
    bands = _octaves(rate_hz) @ power
    total = float(bands[1:9].sum())
    return np.asarray(10 * np.log10(np.maximum(bands / max(total, 1e-20), 1e-12)))


@lru_cache(maxsize=8)
def _octaves(rate_hz: int) -> Float64Array:
    octave = np.round(np.log2(np.maximum(fft.rfftfreq(_SIZE, 1 / rate_hz), 1e-3) / OCTAVES_HZ[0]))
    return np.asarray(octave[None, :] == np.arange(len(OCTAVES_HZ))[:, None], dtype=np.float64)


def mastered(mix: Float32Array, *, rate_hz: int, aim_lufs: float | None, push_db: float, ceiling_db: float) -> Float32Array:
    """Bring a mix to a loudness, as far as its peaks allow.

    Parameters
    ----------
    aim_lufs : what is tried for; None leaves the level
    push_db : by how much peaks may be over the ceiling before a limiter takes them down; 0 does without one
    ceiling_db : of peaks
    """
    loudness_db, peak = active_loudness_db(mix, rate_hz=rate_hz), float(np.abs(mix).max(initial=0.0))
    if aim_lufs is None or not np.isfinite(loudness_db):
        return mix
    over_db = 20.0 * np.log10(peak) - ceiling_db
    gain_db = min(aim_lufs - loudness_db, push_db - over_db)
    if gain_db + over_db > 0.0:
        return limiter(mix, rate_hz, drive_db=gain_db, ceiling_db=ceiling_db)
    return np.asarray(mix * np.float32(amplitude(gain_db)))


def held(sound: Float32Array) -> Float32Array:
    """Sound within full scale: what is too loud for a file is turned down."""
    peak = float(np.abs(sound).max(initial=0.0))
    return sound if peak <= 1.0 else np.asarray(sound * np.float32(0.99999 / peak))
