import numpy as np
import pytest

from hexachord.dsp import levels, tones
from hexachord.dsp.yin import yin

RATE_HZ = 22050


def peak_hz(signal: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(signal * np.hanning(signal.size)))
    return float(spectrum.argmax() * RATE_HZ / signal.size)


def test_pitch_and_frequency_are_inverse() -> None:
    midi = np.arange(0, 128, 0.5)
    np.testing.assert_allclose(tones.hz_to_midi(tones.midi_to_hz(midi)), midi)
    np.testing.assert_allclose(tones.midi_to_hz(69, a4_hz=442), 442)
    assert float(tones.cents_between(tones.midi_to_hz(60), tones.midi_to_hz(67))) == pytest.approx(700)


def test_tone_has_its_partials_and_no_aliases() -> None:
    signal = tones.tone(3000.0, rate_hz=RATE_HZ, seconds=1.0, partials=(1.0, 0.5, 0.25, 0.9))  # the fourth would be at 12 kHz
    amplitude = 2 * np.abs(np.fft.rfft(signal)) / signal.size
    np.testing.assert_allclose(amplitude[[3000, 6000, 9000]], [1, 0.5, 0.25], atol=1e-4)
    amplitude[[3000, 6000, 9000]] = 0
    assert amplitude.max() < 1e-4


def test_chirps_arrive_where_they_should() -> None:
    for exponential, middle in ((False, 550.0), (True, np.sqrt(100 * 1000))):
        glide = tones.chirp(100, 1000, seconds=2.0, rate_hz=RATE_HZ, exponential=exponential)
        assert peak_hz(glide[RATE_HZ - 1000 : RATE_HZ + 1000]) == pytest.approx(middle, abs=25)
    assert glide.size == 2 * RATE_HZ


def test_shepard_tone_forgets_its_octave() -> None:
    one = tones.shepard_tone(60, rate_hz=RATE_HZ, seconds=0.5)
    np.testing.assert_allclose(one, tones.shepard_tone(84, rate_hz=RATE_HZ, seconds=0.5), atol=1e-3)
    spectrum = np.abs(np.fft.rfft(one))
    loudest = np.flatnonzero(spectrum > 0.1 * spectrum.max()) * 2
    classes = np.rint(tones.hz_to_midi(loudest)).astype(int) % 12
    assert set(classes.tolist()) == {0}
    assert np.abs(one).max() <= 1


def test_shepard_glissando_rises_without_getting_higher() -> None:
    rise = tones.shepard_tone(np.linspace(60, 72, 2 * RATE_HZ), rate_hz=RATE_HZ)
    # the two excerpts are eleven semitones apart on the line, and one below the octave in sound
    assert peak_hz(rise[:4000]) == pytest.approx(peak_hz(rise[-4000:]), rel=0.08)


def test_envelopes() -> None:
    shape = tones.adsr_envelope(1.0, rate_hz=1000, attack_s=0.1, decay_s=0.2, sustain=0.5, release_s=0.3)
    assert shape.size == 1000
    assert shape[[0, 100, 300, 500, 700, 850]] == pytest.approx([0, 1, 0.5, 0.5, 0.5, 0.25], abs=1e-3)
    short = tones.adsr_envelope(0.1, rate_hz=1000, attack_s=0.1, decay_s=0.2, release_s=0.3)
    assert short.size == 100
    assert short.max() > 0.9
    assert tones.adsr_envelope(0.0, rate_hz=1000).size == 0
    outline = tones.amplitude_envelope(shape * tones.tone(100, rate_hz=1000, seconds=1.0), rate_hz=1000, window_s=0.012)
    assert np.abs(outline - shape)[20:-20].max() < 0.15


def test_tremolo_and_vibrato() -> None:
    plain = tones.tone(440.0, rate_hz=RATE_HZ, seconds=2.0)
    swing = tones.amplitude_envelope(tones.tremolo(plain, rate_hz=RATE_HZ, speed_hz=4, depth=0.6), rate_hz=RATE_HZ)
    assert swing[1000:-1000].min() == pytest.approx(0.4, abs=0.02)
    assert swing[1000:-1000].max() == pytest.approx(1.0, abs=0.02)
    f0_hz, _ = yin(tones.vibrato(plain, rate_hz=RATE_HZ, speed_hz=3, depth_cents=50), rate_hz=RATE_HZ)
    deviation = tones.cents_between(440.0, f0_hz[5:-5])
    assert deviation.max() == pytest.approx(50, abs=8)
    assert deviation.min() == pytest.approx(-50, abs=8)


def test_clicks_are_on_time_and_accented() -> None:
    times = np.array([0.5, 1.0, 1.5])
    track = tones.click_track(times, rate_hz=RATE_HZ, accented=np.array([True, False, False]), seconds=2.0)
    starts = np.flatnonzero(np.diff((np.abs(track) > 0.01).astype(int)) == 1)
    for time in times:
        assert np.abs(starts / RATE_HZ - time).min() < 0.001
    assert peak_hz(track[RATE_HZ // 2 : RATE_HZ // 2 + 1000]) > 1400
    assert peak_hz(track[RATE_HZ : RATE_HZ + 1000]) < 1200
    assert tones.click_track(np.empty(0), rate_hz=RATE_HZ, seconds=1.0).any() == np.False_


def test_sonified_facts_can_be_read_back() -> None:
    notes = tones.sonify_notes(np.array([0.0, 0.5]), np.array([0.5, 0.5]), np.array([60, 67]), rate_hz=RATE_HZ, partials=(1.0,))
    assert notes.size == RATE_HZ
    assert peak_hz(notes[2000:9000]) == pytest.approx(261.6, abs=4)
    assert peak_hz(notes[13000:20000]) == pytest.approx(392.0, abs=4)
    chroma = np.zeros((20, 12))
    chroma[:, 9] = 1
    sound = tones.sonify_chroma(chroma, hop_s=0.1, rate_hz=RATE_HZ)
    assert int(np.rint(tones.hz_to_midi(peak_hz(sound)))) % 12 == 9
    track = np.array([0.0, 0.0, 300.0, 300.0, 300.0, np.nan])
    sung = tones.sonify_pitch(track, hop_s=0.2, rate_hz=RATE_HZ)
    assert not sung[: RATE_HZ // 10].any()
    assert peak_hz(sung[RATE_HZ // 2 : RATE_HZ * 4 // 5]) == pytest.approx(300, abs=5)
    assert not tones.sonify_pitch(np.zeros(5), hop_s=0.1, rate_hz=100).any()


def test_levels() -> None:
    assert levels.intensity_to_db(10.0) == pytest.approx(130)
    steady = 0.5 * np.ones(1000)
    assert levels.power_db(steady, rate_hz=100)[500] == pytest.approx(20 * np.log10(0.5))
    assert (levels.power_db(np.zeros(10), rate_hz=100) == -200).all()
    frequency = 10 ** np.array([1.5, 1.8, 2.4, 3.0, 3.6, 4.2])  # the exact third-octave centres behind 31.5 ... 16,000 Hz
    np.testing.assert_allclose(levels.a_weighting_db(frequency), [-39.4, -26.2, -8.6, 0.0, 1.0, -6.6], atol=0.1)


def test_missing_length_is_refused() -> None:
    with pytest.raises(ValueError, match="seconds"):
        tones.tone(440.0, rate_hz=RATE_HZ)
    with pytest.raises(ValueError, match="chromagram"):
        tones.sonify_chroma(np.zeros((4, 7)), hop_s=0.1, rate_hz=RATE_HZ)
