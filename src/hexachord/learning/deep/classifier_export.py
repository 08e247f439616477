"""A trained classifier as one ONNX file that says everything about itself."""

import copy
import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from hexachord.arrays import Float64Array
from hexachord.dsp.features import LEVELS, LogMel, dequantise
from hexachord.files import atomic_path
from hexachord.learning.deep.export import checked, note_metadata, onnx_session

_OPSET = 17


class _Shipped(nn.Module):
    """Decibels in, chances of the chunk and of its steps out; a network that was taught steps says of a chunk their mean."""

    def __init__(self, net: nn.Module, *, multi_label: bool) -> None:
        super().__init__()
        self.net, self.multi_label = net, multi_label

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        whole, steps = self.net.both(features)  # type: ignore[operator, unused-ignore]
        each = torch.sigmoid(steps) if self.multi_label else torch.softmax(steps, dim=2)
        if self.net.size.level == "frame":  # type: ignore[union-attr, unused-ignore]
            return each.mean(dim=1), each
        return torch.sigmoid(whole) if self.multi_label else torch.softmax(whole, dim=1), each


def export_classifier(
    net: nn.Module,
    path: Path,
    *,
    classes: Sequence[str],
    multi_label: bool,
    thresholds: Float64Array,
    feature: LogMel,
    chunk_frames: int,
    tolerance: float = 1e-4,
) -> float:
    """Write a classifier: ``mel_db`` (chunks, frames, bands) → ``chance`` (chunks, classes), ``step_chance`` (chunks, steps, classes).

    Returns
    -------
    The largest difference to torch, on noise, for one chunk and for several.

    Raises
    ------
    ValueError : if it is above `tolerance`; then nothing is written.
    """
    whole = _Shipped(copy.deepcopy(net).cpu().eval(), multi_label=multi_label).eval()
    random = np.random.default_rng(0)
    noise = [random.integers(0, LEVELS + 1, (rows, chunk_frames, feature.bands), dtype=np.uint8) for rows in (2, 1, 5)]
    examples = [dequantise(each, feature) for each in noise]
    names = ["chance", "step_chance"]
    about = {
        "classes": list(classes), "multi_label": multi_label, "thresholds": thresholds.tolist(), "feature": asdict(feature),
        "chunk_frames": chunk_frames, "step_frames": int(net.size.step_frames),  # type: ignore[union-attr, arg-type, unused-ignore]
    }  # fmt: skip
    with atomic_path(path) as temporary:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter by tracing is old; and of recurrent layers it fears a batch it need not fear
            torch.onnx.export(
                whole, (torch.from_numpy(examples[0]),), str(temporary), dynamo=False, opset_version=_OPSET, input_names=["mel_db"],
                output_names=names, dynamic_axes={name: {0: "chunks"} for name in ("mel_db", *names)},
            )  # fmt: skip
        note_metadata(temporary, {"classifier": json.dumps(about, ensure_ascii=False)})
        session: Any = onnx_session(temporary)
        errors = []
        for example in examples:
            with torch.no_grad():
                wanted = [each.numpy() for each in whole(torch.from_numpy(example))]
            found = session.run(None, {"mel_db": example})
            errors += [float(np.abs(one - other).max()) for one, other in zip(found, wanted, strict=True)]
        return checked(errors, tolerance)
