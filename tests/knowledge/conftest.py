"""One Knowledge with something in every field."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.knowledge import (
    F0,
    Beats,
    Descriptor,
    Drums,
    Events,
    Groove,
    Harmony,
    Key,
    Knowledge,
    Loudness,
    Metre,
    Notes,
    RhythmReading,
    Segments,
    Sentence,
    Tag,
    Tempo,
    TempoHypothesis,
    Tuning,
)
from hexachord.provenance import Provenance


@pytest.fixture
def full_knowledge() -> Knowledge:
    rng = np.random.default_rng(6)
    beat_s = np.cumsum(rng.uniform(0.4, 0.6, 9))
    frames = np.arange(50)
    voiced = (frames % 20) < 12
    notes = Notes(
        onset_s=np.array([0.1, 1 / 3, 2.0]),
        offset_s=np.array([0.3, 0.7, 2.5]),
        pitch=np.array([60.0, 61.25, 88.0]),
        velocity=np.array([0.5, 0.25, 1.0]),
        engine="notes/test",
    )
    beats = Beats(time_s=beat_s, position=np.array([3, 1, 2, 3, 1, 2, 3, 1, 0]), confidence=rng.uniform(0, 1, 9), engine="beats/dp")
    slower = Beats(time_s=beat_s[::2], position=np.array([1, 2, 1, 2, 1]), engine="beats/dp")
    return Knowledge(
        duration_s=5.1,
        tempo=Tempo(hypotheses=(TempoHypothesis(bpm=119.97, confidence=0.7), TempoHypothesis(bpm=59.985, confidence=0.2)), engine="t/t"),
        beats=beats,
        metre=Metre(beats_per_bar=3, beat_division=2, confidence=0.9, division_confidence=0.8, alternatives=((4, 0.1),)),
        tuning=Tuning(cents=-7.25),
        key=Key(tonic="Bb", mode="minor", confidence=0.6, alternatives=(("Db major", 0.3),)),
        local_keys=Segments(start_s=np.array([0.0]), end_s=np.array([5.1]), label=("Bb minor",)),
        chords=Segments(
            start_s=np.array([0.0, 1.5, 3.0]),
            end_s=np.array([1.5, 3.0, 5.1]),
            label=("Bb:min", "Eb:min7/b3", "N"),
            confidence=np.array([0.5, np.nan, 1.0]),
            second=("Bb:min7", "Ab:sus4", ""),
            second_confidence=np.array([0.4, 0.1, np.nan]),
        ),
        harmony=Harmony(
            start_s=np.array([0.0, 1.5, 3.0]),
            end_s=np.array([1.5, 3.0, 5.1]),
            label=("Bb:min", "Eb:min7/b3", "N"),
            key=("Bb minor", "Bb minor", "Bb minor"),
            numeral=("i", "iv65", ""),
            function=("tonic", "predominant", ""),
            role=("diatonic", "diatonic", ""),
            of=("", "", ""),
        ),
        sections=Segments(start_s=np.array([0.0, 2.0]), end_s=np.array([2.0, 5.1]), label=("verse", "chorus\twith tab")),
        onsets=Events(time_s=np.array([0.25, 0.5]), confidence=np.array([1.0, 0.0])),
        rhythm_readings=(
            RhythmReading(bpm=119.97, beats_per_bar=3, beats=beats, confidence=0.6, engine="beats/dp"),
            RhythmReading(bpm=59.985, beats_per_bar=2, beats=slower, confidence=1 / 3, beat_type=8, kind="half", engine="beats/dp"),
        ),
        groove=Groove(
            tempo_time_s=beat_s[1:],
            tempo_bpm=60.0 / np.diff(beat_s),
            stability=0.031,
            swing_ratio=5 / 3,
            position_beats=np.array([0.0, 0.5, 1.0]),
            deviation_s=np.array([-0.004, np.nan, 0.011]),
            spread_s=np.array([0.002, np.nan, 0.007]),
            engine="groove/test",
        ),
        drums=Drums(
            time_s=np.array([0.1, 0.4, 0.4]),
            label=("kick", "snare", "hihat_closed"),
            velocity=np.array([101.0, 64.5, 1.0]),
            confidence=np.array([0.9, np.nan, 0.2]),
            engine="drums/test",
        ),
        melody=F0(time_s=frames * 0.1, f0_hz=np.where(voiced, 440.0 * 2 ** (frames / 12), 0.0), voicing=voiced * 0.9),
        melody_notes=replace(
            notes,
            glide_semitones=np.array([-1.5, 0.0, 0.25]),
            glide_s=np.array([0.12, 0.0, 0.05]),
            vibrato_hz=np.array([0.0, 5.5, 6.1]),
            vibrato_semitones=np.array([0.0, 0.5, 1 / 3]),
        ),
        notes=notes,
        pedal=Segments(start_s=np.array([0.0, 2.5]), end_s=np.array([2.0, 5.0]), label=("down", "down")),
        loudness=Loudness(integrated_lufs=-np.inf, range_lu=0.0, true_peak_dbtp=-3.5),
        descriptors={"spectral_centroid": Descriptor(value=1234.5, unit="Hz", std=56.0)},
        tags=(Tag(name="piano", confidence=0.8),),
        embedding=rng.normal(size=16).astype(np.float32),
        sentences=(Sentence(text="It swings.", facts=("tempo.hypotheses.0.bpm",), start_s=0.5),),
        skipped={"stems": "longer than an hour"},
        provenance=Provenance(source="x.wav", source_sha256="00ff", engine="analyse", parameters={"a": 1, "b": None, "c": 0.5, "d": True}),
    )
