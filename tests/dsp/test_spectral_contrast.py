import numpy as np
import pytest

from hexachord.dsp.spectral_contrast import OCTAVES, contrast_db, peaks_and_valleys

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("rate_hz", "n_fft"), [(22050, 2048), (22050, 1024), (44100, 4096), (16000, 2048)])
def test_contrast_is_librosas(rate_hz: int, n_fft: int) -> None:
    librosa = pytest.importorskip("librosa")
    magnitude = RNG.gamma(0.5, size=(20, n_fft // 2 + 1))
    if rate_hz / 2 <= 6400:
        pytest.skip("librosa asks for six whole octaves")
    expected = librosa.feature.spectral_contrast(S=magnitude.T, sr=rate_hz).T
    np.testing.assert_allclose(contrast_db(*peaks_and_valleys(magnitude, rate_hz=rate_hz)), expected, rtol=1e-4)


def test_one_line_stands_in_its_octave() -> None:
    magnitude = np.full((1, 1025), 1e-3)
    magnitude[0, 100] = 1.0  # 1077 Hz: the fourth octave, 800 to 1600 Hz
    peaks, valleys = peaks_and_valleys(magnitude, rate_hz=22050)
    assert contrast_db(peaks, valleys)[0].argmax() == 3
    np.testing.assert_allclose(valleys, 1e-3, rtol=1e-6)


def test_octaves_beyond_half_the_rate_are_empty() -> None:
    peaks, valleys = peaks_and_valleys(np.ones((2, 513)), rate_hz=8000)
    assert peaks.shape == (2, OCTAVES)
    assert not peaks[:, 6].any()
    assert peaks[:, :5].all()
    assert np.isfinite(contrast_db(peaks, valleys)).all()


def test_silence_has_no_contrast() -> None:
    assert not contrast_db(*peaks_and_valleys(np.zeros((3, 1025)), rate_hz=22050)).any()
