"""From a pulse to a `Rhythm`: decode, choose among readings, count bars, and keep what else could be heard."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.audio_analysis.rhythm.hints import RhythmHints, tap_bonus, with_taps
from hexachord.audio_analysis.rhythm.readings import Candidate, Pulse, at, choose, describe, downbeat_odds, propose
from hexachord.dsp.bar_count import BarCount, CountOptions, count_bars
from hexachord.dsp.metrical import MetricalOptions, decode_beats
from hexachord.knowledge import Beats, Metre, RhythmReading, Tempo, TempoHypothesis
from hexachord.models.tables import load_table

SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
BARS = CountOptions(metre_cost=((2, 0.2), (3, 0.05), (5, 0.2), (6, 0.2), (7, 0.2)))  # settled on renders of the valid side
DOWNBEAT_BIAS = 1.0  # nats: at its own best moments the network is less sure of downbeats than it is right
MOST_READINGS = 6
_EVIDENCE_BEATS = 60.0  # a longer piece says the same again: its evidence for a metre counts as that of so many beats
_SAID = 20.0  # nats for a downbeat that the user pointed at
_LEAST = 0.01  # readings less likely are not told
_SAME_TEMPO = 0.04


@dataclass(frozen=True, eq=False)
class Heard:
    """Readings, likeliest first, and tempi and metres with the chances of all readings that share them."""

    readings: tuple[RhythmReading, ...]
    tempo: Tempo
    metre: Metre


def hear(pulse: Pulse, *, hints: RhythmHints, engine: str) -> Heard | None:
    """Decode a pulse into ranked readings; None if there is none.

    Parameters
    ----------
    pulse : from the first frame of the recording
    hints : what the user knows
    engine : under whose name
    """
    pulse = with_taps(pulse, hints)
    low, high = tempo_range(hints)
    options = MetricalOptions(slowest_bpm=low, fastest_bpm=high, likely_weight=0.0 if hints.tempo_bpm else 1.0)
    found = decode_beats(pulse.beat, hop_s=pulse.hop_s, options=options)
    if found is None or len(found.beat_s) < 4:
        return None
    candidates = propose(found.beat_s)
    if hints.tempo_bpm:
        candidates = [c for c in candidates if low * 0.98 <= c.bpm <= high * 1.02] or candidates[:1]
    features = np.stack([describe(pulse, candidate) for candidate in candidates])
    score = choose(features, load_table("rhythm_readings"))
    score += np.array([tap_bonus(candidate.time_s, hints) for candidate in candidates])
    chance = np.exp(score - score.max())
    chance /= chance.sum()
    return _ranked(pulse, candidates, chance, hints=hints, engine=engine)


def tempo_range(hints: RhythmHints) -> tuple[float, float]:
    """The slowest and fastest tempo to look for."""
    if hints.tempo_bpm is None:
        return SLOWEST_BPM, FASTEST_BPM
    low, high = sorted(hints.tempo_bpm)
    return max(15.0, low / 1.04), min(600.0, high * 1.04)


def bars_of(pulse: Pulse, time_s: FloatArray, *, hints: RhythmHints) -> list[tuple[BarCount, float]]:
    """Count the bars over given beats in every metre: the counts and their chances, likeliest first."""
    options = BARS if hints.beats_per_bar is None else CountOptions(metres=(hints.beats_per_bar,), slip=BARS.slip)
    weight = None
    if hints.downbeat_s is not None:
        weight = np.zeros(len(time_s))
        weight[int(np.abs(np.asarray(time_s) - hints.downbeat_s).argmin())] = _SAID
    counts = count_bars(downbeat_odds(pulse, time_s) + DOWNBEAT_BIAS, options=options, weight=weight)
    score = np.array([count.score for count in counts]) * min(1.0, _EVIDENCE_BEATS / len(time_s))
    chance = np.exp(score - score.max())
    return list(zip(counts, (chance / chance.sum()).tolist(), strict=True))


def _ranked(pulse: Pulse, candidates: list[Candidate], chance: Float64Array, *, hints: RhythmHints, engine: str) -> Heard:
    order = np.argsort(-chance, kind="stable")
    first = candidates[order[0]]
    readings: list[RhythmReading] = []
    metres: dict[int, float] = {}
    for index in order:
        candidate, share = candidates[index], float(chance[index])
        if share < _LEAST and len(readings) >= 2:
            break
        beat = at(pulse.beat, candidate.time_s, pulse.hop_s)
        for place, (count, bars) in enumerate(bars_of(pulse, candidate.time_s, hints=hints)):
            metres[count.metre] = metres.get(count.metre, 0.0) + share * bars
            if place and (index != order[0] or bars * share < _LEAST):
                continue
            kind = "first" if not readings else ("metre" if place else relation(candidate.bpm / first.bpm))
            if not kind:
                continue
            beats = Beats(time_s=candidate.time_s, position=count.position, confidence=share * (0.5 + 0.5 * beat), engine=engine)
            readings.append(
                RhythmReading(bpm=candidate.bpm, beats_per_bar=count.metre, beats=beats, confidence=share * bars, kind=kind, engine=engine)
            )
    kept = [readings[0], *sorted(readings[1:], key=lambda reading: -reading.confidence)][:MOST_READINGS]
    best = kept[0].beats_per_bar
    total = sum(metres.values())
    others = tuple(sorted(((metre, share / total) for metre, share in metres.items() if metre != best), key=lambda pair: -pair[1]))
    metre = Metre(beats_per_bar=best, confidence=metres[best] / total, alternatives=others[:4], engine=engine)
    return Heard(tuple(kept), Tempo(hypotheses=_tempi(candidates, chance), engine=engine), metre)


def _tempi(candidates: list[Candidate], chance: Float64Array) -> tuple[TempoHypothesis, ...]:
    """Tempi with the chances of all candidates that share them; the first candidate's comes first."""
    merged: list[list[float]] = []
    for index in np.argsort(-chance, kind="stable"):
        bpm, share = candidates[index].bpm, float(chance[index])
        near = next((entry for entry in merged if abs(entry[0] / bpm - 1) < _SAME_TEMPO), None)
        if near is None:
            merged.append([bpm, share])
        else:
            near[1] += share
    ranked = [merged[0], *sorted(merged[1:], key=lambda entry: -entry[1])]
    return tuple(TempoHypothesis(bpm=bpm, confidence=min(share, 1.0)) for bpm, share in ranked[:5] if share > 1e-3)


def relation(ratio: float) -> str:
    """Name how a tempo stands to the first reading's; empty where there is no word for it.

    Examples
    --------
    >>> relation(0.5), relation(3.02), relation(1.0), relation(1.5)
    ('half', 'triple', 'phase', '')
    """
    names = {"half": 0.5, "double": 2.0, "third": 1 / 3, "triple": 3.0, "phase": 1.0}
    return next((name for name, value in names.items() if abs(ratio / value - 1) < 0.08), "")
