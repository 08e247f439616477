"""Envelopes and slow oscillators as formulas over whole stretches of time; nothing walks sample by sample."""

import math
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float32Array, Float64Array
from hexachord.synthesis.model import AmplitudeEnvelope, Lfo, ModulationEnvelope

STEEPEST_DB_PER_S = 12_000.0
"""No fall is steeper: 20 dB take 1.7 ms, so that a sound let go at once does not click."""

FLOOR_DB = -120.0
"""Where a falling envelope stays, and counts as silence."""

LONGEST_STAGE_S = 3600.0


class Course(NamedTuple):
    """An amplitude envelope counted in frames; its delay is left to whoever places the sound.

    It rises from `start` for `attack` frames, stays for `hold`, falls by `fall_db` a frame until it is `depth_db` down, and stays there.

    Examples
    --------
    >>> course = course_of(AmplitudeEnvelope(attack_s=0.004, decay_db_per_s=20.0, sustain_db=-6.0), rate_hz=1000)
    >>> course.values(0, 5)
    array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    >>> course.frames, round(course.level(1000), 3)
    (304, 0.501)
    """

    start: float
    attack: float
    hold: float
    fall_db: float
    depth_db: float

    @property
    def frames(self) -> int:
        """After how many frames it stays as it is."""
        fall = self.depth_db / self.fall_db if self.fall_db > 0 else 0.0
        return math.ceil(min(self.attack + self.hold + fall, 1e12))

    def level(self, frame: float) -> float:
        """Amplitude at a frame."""
        if frame < self.attack:
            return self.start + (1.0 - self.start) * frame / self.attack
        fallen_db = min(max((frame - self.attack - self.hold) * self.fall_db, 0.0), self.depth_db)
        return 0.0 if fallen_db >= -FLOOR_DB else 10.0 ** (-fallen_db / 20.0)

    def frames_until(self, level_db: float) -> int | None:
        """After how many frames it has fallen to a level for good; None when it never does."""
        if self.fall_db <= 0 or self.depth_db < -level_db:
            return None
        return math.ceil(min(self.attack + self.hold + max(-level_db, 0.0) / self.fall_db, 1e12))

    def values(self, first: int, last: int) -> Float32Array:
        """Amplitudes at frames ``[first, last)``."""
        at = np.arange(first, last, dtype=np.float64)
        fall_db = np.clip((at - self.attack - self.hold) * self.fall_db, 0.0, self.depth_db)
        result = np.exp(fall_db * (-math.log(10.0) / 20.0))
        if first < self.attack:
            result = np.where(at < self.attack, self.start + (1.0 - self.start) * at / max(self.attack, 1e-9), result)
        return np.asarray(result, dtype=np.float32)


def course_of(envelope: AmplitudeEnvelope, *, rate_hz: int) -> Course:
    """The course of an envelope until it is let go, made playable."""
    return Course(
        start=_between(envelope.start, 0.0, 1.0),
        attack=_between(envelope.attack_s, 0.0, LONGEST_STAGE_S) * rate_hz,
        hold=_between(envelope.hold_s, 0.0, LONGEST_STAGE_S) * rate_hz,
        fall_db=fall_rate(envelope.decay_db_per_s) / rate_hz,
        depth_db=_between(-envelope.sustain_db, 0.0, -FLOOR_DB),
    )


def release_course(db_per_s: float, *, rate_hz: int) -> Course:
    """A fall from full level to silence."""
    return Course(1.0, 0.0, 0.0, fall_rate(db_per_s) / rate_hz, -FLOOR_DB)


def fall_rate(db_per_s: float) -> float:
    """A rate of fall made playable: finite, not negative, not so steep that it clicks."""
    return _between(db_per_s, 0.0, STEEPEST_DB_PER_S) if db_per_s == db_per_s else STEEPEST_DB_PER_S


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high) if value == value else low


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
