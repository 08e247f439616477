import numpy as np
import pytest

from hexachord.dsp import fourier
from hexachord.dsp.griffin_lim import griffin_lim, spectral_convergence_db
from hexachord.dsp.stft import stft
from hexachord.dsp.tones import tone


@pytest.mark.parametrize("size", [1, 2, 8, 64])
def test_matrix_recursion_and_library_agree(size: int) -> None:
    signal = np.random.default_rng(0).standard_normal(size)
    expected = np.fft.fft(signal)
    np.testing.assert_allclose(fourier.dft_matrix(size) @ signal, expected, atol=1e-10)
    np.testing.assert_allclose(fourier.fft_recursive(signal), expected, atol=1e-10)


def test_dft_matrix_is_unitary_up_to_scale() -> None:
    matrix = fourier.dft_matrix(12)
    np.testing.assert_allclose(matrix @ matrix.conj().T, 12 * np.eye(12), atol=1e-9)


def test_coefficients_equal_bins_of_the_dft() -> None:
    signal = np.random.default_rng(1).standard_normal(50)
    found = fourier.fourier_coefficient(signal, np.arange(25) * 2.0, rate_hz=100)
    np.testing.assert_allclose(found, np.fft.fft(signal)[:25] / 50, atol=1e-12)


def test_sampled_sinusoids_appear_at_their_alias() -> None:
    for frequency in (100.0, 480.0, 620.0, 990.0, 1310.0):
        seen = np.abs(np.fft.rfft(np.sin(2 * np.pi * frequency * np.arange(1000) / 1000))).argmax()
        assert fourier.alias_hz(frequency, rate_hz=1000) == pytest.approx(seen)


def test_interference_is_what_two_tones_do() -> None:
    heard, beats = fourier.interference(200.0, 206.0)
    time = np.arange(8000) / 8000
    both = np.sin(2 * np.pi * 200 * time) + np.sin(2 * np.pi * 206 * time)
    np.testing.assert_allclose(both, 2 * np.cos(np.pi * beats * time) * np.sin(2 * np.pi * heard * time), atol=1e-9)


def test_sinc_reads_a_band_limited_signal_between_samples() -> None:
    time = np.arange(-400, 400) / 100
    signal = np.sin(2 * np.pi * 7 * time) + 0.3 * np.cos(2 * np.pi * 23 * time)
    between = np.linspace(3.5, 4.5, 57)
    expected = np.sin(2 * np.pi * 7 * (between - 4)) + 0.3 * np.cos(2 * np.pi * 23 * (between - 4))
    np.testing.assert_allclose(fourier.reconstruct_sinc(signal, between, rate_hz=100), expected, atol=0.01)
    np.testing.assert_allclose(fourier.reconstruct_sinc(signal, np.arange(800) / 100, rate_hz=100), signal, atol=1e-9)


def test_quantisation_noise_is_six_db_per_bit() -> None:
    signal = np.random.default_rng(0).uniform(-1, 1, 50000)
    noise = [20 * np.log10(np.std(signal - fourier.quantise_uniform(signal, levels=2**bits))) for bits in (6, 7, 8)]
    np.testing.assert_allclose(np.diff(noise), -6.02, atol=0.2)


def test_mu_law_favours_quiet_signals_and_undoes_itself() -> None:
    quiet = 0.01 * np.sin(np.arange(5000) / 9)
    uniform = np.std(quiet - fourier.quantise_uniform(quiet, levels=256))
    bent = np.std(quiet - fourier.quantise_mu_law(quiet, levels=256))
    assert bent < 0.1 * uniform
    np.testing.assert_allclose(fourier.decode_mu_law(fourier.encode_mu_law(quiet)), quiet, atol=1e-12)
    assert np.abs(fourier.encode_mu_law(np.array([-1.0, 1.0]))) == pytest.approx([1, 1])


def test_log_axis_puts_semitones_at_equal_steps() -> None:
    sound = sum(tone(f, rate_hz=22050, seconds=0.5) for f in (440.0, 880.0, 1760.0))
    spectrum = np.abs(stft(sound, n_fft=8192))
    axis = fourier.log_frequency_axis(spectrum, rate_hz=22050, lowest_hz=27.5, octaves=9)
    frame = axis[10]
    assert sorted(np.argsort(-frame)[:3].tolist()) == [48, 60, 72]
    assert not axis[:, 12 * 8 + 9 :].any()  # beyond half the rate


@pytest.mark.parametrize(("samples", "taps", "block"), [(1, 1, 0), (1000, 30, 64), (5000, 900, 0), (10, 300, 0)])
def test_convolutions_agree(samples: int, taps: int, block: int) -> None:
    rng = np.random.default_rng(2)
    signal, response = rng.standard_normal(samples), rng.standard_normal(taps)
    expected = np.convolve(signal, response)
    np.testing.assert_allclose(fourier.convolve_direct(signal, response), expected, atol=1e-10)
    np.testing.assert_allclose(fourier.convolve_overlap_add(signal, response, block=block), expected, atol=1e-9)


def test_resolution() -> None:
    r = fourier.resolution(rate_hz=44100, n_fft=4096, hop=1024)
    assert r.frequency_hz * r.time_s == pytest.approx(1)
    assert r.frequency_hz < 440 * (2 ** (1 / 12) - 1)  # A4 and A#4 are apart


def test_griffin_lim_finds_a_signal_with_these_magnitudes() -> None:
    rng = np.random.default_rng(0)
    time = np.arange(12000) / 22050
    signal = (np.sin(2 * np.pi * (300 * time + 400 * time**2)) + 0.05 * rng.standard_normal(12000)).astype(np.float32)
    magnitude = np.abs(stft(signal, n_fft=1024, hop=256))
    rough = griffin_lim(magnitude, length=12000, hop=256, iterations=2)
    fine = griffin_lim(magnitude, length=12000, hop=256, iterations=60)
    assert spectral_convergence_db(magnitude, fine, hop=256) < -18
    assert spectral_convergence_db(magnitude, fine, hop=256) < spectral_convergence_db(magnitude, rough, hop=256) - 5
    np.testing.assert_array_equal(fine, griffin_lim(magnitude, length=12000, hop=256, iterations=60))
    assert not griffin_lim(np.zeros((10, 513)), length=2000, hop=256).any()


def test_not_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="power of two"):
        fourier.fft_recursive(np.zeros(6))
