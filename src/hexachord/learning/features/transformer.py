"""What the steps between a table and a model have in common: fitted on rows to learn from, then applied to any.

They stand in scikit-learn's pipelines, which fit them once for each fold, on its training side: none has a way to look at other rows.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hexachord.arrays import BoolArray, Float64Array
from hexachord.learning.estimators.base import Estimator

S = TypeVar("S", bound="Transformer")


class Transformer(Estimator):
    """Base of what turns rows into rows; what it learns from the training rows ends in ``_``."""

    estimator_kind = "transformer"
    n_features_in_: int

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=["float64"]),
            input_tags=InputTags(allow_nan=True),
        )

    def fit(self: S, x: ArrayLike, y: ArrayLike | None = None) -> S:
        """Learn from the training rows, and from nothing else.

        Parameters
        ----------
        x : (n, d); NaN where something could not be measured
        y : (n,) classes, for those that look at them

        Raises
        ------
        ValueError : if there are no rows, or no classes where they are needed.
        """
        values = rows_of(x)
        if not len(values):
            raise ValueError(f"{type(self).__name__} cannot be fitted on no rows")
        self.n_features_in_ = values.shape[1]
        self._learn(values, None if y is None else np.asarray(y))
        return self

    def transform(self, x: ArrayLike) -> Float64Array:
        """Apply what was learnt to rows, (n, d).

        Raises
        ------
        ValueError : if it has not been fitted, or on rows of another width.
        """
        values = rows_of(x)
        if not self.__sklearn_is_fitted__():
            raise ValueError(f"{type(self).__name__} has to be fitted on training rows first")
        if values.shape[1] != self.n_features_in_:
            raise ValueError(f"{type(self).__name__} was fitted on {self.n_features_in_} columns and is given {values.shape[1]}")
        return self._apply(values)

    def fit_transform(self, x: ArrayLike, y: ArrayLike | None = None) -> Float64Array:
        """Learn from the training rows and apply it to them."""
        return self.fit(x, y).transform(x)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Name the columns that come out, (d,), as scikit-learn asks for them."""
        if input_features is None:
            input_features = [f"x{column}" for column in range(self.n_features_in_)]
        return np.asarray(input_features, dtype=object)

    @abstractmethod
    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None: ...

    @abstractmethod
    def _apply(self, x: Float64Array) -> Float64Array: ...


class Selector(Transformer):
    """Base of what keeps some columns: those in `support_`, (d,)."""

    support_: BoolArray

    def kept(self, names: Sequence[str]) -> tuple[str, ...]:
        """Name the columns that were kept."""
        return tuple(str(name) for name in self.get_feature_names_out(names))

    def get_support(self, indices: bool = False) -> NDArray[Any]:
        """Say which columns are kept, (d,) of bool, or their numbers."""
        return np.flatnonzero(self.support_) if indices else self.support_

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[Any]:
        """Name the columns that are kept."""
        names: NDArray[Any] = super().get_feature_names_out(input_features)[self.support_]
        return names

    def _apply(self, x: Float64Array) -> Float64Array:
        return x[:, self.support_]

    def _keep(self, support: BoolArray, order: Float64Array) -> None:
        """Keep these columns; where that is none, the first in `order` (highest), since a model needs something."""
        if not support.any():
            support = np.zeros(len(support), dtype=bool)
            support[int(np.argmax(np.nan_to_num(order, nan=-np.inf)))] = True
        self.support_ = support


def rows_of(x: ArrayLike) -> Float64Array:
    """Take rows as (n, d) float64.

    Raises
    ------
    ValueError : if they have another number of dimensions.
    """
    values = np.asarray(x, dtype=np.float64)
    if values.ndim != 2:
        raise ValueError(f"rows of features have two dimensions, not {values.ndim}")
    return values


def classes_of(y: NDArray[Any] | None, owner: Transformer) -> NDArray[Any]:
    """Take the classes that a step needs.

    Raises
    ------
    ValueError : if there are none, or they are not one for each row.
    """
    if y is None or y.ndim != 1:
        raise ValueError(f"{type(owner).__name__} needs one class for each training row")
    return y
