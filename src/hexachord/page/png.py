"""Greyscale pictures as PNG, with nothing but zlib. ISO/IEC 15948:2004."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_EIGHT_BIT_GREY = (8, 0, 0, 0, 0)  # depth, colour type, compression, filter method, no interlace
_UP = 2  # each row is stored as its difference to the row above: neighbouring bins are alike


def png_bytes(picture: npt.NDArray[np.uint8]) -> bytes:
    """Encode a picture.

    Parameters
    ----------
    picture : (height, width) uint8, row 0 on top

    Examples
    --------
    >>> png_bytes(np.zeros((2, 3), np.uint8))[1:4]
    b'PNG'
    """
    if picture.ndim != 2 or picture.dtype != np.uint8 or 0 in picture.shape:
        raise ValueError(f"expected (height, width) uint8, not {picture.dtype} of shape {picture.shape}")
    height, width = picture.shape
    rows = np.empty((height, width + 1), dtype=np.uint8)
    rows[:, 0] = _UP
    rows[0, 1:] = picture[0]
    np.subtract(picture[1:], picture[:-1], out=rows[1:, 1:])  # modulo 256, as the format wants it
    header = struct.pack(">IIBBBBB", width, height, *_EIGHT_BIT_GREY)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
