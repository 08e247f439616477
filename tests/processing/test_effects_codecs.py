import numpy as np
import pytest

from hexachord.processing.effects.codecs import mp3, opus, vorbis
from hexachord.processing.effects.rates import band_limit


def music(rate_hz: int, frames: int, channels: int = 2) -> np.ndarray:
    """Notes with attacks, a little noise: something that formats are made for, and that tells where it is."""
    random = np.random.default_rng(5)
    time_s = np.arange(frames) / rate_hz
    sound = np.zeros((channels, frames))
    for onset_s in np.arange(0.0, frames / rate_hz, 0.17):
        hz = 110.0 * 2 ** (random.integers(0, 36) / 12)
        after = np.maximum(time_s - onset_s, 0.0)
        note = np.where(time_s >= onset_s, np.exp(-6 * after), 0.0) * np.sin(2 * np.pi * hz * after)
        sound += 0.15 * note * random.uniform(0.4, 1.0, (channels, 1))
    return (sound + 0.002 * random.standard_normal((channels, frames))).astype(np.float32)


def lag(heard: np.ndarray, sent: np.ndarray) -> int:
    size = 1 << (2 * sent.size).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size)))
    return int((np.argmax(correlation) + size // 2) % size - size // 2)


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(
    ("codec", "options"),
    [
        (vorbis, {"quality": 0.1}),
        (vorbis, {"quality": 0.9}),
        (opus, {"bitrate_kbps": 64.0}),
        (mp3, {"bitrate_kbps": 40.0}),
        (mp3, {"bitrate_kbps": 64.0}),
        (mp3, {"bitrate_kbps": 192.0}),
    ],
)
def test_what_comes_back_is_in_step(codec: object, options: dict[str, float], channels: int, rate_hz: int) -> None:
    sound = music(rate_hz, 2 * rate_hz + 37, channels)
    heard = codec(sound, rate_hz, **options)  # type: ignore[operator]
    assert heard.shape == sound.shape
    assert heard.dtype == np.float32
    for side in range(channels):
        assert lag(heard[side], sound[side]) == 0
        assert np.corrcoef(heard[side], sound[side])[0, 1] > 0.8


@pytest.mark.parametrize("codec", [vorbis, opus, mp3])
def test_the_last_second_is_there_too(codec: object) -> None:
    sound = music(44100, 5 * 44100 + 11)
    heard = codec(sound, 44100)  # type: ignore[operator]
    assert np.corrcoef(heard[0, -22050:], sound[0, -22050:])[0, 1] > 0.9


@pytest.mark.parametrize("codec", [vorbis, opus, mp3])
@pytest.mark.parametrize("frames", [0, 1, 100, 3000])
def test_short_sounds_keep_their_length(codec: object, frames: int) -> None:
    sound = music(44100, frames) if frames else np.zeros((2, 0), np.float32)
    heard = codec(sound, 44100)  # type: ignore[operator]
    assert heard.shape == sound.shape
    assert np.isfinite(heard).all()


def test_what_is_beyond_full_scale_comes_back_as_high() -> None:
    sound = 20 * music(44100, 44100)
    for codec in (vorbis, opus, mp3):
        assert np.std(codec(sound, 44100)) == pytest.approx(np.std(sound), rel=0.1)


def test_lower_rates_lose_more() -> None:
    sound = music(44100, 88200)
    losses = [np.std(mp3(sound, 44100, bitrate_kbps=kbps) - sound) for kbps in (64.0, 128.0, 320.0)]
    assert losses[0] > losses[1] > losses[2]


def test_a_lower_rate_leaves_nothing_above_half_of_it_and_all_else_in_place() -> None:
    noise = np.random.default_rng(0).standard_normal((2, 88200)).astype(np.float32)
    out = band_limit(noise, 44100, to_hz=16000.0)
    assert out.shape == noise.shape
    before, after = (np.abs(np.fft.rfft(sound[0])) for sound in (noise, out))
    assert np.square(after[17000:]).sum() < 1e-6 * np.square(before[17000:]).sum()
    np.testing.assert_allclose(after[200:13000], before[200:13000], rtol=0.05, atol=1.0)
    assert lag(out[0], noise[0]) == 0


def test_music_of_a_tenth_of_a_second_has_a_lag_the_measure_sees() -> None:
    sound = music(44100, 44100)[0]
    assert lag(np.roll(sound, 3), sound) == 3
