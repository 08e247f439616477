import numpy as np
import pytest

from hexachord.dsp.auditory_bands import BARK_EDGES_HZ, bark_filterbank, erb_frequencies_hz, gammatone_filterbank


def test_each_bin_is_in_one_bark_band() -> None:
    bank = bark_filterbank(rate_hz=44100, n_fft=4096)
    hz = np.arange(2049) * 44100 / 4096
    np.testing.assert_array_equal(bank.sum(axis=1), hz < BARK_EDGES_HZ[-1])
    assert hz[bank[:, 8] > 0].min() >= 920
    assert hz[bank[:, 8] > 0].max() < 1080
    assert len(BARK_EDGES_HZ) == 25


def test_bands_beyond_half_the_rate_are_empty() -> None:
    bank = bark_filterbank(rate_hz=8000, n_fft=2048)
    assert bank[:, 16].any()
    assert not bank[:, 18:].any()
    assert not gammatone_filterbank(rate_hz=8000, n_fft=2048)[:, erb_frequencies_hz(40) >= 4000].any()


def test_gammatones_peak_at_their_centres_and_are_an_erb_wide() -> None:
    bank = gammatone_filterbank(rate_hz=44100, n_fft=16384, bands=20)
    hz = np.arange(8193) * 44100 / 16384
    centre = erb_frequencies_hz(20)
    np.testing.assert_allclose(hz[bank.argmax(axis=0)], centre, atol=3)
    area = bank.sum(axis=0) * 44100 / 16384  # of a filter of gain 1 it is its equivalent rectangular bandwidth
    np.testing.assert_allclose(area[2:], (24.7 + centre / 9.26449)[2:], rtol=0.02)


def test_erb_frequencies_are_equally_spaced_on_their_scale() -> None:
    steps = np.diff(21.4 * np.log10(1 + 0.00437 * erb_frequencies_hz(30)))
    np.testing.assert_allclose(steps, steps.mean(), rtol=1e-3)


def test_the_bank_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        bark_filterbank(rate_hz=22050, n_fft=2048)[0] = 1
