"""Tempo, beats, bars and onsets of a recording: the front door of this package, and what every engine of beats gives back."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.rhythm.attacks import find_attacks
from hexachord.audio_analysis.rhythm.curves import LEAD_S, RhythmCurves
from hexachord.audio_analysis.rhythm.groove import LEAST_BEATS, find_groove
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.dsp.onset import pick_onsets
from hexachord.knowledge import Beats, Events, Groove, Metre, RhythmReading, Tempo
from hexachord.models.engine import pick_engine

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

MINIMUM_S = 2.0  # less sound than this has onsets but no beat


@dataclass(frozen=True, kw_only=True, eq=False)
class Rhythm:
    """What the rhythm of a recording is.

    Attributes
    ----------
    tempo, beats, metre, onsets : the answer
    readings : the answer and other ways to hear it, likeliest first; empty when the engine knows only one
    groove : swing, microtiming and steadiness; None when there are too few beats
    """

    tempo: Tempo
    beats: Beats
    metre: Metre
    onsets: Events
    readings: tuple[RhythmReading, ...] = ()
    groove: Groove | None = None


def analyse_rhythm(frontend: "FrontEnd", *, engine: str | None = None, hints: RhythmHints = RhythmHints()) -> Rhythm:
    """Find tempo, beats, bars and onsets.

    Parameters
    ----------
    frontend : of the recording
    engine : "network" (default), "network-peaks", "pattern-grid" or "dynamic-programming"
    hints : what the user knows already

    Returns
    -------
    Rhythm. Silence and less than two seconds of sound have no beats, no tempo hypotheses and a metre of confidence 0.

    Raises
    ------
    InputError : if there is no such engine.
    """
    run = pick_engine(ENGINES, task="beats", name=engine).load()
    rhythm: Rhythm = run(frontend, hints=hints)
    return rhythm if rhythm.groove is not None else replace(rhythm, groove=groove_of(rhythm, frontend))


def groove_of(rhythm: Rhythm, frontend: "FrontEnd") -> Groove | None:
    """Measure how beats that were found are played around; None with fewer than eight."""
    if len(rhythm.beats) < LEAST_BEATS:
        return None
    return find_groove(rhythm.beats, find_attacks(frontend), beats_per_bar=rhythm.metre.beats_per_bar)


def find_onsets(curves: RhythmCurves, *, duration_s: float) -> Events:
    """Pick onsets from the rises of energy in all bands together."""
    found = pick_onsets(curves.bands[:, :3].sum(axis=1), hop_s=curves.hop_s)
    return Events(
        time_s=np.clip(found.time_s + LEAD_S, 0.0, duration_s), confidence=np.clip(found.strength, 0.0, 1.0), engine="onsets/band-flux"
    )


def no_beats(onsets: Events, engine: str) -> Rhythm:
    """Say that there is no pulse."""
    return Rhythm(
        tempo=Tempo(hypotheses=(), engine=engine),
        beats=Beats(time_s=np.zeros(0), position=np.zeros(0, dtype=np.int64), engine=engine),
        metre=Metre(beats_per_bar=4, confidence=0.0, engine=engine),
        onsets=onsets,
    )
