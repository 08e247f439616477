"""Tempo, beats, bars and onsets of a recording: the front door of this package, and what every engine of beats gives back."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hexachord.audio_analysis.engines import ENGINES
from hexachord.audio_analysis.rhythm.attacks import find_attacks
from hexachord.audio_analysis.rhythm.curves import LEAD_S, RhythmCurves
from hexachord.audio_analysis.rhythm.division import Division, division_rises, estimate_division
from hexachord.audio_analysis.rhythm.groove import LEAST_BEATS, find_groove
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.dsp.onset import pick_onsets
from hexachord.knowledge import Beats, Events, Groove, Metre, RhythmReading, Tempo
from hexachord.knowledge.signatures import written_value
from hexachord.models.engine import pick_engine

if TYPE_CHECKING:
    from hexachord.dsp.frontend import FrontEnd

_SAME_TEMPO = 0.04
MINIMUM_S = 2.0  # less sound than this has onsets but no beat


@dataclass(frozen=True, kw_only=True, eq=False)
class Rhythm:
    """What the rhythm of a recording is.

    Attributes
    ----------
    tempo, beats, metre, onsets : the answer
    readings : the answer and other ways to hear it, likeliest first; empty when the engine knows only one
    groove : swing, microtiming and steadiness; None when there are too few beats
    division_evidence : what the engine has heard of how beats divide, see `hexachord.audio_analysis.rhythm.division.estimate_division`;
        None when it did not listen for that
    """

    tempo: Tempo
    beats: Beats
    metre: Metre
    onsets: Events
    readings: tuple[RhythmReading, ...] = ()
    groove: Groove | None = None
    division_evidence: float | None = None


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
    rhythm = with_divisions(rhythm, frontend, hints=hints)
    return rhythm if rhythm.groove is not None else replace(rhythm, groove=groove_of(rhythm, frontend))


def with_divisions(rhythm: Rhythm, frontend: "FrontEnd", *, hints: RhythmHints = RhythmHints()) -> Rhythm:
    """Say of the metre, and of every reading, whether its beats divide in halves or in thirds.

    What the engine has heard of it, and what the user knows, is about the beats of the answer, and readings of the same tempo.
    """
    if len(rhythm.beats) < LEAST_BEATS:
        return rhythm
    rises = division_rises(frontend)

    def division(beats: Beats, bpm: float) -> Division:
        same = not rhythm.tempo.hypotheses or abs(bpm / rhythm.tempo.bpm - 1.0) < _SAME_TEMPO
        if same and hints.beat_division is not None:
            return Division(hints.beat_division, 1.0)
        return estimate_division(rises, beats.time_s, division_evidence=rhythm.division_evidence if same else None)

    def divided(reading: RhythmReading) -> RhythmReading:
        parts = division(reading.beats, reading.bpm).parts
        kind = written_value(reading.beat_type, was=reading.beat_division, now=parts)
        return replace(reading, beat_type=kind, beat_division=parts)

    found = division(rhythm.beats, rhythm.tempo.bpm)
    metre = rhythm.metre.divided(found.parts, confidence=found.confidence)
    return replace(rhythm, metre=metre, readings=tuple(divided(reading) for reading in rhythm.readings))


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
