import numpy as np
import pytest
import scipy.fft

from hexachord.dsp.mel import (
    amplitude_to_db,
    db_to_amplitude,
    db_to_power,
    delta,
    hz_to_mel,
    mel_filterbank,
    mel_frequencies_hz,
    mel_from_power,
    mel_spectrogram,
    mel_to_hz,
    mfcc,
    power_to_db,
)
from hexachord.dsp.pcen import one_pole_average, pcen


@pytest.mark.parametrize("scale", ["slaney", "htk"])
def test_mel_and_back(scale: str) -> None:
    hz = np.linspace(0, 20_000, 500)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz, scale=scale), scale=scale), hz, atol=1e-8)
    assert (np.diff(hz_to_mel(hz, scale=scale)) > 0).all()


def test_white_noise_is_flat_under_unit_areas() -> None:
    bank = mel_filterbank(rate_hz=22050, n_fft=8192, bands=40)
    area = bank.sum(axis=0) * 22050 / 8192
    np.testing.assert_allclose(area, 1.0, rtol=0.02)
    heights = mel_filterbank(rate_hz=22050, n_fft=8192, bands=40, unit_area=False)
    np.testing.assert_allclose(heights.sum(axis=1)[200:3000], 1.0, rtol=1e-5)  # neighbouring triangles add up to one


def test_a_tone_lands_in_its_band() -> None:
    hz = mel_frequencies_hz(bands=64)[40]
    tone = np.sin(2 * np.pi * hz * np.arange(22050) / 22050)
    assert mel_spectrogram(tone, rate_hz=22050, bands=64)[20].argmax() == 40


def test_groups_hide_no_band() -> None:
    power = np.random.default_rng(0).random((3, 1025)).astype(np.float32)
    for bands in (1, 15, 16, 17, 128):
        expected = power @ mel_filterbank(rate_hz=16000, n_fft=2048, bands=bands, high_hz=7000)
        np.testing.assert_allclose(mel_from_power(power, rate_hz=16000, bands=bands, high_hz=7000), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="not a mel filter bank"):
        mel_from_power(power, rate_hz=16000, low_hz=9000)


def test_decibels() -> None:
    power = np.array([1e-20, 1e-3, 1.0, 50.0])
    np.testing.assert_allclose(db_to_power(power_to_db(power))[1:], power[1:])
    np.testing.assert_allclose(db_to_amplitude(amplitude_to_db(power, reference=2.0), reference=2.0)[1:], power[1:])
    np.testing.assert_allclose(power_to_db(power, range_db=30), [10 * np.log10(50) - 30, 10 * np.log10(50) - 30, 0, 10 * np.log10(50)])
    assert power_to_db(np.zeros((2, 3), dtype=np.float32)).dtype == np.float32
    assert power_to_db(np.zeros((0, 3))).shape == (0, 3)


def test_mfcc_is_the_cosine_transform() -> None:
    log_mel = np.random.default_rng(0).standard_normal((10, 64))
    expected = scipy.fft.dct(log_mel, type=2, norm="ortho")[:, :13]
    np.testing.assert_allclose(mfcc(log_mel, coefficients=13), expected, atol=1e-6)
    with pytest.raises(ValueError, match="between 1 and 64"):
        mfcc(log_mel, coefficients=65)


def test_delta_of_a_parabola() -> None:
    t = np.arange(30.0)
    np.testing.assert_allclose(delta(t**2)[4:-4], 2 * t[4:-4])
    np.testing.assert_allclose(delta(t**2, order=2), 2.0)
    assert not delta(np.ones((2, 3)), order=2).any()
    np.testing.assert_allclose(delta(np.arange(5.0), width=9), 1.0)
    with pytest.raises(ValueError, match="odd"):
        delta(t, width=4)


def test_one_pole_average_is_the_recursion() -> None:
    x = np.random.default_rng(0).random((300, 2))
    y, state = np.empty_like(x), x[0]
    for i, row in enumerate(x):
        state = 0.1 * row + 0.9 * state
        y[i] = state
    np.testing.assert_allclose(one_pole_average(x, coefficient=0.1), y)
    np.testing.assert_allclose(one_pole_average(x[100:], coefficient=0.1, initial=y[99]), y[100:])
    assert one_pole_average(x[:0], coefficient=0.5).shape == (0, 2)
    with pytest.raises(ValueError, match="coefficient"):
        one_pole_average(x, coefficient=0.0)


def test_pcen_forgets_the_level_and_keeps_the_onset() -> None:
    energy = np.ones((400, 1))
    energy[200:203] = 50.0
    quiet, loud = pcen(energy, hop_s=0.023, floor=1e-12), pcen(1000 * energy, hop_s=0.023, floor=1e-12)
    assert quiet[200, 0] > 3 * quiet[150, 0]
    assert loud[200, 0] == pytest.approx(quiet[200, 0], rel=0.2)  # a level 30 dB higher
    assert not pcen(np.zeros((5, 2)), hop_s=0.02).any()
