"""Half, double, in threes: the pulses that played notes have, and which of them is counted.

The decoder follows a pulse through a performance; which multiple of it a score would write is another question, and was the most frequent
mistake. So the piece is walked through again at half, twice, a third, three times, two thirds and three halves of the tempo that was
found, and once more near it, where it may not jump. Each walk is described by what the network and the notes say on and between its
beats, and a weighted sum chooses (``training/midi_beats_choice.py`` fits it on imagined performances). Notes know what sound does not:
how many are struck to a beat, and how evenly. Where a pulse is followed well its multiples are, too: every second, third or fourth beat
of what was found first are candidates, and what lies halfway or at thirds between them.
"""

from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.dsp.metrical import BarHypothesis, MetricalOptions, decode_bars
from hexachord.dsp.pulse_choice import at, chances, log_odds, standardised, unequal
from hexachord.models.tables import load_table
from hexachord.score_analysis.beat_features import HOP_S

WEIGHTS = "midi_beats_choice"
TEMPI_BPM: Float64Array = 30.0 * 2.0 ** (np.arange(10) / 3)
METRES = (2, 3, 4)
BEAT, DOWNBEAT, PLACES, BARS, TEMPO = 0, 1, slice(2, 5), slice(5, 8), slice(8, 18)
"""Columns of what the network says: chances of a beat and of a downbeat; of the second, third and fourth beat of a bar; of `METRES`; of
`TEMPI_BPM`. What knows beats and downbeats only has the first two columns."""

FACTORS = {"phase": 1.0, "half": 1 / 2, "double": 2.0, "third": 1 / 3, "triple": 3.0, "two-thirds": 2 / 3, "three-halves": 3 / 2}
"""Of the tempo, by the kind of reading (`hexachord.knowledge.checks.READING_KINDS`)."""
OTHERS = tuple(kind for kind in FACTORS if kind != "phase")

DERIVED = ((1.0, 0.5), (0.5, 0.0), (1 / 3, 0.0), *((float(step), float(at)) for step in (2, 3, 4) for at in range(step)))
"""Candidates made of the likeliest walk: how many of its beats from one to the next, and where the first is."""

_AROUND = 1.22  # a walk at a multiple may be so much slower or faster than it
_LIKELY_BPM = (32.0, 45.0, 63.0, 90.0, 126.0, 178.0, 250.0)
_NEAR_S = 0.06
_SAME_OCTAVES = 0.2
_LEAST = 1e-3


@dataclass(frozen=True, eq=False)
class Walked:
    """What is known of a performance: (frames, columns) chances, and when chords are struck."""

    chances: Float32Array
    chord_s: Float64Array


def walk(said: Float32Array, options: MetricalOptions) -> tuple[BarHypothesis, ...]:
    """Decode (frames, 2 or more) chances, `HOP_S` apart: the best reading in each metre, likeliest first."""
    beat, first = (said[:, index].astype(np.float64) for index in (BEAT, DOWNBEAT))
    return decode_bars(beat, np.minimum(first, beat), hop_s=HOP_S, options=options)


def near(options: MetricalOptions, bpm: float, *, around: float = _AROUND) -> MetricalOptions | None:
    """Allow tempi near one only; None where those are hardly possible."""
    low, high = max(bpm / around, options.slowest_bpm), min(bpm * around, options.fastest_bpm)
    return replace(options, slowest_bpm=low, fastest_bpm=high) if high >= 1.2 * low else None


def walks(said: Float32Array, options: MetricalOptions) -> list[BarHypothesis]:
    """Walk through a performance at all tempi, then near each multiple of what came out; what came out is the first."""
    found = [one for one in walk(said, options)[:1] if len(one.beat_s) > 1]
    for factor in FACTORS.values() if found else ():
        limits = near(options, found[0].tempo_bpm * factor)
        found += [one for one in (walk(said, limits)[:1] if limits else ()) if len(one.beat_s) > 3]
    return found


def candidates(said: Float32Array, options: MetricalOptions) -> list[BarHypothesis]:
    """Walk through a performance, and take multiples of what came out first besides."""
    found = walks(said, options)
    made = [derived(found[0], step, first) for step, first in DERIVED] if found else []
    return found + [one for one in made if one is not None and options.slowest_bpm * 0.8 < one.tempo_bpm < options.fastest_bpm * 1.1]


def derived(found: BarHypothesis, step: float, first: float) -> BarHypothesis | None:
    """Count every so many beats of a walk; nothing is known of how likely that is, or of its bars. None where fewer than four are left."""
    beat_s = np.asarray(found.beat_s, dtype=np.float64)
    place = np.arange(first, len(beat_s) - 1 + 1e-6, step)
    if len(place) < 4:
        return None
    time_s = np.interp(place, np.arange(len(beat_s)), beat_s)
    return replace(
        found,
        beat_s=time_s,
        position=np.ones(len(time_s), dtype=np.int64),
        bar_metre=np.full(len(time_s), found.metre),
        tempo_bpm=float(60.0 / np.median(np.diff(time_s))),
        log_likelihood=float("nan"),
    )


def describe(known: Walked, found: BarHypothesis, first: BarHypothesis) -> Float64Array:
    """Describe a walk beside the one that was likeliest: (features,) for the chooser."""
    said, time_s = known.chances, np.asarray(found.beat_s, dtype=np.float64)
    gap_s = np.maximum(np.diff(time_s), 1e-3)
    places = {part: time_s[:-1] + part * gap_s for part in (0.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.75)}
    beat = {part: at(said[:, BEAT], when, HOP_S) for part, when in places.items()}
    odds = {part: float(log_odds(value).mean()) for part, value in beat.items()}
    on = log_odds(beat[0.0])
    down = log_odds(at(said[:, DOWNBEAT], time_s[:-1], HOP_S))
    is_first = found.position[:-1] == 1
    contrast = float(down[is_first].mean() - down[~is_first].mean()) if 0 < is_first.sum() < len(is_first) else 0.0
    seconds, gap = len(said) * HOP_S, float(np.median(gap_s))
    bpm = 60.0 / gap
    between = np.diff(known.chord_s)
    quantiles = np.quantile(between, (0.1, 0.5, 0.9)) if len(between) else np.ones(3)
    struck = {part: _struck(known.chord_s, places[part]) for part in (0.0, 1 / 3, 0.5, 2 / 3)}
    ratio = np.log2(bpm / first.tempo_bpm)
    walked = found.log_likelihood == found.log_likelihood  # not NaN
    behind = found.log_likelihood - first.log_likelihood if walked else 0.0
    return np.concatenate(
        [
            [np.clip(behind / seconds, -20.0, 20.0), behind / max(len(time_s), 1), float(walked)],
            [odds[0.0], odds[0.5], max(odds[1 / 3], odds[2 / 3]), max(odds[0.25], odds[0.75])],
            [float((beat[0.0] > 0.3).mean()), float((beat[0.5] > 0.3).mean()), float(beat[0.0].mean())],
            [unequal(on, 2), unequal(on, 3), unequal(down, 2), unequal(down, 3), unequal(down, 4)],
            [contrast, float(down.mean()), float(down[is_first].mean()) if is_first.any() else -5.0],
            [struck[0.0], struck[0.5], max(struck[1 / 3], struck[2 / 3])],
            np.log2(gap / np.maximum(quantiles, 0.02)),
            [np.log2(max(len(known.chord_s), 1) / len(time_s))],
            np.exp(-0.5 * (np.log2(bpm / np.array(_LIKELY_BPM)) / 0.35) ** 2),
            [float(found is first), abs(ratio), ratio, float(abs(ratio) < 0.11)],
            [float(np.abs(np.diff(np.log(gap_s))).mean()) if len(gap_s) > 1 else 0.0, float(np.log(gap_s).std())],
            [float(found.metre == metre) for metre in METRES],
            _agreement(said, found, time_s, gap_s),
        ]
    )


def _struck(chord_s: Float64Array, time_s: Float64Array) -> float:
    """The part of some times at which a chord is struck."""
    after = np.clip(np.searchsorted(chord_s, time_s), 1, max(1, len(chord_s) - 1))
    if len(chord_s) < 2:
        return 0.0
    distance = np.minimum(np.abs(chord_s[after] - time_s), np.abs(chord_s[after - 1] - time_s))
    return float((distance < _NEAR_S).mean())


def _agreement(said: Float32Array, found: BarHypothesis, time_s: Float64Array, gap_s: Float64Array) -> Float64Array:
    """How far what the network says of tempo, bars and places in them agrees with a walk; zeros where it says nothing."""
    if said.shape[1] < TEMPO.stop:
        return np.zeros(5)
    frame = np.clip(np.rint(time_s / HOP_S).astype(np.int64), 0, len(said) - 1)
    tempo = np.maximum(said[:, TEMPO], _LEAST)
    tempo = tempo / tempo.sum(axis=1, keepdims=True)
    smooth = np.convolve(gap_s, np.ones(3) / 3, mode="same") if len(gap_s) > 4 else gap_s
    smooth[[0, -1]] = gap_s[[0, -1]]
    octave = np.log2(60.0 / smooth)
    place = np.clip((octave - np.log2(TEMPI_BPM[0])) * 3.0, 0.0, len(TEMPI_BPM) - 1.001)
    low = place.astype(np.int64)
    rows = tempo[frame[:-1]]
    each = np.arange(len(low))
    fits = (1 - (place - low)) * rows[each, low] + (place - low) * rows[each, low + 1]
    whole = tempo.mean(axis=0)
    centre = float(np.clip((np.log2(60.0 / np.median(gap_s)) - np.log2(TEMPI_BPM[0])) * 3.0, 0.0, len(TEMPI_BPM) - 1.001))
    overall = (1 - centre % 1) * whole[int(centre)] + (centre % 1) * whole[int(centre) + 1]
    bars = np.maximum(said[:, BARS].mean(axis=0), _LEAST)
    metre = float(np.log(bars / bars.sum())[METRES.index(found.metre)]) if found.metre in METRES else 0.0
    others = [log_odds(said[frame[found.position == 2 + index], 2 + index]) for index in range(3)]
    placed = np.concatenate(others) if any(len(one) for one in others) else np.zeros(1)
    return np.array([np.log(fits).mean(), np.log(overall), np.log(fits).min(initial=0.0) * 0.1, metre, float(placed.mean())])


def rank(known: Walked, found: list[BarHypothesis], seen: Float64Array) -> Float64Array:
    """(walks,) chances that each walk of `walks` is the one that is counted; `seen` (walks, features) says how much each looks like a page
    (`hexachord.score_analysis.bars.Look`).

    The first is chosen; which of the other multiples comes second is another question, asked on condition that the first is wrong:
    where it is, some mistakes are more frequent than others.
    """
    table = load_table(WEIGHTS)
    described = np.concatenate([np.stack([describe(known, one, found[0]) for one in found]), seen], axis=1)
    scores = standardised(described, table["mean"], table["scale"]) @ table["weight"]
    return shared(scores, np.log2([one.tempo_bpm for one in found]), table["others"])


def shared(scores: Float64Array, octave: Float64Array, others: FloatArray) -> Float64Array:
    """Share chances: (walks,) scores and log tempi → (walks,) chances, sum 1.

    What the best walk and those at its tempo leave is divided among walks at other multiples by ``others[0]`` times their scores plus
    what speaks for their kind, in the order of `OTHERS`; none gets more than the best.
    """
    chance = chances(scores)
    best = int(chance.argmax())
    kinds = [kind_of(2.0 ** float(away)) for away in octave - octave[best]]
    other = np.array([kind in OTHERS for kind in kinds])
    if not other.any():
        return chance
    bonus = np.array([others[1 + OTHERS.index(kind)] for kind in kinds if kind in OTHERS])
    left = chance[other].sum() * chances(others[0] * scores[other] + bonus)
    chance[other] = left * min(1.0, 0.999 * chance[best] / left.max())
    return np.asarray(chance / chance.sum())


def kind_of(ratio: float) -> str:
    """Name a multiple of the tempo; empty where there is no name for it.

    Examples
    --------
    >>> kind_of(1.9), kind_of(1.05), kind_of(5.0)
    ('double', 'phase', '')
    """
    away, kind = min((abs(float(np.log2(ratio / factor))), kind) for kind, factor in FACTORS.items())
    return kind if away < _SAME_OCTAVES else ""
