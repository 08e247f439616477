"""Which hand plays what: learnt from piano music of two staves, then made playable chord by chord.

What a note's neighbours are (how far above and below, how long before and after, what is still held) says how likely the right hand plays
it; asked again with those chances of its neighbours at hand, two small layers of a network know what each hand is doing
(``training/hands.py`` trains them). Inside a chord the hands then do not cross, and neither stretches further than hands do. Learning
from neighbours in both directions: Hadjakos, Waloschek & Leemhuis, "Detecting hands from piano MIDI data", Mensch und Computer 2019.
"""

from collections.abc import Mapping

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.models.tables import load_table

WEIGHTS = "hands"
_NEIGHBOURS = 40  # notes that are looked at before and after
_TOGETHER_S = 0.035
_LATER_S = (_TOGETHER_S, 0.2, 0.6, 1.5, 4.0)  # borders of what is looked at apart, before and after
_AWAY = (-24, -19, -16, -12, -9, -7, -4, -2, 0, 1, 3, 5, 8, 10, 13, 17, 20, 25)  # likewise, in semitones: 0 is the same pitch
_BEFORE = len(_LATER_S) - 1
_WINDOWS = 2 * _BEFORE + 1
_BINS = len(_AWAY) + 1
_HEIGHTS = np.arange(28.0, 105.0, 6.0)
_WIDEST, _PER_SEMITONE = 14, 1.0  # a hand's reach, and what each semitone more costs, in nats
FEATURES = (_WINDOWS + 1) * _BINS + len(_HEIGHTS) + 2
"""Columns of `hand_features` without chances."""


def split_hands(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, table: Mapping[str, FloatArray] | None = None
) -> IntArray:
    """Assign each note to the right (1) or the left hand (2).

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) notes as played, in any order
    table : of learnt weights; by default those of the package

    Returns
    -------
    (n,) 1 for the upper staff, 2 for the lower

    Examples
    --------
    >>> time = np.repeat(np.arange(8) * 0.5, 4)
    >>> split_hands(time, time + 0.4, np.tile([43, 50, 71, 74], 8))[:4].tolist()
    [2, 2, 1, 1]
    """
    chance = right_hand_chances(onset_s, offset_s, pitch, table=table)
    return _uncrossed(np.asarray(onset_s, dtype=np.float64), np.asarray(pitch, dtype=np.float64), chance)


def right_hand_chances(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, table: Mapping[str, FloatArray] | None = None
) -> Float64Array:
    """Say how likely the right hand plays each note, (n,) in [0, 1]; arguments as of `split_hands`."""
    known = load_table(WEIGHTS) if table is None else table
    columns = [np.asarray(column, dtype=np.float64) for column in (onset_s, offset_s, pitch)]
    order = np.lexsort((columns[2], columns[0]))
    onset, offset, height = (column[order] for column in columns)
    plain = hand_features(onset, offset, height)
    first = _asked(plain, known, "first")
    second = _asked(np.concatenate([plain, hand_features(onset, offset, height, chance=first)], axis=1), known, "second")
    chance = np.empty(len(order))
    chance[order] = second
    return chance


def hand_features(
    onset_s: Float64Array, offset_s: Float64Array, pitch: Float64Array, *, chance: Float64Array | None = None
) -> Float32Array:
    """Describe each note by its neighbours.

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) sorted by onset, then pitch
    chance : (n,) of the right hand; with it each neighbour counts for its hand, from -1 to 1, and what does not depend on it is left out

    Returns
    -------
    (n, columns): neighbours by time and interval; those still held by interval; the note's height and length
    """
    count = len(onset_s)
    seen = np.zeros((count, _WINDOWS + 1, _BINS), dtype=np.float32)
    counted = np.ones(count) if chance is None else 2.0 * chance - 1.0
    row = np.arange(count)
    for step in range(1, min(_NEIGHBOURS, count - 1) + 1):
        for me, other in ((row[step:], row[:-step]), (row[:-step], row[step:])):
            later = onset_s[other] - onset_s[me]
            gap = np.searchsorted(_LATER_S, np.abs(later), side="right")
            window = np.where(later >= 0, _BEFORE + gap, _BEFORE - gap)
            interval = np.searchsorted(_AWAY, pitch[other] - pitch[me], side="right")
            held = (later < -_TOGETHER_S) & (offset_s[other] > onset_s[me] + _TOGETHER_S)
            for some, place in ((gap < len(_LATER_S), window), (held, np.full_like(window, _WINDOWS))):
                np.add.at(seen, (me[some], place[some], interval[some]), counted[other[some]])
    around = (np.sign(seen) * np.log1p(np.abs(seen))).reshape(count, (_WINDOWS + 1) * _BINS)
    if chance is not None:
        return around
    height = np.exp(-0.5 * ((pitch[:, None] - _HEIGHTS) / 4.0) ** 2)
    length = np.log2(np.clip(offset_s - onset_s, 0.03, 8.0))
    median = np.median(pitch) if count else 0.0
    return np.concatenate([around, height, length[:, None], (pitch - median)[:, None] / 12.0], axis=1, dtype=np.float32)


def _asked(features: Float32Array, table: Mapping[str, FloatArray], name: str) -> Float64Array:
    """Pass features through a small network of the table."""
    hidden = features
    layers = sum(key.startswith(f"{name}_weight") for key in table)
    for layer in range(layers):
        hidden = np.asarray(hidden @ table[f"{name}_weight_{layer}"] + table[f"{name}_bias_{layer}"], dtype=np.float32)
        if layer < layers - 1:
            hidden = np.maximum(hidden, np.float32(0.0))
    return np.asarray(1.0 / (1.0 + np.exp(-hidden[:, 0].astype(np.float64))))


def _uncrossed(onset_s: Float64Array, pitch: Float64Array, chance: Float64Array) -> IntArray:
    """Cut every chord where the chances say, so that no hand plays above the other or reaches too far."""
    hand = np.ones(len(onset_s), dtype=np.int64)
    odds = np.log(np.clip(chance, 1e-4, 1 - 1e-4)) - np.log(np.clip(1 - chance, 1e-4, 1 - 1e-4))
    order = np.lexsort((pitch, onset_s))
    starts = np.flatnonzero(np.diff(onset_s[order], prepend=-np.inf) > _TOGETHER_S)
    for chord in np.split(order, starts[1:]) if len(order) else ():
        chord = chord[np.argsort(pitch[chord], kind="stable")]
        heights, gains = pitch[chord], odds[chord]
        worth = np.concatenate([[0.0], np.cumsum(-gains)]) + np.concatenate([np.cumsum(gains[::-1])[::-1], [0.0]])
        for cut in range(len(chord) + 1):
            for part in (heights[:cut], heights[cut:]):
                if len(part):
                    worth[cut] -= _PER_SEMITONE * max(0.0, part[-1] - part[0] - _WIDEST)
        hand[chord[: int(worth.argmax())]] = 2
    return hand
