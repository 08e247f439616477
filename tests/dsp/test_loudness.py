"""Signals after EBU Tech 3341 and 3342, made here."""

import numpy as np
import pytest

from hexachord.dsp.loudness import LoudnessMeter, k_weighting, measure_loudness, true_peak


def tones(*parts: tuple[float, float], rate_hz: int = 48000, channels: int = 2, f_hz: float = 1000) -> np.ndarray:
    """A sine of 1 kHz at several levels: (dBFS peak, seconds) one after the other."""
    pieces = [np.full(round(seconds * rate_hz), 10 ** (level / 20)) for level, seconds in parts]
    gain = np.concatenate(pieces)
    wave = gain * np.sin(2 * np.pi * f_hz * np.arange(gain.size) / rate_hz)
    return np.tile(wave.astype(np.float32), (channels, 1))


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_tech_3341_1_and_2_steady_tone(rate_hz: int, level: float) -> None:
    result = measure_loudness(tones((level, 4.0), rate_hz=rate_hz), rate_hz=rate_hz)
    tolerance = 0.1 if rate_hz > 8000 else 0.25  # at 8 kHz the bilinear transform bends the shelf at 1 kHz a little
    assert result.integrated_lufs == pytest.approx(level, abs=tolerance)
    assert result.max_momentary_lufs == pytest.approx(level, abs=tolerance)
    assert result.max_short_term_lufs == pytest.approx(level, abs=tolerance)
    assert result.range_lu == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    "parts",
    [
        [(-36, 10), (-23, 60), (-36, 10)],  # relative gate (case 3)
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],  # both gates (case 4)
        [(-26, 20), (-20, 20.1), (-26, 20)],  # no gate bites (case 5)
    ],
)
def test_tech_3341_gating(parts: list[tuple[float, float]]) -> None:
    result = measure_loudness(tones(*parts, rate_hz=16000), rate_hz=16000)
    assert result.integrated_lufs == pytest.approx(-23, abs=0.1)


def test_tech_3341_6_surround() -> None:
    rate_hz, seconds = 48000, 4
    sine = np.sin(2 * np.pi * 1000 * np.arange(rate_hz * seconds) / rate_hz)
    levels = [-28.0, -28.0, -24.0, 0.0, -30.0, -30.0]  # the fourth channel is low-frequency effects: not counted
    result = measure_loudness(np.stack([10 ** (level / 20) * sine for level in levels]), rate_hz=rate_hz)
    assert result.integrated_lufs == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-20, 20), (-30, 20)], 10),
        ([(-20, 20), (-15, 20)], 5),
        ([(-40, 20), (-20, 20)], 20),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
    ],
)
def test_tech_3342_range(parts: list[tuple[float, float]], expected: float) -> None:
    result = measure_loudness(tones(*parts, rate_hz=8000), rate_hz=8000)
    assert result.range_lu == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize("degrees", [0, 45, 60, 67.5])
@pytest.mark.parametrize("divisor", [4, 6, 8])
def test_tech_3341_true_peak_between_samples(rate_hz: int, degrees: float, divisor: int) -> None:
    phase = 2 * np.pi * np.arange(rate_hz // 10) / divisor + np.deg2rad(degrees)
    fade = np.minimum(1, np.minimum(np.arange(phase.size), np.arange(phase.size)[::-1]) / 500)
    result = 20 * np.log10(true_peak(0.5 * fade * np.sin(phase), rate_hz=rate_hz))
    assert -6.02 - 0.4 <= result <= -6.02 + 0.2


def test_true_peak_is_never_below_the_samples_and_peaks_at_the_end_count() -> None:
    noise = np.random.default_rng(0).uniform(-1, 1, 5000)
    assert true_peak(noise, rate_hz=44100) >= np.abs(noise).max()
    assert true_peak(np.array([0.0, 0.0, 0.9, 0.9]), rate_hz=44100) > 1.0
    assert true_peak(np.array([0.3]), rate_hz=44100) == pytest.approx(0.3)


def test_filter_at_48_khz_is_the_standards() -> None:
    shelf, high_pass = k_weighting(48000)
    np.testing.assert_allclose(shelf[:3], [1.53512485958697, -2.69169618940638, 1.19839281085285], atol=1e-7)
    np.testing.assert_allclose(shelf[4:], [-1.69065929318241, 0.73248077421585], atol=1e-7)
    np.testing.assert_allclose(high_pass[4:], [-1.99004745483398, 0.99007225036621], atol=1e-7)


@pytest.mark.parametrize("rate_hz", [44100, 11025])  # 11,025: a slot is 1,102.5 samples
def test_blocks_equal_the_whole(rate_hz: int) -> None:
    rng = np.random.default_rng(2)
    signal = (rng.standard_normal((2, 4 * rate_hz)) * np.linspace(0.01, 0.3, 4 * rate_hz)).astype(np.float32)
    whole = measure_loudness(signal, rate_hz=rate_hz)
    meter = LoudnessMeter(rate_hz=rate_hz, channels=2)
    first = 0
    while first < signal.shape[1]:
        length = int(rng.integers(0, 9000))
        meter.add(signal[:, first : first + length])
        first += length
    blocks = meter.result()
    np.testing.assert_allclose(blocks.momentary_lufs, whole.momentary_lufs, atol=1e-6)
    np.testing.assert_allclose(blocks.short_term_lufs, whole.short_term_lufs, atol=1e-6)
    for name in ("integrated_lufs", "range_lu", "true_peak_dbtp", "sample_peak_dbfs"):
        assert getattr(blocks, name) == pytest.approx(getattr(whole, name), abs=1e-6)
    assert whole.momentary_lufs.size == 37


@pytest.mark.parametrize("samples", [0, 1, 100, 48000])
def test_silence(samples: int) -> None:
    result = measure_loudness(np.zeros((3, samples)), rate_hz=48000)
    assert result.integrated_lufs == result.true_peak_dbtp == result.max_momentary_lufs == -np.inf
    assert result.range_lu == 0


def test_dc_is_not_loud_and_short_sounds_are_measured() -> None:
    assert measure_loudness(np.full(480000, 0.5), rate_hz=48000).momentary_lufs[-1] < -70
    assert measure_loudness(tones((-23, 0.2)), rate_hz=48000).integrated_lufs == pytest.approx(-23, abs=0.3)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        measure_loudness(np.array([0.0, np.nan]), rate_hz=48000)
    with pytest.raises(ValueError, match="weights"):
        measure_loudness(np.zeros((2, 10)), rate_hz=48000, channel_weights=(1.0,))
