"""Low-rank adapters of a language model over rows, to be trained: Hu et al., "LoRA" (2021).

The model stands still. Beside each matrix of attention, of the layers' products and of what is said at the end goes a thin one into few
channels and another out of them, which is zero at first: a model that has just been adapted says what it said.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from hexachord.arrays import Float32Array
from hexachord.learning.deep.row_net import RowNet


class LowRank(nn.Module):
    """A linear layer that stands still, and what it gains."""

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) * linear.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, known: Tensor) -> Tensor:
        """Do what the layer does, and add what was learnt."""
        found: Tensor = self.linear(known)
        return found + functional.linear(functional.linear(known, self.down), self.up)


def adapted(net: RowNet, *, rank: int, seed: int = 0) -> RowNet:
    """Copy a network, let the copy stand still and give it an adapter of this rank.

    Raises
    ------
    ValueError : if the rank is less than 1.
    """
    if rank < 1:
        raise ValueError(f"a rank is 1 or more, not {rank}")
    net = copy.deepcopy(net)
    for weight in net.parameters():
        weight.requires_grad_(False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        holders: list[nn.Module] = [*net.each_layer(), net]
        for holder in holders:
            for name, layer in list(holder.named_children()):
                if isinstance(layer, nn.Linear):
                    setattr(holder, name, LowRank(layer, rank))
    return net


def factors(net: RowNet) -> dict[str, tuple[Float32Array, Float32Array]]:
    """Return what an adapted network has learnt: matrix → ``(rank, in)`` and ``(out, rank)``."""
    return {
        name: (each.down.detach().float().numpy().copy(), each.up.detach().float().numpy().copy())
        for name, each in net.named_modules()
        if isinstance(each, LowRank)
    }
