"""Frames to rows: whole recordings, pieces, texture windows, beats, chosen frames."""

from itertools import pairwise

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.learning.features.pooling import SOUNDING, FrameChoice, PoolingOptions, piece_bounds, pool, pooled_names

rng = np.random.default_rng(3)
NAMES = ["dynamics/rms", "timbre/mfcc_01", "timbre/mfcc_02", "timbre/mfcc_03"]
FRAMES = rng.normal(size=(400, 4)) + np.array([5.0, 0.0, 1.0, 2.0])


def test_whole_recording() -> None:
    pooled = pool(FRAMES, NAMES, hop_s=0.05, song={"rhythm/tempo_bpm": 120.0})
    assert pooled.names[:5] == (
        "dynamics/rms/mean",
        "timbre/mfcc_01/mean",
        "timbre/mfcc_02/mean",
        "timbre/mfcc_03/mean",
        "dynamics/rms/std",
    )
    assert pooled.names[-1] == "rhythm/tempo_bpm/song"
    np.testing.assert_allclose(pooled.values[0], [*FRAMES.mean(axis=0), *FRAMES.std(axis=0), 120.0])
    assert pooled.times_s.tolist() == [0.0]
    without = pool(FRAMES, NAMES, hop_s=0.05, song={"rhythm/tempo_bpm": 120.0}, options=PoolingOptions(song_numbers=False))
    assert without.values.shape == (1, 8)


def test_covariances_are_named_after_both() -> None:
    options = PoolingOptions(statistics=("mean",), covariance=("timbre/mfcc_",))
    pooled = pool(FRAMES, NAMES, hop_s=0.05, options=options)
    assert pooled.names[4:6] == ("timbre/mfcc_01*mfcc_01/cov", "timbre/mfcc_01*mfcc_02/cov")
    place = pooled.names.index("timbre/mfcc_02*mfcc_03/cov")
    assert pooled.values[0, place] == pytest.approx(np.cov(FRAMES[:, 2], FRAMES[:, 3], bias=True)[0, 1])
    with pytest.raises(InputError, match="no descriptor whose name begins so"):
        pool(FRAMES, NAMES, hop_s=0.05, options=PoolingOptions(covariance=("tonal/",)))


def test_pieces() -> None:
    pooled = pool(FRAMES, NAMES, hop_s=0.05, options=PoolingOptions(chunk_s=5.0), song={"x/y": 1.5})
    assert pooled.times_s.tolist() == [0.0, 5.0, 10.0, 15.0]
    np.testing.assert_allclose(pooled.values[2, :4], FRAMES[200:300].mean(axis=0))
    assert pooled.values[:, -1].tolist() == [1.5] * 4
    half = pool(FRAMES, NAMES, hop_s=0.05, options=PoolingOptions(chunk_s=5.0, chunk_hop_s=2.5))
    np.testing.assert_allclose(half.values[1, :4], FRAMES[50:150].mean(axis=0))
    short = pool(FRAMES[:7], NAMES, hop_s=0.05, options=PoolingOptions(chunk_s=5.0))
    assert short.values.shape[0] == 1


@pytest.mark.parametrize("frames", [0, 1, 49, 50, 99, 100, 101, 149, 150, 1000])
@pytest.mark.parametrize("hop", [None, 2.5, 7.0])
def test_bounds(frames: int, hop: float | None) -> None:
    bounds = piece_bounds(frames, hop_s=0.05, chunk_s=5.0, hop_between_s=hop)
    assert bounds[0] == (0, min(frames, 100))
    assert all(50 <= last - first <= 100 for first, last in bounds[1:])
    assert all(last <= frames for _, last in bounds)
    if hop is None and frames >= 100:
        assert frames - bounds[-1][1] < 50
        assert all(first[1] == second[0] for first, second in pairwise(bounds))


def test_texture_windows() -> None:
    """As Tzanetakis and Cook have it: means and deviations within windows of a second, then their means and deviations."""
    options = PoolingOptions(texture_s=1.0)
    pooled = pool(FRAMES, NAMES, hop_s=0.05, options=options)
    assert pooled.names[:2] == ("dynamics/rms/mean_of_mean", "timbre/mfcc_01/mean_of_mean")
    windows = [FRAMES[first : first + 20] for first in range(0, 400 - 10, 10)]
    deviations = np.array([window.std(axis=0) for window in windows])
    place = pooled.names.index("timbre/mfcc_02/std_of_std")
    assert pooled.values[0, place] == pytest.approx(deviations[:, 2].std())
    assert pooled.values[0, pooled.names.index("dynamics/rms/mean_of_std")] == pytest.approx(deviations[:, 0].mean())


def test_from_beat_to_beat() -> None:
    beats = np.array([1.0, 1.5, 2.5, 3.0, 99.0])
    pooled = pool(FRAMES, NAMES, hop_s=0.05, beats_s=beats, options=PoolingOptions(beats=True, inner=("median",), statistics=("max",)))
    expected = [np.median(FRAMES[a:b], axis=0) for a, b in [(20, 30), (30, 50), (50, 60), (60, 400)]]
    np.testing.assert_allclose(pooled.values[0], np.max(expected, axis=0))
    assert pooled.names[0] == "dynamics/rms/max_of_median"
    with pytest.raises(InputError, match="found 1 within the recording; expected at least two"):
        pool(FRAMES, NAMES, hop_s=0.05, beats_s=np.array([1.0]), options=PoolingOptions(beats=True))


def test_beats_and_pieces() -> None:
    options = PoolingOptions(beats=True, inner=("mean",), statistics=("mean",), chunk_s=10.0)
    pooled = pool(FRAMES, NAMES, hop_s=0.05, beats_s=np.array([1.0, 2.0, 11.0, 12.0]), options=options)
    np.testing.assert_allclose(pooled.values[0], [np.mean([FRAMES[20:40, c].mean(), FRAMES[40:200, c].mean()]) for c in range(4)])
    silent = pool(FRAMES, NAMES, hop_s=0.05, beats_s=np.array([11.0, 12.0]), options=options)
    assert np.isnan(silent.values[0]).all()
    assert np.isfinite(silent.values[1]).all()


def test_chosen_frames() -> None:
    frames = FRAMES.copy()
    frames[:100, 0] = 1e-4  # silence before the music
    pooled = pool(frames, NAMES, hop_s=0.05, options=PoolingOptions(choices=(SOUNDING,)))
    np.testing.assert_allclose(pooled.values[0, :4], frames[100:].mean(axis=0))
    mask = np.arange(400) >= 200
    masked = pool(frames, NAMES, hop_s=0.05, mask=mask, options=PoolingOptions(choices=(SOUNDING,)))
    np.testing.assert_allclose(masked.values[0, :4], frames[200:].mean(axis=0))
    high = FrameChoice(descriptor="timbre/mfcc_01", at_least=1.0, relative=False)
    both = pool(frames, NAMES, hop_s=0.05, options=PoolingOptions(choices=(SOUNDING, high)))
    np.testing.assert_allclose(both.values[0, :4], frames[100:][frames[100:, 1] >= 1.0].mean(axis=0))
    with pytest.raises(InputError, match="tonal/f0"):
        pool(frames, NAMES, hop_s=0.05, options=PoolingOptions(choices=(FrameChoice(descriptor="tonal/f0", at_least=1.0),)))


def test_no_frame_counts() -> None:
    pooled = pool(FRAMES, NAMES, hop_s=0.05, mask=np.zeros(400, dtype=bool))
    assert np.isnan(pooled.values).all()
    assert pooled.reliable.tolist() == [False]
    some = pool(FRAMES, NAMES, hop_s=0.05, mask=np.arange(400) < 109, options=PoolingOptions(chunk_s=5.0))
    assert some.reliable.tolist() == [True, False, False, False]
    empty = pool(FRAMES[:0], NAMES, hop_s=0.05)
    assert empty.values.shape == (1, 8)


def test_names_go_with_values() -> None:
    for options in [PoolingOptions(statistics=("p5", "iqr")), PoolingOptions(texture_s=2.0, covariance=("timbre/",), chunk_s=6.0)]:
        pooled = pool(FRAMES, NAMES, hop_s=0.05, options=options, song={"rhythm/a": 1.0})
        assert pooled.names == pooled_names(NAMES, options, song=["rhythm/a"])
        assert pooled.values.shape == (len(pooled.times_s), len(pooled.names))
        assert len(set(pooled.names)) == len(pooled.names)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"statistics": ("mean", "mean")}, "one of them twice"),
        ({"statistics": ("average",)}, "not known"),
        ({"chunk_s": 0.0}, "above 0"),
        ({"least_share": 1.5}, "between 0 and 1"),
        ({"texture_s": 1.0, "beats": True}, "one of them"),
    ],
)
def test_bad_options(options: dict, words: str) -> None:
    with pytest.raises(InputError, match=words):
        PoolingOptions(**options)
