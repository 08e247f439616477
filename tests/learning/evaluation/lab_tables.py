"""Scikit-learn's bundled tables as datasets of ours."""

import numpy as np
import pytest

from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.features.table import FeatureTable


def wine() -> tuple[Dataset, FeatureTable]:
    found = pytest.importorskip("sklearn.datasets").load_wine()
    ids = tuple(f"bottle {row:03d}" for row in range(len(found.data)))
    tracks = tuple(Track(id=name, labels=(str(found.target_names[label]),)) for name, label in zip(ids, found.target, strict=True))
    names = tuple(f"{'timbre/mfcc' if column < 4 else 'tone/part'}_{column:02d}/mean" for column in range(13))
    return Dataset(name="wine", tracks=tracks), FeatureTable(ids=ids, names=names, values=found.data)


def folds(dataset: Dataset, count: int = 3, seed: int = 0) -> Split:
    part = np.random.default_rng(seed).permutation(len(dataset)) % count
    made = tuple(Fold(train=np.flatnonzero(part != one), test=np.flatnonzero(part == one)) for one in range(count))
    return Split(rule=f"{count} folds", kind="k-fold", group="song", folds=made, seed=seed)


def songs_in_pieces(
    *, artists: int = 4, songs: int = 6, pieces: int = 5, width: int = 8, between: float = 0.6, seed: int = 0
) -> tuple[Dataset, FeatureTable]:
    """Artists with a faint sound of their own, songs with a strong one: what makes splits by pieces lie."""
    random = np.random.default_rng(seed)
    ids, values, tracks = [], [], []
    for artist in range(artists):
        own = random.normal(0.0, between, width)
        for song in range(songs):
            name = f"artist {artist}/song {song}"
            tracks.append(Track(id=name, labels=(f"artist {artist}",), groups={"song": name}))
            sound = own + random.normal(0.0, 1.0, width)
            for _ in range(pieces):
                ids.append(name)
                values.append(sound + random.normal(0.0, 0.2, width))
    names = tuple(f"timbre/band_{column}/mean" for column in range(width))
    return Dataset(name="pieces", tracks=tuple(tracks)), FeatureTable(ids=tuple(ids), names=names, values=np.array(values))
