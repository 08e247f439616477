"""The spectrum that the melody network sees: where tones lie in it, how loud they are, and that blocks make no difference."""

import numpy as np
import pytest

from hexachord.dsp.pitch_spectrum import (
    BINS,
    BINS_PER_OCTAVE,
    FLOOR_DB,
    HOP,
    LOWEST_HZ,
    NOTES,
    RATE_HZ,
    STEP_DB,
    as_heard,
    loudest_level,
    pitch_spectrum,
)

TIME_S = np.arange(2 * RATE_HZ) / RATE_HZ


@pytest.mark.parametrize("octaves", [1, 2.5, 4, 5 + 1 / 3])
@pytest.mark.parametrize("window", [0, 1])
def test_a_sine_is_where_its_pitch_is(octaves: float, window: int) -> None:
    seen = pitch_spectrum(0.3 * np.sin(2 * np.pi * LOWEST_HZ * 2**octaves * TIME_S))
    assert abs(int(seen[40, window].argmax()) - octaves * BINS_PER_OCTAVE) <= (1 if octaves > 2 else 4)


def test_half_the_amplitude_is_six_decibels_less() -> None:
    tone = np.sin(2 * np.pi * 440 * TIME_S)
    loud, soft = (pitch_spectrum(gain * tone)[40, 0].max() * STEP_DB + FLOOR_DB for gain in (0.5, 0.25))
    assert loud - soft == pytest.approx(6.02, abs=STEP_DB)


def test_a_frame_does_not_depend_on_how_much_comes_after() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 20 * RATE_HZ)
    whole, part = pitch_spectrum(noise), pitch_spectrum(noise[: 10 * RATE_HZ])
    inside = 10 * RATE_HZ // HOP - 8
    assert np.abs(whole[:inside].astype(int) - part[:inside].astype(int)).max() <= 1


def test_what_is_heard_does_not_depend_on_the_level() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, RATE_HZ)
    shown = [as_heard(levels, loudest=loudest_level(levels)) for levels in map(pitch_spectrum, (noise, 0.1 * noise))]
    assert shown[0].shape == (44, 2 * BINS)
    assert np.abs(shown[0] - shown[1]).max() <= 2 * STEP_DB / 80


def test_silence_and_nothing() -> None:
    assert not pitch_spectrum(np.zeros(RATE_HZ)).any()
    assert loudest_level(pitch_spectrum(np.zeros(0))) == 0.0


def test_notes_have_the_whole_piano_and_two_looks_a_hop() -> None:
    seen = pitch_spectrum(0.3 * np.sin(2 * np.pi * 27.5 * 2**4 * TIME_S), NOTES)
    assert seen.shape == (87, 3, NOTES.bins)
    assert [int(seen[40, view].argmax()) for view in range(3)] == pytest.approx([4 * BINS_PER_OCTAVE] * 3, abs=1)


def test_the_second_look_is_half_a_hop_later() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 12 * RATE_HZ)
    seen, later = pitch_spectrum(noise, NOTES).astype(int), pitch_spectrum(noise[HOP // 2 :], NOTES).astype(int)
    inside = slice(20, len(later) - 20)
    assert np.abs(seen[inside, 2] - later[inside, 1]).max() <= 1
    assert np.abs(seen[inside, 1] - later[inside, 1]).max() > 10
