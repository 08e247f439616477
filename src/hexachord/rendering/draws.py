"""Drawing one of some things."""

from typing import TypeVar

import numpy as np

from hexachord.rendering.shelf import Shelf

_T = TypeVar("_T")


def pick(random: np.random.Generator, items: tuple[_T, ...], weights: tuple[float, ...] | None = None) -> _T:
    """Draw one of some items."""
    share = None if weights is None else np.array(weights) / np.sum(weights)
    return items[int(random.choice(len(items), p=share))]


def draw_name(random: np.random.Generator, shelf: Shelf, corpus: str) -> str:
    """Draw a piece of a corpus."""
    return pick(random, shelf.names(corpus))
