"""The mistake, made on purpose: pieces of one song on both sides, so that a report can show what it would have claimed.

A model that has heard the rest of a song need not know its artist. Z. Nasrullah, Y. Zhao, *Music Artist Classification with Convolutional
Recurrent Neural Networks*, IJCNN 2019: F 0.94 by songs, 0.67 by albums.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.arrays import IntArray
from hexachord.learning.datasets.split import Fold
from hexachord.learning.evaluation.examples import Examples


def chunk_twin(examples: Examples, folds: Sequence[Fold], *, seed: int = 0) -> tuple[Examples, tuple[Fold, ...]]:
    """Divide the pieces of every song between the sides, in as many folds and about the same shares.

    Tracks of one piece each are dealt to the sides one by one: then what is torn apart is the group (the album, the artist) alone.

    Returns
    -------
    Examples whose units are the parts of songs that stand together, under the songs' names, and folds of those units
    """
    taken = np.unique(np.concatenate([np.concatenate([fold.train, fold.valid, fold.test]) for fold in folds]))
    taken = taken[examples.has_rows[taken]]
    if not examples.multi_label:
        taken = taken[examples.targets[taken] >= 0]
    rows = examples.rows_of(taken)
    shares = [len(fold.test) / (len(fold.train) + len(fold.valid) + len(fold.test)) for fold in folds]
    pieces = len(rows) > len(taken)
    random = np.random.default_rng(seed)
    partition = len(folds) > 1 and abs(sum(shares) - 1.0) < 0.5 / len(folds)  # every song is judged once
    if partition:
        sides = [_parts(examples, rows, len(folds), pieces, random)]
        wanted = list(range(len(folds)))
    else:  # hold-out and repeated splits: each drawn for itself
        sides = [_parts(examples, rows, max(2, round(1.0 / max(share, 0.05))), pieces, random) for share in shares]
        wanted = [0] * len(folds)
    units: list[tuple[int, int]] = []
    rows_of: list[IntArray] = []
    twins = []
    for drawing, part in enumerate(sides):
        first = len(units)
        pairs, unit = np.unique(np.stack([examples.unit[rows], part], axis=1), axis=0, return_inverse=True)
        units += [(int(song), int(side)) for song, side in pairs]
        rows_of.append(np.asarray(unit, dtype=np.int64).reshape(-1) + first)
        numbers = np.arange(first, len(units))
        for side in wanted if partition else [wanted[drawing]]:
            judged = pairs[:, 1] == side
            twins.append(Fold(train=numbers[~judged], test=numbers[judged]))
    songs = np.array([song for song, _ in units])
    made = replace(
        examples,
        values=np.concatenate([examples.values[rows]] * len(sides)),
        unit=np.concatenate(rows_of),
        ids=tuple(examples.ids[song] for song in songs),
        songs=tuple(examples.songs[song] for song in songs),
        groups=tuple(f"{number}" for number in range(len(units))),  # the inner search makes the same mistake
        targets=examples.targets[songs],
    )
    return made, tuple(twins)


def _parts(examples: Examples, rows: IntArray, count: int, pieces: bool, random: np.random.Generator) -> IntArray:
    """Deal rows to `count` parts: the pieces of each song in turn, or the songs of each class."""
    unit = examples.unit[rows]
    heap = unit if pieces or examples.multi_label else examples.targets[unit]
    part = np.empty(len(rows), dtype=np.int64)
    for one in np.unique(heap):
        here = np.flatnonzero(heap == one)
        part[random.permutation(here)] = (np.arange(len(here)) + random.integers(count)) % count
    return part
