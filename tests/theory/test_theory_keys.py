"""Keys from notes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hexachord.theory.keys import KEY_NAMES, PROFILES, key_fifths, key_of, key_scores, local_keys, pitch_class_weights

CADENCE = np.array([60, 64, 67, 65, 69, 72, 67, 71, 74, 65, 60, 64, 67, 72])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("shift", range(12))
def test_a_cadence_has_its_key_wherever_it_stands(profile: str, shift: int) -> None:
    key = key_of(CADENCE + shift, np.ones(len(CADENCE)), profile=profile)
    assert key.name == KEY_NAMES[shift]
    assert key.confidence > max(confidence for _, confidence in key.alternatives)


@given(st.lists(st.integers(0, 127), min_size=1, max_size=40), st.integers(1, 11))
def test_transposing_the_music_rotates_the_scores(pitches: list[int], shift: int) -> None:
    pitch = np.array(pitches)
    scores = key_scores(pitch_class_weights(pitch, np.ones(len(pitch))))
    moved = key_scores(pitch_class_weights(pitch + shift, np.ones(len(pitch))))
    expected = np.concatenate([np.roll(scores[:12], shift), np.roll(scores[12:], shift)])
    np.testing.assert_allclose(moved, expected, atol=1e-12)


def test_silence_is_no_key() -> None:
    assert key_of(np.zeros(0, int), np.zeros(0)).confidence == 0.0
    assert not key_scores(np.zeros(12)).any()
    assert len(local_keys(np.zeros(0), np.zeros(0), np.zeros(0, int))) == 0


def test_unknown_profile_is_named() -> None:
    with pytest.raises(ValueError, match="krumhansl-kessler"):
        key_scores(np.ones(12), profile="nobody")


def test_local_keys_find_the_modulation() -> None:
    pitch = np.concatenate([np.tile(CADENCE, 4), np.tile(CADENCE + 2, 4)])
    onset = np.arange(len(pitch)) * 0.5
    keys = local_keys(onset, onset + 0.5, pitch)
    assert (keys.label[0], keys.label[-1]) == ("C major", "D major")
    assert len(keys) <= 3  # around the seam, where the windows hold both, G major is a fair answer
    assert keys.end_s[0] == pytest.approx(len(CADENCE) * 2, abs=4.0)
    assert keys.start_s[-1] == pytest.approx(len(CADENCE) * 2, abs=4.0)
    assert keys.end_s[-1] >= onset[-1] + 0.5


def test_signatures() -> None:
    assert [key_fifths(*name.split()) for name in ("C major", "A minor", "Db major", "G# minor", "Cb major")] == [0, 0, -5, 5, -7]
