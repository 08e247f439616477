"""A writer of TensorFlow's tensor bundles, and a musicnn of random weights small enough for a test."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hexachord.learning.embedding.musicnn import BANDS

MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def block(entries: list[tuple[bytes, bytes]]) -> bytes:
    """Keys with their beginnings shared, one restart point, no compression."""
    out, last = b"", b""
    for key, value in entries:
        shared = next((at for at, (one, other) in enumerate(zip(last, key, strict=False)) if one != other), min(len(last), len(key)))
        out += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return out + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def write_bundle(folder: Path, tensors: Mapping[str, np.ndarray], *, per_block: int = 7) -> Path:
    """Write ``folder/.index`` and ``folder/.data-00000-of-00001``."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = {"float32": 1, "float64": 2, "int32": 3, "int64": 9}
    data, entries = b"", [(b"", b"\x08\x01")]
    for name in sorted(tensors):
        array = tensors[name]
        shape = b"".join(b"\x12" + varint(len(size)) + size for size in (b"\x08" + varint(length) for length in array.shape))
        raw = array.tobytes()
        entry = b"\x08" + varint(kinds[array.dtype.name]) + b"\x12" + varint(len(shape)) + shape
        entry += b"\x20" + varint(len(data)) + b"\x28" + varint(len(raw)) + b"\x35" + bytes(4)
        entries.append((name.encode(), entry))
        data += raw
    table, handles = b"", []
    for first in range(0, len(entries), per_block):
        part = block(entries[first : first + per_block])
        handles.append((entries[min(first + per_block, len(entries)) - 1][0], varint(len(table)) + varint(len(part))))
        table += part + b"\x00" + bytes(4)
    meta = block([])
    where = varint(len(table)) + varint(len(meta))
    table += meta + b"\x00" + bytes(4)
    index = block(handles)
    where += varint(len(table)) + varint(len(index))
    table += index + b"\x00" + bytes(4)
    (folder / ".index").write_bytes(table + where.ljust(40, b"\x00") + MAGIC)
    (folder / ".data-00000-of-00001").write_bytes(data)
    return folder


def small_musicnn(
    seed: int = 0, *, tall: int = 6, long: int = 3, middle: int = 4, numbers: int = 10, tags: int = 5
) -> dict[str, np.ndarray]:
    """Random weights by musicnn's names; some of training's own beside them."""
    random = np.random.default_rng(seed)
    features = 2 * tall + 3 * long
    pooled = 2 * (features + 3 * middle)
    kernels = [
        (7, 38, 1, tall), (7, 67, 1, tall), (128, 1, 1, long), (64, 1, 1, long), (32, 1, 1, long),
        (7, features, 1, middle), (7, middle, 1, middle), (7, middle, 1, middle),
    ]  # fmt: skip
    tensors: dict[str, np.ndarray] = {}

    def name(kind: str, number: int) -> str:
        return kind + (f"_{number}" if number else "")

    for number, shape in enumerate(kernels):
        tensors[f"{name('conv2d', number)}/kernel"] = random.normal(0, 1 / np.sqrt(np.prod(shape[:3])), shape)
        tensors[f"{name('conv2d', number)}/bias"] = random.normal(0, 0.1, shape[3])
    for number, shape in enumerate([(pooled, numbers), (numbers, tags)]):
        tensors[f"{name('dense', number)}/kernel"] = random.normal(0, 1 / np.sqrt(shape[0]), shape)
        tensors[f"{name('dense', number)}/bias"] = random.normal(0, 0.1, shape[1])
    for number, width in enumerate([1, tall, tall, long, long, long, middle, middle, middle, pooled, numbers]):
        here = name("batch_normalization", number)
        tensors[f"{here}/gamma"], tensors[f"{here}/moving_variance"] = random.uniform(0.5, 1.5, width), random.uniform(0.5, 1.5, width)
        tensors[f"{here}/beta"], tensors[f"{here}/moving_mean"] = random.normal(0, 0.2, width), random.normal(0, 0.2, width)
    tensors["conv2d/kernel/Adam"] = np.zeros(kernels[0])
    assert BANDS == 96
    return {key: value.astype(np.float32) for key, value in tensors.items()} | {"step": np.array(7, dtype=np.int64)}
