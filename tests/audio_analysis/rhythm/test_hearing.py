"""From activations to ranked readings, on curves as a network draws them."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.hearing import beats_from_the_beginning, hear
from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.network import pulse_from_bytes
from hexachord.audio_analysis.rhythm.readings import FEATURE, Pulse, propose
from hexachord.audio_analysis.rhythm.rereading import TEMPO_FACTORS
from hexachord.audio_analysis.rhythm.traits import unknown_traits
from hexachord.dsp.features import feature_bytes
from hexachord.knowledge.checks import READING_KINDS
from hexachord.metrics.beat import f_measure
from hexachord.models.networks import open_network

HOP_S = 0.02


def pulse_of(beat_s, position, seconds, *, between=0.05, also=(), seed=0):
    """Bumps at beats and downbeats of uneven height, small ones between the beats, a noisy floor, and rises of energy that fit."""
    random = np.random.default_rng(seed)
    frame_s = np.arange(int(seconds / HOP_S)) * HOP_S

    def bumps(time_s, height):
        return (np.exp(-(((frame_s[:, None] - time_s) / (0.8 * HOP_S)) ** 2)) * height).sum(axis=1)

    beat_s = np.asarray(beat_s, dtype=np.float64)
    middle = beat_s[:-1] + np.diff(beat_s) / 2
    beat = bumps(beat_s, random.uniform(0.6, 0.95, len(beat_s))) + bumps(middle, between) + 0.02 * random.random(len(frame_s))
    downbeat = bumps(beat_s, np.where(np.asarray(position) == 1, 0.7, 0.04)) + 0.01 * random.random(len(frame_s))
    low = bumps(beat_s, np.where(np.asarray(position) % 2 == 1, 6.0, 1.0))
    high = bumps(beat_s, 2.0) + bumps(middle, 2.0)
    rises = np.stack([low, bumps(beat_s, 3.0), high], axis=1) + 0.2 * random.random((len(frame_s), 3))
    beat = np.clip(np.maximum(np.maximum(beat, downbeat), bumps(np.asarray(also), 0.6)), 0, 1)
    mel = feature_bytes(band(beat_s, position, seconds), FEATURE)
    traits = pulse_from_bytes(mel, open_network("rhythm")).traits
    return Pulse(beat.astype(np.float32), np.clip(downbeat, 0, 1).astype(np.float32), rises.astype(np.float32), HOP_S, traits, mel)


def band(beat_s, position, seconds, *, rate_hz=22050):
    """A band that plays them: kick and snare by turns, a hi-hat in eighths, a bass, and a chord that is new in every bar."""
    random = np.random.default_rng(7)
    signal = np.zeros(int((seconds + 1.0) * rate_hz), dtype=np.float32)
    time_s = np.arange(int(0.9 * rate_hz)) / rate_hz
    kick = np.sin(2 * np.pi * 55 * time_s * (1 + np.exp(-40 * time_s))) * np.exp(-12 * time_s)
    noise = random.standard_normal(len(time_s))
    snare, hat = 0.5 * noise * np.exp(-18 * time_s), 0.12 * np.diff(noise, prepend=0.0) * np.exp(-60 * time_s)

    def play(at_s, sound):
        first = round(at_s * rate_hz)
        if 0 <= first < len(signal):
            signal[first : first + len(sound)] += sound[: len(signal) - first]

    def tone(midi, seconds):
        hz, inside = 440 * 2 ** ((midi - 69) / 12), time_s[: round(seconds * rate_hz)]
        return 0.15 * sum(np.sin(2 * np.pi * hz * k * inside) / k for k in (1, 2, 3, 4)) * np.exp(-1.5 * inside)

    bar = -1
    for index, (at_s, place) in enumerate(zip(beat_s, position, strict=True)):
        following = beat_s[index + 1] if index + 1 < len(beat_s) else at_s + 0.5
        bar += place == 1
        root = (0, 5, 7, 9)[max(bar, 0) % 4]
        play(at_s, kick if place % 2 == 1 else snare)
        play(at_s, hat)
        play((at_s + following) / 2, hat)
        if place == 1:
            play(at_s, 2.0 * tone(36 + root, 0.9))
            play(at_s, sum(tone(60 + (root + step) % 12, 0.9) for step in (0, 4, 7)))
        elif place == 3:
            play(at_s, tone(43 + root, 0.5))
    return signal[: int(seconds * rate_hz)]


def steady(bpm, metre, seconds, *, first_s=0.3):
    beat_s = np.arange(first_s, seconds - 0.1, 60.0 / bpm)
    return beat_s, np.arange(len(beat_s)) % metre + 1


def heard(beat_s, position, seconds, *, hints=RhythmHints(), **options):
    found = hear(pulse_of(beat_s, position, seconds, **options), hints=hints, engine="beats/test")
    assert found is not None
    return found


@pytest.mark.parametrize(("bpm", "metre"), [(62, 4), (92, 3), (120, 4), (140, 4), (104, 5), (112, 7)])
def test_steady_music_is_read_as_it_is(bpm, metre):
    beat_s, position = steady(bpm, metre, 40.0)
    found = heard(beat_s, position, 40.0)
    first = found.readings[0]
    assert first.kind == "first"
    assert f_measure(beat_s, first.beats.time_s).f > 0.97
    assert first.beats_per_bar == found.metre.beats_per_bar == metre
    assert f_measure(beat_s[position == 1], first.beats.downbeats_s).f > 0.9
    assert first.bpm == pytest.approx(bpm, rel=0.02)
    assert found.tempo.bpm == pytest.approx(bpm, rel=0.02)


def test_readings_are_ranked_and_belong_together():
    beat_s, position = steady(100, 4, 40.0)
    found = heard(beat_s, position, 40.0, between=0.5)
    confidence = [reading.confidence for reading in found.readings[1:]]
    assert confidence == sorted(confidence, reverse=True)
    assert sum(reading.confidence for reading in found.readings) <= 1 + 1e-6
    kinds = {reading.kind for reading in found.readings[1:]}
    assert kinds <= set(READING_KINDS)
    assert kinds & {"half", "double"}
    for reading in found.readings:
        assert 60.0 / np.median(np.diff(reading.beats.time_s)) == pytest.approx(reading.bpm, rel=1e-6)
        assert reading.beats.position.max() <= reading.beats_per_bar
    assert sum(hypothesis.confidence for hypothesis in found.tempo.hypotheses) <= 1 + 1e-6


def test_a_tempo_that_doubles_is_followed():
    slow, fast = np.arange(0.3, 30.0, 60 / 70), np.arange(30.3, 60.0, 60 / 140)
    beat_s = np.concatenate([slow, fast])
    found = heard(beat_s, np.arange(len(beat_s)) % 4 + 1, 60.0, between=0.02)
    assert f_measure(beat_s, found.readings[0].beats.time_s).f > 0.75


def test_a_tempo_that_drifts_is_followed():
    gaps = np.linspace(0.62, 0.45, 90)
    beat_s = 0.3 + np.concatenate([[0.0], np.cumsum(gaps)])
    seconds = float(beat_s[-1]) + 0.5
    found = heard(beat_s, np.arange(len(beat_s)) % 4 + 1, seconds)
    assert f_measure(beat_s, found.readings[0].beats.time_s).f > 0.97


def test_a_beat_at_the_very_start_counts():
    beat_s, position = steady(120, 4, 20.0, first_s=0.0)
    first = heard(beat_s, position, 20.0).readings[0].beats
    assert first.time_s[0] == pytest.approx(0.0, abs=0.03)
    assert first.position[0] == 1


def test_silence_before_the_music_has_no_beats():
    beat_s, position = steady(110, 4, 40.0, first_s=12.0)
    first = heard(beat_s, position, 40.0).readings[0].beats
    assert first.time_s[0] > 10.5
    assert f_measure(beat_s, first.time_s).f > 0.95


def sounding(begin_s, seconds=20.0, hop_s=0.02):
    """A pulse whose sound begins at a time and rises every half a second from then on."""
    frames = round(seconds / hop_s)
    rises = np.full((frames, 3), 0.01, dtype=np.float32)
    rises[np.rint(np.arange(begin_s, seconds - hop_s, 0.5) / hop_s).astype(int)] = 5.0
    flat = np.full(frames, 0.5, dtype=np.float32)
    return Pulse(flat, flat, rises, hop_s)


@pytest.mark.parametrize(
    ("begin_s", "first_s", "before"), [(0.0, 0.02, 0), (3.0, 3.03, 0), (0.0, 0.5, 1), (0.0, 0.25, None), (0.0, 1.5, None)]
)
def test_music_that_begins_on_a_beat(begin_s, first_s, before):
    assert beats_from_the_beginning(sounding(begin_s), np.arange(first_s, 19.0, 0.5)) == before


def test_even_downbeats_are_settled_by_the_beginning():
    beat_s = np.arange(0.0, 30.0, 0.5)
    pulse = pulse_of(beat_s, 1 + np.arange(len(beat_s)) % 2, 30.0)  # one and three alike
    begun = hear(pulse, hints=RhythmHints(beats_per_bar=4), engine="test")
    assert begun is not None
    assert begun.readings[0].beats.position[0] == 1


def test_a_change_of_metre_is_followed():
    position = np.concatenate([np.arange(48) % 4, np.arange(48) % 3, np.arange(48) % 4]) + 1
    beat_s = 0.3 + 0.5 * np.arange(len(position))
    first = heard(beat_s, position, 73.0).readings[0]
    assert f_measure(beat_s[position == 1], first.beats.downbeats_s).f > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_what_has_no_pulse_has_no_reading(seed):
    random = np.random.default_rng(seed)
    low = (0.08 * random.random(2000)).astype(np.float32)
    rises = random.random((2000, 3)).astype(np.float32)
    assert hear(Pulse(low, low / 4, rises, HOP_S), hints=RhythmHints(), engine="x") is None
    assert hear(Pulse(low * 0, low * 0, rises * 0, HOP_S), hints=RhythmHints(), engine="x") is None


def test_a_faint_pulse_is_not_trusted():
    beat_s, position = steady(100, 4, 40.0)
    clear = pulse_of(beat_s, position, 40.0)
    faint = Pulse(0.2 * clear.beat, 0.2 * clear.downbeat, clear.rises, HOP_S)
    found = hear(faint, hints=RhythmHints(), engine="x")
    assert found is None or found.tempo.confidence < 0.5


def test_hinted_tempo():
    beat_s, position = steady(140, 4, 40.0)
    found = heard(beat_s, position, 40.0, hints=RhythmHints(tempo_bpm=(60, 80)))
    assert found.tempo.bpm == pytest.approx(70, rel=0.03)
    assert max(f_measure(beat_s[start::2], found.readings[0].beats.time_s).f for start in (0, 1)) > 0.95


@pytest.mark.parametrize("metre", [2, 3, 4, 5, 9])
def test_hinted_metre(metre):
    beat_s, position = steady(120, 4, 30.0)
    found = heard(beat_s, position, 30.0, hints=RhythmHints(beats_per_bar=metre))
    assert found.metre.beats_per_bar == metre
    assert {reading.beats_per_bar for reading in found.readings} == {metre}
    assert found.metre.confidence == pytest.approx(1.0)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_hinted_downbeat(place):
    beat_s, position = steady(120, 4, 30.0)
    found = heard(beat_s, position, 30.0, hints=RhythmHints(downbeat_s=float(beat_s[20 + place]) + 0.03, beats_per_bar=4))
    beats = found.readings[0].beats
    assert beats.position[np.abs(beats.time_s - beat_s[20 + place]).argmin()] == 1


def test_hinted_taps_choose_the_octave_and_the_phase():
    beat_s, position = steady(150, 4, 30.0)
    for start in (0, 1):
        taps = tuple(beat_s[start + 20 : start + 32 : 2] + 0.02)
        found = heard(beat_s, position, 30.0, hints=RhythmHints(tapped_s=taps))
        assert found.tempo.bpm == pytest.approx(75, rel=0.03)
        assert f_measure(beat_s[start::2], found.readings[0].beats.time_s).f > 0.9


def test_candidates_of_a_pulse():
    found = propose(np.arange(0.0, 20.0, 0.5))
    assert found[0].multiple == 1.0
    assert found[0].shift == 0.0
    assert all(28 <= candidate.bpm <= 320 for candidate in found)
    assert sum(candidate.multiple == 0.5 for candidate in found) == 2


def test_three_beats_for_two_are_a_reading_with_a_name():
    """Quarters and dotted quarters at once: what one listener taps is a time and a half of what the other does."""
    dotted, quarters = np.arange(0.3, 40.0, 0.9), np.arange(0.3, 40.0, 0.6)
    pulse = pulse_of(dotted, np.arange(len(dotted)) % 2 + 1, 40.0, between=0.02, also=quarters)
    # without the second look, which is sure of one of them
    found = hear(replace(pulse, mel=None, traits=unknown_traits()), hints=RhythmHints(), engine="beats/test")
    assert found is not None
    kinds = {reading.kind for reading in found.readings}
    assert kinds & {"three-halves", "two-thirds"}
    for reading in found.readings:
        if reading.kind in TEMPO_FACTORS:
            assert reading.bpm / found.readings[0].bpm == pytest.approx(float(TEMPO_FACTORS[reading.kind]), rel=0.08)
