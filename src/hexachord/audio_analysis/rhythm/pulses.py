"""How the pulse is followed: the decoder's options, and whether there is a pulse at all."""

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.readings import Pulse, at
from hexachord.audio_analysis.rhythm.traits import tempo_curve_of
from hexachord.dsp.metrical import BarHypothesis, MetricalOptions, decode_beats

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
PULSE = MetricalOptions(slowest_bpm=SLOWEST_BPM, fastest_bpm=FASTEST_BPM, likely_weight=1.0)
"""From renders of the valid side: a drift cost of 30 to 100 and trust of 2 to 4 differ by less than 0.02 in beat F."""

TEMPO_WEIGHT = 0.5
"""Nats a second that a tempo costs for every nat by which the network finds it less likely than the best one of the moment."""

_NO_PULSE, _SURE_PULSE = 0.1, 0.25


def follow(pulse: Pulse, *, options: MetricalOptions = PULSE, weight: float = TEMPO_WEIGHT) -> BarHypothesis | None:
    """Follow the steadiest pulse; None where nothing rises to one."""
    return decode_beats(pulse.beat, hop_s=pulse.hop_s, options=options, tempo=tempo_curve_of(pulse.traits, weight=weight))


def steadiness(pulse: Pulse, time_s: FloatArray) -> float:
    """How much more likely beats are on the beats than elsewhere, in [0, 1]: 0 for noise and silence."""
    if len(time_s) < 2 or not len(pulse):
        return 0.0
    on = at(pulse.beat, time_s, pulse.hop_s)
    return float(np.clip(on.mean() - pulse.beat.mean(), 0.0, 1.0))


def trust(steadiness: float) -> float:
    """How far to trust readings of a pulse that is so steady, 0 to 1; 0 says that there is none.

    Music of the valid side lies above 0.18 (95 % of it above 0.32); noise, pads and notes at random below 0.07, babble of vowels at
    0.14 to 0.18.

    Examples
    --------
    >>> trust(0.05), round(trust(0.175), 2), trust(0.4)
    (0.0, 0.5, 1.0)
    """
    return float(np.clip((steadiness - _NO_PULSE) / (_SURE_PULSE - _NO_PULSE), 0.0, 1.0))


def tempo_range(hints: RhythmHints) -> tuple[float, float]:
    """The slowest and fastest tempo to look for."""
    if hints.tempo_bpm is None:
        return SLOWEST_BPM, FASTEST_BPM
    low, high = sorted(hints.tempo_bpm)
    return max(15.0, low / 1.04), min(600.0, max(high, low * 1.02) * 1.04)
