"""A table of features: one row for each track, one named column for each number.

Names are paths of musical words, ``family/descriptor/statistic``: ``timbre/mfcc_03/mean``, ``rhythm/onset_rate/std``. What stands before
the first stroke is the column's block: fusion scales blocks, selection drops them, reports speak of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float64Array


@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureTable:
    """Rows of numbers with names on both sides.

    Attributes
    ----------
    ids : (n,) of tracks; the same id several times where a track was cut into pieces
    names : (d,) of columns
    values : (n, d) float64; NaN where something could not be measured
    times_s : (n,) where each piece begins; None where rows are whole tracks
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    values: Float64Array
    times_s: Float64Array | None = None

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.ids), len(self.names)):
            raise ValueError(f"values of shape {self.values.shape} under {len(self.names)} names and {len(self.ids)} ids")
        if len(set(self.names)) != len(self.names):
            raise ValueError("two columns share a name")

    @property
    def blocks(self) -> dict[str, tuple[int, ...]]:
        """The columns of each block, in order of their first."""
        found: dict[str, list[int]] = {}
        for column, name in enumerate(self.names):
            found.setdefault(name.partition("/")[0], []).append(column)
        return {block: tuple(columns) for block, columns in found.items()}

    def columns(self, names: Sequence[str]) -> "FeatureTable":
        """Keep these columns, in this order."""
        number = {name: column for column, name in enumerate(self.names)}
        return replace(self, names=tuple(names), values=self.values[:, [number[name] for name in names]])

    def rows(self, rows: Iterable[int]) -> "FeatureTable":
        """Keep these rows, in this order."""
        kept = list(rows)
        times = None if self.times_s is None else self.times_s[kept]
        return replace(self, ids=tuple(self.ids[row] for row in kept), values=self.values[kept], times_s=times)

    def in_order_of(self, ids: Sequence[str]) -> "FeatureTable":
        """Put the rows in the order of these ids; every row of an id is kept, in its own order.

        Raises
        ------
        KeyError : if an id has no row.
        """
        where: dict[str, list[int]] = {}
        for row, name in enumerate(self.ids):
            where.setdefault(name, []).append(row)
        return self.rows(row for name in ids for row in where[name])


def join_columns(tables: Sequence[FeatureTable]) -> FeatureTable:
    """Put tables of the same rows side by side.

    Raises
    ------
    ValueError : if their rows are not the same, or two columns share a name.
    """
    first = tables[0]
    if any(table.ids != first.ids for table in tables):
        raise ValueError("tables of different rows cannot stand side by side")
    return FeatureTable(
        ids=first.ids,
        names=tuple(name for table in tables for name in table.names),
        values=np.concatenate([table.values for table in tables], axis=1),
        times_s=first.times_s,
    )
