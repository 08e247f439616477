"""A small network that hears events in a spectrogram: decibels in, logits of each kind of event in every frame out.

A few convolutions fold frequency away, then dilated convolutions look wide in time: 9 blocks of kernel 5 see 20 s either way at 50 frames
a second, more than a slow bar of 7. Davies & Böck, "Temporal convolutional networks for musical audio beat tracking", EUSIPCO 2019; Böck &
Davies, "Deconstruct, analyse, reconstruct", ISMIR 2020. An event that includes another (a downbeat is a beat) adds the other's logit to
its own: Foscarin, Schlüter & Widmer, "Beat this!", ISMIR 2024.

What holds for longer than a moment (the metre, the tempo) are *traits*: each is one of several classes, and the network says in every frame
how likely each of them is there. A network that must tell tempo and metre hears beats better, too (Böck & Davies, 2020).

With a `lookahead` the network is causal: it keeps what it must remember between blocks, and `TemporalNet.stream` goes on where the last
block ended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, kw_only=True)
class TemporalSize:
    """What a network is made of.

    Attributes
    ----------
    bands : of the spectrogram
    outputs : kinds of events
    extra : more kinds, which help it to learn and are left out of what is exported
    includes : ``(whole, part)``: wherever output `part` happens, output `whole` does
    traits : how many classes each trait has
    front : (channels, frames, bands, stride) of each convolution over frequency
    direct : each band is shown to the fold as it is, too: fine enough for the bass and for harmony
    width : channels along time
    kernel : frames one dilated convolution sees
    blocks : dilated convolutions; the dilation doubles from one to the next
    dropout : of whole channels, in the blocks
    lookahead : None looks as far ahead as back; else how many frames ahead of a frame decide about it, 0 for none
    """

    bands: int = 128
    outputs: int = 2
    extra: int = 0
    includes: tuple[tuple[int, int], ...] = ()
    traits: tuple[int, ...] = ()
    front: tuple[tuple[int, int, int, int], ...] = ((16, 3, 8, 4), (32, 3, 4, 4))
    direct: bool = False
    width: int = 36
    kernel: int = 5
    blocks: int = 9
    dropout: float = 0.1
    lookahead: int | None = None

    def __post_init__(self) -> None:
        odd = all(frames % 2 for _, frames, _, _ in self.front) and self.kernel % 2
        if not odd or (self.lookahead is not None and self.lookahead < 0):
            raise ValueError(f"frames of a convolution are odd, a lookahead is not negative: {self}")
        if any(not (0 <= whole < self.outputs and 0 <= part < self.outputs) for whole, part in self.includes):
            raise ValueError(f"includes {self.includes}, but there are {self.outputs} outputs")

    @property
    def events(self) -> int:
        """How many kinds of events it learns, with those that are left out of what is exported."""
        return self.outputs + self.extra

    @property
    def back(self) -> int:
        """How many frames before a frame decide about it."""
        both = 2 * self._aside
        return self._aside if self.lookahead is None else both - self.lookahead

    @property
    def ahead(self) -> int:
        """How many frames after a frame decide about it."""
        return self._aside if self.lookahead is None else self.lookahead

    @property
    def _aside(self) -> int:
        in_front = sum(frames // 2 for _, frames, _, _ in self.front)
        return in_front + self.kernel // 2 * ((1 << self.blocks) - 1)


class TemporalNet(nn.Module):
    """``(batch, frames, bands)`` decibels → ``(batch, frames, outputs + extra + classes of all traits)`` logits.

    `level_db` and `spread_db`, per band, are those of the music it learns from; they travel with the weights.
    """

    level_db: Tensor
    spread_db: Tensor

    def __init__(self, size: TemporalSize = TemporalSize()) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("level_db", torch.zeros(size.bands))
        self.register_buffer("spread_db", torch.ones(size.bands))
        causal = size.lookahead is not None
        self.front = nn.ModuleList()
        channels, bands = 1, size.bands
        for out, frames, taps, stride in size.front:
            self.front.append(_Fold(channels, out, frames=frames, taps=taps, stride=stride, causal=causal))
            channels, bands = out, (bands + 2 * (taps // 2) - taps) // stride + 1
        self.fold = nn.Linear(channels * bands, size.width)
        self.direct = nn.Linear(size.bands, size.width, bias=False) if size.direct else None
        self.blocks = nn.ModuleList(_Block(size, dilation=1 << index, causal=causal) for index in range(size.blocks))
        self.head = nn.Conv1d(size.width, size.events, 1)
        nn.init.zeros_(self.head.weight)
        assert self.head.bias is not None
        nn.init.constant_(self.head.bias, -2.0)  # most frames have no event
        self.traits = _TraitHead(size) if size.traits else None

    def set_levels(self, level_db: Tensor, spread_db: Tensor) -> None:
        """Tell it the music's mean and standard deviation, per band or one for all."""
        self.level_db.copy_(level_db)
        self.spread_db.copy_(spread_db)

    def forward(self, features: Tensor) -> Tensor:
        """Hear whole pieces."""
        if self.size.lookahead is None:
            return self._logits(features, None)
        later = self.size.lookahead
        # after the end there is what there is before the beginning: nothing, the mean
        silence = self.level_db.expand(features.shape[0], later, -1)
        logits, _ = self.stream(torch.cat([features, silence], dim=1), self.past(features.shape[0]))
        return logits[:, later:]

    def stream(self, features: Tensor, past: Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Hear the next frames of a causal network.

        Parameters
        ----------
        features : (batch, frames, bands), any number of frames
        past : what was returned with the frames before; `TemporalNet.past` at the beginning

        Returns
        -------
        logits : (batch, frames, outputs + extra + classes), of the frames `lookahead` before those given
        past : for the next call
        """
        if self.size.lookahead is None:
            raise ValueError("this network looks ahead as far as back: it cannot hear a stream")
        memory = _Memory(past)
        logits = self._logits(features, memory)
        return logits, memory.after

    def past(self, batch: int = 1) -> list[Tensor]:
        """Return what a causal network remembers before the first frame."""
        shapes: list[tuple[int, ...]] = []
        channels, bands = 1, self.size.bands
        for out, frames, taps, stride in self.size.front:
            shapes.append((batch, channels, frames - 1, bands))
            channels, bands = out, (bands + 2 * (taps // 2) - taps) // stride + 1
        shapes += [(batch, self.size.width, (1 << index) * (self.size.kernel - 1)) for index in range(self.size.blocks)]
        return [torch.zeros(shape) for shape in shapes if shape[2]]

    def _logits(self, features: Tensor, memory: "_Memory | None") -> Tensor:
        scaled = (features - self.level_db) / self.spread_db
        seen = scaled[:, None]
        for fold in self.front:
            seen = fold(seen, memory)
        heard = self.fold(seen.permute(0, 2, 3, 1).flatten(2))
        if self.direct is not None:
            heard = heard + self.direct(scaled)
        heard = heard.transpose(1, 2)
        for block in self.blocks:
            heard = block(heard, memory)
        logits = self.head(functional.relu(heard))
        columns = list(logits.unbind(dim=1))
        for whole, part in self.size.includes:
            columns[whole] = columns[whole] + columns[part]
        found = torch.stack(columns, dim=2)
        return found if self.traits is None else torch.cat([found, self.traits(heard)], dim=2)


class _Memory:
    """What each convolution of a causal network has to remember, handed out and taken back in order."""

    def __init__(self, past: Sequence[Tensor]) -> None:
        self._before: Iterator[Tensor] = iter(past)
        self.after: list[Tensor] = []

    def extend(self, frames: Tensor, *, by: int) -> Tensor:
        """Put the `by` remembered frames before the new ones (along axis 2), and remember the last ones."""
        if by == 0:
            return frames
        joined = torch.cat([next(self._before).to(frames.dtype), frames], dim=2)
        self.after.append(joined[:, :, -by:])
        return joined


class _Fold(nn.Module):
    """A convolution that looks at a few frames and makes fewer bands."""

    def __init__(self, channels: int, out: int, *, frames: int, taps: int, stride: int, causal: bool) -> None:
        super().__init__()
        self.look = nn.Conv2d(
            channels, out, (frames, taps), stride=(1, stride), padding=(0 if causal else frames // 2, taps // 2), bias=False
        )
        self.norm = nn.BatchNorm2d(out)
        self.before = frames - 1
        self.look.weight.data = self.look.weight.data.contiguous(
            memory_format=torch.channels_last
        )  # what it runs fastest in, and it makes folding free

    def forward(self, seen: Tensor, memory: _Memory | None) -> Tensor:
        if memory is not None:
            seen = memory.extend(seen, by=self.before)
        return functional.relu(self.norm(self.look(seen)))


class _Block(nn.Module):
    """A look at frames `dilation` apart, added to what was known."""

    def __init__(self, size: TemporalSize, *, dilation: int, causal: bool) -> None:
        super().__init__()
        aside = dilation * (size.kernel // 2)
        self.look = nn.Conv1d(size.width, size.width, size.kernel, padding=0 if causal else aside, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(size.width)
        self.drop = nn.Dropout1d(size.dropout)
        self.mix = nn.Conv1d(size.width, size.width, 1)
        self.before = 2 * aside

    def forward(self, heard: Tensor, memory: _Memory | None) -> Tensor:
        seen = heard if memory is None else memory.extend(heard, by=self.before)
        found: Tensor = heard + self.mix(self.drop(functional.relu(self.norm(self.look(seen)))))
        return found


class _TraitHead(nn.Module):
    """Classes of every trait, from what is known of a frame: ``(batch, width, frames)`` → ``(batch, frames, classes)`` logits."""

    def __init__(self, size: TemporalSize) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(size.width)
        self.look = nn.Conv1d(size.width, size.width, 1)
        self.drop = nn.Dropout1d(size.dropout)
        self.head = nn.Conv1d(size.width, sum(size.traits), 1)
        nn.init.zeros_(self.head.weight)

    def forward(self, heard: Tensor) -> Tensor:
        seen = functional.relu(self.look(self.norm(heard)))
        found: Tensor = self.head(self.drop(seen)).transpose(1, 2)
        return found


def parameter_count(net: nn.Module) -> int:
    """Count what is learnt."""
    return sum(parameter.numel() for parameter in net.parameters())
