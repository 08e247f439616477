"""Bars of played notes, once their beats are chosen: which beats begin one, how many it has, and whether beats divide in two or three.

Two have heard downbeats: the network that listens in time, and the critic that looks from beat to beat
(`hexachord.score_analysis.critic`); the second knows bars far better, since a bar is so many beats and not so many seconds. Their log odds
are mixed, and bars are counted through them (`hexachord.dsp.bar_count`).
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.dsp.bar_count import BarCount, CountOptions, count_bars
from hexachord.dsp.pulse_choice import at, log_odds
from hexachord.score_analysis.beat_features import HOP_S
from hexachord.score_analysis.beat_views import Chords
from hexachord.score_analysis.critic import KINDS, METRES, NETWORK, Critique, criticise
from hexachord.score_analysis.multiples import DOWNBEAT, Walked

HEARD, SEEN, EAGER = 0.4, 0.8, 0.8
"""What the log odds of both count, and what speaks for every downbeat: chosen on pages of the valid side."""
_OPTIONS = CountOptions(slip=6.0, change=6.0)
LOOKS = 9 + len(KINDS) + len(METRES) + 1
"""How many features a `Look` has."""
_LEAST = 1e-3
_TEMPERATURE = 0.15  # nats per beat between two ways to count that make one of confidence


@dataclass(frozen=True, kw_only=True, eq=False)
class Bars:
    """How beats are counted: the best way; the best in each metre, if that never changes, with its chance, likeliest first; and the chance
    that beats divide in three."""

    best: BarCount
    steady: tuple[tuple[BarCount, float], ...]
    in_three: float


def bars_of(heard: FloatArray, critique: Critique, *, metres: tuple[int, ...] = (2, 3, 4)) -> Bars:
    """Count bars through (beats,) log odds of downbeats as they were heard, and as the critic sees them."""
    options = replace(_OPTIONS, metres=metres)
    odds = HEARD * np.asarray(heard, dtype=np.float64) + SEEN * critique.downbeat + EAGER
    best = count_bars(odds, options=options)[0]
    steady = count_bars(odds, options=replace(options, change=float("inf")))
    nats = np.array([one.score for one in steady]) / (max(len(odds), 1) * _TEMPERATURE)
    chance = np.exp(nats - nats.max())
    chance /= chance.sum()
    return Bars(
        best=best,
        steady=tuple(zip(steady, chance.tolist(), strict=True)),
        in_three=float(critique.division[:, 1].mean()) if len(critique.division) else 0.0,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """A reading looked at from beat to beat: its bars, and (features,) how much it looks like a page, for the chooser."""

    bars: Bars
    described: Float64Array


def look_at(known: Walked, chords: Chords, beat_s: FloatArray, *, metres: tuple[int, ...] = (2, 3, 4), network: str = NETWORK) -> Look:
    """Look at the beats of a walk.

    Raises
    ------
    InputError : if this installation lacks the critic's network.
    """
    critique = criticise(chords, beat_s, network=network)
    bars = bars_of(log_odds(at(known.chances[:, DOWNBEAT], beat_s, HOP_S)), critique, metres=metres)
    return Look(bars=bars, described=_described(critique, bars))


def _described(critique: Critique, bars: Bars) -> Float64Array:
    """What speaks for a reading: that it is right, on the whole and where it is worst; what else it looks like; how clear its bars are."""
    beats = max(len(critique.downbeat), 1)
    right = critique.kind[:, 0]
    odds = np.log(right + _LEAST) - np.log(1.0 - right + _LEAST)
    score = [count.score for count, _ in bars.steady] * 2  # of one metre only there is no second
    return np.concatenate(
        [
            [np.log(right + _LEAST).mean(), odds.mean()],
            np.quantile(odds, (0.1, 0.25, 0.5, 0.75)),
            np.log(critique.kind.mean(axis=0) + _LEAST),
            [np.log(bars.in_three + _LEAST)],
            np.log(critique.metre.mean(axis=0) + _LEAST),
            [bars.best.score / beats, (score[0] - score[1]) / beats],
        ]
    )
