import numpy as np
import pytest

from hexachord.dsp.beat_windows import adaptive_windows, window_frames


def test_windows_share_out_all_frames_once() -> None:
    edges = np.array([0.0, 0.33, 0.91, 1.6, 2.0])
    first, last = window_frames(edges, hop_s=0.01, frames=200)
    assert first[0] == 0
    assert last[-1] == 200
    assert (first[1:] == last[:-1]).all()


def test_a_margin_keeps_attacks_out_and_the_median_strokes() -> None:
    features = np.zeros(100)
    features[::10] = 5.0  # an attack on each beat
    edges = np.arange(11) * 0.1
    assert adaptive_windows(features, edges, hop_s=0.01).max() > 0
    assert not adaptive_windows(features, edges, hop_s=0.01, margin=0.2).any()
    assert not adaptive_windows(features, edges, hop_s=0.01, statistic="median").any()


def test_windows_shorter_than_a_frame_take_the_nearest_one() -> None:
    features = np.arange(10.0)[:, None]
    found = adaptive_windows(features, np.array([0.41, 0.42, 0.43]), hop_s=0.1)
    assert found.ravel().tolist() == [4.0, 4.0]
    beyond = adaptive_windows(features, np.array([5.0, 6.0]), hop_s=0.1)
    assert beyond.ravel().tolist() == [9.0]
    assert adaptive_windows(np.zeros((0, 3)), np.array([0.0, 1.0]), hop_s=0.1).shape == (1, 3)
    assert adaptive_windows(features, np.array([1.0]), hop_s=0.1).shape == (0, 1)


def test_what_makes_no_windows_is_refused() -> None:
    with pytest.raises(ValueError, match="ascend"):
        window_frames(np.array([1.0, 0.0]), hop_s=0.1, frames=10)
    with pytest.raises(ValueError, match="margin"):
        window_frames(np.array([0.0, 1.0]), hop_s=0.1, frames=10, margin=0.5)
    with pytest.raises(ValueError, match="median"):
        adaptive_windows(np.zeros((3, 1)), np.array([0.0, 1.0]), hop_s=0.1, statistic="mode")  # type: ignore[arg-type]
