"""Networks shipped as ONNX: opened once, run on one thread, over inputs of any length in bounded memory.

Our networks look a limited way to either side (their reach), so a long input is cut into blocks that overlap by that much; what comes out
of the middle of each block is what the whole would have given. A network that was exported with its reach says so in its metadata
(``reach``, in frames); the caller may say it otherwise.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array, FloatArray
from hexachord.errors import InputError

BLOCK_FRAMES = 8192
REACH_FRAMES = 1100  # of a network that does not say: nine dilated convolutions of kernel five see 1022

_NONE: Mapping[str, np.ndarray[Any, Any]] = MappingProxyType({})
Read = Callable[[int, int], Float32Array]
"""Gives input frames ``first`` to ``last`` as (frames, bins) float32."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Network:
    """An open network: (1, frames, bins) in, one or several (1, frames, width) out.

    Attributes
    ----------
    path : where it was read
    input : the input's name
    outputs : the outputs' names
    reach_frames : how many frames either way decide about a frame
    metadata : what the export wrote beside the weights
    session : of onnxruntime
    borrowed : memory of others that the session reads, which must live as long
    """

    path: Path
    input: str
    outputs: tuple[str, ...]
    reach_frames: int
    metadata: Mapping[str, str]
    session: Any
    borrowed: tuple[Any, ...] = ()

    def __call__(self, features: Float32Array, *, block_frames: int = BLOCK_FRAMES) -> Float32Array:
        """Run the network over a matrix: (frames, bins) → (frames, width) of its first output."""
        return run_network(self, lambda first, last: features[first:last], len(features), block_frames=block_frames)[self.outputs[0]]


def network_path(name: str) -> Path | None:
    """Find ``models/weights/NAME.onnx`` in this installation; None if it is not shipped."""
    place = resources.files("hexachord.models") / "weights" / f"{name}.onnx"
    return Path(str(place)) if place.is_file() else None


def network_file(name: str | Path) -> Path:
    """Find the file of a shipped network by name, or of any by its path.

    Parameters
    ----------
    name : ``rhythm`` for ``models/weights/rhythm.onnx``; a `Path`, or anything that ends in ``.onnx``, is taken as it is

    Raises
    ------
    InputError : if there is no such file.
    """
    given = isinstance(name, Path) or str(name).endswith(".onnx")
    path = Path(name) if given else network_path(str(name))
    if path is None or not path.is_file():
        found = "no such file" if given else "no weights of this name in this installation"
        step = "check the path" if given else "reinstall hexachord, or choose another engine (`hexachord engines` lists them)"
        raise InputError(str(name), found=found, expected="a network (.onnx)", next_step=step)
    return path


def open_network(name: str | Path) -> Network:
    """Open a shipped network by name, or one by its path (see `network_file`), each once per process (again when it changed).

    Raises
    ------
    InputError : if there is no such file, or it is no network.
    """
    path = network_file(name)
    return _open(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _open(path: Path, changed_ns: int) -> Network:
    return read_network(path)


def read_network(path: Path, *, weights: Mapping[str, np.ndarray[Any, Any]] = _NONE) -> Network:
    """Open the file of a network.

    Parameters
    ----------
    weights : what takes the place of weights of the file, by their names; of the same types and shapes

    Raises
    ------
    InputError : if it is no network.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the same sums in the same order on every machine
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False  # or the longest block's memory is never given back
    arrays = tuple(np.ascontiguousarray(array) for array in weights.values())  # others would be copied, and a copy cannot be lent
    others = tuple(onnxruntime.OrtValue.ortvalue_from_numpy(array) for array in arrays)
    for name, value in zip(weights, others, strict=True):
        options.add_initializer(name, value)
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a class of its own for every way in which a file can be broken
        raise InputError(path, found=f"no network that can be opened ({error})", expected="an ONNX file") from error
    metadata = dict(session.get_modelmeta().custom_metadata_map)
    return Network(
        path=path,
        input=session.get_inputs()[0].name,
        outputs=tuple(output.name for output in session.get_outputs()),
        reach_frames=int(metadata.get("reach", REACH_FRAMES)),
        metadata=metadata,
        session=session,
        borrowed=(others, arrays),
    )


def run_network(network: Network, read: Read, frames: int, *, block_frames: int = BLOCK_FRAMES) -> dict[str, Float32Array]:
    """Run a network over an input of any length.

    Parameters
    ----------
    network : see `open_network`
    read : gives the input piece by piece
    frames : how many frames the input has
    block_frames : how many are decided at a time; blocks are read with the network's reach on both sides

    Returns
    -------
    output name → (frames, width) float32
    """
    whole: dict[str, Float32Array] = {}
    for first, block in network_blocks(network, read, frames, block_frames=block_frames):
        for name, part in block.items():
            if name not in whole:
                whole[name] = np.empty((frames, *part.shape[1:]), dtype=np.float32)
            whole[name][first : first + len(part)] = part
    if not whole:
        widths = {output.name: output.shape[-1] for output in network.session.get_outputs()}
        whole = {name: np.zeros((0, width if isinstance(width, int) else 0), dtype=np.float32) for name, width in widths.items()}
    return whole


def network_blocks(
    network: Network, read: Read, frames: int, *, block_frames: int = BLOCK_FRAMES
) -> Iterator[tuple[int, dict[str, Float32Array]]]:
    """Walk through what `run_network` gives: (first frame, output name → (m, width)), block by block.

    Raises
    ------
    ValueError : if blocks are shorter than a frame.
    """
    if block_frames < 1:
        raise ValueError(f"a block has one frame or more, not {block_frames}")
    reach = network.reach_frames
    for first in range(0, frames, block_frames):
        last = min(first + block_frames, frames)
        begin, end = max(0, first - reach), min(frames, last + reach)
        found = network.session.run(None, {network.input: np.ascontiguousarray(read(begin, end), dtype=np.float32)[None]})
        yield (
            first,
            {name: np.ascontiguousarray(part[0, first - begin : last - begin]) for name, part in zip(network.outputs, found, strict=True)},
        )


def log_softmax(logits: FloatArray) -> FloatArray:
    """Turn logits into log chances along the last axis, in the precision they have.

    Examples
    --------
    >>> log_softmax(np.array([[0.0, 0.0]])).round(3)
    array([[-0.693, -0.693]])
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def sigmoid(logits: FloatArray) -> Float32Array:
    """Turn log-odds of any precision into chances."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits.astype(np.float32), -30.0, 30.0))), dtype=np.float32)
