"""Observations that are columns: of one length, and of the widths that they have in files."""

import numpy as np

from hexachord.arrays import Float64Array


def settle_columns(observation: object, names: tuple[str, ...]) -> None:
    """Give number columns the one width they have in files too, so that what is recalled computes like what was just found."""
    for name in names:
        value = getattr(observation, name)
        if not isinstance(value, tuple):
            object.__setattr__(observation, name, np.asarray(value, dtype=np.int64 if name == "position" else np.float64))
    lengths = {name: len(getattr(observation, name)) for name in names}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{type(observation).__name__}: columns differ in length: {lengths}")


def no_confidence(count: int) -> Float64Array:
    """Return a column of NaN."""
    return np.full(count, np.nan)


EMPTY: Float64Array = np.empty(0)
