import numpy as np
import pytest

from hexachord.dsp.tonnetz import harmonic_change, tonal_centroids


def test_it_is_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    chroma = np.random.default_rng(0).random((30, 12))
    np.testing.assert_allclose(tonal_centroids(chroma), librosa.feature.tonnetz(chroma=chroma.T).T, rtol=1e-5, atol=1e-6)


def test_fifths_are_near_and_tritones_far() -> None:
    points = tonal_centroids(np.eye(12))
    assert np.linalg.norm(points[0, :2] - points[7, :2]) < np.linalg.norm(points[0, :2] - points[2, :2])
    assert np.linalg.norm(points[0, :2] - points[6, :2]) == pytest.approx(2.0, abs=1e-5)
    assert not tonal_centroids(np.zeros((1, 12))).any()


def test_change_peaks_where_the_chord_changes() -> None:
    chords = np.zeros((200, 12))
    chords[:100, [0, 4, 7]] = 1
    chords[100:, [2, 6, 9]] = 1
    change = harmonic_change(tonal_centroids(chords), hop_s=0.023)
    assert abs(int(change.argmax()) - 100) <= 1
    assert change[:60].max() < 1e-6
    assert not harmonic_change(np.zeros((2, 6)), hop_s=0.023).any()
    assert not harmonic_change(np.ones((50, 6)), hop_s=0.023).any()
