"""Chorales without a network, for contrast: chords that follow each other as they did in the training side, beats copied from there, and
Bach himself where he set a tune twice."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hexachord.arrays import IntArray
from hexachord.composition.chorale.network import STEPS, move_of
from hexachord.theory.voice_leading import REST

Chord = tuple[int, ...]
_UNSEEN = 0.02
_ALIKE, _MUCH = 0.85, 0.6
_AROUND = (-2, -1, 1, 2)
_WEIGHTS = (0.5, 1.0, 1.0, 0.5)


@dataclass(frozen=True, kw_only=True, eq=False)
class ChoraleRules:
    """What is known of the beats of many chorales, all moved to no sharps and flats.

    Attributes
    ----------
    chords : by soprano pitch, which chords of four voices stood below it at beats, and how often
    follows : how often a chord followed another, beat by beat
    contexts : (beats, 5) sopranos of a beat and of two before and after it
    beats : (beats, sixteenths, voices) what was sung there
    """

    chords: dict[int, Counter[Chord]]
    follows: dict[Chord, Counter[Chord]]
    contexts: IntArray
    beats: IntArray

    @classmethod
    def of(cls, grids: Sequence[IntArray]) -> "ChoraleRules":
        """Learn from chorales, (sixteenths, voices) each."""
        chords: dict[int, Counter[Chord]] = defaultdict(Counter)
        follows: dict[Chord, Counter[Chord]] = defaultdict(Counter)
        contexts, beats = [], []
        for grid in grids:
            moved = _moved(grid, move_of(grid))
            struck = [tuple(chord) for chord in moved[::STEPS].tolist()]
            for before, after in pairwise(struck):
                follows[before][after] += 1
            for chord in struck:
                chords[chord[0]][chord] += 1
            whole = len(moved) // STEPS
            beats.append(moved[: whole * STEPS].reshape(whole, STEPS, -1))
            contexts.append(_contexts(moved[: whole * STEPS : STEPS, 0]))
        return cls(chords=chords, follows=follows, contexts=np.concatenate(contexts), beats=np.concatenate(beats))

    def markov(self, soprano: IntArray) -> IntArray:
        """Set a soprano by the likeliest path of chords, one a beat (a first-order Markov chain): (sixteenths, voices)."""
        move = move_of(soprano[:, None])
        tune = _moved(soprano, move)[::STEPS]
        columns: list[list[Chord]] = []
        weights: list[np.ndarray] = []
        backs: list[np.ndarray] = []
        for beat, pitch in enumerate(tune.tolist()):
            options = [chord for chord, _ in self.chords.get(pitch, Counter()).most_common(60)] or [(pitch, *[REST] * 3)]
            total = sum(self.chords.get(pitch, Counter()).values()) + 1.0
            own = np.log(np.array([(self.chords.get(pitch, Counter())[chord] + _UNSEEN) / total for chord in options]))
            if beat == 0:
                weights.append(own)
            else:
                before = columns[-1]
                step = np.empty((len(before), len(options)))
                for row, chord in enumerate(before):
                    seen = self.follows.get(chord, Counter())
                    count = sum(seen.values()) + 1.0
                    step[row] = [np.log((seen[after] + _UNSEEN * np.exp(own[column])) / count) for column, after in enumerate(options)]
                reach = weights[-1][:, None] + step
                backs.append(reach.argmax(axis=0))
                weights.append(reach.max(axis=0))
            columns.append(options)
        at = int(weights[-1].argmax())
        path = [columns[-1][at]]
        for options, back in zip(columns[-2::-1], backs[::-1], strict=True):
            at = int(back[at])
            path.append(options[at])
        rows = np.repeat(np.array(path[::-1]), STEPS, axis=0)[: len(soprano)]
        found = _moved(rows, -move)
        found[:, 0] = soprano
        return found

    def copied(self, soprano: IntArray) -> IntArray:
        """Set a soprano by copying, for each beat, the beat of the training side whose soprano is most alike around it."""
        move = move_of(soprano[:, None])
        whole = -(-len(soprano) // STEPS)
        asked = _contexts(_moved(soprano, move)[::STEPS])
        rows = np.empty((whole * STEPS, self.beats.shape[2]), dtype=np.int64)
        for beat, context in enumerate(asked):
            same = (self.contexts == context[None]) @ np.array([4.0, *_WEIGHTS])
            rows[beat * STEPS : (beat + 1) * STEPS] = self.beats[int(same.argmax())]
        found = _moved(rows[: len(soprano)], -move)
        found[:, 0] = soprano
        return found


def set_again(rows: IntArray, others: Sequence[IntArray]) -> float | None:
    """Compare a chorale with another setting of its tune, as one compares a setting with Bach's: how often he agrees with himself.

    Parameters
    ----------
    rows : (sixteenths, voices)
    others : chorales, in any key; the one whose soprano is most alike counts

    Returns
    -------
    The share of sixteenths of the lower voices with the same pitch, moved to the same key, where the sopranos agree; None if there is no
    chorale most of whose soprano (85 % of the sixteenths, over 60 % of the piece) is this one's
    """
    best = (_ALIKE, 0.0)
    for other in others:
        for late in range(-16, 17, STEPS):
            mine, theirs = rows[max(0, late) :], other[max(0, -late) :]
            steps = min(len(mine), len(theirs))
            if steps < _MUCH * len(rows):
                continue
            mine, theirs = mine[:steps], theirs[:steps]
            apart, count = np.unique(mine[::STEPS, 0] - theirs[::STEPS, 0], return_counts=True)
            move = int(apart[count.argmax()])
            same = mine[:, 0] == theirs[:, 0] + move
            if same.mean() > best[0]:
                best = (float(same.mean()), float((mine[same, 1:] == theirs[same, 1:] + move).mean()))
    return best[1] if best[0] > _ALIKE else None


def _moved(rows: IntArray, move: int) -> IntArray:
    return np.asarray(np.where(rows == REST, REST, rows + move))


def _contexts(tune: IntArray) -> IntArray:
    """The pitch of each beat, and of its neighbours; 0 beyond the ends."""
    wide = np.pad(tune, 2)
    return np.stack([tune, *(wide[2 + away : 2 + away + len(tune)] for away in _AROUND)], axis=1)
