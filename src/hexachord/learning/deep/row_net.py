"""A language model over rows.

A song is a table: one row per event, a few small integers per row (compound words: Hsiao et al., "Compound word transformer", AAAI 2021).
A causal transformer with rotary positions (Su et al., "RoFormer", 2021) reads rows; the next one is told field after field, each by a small
head that sees what the trunk says and the fields already chosen. The network knows of a vocabulary no more than how many values each field
has. 0 means "does not apply" in every field.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

ROTARY_BASE = 10_000.0


@dataclass(frozen=True, kw_only=True)
class RowSize:
    """What a network is made of.

    Attributes
    ----------
    field_sizes : how many values each field of a row has, 0 among them
    width, layers : of the trunk
    heads, head_width : of attention: how many ask at each row, and how many channels each compares, a multiple of 16
    memories : how many heads' keys and values are remembered, each for as many heads that ask (Ainslie et al., "GQA", EMNLP 2023): what a
        step costs when much was read is to look all of them through
    inner : channels between the two products of a layer
    head : channels of the small network that tells one field
    dropout : of what the layers add, in training
    """

    field_sizes: tuple[int, ...]
    width: int = 256
    layers: int = 5
    heads: int = 4
    head_width: int = 32
    memories: int = 2
    inner: int = 1024
    head: int = 128
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if len(self.field_sizes) < 1 or self.head_width % 16 or self.heads % self.memories:
            raise ValueError(f"no network of {self}")

    @property
    def fields(self) -> int:
        """How many fields a row has."""
        return len(self.field_sizes)


class RowNet(nn.Module):
    """``(batch, rows + 1, fields)`` integers → ``(batch, rows, sum of field sizes)`` logits of rows 1, 2, ... given what precedes each."""

    first_value: Tensor

    def __init__(self, size: RowSize) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("first_value", _firsts(size.field_sizes), persistent=False)
        self.seen = nn.Embedding(sum(size.field_sizes), size.width)
        self.layers = nn.ModuleList(RowLayer(size) for _ in range(size.layers))
        self.norm = nn.LayerNorm(size.width, bias=False)
        self.said = nn.Linear(size.width, size.fields * size.head)
        self.chosen = nn.ModuleList(
            nn.Embedding(values, (size.fields - 1 - field) * size.head) for field, values in enumerate(size.field_sizes[:-1])
        )
        self.tell = nn.ModuleList(nn.Linear(size.head, values) for values in size.field_sizes)
        nn.init.normal_(self.seen.weight, std=0.3)
        for weight in self.chosen.parameters():
            nn.init.normal_(weight, std=0.3)
        for layer in self.each_layer():
            for last in (layer.out, layer.down):
                nn.init.normal_(last.weight, std=(2 * size.layers * last.in_features) ** -0.5)

    def forward(self, rows: Tensor) -> Tensor:
        """Tell every row but the first."""
        rows = rows.long()
        return self.fields(self.trunk(rows[:, :-1]), rows[:, 1:])

    def trunk(self, rows: Tensor) -> Tensor:
        """Read rows: what is said after each of them, ``(batch, rows, fields * head)``."""
        batch, length, fields = rows.shape
        places = (rows + self.first_value).reshape(-1, fields)
        hidden = functional.embedding_bag(places, self.seen.weight, mode="sum").view(batch, length, -1)
        turn = rotary(length, self.size.head_width)
        for layer in self.layers:
            hidden = layer(hidden, *turn)
        said: Tensor = self.said(self.norm(hidden))
        return said

    def fields(self, said: Tensor, rows: Tensor) -> Tensor:
        """Tell the fields of rows, each given those before it: ``(batch, rows, sum of field sizes)`` logits."""
        known = said
        if self.size.fields > 1:
            places = (rows + self.first_value)[..., :-1].reshape(-1, self.size.fields - 1)
            known = said + functional.embedding_bag(places, self.later(), mode="sum").view_as(said)
        known = functional.relu(known)
        logits = [tell(part) for tell, part in zip(self.tell, torch.split(known, self.size.head, dim=-1), strict=True)]
        return torch.cat(logits, dim=-1)

    def each_layer(self) -> list["RowLayer"]:
        """The layers of the trunk, in order."""
        return [layer for layer in self.layers if isinstance(layer, RowLayer)]

    def tellers(self) -> list[nn.Linear]:
        """What tells each field at the end."""
        return [tell for tell in self.tell if isinstance(tell, nn.Linear)]

    def later(self) -> Tensor:
        """What each value of each field but the last adds to the fields that follow it, ``(values, fields * head)``; 0 for the others."""
        head = self.size.head
        tables = [table.weight for table in self.chosen if isinstance(table, nn.Embedding)]
        if not tables:  # a row of one field
            return torch.zeros(0, head)
        return torch.cat([functional.pad(weight, ((field + 1) * head, 0)) for field, weight in enumerate(tables)])


class RowLayer(nn.Module):
    """Attention to what came before, then a product with itself; both are added to what was known."""

    def __init__(self, size: RowSize) -> None:
        super().__init__()
        self.size = size
        self.before = nn.LayerNorm(size.width, bias=False)
        self.ask = nn.Linear(size.width, (size.heads + 2 * size.memories) * size.head_width, bias=False)
        self.out = nn.Linear(size.heads * size.head_width, size.width, bias=False)
        self.between = nn.LayerNorm(size.width, bias=False)
        self.up = nn.Linear(size.width, size.inner)
        self.down = nn.Linear(size.inner, size.width, bias=False)

    def forward(self, hidden: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Hear and think about every row once."""
        batch, length, _ = hidden.shape
        size = self.size
        asked = self.ask(self.before(hidden)).view(batch, length, -1, size.head_width).transpose(1, 2)
        turning, value = torch.split(asked, [size.heads + size.memories, size.memories], dim=1)
        query, key = torch.split(turned(turning, cos, sin), [size.heads, size.memories], dim=1)
        shared = size.heads // size.memories
        key, value = (each.repeat_interleave(shared, dim=1) for each in (key, value))
        heard = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        hidden = hidden + self._dropped(self.out(heard.transpose(1, 2).reshape(batch, length, -1)))
        return hidden + self._dropped(self.down(functional.gelu(self.up(self.between(hidden)))))

    def _dropped(self, added: Tensor) -> Tensor:
        return functional.dropout(added, self.size.dropout, self.training)


def rotary(length: int, head_width: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the angles by which positions are turned, ``(length, head_width / 2)`` each."""
    rate = ROTARY_BASE ** (-torch.arange(0, head_width, 2) / head_width)
    angle = torch.arange(length)[:, None] * rate
    return angle.cos(), angle.sin()


def turned(channels: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the first half of the channels against the second, by an angle for each position and pair."""
    one, other = channels.chunk(2, dim=-1)
    cos, sin = cos.to(channels.dtype), sin.to(channels.dtype)
    return torch.cat([one * cos - other * sin, other * cos + one * sin], dim=-1)


def _firsts(field_sizes: tuple[int, ...]) -> Tensor:
    """Where the values of each field begin when all fields lie in one table."""
    return torch.tensor((0, *field_sizes[:-1])).cumsum(0)


def row_loss(logits: Tensor, rows: Tensor, counts: Tensor, *, field_sizes: tuple[int, ...]) -> Tensor:
    """Judge what was told: nats a row of those whose first field counts.

    Parameters
    ----------
    logits : (batch, rows, sum of field sizes)
    rows : (batch, rows, fields), those that were to be told
    counts : (batch, rows, fields), 1 where a field is judged, else 0
    """
    return field_losses(logits, rows, counts, field_sizes=field_sizes).sum() / counts[..., 0].sum().clamp(min=1.0)


def field_losses(logits: Tensor, rows: Tensor, counts: Tensor, *, field_sizes: tuple[int, ...]) -> Tensor:
    """Sum what each field costs where it counts, (fields,) nats; see `row_loss`."""
    found = []
    for field, told in enumerate(torch.split(logits, list(field_sizes), dim=-1)):
        wanted = rows[..., field].long().masked_fill(counts[..., field] == 0, -100)
        found.append(functional.cross_entropy(told.flatten(0, 1), wanted.flatten(), reduction="sum"))
    return torch.stack(found)
