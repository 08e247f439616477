"""TensorFlow's checkpoints read without TensorFlow: a table of names, and a file of numbers.

A "tensor bundle" is ``PREFIX.index``, a LevelDB table (blocks of keys that share beginnings, then a block that lists the blocks, then a
footer) whose values are small protocol buffers, and ``PREFIX.data-00000-of-00001``, the numbers as they lie in memory. Sources: LevelDB's
``table_format.md``; TensorFlow's ``tensor_bundle.proto`` and ``tensor_shape.proto``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_bytes

_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
_FOOTER = 48
_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8"}
_WHAT = "a TensorFlow checkpoint (PREFIX.index beside PREFIX.data-00000-of-00001)"

Tensors = dict[str, np.ndarray[Any, np.dtype[Any]]]


def read_bundle(prefix: str | Path) -> Tensors:
    """Read all tensors of a checkpoint, by name; training's own (Adam's) among them.

    Parameters
    ----------
    prefix : what both files begin with; a folder if that is all there is before ``.index``

    Raises
    ------
    InputError : if a file is missing, damaged, compressed, or in several shards.
    """
    index, data = bundle_files(prefix)
    table = read_bytes(index, what=_WHAT)
    numbers = read_bytes(data, what=_WHAT)
    found: Tensors = {}
    try:
        if table[-8:] != _MAGIC:
            raise ValueError("not a LevelDB table")
        _, at = _handle(table, len(table) - _FOOTER)
        listing, _ = _handle(table, at)
        for _, value in _entries(table, *listing):
            for key, entry in _entries(table, *_handle(value, 0)[0]):
                if key:  # the empty key describes the bundle
                    found[key.decode()] = _tensor(entry, numbers)
    except (IndexError, ValueError) as error:
        raise InputError(index, found=f"something that cannot be read ({error})", expected=_WHAT) from error
    return found


def bundle_files(prefix: str | Path) -> tuple[Path, Path]:
    """Return where index and numbers of a checkpoint lie."""
    path = Path(prefix)
    if path.is_dir():
        return path / ".index", path / ".data-00000-of-00001"
    return path.with_name(path.name + ".index"), path.with_name(path.name + ".data-00000-of-00001")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at


def _handle(data: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Where a block begins and how long it is, and where that is said no more."""
    offset, at = _varint(data, at)
    size, at = _varint(data, at)
    return (offset, size), at


def _entries(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block."""
    if table[offset + size] != 0:
        raise ValueError("it is compressed")
    block = table[offset : offset + size]
    if len(block) < size:
        raise ValueError("it is cut off")
    restarts = int.from_bytes(block[-4:], "little")
    end, at, key = size - 4 * (restarts + 1), 0, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + length]
        at += own + length


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Numbers and contents of the fields of a protocol buffer."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
        elif kind in (1, 2, 5):
            length = {1: 8, 5: 4}.get(kind, 0)
            if kind == 2:
                length, at = _varint(message, at)
            yield tag >> 3, message[at : at + length]
            at += length
        else:
            raise ValueError(f"a field of kind {kind}")


def _tensor(entry: bytes, numbers: bytes) -> np.ndarray[Any, np.dtype[Any]]:
    """The array that an entry speaks of."""
    plain: dict[int, Any] = {1: 0, 2: b"", 3: 0, 4: 0, 5: 0}
    plain.update(_fields(entry))
    if plain[3]:
        raise ValueError("it is in several shards")
    if plain[1] not in _TYPES:
        raise ValueError(f"numbers of type {plain[1]}")
    shape = tuple(int(dict(_fields(size)).get(1, 0)) for field, size in _fields(plain[2]) if field == 2 and isinstance(size, bytes))
    raw = numbers[plain[4] : plain[4] + plain[5]]
    return np.frombuffer(raw, dtype=_TYPES[plain[1]]).reshape(shape)
