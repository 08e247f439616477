import numpy as np
import pytest

from hexachord.processing.effects.amplifier import amplifier, cabinet, cabinet_response
from hexachord.processing.effects.levels import clip
from hexachord.processing.effects.saturation import saturate

RATE_HZ = 44100
TONE_HZ = 4997  # near 5 kHz, and its multiples do not fall on their own aliases


def spectrum(samples: np.ndarray) -> np.ndarray:
    """Magnitudes in steps of 1 Hz; the strongest is 1."""
    magnitude = np.abs(np.fft.rfft(samples[RATE_HZ // 2 : RATE_HZ // 2 + RATE_HZ].astype(np.float64) * np.blackman(RATE_HZ)))
    return np.asarray(magnitude / magnitude.max())


def tone(hz: float, height: float, duration_s: float = 2.0) -> np.ndarray:
    return (height * np.sin(2 * np.pi * hz * np.arange(round(duration_s * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def alias_db(samples: np.ndarray) -> float:
    magnitude = spectrum(samples)
    places = np.arange(magnitude.size)
    harmonic = np.min([np.abs(places - order * TONE_HZ) for order in range(6)], axis=0) < 8
    return float(20 * np.log10(magnitude[:20000][~harmonic[:20000]].max()))


@pytest.mark.parametrize("shape", ["tanh", "soft", "hard", "tube", "fuzz"])
@pytest.mark.parametrize("drive_db", [6.0, 18.0, 30.0])
def test_aliases_are_60_db_below_the_tone(shape: str, drive_db: float) -> None:
    assert alias_db(saturate(tone(TONE_HZ, 0.7), RATE_HZ, shape=shape, drive_db=drive_db)) < -60  # type: ignore[arg-type]


def test_a_high_gain_amplifier_has_few_aliases_too() -> None:
    assert alias_db(amplifier(tone(TONE_HZ, 0.5), RATE_HZ, drive_db=44.0)) < -60


def test_the_measure_of_aliases_sees_a_converter_clip() -> None:
    assert alias_db(clip(tone(TONE_HZ, 0.7), RATE_HZ, drive_db=18.0)) > -40


@pytest.mark.parametrize("drive_db", [0.0, 12.0, 40.0])
@pytest.mark.parametrize("shape", ["tanh", "soft", "hard", "tube", "fuzz"])
def test_drive_changes_the_sound_more_than_the_level(shape: str, drive_db: float) -> None:
    out = saturate(tone(220.0, 10 ** (-12 / 20)), RATE_HZ, shape=shape, drive_db=drive_db)  # type: ignore[arg-type]
    assert 20 * np.log10(np.ptp(out[RATE_HZ:]) / 2) == pytest.approx(-12, abs=1.0)


def test_even_curves_make_odd_harmonics_and_uneven_ones_even_ones() -> None:
    for shape, is_even in (("tanh", True), ("hard", True), ("tube", False), ("fuzz", False)):
        magnitude = spectrum(saturate(tone(500.0, 0.5), RATE_HZ, shape=shape, drive_db=12.0))  # type: ignore[arg-type]
        assert magnitude[1500] > 0.02
        assert (magnitude[1000] < 1e-4) == is_even


def test_silence_stays_silent_whatever_the_bias() -> None:
    for shape in ("tanh", "soft", "hard", "tube", "fuzz"):
        out = saturate(np.zeros((2, 4000), np.float32), RATE_HZ, shape=shape, drive_db=40.0, bias=0.5)  # type: ignore[arg-type]
        assert np.abs(out).max() < 1e-6


def test_soft_waves_pass_unbent() -> None:
    sound = tone(1000.0, 1e-4)
    out = saturate(sound, RATE_HZ, shape="tanh", drive_db=-20.0)
    np.testing.assert_allclose(out[1000:-1000], sound[1000:-1000], atol=3e-7)


def test_a_cabinet_is_a_band_from_bass_to_presence() -> None:
    for kind in ("open_1x12", "open_2x12", "closed_4x12", "bass_1x15", "bass_8x10"):
        response = cabinet_response(kind, RATE_HZ)
        level_db = 20 * np.log10(np.abs(np.fft.rfft(response, RATE_HZ)) + 1e-9)
        assert abs(10 * np.log10(np.mean(10 ** (level_db[200:2000] / 10)))) < 4
        assert level_db[15] < -12
        assert level_db[10000] < -15
        assert int(np.argmax(np.abs(response))) < 0.001 * RATE_HZ  # it answers at once


def test_the_edge_of_a_cone_is_duller_and_boxes_differ() -> None:
    noise = np.random.default_rng(0).standard_normal(RATE_HZ).astype(np.float32)
    bright, dull = (cabinet(noise, RATE_HZ, off_axis=off) for off in (0.0, 1.0))
    assert np.abs(np.fft.rfft(bright))[4000:8000].mean() > 1.5 * np.abs(np.fft.rfft(dull))[4000:8000].mean()
    assert not np.allclose(cabinet_response("open_1x12", RATE_HZ, 0.2, 1), cabinet_response("open_1x12", RATE_HZ, 0.2, 2))


def test_high_gain_sustains() -> None:
    sound = tone(200.0, 0.3) * np.exp(-2 * np.arange(2 * RATE_HZ) / RATE_HZ).astype(np.float32)
    clean, driven = (amplifier(sound, RATE_HZ, drive_db=drive_db) for drive_db in (0.0, 44.0))
    fall_db = [20 * np.log10(np.std(out[4410:8820]) / np.std(out[48510:52920])) for out in (clean, driven)]
    assert fall_db[0] > 15
    assert fall_db[1] < 6
