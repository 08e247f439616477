"""A split: which tracks a model learns from, is tuned on, and is judged by.

Rows are numbers into the dataset's tracks; a split is only that, so it can be written down, compared and repeated.
"""

from dataclasses import dataclass, field

import numpy as np

from hexachord.arrays import IntArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Fold:
    """One division of a dataset: rows to learn from, to be judged by, and (where there are any) to choose by."""

    train: IntArray
    test: IntArray
    valid: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __post_init__(self) -> None:
        whole = np.concatenate([self.train, self.valid, self.test])
        if len(np.unique(whole)) != len(whole):
            raise ValueError("a row stands on two sides of a fold")


@dataclass(frozen=True, kw_only=True, eq=False)
class Split:
    """How a dataset is divided, and by what rule.

    Attributes
    ----------
    rule : in words for the report: ``5 folds by album, seed 0``
    kind : ``hold-out``, ``k-fold``, ``repeated``, ``leave-one-group-out`` or ``given``
    group : the kind of group that is kept together (``song``, ``album``, ``artist`` ...); ``chunk`` where nothing is
    folds : at least one
    seed : of the drawing
    leaks_on_purpose : whether the user said that pieces of one song may stand on both sides
    """

    rule: str
    kind: str
    group: str
    folds: tuple[Fold, ...]
    seed: int = 0
    leaks_on_purpose: bool = False

    @property
    def whole(self) -> str:
        """The kind of group that stays whole inside a training side, too: the split's own, but never less than a song."""
        return self.group if self.group not in ("", "chunk") else "song"
