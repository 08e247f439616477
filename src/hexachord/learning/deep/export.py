"""A trained network as files: ONNX for use, compared with torch, and half-precision weights to go on from."""

import copy
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from hexachord.arrays import Float32Array
from hexachord.errors import InputError
from hexachord.files import atomic_path, write_text
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize

_OPSET = 17
_WEIGHTS = "weights of a network (written by hexachord)"


class _WithChances(nn.Module):
    """The network as it is shipped: decibels in, probabilities of its outputs and of each trait's classes out, without the extra ones."""

    def __init__(self, net: TemporalNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: Tensor) -> tuple[Tensor, ...]:
        size = self.net.size
        logits = self.net(features)
        traits = torch.split(logits[:, :, size.events :], list(size.traits), dim=2)
        return torch.sigmoid(logits[:, :, : size.outputs]), *(torch.softmax(trait, dim=2) for trait in traits)


class _Stream(nn.Module):
    """The next frames of a causal network, and what it remembers as inputs and outputs."""

    def __init__(self, net: TemporalNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: Tensor, *past: Tensor) -> tuple[Tensor, ...]:
        logits, after = self.net.stream(features, past)
        return torch.sigmoid(logits[:, :, : self.net.size.outputs]), *after


def export_onnx(
    net: TemporalNet, path: Path, *, feature: str = "mel_db", chance: str = "chance", traits: Sequence[str] = (), tolerance: float = 1e-4
) -> float:
    """Write a network as ONNX, ``(1, frames, bands)`` decibels → ``(1, frames, outputs)`` probabilities, and compare it with torch.

    The file's metadata say how many frames before and after a frame decide about it: ``back``, ``ahead``, and ``reach``, the larger one.

    Parameters
    ----------
    feature, chance : what the input and the output are called
    traits : what the outputs of the traits are called, ``(1, frames, classes)`` probabilities each

    Returns
    -------
    The largest difference on noise of two lengths.

    Raises
    ------
    ValueError : if it is above `tolerance`; then nothing is written.
    """
    if len(traits) != len(net.size.traits):
        raise ValueError(f"the network has {len(net.size.traits)} traits, and there are names for {len(traits)}")
    whole = _WithChances(net).eval()
    examples = [_noise(net, frames) for frames in (600, 1501)]
    with atomic_path(path) as temporary:
        _export(whole, (torch.from_numpy(examples[0]),), temporary, [feature], [chance, *traits], moving=[chance, *traits])
        note_metadata(temporary, _looks(net.size))
        session = onnx_session(temporary)
        errors = []
        for example in examples:
            with torch.no_grad():
                wanted = [each.numpy() for each in whole(torch.from_numpy(example))]
            found = session.run(None, {feature: example})
            errors += [float(np.abs(one - other).max()) for one, other in zip(found, wanted, strict=True)]
        return checked(errors, tolerance)


def export_stream(net: TemporalNet, path: Path, *, feature: str = "mel_db", chance: str = "chance", tolerance: float = 1e-4) -> float:
    """Write a causal network as ONNX that hears a stream block by block, and compare it with torch on the whole.

    Besides decibels and probabilities it has an input ``past_0``, ``past_1`` ... and an output ``next_0``, ``next_1`` ... for everything
    that it remembers: zeros of the shape that the input declares at the beginning, then what came out last.

    Raises
    ------
    ValueError : if the network is not causal, or what is written differs by more than `tolerance`; then nothing is written.
    """
    lookahead = net.size.lookahead
    if lookahead is None:
        raise ValueError("this network looks ahead as far as back: it cannot hear a stream")
    stream, past = _Stream(net).eval(), net.past()
    names = [f"past_{index}" for index in range(len(past))]
    later = [f"next_{index}" for index in range(len(past))]
    example = _noise(net, 600)
    with atomic_path(path) as temporary:
        _export(stream, (torch.from_numpy(example[:, :50]), *past), temporary, [feature, *names], [chance, *later], moving=[chance])
        note_metadata(temporary, _looks(net.size))
        session = onnx_session(temporary)
        kept: Sequence[Float32Array] = [each.numpy() for each in past]
        found = []
        for first, last in ((0, 1), (1, 8), (8, 300), (300, 600)):
            out, *kept = session.run(None, {feature: example[:, first:last], **dict(zip(names, kept, strict=True))})
            found.append(out)
        with torch.no_grad():
            wanted = _WithChances(net).eval()(torch.from_numpy(example))[0].numpy()
        heard = np.concatenate(found, axis=1)[:, lookahead:]
        return checked([float(np.abs(heard - wanted[:, : heard.shape[1]]).max())], tolerance)


def export_plain(
    net: nn.Module,
    path: Path,
    *,
    columns: int,
    multiple: int,
    feature: str = "chroma",
    logits: str = "logits",
    reach: int | None = None,
    tolerance: float = 1e-3,
) -> float:
    """Write a network as ONNX that takes ``(1, frames, columns)``, whole pieces of a multiple of some frames, and gives logits; compared
    with torch.

    Parameters
    ----------
    reach : how many frames either way decide about one, written into the file for whoever runs it in blocks; None if all do

    Returns
    -------
    The largest difference on noise of two lengths.

    Raises
    ------
    ValueError : if it is above `tolerance`; then nothing is written.
    """
    random = np.random.default_rng(0)
    examples = [random.random((1, frames * multiple, columns)).astype(np.float32) for frames in (32, 75)]
    whole = copy.deepcopy(net).eval()
    with atomic_path(path) as temporary:
        _export(whole, (torch.from_numpy(examples[0]),), temporary, [feature], [logits], moving=[logits])
        if reach is not None:
            note_metadata(temporary, {"reach": reach})
        session = onnx_session(temporary)
        errors = []
        for example in examples:
            with torch.no_grad():
                wanted = whole(torch.from_numpy(example)).numpy()
            errors.append(float(np.abs(session.run(None, {feature: example})[0] - wanted).max()))
        return checked(errors, tolerance)


def save_weights(net: nn.Module, path: Path) -> None:
    """Write size (the network's `size`, a dataclass) and weights as half-precision safetensors: half as large, and as good a beginning."""
    from safetensors.torch import save_file

    tensors = {name: (value.half() if value.dtype.is_floating_point else value).contiguous() for name, value in net.state_dict().items()}
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, metadata={"size": json.dumps(asdict(net.size))})  # type: ignore[call-overload, unused-ignore]


def load_weights(path: Path) -> TemporalNet:
    """Read what `save_weights` wrote: a network in evaluation mode.

    Raises
    ------
    InputError : if it is something else.
    """
    plain, tensors = read_weights(path)
    try:
        for name in ("front", "includes"):
            plain[name] = tuple(tuple(row) for row in plain[name])
        plain["traits"] = tuple(plain.get("traits", ()))  # of before there were any
        net = TemporalNet(TemporalSize(**plain))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(path, found=f"something else ({error})", expected=_WEIGHTS) from error
    try:
        net.load_state_dict(tensors)
    except RuntimeError as error:
        raise InputError(path, found=f"weights that do not fit ({error})", expected=_WEIGHTS) from error
    return net.eval()


def start_from(net: nn.Module, path: Path) -> list[str]:
    """Start a network from saved weights, of another size too: what has the same name and shape is taken over.

    Returns
    -------
    Names of what was not, and begins anew.

    Raises
    ------
    InputError : if there are no weights, or none that fit.
    """
    _, tensors = read_weights(path)
    own = net.state_dict()
    fitting = {name: value for name, value in tensors.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise InputError(path, found="weights of an altogether different network", expected=_WEIGHTS)
    net.load_state_dict({**own, **fitting})
    return [name for name in own if name not in fitting]


def write_card(path: Path, card: Mapping[str, Any]) -> None:
    """Write what is to be known of a network (data, licences, recipe, numbers, limits) as JSON beside it."""
    write_text(path, json.dumps(card, indent=1, ensure_ascii=False) + "\n")


def read_weights(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Read what `save_weights` wrote of any network: its size as plain values, and its weights in full precision.

    Raises
    ------
    InputError : if it is something else.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise InputError(path, found="nothing", expected=_WEIGHTS)
    try:
        with safe_open(path, framework="pt") as file:
            plain = json.loads((file.metadata() or {})["size"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no mapping)
    except (SafetensorError, KeyError, ValueError) as error:
        raise InputError(path, found=f"something else ({error})", expected=_WEIGHTS) from error
    return plain, {name: value.float() if value.dtype.is_floating_point else value for name, value in tensors.items()}


def _export(net: nn.Module, inputs: tuple[Tensor, ...], path: Path, names: list[str], found: list[str], *, moving: Sequence[str]) -> None:
    """Trace it; the first input and the outputs `moving` have any number of frames."""
    axes = {name: {1: "frames"} for name in (names[0], *moving)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the exporter by tracing is old, and does without onnxscript
        torch.onnx.export(
            net, inputs, str(path), dynamo=False, opset_version=_OPSET, input_names=names, output_names=found, dynamic_axes=axes
        )


def note_metadata(path: Path, facts: Mapping[str, int | str]) -> None:
    """Write into an ONNX file what whoever runs it must know, as how far the network looks."""
    import onnx

    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {name: str(frames) for name, frames in facts.items()})
    onnx.save(model, str(path))


def _looks(size: TemporalSize) -> dict[str, int]:
    return {"reach": max(size.back, size.ahead), "back": size.back, "ahead": size.ahead}


def _noise(net: TemporalNet, frames: int) -> Float32Array:
    random = np.random.default_rng(0)
    level, spread = net.level_db.numpy(), net.spread_db.numpy()
    noise: Float32Array = (random.normal(size=(1, frames, net.size.bands)) * spread + level).astype(np.float32)
    return noise


def onnx_session(path: Path) -> Any:
    """Open what was just written, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


def checked(errors: Sequence[float], tolerance: float) -> float:
    """Return the largest difference.

    Raises
    ------
    ValueError : if it is above `tolerance`.
    """
    if max(errors) > tolerance:
        raise ValueError(f"the exported network differs from the trained one by {max(errors):.1e}, allowed are {tolerance:.0e}")
    return max(errors)
