"""Arrays in a safetensors file, read and written with numpy alone.

The format: eight bytes that say how long the header is, the header in JSON (of each array its type, shape and place, and words about all
of them), then the arrays (https://github.com/huggingface/safetensors). Nothing in it can be run.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.errors import InputError
from hexachord.files import read_bytes, write_bytes

_KINDS = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U8": "|u1", "BOOL": "|b1"}
_NAMES = {np.dtype(kind): name for name, kind in _KINDS.items()}
Arrays = dict[str, np.ndarray[Any, Any]]


def read_tensors(path: str | Path, *, what: str = "arrays (.safetensors)") -> tuple[Arrays, dict[str, str]]:
    """Read arrays and the words about them.

    Parameters
    ----------
    what : what the file should have been, for the error

    Raises
    ------
    InputError : if there is no such file, or it is another one.
    """
    data = read_bytes(path, what=what)
    try:
        begin = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:begin])
        words = header.pop("__metadata__", {})
        arrays = {}
        for name, about in header.items():
            first, last = (begin + place for place in about["data_offsets"])
            if last > len(data):
                raise ValueError("it ends too early")
            arrays[name] = np.frombuffer(data[first:last], dtype=_KINDS[about["dtype"]]).reshape(about["shape"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(path, found=f"something else ({error})", expected=what) from error
    return arrays, words


def write_tensors(path: str | Path, arrays: Mapping[str, np.ndarray[Any, Any]], words: Mapping[str, str]) -> Path:
    """Write arrays and words about them; the same ones make the same bytes."""
    header: dict[str, Any] = {"__metadata__": dict(words)}
    parts: list[bytes] = []
    at = 0
    for name in sorted(arrays):
        part = np.ascontiguousarray(arrays[name]).tobytes()
        header[name] = {"dtype": _NAMES[arrays[name].dtype], "shape": list(arrays[name].shape), "data_offsets": [at, at + len(part)]}
        parts.append(part)
        at += len(part)
    told = json.dumps(header, ensure_ascii=False).encode()
    told += b" " * (-len(told) % 8)
    return write_bytes(path, len(told).to_bytes(8, "little") + told + b"".join(parts))
