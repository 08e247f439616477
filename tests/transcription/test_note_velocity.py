"""Velocity: louder partials are harder strikes, whatever the recording's level; the fit finds what was put in."""

import numpy as np
import pytest

from hexachord.dsp.pitch_spectrum import NOTES, STEP_DB
from hexachord.transcription.note_velocity import fit_velocity, velocity_features, velocity_of


def features(bytes_up: int, *, loudest: float = 200.0) -> np.ndarray:
    """Of two notes, the second 12 dB louder than the first."""
    levels = np.full((60, NOTES.views, NOTES.bins), 100 + bytes_up, dtype=np.uint8)
    levels[30:40, :, 3 * 40] += 30
    levels[50:58, :, 3 * 45] += 60
    said = np.zeros((60, 88), dtype=np.float32)
    return velocity_features(levels, said, np.array([30, 50]), np.array([40, 45]), loudest=loudest)


def test_the_fundamental_is_read_where_the_note_begins() -> None:
    found = features(0)
    assert found[1, 4] - found[0, 4] == pytest.approx(30 * STEP_DB)
    assert found[0, 5] == found[1, 5]  # its octave is as loud as everything else


def test_the_level_of_the_recording_does_not_matter() -> None:
    np.testing.assert_allclose(features(20, loudest=220.0), features(0))


def test_the_highest_note_at_the_end() -> None:
    levels = np.zeros((10, NOTES.views, NOTES.bins), dtype=np.uint8)
    one = velocity_features(levels, np.zeros((10, 88), dtype=np.float16), np.array([9]), np.array([87]), loudest=0.0)
    none = velocity_features(levels[:0], np.zeros((0, 0)), np.zeros(0, np.int64), np.zeros(0, np.int64), loudest=0.0)
    assert np.isfinite(one).all()
    assert none.shape == (0, one.shape[1])


def test_what_was_put_in_is_found() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(0, 0.05, 4)
    songs = [(seen, 0.5 + seen @ truth) for seen in (random.normal(mean, 1.0, (200, 4)) for mean in (0.0, 0.5))]
    weight, bias = fit_velocity(songs, penalty=1e-6)
    np.testing.assert_allclose(weight, truth, atol=1e-6)
    np.testing.assert_allclose(velocity_of(songs[0][0], weight=weight, bias=bias), np.clip(songs[0][1], 0.05, 1.0), atol=1e-6)
    with pytest.raises(ValueError, match="no songs"):
        fit_velocity([])
