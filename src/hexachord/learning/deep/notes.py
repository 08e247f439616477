"""A network that hears the notes of any pitched instruments, from a spectrum on a logarithmic frequency axis.

Each of the piano's 88 pitches sees its partials and its undertone in a column of their own (harmonic stacking: Bittner et al., "A
lightweight instrument-agnostic model for polyphonic note transcription and multipitch estimation", ICASSP 2022), so that one small pattern
serves all pitches; convolutions over pitch and time then compare a pitch with its neighbours, with its octaves and twelfths, and with what
came before. Beginnings, what sounds, and ends are judged apart (Hawthorne et al., "Onsets and frames", ISMIR 2018), and the moment of a
beginning is told more finely than frames are (Kong et al., "High-resolution piano transcription", IEEE/ACM TASLP 29, 2021).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.learning.deep.harmonics import harmonic_stack, partial_shifts

HEADS = ("onset", "sounding", "end", "velocity", "late")
"""What is said of every pitch: logits of beginning, sounding and ending here, of velocity, and how many frames after this one it begins."""


@dataclass(frozen=True, kw_only=True)
class NoteSize:
    """What a network is made of.

    Attributes
    ----------
    bins, bins_per_octave : of the spectrum that it is shown, `views` times over
    pitches : semitones from the lowest bin on
    partials : in multiples of the pitch
    width : channels
    dilations : (frames, semitones) of each block's convolution
    moments : every how many blocks all pitches are told what the whole moment is like
    """

    bins: int = 307
    bins_per_octave: int = 36
    views: int = 3
    pitches: int = 88
    partials: tuple[float, ...] = (0.5, 1, 2, 3, 4, 5, 6, 7, 8)
    width: int = 32
    dilations: tuple[tuple[int, int], ...] = ((1, 1), (1, 12), (2, 7), (4, 12), (8, 1), (16, 5), (1, 1))
    moments: int = 3

    @property
    def fine(self) -> int:
        """Bins of a semitone."""
        return self.bins_per_octave // 12

    @property
    def reach(self) -> int:
        """How many frames either way decide about a frame."""
        return 2 + sum(frames for frames, _ in self.dilations)


class NoteNet(nn.Module):
    """``(batch, frames, views * bins)`` levels from 0 to 1 → ``(batch, frames, HEADS * pitches)``, one head's pitches after the other's."""

    def __init__(self, size: NoteSize = NoteSize()) -> None:
        super().__init__()
        self.size = size
        stacked, width = size.views * len(size.partials), size.width
        self.shifts = partial_shifts(size.partials, bins_per_octave=size.bins_per_octave)
        self.first = nn.Conv2d(stacked, width, (3, 2 * size.fine + 1), stride=(1, size.fine), padding=(1, size.fine), bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.blocks = nn.ModuleList(
            _Block(size, frames=frames, semitones=semitones, moment=index % size.moments == 0)
            for index, (frames, semitones) in enumerate(size.dilations)
        )
        self.each = nn.Conv2d(width, len(HEADS), 3, padding=1)
        assert self.each.bias is not None
        with torch.no_grad():
            self.each.bias.copy_(torch.tensor([-4.0, -2.5, -4.0, 0.0, 0.0]))  # notes are rare

    def forward(self, levels: Tensor) -> Tensor:
        """Hear whole pieces, or stretches of them."""
        size = self.size
        batch, frames, _ = levels.shape
        seen = levels.view(batch, frames, size.views, size.bins).transpose(1, 2)
        if torch.is_autocast_enabled("cpu"):  # the stack is nine times as large: half of its bytes, and in the order that it is read
            seen = seen.to(torch.bfloat16).contiguous(memory_format=torch.channels_last)
        stack = harmonic_stack(seen, self.shifts, pitches=size.pitches * size.fine)
        heard = functional.relu(self.norm(self.first(stack)))
        for block in self.blocks:
            heard = block(heard)
        found: Tensor = self.each(functional.relu(heard)).transpose(1, 2).flatten(2)
        return found


class _Block(nn.Module):
    """A look at frames and pitches some way apart, and perhaps at the whole moment; added to what was known."""

    def __init__(self, size: NoteSize, *, frames: int, semitones: int, moment: bool) -> None:
        super().__init__()
        width = size.width
        self.pitches = size.pitches
        self.look = nn.Conv2d(width, width, 3, padding=(frames, semitones), dilation=(frames, semitones), bias=False)
        self.moment = nn.Conv2d(2 * width, width, 1) if moment else None
        self.norm = nn.BatchNorm2d(width)
        self.mix = nn.Conv2d(width, width, 1)

    def forward(self, heard: Tensor) -> Tensor:
        seen = self.look(heard)
        if self.moment is not None:
            whole = (1, self.pitches)
            seen = seen + self.moment(torch.cat([functional.avg_pool2d(heard, whole), functional.max_pool2d(heard, whole)], dim=1))
        found: Tensor = heard + self.mix(functional.relu(self.norm(seen)))
        return found
