"""The short-chunk CNN: a few seconds of a spectrogram in, what they are out.

Small filters, pooled until frequency is gone, the strongest moment of each filter, and two layers that decide. Won, Ferraro, Bogdanov &
Serra, "Evaluation of CNN-based automatic music tagging models", SMC 2020, who found that it beats what is more elaborate when it is given
short chunks and their chances are averaged; its residual variant is theirs too. Here time is halved by the first few layers only, so that
every third of a second has an opinion of its own, and the width is a choice: theirs is 128, and 16 learns in minutes on a laptop.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.learning.deep.together import BatchNorm

Level = Literal["clip", "frame"]


@dataclass(frozen=True, kw_only=True)
class ShortChunkSize:
    """What a network is made of.

    Attributes
    ----------
    bands, classes : of what comes in and goes out
    width : channels of the first two layers; twice as many in the middle, four times in the last
    layers : convolutions, each of which halves frequency
    time_pools : how many of them halve time as well
    residual : two convolutions and a way around them instead of each one
    dropout : before the decision
    level : what is taught: one answer for a chunk, or one for every step of it
    """

    bands: int = 128
    classes: int = 2
    width: int = 16
    layers: int = 7
    time_pools: int = 4
    residual: bool = False
    dropout: float = 0.5
    level: Level = "clip"

    def __post_init__(self) -> None:
        if self.layers < 1 or not 0 <= self.time_pools <= self.layers or self.bands < 1 << self.layers:
            raise ValueError(f"{self.layers} layers that halve {self.bands} bands, {self.time_pools} of them time")

    @property
    def step_frames(self) -> int:
        """Frames of a step."""
        return 1 << self.time_pools


class ShortChunkNet(nn.Module):
    """``(batch, frames, bands)`` decibels → ``(batch, classes)`` logits; ``(batch, steps, classes)`` where the level is ``frame``."""

    level_db: Tensor
    spread_db: Tensor

    def __init__(self, size: ShortChunkSize = ShortChunkSize()) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("level_db", torch.zeros(size.bands))
        self.register_buffer("spread_db", torch.ones(size.bands))
        self.layers = nn.ModuleList()
        channels = 1
        for layer in range(size.layers):
            out = size.width * (1 if layer < 2 else 4 if layer == size.layers - 1 else 2)
            block = _Residual(channels, out) if size.residual else _Plain(channels, out)
            self.layers.append(block)
            channels = out
        self.decide = Decision(channels, size.classes, dropout=size.dropout)

    def steps(self, features: Tensor) -> Tensor:
        """Hear: ``(batch, channels, steps)``, how much of what each filter looks for is in each step."""
        hidden = ((features - self.level_db) / self.spread_db).unsqueeze(1)
        for index, layer in enumerate(self.layers):
            pool = (2 if index < self.size.time_pools else 1, 2)
            hidden = functional.relu(functional.max_pool2d(layer(hidden), pool))  # either order is the same; this one is quicker
        return hidden.amax(dim=3)

    def both(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits of the chunk and of its steps: ``(batch, classes)`` and ``(batch, steps, classes)``."""
        steps = self.steps(features)
        each: Tensor = self.decide(steps).transpose(1, 2)
        whole: Tensor = self.decide(steps.amax(dim=2, keepdim=True))[:, :, 0]
        return whole, each

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits that are taught."""
        steps = self.steps(features)
        if self.size.level == "frame":
            each: Tensor = self.decide(steps).transpose(1, 2)
            return each
        whole: Tensor = self.decide(steps.amax(dim=2, keepdim=True))[:, :, 0]
        return whole


class Decision(nn.Module):
    """Two layers that decide: ``(batch, channels, steps)`` → ``(batch, classes, steps)``."""

    def __init__(self, channels: int, classes: int, *, dropout: float) -> None:
        super().__init__()
        self.hidden = nn.Conv1d(channels, channels, 1)
        self.norm = BatchNorm(channels)
        self.out = nn.Conv1d(channels, classes, 1)
        self.dropout = dropout

    def forward(self, steps: Tensor) -> Tensor:
        """Decide about every step."""
        hidden = functional.relu(self.norm(self.hidden(steps)))
        decided: Tensor = self.out(functional.dropout(hidden, self.dropout, self.training))
        return decided


class _Plain(nn.Module):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.convolve = nn.Conv2d(channels, out, 3, padding=1, bias=False)
        self.norm = BatchNorm(out)

    def forward(self, hidden: Tensor) -> Tensor:
        found: Tensor = self.norm(self.convolve(hidden))
        return found


class _Residual(nn.Module):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.first, self.first_norm = nn.Conv2d(channels, out, 3, padding=1, bias=False), BatchNorm(out)
        self.second, self.second_norm = nn.Conv2d(out, out, 3, padding=1, bias=False), BatchNorm(out)
        self.around = None if channels == out else nn.Conv2d(channels, out, 1, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        found: Tensor = self.second_norm(self.second(functional.relu(self.first_norm(self.first(hidden)))))
        return found + (hidden if self.around is None else self.around(hidden))
