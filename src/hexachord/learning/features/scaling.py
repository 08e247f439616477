"""Scaling of columns (and of rows): learnt from training rows, applied to any, saved as JSON.

Values equal those of scikit-learn's scalers and of LIBSVM's ``svm-scale`` where they do the same; missing numbers are left out in learning
and stay missing.
"""

import json
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.learning.features.transformer import Transformer, rows_of

Scaling = Literal["z-score", "min-max", "robust", "unit-length", "svm-scale", "none"]
FORMAT = "hexachord-scaler"
_STILL = 1e-12  # relative to its mean a column that varies less than this varies by rounding only


class Scaler(Transformer):
    """Scale rows: ``(x - centre_) / width_`` column by column, or each row to length 1.

    Parameters
    ----------
    kind : ``z-score`` (mean 0, deviation 1), ``min-max`` (the training rows span 0 to 1), ``robust`` (median 0, quartiles 1 apart),
        ``unit-length`` (each row divided by its Euclidean length; nothing is learnt), ``svm-scale`` (the training rows span `low` to
        `high`, and columns that never change become 0, as LIBSVM's program does) or ``none``
    low, high : the span of ``min-max`` and ``svm-scale``; 0 to 1, or -1 to 1 as usual there, when not given

    Attributes
    ----------
    centre_, width_ : (d,) learnt from the training rows; a column that never changes has width 0 and is moved only

    Examples
    --------
    >>> scaler = Scaler("min-max").fit([[0.0, 5.0], [10.0, 5.0]])
    >>> scaler.transform([[5.0, 5.0], [20.0, 6.0]]).tolist()
    [[0.5, 0.0], [2.0, 1.0]]
    """

    centre_: Float64Array
    width_: Float64Array

    def __init__(self, kind: Scaling = "z-score", low: float | None = None, high: float | None = None) -> None:
        self.kind = kind
        self.low = low
        self.high = high

    def inverse_transform(self, x: ArrayLike) -> Float64Array:
        """Undo the scaling of rows, (n, d).

        Raises
        ------
        ValueError : for kinds that cannot be undone.
        """
        if self.kind in ("unit-length", "svm-scale"):
            raise ValueError(f"{self.kind} cannot be undone")
        low, spread = self._span()
        values: Float64Array = (rows_of(x) - low) / spread * self._divisor() + self.centre_
        return values

    def to_plain(self) -> dict[str, Any]:
        """Give it as plain data, for JSON."""
        return {
            "format": FORMAT,
            "schema_version": 1,
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "centre": [None if np.isnan(value) else value for value in self.centre_.tolist()],
            "width": [None if np.isnan(value) else value for value in self.width_.tolist()],
        }

    @classmethod
    def from_plain(cls, plain: Any, *, source: str | Path = "a scaler") -> "Scaler":
        """Make one from plain data.

        Raises
        ------
        InputError : if it is not what `to_plain` gives.
        """
        try:
            if plain["format"] != FORMAT or plain["schema_version"] != 1:
                raise ValueError("another format")
            scaler = cls(plain["kind"], plain["low"], plain["high"])
            scaler.centre_, scaler.width_ = (
                np.array([np.nan if value is None else value for value in plain[name]], dtype=np.float64) for name in ("centre", "width")
            )
            scaler._span()
            if scaler.centre_.shape != scaler.width_.shape:
                raise ValueError("centre and width of different lengths")
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(source, found=f"no scaler ({error})", expected="what hexachord wrote", next_step="fit it again") from error
        scaler.n_features_in_ = len(scaler.centre_)
        return scaler

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        self._span()
        if self.kind in ("none", "unit-length"):
            self.centre_, self.width_ = np.zeros(x.shape[1]), np.ones(x.shape[1])
        elif self.kind == "z-score":
            self.centre_, width = _over_rows(np.nanmean, x), _over_rows(np.nanstd, x)
            self.width_ = np.where(width <= _STILL * np.abs(self.centre_), 0.0, width)
        elif self.kind == "robust":
            self.centre_ = _over_rows(np.nanmedian, x)
            lower, upper = _over_rows(partial(np.nanpercentile, q=[25, 75]), x)
            self.width_ = upper - lower
        else:
            self.centre_ = _over_rows(np.nanmin, x)
            self.width_ = _over_rows(np.nanmax, x) - self.centre_

    def _apply(self, x: Float64Array) -> Float64Array:
        if self.kind == "unit-length":
            length = np.sqrt(np.nansum(np.square(x), axis=1, keepdims=True))
            return np.asarray(x / np.where(length > 0, length, 1.0))
        low, spread = self._span()
        scaled: Float64Array = (x - self.centre_) / self._divisor() * spread + low
        if self.kind == "svm-scale":
            scaled = np.where(self.width_ == 0, 0.0, scaled)
        return scaled

    def _divisor(self) -> Float64Array:
        return np.where(self.width_ == 0, 1.0, self.width_)

    def _span(self) -> tuple[float, float]:
        """Lower end and length of what the training rows become."""
        if self.kind not in get_args(Scaling):
            raise ValueError(f"{self.kind!r} is no scaling; there are {', '.join(get_args(Scaling))}")
        if self.kind not in ("min-max", "svm-scale"):
            return 0.0, 1.0
        low = self.low if self.low is not None else (-1.0 if self.kind == "svm-scale" else 0.0)
        high = self.high if self.high is not None else 1.0
        if not low < high:
            raise ValueError(f"nothing lies between {low:g} and {high:g}")
        return low, high - low


def save_scaler(scaler: Scaler, path: str | Path) -> Path:
    """Write a scaler as JSON.

    Raises
    ------
    OutputError : if it cannot be written.
    """
    return write_text(path, json.dumps(scaler.to_plain(), indent=1, allow_nan=False) + "\n")


def load_scaler(path: str | Path) -> Scaler:
    """Read a scaler that `save_scaler` wrote.

    Raises
    ------
    InputError : if it is missing, or none.
    """
    try:
        plain = json.loads(read_text(path, what="a scaler in JSON"))
    except ValueError as error:
        raise InputError(path, found="no JSON", expected="a scaler that hexachord wrote", next_step="fit it again") from error
    return Scaler.from_plain(plain, source=path)


def _over_rows(statistic: Callable[..., Any], x: Float64Array) -> Float64Array:
    """Apply a NaN-safe statistic to each column; infinite numbers are missing too, and a column without numbers gives NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found: Float64Array = statistic(np.where(np.isfinite(x), x, np.nan), axis=0)
    return found
