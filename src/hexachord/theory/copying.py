"""The memorisation check: how long a run of notes a piece has in common with a corpus, and how many of its n-grams.

A model that learns by heart writes music that is somebody's. So every piece is turned into a row of words, one for each note, and runs
of words are looked for among those of the corpus. ``relative`` words know neither key nor tempo: the interval from the note before, and
the ratio of the time since then to the time before that (two of one ratio are one rhythm at two speeds). ``exact`` words know the
pitch, and the time in steps of the beat. Notes count in order of onset, then pitch, over all parts given: who wants to know about a melody
gives the melody alone.

Common property (scales, broken chords, repeated notes) makes runs too, so a number means something only beside the one that real
songs of the corpus have among each other (`own_runs`). Runs are found by hashed n-grams (R. M. Karp, M. O. Rabin, "Efficient randomized
pattern-matching algorithms", IBM J. Research and Development 31(2), 1987); the longest by bisection, since every part of a copied run is
copied too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from hexachord.arrays import FloatArray, IntArray

Words = npt.NDArray[np.uint64]
Kind = Literal["relative", "exact"]

STEPS = 12
"""Steps of a quarter that times are rounded to: sixteenths and triplets are told apart, the play of fingers is not."""
NGRAM = 8
_EXTRA_NOTES = {"relative": 1, "exact": 0}  # an interval needs two notes
_RATIO_STEPS, _RATIO_REACH = 4, 20  # quarter octaves of time, up to 1 : 32
_TOGETHER, _FIRST = _RATIO_REACH + 1, _RATIO_REACH + 2
_LONGEST_STEPS = 4096
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


class CopiedRun(NamedTuple):
    """The longest run of notes that is in the corpus too.

    `notes` long, from note `start` of the piece; the piece of the corpus it is in, and the note it begins with there. No run: all 0 and "".
    """

    notes: int
    start: int = 0
    source: str = ""
    source_start: int = 0


class _Sums(NamedTuple):
    """What the hash of any run can be had from: sums of words times powers of a base, and the inverse powers; all modulo 2 ** 64."""

    sums: Words
    back: Words


@dataclass(frozen=True, eq=False)
class CopyIndex:
    """Words of a corpus, one piece after another: the number of the piece each belongs to, and where each piece starts."""

    words: Words
    piece: IntArray
    start: IntArray
    names: tuple[str, ...]
    kind: Kind
    sums: _Sums


def note_words(onset_quarter: FloatArray, pitch: IntArray | FloatArray, *, kind: Kind = "relative") -> Words:
    """Write notes as words.

    Parameters
    ----------
    onset_quarter : (n,) quarters (or beats; for ``relative`` words seconds do as well where the tempo is steady)
    pitch : (n,) MIDI numbers
    kind : "relative" or "exact"

    Returns
    -------
    (n,) words, in order of onset (by step), then pitch

    Examples
    --------
    >>> tune = note_words(np.array([0.0, 1.0, 1.5, 2.0]), np.array([60, 62, 64, 65]))
    >>> slower_and_higher = note_words(np.array([0.0, 2.0, 3.0, 4.0]), np.array([67, 69, 71, 72]))
    >>> bool((tune == slower_and_higher).all())
    True
    """
    if kind not in ("relative", "exact"):
        raise ValueError(f"words are relative or exact, not {kind!r}")
    place = np.asarray(onset_quarter, dtype=np.float64) * STEPS
    late = np.angle(np.exp(2j * np.pi * place).sum()) / (2 * np.pi)  # a file may begin anywhere on its clock
    step = np.rint(place - late).astype(np.int64)
    key = np.rint(np.asarray(pitch)).astype(np.int64)
    order = np.lexsort((key, step))
    step, key = step[order], key[order]
    if not len(step):
        return np.zeros(0, dtype=np.uint64)
    if kind == "exact":
        since = np.minimum(np.diff(step, prepend=step[0]), _LONGEST_STEPS)
        return _mixed(since * 128 + np.clip(key, 0, 127))
    gap = np.diff(step, prepend=step[0])
    moved = np.flatnonzero(gap > 0)
    ratio = np.full(len(step), _TOGETHER)
    if len(moved):
        ratio[moved[0]] = _FIRST
        octaves = np.log2(gap[moved[1:]] / gap[moved[:-1]])
        ratio[moved[1:]] = np.clip(np.rint(octaves * _RATIO_STEPS), -_RATIO_REACH, _RATIO_REACH).astype(np.int64)
    interval = np.diff(key, prepend=key[0])
    return _mixed((interval + 128) * 64 + ratio + _RATIO_REACH)


def copy_index(pieces: Sequence[Words], names: Sequence[str] = (), *, kind: Kind = "relative") -> CopyIndex:
    """Put a corpus into an index.

    Parameters
    ----------
    pieces : words of each, see `note_words`
    names : of the pieces; numbers by default
    kind : of the words

    Examples
    --------
    >>> index = copy_index([note_words(np.arange(20.0), np.arange(60, 80))], ["scale"])
    >>> longest_copied_run(note_words(np.arange(9.0), np.arange(40, 49)), index)
    CopiedRun(notes=9, start=0, source='scale', source_start=0)
    """
    labels = tuple(names) or tuple(str(number) for number in range(len(pieces)))
    if len(labels) != len(pieces):
        raise ValueError(f"{len(pieces)} pieces need as many names, not {len(labels)}")
    sizes = np.array([len(piece) for piece in pieces], dtype=np.int64)
    words = np.concatenate([np.zeros(0, dtype=np.uint64), *pieces])
    return CopyIndex(
        words=words,
        piece=np.repeat(np.arange(len(pieces)), sizes),
        start=np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(np.int64),
        names=labels,
        kind=kind,
        sums=_sums(words),
    )


def longest_copied_run(words: Words, index: CopyIndex, *, exclude: str | None = None) -> CopiedRun:
    """Find the longest run of notes that a piece shares with the corpus.

    Parameters
    ----------
    words : of the piece, of the same kind as the index
    index : of the corpus
    exclude : the name of the piece itself, where it is in the corpus

    Returns
    -------
    CopiedRun
    """
    own = -1 if exclude is None else index.names.index(exclude)
    mine = _sums(words)
    places: IntArray = np.arange(len(index.words))  # of the corpus, where a run that is common may begin
    least, most, step = 0, len(words) + 1, NGRAM
    while most - least > 1:
        length = min(least + step, most - 1)
        common = _common(mine, index, length, own, places)
        if len(common):
            least, places = length, common
            step = 2 * step if most > len(words) else max((most - least) // 2, 1)
        else:
            most, step = length, max((length - least) // 2, 1)
    if least == 0:
        return CopiedRun(0)
    place = int(places[0])
    piece = int(index.piece[place])
    inside = place - int(index.start[piece])
    at = int(np.flatnonzero(_hashes(mine, np.arange(len(words) - least + 1), least) == _hashes(index.sums, places[:1], least))[0])
    extra = min(_EXTRA_NOTES[index.kind], at, inside)
    return CopiedRun(notes=least + extra, start=at - extra, source=index.names[piece], source_start=inside - extra)


def shared_ngrams(words: Words, index: CopyIndex, *, length: int = NGRAM, exclude: str | None = None) -> float:
    """Give the share of a piece's n-grams of words that the corpus has too.

    Parameters
    ----------
    words, index, exclude : see `longest_copied_run`
    length : of an n-gram

    Returns
    -------
    0 to 1; NaN if the piece is shorter than one

    Examples
    --------
    >>> index = copy_index([note_words(np.arange(20.0), np.arange(60, 80))])
    >>> up_then_down = np.concatenate([np.arange(40, 50), np.arange(50, 40, -1)])
    >>> round(shared_ngrams(note_words(np.arange(20.0), up_then_down), index, length=4), 2)
    0.47
    """
    if length < 1:
        raise ValueError(f"an n-gram has a word or more, not {length}")
    if len(words) < length:
        return float("nan")
    own = -1 if exclude is None else index.names.index(exclude)
    mine = _sums(words)
    common = _common(mine, index, length, own, np.arange(len(index.words)))
    there = np.unique(_hashes(index.sums, common, length))
    return float(np.isin(_hashes(mine, np.arange(len(words) - length + 1), length), there).mean())


def own_runs(pieces: Sequence[Words], names: Sequence[str], *, kind: Kind = "relative", within: CopyIndex | None = None) -> IntArray:
    """Give the longest run that each piece shares with any other: what is common property among real pieces.

    Parameters
    ----------
    pieces, names, kind : see `copy_index`
    within : the index of a larger corpus that has these pieces by these names; by default they are compared among themselves

    Returns
    -------
    (pieces,) notes

    Examples
    --------
    >>> song = note_words(np.arange(8.0), np.array([60, 64, 62, 65, 64, 67, 65, 69]))
    >>> own_runs([song, song, note_words(np.arange(8.0), np.full(8, 60))], ["a", "cover of a", "c"]).tolist()
    [8, 8, 1]
    """
    index = copy_index(pieces, names, kind=kind) if within is None else within
    found = [longest_copied_run(piece, index, exclude=name).notes for piece, name in zip(pieces, names, strict=True)]
    return np.array(found, dtype=np.int64)


def _common(mine: _Sums, index: CopyIndex, length: int, own: int, places: IntArray) -> IntArray:
    """Which of some places in the corpus begin a run, whole and not of the piece itself, that the piece has too."""
    end = places + length - 1
    kept = places[end < len(index.words)]
    kept = kept[(index.piece[kept] == index.piece[kept + length - 1]) & (index.piece[kept] != own)]
    wanted = np.unique(_hashes(mine, np.arange(len(mine.back) - length + 1), length))
    hashes = _hashes(index.sums, kept, length)
    at = np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)
    return np.asarray(kept[wanted[at] == hashes])


def _sums(words: Words) -> _Sums:
    forth = np.cumprod(np.full(len(words), _BASE), dtype=np.uint64)
    back = np.cumprod(np.full(len(words), _INVERSE), dtype=np.uint64)
    return _Sums(np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(words * forth, dtype=np.uint64)]), back)


def _hashes(sums: _Sums, places: IntArray, length: int) -> Words:
    """Hash the runs of a length that begin at some places: polynomials in the base, modulo 2 ** 64."""
    return np.asarray((sums.sums[places + length] - sums.sums[places]) * sums.back[places])


def _mixed(values: IntArray) -> Words:
    """Spread small numbers over 64 bits (the finaliser of SplitMix64), so that sums of them seldom meet."""
    word = values.astype(np.uint64) + _BASE
    word = (word ^ (word >> np.uint64(30))) * _MIX[0]
    word = (word ^ (word >> np.uint64(27))) * _MIX[1]
    return np.asarray(word ^ (word >> np.uint64(31)))
