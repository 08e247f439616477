"""Distances between sets of pieces."""

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from hexachord.theory.corpus_distance import FEATURES, piece_features, set_distances, stack_features


def tunes(count: int, *, seed: int, steps: tuple[int, ...], lengths: tuple[float, ...]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        duration = rng.choice(lengths, 64)
        pitch = np.clip(60 + np.cumsum(rng.choice(steps, 64)), 36, 90)
        onset = np.concatenate([[0.0], np.cumsum(duration)[:-1]])
        made.append(piece_features(onset, duration, pitch, bars=int(np.ceil(onset[-1] / 4))))
    return stack_features(made)


def test_music_of_one_kind_overlaps_more_than_music_of_two() -> None:
    real = tunes(30, seed=1, steps=(-2, -1, 1, 2), lengths=(0.5, 1.0))
    alike = set_distances(tunes(20, seed=2, steps=(-2, -1, 1, 2), lengths=(0.5, 1.0)), real, resamples=40)
    other = set_distances(tunes(20, seed=3, steps=(-12, 0, 12), lengths=(0.25, 2.0)), real, resamples=40)
    assert set(alike) == set(FEATURES)
    for name in ("mean_interval", "lengths", "pitch_classes"):
        assert alike[name].overlap > other[name].overlap + 0.2, name
        assert alike[name].divergence < other[name].divergence, name
        low, high = alike[name].overlap_interval
        assert 0 <= low <= high <= 1
        assert other[name].overlap_interval[1] < alike[name].overlap
    assert alike["mean_interval"].overlap > 0.8


def test_the_overlap_is_that_of_the_densities() -> None:
    rng = np.random.default_rng(5)
    real, made = {"x": rng.normal(5.0, 1.0, (40, 1))}, {"x": rng.normal(7.5, 1.0, (40, 1))}
    found = set_distances(made, real, resamples=0)["x"]
    within = np.abs(real["x"] - real["x"].T)[np.triu_indices(40, k=1)]
    across = np.abs(made["x"] - real["x"].T).ravel()
    grid = np.linspace(0, 9, 2000)
    densities = []
    for sample in (within, across):
        smooth = gaussian_kde(np.concatenate([sample, -sample]), bw_method=0.2)
        values = smooth(grid)
        densities.append(values / values.sum())
    assert found.overlap == pytest.approx(np.minimum(*densities).sum(), abs=0.03)


def test_of_one_piece_nothing_is_said() -> None:
    with pytest.raises(ValueError, match="two pieces"):
        set_distances({"x": np.zeros((1, 2))}, {"x": np.zeros((5, 2))})


def test_an_empty_piece_has_features() -> None:
    none = np.zeros(0)
    for value in piece_features(none, none, none.astype(int), bars=0).values():
        assert np.isfinite(value).all()
