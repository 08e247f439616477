"""An inverted index of landmarks: which recordings of a collection share numbers at times that fit.

Wang, "An industrial-strength audio search algorithm", ISMIR 2003, §2.3; Müller, *Fundamentals of Music Processing*, §7.1.3.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import IntArray

_MOST_PAIRS = 20_000_000  # pairs of equal numbers looked at: some 10 s and 0.5 GB
_MOST_IN_BUCKET = 400  # a number that so many landmarks share says nothing
_OFFSET_STEP = 4  # frames: offsets this near vote together
_LEAST_VOTES = 3
_CHANCE = 0.02  # offsets of a pair that may reach the least number of votes by chance


def candidate_pairs(prints: Sequence[tuple[NDArray[np.uint32], NDArray[np.int32]]]) -> list[tuple[int, int]]:
    """Find pairs of recordings that may be one: some landmarks agree on an offset.

    Parameters
    ----------
    prints : (hashes, frames) of each recording

    Returns
    -------
    Pairs of numbers, the smaller first, ascending
    """
    if len(prints) < 2:
        return []
    hashes = np.concatenate([one for one, _ in prints])
    frames = np.concatenate([two for _, two in prints]).astype(np.int64)
    owner = np.repeat(np.arange(len(prints)), [len(one) for one, _ in prints])
    scattered = hashes * np.uint32(2654435761)  # so that what is left out is not a range of frequencies
    for bits in range(16):
        kept = np.flatnonzero(scattered < np.uint32((1 << (32 - bits)) - 1))
        kept = kept[np.argsort(hashes[kept], kind="stable")]  # in a bucket, recordings in ascending order
        sizes = _bucket_sizes(hashes[kept])
        if int((sizes * (sizes - 1) // 2)[sizes <= _MOST_IN_BUCKET].sum()) <= _MOST_PAIRS:
            break
    return _voted(owner[kept], frames[kept], sizes)


def _bucket_sizes(ascending: NDArray[np.uint32]) -> IntArray:
    starts = np.flatnonzero(np.diff(ascending, prepend=ascending[:1] + np.uint32(1))) if len(ascending) else np.zeros(0, np.int64)
    return np.diff(np.append(starts, len(ascending)))


def _voted(owner: IntArray, frames: IntArray, sizes: IntArray) -> list[tuple[int, int]]:
    """Count votes for (pair, offset) over all buckets and give the pairs with enough on one."""
    count = int(owner.max(initial=0)) + 1
    longest = int(frames.max(initial=0))
    good = np.repeat(sizes <= _MOST_IN_BUCKET, sizes)
    ends = np.repeat(np.cumsum(sizes), sizes)
    keys = []
    here = np.flatnonzero(good)
    for step in range(1, _MOST_IN_BUCKET):
        here = here[here + step < ends[here]]
        if not len(here):
            break
        there = here + step
        two = owner[here] != owner[there]
        offset = (frames[there[two]] - frames[here[two]]) // _OFFSET_STEP
        keys.append((owner[here[two]] * count + owner[there[two]]) * (1 << 24) + offset + (1 << 23))
    if not keys:
        return []
    votes, times = np.unique(np.concatenate(keys), return_counts=True)
    least = _least_votes(int(times.sum()), pairs=count * (count - 1) // 2, offsets=2 * longest // _OFFSET_STEP + 1)
    pairs = np.unique(votes[times >= least] >> 24)
    return [(int(pair // count), int(pair % count)) for pair in pairs]


def _least_votes(votes: int, *, pairs: int, offsets: int) -> int:
    """How many votes chance seldom gives one offset of a pair, were all votes dealt out evenly (Poisson)."""
    mean = votes / (pairs * offsets)
    least = _LEAST_VOTES
    while offsets * mean**least / math.factorial(least) > _CHANCE:
        least += 1
    return least
