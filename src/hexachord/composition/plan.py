"""A plan: what is given, which parts are to be filled in which bars, and what must hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.composition.clips import Clip
from hexachord.composition.controls import FILLED_PART, GIVEN_PART, MIXED_PART, Controls
from hexachord.composition.vocabulary import CHORD, GRID, Vocabulary
from hexachord.errors import InputError

Allow = Callable[[int, int], BoolArray]
"""Says for a bar and a role which notes may be written: (128,) pitches, or (places of the bar, 128)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """What is to be composed.

    Attributes
    ----------
    clip : bars, parts, and the notes and chords that are given: nothing else stands in it
    fill : (bars, roles) which roles are to be written in which bars
    controls : what is said beforehand
    reminders : (bar, earlier bar): before the one is filled, the other is read out again
    recall : (bar, other bar, likeness): what is written in the one is drawn towards what stands in the other
        (`hexachord.composition.recalling`)
    allow : what may be written where; everything when None
    most : role → how many notes of it may sound at once
    grid : (24,) at which places of a quarter notes may begin; all when None
    velocities : whether notes get a velocity
    least : bar → notes that it must get, as far as there is room; one that still sounds into it counts
    limit : bar → notes that it may get
    look : bars ahead that are told
    begins, bars_after, first_number : as `hexachord.composition.encode.encode` takes them
    """

    clip: Clip
    fill: BoolArray
    controls: Controls = Controls()
    reminders: tuple[tuple[int, int], ...] = ()
    recall: tuple[tuple[int, int, float], ...] = ()
    allow: Allow | None = None
    most: Mapping[int, int] = field(default_factory=dict)
    grid: BoolArray | None = None
    velocities: bool = True
    least: Mapping[int, int] = field(default_factory=dict)
    limit: Mapping[int, int] = field(default_factory=dict)
    look: int | None = None
    begins: bool | None = True
    bars_after: int | None = 0
    first_number: int = 0

    def states(self) -> dict[int, int]:
        """Say for every role whether it is given, filled or both."""
        given = set(np.unique(self.clip.notes["role"]).tolist()) | ({CHORD} if len(self.clip.chords) else set())
        wanted = set(np.flatnonzero(self.fill.any(axis=0)).tolist())
        return {
            role: MIXED_PART if role in given & wanted else FILLED_PART if role in wanted else GIVEN_PART for role in sorted(given | wanted)
        }


def checked(plan: Plan, *, vocabulary: Vocabulary) -> Plan:
    """Look for wishes that cannot be met, before anything is composed.

    Raises
    ------
    InputError : if there are no bars, if nothing is to be filled, if a bar is too long or a metre cannot be written, if the bars are fewer
        than the given notes need, or if a role may write no note at all in a bar it is to fill.
    """
    count = len(plan.clip.bars)
    if count == 0:
        raise InputError("the plan", found="no bars", expected="one bar at least", next_step="say how many bars to compose")
    if plan.fill.shape != (count, len(vocabulary.roles)):
        raise ValueError(f"fill is (bars, roles), {(count, len(vocabulary.roles))}, not {plan.fill.shape}")
    if not plan.fill.any():
        raise InputError("the locks", found="everything locked", expected="something left to compose", next_step="lock less")
    longest = int(plan.clip.lengths.max())
    if longest > vocabulary.max_quarters * GRID:
        found = f"a bar of {longest / GRID:g} quarters"
        raise InputError("the plan", found=found, expected=f"bars of {vocabulary.max_quarters} quarters at most", next_step="split the bar")
    outside = (plan.clip.notes["bar"] >= count) | (plan.clip.notes["bar"] < 0)
    if outside.any():
        raise ValueError("given notes lie outside the bars")
    if plan.allow is not None:
        for bar, role in np.argwhere(plan.fill).tolist():
            if role != CHORD and not np.any(plan.allow(bar, role)):
                name = vocabulary.roles[role]
                found = f"no note that {name} may play in bar {bar + 1}"
                raise InputError("the constraints", found=found, expected="at least one", next_step="widen the range or the scale")
    return plan
