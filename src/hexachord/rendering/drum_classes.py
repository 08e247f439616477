"""Drums by class: what a General MIDI key counts as, and what the pads of an electronic kit are played as."""

import numpy as np

from hexachord.arrays import IntArray

DRUM_CLASSES = ("kick", "snare", "hihat_closed", "hihat_open", "tom", "ride", "crash", "clap", "other")
"""The classes of `Take.drums`. A side stick counts as other, as in MDB Drums; a pedalled hi-hat as a closed one."""

KICK, SNARE, SIDE_STICK, CLAP, CLOSED, PEDAL, OPEN, CRASH, RIDE, BELL, COWBELL, TAMBOURINE, SHAKER = (
    36, 38, 37, 39, 42, 44, 46, 49, 51, 53, 56, 54, 70,
)  # fmt: skip
LOW_TOM, MIDDLE_TOM, HIGH_TOM = 45, 47, 50

_CLASS_OF = {
    35: "kick", 36: "kick", 38: "snare", 40: "snare", 39: "clap", 42: "hihat_closed", 44: "hihat_closed", 46: "hihat_open",
    41: "tom", 43: "tom", 45: "tom", 47: "tom", 48: "tom", 50: "tom", 51: "ride", 53: "ride", 59: "ride",
    49: "crash", 52: "crash", 55: "crash", 57: "crash",
}  # fmt: skip


def drum_class(key: int) -> str:
    """Return the class of a General MIDI drum key.

    Examples
    --------
    >>> drum_class(36), drum_class(46), drum_class(56)
    ('kick', 'hihat_open', 'other')
    """
    return _CLASS_OF.get(key, "other")


PLAYED_AS: IntArray = np.arange(128)
"""The kit of the Groove recordings (Roland TD-11): edges and rims of its pads as the nearest General MIDI key."""
for _pad, _key in {22: CLOSED, 26: OPEN, 58: 43, 40: SNARE, 54: 46, 52: CRASH}.items():
    PLAYED_AS[_pad] = _key
PLAYED_AS.setflags(write=False)
