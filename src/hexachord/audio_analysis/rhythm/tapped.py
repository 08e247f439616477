"""Taps and a tempo range, for engines that know one pulse only: which of the pulses in it the user means.

``beats/network`` weighs taps against everything else it hears (`readings`). An engine that has just laid one row of beats has nothing to
weigh them with: its halves, multiples and off-beats are candidates, and what the user says decides among them.
"""

from dataclasses import replace

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.rhythm.hints import RhythmHints, tap_bonus, within
from hexachord.audio_analysis.rhythm.readings import FASTEST_BPM, SLOWEST_BPM, propose

_AROUND = 1.12  # people's taps go as fast as the beat to this factor
_NEAR_S = 0.06  # a tap lifts what lies so near
_STAY = 0.5  # nats for the beats as they were laid, against others that agree with the taps as well
_PER_OCTAVE = 2.0  # nats for another tempo


def on_clock(hints: RhythmHints, lead_s: float) -> RhythmHints:
    """Return hints on a clock that reads 0 at `lead_s`."""
    start_s = None if hints.downbeat_s is None else hints.downbeat_s - lead_s
    return replace(hints, tapped_s=tuple(tap_s - lead_s for tap_s in hints.tapped_s), downbeat_s=start_s)


def tapped_bpm(hints: RhythmHints) -> float | None:
    """The tempo of the nearest taps; None with fewer than two, and where they are no tempo.

    Examples
    --------
    >>> tapped_bpm(RhythmHints(tapped_s=(1.0, 1.5, 2.0, 8.0))), tapped_bpm(RhythmHints(tapped_s=(1.0, 20.0)))
    (120.0, None)
    """
    gaps = np.diff(np.sort(hints.tapped_s))
    gaps = gaps[gaps > 60.0 / FASTEST_BPM]  # a tap that was counted twice
    if not len(gaps):
        return None
    bpm = 60.0 / float(np.median(gaps[gaps < 1.3 * gaps.min()]))
    return bpm if bpm >= SLOWEST_BPM else None


def with_tapped_range(hints: RhythmHints) -> RhythmHints:
    """Let the taps say the tempo range where the user has not said one."""
    bpm = tapped_bpm(hints)
    return hints if hints.tempo_bpm is not None or bpm is None else replace(hints, tempo_bpm=(bpm / _AROUND, bpm * _AROUND))


def lifted(curve: FloatArray, hints: RhythmHints, *, hop_s: float) -> FloatArray:
    """Lift a curve of attacks to its own heights around each tap, so that a tracker is drawn there."""
    if not hints.tapped_s or not len(curve):
        return curve
    time_s = np.arange(len(curve)) * hop_s
    top = float(np.percentile(curve, 99))
    near = np.zeros(len(curve))
    for tap_s in hints.tapped_s:
        near = np.maximum(near, np.exp(-0.5 * ((time_s - tap_s) / (0.5 * _NEAR_S)) ** 2))
    return np.maximum(curve, top * near).astype(curve.dtype)


def as_said(time_s: FloatArray, hints: RhythmHints) -> Float64Array:
    """Choose, of the pulses that beats contain, the one that fits the tempo range and the taps; the beats themselves where all fit alike.

    Parameters
    ----------
    time_s : (beats,) ascending
    hints : on the clock of the beats

    Examples
    --------
    >>> beats = np.arange(0.0, 12.0, 0.5)
    >>> as_said(beats, RhythmHints(tapped_s=(2.26, 2.74, 3.25)))[:3].tolist()
    [0.25, 0.75, 1.25]
    >>> as_said(beats, RhythmHints(tempo_bpm=(50, 70)))[:3].tolist()
    [0.0, 1.0, 2.0]
    """
    beats = np.asarray(time_s, dtype=np.float64)
    if len(beats) < 4 or not (hints.tapped_s or hints.tempo_bpm):
        return beats
    between = beats[:-1] + np.diff(beats) / 2
    candidates = [(candidate, 0.0) for candidate in propose(beats)] + [(candidate, _STAY) for candidate in propose(between)]
    candidates = [pair for pair in candidates if within(pair[0].bpm, hints)] or candidates[:1]
    score = [
        tap_bonus(c.time_s, hints)
        - cost
        - _PER_OCTAVE * abs(float(np.log2(c.multiple)))
        - _STAY * (c.shift % max(1.0, 1.0 / c.multiple) != 0)
        for c, cost in candidates
    ]
    return candidates[int(np.argmax(score))][0].time_s
