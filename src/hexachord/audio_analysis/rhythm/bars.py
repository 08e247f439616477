"""Where each beat stands in its bar, and how many beats a bar has.

A small network looks at what happens on seventeen beats in a row and says how likely the middle one is a downbeat: bass drum, snare, new
chord, how strong, compared with its neighbours. A hidden Markov model that counts 1-2-3 or 1-2-3-4 makes bars of it; it may lose
count once in a long while. Durand, Bello, David & Richard, "Robust downbeat tracking using an ensemble of convolutional networks",
IEEE/ACM TASLP 2017, has the same two steps on a far larger scale; the beats themselves come from `grids`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.rhythm.curves import PARTS, RhythmCurves, beat_pattern
from hexachord.audio_analysis.rhythm.hints import count_on
from hexachord.dsp.viterbi import posterior, viterbi
from hexachord.models.tables import load_table

METRES = (3, 4)
CONTEXT_BEATS = 8
EVIDENCE = 0.5  # neighbouring beats share their context: this much of each one's evidence counts
_LOSE_COUNT = 2e-4  # probability per beat that the bar starts anew
_METRE_BEATS = 60.0  # a longer piece says the same again: its evidence for a metre counts as that of so many beats
_START_ON_DOWNBEAT = 0.4  # recordings begin on a downbeat more often than chance
_METRE_PRIOR = {3: 0.15, 4: 0.85}  # pop and rock: few waltzes
_SAID = 40.0  # log odds of a downbeat that the user pointed at
_OTHER_METRES = 0.08  # the chance of a metre that this engine cannot count (2, 5, 7 ...)


@dataclass(frozen=True, eq=False)
class Bars:
    """Position of each beat from 1, how sure the downbeats and other beats are, beats per bar, and the chance of each metre."""

    position: IntArray
    confidence: FloatArray
    metre: int
    chances: tuple[tuple[int, float], ...]


def beat_features(curves: RhythmCurves, time_s: FloatArray) -> Float64Array:
    """Describe each beat and its surroundings.

    Parameters
    ----------
    curves : see `rhythm_curves`
    time_s : (beats,) at least 3, on the curves' own clock

    Returns
    -------
    (beats, 17 * 12) per beat the four bands on it, after it and before it, standardised over the piece, for it and eight
    neighbours each side
    """
    gap = np.diff(time_s)
    pattern = beat_pattern(curves, np.append(time_s, time_s[-1] + gap[-1]))
    late = np.roll(pattern[:, -1], 1, axis=0)
    late[0] = 0.0
    on = np.maximum(np.maximum(pattern[:, 0], pattern[:, 1]), late)
    half = pattern[:, PARTS // 2 - 1 : PARTS // 2 + 2].max(axis=1)
    before = np.roll(pattern[:, 3 * PARTS // 4 - 1 : 3 * PARTS // 4 + 2].max(axis=1), 1, axis=0)
    own = np.log(np.hstack([on, half, before]) + 0.05)
    own = (own - own.mean(axis=0)) / (own.std(axis=0) + 0.1)
    padded = np.pad(own, ((CONTEXT_BEATS, CONTEXT_BEATS), (0, 0)))
    return np.hstack([padded[k : k + len(own)] for k in range(2 * CONTEXT_BEATS + 1)])


def downbeat_log_odds(features: FloatArray, weights: Mapping[str, FloatArray] | None = None) -> Float64Array:
    """Run the network: (beats, features) → (beats,) log odds that each is a downbeat, against even chances of one in 3.75."""
    table = load_table("rhythm") if weights is None else weights
    hidden = np.tanh(np.asarray(features, dtype=np.float64) @ table["bar_w1"] + table["bar_b1"])
    odds: Float64Array = hidden @ table["bar_w2"] + table["bar_b2"]
    return odds.ravel()


def find_bars(curves: RhythmCurves, time_s: FloatArray, *, beats_per_bar: int | None = None, downbeat_s: float | None = None) -> Bars:
    """Count the beats of a piece in bars of three or four.

    Parameters
    ----------
    curves : see `rhythm_curves`
    time_s : (beats,) on the curves' own clock; with fewer than 6, position 0 (unknown) and metre 4 are returned
    beats_per_bar, downbeat_s : what the user knows; a metre that is known may be any
    """
    metre = beats_per_bar or 4
    if len(time_s) < 6:
        position: IntArray = np.zeros(len(time_s), dtype=np.int64)
        if downbeat_s is not None:
            position = count_on(time_s, beats_per_bar=metre, downbeat_s=downbeat_s)
        return Bars(position, np.full(len(time_s), np.nan), metre, ())
    odds = downbeat_log_odds(beat_features(curves, time_s))
    if downbeat_s is not None:
        odds[int(np.abs(time_s - downbeat_s).argmin())] = _SAID
    if beats_per_bar is not None:
        position, confidence, _ = _count(odds, beats_per_bar)
        return Bars(position, confidence, beats_per_bar, ((beats_per_bar, 1.0),))
    found = {metre: _count(odds, metre) for metre in METRES}
    share = min(1.0, _METRE_BEATS / len(time_s))
    log_weight = np.array([np.log(_METRE_PRIOR[metre]) + share * found[metre][2] for metre in METRES])
    chance = np.exp(log_weight - log_weight.max())
    chance *= (1.0 - _OTHER_METRES) / chance.sum()
    best = METRES[int(chance.argmax())]
    position, confidence, _ = found[best]
    ranked = sorted(zip(METRES, chance.tolist(), strict=True), key=lambda pair: -pair[1])
    return Bars(position, confidence, best, tuple(ranked))


def _count(log_odds: FloatArray, metre: int) -> tuple[IntArray, Float64Array, float]:
    """Likeliest positions in bars of one metre, their posterior probability, and the log likelihood of the beats."""
    probability = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30)))
    observation = np.empty((len(log_odds), metre))
    observation[:, 0] = EVIDENCE * np.log(probability)
    observation[:, 1:] = EVIDENCE * np.log1p(-probability)[:, None]
    moves = np.full((metre, metre), 0.0)
    moves[np.arange(metre), (np.arange(metre) + 1) % metre] = 1.0 - _LOSE_COUNT
    moves[:, 0] += _LOSE_COUNT
    moves /= moves.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        log_moves = np.log(moves)
    start = np.log(np.append(_START_ON_DOWNBEAT, np.full(metre - 1, (1 - _START_ON_DOWNBEAT) / (metre - 1))))
    path, _ = viterbi(observation, log_moves, start)
    chance, log_likelihood = posterior(observation, log_moves, start)
    return path + 1, chance[np.arange(len(path)), path], log_likelihood
