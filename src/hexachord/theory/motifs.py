"""Motifs: short patterns that a melody comes back to, in any key and at any speed.

Notes are words that know only the interval from the note before and the ratio of times (`hexachord.theory.copying.note_words`); a motif
is a run of words that comes at least twice without overlapping itself. Of all runs the one that explains most is taken first, with length
and number of times counting alike, then the next among what is left. (D. Meredith, K. Lemström, G. Wiggins, "Algorithms for discovering
repeated patterns in multidimensional representations of polyphonic music", Journal of New Music Research 31(4), 2002, where coverage and
compactness rank patterns.)
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, FloatArray, IntArray
from hexachord.theory.copying import Words, note_words

SHORTEST, LONGEST = 4, 16


class Motif(NamedTuple):
    """A pattern: how many notes it has, and with which notes of the melody it begins, each time."""

    notes: int
    starts: tuple[int, ...]

    @property
    def times(self) -> int:
        """How often it comes."""
        return len(self.starts)


def find_motifs(
    onset_quarter: FloatArray, pitch: IntArray, *, most: int = 5, shortest: int = SHORTEST, longest: int = LONGEST
) -> tuple[Motif, ...]:
    """Find what a melody repeats.

    Parameters
    ----------
    onset_quarter, pitch : (n,) one note at a time, ascending
    most : how many motifs
    shortest, longest : notes of a motif

    Returns
    -------
    Motifs, what explains most first: (times - 1) * (notes - 1). Places that a motif takes are not in those after it.

    Examples
    --------
    >>> theme = [0, 0, 0, -4]  # fate, at the door: three short notes and a long one
    >>> pitch = np.array([67 + step for step in theme] + [65 + step for step in theme] + [72, 71, 74, 60])
    >>> onset = np.cumsum([0, .5, .5, .5, 2.5] + [.5, .5, .5] + [3, 1, 1.5, 4])
    >>> find_motifs(onset, pitch)
    (Motif(notes=4, starts=(0, 4)),)
    """
    words, count = _words(onset_quarter, pitch), len(pitch)
    free = np.ones(count, dtype=np.bool_)
    found: list[Motif] = []
    while len(found) < most:
        best = Motif(0, ())
        for notes in range(shortest, min(longest, count // 2) + 1):
            motif = _most_frequent(words, notes, free)
            if (motif.times - 1) * (notes - 1) > (best.times - 1) * (best.notes - 1):
                best = motif
        if best.times < 2:
            break
        found.append(best)
        for start in best.starts:
            free[start : start + best.notes] = False
    return tuple(found)


def repeated_share(onset_quarter: FloatArray, pitch: IntArray, *, notes: int = SHORTEST) -> float:
    """Give the share of a melody's notes that lie in a pattern of at least so many notes which comes again.

    Examples
    --------
    >>> repeated_share(np.arange(16.0), np.tile([60, 64, 62, 67], 4))
    1.0
    """
    places = _places(_words(onset_quarter, pitch), notes, np.ones(len(pitch), dtype=np.bool_))
    inside = np.zeros(len(pitch), dtype=np.bool_)
    for starts in places.values():
        if len(_apart(starts, notes)) > 1:
            for start in starts:
                inside[start : start + notes] = True
    return float(inside.mean()) if len(pitch) else float("nan")


class _Words(NamedTuple):
    """Words of a melody, and the interval to each note alone."""

    whole: Words
    interval: IntArray


def _words(onset_quarter: FloatArray, pitch: IntArray) -> _Words:
    key = np.asarray(pitch, dtype=np.int64)
    return _Words(note_words(onset_quarter, pitch), np.append(key[:1], key[1:] - key[:-1]))


def _places(words: _Words, notes: int, free: BoolArray) -> dict[bytes, list[int]]:
    """Where each run begins. What comes before it does not matter: of its second note the interval counts, then words."""
    places: dict[bytes, list[int]] = defaultdict(list)
    taken = np.concatenate([[0], np.cumsum(~free)])
    for start in range(len(words.whole) - notes + 1):
        if taken[start + notes] == taken[start]:
            places[words.interval[start + 1].tobytes() + words.whole[start + 2 : start + notes].tobytes()].append(start)
    return places


def _most_frequent(words: _Words, notes: int, free: BoolArray) -> Motif:
    best: list[int] = []
    for starts in _places(words, notes, free).values():
        apart = _apart(starts, notes)
        if len(apart) > len(best):
            best = apart
    return Motif(notes, tuple(best))


def _apart(starts: list[int], notes: int) -> list[int]:
    """The places that do not overlap, from the first on."""
    kept: list[int] = []
    for start in starts:
        if not kept or start >= kept[-1] + notes:
            kept.append(start)
    return kept
