import numpy as np
import pytest

from hexachord.synthesis.model import Strike
from hexachord.synthesis.plain import PlainBank
from hexachord.synthesis.plain_drums import KIT
from hexachord.synthesis.plain_patches import PATCHES
from hexachord.synthesis.plain_waves import Held

RATE_HZ = 44100
TUNED = [program for program in range(112) if program not in (14, 86)]  # bells are tuned to a partial that is not there, fifths to a fifth


def voices(program, key, velocity=127, *, is_percussion=False):
    return PlainBank().instrument(program=program, is_percussion=is_percussion).attack(Strike(key, velocity, {}, {}))


def sounded(voice, frames=RATE_HZ):
    """The voice's sample at its pitch, loop and all, without envelope."""
    sample = voice.sample.read().mean(axis=0).astype(np.float64)
    if voice.loop is not None:
        sample = np.tile(sample, 3 * frames // sample.size + 2)
    at = np.arange(frames) * 2 ** (voice.pitch_cents / 1200) * voice.sample.rate_hz / RATE_HZ
    return np.interp(at[at < sample.size - 1], np.arange(sample.size), sample)


def lowest_partial_cents(sound, f0_hz):
    """How far the power around a frequency lies from it, its centre of gravity."""
    size = 1 << 19
    power = np.abs(np.fft.rfft(sound[1500:] * np.hanning(sound.size - 1500), size)) ** 2
    frequency_hz = np.arange(power.size) * RATE_HZ / size
    near = (frequency_hz > f0_hz * 0.96) & (frequency_hz < f0_hz * 1.04)
    return 1200 * np.log2(np.average(frequency_hz[near], weights=power[near]) / f0_hz)


@pytest.mark.parametrize("program", TUNED)
def test_every_program_is_in_tune(program):
    sound = PATCHES[program].sound
    is_ensemble = isinstance(sound, Held) and sound.players > 1
    for key in (47, 60, 73):
        (voice,) = voices(program, key)
        f0_hz = 440.0 * 2 ** ((key - 69) / 12 + PATCHES[program].octave)
        assert lowest_partial_cents(sounded(voice), f0_hz) == pytest.approx(0, abs=9 if is_ensemble else 1.5)


@pytest.mark.parametrize("program", range(128))
def test_every_program_sounds_on_every_key(program):
    for key in (0, 21, 64, 108, 127):
        (voice,) = voices(program, key)
        sample = voice.sample.read()
        assert sample.shape == (voice.sample.channels, voice.sample.frames)
        assert np.isfinite(sample).all()
        assert 0.005 < np.abs(sample).max() <= 0.71
        assert np.abs(sample[:, 0]).max() < 0.05 or voice.envelope.attack_s >= 0.003  # no click at the start


@pytest.mark.parametrize("program", [0, 16, 40, 48, 56, 73, 80])
def test_nothing_folds_back(program):
    (voice,) = voices(program, 98)
    sound = sounded(voice, RATE_HZ // 2)
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    frequency_hz = np.arange(power.size) * RATE_HZ / sound.size
    f0_hz = 440.0 * 2 ** ((98 - 69) / 12)
    assert power[(frequency_hz > 30) & (frequency_hz < 0.8 * f0_hz)].sum() < 1e-3 * power.sum()


def test_loops_close():
    for program in (16, 40, 48, 52, 71, 80, 89):
        (voice,) = voices(program, 60)
        loop = voice.sample.read()
        steps = np.abs(np.diff(loop, axis=1)).max()
        assert np.abs(loop[:, 0] - loop[:, -1]).max() <= 1.01 * steps


def test_velocity_makes_louder_and_brighter():
    soft, loud = voices(0, 60, 40)[0], voices(0, 60, 127)[0]
    assert loud.gain_db - soft.gain_db == pytest.approx(40 * np.log10(127 / 40))
    assert soft.filter is not None
    assert loud.filter is None


def test_the_kit():
    kit = PlainBank().instrument(program=0, is_percussion=True)
    assert set(KIT) == set(range(27, 88))
    for key in range(128):
        answered = kit.attack(Strike(key, 100, {}, {}))
        assert bool(answered) == (key in KIT)
        for voice in answered:
            sound = voice.sample.read()
            assert np.isfinite(sound).all()
            assert np.abs(sound).max() > 0.05
            assert np.abs(sound[0, -1]) < 0.01
    closed, open_hat = (kit.attack(Strike(key, 100, {}, {}))[0] for key in (42, 46))
    assert closed.cuts == open_hat.group != 0


def test_drums_are_where_they_belong():
    def centroid_hz(key):
        sound = voices(0, key, is_percussion=True)[0].sample.read()[0]
        power = np.abs(np.fft.rfft(sound)) ** 2
        return np.average(np.arange(power.size) * RATE_HZ / sound.size, weights=power)

    assert centroid_hz(36) < 150 < centroid_hz(47) < centroid_hz(38) < centroid_hz(42)
    assert centroid_hz(42) > 5000


def test_programs_out_of_range_are_the_nearest():
    bank = PlainBank()
    assert bank.instrument(program=500).name == "Gunshot"
    assert bank.instrument(program=-3, bank=8).name == "Grand Piano"
    assert bank.warnings == ()


def test_the_same_sound_every_time():
    first = voices(48, 60)[0].sample.read().copy()
    from hexachord.synthesis import plain

    plain._tone_sample.cache_clear()
    assert (voices(48, 60)[0].sample.read() == first).all()
