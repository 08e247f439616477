"""What is true of every effect: blocks equal the whole, the clock stays, nothing breaks, chance comes from seeds."""

from typing import Any

import numpy as np
import pytest

from hexachord.processing.effects.chain import EFFECTS, parameters_of
from hexachord.processing.effects.effect import as_channels, run_blocks
from hexachord.processing.effects.equalizer import Band
from hexachord.processing.effects.levels import duck, fade, gain_curve, pan, polarity, silence_gaps, width
from hexachord.processing.effects.noises import crackle, crowd, hum, noise, rumble

SPANS: dict[str, Any] = {"start_s": (0.1, 0.5), "end_s": (0.3, 0.9)}
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "parametric_eq": [
        {"bands": (Band(frequency_hz=3000.0, gain_db=9.0, q=2.0), Band(kind="high_shelf", frequency_hz=3500.0, gain_db=-6.0))}
    ],
    "gain_curve": [{"time_s": (0.1, 0.2, 0.8), "gain_db": (0.0, -20.0, 6.0)}],
    "duck": [SPANS],
    "silence_gaps": [SPANS],
    "fade": [{"in_s": 0.2, "out_s": 0.3}],
    "width": [{"width": 1.5, "mono_below_hz": 150.0}],
    "compressor": [{"lookahead_s": 0.0131, "sidechain_high_pass_hz": 90.0}, {"attack_s": 0.0, "release_s": 0.0, "mix": 0.5}],
    "limiter": [{"drive_db": 12.0}],
    "saturate": [{"shape": shape, "drive_db": drive} for shape in ("tanh", "soft", "hard", "tube", "fuzz") for drive in (3.0, 40.0)],
    "amplifier": [{"drive_db": 44.0, "gate_db": -50.0}],
    "phaser": [{"stages": 8, "feedback": 0.8, "stereo_phase": 0.25}],
    "flanger": [{"feedback": -0.8}],
    "delay": [{"time_s": 0.011, "ping_pong": True}],
    "network_reverb": [{"size": 0.3, "decay_s": 0.3}],
    "noise": [{"colour": "white"}, {"colour": "brown"}],
    "crowd": [{"applause": 1.0}],
}
CASES = [(name, options) for name in EFFECTS for options in ({}, *VARIANTS.get(name, []))]


def sound(rate_hz: int, channels: int, duration_s: float = 1.0) -> np.ndarray:
    frames = round(rate_hz * duration_s)
    noise = np.random.default_rng(1).standard_normal((channels, frames))
    return (0.2 * noise * np.square(np.sin(np.arange(frames) / rate_hz * 9))).astype(np.float32)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("channels", [1, 2])
def test_blocks_equal_the_whole(name: str, options: dict[str, Any], channels: int) -> None:
    rate_hz = 11025 if name not in ("mp3", "opus") else 24000
    samples = sound(rate_hz, channels)
    whole = EFFECTS[name](samples, rate_hz, **options)
    cuts = np.cumsum([0, 1, 3, 500, 2, 1000, 3333])
    processor = EFFECTS[name].processor(rate_hz, channels, **options)
    pieces = list(run_blocks(processor, np.split(samples, cuts, axis=1)))
    joined = np.concatenate(pieces, axis=1)
    assert whole.shape == joined.shape == (processor.channels, samples.shape[1])
    assert whole.dtype == np.float32
    assert np.isfinite(whole).all()
    assert np.abs(whole - joined).max() <= 1e-6 * max(1.0, float(np.abs(whole).max()))


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_every_rate_and_the_edges(name: str, options: dict[str, Any], rate_hz: int) -> None:
    effect = EFFECTS[name]
    for samples in (
        sound(rate_hz, 2, 0.25),
        np.zeros((2, 3000), np.float32),
        np.ones((1, 1), np.float32),
        np.full((2, 2000), 0.9, np.float32),
        30 * sound(rate_hz, 1, 0.05),
        np.zeros((2, 0), np.float32),
    ):
        out = effect(samples, rate_hz, **options)
        assert out.shape[1] == samples.shape[1]
        assert np.isfinite(out).all()
    again = effect(sound(rate_hz, 2, 0.25), rate_hz, **options)
    np.testing.assert_array_equal(again, effect(sound(rate_hz, 2, 0.25), rate_hz, **options))


@pytest.mark.parametrize("name", EFFECTS)
def test_extreme_parameters_give_numbers_or_are_refused(name: str) -> None:
    samples = sound(8000, 2, 0.2)
    for parameter, usual in parameters_of(name).items():
        if isinstance(usual, bool) or not isinstance(usual, int | float):
            continue
        for value in (-1e6, -1.0, 0.0, 1e-9, 1e6, 3e38) if isinstance(usual, float) else (0, 1, 100, 10**6):
            if parameter == "seed" or (parameter == "oversampling" and value == 0):
                continue
            try:
                out = EFFECTS[name](samples, 8000, **{parameter: value})
            except ValueError:
                continue
            assert np.isfinite(out).all(), (parameter, value)
            assert out.shape[1] == samples.shape[1]


@pytest.mark.parametrize("effect", [noise, hum, rumble, crackle, crowd])
def test_chance_comes_from_the_seed(effect: Any) -> None:
    still = np.zeros((2, 20000), np.float32)
    first, same, other = (effect(still, 22050, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert not np.allclose(first, other)
    assert first.any()


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_noises_are_as_loud_as_they_say(rate_hz: int) -> None:
    still = np.zeros((2, 10 * rate_hz), np.float32)
    for treated in (
        *(noise(still, rate_hz, colour=colour, level_db=-40.0) for colour in ("white", "pink", "brown")),  # type: ignore[arg-type]
        hum(still, rate_hz, level_db=-40.0),
        rumble(still, rate_hz, level_db=-40.0),
    ):
        assert 20 * np.log10(np.std(treated)) == pytest.approx(-40.0, abs=1.5)
    for applause in (0.0, 0.5, 1.0):
        assert 20 * np.log10(np.std(crowd(still, rate_hz, level_db=-40.0, applause=applause))) == pytest.approx(-40.0, abs=5.0)


def test_pink_noise_falls_3_db_an_octave_and_brown_6() -> None:
    still = np.zeros(44100 * 20, np.float32)
    for colour, slope in (("white", 0.0), ("pink", -3.0), ("brown", -6.0)):
        power = np.square(np.abs(np.fft.rfft(noise(still, 44100, colour=colour)))).reshape(-1)  # type: ignore[arg-type]
        octaves = [10 * np.log10(power[20 * 50 * 2**k : 20 * 100 * 2**k].mean()) for k in range(7)]
        assert np.polyfit(np.arange(7), octaves, 1)[0] == pytest.approx(slope, abs=0.25)


def test_panning_keeps_the_power() -> None:
    samples = sound(8000, 1)
    for position in (-1.0, -0.4, 0.0, 0.7, 1.0):
        placed = pan(samples, 8000, position=position)
        assert placed.shape == (2, samples.shape[1])
        assert np.square(placed).sum() == pytest.approx(np.square(samples).sum(), rel=1e-5)
    assert not pan(samples, 8000, position=-1.0)[1].round(6).any()


def test_width_and_polarity() -> None:
    samples = sound(8000, 2)
    mono = width(samples, 8000, width=0.0)
    np.testing.assert_allclose(mono[0], mono[1])
    np.testing.assert_allclose(width(samples, 8000, width=1.0), samples, atol=1e-7)
    np.testing.assert_array_equal(polarity(samples, 8000), -samples)
    np.testing.assert_array_equal(polarity(samples, 8000, inverted=(False, True)), samples * [[1], [-1]])


def test_fades_gaps_and_curves_are_where_they_should_be() -> None:
    ones = np.ones(8000, np.float32)
    faded = fade(ones, 8000, in_s=0.1, out_s=0.2)
    assert faded[0] < 0.01
    assert faded[-1] < 0.01
    np.testing.assert_array_equal(faded[800:6400], 1.0)
    holed = silence_gaps(ones, 8000, start_s=(0.5,), end_s=(0.6,), fade_s=0.003)
    assert not holed[4000 + 24 : 4800 - 24].any()
    np.testing.assert_array_equal(holed[:4000], 1.0)
    np.testing.assert_allclose(holed[4800:], 1.0)
    curved = gain_curve(ones, 8000, time_s=(0.25, 0.75), gain_db=(0.0, -20.0))
    assert curved[4000] == pytest.approx(10 ** (-10 / 20), rel=1e-3)
    ducked = duck(ones, 8000, start_s=(0.4,), end_s=(0.6,), depth_db=-12.0, attack_s=0.05, release_s=0.1)
    assert ducked[4400] == pytest.approx(10 ** (-12 / 20), rel=1e-3)
    assert ducked[3199] == ducked[-1] == 1.0


def test_what_is_no_sound_is_refused() -> None:
    for samples in (np.zeros(5, np.int16), np.zeros((2, 2, 2), np.float32), np.array([np.nan], np.float32)):
        with pytest.raises(ValueError, match=r"samples|finite"):
            as_channels(samples)
