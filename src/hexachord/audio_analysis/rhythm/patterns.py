"""The engine ``beats/pattern-grid``: candidate grids of beats, scored by what happens on and between their beats, counted in bars.

See `curves`, `grids` and `bars`. Long recordings are analysed in overlapping stretches, each with its own tempo: hours take bounded memory.
"""

from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.audio_analysis.rhythm.analysis import MINIMUM_S, Rhythm, find_onsets, no_beats
from hexachord.audio_analysis.rhythm.bars import find_bars
from hexachord.audio_analysis.rhythm.curves import LEAD_S, RhythmCurves, rhythm_curves
from hexachord.audio_analysis.rhythm.grids import Grid, candidate_tempi, propose_grids, score_grids
from hexachord.audio_analysis.rhythm.hints import RhythmHints, tap_bonus, within
from hexachord.audio_analysis.rhythm.tapped import lifted, on_clock, tapped_bpm
from hexachord.knowledge import Beats, Metre, Tempo, TempoHypothesis

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

STRETCH_S, OVERLAP_S = 240.0, 20.0  # a recording longer than 1.5 stretches is cut into stretches
EXCERPT_S = 60.0  # this much of a stretch decides which tempi are worth laying out in full
_KEPT_TEMPI = 3
RELIABILITY = 0.85  # even where all evidence agrees the grid is wrong once in about seven pieces (renders held out of training)


def rhythm_from_patterns(frontend: "FrontEnd", *, hints: RhythmHints = RhythmHints()) -> Rhythm:
    """Analyse rhythm by scored grids of beats; taps are evidence for the grids that meet them."""
    name = "beats/pattern-grid"
    curves = rhythm_curves(frontend)
    onsets = find_onsets(curves, duration_s=frontend.duration_s)
    if frontend.duration_s < MINIMUM_S or not curves.activation.any():
        return no_beats(onsets, name)
    hints = on_clock(hints, LEAD_S)
    time_s, tempo = _beats_of_stretches(curves, hints=hints)
    if len(time_s) < 2:
        return no_beats(onsets, name)
    bars = find_bars(curves, time_s, beats_per_bar=hints.beats_per_bar, downbeat_s=hints.downbeat_s)
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


def _beats_of_stretches(curves: RhythmCurves, *, hints: RhythmHints) -> tuple[FloatArray, tuple[TempoHypothesis, ...]]:
    """Beats of the whole on the curves' clock, and tempi weighted by how long they last."""
    frames, hop_s = len(curves), curves.hop_s
    length, overlap = round(STRETCH_S / hop_s), round(OVERLAP_S / hop_s)
    starts = [0] if frames <= 1.5 * length else list(range(0, frames - overlap, length - overlap))
    beats: list[FloatArray] = []
    tempi: list[tuple[float, float]] = []
    for number, first in enumerate(starts):
        last = frames if number + 1 == len(starts) else first + length
        grids = best_grids(curves.part(first, last), hints=on_clock(hints, first * hop_s))
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


def best_grids(curves: RhythmCurves, *, hints: RhythmHints = RhythmHints()) -> list[Grid]:
    """Lay and score grids of beats on one stretch, best first: all candidate tempi on an excerpt, then the best few on the whole.

    Hints are on the clock of the curves.
    """
    frames = len(curves)
    excerpt = round(EXCERPT_S / curves.hop_s)
    if hints.tapped_s:
        activation = np.asarray(lifted(curves.activation, hints, hop_s=curves.hop_s), dtype=np.float32)
        curves = RhythmCurves(curves.bands, activation, curves.hop_s)
    if frames < 1.5 * excerpt:
        return _ranked(curves, tempi=_tempi_to_try(curves, hints), hints=hints)
    busiest = np.convolve(curves.activation, np.ones(excerpt), mode="valid")[:: max(1, excerpt // 8)].argmax() * max(1, excerpt // 8)
    part = curves.part(int(busiest), int(busiest) + excerpt)
    of_part = on_clock(hints, int(busiest) * curves.hop_s)
    ranked = _ranked(part, tempi=_tempi_to_try(part, of_part), hints=of_part)
    tempi: list[float] = []
    for grid in ranked:
        if all(abs(grid.bpm / bpm - 1) > 0.04 for bpm in tempi):
            tempi.append(grid.bpm)
    whole = _ranked(curves, tempi=tempi[:_KEPT_TEMPI], hints=hints)
    return whole + [grid for grid in ranked if whole and all(abs(grid.bpm / other.bpm - 1) > 0.04 for other in whole)]


def _tempi_to_try(curves: RhythmCurves, hints: RhythmHints) -> list[float] | None:
    """Candidate tempi that the user allows, or the middle of what is allowed, and the tempo of the taps; None leaves the choice free."""
    tapped = tapped_bpm(hints)
    own = [] if tapped is None or not within(tapped, hints) else [tapped]
    if hints.tempo_bpm is None:
        return candidate_tempi(curves) + own if own else None
    allowed = [bpm for bpm in candidate_tempi(curves) if within(bpm, hints)] + own
    return allowed or [float(np.sqrt(hints.tempo_bpm[0] * hints.tempo_bpm[1]))]


def _ranked(curves: RhythmCurves, *, tempi: list[float] | None, hints: RhythmHints) -> list[Grid]:
    """Lay grids at tempi and score them, with what taps say for each: those that the user allows, best first."""
    grids = score_grids(curves, propose_grids(curves, tempi=tempi))
    grids = [grid for grid in grids if within(grid.bpm, hints)] or grids
    if not hints.tapped_s:
        return grids
    told = [Grid(grid.time_s, grid.bpm, grid.shift, grid.score + tap_bonus(grid.time_s, hints)) for grid in grids]
    return sorted(told, key=lambda grid: -grid.score)


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
