"""What the user knows, told to the engines that look at sound."""

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm import RhythmHints, analyse_rhythm
from hexachord.audio_analysis.rhythm.network import FEATURE, count_from, pick_beats, rhythm_from_network, rhythm_from_peaks
from hexachord.audio_analysis.rhythm.readings import Pulse
from hexachord.audio_analysis.rhythm.tapped import as_said, on_clock, tapped_bpm, with_tapped_range
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.models.networks import network_path

RATE_HZ = 22050
SHIPPED = pytest.mark.skipif(network_path("rhythm") is None, reason="the rhythm network is not in this tree")


def thumps(bpm, seconds=16.0):
    """A low thump on every beat, a short noise between."""
    random = np.random.default_rng(0)
    t = np.arange(2500) / RATE_HZ
    low, high = np.sin(2 * np.pi * 70 * t) * np.exp(-t * 25), 0.2 * random.normal(size=t.size) * np.exp(-t * 80)
    out = 1e-4 * random.normal(size=int(seconds * RATE_HZ))
    for number, time_s in enumerate(np.arange(0.25, seconds - 0.2, 30.0 / bpm)):
        first = round(time_s * RATE_HZ)
        out[first : first + t.size] += low if number % 2 == 0 else high
    return FrontEnd(out.astype(np.float32), rate_hz=RATE_HZ)


NETWORKS = [pytest.param("network", marks=SHIPPED), pytest.param("network-peaks", marks=SHIPPED)]
ENGINES = ["pattern-grid", "dynamic-programming", *NETWORKS]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_tempo_stays_where_the_user_says(engine):
    front = thumps(116)
    for low, high in ((50, 65), (110, 125), (200, 250)):
        found = analyse_rhythm(front, engine=engine, hints=RhythmHints(tempo_bpm=(low, high)))
        assert 0.95 * low <= found.tempo.bpm <= 1.05 * high


@pytest.mark.parametrize("engine", ENGINES)
def test_bars_are_as_long_and_start_where_the_user_says(engine):
    front = thumps(116)
    for metre in (3, 5):
        hints = RhythmHints(tempo_bpm=(110, 122), beats_per_bar=metre, downbeat_s=0.25 + 7 * 60 / 116)
        found = analyse_rhythm(front, engine=engine, hints=hints)
        assert found.metre.beats_per_bar == metre
        assert found.beats.position[np.abs(found.beats.time_s - hints.downbeat_s).argmin()] == 1
        assert (np.diff(found.beats.position[:metre]) % metre == 1).all()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("late", [0.0, 0.5])
def test_three_taps_say_which_beats_are_meant(engine, late):
    """Thumps or the noises between: both are beats for whoever taps them."""
    front = thumps(116)
    period_s = 60 / 116
    taps = 0.25 + period_s * (np.arange(9, 12) + late) + np.array([0.02, -0.03, 0.01])
    found = analyse_rhythm(front, engine=engine, hints=RhythmHints(tapped_s=tuple(taps)))
    assert found.tempo.bpm == pytest.approx(116, rel=0.06)
    beats = found.beats.time_s
    assert 60 / np.median(np.diff(beats)) == pytest.approx(116, rel=0.04)
    assert np.abs(beats[:, None] - taps).min(axis=0).max() < 0.09
    meant = 0.25 + period_s * (np.arange(30) + late)
    inside = meant[(meant > beats[0] - 0.1) & (meant < 15.0)]
    assert (np.abs(inside[:, None] - beats).min(axis=1) < 0.09).mean() > 0.85


@pytest.mark.parametrize("engine", ENGINES)
def test_taps_say_the_tempo(engine):
    front = thumps(116)
    for factor in (0.5, 2.0):
        taps = 0.25 + 60 / 116 * (8 + np.arange(4) / factor)
        found = analyse_rhythm(front, engine=engine, hints=RhythmHints(tapped_s=tuple(taps)))
        assert 60 / np.median(np.diff(found.beats.time_s)) == pytest.approx(116 * factor, rel=0.06)


def test_taps_on_another_clock_and_taps_that_are_no_tempo():
    hints = on_clock(RhythmHints(tapped_s=(2.0, 2.5), downbeat_s=2.0), 0.5)
    assert (hints.tapped_s, hints.downbeat_s) == ((1.5, 2.0), 1.5)
    assert tapped_bpm(hints) == pytest.approx(120.0)
    assert tapped_bpm(RhythmHints(tapped_s=(1.0, 1.05))) is None
    assert with_tapped_range(RhythmHints(tapped_s=(1.0, 1.5), tempo_bpm=(50, 60))).tempo_bpm == (50, 60)
    beats = np.arange(0.0, 10.0, 0.5)
    assert as_said(beats, RhythmHints()).tolist() == beats.tolist()
    assert as_said(beats[:3], RhythmHints(tapped_s=(0.25,))).tolist() == beats[:3].tolist()
    assert as_said(beats, RhythmHints(tempo_bpm=(83, 87))).tolist() == beats.tolist()  # no pulse goes so fast: they stay


@SHIPPED
def test_the_network_hears_a_beat_and_none_in_noise():
    found = analyse_rhythm(thumps(116), engine="network")
    assert found.readings
    assert found.beats.engine == "beats/network"
    noise = (0.1 * np.random.default_rng(0).normal(size=8 * RATE_HZ)).astype(np.float32)
    assert len(analyse_rhythm(FrontEnd(noise, rate_hz=RATE_HZ), engine="network").beats) == 0
    for samples in (0, 1, RATE_HZ):
        nothing = rhythm_from_network(FrontEnd(np.zeros(samples, dtype=np.float32), rate_hz=RATE_HZ))
        assert (len(nothing.beats), nothing.readings, nothing.metre.confidence) == (0, (), 0.0)
    assert len(rhythm_from_peaks(FrontEnd(noise, rate_hz=RATE_HZ)).beats) == 0


def test_a_network_that_is_not_there_is_named():
    with pytest.raises(InputError, match="no weights"):
        rhythm_from_network(thumps(100), network="clairvoyance")


def test_peaks_are_picked_as_they_are():
    beat = np.full(500, 0.02, dtype=np.float32)
    beat[[50, 75, 110]] = 0.8
    beat[[52, 300]] = (0.5, 0.2)  # too near a higher one; too low
    found = pick_beats(Pulse(beat, beat / 2, np.zeros((500, 3), dtype=np.float32), FEATURE.hop_s))
    np.testing.assert_allclose(found, [1.0, 1.5, 2.2], atol=0.02)
    position, metre = count_from(np.array([False, True, False, False, True, False, False, True]))
    assert position.tolist() == [3, 1, 2, 3, 1, 2, 3, 1]
    assert metre == 3
    assert count_from(np.zeros(3, dtype=bool))[0].tolist() == [0, 0, 0]
