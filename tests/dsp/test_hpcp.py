import numpy as np
import pytest

from hexachord.dsp.hpcp import diatonic_strength, equal_tempered_deviation, fine_profile, hpcp, nontempered_energy_ratio


def profile(*midi: float) -> np.ndarray:
    return fine_profile(440 * 2 ** ((np.array([midi]) - 69) / 12), np.ones((1, len(midi))))


def test_each_pitch_class_has_its_place() -> None:
    for midi in range(48, 72):
        assert hpcp(profile(midi), bins=12)[0].argmax() == midi % 12
        assert hpcp(profile(midi))[0].argmax() == 3 * (midi % 12)


def test_a_third_of_a_semitone_is_seen() -> None:
    assert hpcp(profile(60 + 1 / 3))[0].argmax() == 1
    assert hpcp(profile(60 - 1 / 3))[0].argmax() == 35


def test_octaves_fall_together_and_harmonics_vote() -> None:
    np.testing.assert_allclose(profile(57, 69), 2 * profile(69))
    votes = hpcp(profile(67.02), bins=12)[0]  # G: also the third harmonic of C
    assert votes[0] > 0.2
    assert votes[7] == 1.0


def test_tuning_moves_the_grid() -> None:
    sharp = fine_profile(np.array([[450.0]]), np.ones((1, 1)), tuning_cents=1200 * np.log2(450 / 440))
    np.testing.assert_array_equal(sharp, profile(69))


def test_deviations() -> None:
    in_tune, between, mixed = profile(60)[0], profile(60.5)[0], profile(60, 62.5)[0]
    assert equal_tempered_deviation(in_tune) == nontempered_energy_ratio(in_tune) == 0
    assert equal_tempered_deviation(between) == nontempered_energy_ratio(between) == 1
    assert nontempered_energy_ratio(mixed) == pytest.approx(0.5)
    assert equal_tempered_deviation(np.zeros(120)) == 0


def test_scales() -> None:
    assert diatonic_strength(profile(60, 62, 64, 65, 67, 69, 71)[0]) == pytest.approx(1.0)
    assert diatonic_strength(profile(57, 59, 61, 62, 64, 66, 68)[0]) == pytest.approx(1.0)  # A major
    assert diatonic_strength(profile(60, 62, 64, 66, 68, 70)[0]) < 0.5  # whole tones
    assert diatonic_strength(np.zeros(120)) == 0


def test_silence_and_bad_bins() -> None:
    assert not hpcp(fine_profile(np.zeros((2, 5)), np.zeros((2, 5)))).any()
    with pytest.raises(ValueError, match="multiple of 12"):
        hpcp(profile(60), bins=20)
