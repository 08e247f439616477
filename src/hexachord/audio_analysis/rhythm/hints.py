"""What a user knows about the rhythm before it is analysed."""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.audio_analysis.rhythm.readings import Pulse

_TAP_S = 0.06  # how exact people tap
_TAP_ODDS = 3.0  # nats that a tap adds to the chance of a beat where it fell
_TAP_WEIGHT = (8.0, 8.0, 32.0)  # nats, between beats that meet every tap and beats that meet none: for each tap, at least, at most
_TAP_TEMPO_WEIGHT = 12.0  # nats, for beats that go as fast as the taps


@dataclass(frozen=True, kw_only=True)
class RhythmHints:
    """What the user knows.

    Attributes
    ----------
    tempo_bpm : (slowest, fastest) the beat may be
    beats_per_bar : the metre, in felt beats
    beat_division : parts of a beat: 2, or 3 in compound time
    tapped_s : times at which the user tapped beats; they need not be many, nor exact to more than 0.1 s
    downbeat_s : a time at which a bar starts ("it starts here")
    """

    tempo_bpm: tuple[float, float] | None = None
    beats_per_bar: int | None = None
    beat_division: int | None = None
    tapped_s: tuple[float, ...] = ()
    downbeat_s: float | None = None

    def __bool__(self) -> bool:
        return self != RhythmHints()


def within(bpm: float, hints: RhythmHints, *, slack: float = 0.03) -> bool:
    """Whether a tempo is one that the user allows."""
    if hints.tempo_bpm is None:
        return True
    low, high = sorted(hints.tempo_bpm)
    return low * (1.0 - slack) <= bpm <= high * (1.0 + slack)


def count_on(time_s: FloatArray, *, beats_per_bar: int, downbeat_s: float) -> IntArray:
    """Count beats in bars, forwards and backwards from the one nearest to a known downbeat.

    Examples
    --------
    >>> count_on(np.arange(6.0), beats_per_bar=3, downbeat_s=2.1).tolist()
    [2, 3, 1, 2, 3, 1]
    """
    if not len(time_s):
        return np.zeros(0, dtype=np.int64)
    first = int(np.abs(np.asarray(time_s) - downbeat_s).argmin())
    return np.asarray((np.arange(len(time_s)) - first) % beats_per_bar + 1, dtype=np.int64)


def with_taps(pulse: Pulse, hints: RhythmHints) -> Pulse:
    """Raise the chance of a beat around each tap: softly, for nobody taps exactly."""
    if not hints.tapped_s or not len(pulse):
        return pulse
    time_s = np.arange(len(pulse)) * pulse.hop_s
    near = np.zeros(len(pulse))
    for tap_s in hints.tapped_s:
        near = np.maximum(near, np.exp(-0.5 * ((time_s - tap_s) / _TAP_S) ** 2))
    chance = np.clip(pulse.beat.astype(np.float64), 1e-3, 1 - 1e-3)
    odds = np.log(chance / (1 - chance)) + _TAP_ODDS * near
    return replace(pulse, beat=(1.0 / (1.0 + np.exp(-odds))).astype(np.float32))


def tap_bonus(time_s: FloatArray, hints: RhythmHints) -> float:
    """How well beats agree with the taps, in nats: they meet them, and go as fast as neighbouring taps do.

    Examples
    --------
    >>> hints = RhythmHints(tapped_s=(1.0, 1.5, 2.0))
    >>> beats = np.arange(0.0, 4.0, 0.25)
    >>> tap_bonus(beats[::2], hints) > tap_bonus(beats, hints) > tap_bonus(beats[1::2], hints)
    True
    """
    if not hints.tapped_s or len(time_s) < 2:
        return 0.0
    taps = np.sort(np.asarray(hints.tapped_s, dtype=np.float64))
    beats = np.asarray(time_s, dtype=np.float64)
    gap = float(np.median(np.diff(beats)))
    away = np.abs(beats[:, None] - taps).min(axis=0)
    weight = float(np.clip(_TAP_WEIGHT[0] * len(taps), *_TAP_WEIGHT[1:]))
    bonus = weight * float(np.exp(-0.5 * (away / min(1.5 * _TAP_S, 0.2 * gap)) ** 2).mean())
    if len(taps) > 1:
        octaves = np.log2(np.maximum(np.diff(taps), 1e-3).min() / gap)
        bonus += _TAP_TEMPO_WEIGHT * float(np.exp(-0.5 * (octaves / 0.2) ** 2))
    return bonus
