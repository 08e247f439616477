import numpy as np
import pytest

from hexachord.dsp.novelty import normalise_novelty, resample_novelty


def test_soft_passages_count_like_loud_ones_but_hiss_does_not() -> None:
    curve = np.zeros(300)
    curve[10:100:10], curve[100:200:10], curve[200:300:10] = 8.0, 1.0, 0.01
    even = normalise_novelty(curve, local_frames=20)
    assert even[10:80:10] == pytest.approx(1.0)
    assert even[130:180:10] == pytest.approx(1.0)
    assert even[230:].max() < 0.1
    assert normalise_novelty(curve).max() == 1.0
    assert not normalise_novelty(np.zeros(5)).any()


def test_resampling_keeps_time_and_shape() -> None:
    time_s = np.arange(1000) * 0.01
    curve = 1 + np.sin(2 * np.pi * 0.5 * time_s)
    fine = resample_novelty(curve, hop_s=0.01, to_hop_s=0.004)
    assert fine == pytest.approx(1 + np.sin(2 * np.pi * 0.5 * np.arange(len(fine)) * 0.004), abs=1e-3)
    assert (len(fine) - 1) * 0.004 <= 9.99 < len(fine) * 0.004
    np.testing.assert_allclose(resample_novelty(curve, hop_s=0.01, to_hop_s=0.01), curve, rtol=1e-6)


def test_blurring_saves_peaks_that_fall_between_frames() -> None:
    curve = np.zeros(1000)
    curve[555] = 1.0
    assert not resample_novelty(curve, hop_s=0.01, to_hop_s=0.1).any()
    assert resample_novelty(curve, hop_s=0.01, to_hop_s=0.1, smooth_s=0.05).any()


def test_what_is_no_curve_is_refused() -> None:
    assert len(resample_novelty(np.zeros(0), hop_s=0.01, to_hop_s=0.02)) == 0
    with pytest.raises(ValueError, match="shape"):
        normalise_novelty(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="positive"):
        resample_novelty(np.zeros(3), hop_s=0.01, to_hop_s=0.0)
