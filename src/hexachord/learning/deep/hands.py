"""A network that knows which hand plays what: notes look at one another, near and far, above and below.

Every note is a token. How much it heeds another depends on what both are, and on a learnt weight for the time and the interval between
them and for whether that other is still held (Vaswani et al., "Attention is all you need", 2017, with biases of pairs after Shaw,
Uszkoreit & Vaswani, "Self-attention with relative position representations", 2018).
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.arrays import IntArray
from hexachord.learning.deep.loss import known_mean

_APART_S = (-8.0, -4.0, -2.0, -1.0, -0.5, -0.25, -0.1, -0.03, 0.03, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # borders of what counts apart
_AWAY = (-30, -24, -19, -15, -12, -10, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 9, 11, 13, 16, 20, 25, 31)  # likewise, semitones
_STEP_S, _FAR_S, _FAR = 0.01, 8.01, 32
_TOGETHER_S = 0.03
_INTERVALS = len(_AWAY) + 1
_PAIRS = (len(_APART_S) + 1) * _INTERVALS
_NEVER = -1e4


@dataclass(frozen=True, kw_only=True)
class HandSize:
    """What the network is made of.

    Attributes
    ----------
    columns : of the cues of a note (`hexachord.transcription.notation.hands.hand_cues`): what describes it, then onset, offset and pitch as
        they are, and 1 where there is a note
    width, layers, heads : of the transformer
    """

    columns: int
    width: int = 64
    layers: int = 3
    heads: int = 4

    @property
    def described(self) -> int:
        """Columns that describe a note."""
        return self.columns - 4


class _Layer(nn.Module):
    def __init__(self, size: HandSize) -> None:
        super().__init__()
        width = size.width
        self.heads = size.heads
        self.asked = nn.Linear(width, 3 * width)
        self.told = nn.Linear(width, width)
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.thought = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))
        self.drop = nn.Dropout(0.2)

    def forward(self, notes: Tensor, bias: Tensor) -> Tensor:
        batch, count, width = notes.shape
        query, key, value = self.asked(self.before(notes)).view(batch, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        weight = torch.softmax(query @ key.transpose(2, 3) * (width // self.heads) ** -0.5 + bias, dim=-1)
        heard = (weight @ value).transpose(1, 2).reshape(batch, count, width)
        notes = notes + self.drop(self.told(heard))
        return notes + self.drop(self.thought(self.between(notes)))


class HandNet(nn.Module):
    """``(batch, notes, columns)`` cues → ``(batch, notes, 1)`` logits of the right hand."""

    apart: Tensor
    away: Tensor

    def __init__(self, size: HandSize) -> None:
        super().__init__()
        self.size = size
        self.enter = nn.Linear(size.described, size.width)
        self.pair = nn.Embedding(2 * _PAIRS, size.heads * size.layers)
        nn.init.zeros_(self.pair.weight)
        self.layers = nn.ModuleList(_Layer(size) for _ in range(size.layers))
        self.norm = nn.LayerNorm(size.width)
        self.leave = nn.Linear(size.width, 1)
        self.register_buffer("apart", torch.from_numpy(_times() * _INTERVALS), persistent=False)
        self.register_buffer("away", torch.from_numpy(np.searchsorted(_AWAY, np.arange(-_FAR, _FAR + 1))), persistent=False)

    def forward(self, cues: Tensor) -> Tensor:
        """Look at all notes of a window at once."""
        onset, offset, pitch, there = (cues[:, :, self.size.described + column] for column in range(4))
        bias = self.pair(self._pairs(onset, offset, pitch)).permute(0, 3, 1, 2) + (_NEVER * (1.0 - there))[:, None, None, :]
        notes = self.enter(cues[:, :, : self.size.described])
        for number, layer in enumerate(self.layers):
            notes = layer(notes, bias[:, number * self.size.heads : (number + 1) * self.size.heads])
        return self.leave(self.norm(notes))

    def _pairs(self, onset: Tensor, offset: Tensor, pitch: Tensor) -> Tensor:
        """Number what each note (row) knows of each other (column)."""
        later = onset[:, None, :] - onset[:, :, None]
        step = torch.round(later.clamp(-_FAR_S, _FAR_S) / _STEP_S) + round(_FAR_S / _STEP_S)
        higher = torch.round((pitch[:, None, :] - pitch[:, :, None]).clamp(-_FAR, _FAR)) + _FAR
        held = (later < -_TOGETHER_S) & (offset[:, None, :] > onset[:, :, None] + _TOGETHER_S)
        return self.apart[step.long()] + self.away[higher.long()] + held.long() * _PAIRS


def _times() -> IntArray:
    """Number every multiple of `_STEP_S` by the borders that it lies between."""
    count = round(_FAR_S / _STEP_S)
    return np.searchsorted(_APART_S, np.arange(-count, count + 1) * _STEP_S)


def hands_loss(outputs: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Mean cross entropy over the notes there are; hands of printed music are never quite certain."""
    each = functional.binary_cross_entropy_with_logits(outputs, 0.01 + 0.98 * targets, reduction="none")
    return known_mean(each, known)
