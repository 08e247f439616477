"""What is wrong with a table before anything is learnt from it: missing numbers, columns that never change, outliers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.learning.features.table import FeatureTable
from hexachord.learning.features.transformer import rows_of

OUTLIER_IQR = 3.0
"""Outside the quartiles by more than so many quartile distances a number is extreme (J. Tukey's outer fence)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TableInspection:
    """What was found, by column.

    Attributes
    ----------
    names : (d,) of columns
    rows : how many
    missing : (d,) rows where the number is NaN or infinite
    outliers : (d,) rows beyond `OUTLIER_IQR`
    still : (d,) whether the column never changes
    row_outliers : (n,) columns in which a row is an outlier
    ids : (n,) of rows
    """

    names: tuple[str, ...]
    rows: int
    missing: Float64Array
    outliers: Float64Array
    still: Float64Array
    row_outliers: Float64Array
    ids: tuple[str, ...]

    def lines(self, *, most: int = 10) -> tuple[str, ...]:
        """Tell what is wrong, the worst first, in at most `most` lines of each kind; nothing where all is well."""
        found = _told(self.names, self.missing, f"of {self.rows} rows have no number; the mean of the training rows will stand there", most)
        still = [name for name, flag in zip(self.names, self.still, strict=True) if flag]
        if still:
            found.append(f"{len(still)} columns never change: {', '.join(still[:most])}{' ...' if len(still) > most else ''}")
        found += _told(self.names, self.outliers, f"of {self.rows} rows lie far outside the others", most)
        often = np.flatnonzero(self.row_outliers > 0.25 * len(self.names))
        found += [
            f"{self.ids[row]}: far outside in {int(self.row_outliers[row])} of {len(self.names)} columns: listen to it" for row in often
        ]
        return tuple(found)


def inspect_table(table: FeatureTable) -> TableInspection:
    """Look for missing numbers, columns that never change, and outliers."""
    there, far = np.isfinite(table.values), outliers(table.values)
    values = np.where(there, table.values, np.nan)
    still = np.zeros(len(table.names), dtype=bool)
    for column in range(len(table.names)):
        numbers = values[there[:, column], column]
        still[column] = len(numbers) > 0 and bool(np.ptp(numbers) <= 1e-12 * np.abs(numbers).max())
    return TableInspection(
        names=table.names,
        rows=len(table.ids),
        missing=np.asarray((~there).sum(axis=0), dtype=np.float64),
        outliers=np.asarray(far.sum(axis=0), dtype=np.float64),
        still=np.asarray(still, dtype=np.float64),
        row_outliers=np.asarray(far.sum(axis=1), dtype=np.float64),
        ids=table.ids,
    )


def outliers(x: Float64Array, *, fences: tuple[Float64Array, Float64Array] | None = None) -> Float64Array:
    """Say which numbers lie beyond the fences, (n, d) of 0 and 1; the fences are those of `x` itself when not given."""
    low, high = outer_fences(x) if fences is None else fences
    with np.errstate(invalid="ignore"):
        return np.asarray((x < low) | (x > high), dtype=np.float64)


def outer_fences(x: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Give the outer fences of each column, (d,) each; infinite where its quartiles coincide, since then every other number is outside."""
    values = rows_of(x)
    low, high = np.full(values.shape[1], -np.inf), np.full(values.shape[1], np.inf)
    for column in range(values.shape[1]):
        numbers = values[np.isfinite(values[:, column]), column]
        if len(numbers):
            lower, upper = np.percentile(numbers, [25, 75])
            if upper > lower:
                low[column], high[column] = lower - OUTLIER_IQR * (upper - lower), upper + OUTLIER_IQR * (upper - lower)
    return low, high


def _told(names: Sequence[str], counts: Float64Array, what: str, most: int) -> list[str]:
    worst = [column for column in np.argsort(-counts, kind="stable") if counts[column] > 0]
    lines = [f"{names[column]}: {int(counts[column])} {what}" for column in worst[:most]]
    if len(worst) > most:
        lines.append(f"... and {len(worst) - most} more columns like these")
    return lines
