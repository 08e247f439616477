"""Strokes of a made-up kit are found where they are, by both engines; tones alone have none."""

import numpy as np
import pytest

from hexachord.audio_analysis.drums import KIT, analyse_drums
from hexachord.audio_analysis.drums.kit import DRUM_MEL, DrumSpectrogram
from hexachord.audio_analysis.drums.nmf import drum_gains, factorise, stroke_curves
from hexachord.audio_analysis.drums.picking import GROUPS, Picking, pick_strokes
from hexachord.dsp.features import dequantise, feature_bytes
from hexachord.dsp.frontend import FrontEnd
from hexachord.metrics import drum
from hexachord.models.networks import network_path

RATE_HZ = 22050
ENGINES = [
    "nmf",
    pytest.param("network", marks=pytest.mark.skipif(network_path("drums") is None, reason="no weights in this installation")),
]


def kick(rate_hz: int) -> np.ndarray:
    t = np.arange(int(0.25 * rate_hz)) / rate_hz
    body = np.sin(2 * np.pi * (55 * t - 45 / 30 * (np.exp(-30 * t) - 1))) * np.exp(-14 * t)
    return body + 0.1 * np.random.default_rng(1).normal(size=len(t)) * np.exp(-300 * t)


def snare(rate_hz: int) -> np.ndarray:
    t = np.arange(int(0.2 * rate_hz)) / rate_hz
    return 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-25 * t) + 0.5 * np.random.default_rng(2).normal(size=len(t)) * np.exp(-22 * t)


def hat(rate_hz: int) -> np.ndarray:
    t = np.arange(int(0.08 * rate_hz)) / rate_hz
    noise = np.random.default_rng(3).normal(size=len(t))
    return 0.3 * np.diff(noise, n=2, prepend=[0, 0]) * np.exp(-60 * t)


SOUNDS = {"kick": kick, "snare": snare, "hihat": hat}
BEAT_S = 0.5
STROKES = {"kick": np.arange(0, 8, 2) * BEAT_S + 0.3, "snare": np.arange(1, 8, 2) * BEAT_S + 0.3, "hihat": np.arange(16) * BEAT_S / 2 + 0.3}


def rock(rate_hz: int = RATE_HZ, *, soft: float = 1.0) -> np.ndarray:
    """Two bars of a rock beat; every second hat is `soft`."""
    signal = np.zeros(int(5 * rate_hz))
    for name, times in STROKES.items():
        for number, at_s in enumerate(times):
            sound = SOUNDS[name](rate_hz) * (soft if name == "hihat" and number % 2 else 1.0)
            start = round(at_s * rate_hz)
            signal[start : start + len(sound)] += sound
    return (0.3 * signal).astype(np.float32)


def found(signal: np.ndarray, engine: str, rate_hz: int = RATE_HZ) -> dict[str, np.ndarray]:
    heard = analyse_drums(FrontEnd(signal, rate_hz=rate_hz), engine=engine)
    label = np.array([name.partition("_")[0] for name in heard.label], dtype=object)
    return {name: heard.time_s[label == name] for name in SOUNDS}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("rate_hz", [RATE_HZ, 44100])
def test_a_rock_beat_is_heard(engine, rate_hz):
    scores = drum.f_measure(STROKES, found(rock(rate_hz), engine, rate_hz))
    assert scores["kick"].f > 0.9
    assert scores["snare"].f > 0.9
    assert scores["hihat"].f > 0.7  # a hat under a snare is hard to hear even for people


@pytest.mark.parametrize("engine", ENGINES)
def test_strokes_are_where_they_are(engine):
    heard = found(rock(), engine)
    for name in ("kick", "snare"):
        nearest = heard[name][np.abs(heard[name][None] - STROKES[name][:, None]).argmin(axis=1)]
        assert abs(np.median(nearest - STROKES[name])) < 0.015


@pytest.mark.parametrize("engine", ENGINES)
def test_clipping_does_not_hide_the_beat(engine):
    scores = drum.f_measure(STROKES, found(np.clip(4 * rock(), -0.9, 0.9).astype(np.float32), engine))
    assert scores["kick"].f > 0.7
    assert scores["hihat"].f > 0.7


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seconds", [0, 0.01, 1.0])
def test_short_and_silent_sounds_have_no_strokes(engine, seconds):
    heard = analyse_drums(FrontEnd(np.zeros(int(seconds * RATE_HZ), dtype=np.float32)), engine=engine)
    assert len(heard) == 0
    assert heard.engine == f"drums/{engine}"


@pytest.mark.skipif(network_path("drums") is None, reason="no weights in this installation")
def test_the_network_invents_nothing_over_a_chord():
    t = np.arange(8 * RATE_HZ) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * f0_hz * t) / k for k, f0_hz in enumerate((220.0, 277.2, 329.6), start=1)) * np.minimum(1, t) * 0.1
    assert len(analyse_drums(FrontEnd(chord.astype(np.float32)), engine="network")) <= 1


def test_softer_strokes_are_slower():
    heard = analyse_drums(FrontEnd(rock(soft=0.25)), engine="nmf")
    hats = np.array([name.startswith("hihat") for name in heard.label])
    between = np.abs((heard.time_s - 0.3 + BEAT_S / 4) % BEAT_S - BEAT_S / 4) > BEAT_S / 8
    assert np.median(heard.velocity[hats & between]) < 0.8 * np.median(heard.velocity[hats & ~between])


def test_the_spectrogram_is_the_same_in_pieces():
    spectrogram = DrumSpectrogram(FrontEnd(rock() - rock().mean()))
    whole = dequantise(feature_bytes(rock() - rock().mean(), DRUM_MEL), DRUM_MEL)
    pieces = [spectrogram.read(first, min(first + 77, spectrogram.frames)) for first in range(0, spectrogram.frames, 77)]
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=DRUM_MEL.step_db + 1e-3)  # a rounding apart at most
    assert np.mean(np.concatenate(pieces) == whole) > 0.999


def test_factors_explain_what_was_put_in():
    random = np.random.default_rng(0)
    spectra = random.random((3, 20))
    spectra /= spectra.sum(axis=1, keepdims=True)
    gains = random.random((50, 3)) * (random.random((50, 3)) < 0.5)
    factors = factorise(gains @ spectra, spectra, free=0, hold=1.0, turns=300)
    np.testing.assert_allclose(factors.spectra, spectra, rtol=1e-5)
    assert np.abs(factors.gains - gains).mean() < 0.02


def test_free_factors_take_what_is_no_drum():
    drum_spectrum = np.zeros((1, 20))
    drum_spectrum[0, :5] = 0.2
    tone = np.zeros((60, 20))
    tone[:, 12:14] = 1.0
    factors = factorise(tone, drum_spectrum, free=2)
    assert factors.gains[:, 0].max() < 0.05


def test_gains_have_a_column_for_each_piece():
    gains = drum_gains(np.abs(np.random.default_rng(0).normal(size=(60, DRUM_MEL.bands))))
    assert gains.shape == (60, len(KIT))
    assert stroke_curves(gains).max() <= 1.0


def test_open_and_closed_hats_are_one_stroke():
    curves = np.zeros((60, len(KIT)))
    curves[30, KIT.index("hihat_closed")], curves[31, KIT.index("hihat_open")] = 0.6, 0.7
    curves[50, KIT.index("hihat_closed")] = curves[50, KIT.index("snare")] = 0.8
    picked = pick_strokes(
        curves, np.full(curves.shape, 300.0), hop_s=0.01, duration_s=0.6, picking=Picking(threshold=(0.5,) * len(GROUPS)), engine="x"
    )
    assert picked.label == ("hihat_open", "snare", "hihat_closed")
    assert picked.velocity.max() == 127


def test_a_double_stroke_is_two():
    curves = np.zeros((60, len(KIT)))
    curves[[20, 25, 27], 1] = 0.9, 0.8, 0.6  # 50 ms apart are two, 20 ms are one
    picked = pick_strokes(
        curves, np.full(curves.shape, 80.0), hop_s=0.01, duration_s=0.6, picking=Picking(threshold=(0.5,) * len(GROUPS)), engine="x"
    )
    np.testing.assert_allclose(picked.time_s, [0.2, 0.25], atol=0.003)


def test_soft_strokes_need_a_sure_one_near():
    curves = np.zeros((4000, len(KIT)))
    curves[[100, 3000, 3200], 0] = 0.4, 0.4, 0.9
    picking = Picking(threshold=(0.3,) * len(GROUPS), sure=(0.8,) * len(GROUPS))
    picked = pick_strokes(curves, np.full(curves.shape, 80.0), hop_s=0.01, duration_s=40.0, picking=picking, engine="x")
    np.testing.assert_allclose(picked.time_s, [30.0, 32.0])
    nothing = pick_strokes(0.5 * curves, np.full(curves.shape, 80.0), hop_s=0.01, duration_s=40.0, picking=picking, engine="x")
    assert len(nothing) == 0
