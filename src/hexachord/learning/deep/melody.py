"""A network that hears which pitch is the melody's, from a spectrum on a logarithmic frequency axis.

Every pitch sees its partials and its undertone in a column of their own (harmonic stacking: Bittner et al., "Deep salience representations
for F0 estimation in polyphonic music", ISMIR 2017), so that one small pattern serves all pitches. Convolutions over pitch and time then
compare a pitch with its neighbours, with its octaves and with what came before; what is known of the whole moment is told to all pitches,
because a line is the melody only beside others. One softmax over pitches and "none" (Kum & Nam, "Joint detection and classification of
singing voice melody", Applied Sciences 9(7), 2019, learn both together too).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.learning.deep.harmonics import harmonic_stack, partial_shifts


@dataclass(frozen=True, kw_only=True)
class MelodySize:
    """What a network is made of.

    Attributes
    ----------
    bins, bins_per_octave : of the spectrum that it is shown, `windows` times over
    pitches : how many bins from the lowest on may be a melody
    partials : in multiples of the pitch
    width : channels
    dilations : (frames, pitches of a semitone) of each block's convolution
    context, memory : width and number of dilated convolutions along time that look at whole moments: who sings, and whether anybody
        does, is told from more than a note
    dropout : of whole channels
    """

    bins: int = 253
    bins_per_octave: int = 36
    windows: int = 2
    pitches: int = 180
    partials: tuple[float, ...] = (0.5, 1, 2, 3, 4, 5, 6, 7, 8)
    width: int = 24
    dilations: tuple[tuple[int, int], ...] = ((1, 1), (2, 12), (4, 1), (8, 12), (16, 1), (32, 1))
    context: int = 48
    memory: int = 7
    dropout: float = 0.1

    @property
    def fine(self) -> int:
        """Bins of a semitone."""
        return self.bins_per_octave // 12

    @property
    def reach(self) -> int:
        """How many frames either way decide about a frame."""
        return 1 + sum(frames for frames, _ in self.dilations) + 2 * ((1 << self.memory) - 1)


class MelodyNet(nn.Module):
    """``(batch, frames, windows * bins)`` levels from 0 to 1 → ``(batch, frames, pitches + 1)`` logits, the last of "none"."""

    def __init__(self, size: MelodySize = MelodySize()) -> None:
        super().__init__()
        self.size = size
        stacked, width = size.windows * len(size.partials), size.width
        self.shifts = partial_shifts(size.partials, bins_per_octave=size.bins_per_octave)
        self.first = nn.Conv2d(stacked, width, (3, 2 * size.fine + 1), stride=(1, size.fine), padding=(1, size.fine), bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.blocks = nn.ModuleList(_Block(size, frames=frames, semitones=semitones) for frames, semitones in size.dilations)
        self.context = _Context(size)
        self.detail = nn.Conv2d(stacked, 8, (3, 3), padding=1, bias=False)
        self.detail_norm = nn.BatchNorm2d(8)
        self.each = nn.Conv2d(width, size.fine, 1)
        self.close = nn.Conv2d(8, 1, (1, 3), padding=(0, 1))
        self.whole = nn.Conv1d(2 * width, 1, 1)

    def forward(self, levels: Tensor) -> Tensor:
        """Hear whole pieces, or stretches of them."""
        size = self.size
        batch, frames, _ = levels.shape
        seen = levels.view(batch, frames, size.windows, size.bins).transpose(1, 2)
        stack = harmonic_stack(seen, self.shifts, pitches=size.pitches)
        heard = functional.relu(self.norm(self.first(stack)))
        for index, block in enumerate(self.blocks):
            heard = block(heard)
            if index + 1 == len(self.blocks) // 2:
                heard = self.context(heard)
        last = functional.relu(heard)
        coarse = self.each(last).permute(0, 2, 3, 1).flatten(2)  # a semitone's bins side by side
        detail = self.close(functional.relu(self.detail_norm(self.detail(stack))))[:, 0]
        none = self.whole(torch.cat([last.mean(dim=3), last.amax(dim=3)], dim=1)).transpose(1, 2)
        return torch.cat([coarse + detail, none], dim=2)


class _Block(nn.Module):
    """A look at frames and pitches some way apart, and at the whole moment; added to what was known."""

    def __init__(self, size: MelodySize, *, frames: int, semitones: int) -> None:
        super().__init__()
        width = size.width
        self.look = nn.Conv2d(width, width, 3, padding=(frames, semitones), dilation=(frames, semitones), bias=False)
        self.moment = nn.Conv1d(2 * width, width, 1)
        self.norm = nn.BatchNorm2d(width)
        self.mix = nn.Conv2d(width, width, 1)
        self.drop = nn.Dropout2d(size.dropout)

    def forward(self, heard: Tensor) -> Tensor:
        moment = self.moment(torch.cat([heard.mean(dim=3), heard.amax(dim=3)], dim=1))
        seen = functional.relu(self.norm(self.look(heard) + moment[..., None]))
        found: Tensor = heard + self.mix(self.drop(seen))
        return found


class _Context(nn.Module):
    """What is known of the seconds around: each channel is made stronger or weaker, and moved, for all pitches of a moment alike."""

    def __init__(self, size: MelodySize) -> None:
        super().__init__()
        self.gather = nn.Conv1d(2 * size.width, size.context, 1)
        self.looks = nn.ModuleList(
            nn.Conv1d(size.context, size.context, 5, padding=2 << index, dilation=1 << index, bias=False) for index in range(size.memory)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(size.context) for _ in range(size.memory))
        self.drop = nn.Dropout1d(size.dropout)
        self.tell = nn.Conv1d(size.context, 2 * size.width, 1)
        nn.init.zeros_(self.tell.weight)
        assert self.tell.bias is not None
        nn.init.zeros_(self.tell.bias)

    def forward(self, heard: Tensor) -> Tensor:
        known = self.gather(torch.cat([heard.mean(dim=3), heard.amax(dim=3)], dim=1))
        for look, norm in zip(self.looks, self.norms, strict=True):
            known = known + self.drop(functional.relu(norm(look(known))))
        stronger, moved = self.tell(functional.relu(known))[..., None].chunk(2, dim=1)
        return heard * (1.0 + stronger) + moved
