import numpy as np
import pytest

from hexachord.dsp.auditory_bands import bark_filterbank
from hexachord.dsp.rhythm_patterns import SEGMENT_S, bark_to_sone, rhythm_patterns, rhythm_transform, summarise_pattern
from hexachord.dsp.stft import power_spectrogram

HOP_S = 512 / 22050


def sone_of(amplitude: float, hz: float = 1000.0) -> np.ndarray:
    tone = amplitude * np.sin(2 * np.pi * hz * np.arange(22050) / 22050)
    return bark_to_sone(power_spectrogram(tone)[10:-10] @ bark_filterbank(rate_hz=22050, n_fft=2048))


def test_sone_doubles_every_ten_decibels() -> None:
    loud, soft = sone_of(0.5)[:, 8].mean(), sone_of(0.5 * 10**-0.5)[:, 8].mean()
    assert loud / soft == pytest.approx(2.0, rel=0.01)
    assert sone_of(10 ** ((40 - 96) / 20))[:, 8].mean() == pytest.approx(1.0, rel=0.05)  # 40 dB at 1 kHz


def test_the_ear_is_deaf_to_bass_and_loud_bands_mask() -> None:
    assert sone_of(0.01, hz=60)[:, 0].mean() < 0.5 * sone_of(0.01)[:, 8].mean()
    spread = sone_of(0.5).mean(axis=0)
    assert spread[9] > spread[7] > 0  # upwards more than downwards
    assert not bark_to_sone(np.zeros((3, 24))).any()


@pytest.mark.parametrize("rate_hz", [1.0, 2.5, 6.0, 9.0])
def test_a_modulation_is_found(rate_hz: float) -> None:
    t = np.arange(1200) * HOP_S
    sone = np.zeros((1200, 24))
    sone[:, 5] = 3 + np.sin(2 * np.pi * rate_hz * t)
    found = rhythm_patterns(sone, hop_s=HOP_S)
    assert np.unravel_index(found.pattern.argmax(), (24, 60))[0] == 5
    assert (found.histogram.argmax() + 1) / SEGMENT_S == pytest.approx(rate_hz, abs=0.1)
    assert found.histogram.max() == pytest.approx(1.0, abs=0.4)  # its amplitude, less what falls between two modulations
    assert found.statistics[5, 0] == pytest.approx(3.0, abs=0.05)
    assert found.statistics[5, 2] == pytest.approx(0.5, abs=0.05)
    assert found.statistics[5, 4] == pytest.approx(1.5, abs=0.1)  # of a sine
    assert not found.statistics[6].any()


def test_statistics_are_scipys() -> None:
    stats = pytest.importorskip("scipy.stats")
    sone = np.random.default_rng(0).gamma(2.0, size=(256, 24))
    found = rhythm_patterns(sone, hop_s=HOP_S).statistics
    np.testing.assert_allclose(found[:, 1], np.median(sone, axis=0))
    np.testing.assert_allclose(found[:, 3], stats.skew(sone, axis=0))
    np.testing.assert_allclose(found[:, 4], stats.kurtosis(sone, axis=0, fisher=False))
    np.testing.assert_allclose(found[:, 5:], np.stack([sone.min(axis=0), sone.max(axis=0)], axis=1))


def test_summaries() -> None:
    pattern = np.zeros((24, 60))
    pattern[0, 23] = 2.0  # 4.04 Hz in the bass
    pattern[10, 2] = 1.0  # 0.5 Hz above
    found = summarise_pattern(pattern)
    assert found.highest == 2
    assert found.bass == 2
    assert found.focus == pytest.approx(1.5 / 1440)
    assert found.gravity_hz == pytest.approx((2 * 24 + 3) / 3 / SEGMENT_S)
    assert found.aggressiveness == 0.5
    assert summarise_pattern(np.zeros((24, 60))) == (0, 0, 0, 0, 0)


def test_transform_has_unit_sum_and_short_signals_are_filled_up() -> None:
    bands = 10 * np.random.default_rng(0).random((600, 30))
    assert rhythm_transform(bands, hop_s=HOP_S).sum() == pytest.approx(1.0)
    assert not rhythm_transform(np.full((600, 30), -20.0), hop_s=HOP_S).any()
    for frames in (1, 2, 100):
        assert np.isfinite(rhythm_transform(bands[:frames], hop_s=HOP_S)).all()
        assert rhythm_patterns(np.ones((frames, 24)), hop_s=HOP_S).pattern.shape == (24, 60)


def test_slow_frames_see_no_fast_modulations() -> None:
    found = rhythm_patterns(np.random.default_rng(0).random((300, 24)), hop_s=0.1)
    assert found.histogram.shape == (60,)
    assert found.histogram[:25].all()
    assert not found.histogram[31:].any()
