"""What a page carries beside its JSON: pictures, sounds and files, each in a script element of its own, base64.

A blob is bytes or a file on disk; files are read piece by piece while the page is written, so that they are never in memory whole.
"""

import base64
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PIECE_BYTES = 3 << 18  # a multiple of three: pieces of base64 then join without padding between them


@dataclass(frozen=True)
class Blob:
    """Bytes under the id of the element that will hold them."""

    element: str
    content: bytes | Path

    @property
    def size(self) -> int:
        """How many bytes it has before base64."""
        return self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)

    def base64_pieces(self) -> Iterator[bytes]:
        """Yield the content in base64, piece by piece.

        Examples
        --------
        >>> list(Blob("a", b"sound").base64_pieces())
        [b'c291bmQ=']
        """
        if isinstance(self.content, Path):
            with open(self.content, "rb") as file:
                while piece := file.read(_PIECE_BYTES):
                    yield base64.b64encode(piece)
        else:
            for at in range(0, len(self.content), _PIECE_BYTES):
                yield base64.b64encode(self.content[at : at + _PIECE_BYTES])


@dataclass
class BlobBox:
    """Collects the blobs of a page under ids that are told apart."""

    blobs: list[Blob] = field(default_factory=list)

    def add(self, element: str, content: bytes | Path) -> str:
        """Add one; returns its id, numbered if there is one of that name."""
        taken = {blob.element for blob in self.blobs}
        name, number = element, 1
        while name in taken:
            number += 1
            name = f"{element}-{number}"
        self.blobs.append(Blob(name, content))
        return name

    @property
    def page_bytes(self) -> int:
        """What they take in the page, in base64."""
        return sum((blob.size + 2) // 3 * 4 for blob in self.blobs)


def gzipped(data: bytes) -> bytes:
    """Compress, the same bytes for the same data."""
    return gzip.compress(data, compresslevel=9, mtime=0)
