import numpy as np
import pytest

from hexachord.page.similarity import SHORTEST_S, picture_of_chroma, similarity_picture

RATE_HZ = 22050


def _chroma(order: str, *, frames: int = 40) -> np.ndarray:
    """Sections of chords that differ from letter to letter: (frames, 24) bass and treble."""
    rng = np.random.default_rng(0)
    parts = {letter: np.repeat(rng.random((4, 24)) ** 4, frames // 4, axis=0) for letter in sorted(set(order))}
    return np.concatenate([parts[letter] for letter in order])


def test_what_returns_is_dark_and_what_does_not_is_not():
    picture = picture_of_chroma(_chroma("ABA"), duration_s=60.0)
    side = len(picture.pixels)
    assert picture.pixels.shape == (side, side) == (120, 120)
    assert picture.pixels.dtype == np.uint8
    assert np.array_equal(picture.pixels, picture.pixels.T)
    third = side // 3
    again = np.diagonal(picture.pixels[:third, 2 * third :])[8:-8]  # away from the borders, where moments hold both
    other = np.diagonal(picture.pixels[:third, third : 2 * third])[8:-8]
    assert again.min() > 240
    assert other.mean() < 60


def test_long_pieces_have_coarser_moments():
    assert picture_of_chroma(_chroma("AB", frames=2000), duration_s=3600.0).pixels.shape == (320, 320)


def test_too_short_and_silent_have_no_picture():
    assert similarity_picture(np.zeros(round((SHORTEST_S - 0.1) * RATE_HZ), np.float32), rate_hz=RATE_HZ) is None
    assert similarity_picture(np.zeros(round(14 * RATE_HZ), np.float32), rate_hz=RATE_HZ) is None


def test_a_tune_that_comes_twice_is_seen_in_its_sound():
    rng = np.random.default_rng(1)
    tune = rng.integers(48, 72, 10)
    tune = np.concatenate([tune, tune])
    t = np.arange(RATE_HZ) / RATE_HZ
    signal = np.concatenate([0.3 * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * t) for pitch in tune]).astype(np.float32)
    picture = similarity_picture(signal, rate_hz=RATE_HZ)
    assert picture is not None
    assert picture.end_s == pytest.approx(20.0)
    side = len(picture.pixels)
    stripe = np.diagonal(picture.pixels, side // 2)[4:-4]
    assert stripe.mean() > 2 * picture.pixels.mean()
    assert stripe.mean() > 150
