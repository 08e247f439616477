"""Features as bytes: their grid, their range, and how far they are from what they stand for."""

import numpy as np
import pytest

from hexachord.dsp.features import LogConstantQ, LogMel, dequantise, feature_bytes, feature_frames, log_feature, quantise
from hexachord.errors import InputError
from hexachord.rendering.features import feature_from_plain, feature_identity, feature_to_plain, features_of

FEATURES = [LogMel(), LogConstantQ(), LogMel(rate_hz=8000, hop=160, n_fft=512, bands=40, high_hz=3900.0)]


@pytest.mark.parametrize("feature", FEATURES)
def test_bytes_are_within_half_a_step(feature: LogMel | LogConstantQ) -> None:
    random = np.random.default_rng(0)
    high_db = feature.low_db + 255 * feature.step_db
    inside = random.uniform(feature.low_db, high_db, (100, feature.bins)).astype(np.float32)
    error = np.abs(dequantise(quantise(inside, feature), feature) - inside)
    assert error.max() <= feature.step_db / 2 + 1e-4
    assert error.max() > 0.4 * feature.step_db
    beyond = np.array([-1e9, feature.low_db - 1, high_db + 1, np.inf, -np.inf])
    np.testing.assert_allclose(
        dequantise(quantise(beyond, feature), feature), [feature.low_db, feature.low_db, high_db, high_db, feature.low_db], atol=1e-4
    )
    steps = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(quantise(dequantise(steps, feature), feature), steps)


@pytest.mark.parametrize("feature", FEATURES)
def test_frames_are_centred_on_their_times(feature: LogMel | LogConstantQ) -> None:
    samples = 2 * feature.rate_hz
    click_s = 31 * feature.hop_s
    signal = np.zeros(samples, dtype=np.float32)
    signal[31 * feature.hop] = 1.0
    decibels = log_feature(signal, feature)
    assert decibels.shape == (feature_frames(feature, samples), feature.bins)
    assert int(decibels[:, -1].argmax()) == round(click_s / feature.hop_s) == 31


@pytest.mark.parametrize("feature", FEATURES)
def test_the_loudest_sound_is_in_range(feature: LogMel | LogConstantQ) -> None:
    t = np.arange(feature.rate_hz) / feature.rate_hz
    for f0_hz in (50.0, 440.0, 3000.0):
        loudest = feature_bytes((0.7 * np.sin(2 * np.pi * f0_hz * t)).astype(np.float32), feature)[10:-10].max()
        assert 180 < loudest < 255
    assert feature_bytes(np.zeros(feature.rate_hz, dtype=np.float32), feature).max() == 0


def test_a_tone_stands_in_its_bin() -> None:
    feature = LogConstantQ()
    t = np.arange(feature.rate_hz) / feature.rate_hz
    frames = feature_bytes(np.sin(2 * np.pi * 440 * t).astype(np.float32), feature)
    assert int(frames[10].argmax()) == 45 * 3
    assert feature.transform.frequencies_hz[45 * 3] == pytest.approx(440.0)


def test_definitions_are_data_with_an_identity() -> None:
    identities = {feature_identity(feature) for feature in FEATURES}
    assert len(identities) == len(FEATURES)
    for feature in FEATURES:
        assert feature_from_plain(feature_to_plain(feature)) == feature
    with pytest.raises(InputError, match="kind"):
        feature_from_plain({"kind": "smell"})
    with pytest.raises(InputError, match="colour"):
        feature_from_plain({"kind": "log-mel", "colour": 3})


def test_identities_stay_as_they_are() -> None:
    """Models name them in their cards."""
    assert feature_identity(LogMel()) == "005faf3137b92fd2"
    assert feature_identity(LogConstantQ()) == "6d2fed5313e1e66c"


def test_features_are_of_the_mean_of_the_channels() -> None:
    random = np.random.default_rng(1)
    audio = random.standard_normal((2, 22050)).astype(np.float32) * np.float32(0.1)
    made = features_of(audio, 22050, {"mel": LogMel(), "cqt": LogConstantQ()})
    np.testing.assert_array_equal(made["mel"], feature_bytes(audio.mean(axis=0), LogMel()))
    assert made["cqt"].shape == (22, 288)
    with pytest.raises(ValueError, match="44100"):
        features_of(audio, 44100, {"mel": LogMel()})
