"""A language model over rows as files: an ONNX graph of one step, and the small networks that tell the fields.

The graph is built by hand, since what makes a step fast cannot be traced: attention is one fused operator (onnxruntime's
``GroupQueryAttention``) that turns positions and writes keys and values in place into buffers as long as the context. A naive export, which
appends to them, copies all of them at every step.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hexachord.arrays import Float32Array
from hexachord.errors import InputError
from hexachord.files import atomic_path
from hexachord.learning.deep.export import read_weights
from hexachord.learning.deep.row_net import RowNet, RowSize, rotary
from hexachord.models.row_steps import RowSteps

_OPSET = 17
_MICROSOFT = "com.microsoft"
_NORM_EPSILON = 1e-5


@dataclass(frozen=True, kw_only=True)
class RowExport:
    """How far what was written is from what was trained.

    Attributes
    ----------
    error : the largest difference of logits before rounding to 8 bits
    rounding : how far log chances are from the exact ones afterwards, the mean over the values of all fields; 0 without rounding
    bytes : of both files
    """

    error: float
    rounding: float
    bytes: int


def export_rows(
    net: RowNet, path: Path, *, context: int = 1024, vocabulary: str = "", int8: bool = True, tolerance: float = 1e-3
) -> RowExport:
    """Write a network for `hexachord.models.row_steps`: ``NAME.onnx`` and, beside it, ``NAME.npz``; compare it with torch.

    Parameters
    ----------
    path : of the ONNX file
    context : how many rows it can look back
    vocabulary : what the rows mean, in JSON: kept in the file, as its identity
    int8 : multiply in 8 bits: weights rounded for each column, what is multiplied with them at every step

    Raises
    ------
    ValueError : if, before rounding, they differ by more than `tolerance`; then nothing is written.
    """
    import onnx

    plain = Path(path).with_suffix(".npz")
    net = net.eval()
    rows = _noise(net.size, 80)
    with torch.no_grad():
        wanted = net(torch.from_numpy(rows)[None])[0, len(rows) // 2 - 1 :].numpy()
    with atomic_path(path) as temporary, atomic_path(plain) as beside:
        model = _graph(net, context=context)
        notes = {"field_sizes": " ".join(map(str, net.size.field_sizes)), "context": str(context), "vocabulary": vocabulary}
        onnx.helper.set_model_props(model, notes)
        onnx.save(model, str(temporary))
        _save_heads(net, beside, np.float32)
        error = float(np.abs(_told(RowSteps.open(temporary, heads=beside), rows) - wanted).max())
        if error > tolerance:
            raise ValueError(f"the exported network differs from the trained one by {error:.1e}, allowed are {tolerance:.0e}")
        rounding = 0.0
        if int8:
            round_weights(temporary)
            _save_heads(net, beside, np.float16)
            told = _told(RowSteps.open(temporary, heads=beside), rows)
            rounding = float(np.abs(_log_chances(told, net.size) - _log_chances(wanted, net.size)).mean())
        size = temporary.stat().st_size + beside.stat().st_size
    return RowExport(error=error, rounding=rounding, bytes=size)


def load_rows(path: Path) -> RowNet:
    """Read the weights that `hexachord.learning.deep.export.save_weights` wrote of a `RowNet`: a network in evaluation mode.

    Raises
    ------
    InputError : if they are of something else.
    """
    plain, tensors = read_weights(path)
    try:
        net = RowNet(RowSize(**{**plain, "field_sizes": tuple(plain["field_sizes"])}))
        net.load_state_dict(tensors)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise InputError(path, found=f"something else ({error})", expected="weights of a language model over rows") from error
    return net.eval()


def _graph(net: RowNet, *, context: int) -> Any:
    """Build the step: rows, where each candidate's rows end, and buffers in; what is said, and the same buffers, out."""
    from onnx import TensorProto, helper

    size = net.size
    graph = _Graph()
    cos, sin = rotary(context, size.head_width)
    graph.weight("cos", cos)
    graph.weight("sin", sin)
    graph.weight("seen", net.seen.weight)
    graph.weight("first_value", net.first_value)
    graph.weight("fields", torch.tensor([2]))
    graph.node("Add", ["rows", "first_value"], ["places"])
    graph.node("Gather", ["seen", "places"], ["each"])
    graph.node("ReduceSum", ["each", "fields"], ["hidden_0"], keepdims=0)
    buffer: list[str | int | None] = ["candidates", size.memories, context, size.head_width]
    inputs = [
        helper.make_tensor_value_info("rows", TensorProto.INT64, ["candidates", "rows", size.fields]),
        helper.make_tensor_value_info("last", TensorProto.INT32, ["candidates"]),
        helper.make_tensor_value_info("total", TensorProto.INT32, []),
    ]
    outputs = [helper.make_tensor_value_info("said", TensorProto.FLOAT, ["candidates", "rows", size.fields * size.head])]
    norms = [each for layer in net.each_layer() for each in (layer.before, layer.between)] + [net.norm]
    for index, norm in enumerate(norms):
        graph.weight(f"norm_{index}", norm.weight)
    graph.node("LayerNormalization", ["hidden_0", "norm_0"], ["normed_0"], axis=-1, epsilon=_NORM_EPSILON)
    for index, layer in enumerate(net.each_layer()):
        one, other = 2 * index, 2 * index + 1
        for name in ("key", "value"):
            inputs.append(helper.make_tensor_value_info(f"{name}_{index}", TensorProto.FLOAT, buffer))
            outputs.append(helper.make_tensor_value_info(f"{name}_{index}_next", TensorProto.FLOAT, buffer))
        graph.matmul(f"normed_{one}", layer.ask.weight, f"asked_{index}")
        graph.node(
            "GroupQueryAttention",
            [f"asked_{index}", "", "", f"key_{index}", f"value_{index}", "last", "total", "cos", "sin"],
            [f"heard_{index}", f"key_{index}_next", f"value_{index}_next"],
            num_heads=size.heads, kv_num_heads=size.memories, do_rotary=1, rotary_interleaved=0,
        )  # fmt: skip
        graph.matmul(f"heard_{index}", layer.out.weight, f"out_{index}")
        graph.skip(f"out_{index}", one)
        graph.matmul(f"normed_{other}", layer.up.weight, f"up_{index}")
        graph.weight(f"bias_{index}", layer.up.bias)
        graph.node("BiasGelu", [f"up_{index}", f"bias_{index}"], [f"bent_{index}"])
        graph.matmul(f"bent_{index}", layer.down.weight, f"down_{index}")
        graph.skip(f"down_{index}", other)
    graph.matmul(f"normed_{len(norms) - 1}", net.said.weight, "almost")
    graph.weight("said_bias", net.said.bias)
    graph.node("Add", ["almost", "said_bias"], ["said"])
    made = helper.make_graph(graph.nodes, "rows", inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=8)


class _Graph:
    """Nodes and weights, as they come."""

    _ours = frozenset({"GroupQueryAttention", "BiasGelu", "SkipLayerNormalization"})

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def weight(self, name: str, value: Tensor) -> None:
        from onnx import numpy_helper

        array = np.ascontiguousarray(value.detach().numpy())
        self.weights.append(numpy_helper.from_array(array, name))

    def node(self, operator: str, inputs: Sequence[str], outputs: Sequence[str], **options: Any) -> None:
        from onnx import helper

        options["domain"] = _MICROSOFT if operator in self._ours else ""
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=f"{operator}:{outputs[0]}", **options))

    def matmul(self, found: str, weight: Tensor, name: str) -> None:
        self.weight(f"{name}_weight", weight.detach().T)
        self.node("MatMul", [found, f"{name}_weight"], [name])

    def skip(self, added: str, index: int) -> None:
        """Add to what was known, and norm the sum for what comes next."""
        inputs, outputs = [f"hidden_{index}", added, f"norm_{index + 1}"], [f"normed_{index + 1}", "", "", f"hidden_{index + 1}"]
        self.node("SkipLayerNormalization", inputs, outputs, epsilon=_NORM_EPSILON)


def _save_heads(net: RowNet, path: Path, precision: type[np.floating[Any]]) -> None:
    with torch.no_grad():
        arrays = {"later": net.later().numpy()}
        for field, tell in enumerate(net.tellers()):
            arrays[f"weight_{field}"], arrays[f"bias_{field}"] = tell.weight.numpy().T, tell.bias.numpy()
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **{name: array.astype(precision) for name, array in arrays.items()})


def round_weights(path: Path) -> None:
    """Round the weights of an ONNX file's products to 8 bits, in place: for each column, and what is multiplied with them at every step."""
    import logging

    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().disabled, before = (
        True,
        logging.getLogger().disabled,
    )  # it wishes for a pre-processing that knows no fused operators
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            quantize_dynamic(
                str(path), str(path), weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"],
                extra_options={"DefaultTensorType": TensorProto.FLOAT},
            )  # fmt: skip
    finally:
        logging.getLogger().disabled = before


def _told(steps: RowSteps, rows: np.ndarray) -> Float32Array:
    """What the runtime tells of each row but the first: half of them read at once, the others one by one."""
    half = len(rows) // 2
    said = [steps.begin(rows[:half])[0]]
    for row in rows[half:-1]:
        said.append(steps.feed(row[None])[0])
    told = [np.concatenate([steps.field_logits(field, row[None, :field], said=each[None])[0] for field in range(steps.fields)])
            for each, row in zip(said, rows[half:], strict=True)]  # fmt: skip
    return np.stack(told)


def _log_chances(logits: Float32Array, size: RowSize) -> Float32Array:
    parts = torch.split(torch.from_numpy(logits), list(size.field_sizes), dim=-1)
    return torch.cat([part.log_softmax(dim=-1) for part in parts], dim=-1).numpy()


def _noise(size: RowSize, rows: int) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.stack([random.integers(0, values, rows) for values in size.field_sizes], axis=1).astype(np.int64)
