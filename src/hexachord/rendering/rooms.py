"""A hundred rooms that do not exist, each a function of its number; the split deals the numbers out.

Five kinds by turns, so that every side of the split has all of them: a studio, a club, a plate of steel, a hall, a church.
"""

from typing import Literal, get_args

import numpy as np

from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.effect import Step
from hexachord.processing.effects.reverberation import network_reverb, room

RoomKind = Literal["studio", "club", "plate", "hall", "church"]
ROOM_KINDS: tuple[RoomKind, ...] = get_args(RoomKind)

_SHAPES: dict[RoomKind, tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    # seconds to decay, metres long, where the treble is lost in Hz, share of first reflections
    "studio": ((0.18, 0.55), (3.0, 9.0), (3500.0, 9000.0), (0.45, 0.75)),
    "club": ((0.45, 1.2), (8.0, 20.0), (2500.0, 7000.0), (0.3, 0.6)),
    "plate": ((0.8, 2.6), (0.0, 0.0), (5000.0, 12000.0), (0.0, 0.0)),
    "hall": ((1.3, 2.6), (18.0, 40.0), (3000.0, 6500.0), (0.15, 0.35)),
    "church": ((2.4, 5.5), (25.0, 70.0), (2200.0, 5000.0), (0.1, 0.25)),
}


def room_kind(number: int) -> RoomKind:
    """Return what kind of room a number is.

    Examples
    --------
    >>> room_kind(7), room_kind(88)
    ('plate', 'hall')
    """
    return ROOM_KINDS[number % len(ROOM_KINDS)]


def numbered_room(number: int) -> Chain:
    """Build a room of the split, all of it reverberation: what is sent into it returns as strong as it was.

    Parameters
    ----------
    number : from 0 on

    Examples
    --------
    >>> numbered_room(7).name, numbered_room(7) == numbered_room(7), numbered_room(7) == numbered_room(12)
    ('room/007', True, False)
    """
    random = np.random.default_rng([number, 71])
    kind = room_kind(number)
    decay_s, size_m, damping_hz, early = _SHAPES[kind]
    last_s = _near(random, *decay_s)
    if kind in ("plate", "church") and random.random() < 0.3:
        step = network_reverb.step(
            decay_s=last_s,
            treble_decay=round(float(random.uniform(0.3, 0.7)), 3),
            bass_decay=round(float(random.uniform(0.9, 1.35)), 3),
            size=round(float(random.uniform(0.5, 0.9) if kind == "plate" else random.uniform(1.2, 2.0)), 3),
            pre_delay_s=round(float(random.uniform(0.0, 0.04)), 4),
            low_cut_hz=_near(random, 60.0, 250.0),
            wet_db=0.0,
            dry_db=-200.0,
            seed=number,
        )
    else:
        step = _shaped(random, number, last_s, size_m, damping_hz, early)
    return Chain(name=f"room/{number:03d}", steps=(step,), about=kind)


def _shaped(
    random: np.random.Generator,
    number: int,
    decay_s: float,
    size_m: tuple[float, float],
    damping_hz: tuple[float, float],
    early: tuple[float, float],
) -> Step:
    size = _near(random, *size_m) if size_m[1] else 0.0
    return room.step(
        decay_s=decay_s,
        bass_decay=round(float(random.uniform(0.85, 1.4)), 3),
        damping_hz=_near(random, *damping_hz),
        size_m=size,
        pre_delay_s=round(0.0008 * size + float(random.uniform(0.0, 0.008)), 4),
        early_share=round(float(random.uniform(*early)), 3),
        low_cut_hz=_near(random, 40.0, 220.0),
        wet_db=0.0,
        dry_db=-200.0,
        seed=number,
    )


def _near(random: np.random.Generator, low: float, high: float) -> float:
    return float(f"{np.exp(random.uniform(np.log(low), np.log(high))):.4g}")
