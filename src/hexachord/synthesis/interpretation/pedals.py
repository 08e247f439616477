"""When strokes are let go, pedals considered.

The sustain pedal holds every stroke whose key comes up while it is down, the sostenuto pedal those whose keys were down when it went
down. A key struck again takes its damper along: the earlier stroke ends there. From 64 on a pedal is down (half-pedalling is on or off).
"""

from typing import NamedTuple

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.synthesis.model import Curve

_DOWN = 64.0


class Presses(NamedTuple):
    """When a pedal goes down and comes up again (infinity: never)."""

    down_s: Float64Array
    up_s: Float64Array

    def hold(self, time_s: Float64Array) -> Float64Array:
        """Until when the pedal holds what is let go at these times; the times themselves where it is up."""
        if not len(self.down_s):
            return time_s
        index = np.searchsorted(self.down_s, time_s, side="right") - 1
        up = self.up_s[np.clip(index, 0, None)]
        return np.where((index >= 0) & (time_s < up), up, time_s)

    def is_down(self, time_s: Float64Array) -> BoolArray:
        """Whether the pedal is down at these times."""
        return np.asarray(self.hold(time_s) > time_s)


def presses(curve: Curve | None) -> Presses:
    """Find where a pedal's curve crosses the middle."""
    if curve is None or not len(curve.time_s):
        return Presses(np.zeros(0), np.zeros(0))
    is_down = curve.value >= _DOWN
    before = np.concatenate([[False], is_down[:-1]])
    down, up = curve.time_s[is_down & ~before], curve.time_s[~is_down & before]
    return Presses(down, np.concatenate([up, np.full(len(down) - len(up), np.inf)]))


def releases(
    onset_s: Float64Array, key_up_s: Float64Array, key: IntArray, *, sustain: Curve | None = None, sostenuto: Curve | None = None
) -> Float64Array:
    """When each stroke's sound is let go.

    Parameters
    ----------
    onset_s, key_up_s, key : (strokes,) each, in any order
    sustain, sostenuto : the pedals' curves

    Returns
    -------
    (strokes,) seconds, never before `key_up_s`. A pedal that never comes up lets go with the last key.

    Examples
    --------
    >>> pedal = Curve(np.array([0.5, 3.0]), np.array([127.0, 0.0]))
    >>> releases(np.array([0.0, 2.0]), np.array([1.0, 2.5]), np.array([60, 60]), sustain=pedal).tolist()
    [2.0, 3.0]
    """
    release = presses(sustain).hold(key_up_s)
    for down, up in zip(*presses(sostenuto), strict=True):
        caught = (onset_s <= down) & (down < key_up_s) & (key_up_s < up)
        release = np.where(caught, np.maximum(release, up), release)
    held = release > key_up_s
    if not held.any():
        return release
    release = np.where(np.isinf(release), key_up_s.max(), release)
    ends = np.minimum(release, next_onsets(onset_s, key))
    return np.asarray(np.maximum(ends, key_up_s))


def next_onsets(onset_s: Float64Array, key: IntArray) -> Float64Array:
    """When each stroke's key is struck the next time (infinity: never); strokes at one moment do not count as next."""
    moments, rank = np.unique(onset_s, return_inverse=True)
    place = key.astype(np.int64) * (len(moments) + 1) + rank
    ordered = np.sort(place)
    after = np.searchsorted(ordered, place, side="right")
    following = ordered[np.clip(after, None, len(ordered) - 1)]
    same_key = (after < len(ordered)) & (following // (len(moments) + 1) == key)
    return np.where(same_key, moments[following % (len(moments) + 1) % max(1, len(moments))], np.inf)
