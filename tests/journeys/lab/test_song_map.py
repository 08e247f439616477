"""Maps of songs: planes that say how far they may be believed, the same every time."""

import numpy as np
import pytest

from hexachord.journeys.lab.song_map import main_directions, song_map, trustworthiness
from hexachord.learning.features.table import FeatureTable


def table(values: np.ndarray, *, pieces: int = 1) -> FeatureTable:
    ids = tuple(f"song {row // pieces}" for row in range(len(values)))
    times = np.arange(len(values)) % pieces * 5.0 if pieces > 1 else None
    return FeatureTable(ids=ids, names=tuple(f"a/b{column}/mean" for column in range(values.shape[1])), values=values, times_s=times)


def clusters(songs: int = 40, columns: int = 7) -> np.ndarray:
    random = np.random.default_rng(0)
    return random.normal(size=(songs, columns)) + 8 * (np.arange(songs) % 4)[:, None] * random.normal(size=columns)


def test_main_directions_are_those_of_pca() -> None:
    pytest.importorskip("sklearn")
    from sklearn.decomposition import PCA

    values = clusters()
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    assert np.allclose(np.abs(main_directions(values, 3)), np.abs(PCA(n_components=3).fit_transform(standard)), atol=1e-9)
    assert np.allclose(main_directions(values[:, ::-1], 1), main_directions(values, 1), atol=1e-9)


@pytest.mark.parametrize("near", [2, 3])
def test_trustworthiness_is_that_of_scikit_learn(near: int) -> None:
    manifold = pytest.importorskip("sklearn.manifold")
    random = np.random.default_rng(1)
    far = random.normal(size=(30, 6))
    plane = random.normal(size=(30, 2)) if near == 2 else far[:, :2]
    assert trustworthiness(far, plane) == pytest.approx(manifold.trustworthiness(far, plane, n_neighbors=5), abs=1e-12)
    assert trustworthiness(far, far) == 1.0


def test_groups_stay_groups_and_the_map_is_the_same_again() -> None:
    pytest.importorskip("sklearn")
    found = song_map(table(clusters()))
    assert [plane.name for plane in found.planes] == ["t-SNE", "neighbour graph", "PCA"]
    kinds = np.arange(40) % 4
    for plane in found.planes:
        assert plane.places.min() >= 0
        assert plane.places.max() <= 1
        assert 0 <= plane.trust <= 1
    tsne = found.planes[0].places
    far = ((tsne[:, None] - tsne[None]) ** 2).sum(axis=2) + np.diag([np.inf] * 40)
    assert (kinds[far.argmin(axis=1)] == kinds).all()
    again = song_map(table(clusters()))
    assert all(np.array_equal(one.places, other.places) for one, other in zip(found.planes, again.planes, strict=True))


def test_pieces_are_averaged_and_missing_values_filled() -> None:
    pytest.importorskip("sklearn")
    values = np.repeat(clusters(20), 3, axis=0)
    values[::3] += 1.0
    values[1::3] -= 1.0
    values[5, 2] = np.nan
    values[:, 6] = np.nan  # nothing at all in this column
    found = song_map(table(values, pieces=3))
    assert found.ids == tuple(f"song {number}" for number in range(20))
    assert all(np.isfinite(plane.places).all() for plane in found.planes)


def test_too_little_for_a_map() -> None:
    assert song_map(table(clusters(4))) is None
    assert song_map(table(np.ones((10, 3)))) is None
    assert song_map(table(np.zeros((10, 0)))) is None


@pytest.mark.parametrize(("songs", "columns"), [(5, 1), (6, 2), (9, 40)])
def test_small_maps(songs: int, columns: int) -> None:
    pytest.importorskip("sklearn")
    found = song_map(table(np.random.default_rng(0).normal(size=(songs, columns))))
    assert all(np.isfinite(plane.places).all() and plane.places.shape == (songs, 2) for plane in found.planes)


def test_without_scikit_learn_there_is_pca(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hexachord.journeys.lab.song_map.find_spec", lambda name: None)
    assert [plane.name for plane in song_map(table(clusters())).planes] == ["PCA"]
