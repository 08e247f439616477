"""A network that hears chords in chroma, in every key alike.

It never leaves the circle of twelve pitch classes: every layer is a convolution around that circle and along time, so that music a third
higher gives the same answer a third higher, and one song teaches all twelve keys (Sheh & Ellis, ISMIR 2003, rotated their data; group
convolutions do it exactly: Cohen & Welling, "Group equivariant convolutional networks", ICML 2016). Its answers are structured (McFee &
Bello, "Structured training for large-vocabulary chord recognition", ISMIR 2017): root, bass, the twelve chord tones, the quality as seen
from each root, and whether a chord begins. In the middle it may recall other places of the song that sound alike, as verses do (Mauch,
Noland & Dixon, "Using musical structure to enhance automatic chord transcription", ISMIR 2009): attention whose keys are chroma.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

POOL = 8
"""Frames that are one moment to `_Recall`; inputs are multiples of it."""


@dataclass(frozen=True, kw_only=True)
class HarmonySize:
    """What a network is made of.

    Attributes
    ----------
    inputs : chroma per pitch class and frame (bass, treble, and what they are over the whole)
    qualities : of chords
    width, narrow : channels of each pitch class, and of them those that go around the circle
    kernel, blocks : frames a dilated convolution sees, and how many there are; the dilation doubles
    recall : after this block it recalls; 0 never does
    dropout : of whole channels
    """

    inputs: int = 4
    qualities: int = 15
    width: int = 32
    narrow: int = 16
    kernel: int = 3
    blocks: int = 8
    recall: int = 5
    dropout: float = 0.1

    @property
    def outputs(self) -> int:
        """Columns of what it gives; see `HarmonyNet`."""
        return 13 + 13 + 12 + 12 * self.qualities + 1


class HarmonyNet(nn.Module):
    """``(batch, frames, inputs * 12)`` chroma → ``(batch, frames, outputs)`` logits.

    The columns: root (C to B, none), bass (C to B, none), chord tones (12), qualities of each root (12 x qualities), a chord begins (1).
    """

    def __init__(self, size: HarmonySize = HarmonySize()) -> None:
        super().__init__()
        self.size = size
        self.lift = _Around(size.inputs, size.width)
        self.norm = nn.BatchNorm2d(size.width)
        self.blocks = nn.ModuleList(_Block(size, dilation=1 << index) for index in range(size.blocks))
        self.recall = _Recall(size.width) if size.recall else None
        self.each = nn.Conv2d(size.width, 3 + size.qualities, 1)  # root, bass, tone, qualities
        self.whole = nn.Conv1d(2 * size.width, 3, 1)  # no root, no bass, a chord begins

    def forward(self, chroma: Tensor) -> Tensor:
        """Hear whole pieces, or stretches of them."""
        batch, frames, _ = chroma.shape
        seen = chroma.view(batch, frames, self.size.inputs, 12).permute(0, 2, 3, 1)  # (batch, channels, pitch classes, frames)
        heard = functional.relu(self.norm(self.lift(seen)))
        for index, block in enumerate(self.blocks):
            heard = block(heard)
            if self.recall is not None and index + 1 == self.size.recall:
                heard = heard + self.recall(heard)
        last = functional.relu(heard)
        each = self.each(last).permute(0, 3, 1, 2)  # (batch, frames, columns, pitch classes)
        whole = self.whole(torch.cat([last.mean(dim=2), last.amax(dim=2)], dim=1)).transpose(1, 2)
        root = torch.cat([each[:, :, 0], whole[:, :, :1]], dim=2)
        bass = torch.cat([each[:, :, 1], whole[:, :, 1:2]], dim=2)
        quality = each[:, :, 3:].transpose(2, 3).flatten(2)
        return torch.cat([root, bass, each[:, :, 2], quality, whole[:, :, 2:]], dim=2)


class _Around(nn.Module):
    """A convolution around the circle of pitch classes: each sees all twelve, as intervals from itself."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.look = nn.Conv2d(channels, out, (12, 1), bias=False)

    def forward(self, seen: Tensor) -> Tensor:
        found: Tensor = self.look(torch.cat([seen, seen[:, :, :11]], dim=2))
        return found


class _Block(nn.Module):
    """A look at frames `dilation` apart, then around the circle; added to what was known."""

    def __init__(self, size: HarmonySize, *, dilation: int) -> None:
        super().__init__()
        aside = dilation * (size.kernel // 2)
        self.along = nn.Conv2d(size.width, size.width, (1, size.kernel), padding=(0, aside), dilation=(1, dilation), bias=False)
        self.first = nn.BatchNorm2d(size.width)
        self.narrow = nn.Conv2d(size.width, size.narrow, 1, bias=False)
        self.around = _Around(size.narrow, size.width)
        self.second = nn.BatchNorm2d(size.width)
        self.drop = nn.Dropout2d(size.dropout)

    def forward(self, heard: Tensor) -> Tensor:
        seen = functional.relu(self.first(self.along(heard)))
        found: Tensor = heard + self.drop(functional.relu(self.second(self.around(self.narrow(seen)))))
        return found


class _Recall(nn.Module):
    """What is known of other moments that sound alike: ``(batch, width, 12, frames)``, of the same shape.

    Moments compare by inner products over channels and pitch classes together, so that a transposed song compares the same.
    """

    def __init__(self, width: int, *, heads: int = 2) -> None:
        super().__init__()
        self.heads = heads
        self.ask = nn.Conv2d(width, width, 1)
        self.show = nn.Conv2d(width, width, 1)
        self.tell = nn.Conv2d(width, width, 1)
        self.mix = nn.Conv2d(width, width, 1)
        nn.init.zeros_(self.mix.weight)

    def forward(self, heard: Tensor) -> Tensor:
        batch, width, classes, frames = heard.shape
        moment = heard.reshape(batch, width, classes, frames // POOL, POOL).mean(dim=4)

        def split(rows: Tensor) -> Tensor:  # (batch, heads, moments, channels and pitch classes)
            return rows.reshape(batch, self.heads, -1, frames // POOL).transpose(2, 3)

        ask, show, tell = split(self.ask(moment)), split(self.show(moment)), split(self.tell(moment))
        alike = functional.normalize(ask, dim=3) @ functional.normalize(show, dim=3).transpose(2, 3)
        found = torch.softmax(16.0 * alike, dim=3) @ tell
        back = self.mix(found.transpose(2, 3).reshape(batch, width, classes, frames // POOL))
        return back.repeat_interleave(POOL, dim=3)
