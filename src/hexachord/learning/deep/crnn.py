"""The convolutional recurrent network: filters fold frequency away, a recurrent layer follows what they heard.

Choi, Fazekas, Sandler & Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017; Nasrullah & Zhao, "Music
artist classification with convolutional recurrent neural networks", IJCNN 2019, whose split by albums is the one to compare with.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.learning.deep.short_chunk import Level
from hexachord.learning.deep.together import BatchNorm

_POOLS = ((2, 2), (2, 4), (2, 4), (2, 4))  # time, frequency
_BANDS = 128


@dataclass(frozen=True, kw_only=True)
class CrnnSize:
    """What a network is made of.

    Attributes
    ----------
    bands, classes : of what comes in and goes out; at least 128 bands
    width : channels of the first convolution; the other three have twice as many (Nasrullah & Zhao: 64)
    memory : of each of the two recurrent layers
    dropout : of whole channels after each convolution, and three times as much before the decision
    level : what is taught: one answer for a chunk, which is what it remembers at its end, or one for every step of it
    """

    bands: int = _BANDS
    classes: int = 2
    width: int = 16
    memory: int = 32
    dropout: float = 0.1
    level: Level = "clip"

    def __post_init__(self) -> None:
        if self.bands < _BANDS:
            raise ValueError(f"{self.bands} bands cannot be folded by {_BANDS}")

    @property
    def step_frames(self) -> int:
        """Frames of a step."""
        return 1 << len(_POOLS)


class CrnnNet(nn.Module):
    """``(batch, frames, bands)`` decibels → ``(batch, classes)`` logits; ``(batch, steps, classes)`` where the level is ``frame``."""

    level_db: Tensor
    spread_db: Tensor

    def __init__(self, size: CrnnSize = CrnnSize()) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("level_db", torch.zeros(size.bands))
        self.register_buffer("spread_db", torch.ones(size.bands))
        self.convolve, self.norms = nn.ModuleList(), nn.ModuleList()
        channels = 1
        for index in range(len(_POOLS)):
            out = size.width if index == 0 else 2 * size.width
            self.convolve.append(nn.Conv2d(channels, out, 3, padding=1, bias=False))
            self.norms.append(BatchNorm(out))
            channels = out
        self.remember = nn.GRU(channels * (size.bands // _BANDS), size.memory, num_layers=2, batch_first=True)
        self.out = nn.Linear(size.memory, size.classes)

    def both(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of the chunk and of its steps: ``(batch, classes)`` and ``(batch, steps, classes)``."""
        hidden = ((features - self.level_db) / self.spread_db).unsqueeze(1)
        for convolve, norm, pool in zip(self.convolve, self.norms, _POOLS, strict=True):
            hidden = functional.max_pool2d(functional.elu(norm(convolve(hidden))), pool)
            hidden = functional.dropout2d(hidden, self.size.dropout, self.training)
        known, _ = self.remember(hidden.permute(0, 2, 1, 3).flatten(2))
        each: Tensor = self.out(functional.dropout(known, min(0.9, 3.0 * self.size.dropout), self.training))
        return each[:, -1], each

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits that are taught."""
        whole, each = self.both(features)
        return each if self.size.level == "frame" else whole
