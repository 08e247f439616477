"""Samples that sway by themselves: vibrato of the depth and rate that were asked for, a scoop at the start, a seam that closes."""

import numpy as np
import pytest

from hexachord.synthesis.synthesizers.lasting import Lines, lasting, lasting_wave
from hexachord.synthesis.synthesizers.sway import Sway, room_to_sway, swayed

RATE_HZ = 44100
STILL = Sway(cents=0.0, db=0.0, rate_hz=5.5, delay_s=0.3, scoop_cents=0.0, scoop_s=0.1, drift_cents=0.0)


def sine(f0_hz=440.0, loop_s=1.5):
    wave = lasting_wave(f0_hz, intro_s=0.4, loop_s=loop_s, channels=1)
    one = np.ones(1)
    return wave, lasting(Lines(one * wave.f0_hz, one, 0 * one, one, one), wave, rng=np.random.default_rng(0))[np.newaxis]


def cents_over_time(sound, f0_hz):
    """How far the one partial of a sound is from a frequency, at each frame."""
    spectrum = np.fft.fft(sound)
    frequency_hz = np.fft.fftfreq(sound.size, 1 / RATE_HZ)
    spectrum[(frequency_hz < 0.5 * f0_hz) | (frequency_hz > 1.5 * f0_hz)] = 0
    turns = np.unwrap(np.angle(np.fft.ifft(spectrum))) / (2 * np.pi)
    return 1200 * np.log2(np.gradient(turns) * RATE_HZ / f0_hz)


def test_vibrato_has_its_depth_and_rate_comes_in_late_and_leaves_the_pitch_alone():
    wave, sound = sine()
    sway = STILL._replace(cents=30.0)
    longer = room_to_sway(wave, sway)
    bent = swayed(sound, wave, sway, rng=np.random.default_rng(0))
    assert bent.shape == (1, longer.frames)
    cents = cents_over_time(bent[0], wave.f0_hz)
    assert np.abs(cents[6000 : round(0.28 * RATE_HZ)]).max() < 2.0  # what is left is the analysis, whose window has no soft ends
    steady = cents[longer.loop.start : -8000]
    assert steady.max() == pytest.approx(30.0, abs=2.0)
    assert steady.min() == pytest.approx(-30.0, abs=2.0)
    assert abs(cents[longer.loop.start : longer.loop.end - 100].mean()) < 1.5
    turns = np.count_nonzero((steady[:-1] < 0) & (steady[1:] >= 0))
    assert turns == pytest.approx(5.5 * steady.size / RATE_HZ, abs=1.1)


def test_a_scoop_comes_from_below():
    wave, sound = sine()
    sway = STILL._replace(scoop_cents=-100.0)
    cents = cents_over_time(swayed(sound, wave, sway, rng=np.random.default_rng(0))[0], wave.f0_hz)
    assert cents[500:1500].mean() < -70
    assert abs(cents[round(0.25 * RATE_HZ)]) < 1.0


def test_swaying_loops_close():
    wave, sound = sine(f0_hz=440.0, loop_s=0.15)
    sway = STILL._replace(cents=40.0, db=2.0, drift_cents=5.0)
    longer = room_to_sway(wave, sway)
    bent = swayed(sound, wave, sway, rng=np.random.default_rng(0))[0]
    loop = bent[longer.loop.start : longer.loop.end]
    assert loop.size >= RATE_HZ
    bends = np.abs(np.diff(loop, 2)).max()
    assert abs((loop[1] - loop[0]) - (loop[0] - loop[-1])) <= 1.05 * bends
    assert abs(bent[longer.loop.start - 1] - loop[-1]) < 2e-3


def test_what_does_not_sway_is_left_as_it_is():
    wave, sound = sine()
    assert room_to_sway(wave, STILL) == wave
    assert swayed(sound, wave, STILL, rng=np.random.default_rng(0)) is sound
