"""A network that completes voices as ONNX: any number of pieces of any length at once."""

import copy
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from hexachord.arrays import Float32Array
from hexachord.errors import InputError
from hexachord.files import atomic_path
from hexachord.learning.deep.export import read_weights
from hexachord.learning.deep.row_export import round_weights
from hexachord.learning.deep.voice_net import STEPS, VoiceNet, VoiceSize

_OPSET = 17


@dataclass(frozen=True, kw_only=True)
class VoiceExport:
    """How far what was written is from what was trained: `error`, the largest difference of logits before rounding to 8 bits, `rounding`,
    the mean one of log chances after it, on random music; and how many `bytes` the file has."""

    error: float
    rounding: float
    bytes: int


def export_voices(net: VoiceNet, path: Path, *, int8: bool = True, tolerance: float = 1e-3) -> VoiceExport:
    """Write a network as ONNX, ``codes`` (pieces, sixteenths, columns) int32 → ``logits``, and compare it with torch.

    Parameters
    ----------
    int8 : multiply in 8 bits: a quarter of the size, and faster

    Raises
    ------
    ValueError : if, before rounding, they differ by more than `tolerance`; then nothing is written.
    """
    whole = copy.deepcopy(net).eval().float()
    random = np.random.default_rng(0)
    sizes = ((2, 32 * STEPS, net.size.columns), (1, 75 * STEPS, net.size.columns))
    examples = [random.integers(net.size.codes, size=size).astype(np.int32) for size in sizes]
    axes = {0: "pieces", 1: "sixteenths"}
    with torch.no_grad():
        wanted = [whole(torch.from_numpy(example)).numpy() for example in examples]
    with atomic_path(path) as temporary:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter by tracing is old, and does without onnxscript
            torch.onnx.export(
                whole, (torch.from_numpy(examples[0]),), str(temporary), dynamo=False, opset_version=_OPSET,
                input_names=["codes"], output_names=["logits"], dynamic_axes={"codes": axes, "logits": axes},
            )  # fmt: skip
        error = max(float(np.abs(one - other).max()) for one, other in zip(_told(temporary, examples), wanted, strict=True))
        if error > tolerance:
            raise ValueError(f"the exported network differs from the trained one by {error:.1e}, allowed are {tolerance:.0e}")
        rounding = 0.0
        if int8:
            round_weights(temporary)
            pairs = zip(_told(temporary, examples), wanted, strict=True)
            rounding = float(np.mean([np.abs(_log_chances(one, net.size) - _log_chances(other, net.size)).mean() for one, other in pairs]))
        size = temporary.stat().st_size
    return VoiceExport(error=error, rounding=rounding, bytes=size)


def _told(path: Path, examples: list[np.ndarray]) -> list[Float32Array]:
    import onnxruntime

    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    return [session.run(None, {"codes": example})[0] for example in examples]


def _log_chances(logits: Float32Array, size: VoiceSize) -> Float32Array:
    each = logits.reshape(-1, size.classes).astype(np.float64)
    each -= each.max(axis=1, keepdims=True)
    return np.asarray(each - np.log(np.exp(each).sum(axis=1, keepdims=True)), dtype=np.float32)


def load_voices(path: Path) -> VoiceNet:
    """Read the weights that `hexachord.learning.deep.export.save_weights` wrote of a `VoiceNet`: a network in evaluation mode.

    Raises
    ------
    InputError : if they are of something else.
    """
    plain, tensors = read_weights(path)
    try:
        net = VoiceNet(VoiceSize(**plain))
        net.load_state_dict(tensors)
    except (TypeError, RuntimeError) as error:
        raise InputError(path, found=f"something else ({error})", expected="weights of a network that completes voices") from error
    return net.eval()
