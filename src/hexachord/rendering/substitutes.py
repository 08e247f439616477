"""Which General MIDI programs may stand in for one another, and which keys they have. Taste, as tables."""

from functools import lru_cache

from hexachord.synthesis.synthesizers import SYNTHESIZERS

_ALIKE: tuple[tuple[int, ...], ...] = (
    (0, 0, 0, 1, 2, 3),
    (4, 4, 5, 5),
    (6, 7),
    (8, 9, 10, 11),
    (11, 12, 13),
    (16, 16, 17, 17, 18),
    (19, 20),
    (21, 22, 23),
    (24, 24, 25, 25, 26, 27, 28),
    (29, 29, 30, 30),
    (32,),
    (33, 33, 33, 34, 34, 35, 36, 37),
    (38, 38, 39, 39, 87),
    (40, 41, 110),
    (42, 43),
    (44, 48, 48, 49, 49, 50, 51),
    (52, 53, 54),
    (56, 59, 57, 60),
    (58, 57),
    (61, 62, 63),
    (64, 65, 66, 67),
    (68, 69, 71),
    (70,),
    (72, 73, 74, 75, 76, 78, 79),
    (80, 80, 81, 81, 82, 83, 84, 87),
    (85,),
    (88, 89, 90, 91, 92, 94, 95, 50, 51),
    (104, 105, 106, 107),
)
"""Sounds that are used for the same: the more often one is named, the likelier. Left out is what does not sound at its key: guitar
harmonics (31), the lead of fifths (86) and the effects (96 to 103)."""

_SINGING = {"electronic": (80, 81, 82, 85, 54, 65), "acoustic": (73, 40, 71, 68, 66, 60), "": (66, 65, 73, 40, 22, 56, 81, 80, 27, 11)}

_PLUCKED_BASSES = range(32, 38)
_WIDER = 4  # a recorded instrument is stretched a little beyond its own keys, and it does not hurt


def within_family(program: int) -> tuple[int, ...]:
    """Return what is used for the same as a program, itself among it.

    Examples
    --------
    >>> within_family(5), within_family(15)
    ((4, 4, 5, 5), (15,))
    """
    return next((alike for alike in _ALIKE if program in alike), (program,))


def voices_for(mood: str) -> tuple[int, ...]:
    """Return programs that may carry a sung line; `mood` is ``electronic``, ``acoustic`` or neither."""
    return _SINGING.get(mood, _SINGING[""])


@lru_cache(maxsize=128)
def keys_of_program(program: int) -> tuple[int, int]:
    """Return the lowest and highest key that an instrument has.

    Examples
    --------
    >>> keys_of_program(73)
    (56, 100)
    """
    patch = next(patch for patch in SYNTHESIZERS if program in patch.programs)
    low = patch.low if program in _PLUCKED_BASSES else patch.low - _WIDER
    return max(low, 0), min(patch.high + _WIDER, 127)
