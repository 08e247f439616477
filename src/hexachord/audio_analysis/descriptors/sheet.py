"""The sheet that families write their columns on."""

from collections.abc import Mapping

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.audio_analysis.descriptors.catalogue import CATALOGUE


class Sheet:
    """Named columns of one matrix, and numbers for the whole recording; what does not belong to the chosen families is not kept.

    Parameters
    ----------
    frames : rows of the matrix
    families : what is wanted
    """

    def __init__(self, frames: int, families: tuple[str, ...]) -> None:
        self.families = families
        self.names: list[str] = []
        self._where: dict[str, slice] = {}
        for entry in CATALOGUE.values():
            if not entry.song and entry.family in families:
                self._where[entry.name] = slice(len(self.names), len(self.names) + len(entry.columns))
                self.names.extend(entry.columns)
        self.values: Float32Array = np.zeros((frames, len(self.names)), dtype=np.float32)
        self._song: dict[str, float] = {}

    def wants(self, *families: str) -> bool:
        """Whether any of these families was asked for."""
        return any(family in self.families for family in families)

    def put(self, name: str, values: FloatArray, *, first: int = 0) -> None:
        """Write a descriptor's values, (m,) or (m, columns), from row `first` on; nothing if its family is not wanted."""
        where = self._where.get(name)
        if where is not None:
            self.values[first : first + len(values), where] = values if values.ndim == 2 else values[:, None]

    def columns(self, name: str) -> Float32Array | None:
        """View a descriptor's columns, to be filled in place; None if its family is not wanted."""
        where = self._where.get(name)
        return None if where is None else self.values[:, where]

    def put_song(self, name: str, value: float | FloatArray) -> None:
        """Write a number (or a descriptor's set of numbers) for the whole recording; what could not be measured is 0."""
        entry = CATALOGUE[name]
        if entry.family in self.families:
            numbers = np.atleast_1d(np.asarray(value, dtype=np.float64)).ravel()
            finite = np.where(np.isfinite(numbers), numbers, 0.0)
            self._song.update(zip(entry.columns, finite.tolist(), strict=True))

    @property
    def song(self) -> Mapping[str, float]:
        """The numbers for the whole recording in the order of the catalogue."""
        return {
            column: self._song[column] for entry in CATALOGUE.values() for column in entry.columns if entry.song and column in self._song
        }
