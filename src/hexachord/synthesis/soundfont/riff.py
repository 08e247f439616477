"""RIFF: a file of chunks with four letters and a length each, read without trusting any length."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_HEADER_BYTES = 8


class Chunk(NamedTuple):
    """A chunk's letters, its bytes as they are in the file, and the length it claims."""

    name: str
    data: Bytes
    declared_bytes: int

    @property
    def is_whole(self) -> bool:
        """Whether the file holds all the bytes that the chunk claims."""
        return len(self.data) == self.declared_bytes


def chunks(data: Bytes) -> Iterator[Chunk]:
    """Walk the chunks that lie in `data` one after another; the last one may be cut off."""
    position = 0
    while position + _HEADER_BYTES <= len(data):
        name = four_letters(data[position : position + 4])
        declared = int.from_bytes(data[position + 4 : position + 8].tobytes(), "little")
        position += _HEADER_BYTES
        yield Chunk(name, data[position : position + declared], declared)
        position += declared
        if declared % 2 and position < len(data) and data[position] == 0:  # the padding that some writers leave out
            position += 1


def four_letters(data: Bytes) -> str:
    """The name that the first four bytes spell."""
    return data[:4].tobytes().decode("latin-1")


def pack(name: str, *parts: bytes) -> bytes:
    """Put parts into a chunk, padded to an even length."""
    body = b"".join(parts)
    return name.encode("ascii") + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
