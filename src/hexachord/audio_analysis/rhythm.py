"""Tempo, beats, bars and onsets of a recording.

The default engine ``beats/pattern-grid`` lays candidate grids of beats, scores what happens on and between their beats, takes the best
and counts it in bars (see `rhythm_curves`, `beat_hypotheses`, `bar_positions`). ``beats/dynamic-programming`` is Ellis's classic at the
likeliest tempo. Long recordings are analysed in overlapping stretches, each with its own tempo, so hours take bounded memory. FMP §6.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.audio_analysis.bar_positions import find_bars
from hexachord.audio_analysis.beat_hypotheses import FASTEST_BPM, SLOWEST_BPM, Grid, propose_grids, score_grids
from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.rhythm_curves import LEAD_S, RhythmCurves, rhythm_curves
from hexachord.dsp.beat_dp import track_beats_dp
from hexachord.dsp.onset import pick_onsets
from hexachord.dsp.tempogram import rank_tempi, tempo_prior, tempo_salience
from hexachord.knowledge import Beats, Events, Metre, Tempo, TempoHypothesis
from hexachord.models.engine import pick_engine

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

MINIMUM_S = 2.0  # less sound than this has onsets but no beat
STRETCH_S, OVERLAP_S = 240.0, 20.0  # a recording longer than 1.5 stretches is cut into stretches
EXCERPT_S = 60.0  # this much of a stretch decides which tempi are worth laying out in full
_KEPT_TEMPI = 3
RELIABILITY = 0.85  # even where all evidence agrees the grid is wrong once in about seven pieces (renders held out of training)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rhythm:
    """What the rhythm of a recording is."""

    tempo: Tempo
    beats: Beats
    metre: Metre
    onsets: Events


def analyse_rhythm(frontend: "FrontEnd", *, engine: str | None = None) -> Rhythm:
    """Find tempo, beats, bars and onsets.

    Parameters
    ----------
    frontend : of the recording
    engine : "pattern-grid" (default) or "dynamic-programming"

    Returns
    -------
    Rhythm. Silence and less than two seconds of sound have no beats, no tempo hypotheses and a metre of confidence 0.

    Raises
    ------
    InputError : if there is no such engine.
    """
    run = pick_engine(ENGINES, task="beats", name=engine).load()
    rhythm: Rhythm = run(frontend)
    return rhythm


def rhythm_from_patterns(frontend: "FrontEnd") -> Rhythm:
    """Analyse rhythm by scored grids of beats."""
    name = "beats/pattern-grid"
    curves = rhythm_curves(frontend)
    onsets = find_onsets(curves, duration_s=frontend.duration_s)
    if frontend.duration_s < MINIMUM_S or not curves.activation.any():
        return _no_beats(onsets, name)
    time_s, tempo = _beats_of_stretches(curves)
    if len(time_s) < 2:
        return _no_beats(onsets, name)
    bars = find_bars(curves, time_s)
    certain = tempo[0].confidence if tempo else 0.0
    beat_s = np.clip(time_s + LEAD_S, 0.0, frontend.duration_s)
    frames = np.rint(time_s / curves.hop_s).astype(np.int64).clip(0, len(curves) - 1)
    heard = np.maximum.reduce([curves.activation[np.clip(frames + k, 0, len(curves) - 1)] for k in (-1, 0, 1)])
    return Rhythm(
        tempo=Tempo(hypotheses=tempo, engine=name),
        beats=Beats(time_s=beat_s, position=bars.position, confidence=certain * (0.5 + 0.5 * heard.astype(np.float64)), engine=name),
        metre=Metre(
            beats_per_bar=bars.metre, confidence=bars.chances[0][1] if bars.chances else 0.0, alternatives=bars.chances[1:], engine=name
        ),
        onsets=onsets,
    )


def rhythm_from_dynamic_programming(frontend: "FrontEnd") -> Rhythm:
    """Track beats by dynamic programming at the likeliest tempo; bars are not looked for."""
    name = "beats/dynamic-programming"
    curves = rhythm_curves(frontend)
    onsets = find_onsets(curves, duration_s=frontend.duration_s)
    novelty = curves.bands[:, :3].sum(axis=1)
    bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 240)
    salience = tempo_salience(novelty, hop_s=curves.hop_s, bpm=bpm) if frontend.duration_s >= MINIMUM_S else np.zeros(len(bpm))
    found, weight = rank_tempi(salience, bpm=bpm, prior=tempo_prior(bpm, width_octaves=0.6))
    if len(found) == 0:
        return _no_beats(onsets, name)
    time_s = track_beats_dp(novelty, hop_s=curves.hop_s, period_s=60.0 / float(found[0]))
    nothing = _no_beats(onsets, name)
    if len(time_s) < 2:
        return nothing
    return Rhythm(
        tempo=Tempo(
            hypotheses=tuple(TempoHypothesis(bpm=float(b), confidence=float(w)) for b, w in zip(found, weight, strict=True)), engine=name
        ),
        beats=Beats(time_s=np.clip(time_s + LEAD_S, 0.0, frontend.duration_s), position=np.zeros(len(time_s), dtype=np.int64), engine=name),
        metre=nothing.metre,
        onsets=onsets,
    )


def find_onsets(curves: RhythmCurves, *, duration_s: float) -> Events:
    """Pick onsets from the rises of energy in all bands together."""
    found = pick_onsets(curves.bands[:, :3].sum(axis=1), hop_s=curves.hop_s)
    return Events(
        time_s=np.clip(found.time_s + LEAD_S, 0.0, duration_s), confidence=np.clip(found.strength, 0.0, 1.0), engine="onsets/band-flux"
    )


def _beats_of_stretches(curves: RhythmCurves) -> tuple[FloatArray, tuple[TempoHypothesis, ...]]:
    """Beats of the whole on the curves' clock, and tempi weighted by how long they last."""
    frames, hop_s = len(curves), curves.hop_s
    length, overlap = round(STRETCH_S / hop_s), round(OVERLAP_S / hop_s)
    starts = [0] if frames <= 1.5 * length else list(range(0, frames - overlap, length - overlap))
    beats: list[FloatArray] = []
    tempi: list[tuple[float, float]] = []
    for number, first in enumerate(starts):
        last = frames if number + 1 == len(starts) else first + length
        grids = best_grids(curves.part(first, last))
        if not grids:
            continue
        # the overlap is shared in the middle
        begin_s = 0.0 if number == 0 else (first + overlap / 2) * hop_s
        end_s = frames * hop_s if number + 1 == len(starts) else (last - overlap / 2) * hop_s
        time_s = grids[0].time_s + first * hop_s
        time_s = time_s[(time_s >= begin_s) & (time_s < end_s)]
        if beats and len(beats[-1]) and len(time_s):
            time_s = time_s[time_s > beats[-1][-1] + 0.6 * 60.0 / grids[0].bpm]
        beats.append(time_s)
        score = np.array([grid.score for grid in grids])
        chance = np.exp(score - score.max())
        chance *= (last - first) / frames / chance.sum()
        tempi.extend((grid.bpm, float(weight)) for grid, weight in zip(grids, chance, strict=True))
    together = np.concatenate(beats) if beats else np.zeros(0)
    return together, _merge_tempi(tempi)


def best_grids(curves: RhythmCurves) -> list[Grid]:
    """Lay and score grids of beats on one stretch, best first: all candidate tempi on an excerpt, then the best few on the whole."""
    frames = len(curves)
    excerpt = round(EXCERPT_S / curves.hop_s)
    if frames < 1.5 * excerpt:
        return score_grids(curves, propose_grids(curves))
    busiest = np.convolve(curves.activation, np.ones(excerpt), mode="valid")[:: max(1, excerpt // 8)].argmax() * max(1, excerpt // 8)
    first = int(busiest)
    ranked = score_grids(curves.part(first, first + excerpt), propose_grids(curves.part(first, first + excerpt)))
    tempi: list[float] = []
    for grid in ranked:
        if all(abs(grid.bpm / bpm - 1) > 0.04 for bpm in tempi):
            tempi.append(grid.bpm)
    whole = score_grids(curves, propose_grids(curves, tempi=tempi[:_KEPT_TEMPI]))
    return whole + [grid for grid in ranked if whole and all(abs(grid.bpm / other.bpm - 1) > 0.04 for other in whole)]


def _merge_tempi(tempi: list[tuple[float, float]]) -> tuple[TempoHypothesis, ...]:
    """Add up the chances of hypotheses within 4 % of each other; the likeliest five."""
    total = max(1.0, sum(weight for _, weight in tempi))  # overlapping stretches count twice
    merged: list[list[float]] = []
    for bpm, weight in sorted(tempi, key=lambda pair: -pair[1]):
        near = next((entry for entry in merged if abs(entry[0] / bpm - 1) < 0.04), None)
        if near is None:
            merged.append([bpm, weight])
        else:
            near[1] += weight
    merged.sort(key=lambda entry: -entry[1])
    return tuple(TempoHypothesis(bpm=bpm, confidence=RELIABILITY * weight / total) for bpm, weight in merged[:5])


def _no_beats(onsets: Events, engine: str) -> Rhythm:
    return Rhythm(
        tempo=Tempo(hypotheses=(), engine=engine),
        beats=Beats(time_s=np.zeros(0), position=np.zeros(0, dtype=np.int64), engine=engine),
        metre=Metre(beats_per_bar=4, confidence=0.0, engine=engine),
        onsets=onsets,
    )
