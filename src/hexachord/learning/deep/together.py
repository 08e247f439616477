"""One training on several processes or machines, started by ``torchrun``.

Each process learns from its own part of every batch; gradients are averaged before each step, so that the weights stay the same everywhere
(Li et al., "PyTorch Distributed", VLDB 2020). With equal parts and the same `Draw` that is the training that one process would have done
with the whole batch, up to the order of sums: `BatchNorm` takes its means over all parts as well (Peng et al., "MegDet", CVPR 2018).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn.parallel import DistributedDataParallel

from hexachord.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Who learns together: this process is number `rank` of `size`."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes files and decides."""
        return self.rank == 0

    def wrapped(self, net: nn.Module) -> nn.Module:
        """Return a network whose gradients are averaged among all; itself where there is nobody else."""
        return DistributedDataParallel(net, broadcast_buffers=False) if self.size > 1 else net

    def mean(self, value: float) -> float:
        """Average a number over all processes."""
        if self.size == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64)
        distributed.all_reduce(total)
        return float(total) / self.size

    def decided(self, value: float) -> float:
        """Take the number that the leader has, so that all decide alike."""
        if self.size == 1:
            return value
        told = torch.tensor(value, dtype=torch.float64)
        distributed.broadcast(told, src=0)
        return float(told)

    def check_same(self, value: int, *, what: str) -> None:
        """Make sure that a number is the same everywhere.

        Raises
        ------
        InputError : if it is not, in every process alike.
        """
        if self.size == 1:
            return
        values = [torch.zeros((), dtype=torch.int64) for _ in range(self.size)]
        distributed.all_gather(values, torch.tensor(value))
        found = sorted({int(each) for each in values})
        if len(found) > 1:
            raise InputError(
                what,
                found=" and ".join(map(str, found)) + " on different machines",
                expected="the same everywhere",
                next_step="train in a folder that all machines share",
            )


def torchrun_size() -> int:
    """Return how many processes ``torchrun`` started; 1 where it did not."""
    return int(os.environ.get("WORLD_SIZE", "1")) if "RANK" in os.environ else 1


@contextmanager
def joined(*, backend: str = "gloo") -> Iterator[Crew]:
    """Join the processes that ``torchrun`` started, until the block ends; without it there is one process.

    Parameters
    ----------
    backend : of torch.distributed; ``gloo`` runs on every machine. What is exchanged are gradients, which may be on a GPU all the same

    Examples
    --------
    >>> with joined() as crew:
    ...     crew
    Crew(rank=0, size=1)
    """
    if torchrun_size() == 1:
        yield Crew()
        return
    if distributed.is_initialized():
        yield Crew(rank=distributed.get_rank(), size=distributed.get_world_size())
        return
    distributed.init_process_group(backend)
    try:
        yield Crew(rank=distributed.get_rank(), size=distributed.get_world_size())
    finally:
        distributed.destroy_process_group()


class BatchNorm(nn.Module):
    """Batch normalisation over ``(batch, channels, ...)`` whose means are those of the whole batch, however many processes share it.

    Ioffe & Szegedy, ICML 2015. torch's own synchronised one runs on GPUs alone.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int, *, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.momentum, self.eps = momentum, eps

    def forward(self, hidden: Tensor) -> Tensor:
        """Normalise: by the batch in training, by what was gathered afterwards."""
        alone = not (distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1)
        if not self.training or alone:
            normalised: Tensor = nn.functional.batch_norm(
                hidden, self.running_mean, self.running_var, self.weight, self.bias, self.training, self.momentum, self.eps
            )
            return normalised
        count, axes = hidden.numel() // hidden.shape[1], [axis for axis in range(hidden.ndim) if axis != 1]
        plain = hidden.float()
        here = torch.cat([plain.sum(axes), plain.square().sum(axes), plain.new_full((1,), count)])
        sums: Tensor = all_reduce(here)  # type: ignore[no-untyped-call, unused-ignore]
        total = float(sums[-1].detach())
        mean, square = torch.split(sums[:-1] / total, hidden.shape[1])
        variance = (square - mean.square()).clamp(min=0.0)
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (total / max(total - 1.0, 1.0)), self.momentum)
        shape = (1, -1, *([1] * (hidden.ndim - 2)))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        found: Tensor = (plain * scale.view(shape) + (self.bias - mean * scale).view(shape)).to(hidden.dtype)
        return found
