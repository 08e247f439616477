"""Envelopes and slow oscillators as formulas over whole stretches of time; nothing walks sample by sample."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.model import AmplitudeEnvelope, Lfo, ModulationEnvelope

STEEPEST_DB_PER_S = 12_000.0
"""No fall is steeper: 20 dB take 1.7 ms, so that a sound let go at once does not click."""

FLOOR_DB = -110.0
"""Where a falling envelope counts as silence when it is laid out as a table."""


class EnvelopeTable(NamedTuple):
    """An envelope before its release, one value a sample: `values`, then `flat` for ever."""

    values: Float32Array
    flat: float

    def level(self, index: int) -> float:
        """Amplitude at a sample."""
        return float(self.values[index]) if index < len(self.values) else self.flat


def fall_rate(db_per_s: float) -> float:
    """A rate of fall made playable: finite, not negative, not so steep that it clicks."""
    return min(max(db_per_s, 0.0), STEEPEST_DB_PER_S) if db_per_s == db_per_s else STEEPEST_DB_PER_S


@lru_cache(maxsize=512)
def amplitude_table(envelope: AmplitudeEnvelope, *, rate_hz: int, longest_s: float = 60.0) -> EnvelopeTable:
    """Lay out the attack, the hold and the decay of an envelope; its delay is left to whoever places the sound.

    Stages that take longer than `longest_s` in all are cut there: the table then stays at the level it had reached.

    Examples
    --------
    >>> table = amplitude_table(AmplitudeEnvelope(attack_s=0.004, decay_db_per_s=20.0, sustain_db=-6.0), rate_hz=1000)
    >>> table.values[:5]
    array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    >>> len(table.values), round(table.flat, 3)
    (304, 0.501)
    """
    attack = min(max(envelope.attack_s, 0.0), longest_s) * rate_hz
    hold = min(max(envelope.hold_s, 0.0), longest_s) * rate_hz
    rate = fall_rate(envelope.decay_db_per_s) / rate_hz
    sustain_db = min(envelope.sustain_db, 0.0)
    depth = min(-sustain_db, -FLOOR_DB)
    decay = depth / rate if depth > 0 and rate > 0 else 0.0
    n = int(np.ceil(min(attack + hold + decay, longest_s * rate_hz)))
    at = np.arange(n, dtype=np.float64)
    start = min(max(envelope.start, 0.0), 1.0)
    rise = start + (1.0 - start) * at / attack if attack > 0 else np.ones(n)
    fall_db = np.clip((at - attack - hold) * rate, 0.0, depth)
    values = np.where(at < attack, rise, np.power(10.0, -fall_db / 20.0)).astype(np.float32)
    values.setflags(write=False)
    cut_short = attack + hold + decay > longest_s * rate_hz
    if cut_short and n:
        flat = float(values[-1])
    elif rate == 0.0:
        flat = 1.0
    else:
        flat = 0.0 if sustain_db <= FLOOR_DB else float(np.float32(10.0 ** (sustain_db / 20.0)))
    return EnvelopeTable(values, flat)


@lru_cache(maxsize=256)
def release_table(db_per_s: float, *, rate_hz: int, longest_s: float = 12.0) -> Float32Array:
    """Lay out an exponential fall from 1 down to `FLOOR_DB`, at most `longest_s` of it."""
    rate = fall_rate(db_per_s) / rate_hz
    n = min(-FLOOR_DB / rate, longest_s * rate_hz) if rate > 0 else longest_s * rate_hz
    table: Float32Array = np.power(10.0, -rate / 20.0 * np.arange(int(np.ceil(n)) + 1)).astype(np.float32)
    table.setflags(write=False)
    return table


def modulation_envelope(envelope: ModulationEnvelope, time_s: Float64Array, *, held_s: float = float("inf")) -> Float64Array:
    """The values of a modulation envelope at times after its start; it falls to 0 from wherever it is at `held_s`.

    A convex attack follows SoundFont's curve, as does one that would be linear in dB.

    Examples
    --------
    >>> modulation_envelope(ModulationEnvelope(attack_s=1.0, decay_s=2.0, sustain=0.5, release_s=1.0), np.arange(5.0), held_s=3.0)
    array([0. , 1. , 0.5, 0.5, 0. ])
    """
    values = _before_release(envelope, time_s)
    if np.isfinite(held_s):
        top = float(_before_release(envelope, np.array([held_s]))[0])
        fall = (time_s - held_s) / max(envelope.release_s, 1e-6)
        values = np.where(time_s < held_s, values, np.maximum(top - fall, 0.0))
    return values


def _before_release(envelope: ModulationEnvelope, time_s: Float64Array) -> Float64Array:
    after = time_s - envelope.delay_s
    attack = max(envelope.attack_s, 1e-6)
    rise = np.clip(after / attack, 0.0, 1.0)
    if envelope.convex_attack:
        rise = np.where(rise > 0, np.clip(1.0 + 40.0 / 96.0 * np.log10(np.maximum(rise, 1e-9)), 0.0, 1.0), 0.0)
    fall = np.maximum(after - attack - envelope.hold_s, 0.0) / max(envelope.decay_s, 1e-6)
    sustain = min(max(envelope.sustain, 0.0), 1.0)
    return np.where(after < attack, rise, np.maximum(1.0 - fall, sustain))


def oscillator(lfo: Lfo, time_s: Float64Array) -> Float64Array:
    """The values of a low-frequency oscillator at times after the start of its voice: 0 until its delay is over, then upwards.

    Examples
    --------
    >>> oscillator(Lfo(delay_s=1.0, rate_hz=1.0), np.array([0.5, 1.0, 1.25, 1.5, 1.75]))
    array([ 0.,  0.,  1.,  0., -1.])
    """
    after = time_s - lfo.delay_s
    phase = np.maximum(after, 0.0) * max(lfo.rate_hz, 0.0)
    if lfo.shape == "sine":
        wave = np.sin(2 * np.pi * phase)
    else:
        wave = np.abs((phase - 0.25) % 1.0 * 4.0 - 2.0) - 1.0
    faded = np.clip(after / lfo.fade_s, 0.0, 1.0) if lfo.fade_s > 0 else 1.0
    return np.where(after > 0, wave * faded, 0.0)
