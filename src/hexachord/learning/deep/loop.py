"""The one training loop.

It is seeded and can be stopped and taken up again: batch `k`, and what chance does to it in the network, depend on the seed and on `k`
alone. The rate rises and falls once (Smith & Topin, "Super-convergence", 2017); what comes out are weights averaged over the last steps
(Polyak & Juditsky, 1992).
"""

import copy
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from hexachord.errors import InputError
from hexachord.files import atomic_path
from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.together import Crew

_Net = TypeVar("_Net", bound=nn.Module)
_AHEAD = 3  # batches drawn in another thread while the network learns


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained.

    Attributes
    ----------
    seed : of everything that is random
    rate, warm : the highest rate, and the part of the training in which it rises
    decay : of the weights
    ema : how much of the averaged weights stays at each step, once there were enough
    steepest : gradients are shortened to this length
    bfloat16 : multiply in half the precision: two to three times as fast on processors that can
    orthogonal : modules whose matrices move by the orthogonal matrix next to their momentum, instead of each number by itself (Jordan et
        al., "Muon", 2024): fewer steps for the same loss where much of a network is products of wide layers
    """

    seed: int = 0
    rate: float = 4e-3
    warm: float = 0.15
    decay: float = 0.01
    ema: float = 0.995
    steepest: float = 1.0
    bfloat16: bool = False
    orthogonal: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Progress:
    """How far a training has come: steps, seconds of learning, the loss over the last hundred steps, which part of all is done, and whether
    it was ended before because it was `enough`."""

    step: int = 0
    spent_s: float = 0.0
    loss: float = float("nan")
    part: float = 0.0
    enough: bool = False


class Memory(Protocol):
    """What a listener to a training remembers: plain data and tensors, so that it can be kept in a checkpoint."""

    def state_dict(self) -> dict[str, Any]:
        """Give it."""
        ...

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Take it back."""
        ...


def train(
    net: _Net,
    draw: Draw,
    loss: Callable[[Tensor, Tensor, Tensor], Tensor],
    *,
    recipe: Recipe = Recipe(),
    steps: int | None = None,
    minutes: float | None = None,
    checkpoint: Path | None = None,
    identity: str = "",
    save_s: float = 60.0,
    tell: Callable[[Progress, _Net], bool | None] | None = None,
    tell_every: int = 200,
    memory: Memory | None = None,
    device: str = "cpu",
    crew: Crew = Crew(),
) -> tuple[_Net, Progress]:
    """Train for a number of steps, which is the same every time, or of minutes.

    Parameters
    ----------
    net : where to begin; it is changed
    draw : a batch of inputs, targets and what is known; called in order in another thread
    loss : of (outputs, targets, known)
    checkpoint : written every `save_s` seconds and at the end; where it exists, training goes on from it
    identity : what a checkpoint must have been written for, besides the recipe and the shapes of the network
    tell : called every `tell_every` steps and at the end with the averaged network, in evaluation mode; where it returns True, it is enough
    memory : what `tell` must know again after an interruption, kept in the checkpoint
    device : where to compute: ``cpu``, ``cuda`` ...
    crew : who learns together (see `hexachord.learning.deep.together`); `draw` gives this process its part of each batch

    Returns
    -------
    The network with weights averaged over its last steps, in evaluation mode, and how far it came.

    Raises
    ------
    InputError : if the checkpoint is of another training.
    """
    if (minutes is None) == (steps is None):
        raise ValueError("train for minutes or for steps")
    if crew.size > 1 and steps is None:
        raise ValueError("processes whose clocks differ train for steps, not for minutes")
    net.to(device)
    averaged = copy.deepcopy(net).eval()
    optimizers = _optimizers(net, recipe)
    progress = Progress()
    what = _what(net, recipe, identity)
    if checkpoint is not None and checkpoint.exists():
        _restore(checkpoint, net, averaged, optimizers, progress, what, memory)
    crew.check_same(progress.step, what="steps of the checkpoint")
    saved_s = progress.spent_s
    told = -1

    def store() -> None:
        if checkpoint is not None and crew.leads:
            _store(checkpoint, net, averaged, optimizers, progress, what, memory)

    net.train()
    learning = crew.wrapped(net)
    with _drawn(draw, seed=recipe.seed, first=progress.step) as batches:
        while True:
            begun_s = time.perf_counter()
            progress.part = progress.step / steps if steps is not None else progress.spent_s / (60.0 * (minutes or 1.0))
            if progress.part >= 1.0 or progress.enough:
                break
            inputs, targets, known = (torch.from_numpy(part).to(device) for part in next(batches))
            torch.manual_seed(1_000_003 * recipe.seed + progress.step + 7_368_787 * crew.rank)  # dropout too goes on where it stopped
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = recipe.rate * one_cycle(progress.part, warm=recipe.warm)
                optimizer.zero_grad(set_to_none=True)
            with torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=recipe.bfloat16):
                outputs = learning(inputs)
            wrong = loss(outputs.float(), targets, known)
            torch.autograd.backward(wrong)
            nn.utils.clip_grad_norm_(net.parameters(), recipe.steepest)
            for optimizer in optimizers:
                optimizer.step()
            progress.step += 1
            _average(averaged, net, decay=min(recipe.ema, progress.step / (progress.step + 20.0)))
            before = 0.0 if progress.step == 1 else progress.loss
            progress.loss = before + (float(wrong.detach()) - before) / min(progress.step, 100)
            progress.spent_s += time.perf_counter() - begun_s
            if memory is None and progress.spent_s - saved_s > save_s:
                saved_s = progress.spent_s
                store()
            if tell is not None and progress.step % tell_every == 0:
                told = progress.step
                progress.enough = bool(tell(progress, averaged))
            if memory is not None and (progress.spent_s - saved_s > save_s or progress.enough):
                saved_s = progress.spent_s  # what was just told is in the memory that is saved with it
                store()
    if progress.spent_s > saved_s:
        store()
    if tell is not None and told != progress.step:
        progress.enough = bool(tell(progress, averaged)) or progress.enough
        if memory is not None:
            store()
    return averaged, progress


def one_cycle(part: float, *, warm: float) -> float:
    """Rise from a tenth to 1 over `warm`, then fall to nothing along a cosine.

    Examples
    --------
    >>> [round(one_cycle(part, warm=0.2), 2) for part in (0.0, 0.2, 0.6, 1.0)]
    [0.1, 1.0, 0.5, 0.0]
    """
    if part < warm:
        return 0.1 + 0.9 * part / warm
    return 0.5 * (1.0 + float(np.cos(np.pi * min(1.0, (part - warm) / (1.0 - warm)))))


class _drawn:
    """Batches from number `first` on, a few of them drawn ahead in another thread, which ends with the block."""

    def __init__(self, draw: Draw, *, seed: int, first: int) -> None:
        self._draw, self._seed, self._next = draw, seed, first
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="draw")
        self._waiting: deque[Future[Batch]] = deque()

    def __enter__(self) -> Iterator[Batch]:
        return self._batches()

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def _batches(self) -> Iterator[Batch]:
        while True:
            while len(self._waiting) < _AHEAD:
                self._waiting.append(self._thread.submit(self._one, self._next))
                self._next += 1
            yield self._waiting.popleft().result()

    def _one(self, number: int) -> Batch:
        return self._draw(np.random.default_rng([self._seed, number]))


def _optimizers(net: nn.Module, recipe: Recipe) -> list[torch.optim.Optimizer]:
    """What moves the weights; only matrices decay."""
    named = dict(net.named_parameters())
    inner = {name for name, one in named.items() if one.ndim == 2 and name.startswith(recipe.orthogonal)} if recipe.orthogonal else set()
    if recipe.orthogonal and not inner:
        raise ValueError(f"no matrix of the network is in {', '.join(recipe.orthogonal)}")
    rest = [one for name, one in named.items() if name not in inner]
    groups: list[dict[str, object]] = [
        {"params": [one for one in rest if one.ndim > 1], "weight_decay": recipe.decay},
        {"params": [one for one in rest if one.ndim <= 1], "weight_decay": 0.0},
    ]
    made: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98))]
    if inner:
        matrices = [named[name] for name in sorted(inner)]
        made.append(torch.optim.Muon(matrices, lr=recipe.rate, weight_decay=recipe.decay, adjust_lr_fn="match_rms_adamw"))
    return made


@torch.no_grad()
def _average(averaged: nn.Module, net: nn.Module, *, decay: float) -> None:
    for mean, value in zip(averaged.state_dict().values(), net.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1.0 - decay)
        else:
            mean.copy_(value)


def _what(net: nn.Module, recipe: Recipe, identity: str) -> str:
    shapes = " ".join(f"{name}{tuple(value.shape)}" for name, value in net.state_dict().items())
    return f"{recipe} {sha256(shapes.encode()).hexdigest()[:16]} {identity}".strip()


def _store(
    path: Path,
    net: nn.Module,
    averaged: nn.Module,
    optimizers: list[torch.optim.Optimizer],
    progress: Progress,
    what: str,
    memory: Memory | None,
) -> None:
    content = {
        "what": what,
        "net": net.state_dict(), "averaged": averaged.state_dict(), "optimizers": [one.state_dict() for one in optimizers],
        "step": progress.step, "spent_s": progress.spent_s, "loss": progress.loss, "enough": progress.enough,
        "memory": None if memory is None else memory.state_dict(),
    }  # fmt: skip
    with atomic_path(path) as temporary:
        torch.save(content, temporary)


def _restore(
    path: Path,
    net: nn.Module,
    averaged: nn.Module,
    optimizers: list[torch.optim.Optimizer],
    progress: Progress,
    what: str,
    memory: Memory | None,
) -> None:
    content = torch.load(path, weights_only=True, map_location=next(net.parameters()).device)
    if content["what"] != what:
        raise InputError(path, found=f"a training of {content['what']}", expected=what, next_step="delete it, or train under another name")
    net.load_state_dict(content["net"])
    averaged.load_state_dict(content["averaged"])
    for optimizer, state in zip(optimizers, content["optimizers"], strict=True):
        optimizer.load_state_dict(state)
    progress.step, progress.spent_s, progress.loss = content["step"], content["spent_s"], content["loss"]
    progress.enough = content.get("enough", False)
    if memory is not None and content.get("memory") is not None:
        memory.load_state_dict(content["memory"])
