import numpy as np
import pytest

from hexachord.processing.effects.equalizer import Band, analogue_gain_db, band_pass, high_pass, low_pass, parametric_eq

BANDS = [
    Band(kind=kind, frequency_hz=hz, gain_db=gain_db, q=q)
    for kind, qs in (("peak", (0.5, 1.4, 4.0)), ("low_shelf", (0.5, 0.707, 1.0)), ("high_shelf", (0.5, 0.707, 1.0)))
    for hz in (60.0, 1000.0, 8000.0, 16000.0)
    for gain_db in (-18.0, 6.0, 18.0)
    for q in qs
]
CUTS = [Band(kind=kind, frequency_hz=hz, q=q) for kind in ("low_cut", "high_cut") for hz in (60.0, 1000.0, 12000.0) for q in (0.5, 1.0)]


def gain_db(samples: np.ndarray, rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
    """What a response does to frequencies."""
    hz = np.fft.rfftfreq(samples.size, 1 / rate_hz)
    return hz, 20 * np.log10(np.abs(np.fft.rfft(samples.astype(np.float64))) + 1e-12)


def click(n: int = 1 << 15) -> np.ndarray:
    return np.eye(1, n, dtype=np.float32)[0]


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_bands_are_those_of_analogue_filters(rate_hz: int) -> None:
    for band in BANDS + CUTS:
        hz, made_db = gain_db(parametric_eq(click(), rate_hz, bands=[band]), rate_hz)
        target_db = analogue_gain_db([band], hz)
        heard = (hz > 40) & (hz <= 16000) & (target_db > -40)
        assert np.abs(made_db - target_db)[heard].max() < 0.1, band


@pytest.mark.parametrize("rate_hz", [8000, 22050])
def test_at_low_rates_bands_hold_up_to_three_quarters_of_what_there_is(rate_hz: int) -> None:
    for band in BANDS:
        hz, made_db = gain_db(parametric_eq(click(), rate_hz, bands=[band]), rate_hz)
        heard = (hz > 40) & (hz <= 0.73 * rate_hz / 2)
        assert np.abs(made_db - analogue_gain_db([band], hz))[heard].max() < 0.1, band


def test_many_bands_add_up() -> None:
    bands = [Band(frequency_hz=hz, gain_db=gain, q=1.0) for hz, gain in ((80, 6), (300, -9), (2500, 4), (9000, -6), (15000, 12))]
    hz, made_db = gain_db(parametric_eq(click(), 44100, bands=bands), 44100)
    heard = (hz > 40) & (hz <= 16000)
    assert np.abs(made_db - analogue_gain_db(bands, hz))[heard].max() < 0.1


def test_no_bands_change_nothing() -> None:
    sound = np.random.default_rng(0).standard_normal((2, 500)).astype(np.float32)
    np.testing.assert_array_equal(parametric_eq(sound, 44100, bands=[Band(gain_db=0.0)]), sound)


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="kind"):
        parametric_eq(click(64), 44100, bands=[Band(kind="brilliance")])  # type: ignore[arg-type]


@pytest.mark.parametrize("order", [1, 2, 3, 4, 8])
def test_cuts_have_the_order_they_say(order: int) -> None:
    hz, low_db = gain_db(low_pass(click(), 48000, cutoff_hz=1000.0, order=order), 48000)
    _, high_db = gain_db(high_pass(click(), 48000, cutoff_hz=1000.0, order=order), 48000)
    at = int(np.argmin(np.abs(hz - 1000.0)))
    assert low_db[at] == pytest.approx(-3.01, abs=0.1)
    assert high_db[at] == pytest.approx(-3.01, abs=0.1)
    octave = low_db[int(np.argmin(np.abs(hz - 2000)))] - low_db[int(np.argmin(np.abs(hz - 4000)))]
    assert octave == pytest.approx(6.02 * order, rel=0.2)


def test_a_cut_beyond_the_band_does_nothing() -> None:
    np.testing.assert_array_equal(low_pass(click(64), 8000, cutoff_hz=9000.0), click(64))


def test_a_band_keeps_what_is_inside() -> None:
    hz, made_db = gain_db(band_pass(click(), 44100, low_hz=300.0, high_hz=3400.0), 44100)
    assert np.abs(made_db[(hz > 450) & (hz < 2400)]).max() < 0.5
    assert made_db[(hz < 100) | (hz > 10000)].max() < -30
