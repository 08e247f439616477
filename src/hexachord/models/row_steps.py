"""A language model over rows, step by step and several candidates side by side.

What `hexachord.learning.deep.row_export` wrote runs here on onnxruntime and numpy. Keys and values of all that was read lie in buffers as
long as the context, which the graph reads and writes in place; each candidate has its own, and its own length. A row is one step, however
many fields it has: the network is asked once, then small products tell field after field.

**When the context is full** a candidate forgets: of all that it read, the rows that it was told to keep (the first ones: what was asked
for) and the last half of the rest are read anew, from position 0 on, as if the music had begun there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, IntArray
from hexachord.errors import InputError
from hexachord.models.networks import Network, open_network
from hexachord.models.row_adapter import open_adapted


@dataclass(frozen=True, kw_only=True, eq=False)
class RowHeads:
    """The small networks that tell the fields of a row.

    Attributes
    ----------
    sizes : how many values each field has
    first : (fields,) where the values of each field begin, when all lie in one table
    later : of each field, (values of the fields before it, head) what they add
    weight, bias : of each field, (head, values) and (values,)
    """

    sizes: tuple[int, ...]
    first: IntArray
    later: tuple[Float32Array, ...]
    weight: tuple[Float32Array, ...]
    bias: tuple[Float32Array, ...]

    @property
    def head(self) -> int:
        """Channels of what is said about one field."""
        return len(self.weight[0])


class RowSteps:
    """N candidates that are being written, one row of each at a time.

    Attributes
    ----------
    sizes : how many values each field of a row has
    candidates : how many are written side by side
    context : how many rows can be looked back
    vocabulary : what the rows mean, in JSON, as the model's file says
    lengths : (candidates,) how many rows of each lie in the buffers
    """

    def __init__(self, network: Network, heads: RowHeads, *, candidates: int = 1) -> None:
        if candidates < 1:
            raise ValueError(f"one candidate or more, not {candidates}")
        self._session, self._heads = network.session, heads
        self.sizes, self.candidates = heads.sizes, candidates
        self.vocabulary = network.metadata.get("vocabulary", "")
        buffers = [each for each in self._session.get_inputs() if each.name.startswith(("key_", "value_"))]
        _, head_count, self.context, width = buffers[0].shape
        self._buffers = {each.name: np.zeros((candidates, head_count, self.context, width), dtype=np.float32) for each in buffers}
        self.lengths = np.zeros(candidates, dtype=np.int64)
        self._keep = np.zeros(candidates, dtype=np.int64)
        self._history: list[list[IntArray]] = [[] for _ in range(candidates)]
        self._said = np.zeros((candidates, self.fields * heads.head), dtype=np.float32)
        self._step = _Call(self._session, self._buffers, rows=1, fields=self.fields, width=self._said.shape[1])

    @classmethod
    def open(cls, name: str | Path, *, heads: Path | None = None, adapter: Path | None = None, candidates: int = 1) -> "RowSteps":
        """Open a shipped model by name, or one by the path of its ONNX file.

        Parameters
        ----------
        heads : the file of the heads; None for ``NAME.npz`` beside ``NAME.onnx``
        adapter : a file of what the model learnt besides, see `hexachord.models.row_adapter`

        Raises
        ------
        InputError : if a file is missing, or is no such model, or the adapter is another model's.
        """
        network = open_network(name) if adapter is None else open_adapted(name, adapter)
        place = heads or network.path.with_suffix(".npz")
        sizes = network.metadata.get("field_sizes", "")
        if not place.is_file() or not sizes:
            found = "no language model over rows" if not sizes else f"no {place.name} beside it"
            raise InputError(network.path, found=found, expected="a model of hexachord compose")
        return cls(network, _open_heads(place, place.stat().st_mtime_ns, sizes), candidates=candidates)

    @property
    def fields(self) -> int:
        """How many fields a row has."""
        return len(self.sizes)

    @property
    def said(self) -> Float32Array:
        """What the network says after the last row of each candidate, (candidates, fields * head): from it the fields are told."""
        return self._said

    def begin(self, rows: IntArray | Sequence[IntArray], *, keep: int | Sequence[int] = 0) -> Float32Array:
        """Begin all candidates anew.

        Parameters
        ----------
        rows : (n, fields) that all of them read, one or more, or such rows for each; longer ones than the context are cut as above
        keep : how many of the first rows are never forgotten; at most a quarter of the context is

        Returns
        -------
        `said`
        """
        each = [rows] * self.candidates if isinstance(rows, np.ndarray) else list(rows)
        self._keep[:] = np.minimum(keep, self.context // 4)
        for candidate in range(self.candidates):
            if candidate and np.array_equal(each[candidate], each[0]) and self._keep[candidate] == self._keep[0]:
                self._copy(candidate)
            else:
                self.restart(candidate, np.asarray(each[candidate]))
        return self._said

    def restart(self, candidate: int, rows: IntArray) -> None:
        """Let one candidate forget everything and read rows, (n, fields), one or more; the others wait."""
        self.lengths[candidate], self._history[candidate] = 0, []
        self._read(candidate, rows)

    def feed(self, rows: IntArray | Sequence[IntArray]) -> Float32Array:
        """Let candidates read on.

        Parameters
        ----------
        rows : (candidates, fields), the next row of each, or for each as many as there are, (n, fields): several are read at once, and
            none waits

        Returns
        -------
        `said`
        """
        if isinstance(rows, np.ndarray):
            awake = [True] * self.candidates
        else:
            last = np.zeros((self.candidates, self.fields), dtype=np.int64)
            for candidate, several in enumerate(rows):
                if len(several) > 1:
                    self._read(candidate, several[:-1])
                if len(several):
                    last[candidate] = several[-1]
            rows, awake = last, [len(several) > 0 for several in rows]
        return self._feed_one(rows, awake) if any(awake) else self._said

    def _feed_one(self, rows: IntArray, awake: Sequence[bool]) -> Float32Array:
        """Let those that are awake read one row; what the others seem to read lies behind their end, and is written over."""
        for candidate, is_awake in enumerate(awake):
            if is_awake:
                if self.lengths[candidate] >= self.context:
                    self.restart(candidate, self._remembered(candidate))
                self._history[candidate].append(rows[candidate])
        said = self._step(rows[:, None], np.minimum(self.lengths + 1, self.context))[:, 0]
        self._said = said.copy() if all(awake) else np.where(np.array(awake)[:, None], said, self._said)
        self.lengths += np.array(awake)
        return self._said

    def _read(self, candidate: int, rows: IntArray) -> None:
        """Let one candidate read rows, one or more at once; the others wait."""
        self._history[candidate].extend(rows)
        if self.lengths[candidate] + len(rows) > self.context:
            rows = self._remembered(candidate)
            self.lengths[candidate], self._history[candidate] = 0, list(rows)
        first, count = int(self.lengths[candidate]), len(rows)
        own = {name: buffer[candidate : candidate + 1] for name, buffer in self._buffers.items()}
        call = _Call(self._session, own, rows=count, fields=self.fields, width=self._said.shape[1])
        said = call(rows[None], np.array([first + count]))
        self.lengths[candidate] += count
        self._said = self._said.copy()  # what was given out stays as it was
        self._said[candidate] = said[0, -1]

    def hear(self, rows: IntArray) -> Float32Array:
        """Read rows apart from all candidates, (n, fields), no more than the context holds.

        Returns
        -------
        What is said after each of them, (n, fields * head)
        """
        if not 0 < len(rows) <= self.context:
            raise ValueError(f"{len(rows)} rows do not fit a context of {self.context}")
        own = {name: np.zeros_like(buffer[:1]) for name, buffer in self._buffers.items()}
        call = _Call(self._session, own, rows=len(rows), fields=self.fields, width=self._said.shape[1])
        said: Float32Array = call(rows[None], np.array([len(rows)]))[0]
        return said

    def field_logits(self, field: int, chosen: IntArray, *, said: Float32Array | None = None) -> Float32Array:
        """Tell a field of the next row.

        Parameters
        ----------
        field : which one
        chosen : (candidates, field) the values of the fields before it
        said : what the network said; None for what it said last

        Returns
        -------
        (candidates, values) logits
        """
        heads, said = self._heads, self._said if said is None else said
        hidden = said[:, field * heads.head : (field + 1) * heads.head]
        if field:
            hidden = hidden + heads.later[field].take(chosen + heads.first[:field], axis=0).sum(axis=1)
        return np.asarray(np.maximum(hidden, 0.0) @ heads.weight[field] + heads.bias[field])

    def _copy(self, candidate: int) -> None:
        """Let a candidate have read what the first one has."""
        length = self.lengths[0]
        for buffer in self._buffers.values():
            buffer[candidate, :, :length] = buffer[0, :, :length]
        self.lengths[candidate], self._said[candidate] = length, self._said[0]
        self._history[candidate] = list(self._history[0])

    def _remembered(self, candidate: int) -> IntArray:
        """The rows with which a candidate begins anew when the context is full."""
        rows, keep = self._history[candidate], int(self._keep[candidate])
        last = min((self.context - keep) // 2, len(rows) - keep)
        return np.stack(rows[:keep] + rows[len(rows) - last :])


class _Call:
    """A run of the graph on bound memory: what is bound once may be run again and again."""

    def __init__(self, session: Any, buffers: dict[str, Float32Array], *, rows: int, fields: int, width: int) -> None:
        from onnxruntime import OrtValue

        count = len(next(iter(buffers.values())))
        self._rows = np.zeros((count, rows, fields), dtype=np.int64)
        self._last = np.zeros(count, dtype=np.int32)
        self._total = np.zeros((), dtype=np.int32)
        self._said = np.zeros((count, rows, width), dtype=np.float32)
        self._session, self._binding = session, session.io_binding()
        for name, array in (("rows", self._rows), ("last", self._last), ("total", self._total), *buffers.items()):
            self._binding.bind_ortvalue_input(name, OrtValue.ortvalue_from_numpy(array))
        for name, array in (("said", self._said), *((f"{name}_next", buffer) for name, buffer in buffers.items())):
            self._binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        self._buffers = buffers  # what is bound must live

    def __call__(self, rows: IntArray, lengths: IntArray) -> Float32Array:
        """Read rows, (candidates, rows, fields), after which the candidates have these lengths."""
        self._rows[:] = rows
        self._last[:] = lengths - 1
        self._total[...] = lengths.max()
        self._session.run_with_iobinding(self._binding)
        return self._said


@lru_cache(maxsize=4)
def _open_heads(path: Path, changed_ns: int, sizes: str) -> RowHeads:
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    values = tuple(int(each) for each in sizes.split())
    first = np.cumsum((0, *values))
    head = len(arrays["weight_0"])
    return RowHeads(
        sizes=values,
        first=first[:-1],
        later=tuple(
            np.ascontiguousarray(arrays["later"][: first[field], field * head : (field + 1) * head]) for field in range(len(values))
        ),
        weight=tuple(np.ascontiguousarray(arrays[f"weight_{field}"]) for field in range(len(values))),
        bias=tuple(arrays[f"bias_{field}"] for field in range(len(values))),
    )
