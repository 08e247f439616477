import numpy as np
import pytest

from hexachord.dsp.spectral_measures import (
    band_flatness,
    crest,
    entropy,
    flatness_of_logs,
    flux,
    local_peaks,
    rolloff_hz,
    share_above,
    spectral_complexity,
    strong_peak,
    tonal_power_ratio,
)

RNG = np.random.default_rng(0)
FLAT, LINE, SILENT = np.ones((1, 33)), np.eye(33)[[10]], np.zeros((1, 33))


def test_a_flat_spectrum_and_a_line() -> None:
    assert crest(FLAT)[0] == pytest.approx(1.0)
    assert crest(LINE)[0] == pytest.approx(33.0)
    assert entropy(FLAT)[0] == pytest.approx(1.0)
    assert entropy(LINE)[0] == pytest.approx(0.0, abs=1e-9)
    assert flatness_of_logs(np.log(FLAT))[0] == pytest.approx(1.0)
    assert flatness_of_logs(np.log(LINE + 1e-10))[0] < 1e-8
    assert share_above(FLAT, 11)[0] == pytest.approx(2 / 3)


def test_silence_is_nothing() -> None:
    assert crest(SILENT)[0] == entropy(SILENT)[0] == share_above(SILENT, 3)[0] == tonal_power_ratio(SILENT, local_peaks(SILENT))[0] == 0
    assert strong_peak(SILENT)[0] == spectral_complexity(SILENT, local_peaks(SILENT))[0] == 0
    assert not rolloff_hz(SILENT, rate_hz=8000).any()
    assert not flux(np.zeros((3, 33))).any()


def test_entropy_is_scipys() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = RNG.random((4, 50))
    np.testing.assert_allclose(entropy(values), stats.entropy(values, axis=1) / np.log(50))
    np.testing.assert_allclose(entropy(values, np.log(values)), entropy(values))


def test_flatness_of_bands_is_geometric_over_arithmetic() -> None:
    power = RNG.random((3, 32)) + 0.1
    found = band_flatness(np.log(power), (4, 8, 32))
    for column, part in enumerate((slice(4, 8), slice(8, 32))):
        expected = np.exp(np.log(power[:, part]).mean(axis=1)) / power[:, part].mean(axis=1)
        np.testing.assert_allclose(found[:, column], expected)


def test_rolloff_of_a_flat_spectrum() -> None:
    np.testing.assert_allclose(rolloff_hz(np.ones((1, 101)), rate_hz=20000, parts=(0.5, 0.9)), [[5000, 9000]], atol=101)


def test_flux_remembers_the_frame_before() -> None:
    magnitude = RNG.random((10, 20)).astype(np.float32)
    whole = flux(magnitude)
    assert whole[0] == 0
    np.testing.assert_allclose(flux(magnitude[4:], magnitude[3]), whole[4:], rtol=1e-6)
    np.testing.assert_allclose(flux(3 * magnitude), whole, rtol=1e-5)
    raw = flux(magnitude, unit_length=False)
    np.testing.assert_allclose(raw[1:], np.linalg.norm(np.diff(magnitude, axis=0), axis=1), rtol=1e-5)


def test_peaks_are_counted_and_weighed() -> None:
    magnitude = np.zeros((1, 33))
    magnitude[0, [5, 12, 20]] = (1.0, 0.5, 0.001)
    magnitude[0, 6] = 0.5
    peaks = local_peaks(magnitude)
    assert np.flatnonzero(peaks[0]).tolist() == [5, 12, 20]
    assert spectral_complexity(magnitude, peaks)[0] == 2
    assert spectral_complexity(magnitude, peaks, last_bin=10)[0] == 1
    power = magnitude**2
    assert tonal_power_ratio(power, peaks)[0] == pytest.approx(1.250001 / 1.500001)


def test_ends_are_no_peaks() -> None:
    assert not local_peaks(np.array([[3.0, 1.0, 1.0, 3.0]])).any()


def test_a_sharp_peak_is_strong() -> None:
    bins = np.arange(129)
    sharp, broad = (np.exp(-0.5 * ((bins - 40) / width) ** 2)[None] for width in (1.0, 6.0))
    assert strong_peak(sharp)[0] > 5 * strong_peak(broad)[0]
    assert strong_peak(5 * sharp)[0] == pytest.approx(strong_peak(sharp)[0])
