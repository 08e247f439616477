"""Who hears what when: training first, then the items, with attention checks and hidden repeats strewn in.

Each annotator has a plan of their own, drawn from the project's seed and their name, so that what comes early or late, fresh or tired, is
another item for everyone.
"""

import hashlib
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from hexachord.learning.annotation.project import Project

Role = Literal["training", "attention", "item", "repeat"]
ROLES: tuple[Role, ...] = ("training", "attention", "item", "repeat")
_APART = 10  # items between a hidden repeat and its first time, where there are that many: what was just heard is remembered


class Planned(NamedTuple):
    """One step of a plan: the item's number, and why it is there."""

    item: int
    role: Role


def make_plan(
    project: Project, *, annotator: str, items: Sequence[int], training: Sequence[int], attention: Sequence[int], ranked: Sequence[int] = ()
) -> tuple[Planned, ...]:
    """Plan an annotator's way.

    Parameters
    ----------
    project : its order, its share of repeats, its seed
    annotator : their name
    items, training, attention : the numbers of the items of each kind, as listed
    ranked : for the order ``active``: numbers of items, the most worth asking first; those it does not name come last, at random

    Returns
    -------
    Steps, each main item once as ``item``; the same project, annotator and ranks give the same plan
    """
    random = random_of(project, annotator)
    order = list(items)
    if project.order == "random":
        order = [order[i] for i in random.permutation(len(order))]
    elif project.order == "active":
        known = set(order)
        first = [item for item in dict.fromkeys(ranked) if item in known]
        rest = [item for item in order if item not in set(first)]
        order = first + [rest[i] for i in random.permutation(len(rest))]
    steps = [Planned(item, "item") for item in order]
    steps = _with_repeats(steps, share=project.repeats, random=random)
    checks = [attention[i] for i in random.permutation(len(attention))]
    for number, item in enumerate(checks):  # evenly spread, then moved a little, so that nobody can count
        part = len(steps) / len(checks)
        steps.insert(min(len(steps), round((number + random.uniform(0.25, 0.75)) * part) + number), Planned(item, "attention"))
    return (*(Planned(item, "training") for item in training), *steps)


def random_of(project: Project, annotator: str) -> np.random.Generator:
    """The chance of one annotator in one project."""
    digest = hashlib.sha256(f"{project.seed}\0{annotator}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _with_repeats(steps: list[Planned], *, share: float, random: np.random.Generator) -> list[Planned]:
    count = round(share * len(steps))
    if not count or len(steps) < 2:
        return steps
    apart = min(_APART, max(1, len(steps) // 2))
    # what comes last has nothing after it to hide behind: it is repeated only where nearly everything is
    chosen = sorted(random.choice(max(count, len(steps) - apart), size=count, replace=False).tolist())
    # a repeat comes after its first time and `apart` more, anywhere between there and twice as far: early ones are early
    later = [(first + apart + random.uniform(0.0, apart), Planned(steps[first].item, "repeat")) for first in chosen]
    timed = [(float(place), step) for place, step in enumerate(steps)] + later
    return [step for _, step in sorted(timed, key=lambda pair: pair[0])]
