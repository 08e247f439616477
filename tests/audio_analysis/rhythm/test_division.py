"""Whether beats divide in halves or in thirds: on invented rises, on clicks, and (slow) on rendered music."""

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm import RhythmHints, analyse_rhythm
from hexachord.audio_analysis.rhythm.analysis import Rhythm, with_divisions
from hexachord.audio_analysis.rhythm.division import FEATURE, estimate_division, fold, is_empty_between
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Beats, Events, Metre, RhythmReading, Tempo, TempoHypothesis

HOP_S = FEATURE.hop_s


def rises(period_s, parts_of_beats, *, seed=0):
    """Rises as played notes make them: for each beat, the parts of it at which something starts; louder on the beat."""
    random = np.random.default_rng(seed)
    count = len(parts_of_beats)
    frames = np.abs(0.15 * random.standard_normal((int((count + 1) * period_s / HOP_S) + 50, 3)))
    for beat, parts in enumerate(parts_of_beats):
        for part in parts:
            at = (1.0 + (beat + part) * period_s + random.normal(0, 0.005)) / HOP_S
            low = int(at)
            level = (8.0 if part == 0 else 4.0) * random.uniform(0.6, 1.2, 3) * ([1.0, 0.7, 0.5] if part == 0 else [0.1, 0.8, 0.7])
            frames[low] += level * (1 - at % 1)
            frames[low + 1] += level * (at % 1)
    return frames.astype(np.float32), 1.0 + period_s * np.arange(count)


THIRDS, LONG_SHORT, EIGHTHS, QUARTER = (0.0, 1 / 3, 2 / 3), (0.0, 2 / 3), (0.0, 0.5), (0.0,)


@pytest.mark.parametrize("bpm", [50, 70, 95])
def test_triplets_throughout_are_compound(bpm):
    curve, beats = rises(60 / bpm, [THIRDS, THIRDS, LONG_SHORT, THIRDS] * 10)
    found = estimate_division(curve, beats)
    assert found.parts == 3
    assert found.confidence > 0.8


@pytest.mark.parametrize(
    "beats",
    [[EIGHTHS] * 40, [(0.0, 0.25, 0.5, 0.75), EIGHTHS] * 20, [LONG_SHORT] * 40, [EIGHTHS, EIGHTHS, EIGHTHS, THIRDS] * 10],
    ids=["eighths", "sixteenths", "swung", "a few triplets"],
)
@pytest.mark.parametrize("bpm", [100, 132])
def test_other_beats_are_simple(beats, bpm):
    found = estimate_division(*rises(60 / bpm, beats))
    assert found.parts == 2
    assert found.confidence > 0.6


def test_nothing_between_the_beats_is_not_known_unless_somebody_else_knows():
    curve, beats = rises(0.6, [QUARTER] * 40)
    assert is_empty_between(fold(curve, beats, hop_s=HOP_S))
    assert estimate_division(curve, beats).parts == 0
    assert np.isnan(estimate_division(curve, beats).confidence)
    assert estimate_division(curve, beats, division_evidence=8.0).parts == 3
    assert estimate_division(curve, beats, division_evidence=-8.0).parts == 2


def test_evidence_is_added():
    curve, beats = rises(0.6, [THIRDS, EIGHTHS] * 20)
    sure = []
    for nats in (-9.0, -1.0, 0.0, 1.0, 9.0):
        found = estimate_division(curve, beats, division_evidence=nats)
        sure.append(found.confidence if found.parts == 3 else 1 - found.confidence)
    assert sure == sorted(sure)
    assert sure[0] < 0.1
    assert sure[-1] > 0.9


def test_a_few_beats_say_nothing():
    curve, beats = rises(0.8, [THIRDS] * 7)
    assert estimate_division(curve, beats).parts == 0
    assert estimate_division(curve, beats[:0]).parts == 0
    assert estimate_division(np.zeros((100, 3), dtype=np.float32), np.arange(9) * 0.2).parts == 0


def clicks(period_s, parts, seconds=24.0, rate_hz=22050):
    """Short noises, the ones on the beat deeper and louder."""
    random = np.random.default_rng(0)
    signal = np.zeros(int(seconds * rate_hz), dtype=np.float32)
    burst = (random.standard_normal(2000) * np.exp(-np.arange(2000) / 300)).astype(np.float32)
    deep = (np.sin(np.arange(4000) * 2 * np.pi * 90 / rate_hz) * np.exp(-np.arange(4000) / 900)).astype(np.float32)
    for beat in range(int((seconds - 1) / period_s)):
        for part in parts:
            at = int((0.5 + (beat + part) * period_s) * rate_hz)
            signal[at : at + 2000] += (0.5 if part == 0 else 0.3) * burst
            if part == 0:
                signal[at : at + 4000] += 0.6 * deep
    return FrontEnd(signal, rate_hz=float(rate_hz))


def tracked(period_s, count, *, readings=(), evidence=None):
    beats = Beats(time_s=0.5 + period_s * np.arange(count), position=np.arange(count) % 2 + 1)
    tempo = Tempo(hypotheses=(TempoHypothesis(bpm=60 / period_s, confidence=0.9),))
    onsets = Events(time_s=np.zeros(0))
    return Rhythm(tempo=tempo, beats=beats, metre=Metre(beats_per_bar=2), onsets=onsets, readings=readings, division_evidence=evidence)


def test_metre_and_readings_get_their_own_division():
    period_s = 0.9
    frontend = clicks(period_s, THIRDS)
    slow = tracked(period_s, 25)
    fast = Beats(time_s=0.5 + period_s / 3 * np.arange(73), position=np.arange(73) % 2 + 1)
    heard = (
        RhythmReading(bpm=60 / period_s, beats_per_bar=2, beats=slow.beats, confidence=0.6),
        RhythmReading(bpm=180 / period_s, beats_per_bar=2, beats=fast, confidence=0.2, kind="triple"),
    )
    found = with_divisions(tracked(period_s, 25, readings=heard), frontend)
    assert (found.metre.signature, found.metre.beat_division) == ("6/8", 3)
    assert found.metre.division_confidence > 0.7
    assert [reading.signature for reading in found.readings] == ["6/8", "2/4"]


def test_who_knows_is_believed():
    frontend = clicks(0.9, THIRDS)
    said = with_divisions(tracked(0.9, 25), frontend, hints=RhythmHints(beat_division=2))
    assert (said.metre.signature, said.metre.division_confidence) == ("2/4", 1.0)
    heard = with_divisions(tracked(0.9, 25, evidence=-20.0), frontend)
    assert heard.metre.beat_division == 2


@pytest.mark.parametrize("engine", ["network", "network-peaks", "pattern-grid", "dynamic-programming"])
def test_every_engine_says_how_beats_divide(engine):
    frontend = clicks(0.6, EIGHTHS)
    metre = analyse_rhythm(frontend, engine=engine, hints=RhythmHints(tempo_bpm=(90, 110))).metre
    assert metre.beat_division == 2
    assert 0.5 < metre.division_confidence <= 1.0


def test_silence_divides_into_nothing():
    metre = analyse_rhythm(FrontEnd(np.zeros(22050 * 5, dtype=np.float32), rate_hz=22050.0)).metre
    assert (metre.beat_division, metre.signature) == (0, "4/4")
