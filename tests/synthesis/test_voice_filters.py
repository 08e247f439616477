import itertools

import numpy as np
import pytest
from toy_bank import RATE, play, sample_of, sine

from hexachord.synthesis.model import Filter, Lfo, Loop, ModulationEnvelope, Modulator, Stroke, Voice
from hexachord.synthesis.voices.cache import SoundCache
from hexachord.synthesis.voices.filters import MovingFilter, filtered, is_open, quantized, section
from hexachord.synthesis.voices.resampling import Excerpt
from hexachord.synthesis.voices.sources import SoundKey, SoundSources
from hexachord.synthesis.voices.sweeps import swept_sound

CLICK = np.eye(1, 8192, dtype=np.float32)


def response_db(settings: Filter, hz: float) -> float:
    sound = filtered(CLICK, (settings,), rate_hz=RATE)[0][0]
    at = np.exp(-2j * np.pi * hz / RATE * np.arange(len(sound)))
    return float(20 * np.log10(np.abs(np.sum(sound * at)) + 1e-12))


@pytest.mark.parametrize("resonance_db", [0.0, 6.0, 20.0])
@pytest.mark.parametrize("cutoff_hz", [300.0, 2000.0, 9000.0])
def test_the_soundfont_filter_is_as_high_as_it_says_at_its_frequency_and_falls_by_two_poles(cutoff_hz: float, resonance_db: float) -> None:
    settings = Filter("lowpass2", cutoff_hz, resonance_db)
    assert response_db(settings, cutoff_hz) == pytest.approx(resonance_db - 3.01, abs=0.05)
    assert response_db(settings, 20.0) == pytest.approx(0.0, abs=0.1)
    if cutoff_hz == 300.0:
        assert response_db(settings, 2400.0) - response_db(settings, 1200.0) == pytest.approx(-12.0, abs=0.8)


def test_the_other_kinds_do_what_their_names_say() -> None:
    assert response_db(Filter("lowpass1", 1000.0), 1000.0) == pytest.approx(-3.01, abs=0.02)
    assert response_db(Filter("highpass1", 1000.0), 1000.0) == pytest.approx(-3.01, abs=0.02)
    assert response_db(Filter("highpass2", 1000.0), 1000.0) == pytest.approx(-3.01, abs=0.02)
    assert response_db(Filter("highpass2", 1000.0), 100.0) == pytest.approx(-40.0, abs=0.3)
    assert response_db(Filter("bandpass2", 1000.0), 1000.0) == pytest.approx(0.0, abs=0.02)
    assert response_db(Filter("notch2", 1000.0), 1000.0) < -60.0
    band = Filter("peak", 1000.0, gain_db=9.0, bandwidth_octaves=1.0)
    assert response_db(band, 1000.0) == pytest.approx(9.0, abs=0.02)
    assert response_db(band, 1000.0 * 2**0.5) == pytest.approx(4.5, abs=0.2)
    assert response_db(band, 40.0) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("kind", ["lowpass1", "lowpass2", "highpass1", "highpass2", "bandpass2", "notch2", "peak"])
def test_every_setting_is_stable(kind: str) -> None:
    for hz in (-1.0, 0.0, 1.0, 20.0, 1000.0, 22049.0, 22051.0, 1e9, float("inf")):
        for height in (-96.0, 0.0, 96.0):
            _, a = section(Filter(kind, hz, height, height, 0.01), rate_hz=RATE)  # type: ignore[arg-type]
            assert np.abs(np.roots(a)).max() < 1.0


def test_an_open_filter_is_left_out() -> None:
    assert is_open(Filter("lowpass2", 20000.0))
    assert not is_open(Filter("lowpass2", 20000.0), lowest_cents=-300.0)
    assert not is_open(Filter("lowpass2", 2000.0))
    assert is_open(Filter("peak", 1000.0))


def test_near_settings_share_a_sound() -> None:
    assert quantized(Filter("lowpass2", 1000.0, 3.01)) == quantized(Filter("lowpass2", 1002.0, 3.04))
    moved = quantized(Filter("lowpass2", 1000.0), cents=700.0).frequency_hz
    assert abs(1200 * np.log2(moved / (1000.0 * 2 ** (700 / 1200)))) <= 25.0


def test_where_stretches_are_cut_does_not_matter_to_a_moving_filter() -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 5000)).astype(np.float32)
    course = np.geomspace(200, 8000, 5000 // 64 + 2)

    def through(cuts: list[int]) -> np.ndarray:
        moving = MovingFilter(Filter("lowpass2", 1000.0, 6.0), course, step=64, channels=2, rate_hz=RATE)
        return np.concatenate([moving(noise[:, a:b], at=a) for a, b in itertools.pairwise(cuts)], axis=1)

    assert np.abs(through([0, 5000]) - through([0, 1, 63, 64, 777, 3000, 5000])).max() < 1e-6


@pytest.mark.parametrize("kind", ["lowpass2", "highpass2", "bandpass2", "notch2"])
def test_a_moving_filter_is_a_state_variable_filter(kind: str) -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, 1280)
    course = 1000.0 * 2.0 ** np.random.default_rng(1).uniform(-3, 3, 22)
    settings = Filter(kind, 1000.0, 20.0)  # type: ignore[arg-type]
    moving = MovingFilter(settings, course, step=64, channels=1, rate_hz=RATE)
    result = moving(noise[None].astype(np.float32), at=0)[0]
    k, band_state, low_state = 10.0 ** ((3.0103 - 20.0) / 20.0), 0.0, 0.0
    expected = []
    for index, x in enumerate(noise):
        g = np.tan(np.pi * course[index // 64] / RATE)
        band = (band_state + g * (x - low_state)) / (1 + g * (g + k))
        low = low_state + g * band
        band_state, low_state = 2 * band - band_state, 2 * low - low_state
        expected.append({"lowpass2": low, "highpass2": x - k * band - low, "bandpass2": k * band, "notch2": x - k * band}[kind])
    assert np.abs(result - expected).max() < 1e-4 * np.abs(expected).max()


def test_a_filter_that_does_not_move_far_is_as_one_that_stands_still() -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 5000)).astype(np.float32)
    settings = Filter("lowpass2", 1000.0, 6.0)
    moving = MovingFilter(settings, np.full(80, 1000.0), step=64, channels=1, rate_hz=RATE)
    assert np.abs(moving(noise, at=0) - filtered(noise, (settings,), rate_hz=RATE)[0]).max() < 1e-5


def test_an_envelope_opens_the_filter_of_a_voice() -> None:
    sample, loop = sine(frames=10, repeats=100)  # 4410 Hz
    opening = Modulator(ModulationEnvelope(attack_s=0.5), "cutoff_cents", 7200.0)
    sound = play(Voice(sample=sample, loop=loop, filter=Filter("lowpass2", 200.0), modulators=(opening,)), Stroke(0.0, 1.0, 60, 100))[0]
    level = [20 * np.log10(np.abs(sound[round(t * RATE) : round(t * RATE) + 500]).max() / (0.5 * np.sqrt(0.5))) for t in (0.02, 0.25, 0.8)]
    assert level[0] < -45.0
    assert level[1] == pytest.approx(20 * np.log10(1 / np.sqrt(1 + (4410 / 200 / 2**3) ** 4)), abs=1.0)
    assert level[2] == pytest.approx(0.0, abs=0.5)


def test_a_sweep_makes_no_zipper_noise() -> None:
    sample, loop = sine(frames=100, repeats=50)  # 441 Hz
    wobble = Modulator(Lfo(rate_hz=2.0, shape="sine"), "cutoff_cents", 1200.0)
    voice = Voice(sample=sample, loop=loop, filter=Filter("lowpass2", 600.0, 3.0), modulators=(wobble,))
    sound = play(voice, Stroke(0.0, 2.2, 60, 100))[0][4410 : 4410 + 2 * RATE - 8820]
    spectrum = 20 * np.log10(np.abs(np.fft.rfft(sound * np.blackman(len(sound)))) + 1e-9)
    spectrum -= spectrum.max()
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    assert spectrum[(hz > 600) & (hz < 20000)].max() < -60.0


def test_a_static_filter_on_a_gliding_voice_stands_still() -> None:
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, 3 * RATE)
    glide = Modulator(Lfo(rate_hz=5.0), "pitch_cents", 30.0)
    sound = play(
        Voice(sample=sample_of(noise), loop=Loop(0, 3 * RATE), filter=Filter("lowpass2", 500.0), modulators=(glide,)),
        Stroke(0.0, 2.0, 60, 100),
    )[0]
    power = np.abs(np.fft.rfft(sound[4000:84000])) ** 2
    hz = np.fft.rfftfreq(80000, 1 / RATE)
    low, high = power[(hz > 50) & (hz < 200)].mean(), power[(hz > 1900) & (hz < 2100)].mean()
    assert 10 * np.log10(high / low) == pytest.approx(-24.1, abs=1.5)


@pytest.mark.parametrize(("resonance_db", "away_db"), [(0.0, 0.3), (6.0, 0.5), (12.0, 0.5), (20.0, 0.5)])
@pytest.mark.parametrize("cents", [0.0, 133.0, 250.0])
def test_between_its_rungs_a_sweep_stays_near_the_true_filter(resonance_db: float, away_db: float, cents: float) -> None:
    settings = Filter("lowpass2", 1000.0 * 2 ** (cents / 1200), resonance_db)
    nodes = np.arange(0, 9000, 64.0)
    click = sample_of(CLICK[0])
    sources = SoundSources(SoundCache(max_bytes=10**8), rate_hz=RATE)
    key = SoundKey(click, Excerpt(0, 8192), 0.0)
    course = np.full(len(nodes), settings.frequency_hz)
    course[-1] *= 2.0  # so that it moves at all
    sweep = swept_sound(sources, key, settings, nodes=nodes, step=64, frequency_hz=course, frames=8192)
    assert sweep is not None
    got = np.fft.rfft(sweep.part(0, 8192)[0])
    true = np.fft.rfft(filtered(CLICK, (settings,), rate_hz=RATE)[0][0])
    heard = np.abs(true) > 10 ** (-30 / 20)
    assert np.abs(20 * np.log10(np.abs(got[heard]) / np.abs(true[heard]))).max() < away_db


def test_strokes_of_all_lengths_share_the_beginning_of_a_sweep() -> None:
    sample, loop = sine(frames=25)
    opening = Modulator(ModulationEnvelope(attack_s=0.3, decay_s=0.4, sustain=0.5, release_s=0.3), "cutoff_cents", 3600.0)
    voice = Voice(sample=sample, loop=loop, filter=Filter("lowpass2", 400.0, 2.0), modulators=(opening,))
    strokes = [Stroke(1.5 * i, 1.5 * i + held, 60, 100) for i, held in enumerate((0.1, 0.7, 0.4, 0.01))]
    together = play(voice, *strokes)
    for stroke in strokes:
        alone = play(voice, Stroke(0.0, stroke.release_s - stroke.onset_s, 60, 100))
        at = round(stroke.onset_s * RATE)
        n = min(alone.shape[1], together.shape[1] - at)
        assert np.abs(together[:, at : at + n] - alone[:, :n]).max() < 2e-6
