"""Where players sit: a plausible stage, drawn once for each take."""

from collections.abc import Sequence

import numpy as np

_SEATS: dict[int, float] = {
    40: -0.55, 41: 0.15, 42: 0.4, 43: 0.55, 44: -0.3, 45: -0.2, 46: -0.45, 47: 0.2, 48: 0.0, 49: 0.0,
    52: 0.0, 53: 0.0, 56: 0.3, 57: 0.4, 58: 0.45, 60: -0.35, 61: 0.25, 64: 0.1, 65: 0.15, 66: 0.2, 67: 0.3,
    68: -0.1, 69: -0.05, 70: 0.15, 71: 0.1, 72: -0.2, 73: -0.15, 9: -0.3, 11: -0.35, 12: -0.35, 13: -0.3, 14: -0.25,
}  # fmt: skip
"""Programs of an orchestra, as seen from the conductor, first violins on the left."""

_MIDDLE = ("bass", "sung", "solo", "drums")
_GUITARS = range(24, 32)


def draw_seats(
    roles: Sequence[str], programs: Sequence[int], *, width: float, orchestral: bool, random: np.random.Generator
) -> list[float]:
    """Draw a place between left (-1) and right (1) for each part.

    Parameters
    ----------
    roles, programs : of the parts
    width : 0 all in one place, 1 from side to side
    orchestral : by where an orchestra sits, else as a band is mixed: what carries in the middle, the others by turns on both sides

    Examples
    --------
    >>> draw_seats(("sung", "bass"), (53, 33), width=1.0, orchestral=False, random=np.random.default_rng(0))[1]
    0.0
    """
    voices = [index for index, role in enumerate(roles) if role != "drums"]
    seats = [0.0] * len(roles)
    if orchestral and len(voices) > 1:
        strangers = len({programs[index] for index in voices}) > 1
        for place, index in enumerate(voices):
            line = -0.6 + 1.2 * place / max(len(voices) - 1, 1)  # a choir or a quartet stands in a row
            seats[index] = _SEATS.get(programs[index], line) if strangers else line
            seats[index] += float(random.normal(0.0, 0.12))
    elif not orchestral:
        side = float(random.choice([-1.0, 1.0]))
        for index in sorted(voices, key=lambda one: programs[one] in _GUITARS, reverse=True):  # guitars first: they face one another
            if roles[index] in _MIDDLE or (roles[index] in ("lead", "piano") and random.random() < 0.7):
                seats[index] = float(random.choice([0.0, random.normal(0.0, 0.12)])) if roles[index] not in _MIDDLE else 0.0
                continue
            far = float(random.choice([0.0, random.uniform(0.15, 0.6), random.uniform(0.6, 1.0)], p=[0.12, 0.58, 0.3]))
            seats[index] = side * far
            side = -side
    if random.random() < 0.15 and not orchestral:
        width *= 1.4
    return [float(np.clip(round(width * seat, 3), -1.0, 1.0)) for seat in seats]
