"""A dataset and a table of features, brought together: rows of numbers, the song each row speaks for, and what songs are.

What is divided by a split, trained on and judged is a *unit*: a track of the dataset. A unit has one row, or one for each of its pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.features.table import FeatureTable


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """Units and their rows.

    Attributes
    ----------
    names : (d,) of columns
    values : (m, d)
    unit : (m,) the unit that each row speaks for
    ids, songs, groups : (u,) of units: the track, what an interval draws, what stays on one side of an inner split
    targets : (u,) the number of a class, -1 where unknown; (u, classes) of 0 and 1 for multi-label data
    """

    names: tuple[str, ...]
    values: Float64Array
    unit: IntArray
    ids: tuple[str, ...]
    songs: tuple[str, ...]
    groups: tuple[str, ...]
    targets: IntArray

    @property
    def multi_label(self) -> bool:
        """Whether a unit may have several labels."""
        return self.targets.ndim == 2

    @property
    def has_rows(self) -> BoolArray:
        """Which units have features at all, (u,)."""
        return np.isin(np.arange(len(self.ids)), self.unit)

    def rows_of(self, units: IntArray) -> IntArray:
        """The rows that speak for these units, in order."""
        return np.flatnonzero(np.isin(self.unit, units))

    def take_columns(self, columns: Sequence[int]) -> "Examples":
        """Keep some columns."""
        return replace(self, names=tuple(self.names[column] for column in columns), values=self.values[:, list(columns)])


def bring_together(dataset: Dataset, table: FeatureTable, *, group: str, multi_label: bool | None = None) -> Examples:
    """Give each row of a table its track.

    Parameters
    ----------
    group : the kind of group that an inner split keeps together
    multi_label : whether targets are indicators; as the dataset says if None

    Raises
    ------
    InputError : if no track of the dataset has a row.
    """
    number = {name: index for index, name in enumerate(dataset.ids)}
    rows = [row for row, name in enumerate(table.ids) if name in number]
    if not rows:
        raise InputError(
            f"features of {dataset.name}",
            found="no row for any of its tracks",
            expected=f"ids such as {dataset.ids[0]!r}" if dataset.ids else "a dataset with tracks",
            next_step="extract the features of this dataset",
        )
    unit = np.array([number[table.ids[row]] for row in rows], dtype=np.int64)
    order = np.argsort(unit, kind="stable")
    several = dataset.multi_label if multi_label is None else multi_label
    return Examples(
        names=table.names,
        values=np.asarray(table.values, dtype=np.float64)[np.array(rows)[order]],
        unit=unit[order],
        ids=dataset.ids,
        songs=dataset.groups("song"),
        groups=dataset.groups(group),
        targets=dataset.indicators() if several else dataset.targets(),
    )


def block_columns(examples: Examples, blocks: Sequence[str]) -> list[int]:
    """Find the columns of these blocks, in their order in the table.

    Raises
    ------
    InputError : for a block that there is not.
    """
    there = {name.partition("/")[0] for name in examples.names}
    for block in blocks:
        if block not in there:
            raise InputError(f"features block {block!r}", found="no column of it", expected=", ".join(sorted(there)))
    return [column for column, name in enumerate(examples.names) if name.partition("/")[0] in blocks]


def mfcc_columns(examples: Examples) -> list[int]:
    """Find the means and standard deviations of MFCCs: what the oldest baseline of the field looks at."""
    found = []
    for column, name in enumerate(examples.names):
        parts = name.split("/")
        if len(parts) == 3 and parts[1].startswith("mfcc") and parts[2] in ("mean", "std"):
            found.append(column)
    return found
