import numpy as np
import pytest

from hexachord.audio import Audio
from hexachord.audio_analysis.rhythm.click import COUNTED_CLICKS, PLAIN_CLICKS, ClickSounds, click_track, loud_peak, with_click
from hexachord.knowledge import Beats

RATE = 8000
BEATS = Beats(time_s=np.array([0.25, 0.75, 1.25, 1.75]), position=np.array([1, 2, 3, 1]))


def frequency_hz(samples: np.ndarray, start_s: float) -> float:
    part = samples[round(start_s * RATE) : round((start_s + 0.05) * RATE)]
    return float(np.abs(np.fft.rfft(part, 8192)).argmax() * RATE / 8192)


def test_a_click_starts_on_its_sample_and_is_over_before_the_next() -> None:
    track = click_track(BEATS, duration_s=2.0, rate_hz=RATE).mono()
    for start_s in BEATS.time_s:
        start = round(start_s * RATE)
        assert track[start - 1] == 0
        assert np.abs(track[start : start + 4000]).argmax() == 0
        assert not track[start + 800 : start + 3000].any()


def test_downbeats_are_higher_and_louder_and_places_can_differ() -> None:
    plain = click_track(BEATS, duration_s=2.0, rate_hz=RATE).mono()
    assert plain[2000] == pytest.approx(0.5)
    assert plain[6000] == pytest.approx(0.5 * 10 ** (-4 / 20))
    assert frequency_hz(plain, 0.25) == pytest.approx(PLAIN_CLICKS.downbeat_hz, abs=15)
    assert frequency_hz(plain, 0.75) == pytest.approx(frequency_hz(plain, 1.25), abs=1)
    counted = click_track(BEATS, duration_s=2.0, rate_hz=RATE, sounds=COUNTED_CLICKS).mono()
    assert [frequency_hz(counted, at) for at in (0.75, 1.25)] == pytest.approx(COUNTED_CLICKS.beat_hz[:2], abs=15)


def test_beats_outside_and_beats_without_a_place() -> None:
    odd = Beats(time_s=np.array([-0.5, 0.5, 0.999, 7.0]), position=np.array([0, 0, 9, 1]))
    track = click_track(odd, duration_s=1.0, rate_hz=RATE)
    assert track.frames == RATE
    assert np.flatnonzero(track.mono())[0] == 4000
    empty = Beats(time_s=np.zeros(0), position=np.zeros(0, dtype=np.int64))
    assert not click_track(empty, duration_s=1.0, rate_hz=RATE).samples.any()
    assert click_track(BEATS, duration_s=0.0, rate_hz=RATE).frames == 0


def test_the_click_is_as_loud_as_the_music() -> None:
    rng = np.random.default_rng(0)
    quiet = Audio(samples=(0.01 * rng.standard_normal((2, 2 * RATE))).astype(np.float32), rate_hz=RATE)
    loud = Audio(samples=10 * quiet.samples, rate_hz=RATE)
    assert loud_peak(loud) == pytest.approx(10 * loud_peak(quiet))
    for music in (quiet, loud):
        split = with_click(music, BEATS, spot="split")
        np.testing.assert_allclose(split.samples[0], music.mono())
        assert np.abs(split.samples[1]).max() == pytest.approx(max(loud_peak(music), 0.05), rel=1e-4)
    softer = with_click(loud, BEATS, spot="split", click_gain_db=-6.0)
    assert np.abs(softer.samples[1]).max() == pytest.approx(loud_peak(loud) * 10 ** (-6 / 20), rel=1e-4)


def test_a_mix_keeps_the_channels_and_does_not_clip() -> None:
    music = Audio(samples=np.full((2, 2 * RATE), 0.9, dtype=np.float32), rate_hz=RATE)
    mixed = with_click(music, BEATS)
    assert mixed.samples.shape == music.samples.shape
    assert np.abs(mixed.samples).max() == pytest.approx(1.0)
    assert (music.samples == np.float32(0.9)).all()  # the music given is not written to
    assert with_click(Audio(samples=np.zeros((1, 0), np.float32), rate_hz=RATE), BEATS).frames == 0


def test_what_makes_no_click_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        ClickSounds(beat_hz=())
    with pytest.raises(ValueError, match="mix"):
        with_click(Audio(samples=np.zeros(10, np.float32), rate_hz=RATE), BEATS, spot="left")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="length"):
        click_track(BEATS, duration_s=-1.0)
