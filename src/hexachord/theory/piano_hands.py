"""What two hands have to do: who plays which note where nobody says, what no hand can, and how hard it all is.

Seven criteria of difficulty and their reading from a score: V. Sébastien, H. Ralambondrainy, O. Sébastien, N. Conruyt, "Score Analyzer:
automatically determining scores difficulty level for instrumental e-learning", ISMIR 2012; also S.-C. Chiu, M.-S. Chen, "A study on
difficulty level recognition of piano sheet music", IEEE ISM 2012. Fingering and length are left out here; stretch and the share of altered
notes are of the second. Each criterion is placed between what an easy and what a hard page asks for, and their mean is the level:
no weights are learnt, since there are no grades to learn from that could be shipped.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.theory.note_statistics import scale_consistency

LEFT, RIGHT = 0, 1
REACH, FARTHEST = 14, 16
"""Semitones that most hands span (a ninth), and that few do (a tenth)."""
FINGERS = 5
_TOGETHER_S = 0.03
_REPEAT_S = 0.07  # a key struck again sooner has not come up
_JUMP_S = 0.15  # moving the hand by an octave and a half takes about this (P. M. Fitts, J. Experimental Psychology 47(6), 1954)
_WINDOW_S = 2.0

EASY_HARD: dict[str, tuple[float, float]] = {
    "speed": (2.5, 12.0),
    "stretch": (2.0, 14.0),
    "displacement": (9.0, 50.0),
    "polyphony": (1.0, 1.9),
    "accidentals": (0.0, 0.3),
    "rhythm": (1.0, 3.4),
}
"""Value of each criterion on an easy and on a hard page: about the 5th and the 95th percentile of 154 piano pieces of the training side.
``speed``: strokes a second of the busier hand in its busiest tenth; ``stretch``: semitones that one chord in ten exceeds;
``displacement``: semitones a second that the hands' middles travel; ``polyphony``: notes to a stroke; ``accidentals``: share of notes
outside the scale that fits best; ``rhythm``: entropy of the ratios of neighbouring times from stroke to stroke, in bits."""


class HandFault(NamedTuple):
    """What a hand cannot do, or hardly: when, which hand (0 left, 1 right), and why, as words with the number that is too large."""

    time_s: float
    hand: int
    why: str


@dataclass(frozen=True, kw_only=True)
class Difficulty:
    """How hard a piece is to play, 0 (a beginner's) to 1 (a virtuoso's), and each criterion in its own unit (see `EASY_HARD`)."""

    level: float
    criteria: dict[str, float]

    @property
    def words(self) -> str:
        """The level in a word.

        Examples
        --------
        >>> Difficulty(level=0.1, criteria={}).words, Difficulty(level=0.6, criteria={}).words
        ('very easy', 'advanced')
        """
        return ("very easy", "easy", "intermediate", "advanced", "virtuoso")[min(int(self.level * 5), 4)]


def part_hands(onset_s: FloatArray, pitch: IntArray) -> IntArray:
    """Share out notes between two hands where no staff says who plays them.

    Of what is struck together a hand takes a stretch of neighbours. The cheapest way through the piece is taken: a hand pays for what it
    cannot reach, for moving, and for being on the other's side of middle C.

    Parameters
    ----------
    onset_s, pitch : (n,) notes

    Returns
    -------
    (n,) 0 for left, 1 for right

    Examples
    --------
    >>> part_hands(np.array([0.0, 0.0, 0.0, 0.5, 1.0]), np.array([48, 60, 64, 72, 43])).tolist()
    [0, 0, 1, 1, 0]
    """
    onset, key = np.asarray(onset_s, dtype=np.float64), np.asarray(pitch, dtype=np.float64)
    if not len(onset):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((key, onset))
    chords = np.split(order, np.flatnonzero(np.diff(onset[order]) > _TOGETHER_S) + 1)
    groups = [chord[np.argsort(key[chord], kind="stable")] for chord in chords]
    # A state is where the cut is; it remembers where each hand was.
    costs, places, ways = np.zeros(1), np.array([[50.0, 70.0]]), []
    for group in groups:
        keys = key[group]
        cuts = np.arange(len(keys) + 1)
        own, middles = np.empty(len(cuts)), np.empty((len(cuts), 2))
        for cut in cuts:
            sides = keys[:cut], keys[cut:]
            own[cut] = sum(_strain(side) for side in sides) + 0.02 * float(
                np.maximum(sides[0] - 60, 0).sum() + np.maximum(60 - sides[1], 0).sum()
            )
            middles[cut] = [side.mean() if len(side) else np.nan for side in sides]
        moved = np.abs(np.nan_to_num(middles[:, None, :] - places[None, :, :])).sum(axis=2) * 0.05
        total = costs[None, :] + moved
        best = total.argmin(axis=1)
        ways.append(best)
        costs = total[np.arange(len(cuts)), best] + own
        places = np.where(np.isnan(middles), places[best], middles)
    hand = np.zeros(len(onset), dtype=np.int64)
    state = int(costs.argmin())
    for group, way in zip(groups[::-1], ways[::-1], strict=True):
        hand[group[state:]] = RIGHT
        state = int(way[state])
    return hand


def hand_faults(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray, hand: IntArray, *, farthest: int = FARTHEST
) -> tuple[HandFault, ...]:
    """List what a pair of hands cannot play.

    Looked for: a chord wider than the hand (it may be rolled; who writes for all writes up to a ninth), more than five notes at once,
    a key struck again before it can come up, and jumps too far for the time between two strokes.

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) notes
    hand : (n,) 0 left, 1 right
    farthest : semitones

    Examples
    --------
    >>> hand_faults(np.zeros(2), np.ones(2), np.array([60, 79]), np.array([1, 1]))
    (HandFault(time_s=0.0, hand=1, why='a stretch of 19 semitones'),)
    """
    found = []
    for which in (LEFT, RIGHT):
        own = np.asarray(hand) == which
        onset, offset = np.asarray(onset_s, dtype=np.float64)[own], np.asarray(offset_s, dtype=np.float64)[own]
        key = np.asarray(pitch, dtype=np.int64)[own]
        for start, members in _strokes(onset):
            keys = np.unique(key[members])
            if keys[-1] - keys[0] > farthest:
                found.append(HandFault(start, which, f"a stretch of {keys[-1] - keys[0]} semitones"))
            if len(keys) > FINGERS:
                found.append(HandFault(start, which, f"{len(keys)} notes at once"))
        for one in np.unique(key):
            times = np.sort(onset[key == one])
            found += [HandFault(float(at), which, f"key {one} again after {gap * 1000:.0f} ms")
                      for at, gap in zip(times[1:], np.diff(times), strict=True) if 0 < gap < _REPEAT_S]  # fmt: skip
        found += _jumps(onset, offset, key, which, farthest)
    return tuple(sorted(found))


def piano_difficulty(onset_s: FloatArray, pitch: IntArray, hand: IntArray) -> Difficulty | None:
    """Say how hard a piece is to play on the piano.

    ``level = mean over criteria of clip((value - easy) / (hard - easy), 0, 1)``, see `EASY_HARD`.

    Parameters
    ----------
    onset_s, pitch : (n,) notes; at the tempo they are to be played
    hand : (n,) 0 left, 1 right

    Returns
    -------
    Difficulty; None if there are no notes

    Examples
    --------
    >>> slow = piano_difficulty(np.arange(16) * 0.8, np.tile([60, 62, 64, 65], 4), np.ones(16, dtype=int))
    >>> fast = piano_difficulty(np.repeat(np.arange(64) * 0.08, 2), np.tile([48, 61, 67, 78], 32), np.ones(128, dtype=int))
    >>> slow.words, fast.words
    ('very easy', 'advanced')
    """
    if not len(onset_s):
        return None
    onset, key = np.asarray(onset_s, dtype=np.float64), np.asarray(pitch, dtype=np.int64)
    speeds, spans, travels, strokes, ratios = [0.0], [0.0], 0.0, 0, [np.zeros(0, dtype=np.int64)]
    for which in (LEFT, RIGHT):
        own = np.asarray(hand) == which
        struck = _strokes(onset[own])
        if not struck:
            continue
        keys = key[own]
        times = np.array([start for start, _ in struck])
        middles = np.array([keys[members].mean() for _, members in struck])
        strokes += len(struck)
        spans += [float(np.ptp(keys[members])) for _, members in struck]
        travels += float(np.abs(np.diff(middles)).sum())
        busy = np.searchsorted(times, times + _WINDOW_S) - np.arange(len(times))
        speeds.append(float(np.quantile(busy, 0.9)) / _WINDOW_S)
        gaps = np.maximum(np.diff(times), 1e-3)
        ratios.append(np.rint(2 * np.log2(gaps[1:] / gaps[:-1])).astype(np.int64))
    length_s = max(float(np.ptp(onset)), 1.0)
    counts = np.unique(np.concatenate(ratios), return_counts=True)[1]
    share = counts / max(counts.sum(), 1)
    criteria = {
        "speed": max(speeds),
        "stretch": float(np.quantile(spans[1:], 0.9)),
        "displacement": travels / length_s,
        "polyphony": len(onset) / strokes,
        "accidentals": 1.0 - scale_consistency(key),
        "rhythm": float(-(share * np.log2(share)).sum()) if len(share) else 0.0,
    }
    placed = [np.clip((criteria[name] - easy) / (hard - easy), 0.0, 1.0) for name, (easy, hard) in EASY_HARD.items()]
    return Difficulty(level=float(np.mean(placed)), criteria=criteria)


def _strain(keys: Float64Array) -> float:
    """What a hand pays for the keys it is to strike together."""
    if not len(keys):
        return 0.0
    return 0.5 * max(float(keys[-1] - keys[0]) - REACH, 0.0) + 2.0 * max(len(keys) - FINGERS, 0)


def _strokes(onset: Float64Array) -> list[tuple[float, IntArray]]:
    """Notes that are struck together: when, and which."""
    if not len(onset):
        return []
    order = np.argsort(onset, kind="stable")
    borders = np.flatnonzero(np.diff(onset[order]) > _TOGETHER_S) + 1
    return [(float(onset[members[0]]), members) for members in np.split(order, borders)]


def _jumps(onset: Float64Array, offset: Float64Array, key: IntArray, which: int, farthest: int) -> list[HandFault]:
    """Moves of the whole hand for which there is no time: what is out of reach from the keys before, sooner than a jump takes."""
    struck = _strokes(onset)
    found = []
    for (before, old), (start, new) in pairwise(struck):
        lowest, highest = min(key[old].min(), key[new].min()), max(key[old].max(), key[new].max())
        beyond = int(highest - lowest) - farthest
        if beyond > 0 and start - before < _JUMP_S * (1 + beyond / 18):
            found.append(HandFault(start, which, f"a jump over {highest - lowest} semitones in {(start - before) * 1000:.0f} ms"))
    return found
