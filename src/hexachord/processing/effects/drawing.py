"""Chance with taste: what the random chains draw their numbers from."""

from collections.abc import Collection
from typing import Literal

import numpy as np

Taste = Literal["clean", "usual", "rough"]
"""``clean``: hardly more than level and room; ``rough``: everything more often and further."""

AMOUNT: dict[str, float] = {"clean": 0.35, "usual": 1.0, "rough": 1.6}
"""How much more or less often than usual."""


class Draw:
    """Chances and ranges, scaled by taste; what belongs to a family that is not allowed never happens."""

    def __init__(self, rng: np.random.Generator, *, amount: float, families: Collection[str]) -> None:
        self._rng, self.amount, self._families = rng, amount, frozenset(families)

    def allows(self, *families: str) -> bool:
        """Whether all of these families may be used."""
        return self._families.issuperset(families)

    def chance(self, usual: float, *families: str) -> bool:
        """Whether something happens that usually happens so often, and needs these families."""
        return bool(self._rng.random() < 1 - (1 - min(usual, 0.98)) ** self.amount) and self.allows(*families)

    def between(self, low: float, high: float) -> float:
        """A number of a range."""
        return float(round(self._rng.uniform(low, high), 4))

    def near(self, low: float, high: float) -> float:
        """A frequency or a time: as likely in each octave."""
        return float(f"{np.exp(self._rng.uniform(np.log(low), np.log(high))):.4g}")

    def bend_db(self, spread: float) -> float:
        """Up or down, mostly a little."""
        return float(np.clip(round(self._rng.normal(0.0, spread * self.amount), 2), -12.0, 12.0))

    def seed(self) -> int:
        """A seed for an effect."""
        return int(self._rng.integers(0, 2**31 - 1))

    def pick(self, *choices: str, weights: tuple[float, ...] = ()) -> str:
        """One of several."""
        share = np.asarray(weights or (1.0,) * len(choices))
        return choices[int(self._rng.choice(len(choices), p=share / share.sum()))]
