import numpy as np
import pytest

from hexachord.dsp.limiter import Limiter, limit
from hexachord.dsp.loudness import true_peak

CEILING = 10 ** (-1 / 20)


def limited(blocks, *, rate_hz=44100, channels=2, **options):
    limiter = Limiter(rate_hz=rate_hz, channels=channels, **options)
    return np.concatenate([np.zeros((channels, 0), np.float32), *limit(blocks, limiter)], axis=1), limiter


def music(rate_hz=44100, seconds=4.0):
    """Two voices with a swell and a click far above full scale."""
    time_s = np.arange(int(rate_hz * seconds)) / rate_hz
    swell = 0.2 + 1.5 * np.exp(-((time_s - 2.0) ** 2) / 0.1)
    sound = swell * np.stack([np.sin(2 * np.pi * 311.0 * time_s), np.sin(2 * np.pi * 467.0 * time_s)])
    sound[0, int(0.7 * rate_hz)] = 3.0
    return sound.astype(np.float32)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_nothing_passes_the_ceiling(rate_hz):
    out, limiter = limited([music(rate_hz)], rate_hz=rate_hz)
    assert out.shape == music(rate_hz).shape
    assert np.abs(out).max() <= CEILING + 1e-7
    assert limiter.reduction_db == pytest.approx(20 * np.log10(3.0 / CEILING), abs=0.5)


def test_peaks_between_samples_are_seen():
    quarter = np.sin(2 * np.pi * np.arange(44100) / 4 + np.pi / 4)[np.newaxis].astype(np.float32)
    out, _ = limited([quarter], channels=1)
    assert np.abs(quarter).max() < CEILING
    settled = out[:, 2000:-2000]
    settled = settled * np.hanning(settled.shape[1])  # a hard start has a peak of its own
    assert 20 * np.log10(true_peak(settled, rate_hz=44100)) < -0.95


def test_what_is_soft_is_left_alone():
    soft = 0.25 * music()
    soft[0, :] = np.clip(soft[0], -0.3, 0.3)
    out, limiter = limited([soft])
    assert (out == soft).all()
    assert limiter.reduction_db == 0.0


def test_the_gain_is_early_smooth_and_lets_go():
    sound = np.full((1, 44100), 0.1, np.float32)
    sound[0, 20000] = 4.0
    out, _ = limited([sound], channels=1, look_ahead_s=0.005, release_s=0.1)
    gain_db = 20 * np.log10(out[0] / sound[0])
    assert out[0, 20000] == pytest.approx(CEILING, abs=1e-3)
    assert (np.abs(gain_db[: 20000 - 225]) < 1e-3).all()  # nothing before the look-ahead
    assert np.abs(np.diff(gain_db)).max() < 0.2  # no step that would click
    third = 20000 + int(0.1 * 44100)
    assert gain_db[third] == pytest.approx(gain_db[20000] / np.e, rel=0.1)


def test_how_the_signal_is_cut_makes_no_difference():
    sound = music()
    whole, _ = limited([sound])
    rng = np.random.default_rng(0)
    cuts = np.sort(rng.integers(0, sound.shape[1], 60))
    pieces, _ = limited(np.split(sound, cuts, axis=1))
    assert np.abs(whole - pieces).max() < 1e-6


@pytest.mark.parametrize("frames", [0, 1, 10, 300])
def test_short_sounds_keep_their_length(frames):
    out, _ = limited([np.full((2, frames), 5.0, np.float32)])
    assert out.shape == (2, frames)
    assert np.abs(out).max(initial=0.0) <= CEILING + 1e-7


def test_the_gain_is_early_at_the_very_start_too():
    sound = np.full((1, 4000), 0.4, np.float32)
    sound[0, 3] = 2.0
    out, _ = limited([sound], channels=1)
    gain_db = 20 * np.log10(out[0] / sound[0])
    assert gain_db[0] == pytest.approx(gain_db[3], abs=0.1)
    assert np.abs(np.diff(gain_db)).max() < 0.2


def test_music_stays_below_the_ceiling_between_samples_too():
    out, _ = limited([music()])
    assert 20 * np.log10(true_peak(out, rate_hz=44100)) < -0.9
