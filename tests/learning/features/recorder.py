"""A step of a pipeline that remembers every row it was ever fitted on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import Float64Array
from hexachord.learning.features.transformer import Transformer


class Recorder(Transformer):
    """Writes down the first column of the rows that it is fitted on; `seen` is a list, which copies of it share by name."""

    books: dict[str, list[set[float]]] = {}  # noqa: RUF012  # by name, since scikit-learn copies the steps of a pipeline

    def __init__(self, book: str = "book") -> None:
        self.book = book

    def _learn(self, x: Float64Array, y: NDArray[Any] | None) -> None:
        self.books.setdefault(self.book, []).append(set(x[:, 0].tolist()))
        self.fitted_ = True

    def _apply(self, x: Float64Array) -> Float64Array:
        return np.array(x)
