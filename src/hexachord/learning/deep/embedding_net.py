"""A network that sums a few seconds of music up in a vector: timbre, production, texture.

Filters fold frequency, and their mean and spread over time are kept (statistics pooling: Snyder et al., "X-vectors", ICASSP 2018). In
training, layers above project them to where chunks of one song and songs of one act shall be near (supervised contrast: Khosla et al.,
NeurIPS 2020), and heads tell who plays, what was done to the sound, and what it is like. These layers are left behind: what they know is
about the instruments that taught, and what stands below generalises better (Chen et al., "SimCLR", ICML 2020). What is kept are statistics
of the last two layers that fold frequency, brought to a few hundred numbers by a matrix in which what differs within an act counts little
(within-class covariance normalisation: Hatch, Kajarekar & Stolcke, Interspeech 2006).
"""

import copy
import warnings
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.dsp.features import LEVELS, LogMel, dequantise
from hexachord.files import atomic_path
from hexachord.learning.deep.export import checked, note_metadata, onnx_session
from hexachord.learning.deep.together import BatchNorm

_OPSET = 17


@dataclass(frozen=True, kw_only=True)
class EmbeddingSize:
    """What a network is made of.

    Attributes
    ----------
    bands : of the spectrogram
    front : channels of the three convolutions
    width : channels over time
    vector : numbers of the embedding
    project : of the space in which distance is taught
    told : how many numbers the heads tell, all together
    dropout : of the pooled statistics
    """

    bands: int = 128
    front: tuple[int, int, int] = (24, 48, 96)
    width: int = 192
    vector: int = 256
    project: int = 128
    told: int = 0
    dropout: float = 0.1


class EmbeddingNet(nn.Module):
    """``(batch, frames, bands)`` decibels → ``(batch, project + told)``: the projection, of length 1, and what the heads tell."""

    level_db: Tensor
    spread_db: Tensor
    usual: Tensor
    basis: Tensor

    def __init__(self, size: EmbeddingSize = EmbeddingSize()) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("level_db", torch.zeros(size.bands))
        self.register_buffer("spread_db", torch.ones(size.bands))
        one, two, three = size.front
        self.first = nn.Conv2d(1, one, (3, 9), stride=(2, 2), padding=(1, 4), bias=False)
        self.second = nn.Conv2d(one, two, (3, 5), stride=(2, 2), padding=(1, 2), bias=False)
        self.third = nn.Conv2d(two, three, (3, 3), stride=(1, 2), padding=(1, 1), bias=False)
        self.norms = nn.ModuleList(map(BatchNorm, size.front))
        self.fold = nn.Conv1d(three * (size.bands // 16), size.width, 1, bias=False)
        self.over_time = nn.Conv1d(size.width, size.width, 3, padding=1, bias=False)
        self.fold_norm, self.time_norm = BatchNorm(size.width), BatchNorm(size.width)
        self.sum_up = nn.Linear(2 * size.width, size.vector)
        statistics = 2 * (three * (size.bands // 16) + size.width)
        self.register_buffer("usual", torch.zeros(statistics))
        self.register_buffer("basis", torch.zeros(statistics, size.vector))
        self.vector_norm = BatchNorm(size.vector)
        self.project = nn.Linear(size.vector, size.project)
        self.tell = nn.Linear(size.vector, size.told) if size.told else None

    def folded(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Hear: what the last filters and the layer that folds frequency have to say, ``(batch, channels, steps)`` both."""
        hidden = ((features - self.level_db) / self.spread_db).unsqueeze(1)
        hidden = functional.relu(self.norms[0](self.first(hidden)))
        hidden = functional.max_pool2d(hidden, (1, 2))
        hidden = functional.relu(self.norms[1](self.second(hidden)))
        hidden = functional.relu(self.norms[2](self.third(hidden)))
        filtered = hidden.transpose(2, 3).flatten(1, 2)
        return filtered, functional.relu(self.fold_norm(self.fold(filtered)))

    def statistics(self, features: Tensor) -> Tensor:
        """Mean and spread over time of both: ``(batch, statistics)``."""
        return torch.cat([_mean_and_spread(each) for each in self.folded(features)], dim=1)

    def vector(self, features: Tensor) -> Tensor:
        """Sum up: ``(batch, vector)``; zeros until `usual` and `basis` are fitted."""
        found: Tensor = (self.statistics(features) - self.usual) @ self.basis
        return found

    def forward(self, features: Tensor) -> Tensor:
        """Project the vector, and tell from it."""
        _, hidden = self.folded(features)
        pooled = _mean_and_spread(functional.relu(hidden + self.time_norm(self.over_time(hidden))))
        pooled = functional.dropout(pooled, self.size.dropout, self.training)
        hidden = functional.relu(self.vector_norm(self.sum_up(pooled)))
        projected = functional.normalize(self.project(hidden), dim=1)
        return projected if self.tell is None else torch.cat([projected, self.tell(hidden)], dim=1)


def _mean_and_spread(hidden: Tensor) -> Tensor:
    mean = hidden.mean(dim=2)
    return torch.cat([mean, torch.sqrt((hidden - mean.unsqueeze(2)).square().mean(dim=2) + 1e-4)], dim=1)


def contrast(projected: Tensor, group: Tensor, *, temperature: float = 0.1) -> Tensor:
    """Supervised contrastive loss in nats: how unlikely it is to take somebody of one's own group for the nearest.

    Parameters
    ----------
    projected : (batch, project) of length 1
    group : (batch,) who belongs together; who is alone is not judged
    temperature : how much a distance counts

    Examples
    --------
    >>> corners = torch.eye(2)[[0, 0, 1, 1]]
    >>> bool(contrast(corners, torch.tensor([0, 0, 1, 1])) < 0.01), bool(contrast(corners, torch.tensor([0, 1, 0, 1])) > 5)
    (True, True)
    """
    alike = projected @ projected.T / temperature
    itself = torch.eye(len(group), dtype=torch.bool, device=group.device)
    alike = alike.masked_fill(itself, -1e9)
    same = ((group[:, None] == group[None, :]) & ~itself).float()
    chances = functional.log_softmax(alike, dim=1)
    has = same.sum(dim=1)
    each = -(chances * same).sum(dim=1) / has.clamp(min=1.0)
    return (each * (has > 0)).sum() / (has > 0).sum().clamp(min=1)


class _Vector(nn.Module):
    def __init__(self, net: EmbeddingNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: Tensor) -> Tensor:
        return self.net.vector(features)


def export_embedding(net: EmbeddingNet, path: Path, *, feature: LogMel, chunk_frames: int, tolerance: float = 1e-4) -> float:
    """Write what makes the vector as ONNX, ``mel_db`` (chunks, frames, bands) → ``vector`` (chunks, numbers), and compare it with torch.

    Raises
    ------
    ValueError : if they differ by more than `tolerance`; then nothing is written.
    """
    whole = _Vector(copy.deepcopy(net)).eval()
    random = np.random.default_rng(0)
    noise = (random.integers(0, LEVELS + 1, (rows, chunk_frames, feature.bands), dtype=np.uint8) for rows in (2, 1, 5))
    examples = [dequantise(each, feature) for each in noise]
    with atomic_path(path) as temporary:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter by tracing is old, and does without onnxscript
            torch.onnx.export(
                whole, (torch.from_numpy(examples[0]),), str(temporary), dynamo=False, opset_version=_OPSET, input_names=["mel_db"],
                output_names=["vector"], dynamic_axes={"mel_db": {0: "chunks"}, "vector": {0: "chunks"}},
            )  # fmt: skip
        note_metadata(temporary, {"embedding": dumps({"feature": asdict(feature), "chunk_frames": chunk_frames})})
        session = onnx_session(temporary)
        errors = []
        for example in examples:
            with torch.no_grad():
                wanted = whole(torch.from_numpy(example)).numpy()
            errors.append(float(np.abs(session.run(None, {"mel_db": example})[0] - wanted).max()))
        return checked(errors, tolerance)
