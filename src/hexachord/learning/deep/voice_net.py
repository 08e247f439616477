"""A network that completes four voices: what is masked is told from what is there, in any order.

It is an orderless NADE (Uria, Murray & Larochelle, "A deep and tractable density estimator", ICML 2014), as Coconet is (Huang et al.,
"Counterpoint by convolution", ISMIR 2017). Coconet folds over time and pitch at every sixteenth; here most of the thinking happens once a
beat: convolutions over sixteenths see how voices move, four sixteenths together become one beat, beats attend to each other, near or far
alike by how far they are apart (Shaw et al., "Self-attention with relative position representations", NAACL 2018), and what they know goes
back to the sixteenths. All voices of a sixteenth are seen together, so that a chord is one thing; that a note is held is said by
pointing at its neighbour (See, Liu & Manning, "Get to the point", ACL 2017).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

STEPS = 4
"""Sixteenths of a beat; inputs are multiples of it, and begin on a beat."""
_NEAR = (-1, 1, -2, 2)
_FAR = 2
"""Neighbours in time that a cell may simply repeat, and how far they are: most sixteenths are held."""


@dataclass(frozen=True, kw_only=True)
class VoiceSize:
    """What a network is made of.

    Attributes
    ----------
    columns : of what is given of a sixteenth: its voices, then what is known besides
    voices : of the music
    codes : what a cell may be given as: pitches, a rest, masked, outside the piece
    classes : what it may turn out to be: pitches, a rest
    width : channels of a sixteenth
    kernel, blocks : of the convolutions over sixteenths, before the beats and as many after
    beat_width, layers, heads, inner : of the attention between beats
    reach : beats further apart than this are all as far
    dropout : of what the layers add, in training
    """

    columns: int = 5
    voices: int = 4
    codes: int = 64
    classes: int = 62
    width: int = 96
    kernel: int = 3
    blocks: int = 2
    beat_width: int = 160
    layers: int = 4
    heads: int = 5
    inner: int = 480
    reach: int = 32
    dropout: float = 0.15


class VoiceNet(nn.Module):
    """``(batch, sixteenths, columns)`` codes → ``(batch, sixteenths, voices * classes)`` logits of what each cell is."""

    first_code: Tensor
    each_class: Tensor

    def __init__(self, size: VoiceSize = VoiceSize()) -> None:
        super().__init__()
        self.size = size
        self.seen = nn.Parameter(torch.randn(size.columns * size.codes, size.width) * 0.3)
        self.place = nn.Parameter(torch.randn(STEPS, size.width) * 0.3)
        self.before = nn.ModuleList(_Along(size, dilation=1 << index) for index in range(size.blocks))
        self.gather = nn.Linear(STEPS * size.width, size.beat_width)
        self.layers = nn.ModuleList(_Beats(size) for _ in range(size.layers))
        self.norm = nn.LayerNorm(size.beat_width)
        self.spread = nn.Linear(size.beat_width, STEPS * size.width)
        self.after = nn.ModuleList(_Along(size, dilation=1 << index) for index in range(size.blocks))
        self.last = nn.LayerNorm(size.width)
        self.tell = nn.Linear(size.width, size.voices * size.classes)
        self.hold = nn.Linear(size.width, size.voices * len(_NEAR))
        nn.init.zeros_(self.hold.weight)
        nn.init.zeros_(self.hold.bias)
        self.register_buffer("each_class", torch.eye(size.codes)[:, : size.classes], persistent=False)
        self.register_buffer("first_code", torch.arange(size.columns) * size.codes, persistent=False)

    def forward(self, codes: Tensor) -> Tensor:
        """Tell every cell, masked or not."""
        batch, steps, _ = codes.shape
        beats = steps // STEPS
        places = codes.long() + self.first_code
        hidden = functional.embedding(places, self.seen).sum(dim=2)
        hidden = (hidden.view(batch, beats, STEPS, -1) + self.place).view(batch, steps, -1)
        for block in self.before:
            hidden = block(hidden)
        beat = self.gather(hidden.reshape(batch, beats, -1))
        apart = torch.arange(beats)[None, :] - torch.arange(beats)[:, None]
        apart = apart.clamp(-self.size.reach, self.size.reach) + self.size.reach
        for layer in self.layers:
            beat = layer(beat, apart)
        hidden = hidden + self.spread(self.norm(beat)).reshape(batch, steps, -1)
        for block in self.after:
            hidden = block(hidden)
        last = functional.relu(self.last(hidden))
        told: Tensor = self.tell(last) + self._held(codes, self.hold(last)).flatten(2)
        return told

    def _held(self, codes: Tensor, much: Tensor) -> Tensor:
        """What speaks for the pitches of a cell's neighbours, as much as the network says: ``(batch, steps, voices, classes)``."""
        batch, steps, _ = codes.shape
        size = self.size
        pitch = functional.embedding(codes[:, :, : size.voices].long(), self.each_class)  # all 0 where masked
        wide = functional.pad(pitch, (0, 0, 0, 0, _FAR, _FAR))
        much = much.view(batch, steps, size.voices, len(_NEAR))
        found = torch.zeros_like(pitch)
        for index, away in enumerate(_NEAR):
            found = found + much[..., index : index + 1] * wide[:, _FAR + away : _FAR + away + steps]
        return found


class _Along(nn.Module):
    """A convolution over sixteenths (one product of neighbours side by side: faster than what calls itself so), then a product at each of
    them; added to what was known."""

    def __init__(self, size: VoiceSize, *, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(size.width)
        self.along = nn.Linear(size.kernel * size.width, size.width)
        self.each = nn.Linear(size.width, size.width)
        self.dropout, self.kernel, self.dilation = size.dropout, size.kernel, dilation

    def forward(self, hidden: Tensor) -> Tensor:
        aside = self.dilation * (self.kernel // 2)
        wide = functional.pad(self.norm(hidden), (0, 0, aside, aside))
        near = torch.cat([wide[:, at * self.dilation : at * self.dilation + hidden.shape[1]] for at in range(self.kernel)], dim=2)
        added = self.each(functional.relu(self.along(near)))
        if self.training:  # whole channels of a piece
            added = added * functional.dropout(torch.ones_like(added[:, :1]), self.dropout / 3.0)
        known: Tensor = hidden + added
        return known


class _Beats(nn.Module):
    """Attention of every beat to every other, by what they hold and how far they are apart, then a product with itself."""

    def __init__(self, size: VoiceSize) -> None:
        super().__init__()
        self.size = size
        self.before = nn.LayerNorm(size.beat_width)
        self.ask = nn.Linear(size.beat_width, 3 * size.beat_width, bias=False)
        self.far = nn.Parameter(torch.zeros(2 * size.reach + 1, size.heads))
        self.out = nn.Linear(size.beat_width, size.beat_width, bias=False)
        self.between = nn.LayerNorm(size.beat_width)
        self.up = nn.Linear(size.beat_width, size.inner)
        self.down = nn.Linear(size.inner, size.beat_width, bias=False)

    def forward(self, beat: Tensor, apart: Tensor) -> Tensor:
        batch, beats, width = beat.shape
        heads = self.size.heads
        asked = self.ask(self.before(beat)).view(batch, beats, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        bias = functional.embedding(apart, self.far).permute(2, 0, 1)
        alike = asked[0] @ asked[1].transpose(2, 3) * (width // heads) ** -0.5 + bias
        heard = torch.softmax(alike.float(), dim=3).to(asked.dtype) @ asked[2]
        beat = beat + self._dropped(self.out(heard.transpose(1, 2).reshape(batch, beats, width)))
        return beat + self._dropped(self.down(functional.relu(self.up(self.between(beat)))))

    def _dropped(self, added: Tensor) -> Tensor:
        return functional.dropout(added, self.size.dropout, self.training)
