"""Ellis's beat tracker: the likeliest tempo, then beats on strong onsets at steady distances. FMP §6.3.2."""

from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import IntArray
from hexachord.audio_analysis.rhythm.analysis import MINIMUM_S, Rhythm, find_onsets, no_beats
from hexachord.audio_analysis.rhythm.curves import LEAD_S, rhythm_curves
from hexachord.audio_analysis.rhythm.hints import RhythmHints, count_on
from hexachord.audio_analysis.rhythm.pulses import tempo_range
from hexachord.audio_analysis.rhythm.tapped import as_said, lifted, on_clock, with_tapped_range
from hexachord.dsp.beat_dp import track_beats_dp
from hexachord.dsp.tempogram import rank_tempi, tempo_prior, tempo_salience
from hexachord.knowledge import Beats, Metre, Tempo, TempoHypothesis

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd


def rhythm_from_dynamic_programming(frontend: "FrontEnd", *, hints: RhythmHints = RhythmHints()) -> Rhythm:
    """Track beats by dynamic programming at the likeliest tempo; bars are not looked for, but counted where the user says where one starts.

    Taps lift the curve of attacks where they fell and say the tempo, and which of the pulses in the beats is meant.
    """
    name = "beats/dynamic-programming"
    curves = rhythm_curves(frontend)
    onsets = find_onsets(curves, duration_s=frontend.duration_s)
    hints = with_tapped_range(on_clock(hints, LEAD_S))
    novelty = lifted(curves.bands[:, :3].sum(axis=1), hints, hop_s=curves.hop_s)
    low, high = tempo_range(hints)
    bpm = np.geomspace(low, high, 240)
    salience = tempo_salience(novelty, hop_s=curves.hop_s, bpm=bpm) if frontend.duration_s >= MINIMUM_S else np.zeros(len(bpm))
    found, weight = rank_tempi(salience, bpm=bpm, prior=tempo_prior(bpm, width_octaves=0.6))
    if len(found) == 0:
        return no_beats(onsets, name)
    time_s = track_beats_dp(novelty, hop_s=curves.hop_s, period_s=60.0 / float(found[0]))
    if len(time_s) < 2:
        return no_beats(onsets, name)
    if hints.tapped_s:
        time_s = as_said(time_s, hints)
    beat_s = np.clip(time_s + LEAD_S, 0.0, frontend.duration_s)
    metre = Metre(beats_per_bar=hints.beats_per_bar or 4, confidence=float(hints.beats_per_bar is not None), engine=name)
    position: IntArray = np.zeros(len(beat_s), dtype=np.int64)
    if hints.downbeat_s is not None:
        position = count_on(time_s, beats_per_bar=metre.beats_per_bar, downbeat_s=hints.downbeat_s)
    return Rhythm(
        tempo=Tempo(
            hypotheses=tuple(TempoHypothesis(bpm=float(b), confidence=float(w)) for b, w in zip(found, weight, strict=True)), engine=name
        ),
        beats=Beats(time_s=beat_s, position=position, engine=name),
        metre=metre,
        onsets=onsets,
    )
