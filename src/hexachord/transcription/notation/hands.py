"""Which hand plays what: learnt from piano music of two staves, then made playable chord by chord.

A network of attention (`hexachord.learning.deep.hands`, trained by ``training/hands.py``) says how likely the right hand plays each note,
by all notes around it: when they begin, how far they lie, what is still held. Inside a chord the hands then do not cross, and neither
stretches further than hands do. What hands can be told by: Hadjakos, Waloschek & Leemhuis, "Detecting hands from piano MIDI data", Mensch
und Computer 2019.
"""

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray, IntArray
from hexachord.models.networks import Network, open_network, sigmoid

NETWORK = "hands"
NOTES = 128
"""Notes that are looked at together; every note is decided by two such windows, the more by the one in whose middle it lies."""
_TOGETHER_S = 0.035
_HEIGHTS = np.arange(24.0, 106.0, 4.0)
_MIDDLE = 60.0
_WIDEST, _PER_SEMITONE = 14, 1.0  # a hand's reach, and what each semitone more costs, in nats
COLUMNS = 11 + len(_HEIGHTS) + 4
"""Of `hand_cues`."""


def split_hands(onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, network: Network | None = None) -> IntArray:
    """Assign each note to the right (1) or the left hand (2).

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) notes as played, in any order
    network : by default that of the package

    Returns
    -------
    (n,) 1 for the upper staff, 2 for the lower

    Examples
    --------
    >>> time = np.repeat(np.arange(8) * 0.5, 4)
    >>> split_hands(time, time + 0.4, np.tile([43, 50, 71, 74], 8))[:4].tolist()
    [2, 2, 1, 1]
    """
    chance = right_hand_chances(onset_s, offset_s, pitch, network=network)
    return playable(np.asarray(onset_s, dtype=np.float64), np.asarray(pitch, dtype=np.float64), chance)


def right_hand_chances(
    onset_s: FloatArray, offset_s: FloatArray, pitch: IntArray | FloatArray, *, network: Network | None = None
) -> Float64Array:
    """Say how likely the right hand plays each note, (n,) in [0, 1]; arguments as of `split_hands`."""
    columns = [np.asarray(column, dtype=np.float64) for column in (onset_s, offset_s, pitch)]
    order = np.lexsort((columns[2], columns[0]))
    onset, offset, height = (column[order] for column in columns)
    if not len(order):
        return np.zeros(0)
    asked = open_network(NETWORK) if network is None else network
    odds, weight = np.zeros(len(order)), np.zeros(len(order))
    for first in range(0, max(1, len(order) - NOTES // 2), NOTES // 2):
        here = slice(first, first + NOTES)
        said = asked(hand_cues(onset[here], offset[here], height[here]))[:, 0]
        middle = 1.0 - np.abs(np.arange(len(said)) - len(said) / 2) / (len(said) / 2 + 2)
        odds[here] += middle * said
        weight[here] += middle
    chance = np.empty(len(order))
    chance[order] = sigmoid(odds / weight)
    return chance


def hand_cues(onset_s: Float64Array, offset_s: Float64Array, pitch: Float64Array) -> Float32Array:
    """Describe notes to the network.

    Parameters
    ----------
    onset_s, offset_s, pitch : (n,) sorted by onset, then pitch; one or more

    Returns
    -------
    (n, COLUMNS): height, against the middle of what is seen and against C4; length, and time since the last chord and until the next, in
    octaves; place in its chord; height once more as a soft code; then seconds since the first note of onset and offset, pitch, and 1
    """
    begins = np.diff(onset_s, prepend=-np.inf) > _TOGETHER_S
    chord, first = np.cumsum(begins) - 1, np.flatnonzero(begins)
    size = np.diff(np.append(first, len(onset_s)))[chord]
    from_below = np.arange(len(onset_s)) - first[chord]
    from_above, many = size - 1 - from_below, size > 1
    moment = onset_s[first]
    since_s, until_s = np.diff(moment, prepend=moment[0] - 1.0)[chord], np.diff(moment, append=moment[-1] + 1.0)[chord]
    octaves = (pitch - _MIDDLE) / 12.0
    lasting = [np.log2(np.clip(each, 0.02, 8.0)) for each in (offset_s - onset_s, since_s, until_s)]
    place = [np.minimum(size, 8) / 4.0, from_below / 4.0, from_above / 4.0, many & (from_below == 0), many & (from_above == 0)]
    described = [(pitch - np.median(pitch)) / 12.0, octaves, octaves**2, *lasting, *place]
    height = np.exp(-0.5 * ((pitch[:, None] - _HEIGHTS) / 3.0) ** 2)
    plain = [onset_s - onset_s[0], offset_s - onset_s[0], pitch, np.ones(len(pitch))]
    return np.concatenate([np.stack(described, axis=1), height, np.stack(plain, axis=1)], axis=1, dtype=np.float32)


def playable(onset_s: Float64Array, pitch: Float64Array, chance: Float64Array) -> IntArray:
    """Cut every chord where the chances say, so that no hand plays above the other or reaches too far: (n,) 1 or 2."""
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
