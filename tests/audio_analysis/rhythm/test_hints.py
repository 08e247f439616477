"""What the user knows, told to the engines that look at sound."""

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm import RhythmHints, analyse_rhythm
from hexachord.audio_analysis.rhythm.network import FEATURE, count_from, pick_beats, rhythm_from_network, rhythm_from_peaks
from hexachord.audio_analysis.rhythm.readings import Pulse
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


ENGINES = ["pattern-grid", "dynamic-programming", pytest.param("network", marks=SHIPPED)]


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
