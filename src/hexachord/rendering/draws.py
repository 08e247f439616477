"""Drawing one of some things, and how fast."""

from typing import TypeVar

import numpy as np

from hexachord.rendering.music import BarLine
from hexachord.rendering.shelf import Shelf

_T = TypeVar("_T")


def pick(random: np.random.Generator, items: tuple[_T, ...], weights: tuple[float, ...] | None = None) -> _T:
    """Draw one of some items."""
    share = None if weights is None else np.array(weights) / np.sum(weights)
    return items[int(random.choice(len(items), p=share))]


def draw_name(random: np.random.Generator, shelf: Shelf, corpus: str) -> str:
    """Draw a piece of a corpus."""
    return pick(random, shelf.names(corpus))


_FASTEST_EIGHTHS = 120.0  # quarters a minute where eighths are beats: 240 of them


def draw_bpm(random: np.random.Generator, low: float, high: float, bar: BarLine) -> float:
    """Draw quarters a minute for a metre, evenly in the logarithm; dotted beats come about as often as plain ones would.

    Parameters
    ----------
    low, high : for beats of a quarter
    """
    quarter_bpm = float(np.exp(random.uniform(np.log(low), np.log(high))))
    if bar.beat_type == 8 and bar.beat < 1.0:
        return min(quarter_bpm, _FASTEST_EIGHTHS)
    return quarter_bpm * (1.25 if bar.beat > 1.0 and bar.beat_type == 8 else 1.0)
