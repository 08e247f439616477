"""From a pulse to a `Rhythm`: decode, choose among readings, count bars, and keep what else could be heard."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.audio_analysis.rhythm.counting import METRES, BeatEvidence, Count, evidence_at, propose_counts, rank_counts
from hexachord.audio_analysis.rhythm.hints import RhythmHints, tap_bonus, with_taps
from hexachord.audio_analysis.rhythm.pulses import PULSE, TEMPO_WEIGHT, follow, steadiness, tempo_range, trust
from hexachord.audio_analysis.rhythm.readings import Candidate, Pulse, at, chances, choose, describe, propose
from hexachord.audio_analysis.rhythm.rereading import TEMPO_FACTORS
from hexachord.dsp.bar_count import CountOptions, count_bars
from hexachord.knowledge import Beats, Metre, RhythmReading, Tempo, TempoHypothesis
from hexachord.models.tables import load_table

MOST_READINGS = 6
_SAID = 20.0  # nats for a downbeat that the user pointed at
# Of 166 scores of the training side (lead sheets, art songs, piano pages) that begin on a beat, 119 begin on the first of a bar.
_BEGINS_ON_FIRST, _BEGINS_WITHIN_S, _BEGIN_RISE = 0.72, 0.06, 0.3
_LEAST = 0.01  # readings less likely are not told
_SAME_TEMPO = 0.04
_HALF_HEARD = 0.5
_NOTHING_BETWEEN = 0.05  # of what is heard, and of what rises, on the beats
_OTHER_COUNTS = 3  # of the first reading's beats
_CHANGING = CountOptions(metres=METRES, metre_cost=((2, 0.2), (3, 0.02), (5, 0.1), (6, 0.2), (7, 0.1)), change=6.0)
_CHANGE_GAIN = 12.0  # nats by which changing metres must explain a piece better than one


@dataclass(frozen=True, eq=False)
class Heard:
    """Readings, likeliest first, and tempi and metres with the chances of all readings that share them."""

    readings: tuple[RhythmReading, ...]
    tempo: Tempo
    metre: Metre


def hear(pulse: Pulse, *, hints: RhythmHints, engine: str) -> Heard | None:
    """Decode a pulse into ranked readings; None if it is not steady (silence, noise, speech, free time).

    Parameters
    ----------
    pulse : from the first frame of the recording
    hints : what the user knows
    engine : under whose name
    """
    pulse = with_taps(pulse, hints)
    low, high = tempo_range(hints)
    options = replace(PULSE, slowest_bpm=low, fastest_bpm=high, likely_weight=0.0 if hints.tempo_bpm else PULSE.likely_weight)
    found = follow(pulse, options=options, weight=0.0 if hints.tempo_bpm else TEMPO_WEIGHT)
    if found is None or len(found.beat_s) < 4:
        return None
    sure = trust(steadiness(pulse, found.beat_s)) if not hints else 1.0  # whoever gives hints has heard a beat
    if sure == 0.0:
        return None
    candidates = propose(found.beat_s)
    if hints.tempo_bpm:
        candidates = [c for c in candidates if low * 0.98 <= c.bpm <= high * 1.02] or candidates[:1]
    candidates = candidates if hints.tapped_s else plausible(pulse, candidates)  # whoever taps hears what the network does not
    features = np.stack([describe(pulse, candidate) for candidate in candidates])
    score = choose(features, load_table("rhythm_readings"))
    score += np.array([tap_bonus(candidate.time_s, hints) for candidate in candidates])
    return _ranked(pulse, candidates, chances(score), sure=sure, hints=hints, engine=engine)


def plausible(pulse: Pulse, candidates: list[Candidate]) -> list[Candidate]:
    """Leave out beats in other ratios than octaves and threes where the network hears half of what it hears on others, and beats that
    fall into silence: a metronome's are no eighths."""
    candidates = [candidate for candidate in candidates if not _is_half_empty(pulse, candidate)] or candidates[:1]
    heard = np.array([at(pulse.beat, candidate.time_s, pulse.hop_s).mean() for candidate in candidates])
    simple = np.array([min(c.multiple, 1 / c.multiple) in (1.0, 0.5, 1 / 3, 0.25) and c.shift in (0.0, 1.0, 2.0, 3.0) for c in candidates])
    keep = simple | (heard >= _HALF_HEARD * heard.max())
    return [candidate for candidate, kept in zip(candidates, keep, strict=True) if kept]


def _is_half_empty(pulse: Pulse, candidate: Candidate) -> bool:
    """Whether nothing is heard and nothing rises at every second beat, or at two of three."""
    if candidate.multiple <= 1:
        return False
    heard, risen = (at(curve, candidate.time_s, pulse.hop_s) for curve in (pulse.beat, pulse.rises.sum(axis=1)))
    for cycle in (2, 3):
        levels = [sorted(float(curve[place::cycle].mean()) for place in range(cycle)) for curve in (heard, risen)]
        if all(level[-2] <= _NOTHING_BETWEEN * level[-1] for level in levels):
            return True
    return False


def ranked_counts(pulse: Pulse, evidence: BeatEvidence, time_s: FloatArray, *, bpm: float, hints: RhythmHints) -> list[tuple[Count, float]]:
    """Count the bars over given beats, of which `evidence` is known, in every way: the counts and their chances, likeliest first."""
    metres = METRES if hints.beats_per_bar is None else (hints.beats_per_bar,)
    weight = np.zeros(len(time_s))
    if hints.downbeat_s is not None:
        weight[int(np.abs(np.asarray(time_s) - hints.downbeat_s).argmin())] = _SAID
    counts = propose_counts(evidence.down, metres=metres, weight=weight)
    score = rank_counts(evidence, counts, load_table("rhythm_readings"), bpm=bpm)
    score += np.array([float(weight[count.position == 1].sum()) for count in counts])
    before = beats_from_the_beginning(pulse, time_s)
    if before is not None:
        score += np.array([_chance_of_beginning(int(count.position[0]) - 1 - before, count.metre) for count in counts])
    chance = chances(score)
    return [(counts[index], float(chance[index])) for index in np.argsort(-chance, kind="stable")]


def _chance_of_beginning(place: int, metre: int) -> float:
    """Log of how likely music begins at a place of the bar (0 is its first beat), against all places being alike."""
    if metre == 1:
        return 0.0
    chance = _BEGINS_ON_FIRST if place % metre == 0 else (1.0 - _BEGINS_ON_FIRST) / (metre - 1)
    return float(np.log(chance * metre))


def beats_from_the_beginning(pulse: Pulse, time_s: FloatArray) -> int | None:
    """Say how many beats before the first one the sound begins; None unless it begins on a beat, or one before it.

    Music that begins on a beat begins most often with a bar, and what was cut to begin on a beat was cut at one.
    """
    rise = pulse.rises.sum(axis=1)
    risen = np.flatnonzero(rise > _BEGIN_RISE * np.percentile(rise, 99)) if len(rise) else rise
    if not len(risen) or len(time_s) < 2:
        return None
    begin_s = float(risen[0]) * pulse.hop_s
    gap = float(time_s[1] - time_s[0])
    before = round((float(time_s[0]) - begin_s) / gap)
    return before if before in (0, 1) and abs(time_s[0] - before * gap - begin_s) <= _BEGINS_WITHIN_S else None


def changing_metre(down: FloatArray, count: Count) -> IntArray:
    """Let the metre change where that explains the downbeats far better than one metre does; else the positions stay as they are."""
    single = max(other.score for other in count_bars(down, options=replace(_CHANGING, change=float("inf"))))
    (free,) = count_bars(down, options=_CHANGING)
    return free.position if free.score > single + _CHANGE_GAIN else count.position


def _ranked(pulse: Pulse, candidates: list[Candidate], chance: Float64Array, *, sure: float, hints: RhythmHints, engine: str) -> Heard:
    order = np.argsort(-chance, kind="stable")
    first = candidates[order[0]]
    readings: list[RhythmReading] = []
    metres: dict[int, float] = {}
    for index in order:
        candidate, share = candidates[index], sure * float(chance[index])
        if share < _LEAST and len(readings) >= 2:
            break
        beat = at(pulse.beat, candidate.time_s, pulse.hop_s)
        evidence = evidence_at(pulse, candidate.time_s)
        counts = ranked_counts(pulse, evidence, candidate.time_s, bpm=candidate.bpm, hints=hints)
        for count, bars in counts:
            metres[count.metre] = metres.get(count.metre, 0.0) + share * bars
        for place, (count, bars) in enumerate(counts[: 1 + _OTHER_COUNTS if index == order[0] else 1]):
            kind = relation(candidate.bpm / first.bpm)
            if not readings:
                kind = "first"
            elif place:
                kind = "phase" if count.metre == readings[0].beats_per_bar else "metre"
            if not kind or (place and share * bars < _LEAST):
                continue
            position = count.position
            if kind == "first" and hints.beats_per_bar is None and hints.downbeat_s is None:
                position = changing_metre(evidence.down, count)
            beats = Beats(time_s=candidate.time_s, position=position, confidence=share * (0.5 + 0.5 * beat), engine=engine)
            readings.append(
                RhythmReading(bpm=candidate.bpm, beats_per_bar=count.metre, beats=beats, confidence=share * bars, kind=kind, engine=engine)
            )
    kept = [readings[0], *sorted(readings[1:], key=lambda reading: -reading.confidence)][:MOST_READINGS]
    best = kept[0].beats_per_bar
    total = sum(metres.values())
    others = tuple(sorted(((metre, sure * share / total) for metre, share in metres.items() if metre != best), key=lambda pair: -pair[1]))
    metre = Metre(beats_per_bar=best, confidence=sure * metres[best] / total, alternatives=others[:4], engine=engine)
    return Heard(tuple(kept), Tempo(hypotheses=_tempi(candidates, sure * chance), engine=engine), metre)


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
    >>> relation(0.5), relation(3.02), relation(1.0), relation(1.5), relation(4.0)
    ('half', 'triple', 'phase', 'three-halves', '')
    """
    return next((name for name, value in (*TEMPO_FACTORS.items(), ("phase", Fraction(1))) if abs(ratio / value - 1) < 0.08), "")
