"""Smaller datasets for a quick try, pieces of songs, and classes cut down to the size of the others."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hexachord.arrays import IntArray
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.splitting import default_group


def limit_dataset(dataset: Dataset, share: float, *, seed: int = 0) -> Dataset:
    """Keep a share of the tracks of each class and side, from as many groups as there are, and two groups or more where there are two.

    So that what is left can still be split as the whole would be: 5 % of 23 classes with 6 songs each keeps two songs of each.

    Raises
    ------
    InputError : if the share is not between 0 and 1.
    """
    if not 0 < share <= 1:
        raise InputError("--limit", found=f"{share:g}", expected="a share above 0 and up to 1 (5 % is 0.05)")
    if share == 1:
        return dataset
    random = np.random.default_rng(seed)
    kind = default_group(dataset)
    strata: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row, track in enumerate(dataset.tracks):
        strata.setdefault((track.side, track.labels[:1]), []).append(row)
    kept: list[int] = []
    for rows in strata.values():
        queues: dict[str, list[int]] = {}
        for row in random.permutation(rows).tolist():
            queues.setdefault(dataset.tracks[row].group(kind), []).append(row)
        wanted = max(math.ceil(share * len(rows)), min(2, len(queues)))
        turns = [row for turn in range(max(map(len, queues.values()))) for queue in queues.values() for row in queue[turn : turn + 1]]
        kept += turns[:wanted]
    return dataset.take(sorted(kept))


def subsample_majority(dataset: Dataset, rows: Sequence[int] | IntArray, *, most_times: float = 1.0, seed: int = 0) -> IntArray:
    """Drop tracks of large classes until none is more than so many times as large as the smallest; meant for the rows of a training side.

    Returns
    -------
    (m,) rows, ascending

    Raises
    ------
    ValueError : if tracks have several labels, or `most_times` is below 1.
    """
    if most_times < 1:
        raise ValueError(f"a class cannot be cut below the smallest: most_times={most_times}")
    random = np.random.default_rng(seed)
    given = np.asarray(rows, dtype=np.int64)
    targets = dataset.targets()[given]
    sizes = np.bincount(targets[targets >= 0], minlength=len(dataset.classes))
    most = math.floor(most_times * sizes[sizes > 0].min(initial=len(given)))
    kept = [random.permutation(given[targets == klass])[:most] for klass in range(len(dataset.classes))]
    return np.sort(np.concatenate(kept)).astype(np.int64)


def cut_into_chunks(dataset: Dataset, durations_s: Mapping[str, float], *, chunk_s: float) -> Dataset:
    """Cut every track into pieces of one length, each with the track as its group ``song``; what is left at the end counts if it is half.

    Parameters
    ----------
    durations_s : of the files, by the ids of tracks
    chunk_s : length of a piece

    Returns
    -------
    Dataset whose ids are ``track@seconds``
    """
    pieces = []
    for track in dataset.tracks:
        end = durations_s[track.id] if track.end_s is None else min(track.end_s, durations_s[track.id])
        count = max(1, round((end - track.start_s) / chunk_s))
        groups = {**track.groups, "song": track.group("song")}
        for index in range(count):
            start = track.start_s + index * chunk_s
            stop = min(end, start + chunk_s)
            pieces.append(replace(track, id=f"{track.id}@{start:09.3f}", groups=groups, start_s=start, end_s=stop))
    return replace(dataset, tracks=tuple(pieces))
