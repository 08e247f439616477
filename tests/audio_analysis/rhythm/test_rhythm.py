import numpy as np
import pytest

from hexachord.audio_analysis.rhythm import analyse_rhythm
from hexachord.audio_analysis.rhythm.curves import harmonic_change
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.metrics.beat import f_measure

RATE_HZ = 22050


def drums(beat_s, position, *, seconds, seed=0):
    """Rock in four (bass drum on one, three and after it, snare on two and four), a waltz in three; hi-hats on beats and between."""
    random = np.random.default_rng(seed)
    t = np.arange(int(0.15 * RATE_HZ)) / RATE_HZ
    kick = np.sin(2 * np.pi * 60 * t) * np.exp(-t * 20)
    snare = 0.6 * random.normal(size=len(t)) * np.exp(-t * 30)
    hat = 0.15 * np.diff(random.normal(size=len(t)), prepend=0.0) * np.exp(-t * 80)
    out = 1e-4 * random.normal(size=int(seconds * RATE_HZ))
    between = beat_s[:-1] + np.diff(beat_s) / 2
    in_four = position.max() == 4
    low = np.concatenate([beat_s[position == 1], beat_s[position == 3], between[position[:-1] == 3]]) if in_four else beat_s[position == 1]
    high = beat_s[position % 2 == 0] if in_four else beat_s[position != 1]
    for times, sound in ((low, kick), (high, snare), (np.concatenate([beat_s, between]), hat)):
        for time in times:
            first = round(time * RATE_HZ)
            piece = sound[: len(out) - first]
            out[first : first + len(piece)] += piece
    return out.astype(np.float32)


def clicks(bpm, *, metre=4, seconds=20.0, drift=0.0, start_s=0.4):
    """Beats that speed up by `drift` (relative, from beginning to end), and their drums."""
    beat_s, time = [], start_s
    while time < seconds - 0.2:
        beat_s.append(time)
        time += 60.0 / (bpm * (1 + drift * time / seconds))
    beat_s = np.array(beat_s)
    position = np.arange(len(beat_s)) % metre + 1
    return beat_s, position, FrontEnd(drums(beat_s, position, seconds=seconds), rate_hz=RATE_HZ)


@pytest.mark.parametrize("bpm", [70, 96, 120, 150])
def test_steady_drums_are_followed(bpm):
    beat_s, _, front = clicks(bpm)
    rhythm = analyse_rhythm(front, engine="pattern-grid")
    assert f_measure(beat_s, rhythm.beats.time_s).f > 0.95
    assert rhythm.tempo.bpm == pytest.approx(bpm, rel=0.02)
    assert np.median(np.abs(rhythm.beats.time_s[:, None] - beat_s[None, :]).min(axis=1)) < 0.015


def test_drums_that_speed_up_are_followed():
    beat_s, _, front = clicks(100, drift=0.15, seconds=30.0)
    assert f_measure(beat_s, analyse_rhythm(front, engine="pattern-grid").beats.time_s).f > 0.9


@pytest.mark.parametrize(("metre", "bpm"), [(3, 140), (3, 170), (4, 90), (4, 110), (4, 140)])
def test_bars_are_counted(metre, bpm):
    beat_s, position, front = clicks(bpm, metre=metre, seconds=30.0)
    rhythm = analyse_rhythm(front, engine="pattern-grid")
    assert rhythm.metre.beats_per_bar == metre
    assert f_measure(beat_s[position == 1], rhythm.beats.downbeats_s).f > 0.9
    assert rhythm.metre.confidence > 0.5


def test_hypotheses_are_ranked_and_offer_the_octaves():
    _, _, front = clicks(90)
    tempo = analyse_rhythm(front, engine="pattern-grid").tempo
    confidence = [hypothesis.confidence for hypothesis in tempo.hypotheses]
    assert confidence == sorted(confidence, reverse=True)
    assert sum(confidence) <= 1 + 1e-6
    assert any(abs(hypothesis.bpm / 180 - 1) < 0.05 or abs(hypothesis.bpm / 45 - 1) < 0.05 for hypothesis in tempo.hypotheses)


def test_dynamic_programming_is_there_too():
    beat_s, _, front = clicks(120)
    rhythm = analyse_rhythm(front, engine="dynamic-programming")
    assert f_measure(beat_s, rhythm.beats.time_s).f > 0.9
    assert rhythm.beats.engine == "beats/dynamic-programming"
    with pytest.raises(InputError, match="no such engine"):
        analyse_rhythm(front, engine="metronome")


def test_onsets_are_where_the_drums_are():
    beat_s, _, front = clicks(100)
    onsets = analyse_rhythm(front, engine="pattern-grid").onsets
    nearest = np.abs(onsets.time_s[None, :] - beat_s[:, None]).min(axis=1)
    assert (nearest < 0.05).mean() > 0.95


def test_harmony_changes_where_the_chord_does():
    chroma = np.zeros((100, 24))
    chroma[:50, [0, 4, 7]] = 1.0
    chroma[50:, [5, 9, 2]] = 1.0
    change = harmonic_change(chroma, hop_s=0.02)
    assert change.argmax() == 50
    assert change[50] == pytest.approx(1.0, abs=1e-3)
    assert change[:25].max() < 1e-6


@pytest.mark.parametrize("engine", ["network", "network-peaks", "pattern-grid", "dynamic-programming"])
@pytest.mark.parametrize("samples", [0, 1, 4410, 100_000])
@pytest.mark.parametrize("kind", ["silence", "dc", "noise", "square"])
def test_odd_input_gives_sane_results(engine, samples, kind):
    random = np.random.default_rng(0)
    signal = {
        "silence": np.zeros(samples),
        "dc": np.ones(samples),
        "noise": random.normal(size=samples),
        "square": np.sign(np.sin(np.arange(samples) * 0.1)),
    }[kind].astype(np.float32)
    rhythm = analyse_rhythm(FrontEnd(signal, rate_hz=RATE_HZ), engine=engine)
    assert np.isfinite(rhythm.beats.time_s).all()
    assert (np.diff(rhythm.beats.time_s) > 0).all()
    assert np.isfinite(rhythm.onsets.confidence).all()
    assert all(0 <= hypothesis.confidence <= 1 for hypothesis in rhythm.tempo.hypotheses)
    if samples < 4411 or kind == "silence":
        assert len(rhythm.beats) == 0
        assert rhythm.metre.confidence == 0.0


@pytest.mark.slow
def test_a_long_recording_is_analysed_in_stretches():
    beat_s, _, _ = clicks(100, seconds=20.0)
    parts = [clicks(bpm, seconds=240.0, start_s=0.3) for bpm in (90, 126)]
    signal = np.concatenate([front.signal for _, _, front in parts])
    rhythm = analyse_rhythm(FrontEnd(signal, rate_hz=RATE_HZ), engine="pattern-grid")
    beat_s = np.concatenate([parts[0][0], 240.0 + parts[1][0]])
    assert f_measure(beat_s, rhythm.beats.time_s).f > 0.9
    assert {round(hypothesis.bpm / 9) for hypothesis in rhythm.tempo.hypotheses[:2]} == {10, 14}
