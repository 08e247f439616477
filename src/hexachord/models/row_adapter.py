"""Adapters of a language model over rows: what some matrices gain, as products of two thin ones.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021): a matrix W becomes W + U D, with D of few rows. An adapter is a
small file that fits one model alone, whose weights it names by their hash. When the model is opened with it, the sums are rounded to 8
bits as the model's own weights were and take their place: nothing is slower, and without the file everything is as it was.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.errors import InputError
from hexachord.files import sha256_of_file
from hexachord.models.networks import Network, network_file, read_network
from hexachord.models.tensor_file import Arrays, read_tensors, write_tensors

_KIND = "hexachord row adapter 1"
_PLACES = {"ask": "asked_{}_weight", "out": "out_{}_weight", "up": "up_{}_weight", "down": "down_{}_weight"}
_LAST = ("said", "almost_weight")
"""Where the matrices of a network stand in its graph; see `hexachord.learning.deep.row_export`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowAdapter:
    """What a model gains.

    Attributes
    ----------
    base : hash of the weights that it fits
    factors : matrix (``layers.0.ask``) → ``(rank, in)`` and ``(out, rank)``
    facts : what is known of it, plain data
    """

    base: str
    factors: Mapping[str, tuple[Float32Array, Float32Array]]
    facts: Mapping[str, Any]

    @property
    def numbers(self) -> int:
        """How many numbers it is made of."""
        return sum(down.size + up.size for down, up in self.factors.values())


def base_weights(model: str | Path) -> Path:
    """Find the weights of a model in safetensors, which stand beside its graph: those that are adapted.

    Raises
    ------
    InputError : if there is no such model, or no weights beside it.
    """
    path = network_file(model).with_suffix(".safetensors")
    if not path.is_file():
        raise InputError(path, found="no such file", expected="the weights beside the model, as training/composer.py writes them")
    return path


def save_adapter(adapter: RowAdapter, path: Path) -> Path:
    """Write an adapter."""
    arrays: Arrays = {}
    for name, (down, up) in adapter.factors.items():
        arrays[f"{name}.lora_down"], arrays[f"{name}.lora_up"] = down.astype(np.float32), up.astype(np.float32)
    facts = json.dumps(adapter.facts, ensure_ascii=False)
    return write_tensors(path, arrays, {"kind": _KIND, "base": adapter.base, "facts": facts})


def load_adapter(path: Path) -> RowAdapter:
    """Read an adapter.

    Raises
    ------
    InputError : if the file is missing, or is none.
    """
    what = "an adapter that hexachord compose personalise wrote"
    arrays, words = read_tensors(path, what=what)
    if words.get("kind") != _KIND:
        raise InputError(path, found="other arrays", expected=what)
    names = sorted({name.rpartition(".")[0] for name in arrays})
    try:
        factors = {name: (arrays[f"{name}.lora_down"], arrays[f"{name}.lora_up"]) for name in names}
        return RowAdapter(base=words["base"], factors=factors, facts=json.loads(words["facts"]))
    except (KeyError, ValueError) as error:
        raise InputError(path, found=f"half an adapter ({error})", expected=what) from error


def rounded_columns(weight: Float32Array) -> tuple[np.ndarray[Any, np.dtype[np.int8]], Float32Array]:
    """Round a matrix to 8 bits, as onnxruntime's dynamic quantisation does: -127 to 127 in each column.

    Returns
    -------
    (in, out) int8, and (out,) what 1 of each column is worth

    Examples
    --------
    >>> rounded_columns(np.array([[1.0, 0.0], [-0.5, 0.0]], dtype=np.float32))[0].tolist()
    [[127, 0], [-64, 0]]
    """
    largest = np.abs(weight).max(axis=0)
    scale = np.where(largest > 0, largest / 127, 1.0).astype(np.float32)
    return np.clip(np.rint(weight / scale), -127, 127).astype(np.int8), scale


def merged_weights(model: Path, adapter: Path) -> Arrays:
    """Add an adapter to the weights of a model.

    Parameters
    ----------
    model : the graph (.onnx), its weights in safetensors beside it
    adapter : the file

    Returns
    -------
    Of every matrix that gains something, what takes its place in the graph.

    Raises
    ------
    InputError : if the adapter was made for another model, or one of the files is missing.
    """
    base, found = base_weights(model), load_adapter(adapter)
    if sha256_of_file(base) != found.base:
        step = "personalise anew with your files: it is a matter of minutes"
        raise InputError(adapter, found="an adapter of another model", expected=f"one made for {base.name} as it is now", next_step=step)
    weights, _ = read_tensors(base)
    in_8_bits = b"_weight_quantized" in model.read_bytes()
    merged: Arrays = {}
    for name, (down, up) in found.factors.items():
        try:
            sum_ = (weights[f"{name}.weight"].astype(np.float32) + up @ down).T
        except (KeyError, ValueError) as error:
            raise InputError(adapter, found=f"an adapter that does not fit ({error})", expected=f"one made for {base.name}") from error
        place = _place(name)
        if in_8_bits:
            merged[f"{place}_quantized"], merged[f"{place}_scale"] = rounded_columns(sum_)
        else:
            merged[place] = np.ascontiguousarray(sum_)
    return merged


def open_adapted(model: str | Path, adapter: Path) -> Network:
    """Open a model with an adapter; each pair of files is opened once per process (again when one changed).

    Raises
    ------
    InputError : as `merged_weights` does.
    """
    path = network_file(model)
    changed_ns = adapter.stat().st_mtime_ns if adapter.is_file() else 0
    return _open(path, path.stat().st_mtime_ns, adapter, changed_ns)


@lru_cache(maxsize=2)
def _open(path: Path, changed_ns: int, adapter: Path, adapter_changed_ns: int) -> Network:
    return read_network(path, weights=merged_weights(path, adapter))


def _place(name: str) -> str:
    if name == _LAST[0]:
        return _LAST[1]
    _, layer, kind = name.split(".")
    return _PLACES[kind].format(layer)
