import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from hexachord.processing.effects.delay import delay
from hexachord.processing.effects.modulation import chorus, flanger, phaser, rotary, tremolo, vibrato, wow_flutter
from hexachord.processing.effects.reverberation import network_reverb, room

RATE_HZ = 44100


def click(duration_s: float, *, channels: int = 2) -> np.ndarray:
    return np.eye(1, round(duration_s * RATE_HZ), dtype=np.float32).repeat(channels, axis=0)


def decay_s(response: np.ndarray, hz: float) -> float:
    """Time of 60 dB in an octave, from Schroeder's integral between -5 and -35 dB."""
    band = sosfilt(butter(3, (hz / 1.41, hz * 1.41), "bandpass", fs=RATE_HZ, output="sos"), response.astype(np.float64))
    energy = np.cumsum(np.square(band)[::-1])[::-1]
    level_db = 10 * np.log10(energy / energy[0] + 1e-15)
    first, last = (int(np.argmax(level_db < level)) for level in (-5.0, -35.0))
    return 2 * (last - first) / RATE_HZ


@pytest.mark.parametrize("reverb", [network_reverb, room])
@pytest.mark.parametrize("wanted_s", [0.4, 1.5, 3.0])
def test_the_middle_decays_in_the_time_it_should(reverb: object, wanted_s: float) -> None:
    response = reverb(click(2 * wanted_s + 0.5), RATE_HZ, decay_s=wanted_s, bass_decay=1.0, dry_db=-200.0, wet_db=0.0)  # type: ignore[operator]
    assert decay_s(response[0], 700.0) == pytest.approx(wanted_s, rel=0.12)


def test_each_band_of_the_network_decays_by_itself() -> None:
    response = network_reverb(
        click(6.0), RATE_HZ, decay_s=2.0, bass_decay=1.5, treble_decay=0.4, bass_hz=250.0, treble_hz=4000.0, low_cut_hz=10.0, dry_db=-200.0
    )[0]
    assert decay_s(response, 63.0) == pytest.approx(3.0, rel=0.2)
    assert decay_s(response, 800.0) == pytest.approx(2.0, rel=0.1)
    assert decay_s(response, 14000.0) == pytest.approx(0.8, rel=0.1)
    assert decay_s(response, 250.0) > decay_s(response, 800.0) > decay_s(response, 4000.0) > decay_s(response, 8000.0)


@pytest.mark.parametrize("options", [{}, {"decay_s": 4.0, "size": 1.6}, {"decay_s": 0.7, "size": 0.5, "treble_decay": 0.8}])
def test_the_network_returns_what_it_is_told_to(options: dict[str, float]) -> None:
    random = np.random.default_rng(0)
    band = butter(2, (200, 3400), "bandpass", fs=RATE_HZ, output="sos")
    sound = sosfilt(band, random.standard_normal((2, 12 * RATE_HZ)), axis=1).astype(np.float32)
    wet = network_reverb(sound, RATE_HZ, dry_db=-200.0, wet_db=0.0, **options)
    assert 20 * np.log10(np.std(wet[:, 6 * RATE_HZ :]) / np.std(sound)) == pytest.approx(0.0, abs=3.0)


def test_sides_of_a_room_know_little_of_one_another() -> None:
    for reverb in (network_reverb, room):
        response = reverb(click(2.0), RATE_HZ, dry_db=-200.0)  # type: ignore[operator]
        assert abs(np.corrcoef(response[:, 2000:])[0, 1]) < 0.3


def test_the_network_is_dense_and_has_no_ring() -> None:
    tail = network_reverb(click(3.0), RATE_HZ, decay_s=6.0, treble_decay=1.0, bass_decay=1.0, dry_db=-200.0)[0][22050 : 22050 + 65536]
    kurtosis = np.mean(tail**4) / np.mean(tail**2) ** 2
    assert kurtosis < 6  # noise has 3, lone echoes far more


def test_echoes_come_when_they_should_and_fall_as_they_should() -> None:
    out = delay(click(1.0), RATE_HZ, time_s=0.1, feedback=0.5, damping_hz=20000.0, low_cut_hz=1.0, wet_db=-6.0206)
    heights = [np.abs(out[0][4410 * k - 5 : 4410 * k + 6]).max() for k in range(1, 5)]
    np.testing.assert_allclose(np.divide(heights[1:], heights[:-1]), 0.5, rtol=0.25)
    assert out[0][0] == pytest.approx(1.0, abs=1e-4)


def test_ping_pong_goes_from_side_to_side() -> None:
    out = delay(click(1.0), RATE_HZ, time_s=0.1, feedback=0.6, wet_db=0.0, ping_pong=True)
    power = [[np.square(side[4410 * k - 20 : 4410 * k + 400]).sum() for side in out] for k in (1, 2, 3)]
    assert power[0][0] > 100 * power[0][1]
    assert power[1][1] > 100 * power[1][0]
    assert power[2][0] > 100 * power[2][1]


def tone(hz: float, duration_s: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(round(duration_s * RATE_HZ)) / RATE_HZ).astype(np.float32)


def speed(samples: np.ndarray) -> np.ndarray:
    """Frequency over time of a tone, relative to its mean."""
    spectrum = np.fft.fft(samples)
    spectrum[samples.size // 2 :] = 0
    phase = np.unwrap(np.angle(np.fft.ifft(spectrum)))[4410:-4410]
    smooth = np.convolve(np.diff(phase), np.ones(441) / 441, mode="valid")
    return np.asarray(smooth / smooth.mean())


def test_vibrato_bends_as_many_cents_as_asked() -> None:
    cents = 1200 * np.log2(speed(vibrato(tone(1000.0, 2.0), RATE_HZ, speed_hz=5.0, depth_cents=30.0)))
    assert cents.max() == pytest.approx(30.0, rel=0.1)
    assert cents.min() == pytest.approx(-30.0, rel=0.1)


def test_wow_keeps_the_clock() -> None:
    sound = np.random.default_rng(1).standard_normal(5 * RATE_HZ).astype(np.float32)
    out = wow_flutter(sound, RATE_HZ, wow=0.002, flutter=0.001)
    assert 0.001 < np.ptp(speed(wow_flutter(tone(1000.0, 5.0), RATE_HZ, wow=0.002, flutter=0.001))) < 0.01
    for at in range(0, sound.size - 8192, 20000):
        correlation = np.correlate(out[at + 200 : at + 3200], sound[at : at + 3400], mode="valid")
        assert abs(int(np.argmax(correlation)) - 200) < 0.002 * RATE_HZ


def test_tremolo_swings_the_level() -> None:
    out = np.abs(tremolo(np.ones((2, RATE_HZ), np.float32), RATE_HZ, speed_hz=4.0, depth_db=12.0, stereo_phase=0.5))
    assert 20 * np.log10(out.max() / out.min()) == pytest.approx(12.0, abs=0.1)
    assert np.corrcoef(out)[0, 1] < -0.8


def test_a_flanger_cuts_a_comb_that_moves() -> None:
    noise = np.random.default_rng(2).standard_normal(8 * RATE_HZ).astype(np.float32)
    out = flanger(noise, RATE_HZ, speed_hz=0.001, depth_s=0.0, delay_s=0.001, feedback=0.0, mix=0.5)
    level = np.abs(np.fft.rfft(out.reshape(-1, 441 * 8), axis=1)).mean(axis=0)
    hz = np.fft.rfftfreq(441 * 8, 1 / RATE_HZ)
    assert level[np.argmin(np.abs(hz - 500))] < 0.1 * level[np.argmin(np.abs(hz - 1000))]


def test_a_still_phaser_cuts_half_as_many_notches_as_it_has_stages() -> None:
    out = phaser(click(1.0, channels=1), RATE_HZ, stages=4, speed_hz=0.0, low_hz=800.0, high_hz=800.0, feedback=0.0, mix=0.5)[0]
    level_db = 20 * np.log10(np.abs(np.fft.rfft(out)) + 1e-9)
    notches = np.flatnonzero((level_db[1:-1] < level_db[:-2]) & (level_db[1:-1] < level_db[2:]) & (level_db[1:-1] < -20)) + 1
    assert len(notches) == 2
    tangent = np.tan(np.pi * 800 / RATE_HZ)
    wanted = [np.arctan(tangent * np.tan(angle / 2)) * RATE_HZ / np.pi for angle in (np.pi / 4, 3 * np.pi / 4)]
    np.testing.assert_allclose(notches, wanted, rtol=0.03)


def test_chorus_and_rotary_widen_what_is_the_same_on_both_sides() -> None:
    sound = np.random.default_rng(4).standard_normal((1, RATE_HZ)).astype(np.float32).repeat(2, axis=0)
    for moved in (chorus(sound, RATE_HZ, mix=0.5), rotary(sound, RATE_HZ)):
        assert np.corrcoef(moved)[0, 1] < 0.97
        assert np.std(moved) == pytest.approx(1.0, rel=0.2)
