"""Drawing instruments at random within taste: each number of a recipe says how far it may stray."""

from dataclasses import field as dataclass_field
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

import numpy as np

Recipe = TypeVar("Recipe")


def spread(value: float, *, times: float = 1.0, plus: float = 0.0, low: float = -np.inf, high: float = np.inf) -> float:
    """A number of a recipe that may be drawn up to `times` as high or as low, and `plus` above or below, within `low` .. `high`."""
    return dataclass_field(default=value, metadata={"times": times, "plus": plus, "low": low, "high": high})


def varied(recipe: Recipe, *, variation: float, rng: np.random.Generator) -> Recipe:
    """The recipe with its numbers drawn around their own values; none moves at a `variation` of 0, all as far as taste goes at 1.

    A number at 0 that may only be multiplied stays there, so what a sound has not got it does not get.
    """
    if variation <= 0:
        return recipe
    drawn: dict[str, float] = {}
    for field in fields(cast(Any, recipe)):
        if "times" not in field.metadata:
            continue
        taste = field.metadata
        stray = variation * float(np.clip(rng.normal(0.0, 0.55), -1.0, 1.0))
        value = getattr(recipe, field.name) * taste["times"] ** stray
        drawn[field.name] = float(np.clip(value + taste["plus"] * variation * float(rng.uniform(-1, 1)), taste["low"], taste["high"]))
    return replace(cast(Any, recipe), **drawn)  # type: ignore[no-any-return]
