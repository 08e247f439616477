"""What the beat network learns from, and how: clips, what is done to them at random, and the loop.

The loop is seeded and can be stopped and taken up again: batch `k` depends on the seed and on `k` alone.
"""

import copy
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np
import torch
from beat_net import BeatNet, NetSize, tolerant_loss
from numpy.typing import NDArray
from torch import Tensor

from hexachord.errors import InputError
from hexachord.files import atomic_path

HOP_S = 0.02
BANDS = 128

Float32 = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A piece to learn from.

    Attributes
    ----------
    mel_db : gives the log-mel spectrogram of frames ``[first, last)`` as (frames, bands) float32
    frames : how many there are
    beat_s : times of all beats
    position : of each beat in its bar, from 1; 0 where the bars are not known
    """

    id: str
    kind: str
    mel_db: Callable[[int, int], Float32]
    frames: int
    beat_s: NDArray[np.float64]
    position: NDArray[np.int64]

    @property
    def bars_known(self) -> bool:
        return bool(len(self.position) and (self.position > 0).all())

    @property
    def metre(self) -> int:
        """The most frequent number of beats in a bar; 0 when unknown."""
        if not self.bars_known:
            return 0
        lengths = np.diff(np.flatnonzero(self.position == 1))
        return int(np.bincount(lengths).argmax()) if len(lengths) else int(self.position.max())


@dataclass(frozen=True, kw_only=True)
class Variation:
    """How far a crop may be varied; a recording may be louder, duller, faster, higher and noisier than any render.

    Attributes
    ----------
    tempo_octaves : time is stretched by up to this
    shift_bands : pitch is moved by up to this many bands
    gain_db : loudness
    tilt_db : from the lowest band to the highest
    colour_db : standard deviation of three slow waves over frequency
    floor_chance : how often noise covers what is soft
    masks, mask_bands : how many stripes of frequency are taken out, and how wide at most
    """

    tempo_octaves: float = 0.2
    shift_bands: float = 5.0
    gain_db: float = 12.0
    tilt_db: float = 12.0
    colour_db: float = 3.0
    floor_chance: float = 0.3
    masks: int = 2
    mask_bands: int = 16


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How the network is trained."""

    seed: int = 0
    batch: int = 8
    crop: int = 1000  # frames
    rate: float = 4e-3  # at its highest
    warm: float = 0.15  # the part of the training in which the rate rises
    decay: float = 0.01  # of the weights
    ema: float = 0.995
    tolerance: int = 1  # frames
    beat_weight: float = 1.0
    downbeat_weight: float = 1.0
    variation: Variation = Variation()


def crop(
    clip: Clip, random: np.random.Generator, *, frames: int, variation: Variation
) -> tuple[Float32, NDArray[np.float32], NDArray[np.float32]]:
    """Draw a varied crop: (frames, bands) decibels, (frames, 2) targets, (frames, 2) what is known."""
    speed = 2.0 ** random.uniform(-variation.tempo_octaves, variation.tempo_octaves)
    span = (frames - 1) * speed + 1
    first = random.uniform(min(0.0, clip.frames - span), max(0.0, clip.frames - span))
    place = first + speed * np.arange(frames)
    inside = (place >= 0) & (place <= clip.frames - 1)
    start, stop = int(max(0, np.floor(place[0]))), int(min(clip.frames, np.ceil(place[-1]) + 2))
    mel = _between_rows(clip.mel_db(start, stop), place - start)
    mel = varied(mel, random, variation)
    mel[~inside] = mel.min()
    target = np.zeros((frames, 2), dtype=np.float32)
    beat = np.rint((clip.beat_s / HOP_S - first) / speed).astype(np.int64)
    seen = (beat >= 0) & (beat < frames)
    target[beat[seen], 0] = 1.0
    if clip.bars_known:
        target[beat[seen & (clip.position == 1)], 1] = 1.0
    known = np.repeat(inside[:, None].astype(np.float32), 2, axis=1)
    if not clip.bars_known:
        known[:, 1] = 0.0
    return mel, target, known


def varied(mel: Float32, random: np.random.Generator, variation: Variation) -> Float32:
    """Change level, colour, pitch and noise of a spectrogram in decibels."""
    bands = mel.shape[1]
    up = np.arange(bands) / (bands - 1)
    shift = random.uniform(-variation.shift_bands, variation.shift_bands)
    mel = _between_rows(mel.T, np.arange(bands) + shift).T
    curve = random.uniform(-variation.gain_db, variation.gain_db) + random.uniform(-variation.tilt_db, variation.tilt_db) * (up - 0.5)
    waves = np.cos(np.pi * np.outer(np.arange(1, 4), up) + random.uniform(0, 2 * np.pi, (3, 1)))
    mel = mel + (curve + random.normal(0.0, variation.colour_db, 3) @ waves).astype(np.float32)
    if random.random() < variation.floor_chance:
        slope = random.uniform(-20.0, 5.0) * up
        floor = mel.max() - random.uniform(30.0, 70.0) + slope
        grain = random.standard_normal(mel.shape, dtype=np.float32) * np.float32(2.0)
        mel = np.maximum(mel, floor.astype(np.float32) + grain)
    level = mel.mean()
    for _ in range(variation.masks):
        width = int(random.integers(0, variation.mask_bands + 1))
        low = int(random.integers(0, bands - width + 1))
        mel[:, low : low + width] = level
    return np.ascontiguousarray(mel, dtype=np.float32)


def _between_rows(rows: NDArray[np.float32], place: NDArray[np.float64]) -> Float32:
    """Read rows at places between them; beyond the ends the last row stands."""
    place = np.clip(place, 0.0, len(rows) - 1.0)
    low = np.minimum(place.astype(np.int64), max(0, len(rows) - 2))
    part = (place - low).astype(np.float32)[:, None]
    below = rows[low]
    return np.asarray(below + part * (rows[np.minimum(low + 1, len(rows) - 1)] - below), dtype=np.float32)


def batches(clips: Sequence[Clip], recipe: Recipe, *, first: int = 0) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Draw batches for ever, from number `first` on, made in another thread while the network learns."""
    queue: Queue[tuple[Tensor, Tensor, Tensor]] = Queue(maxsize=4)

    def fill() -> None:
        number = first
        while True:
            random = np.random.default_rng([recipe.seed, number])
            chosen = random.integers(0, len(clips), recipe.batch)
            drawn = [crop(clips[index], random, frames=recipe.crop, variation=recipe.variation) for index in chosen]
            queue.put(tuple(torch.from_numpy(np.stack(part)) for part in zip(*drawn, strict=True)))
            number += 1

    Thread(target=fill, daemon=True).start()
    while True:
        yield queue.get()


def levels(clips: Sequence[Clip], *, most: int = 200) -> tuple[Float32, Float32]:
    """Measure mean and standard deviation of each band, in dB, over evenly chosen clips."""
    chosen = [clips[index] for index in np.unique(np.linspace(0, len(clips) - 1, min(most, len(clips))).astype(int))]
    rows = np.concatenate([clip.mel_db(0, clip.frames)[::5] for clip in chosen])
    return rows.mean(axis=0).astype(np.float32), (rows.std(axis=0) + 1.0).astype(np.float32)


@dataclass(kw_only=True)
class Progress:
    """How far a training has come."""

    step: int = 0
    spent_s: float = 0.0
    loss: float = float("nan")


def train(
    clips: Sequence[Clip],
    *,
    recipe: Recipe = Recipe(),
    size: NetSize = NetSize(),
    minutes: float | None = None,
    steps: int | None = None,
    checkpoint: Path | None = None,
    save_s: float = 60.0,
    tell: Callable[[Progress, BeatNet], None] | None = None,
    tell_every: int = 200,
) -> tuple[BeatNet, Progress]:
    """Train for a number of minutes or of steps; the latter is the same every time.

    Parameters
    ----------
    checkpoint : written every `save_s` seconds; where it exists already, training goes on from it
    tell : called every `tell_every` steps with the averaged network, in evaluation mode

    Returns
    -------
    The network with weights averaged over its last steps, and how far it came.

    Raises
    ------
    InputError : if the checkpoint is of other clips or of another recipe.
    """
    if (minutes is None) == (steps is None):
        raise ValueError("train for minutes or for steps")
    torch.manual_seed(recipe.seed)
    net = BeatNet(size)
    level, spread = levels(clips)
    net.level_db.copy_(torch.from_numpy(level))
    net.spread_db.fill_(float(spread.mean()))
    averaged = copy.deepcopy(net).eval()
    optimizer = torch.optim.AdamW(_groups(net, recipe.decay), lr=recipe.rate, betas=(0.9, 0.98))
    weight = torch.tensor([recipe.beat_weight, recipe.downbeat_weight])
    progress = Progress()
    what = f"{recipe} {size} {len(clips)} clips {sha256(' '.join(clip.id for clip in clips).encode()).hexdigest()[:16]}"
    if checkpoint is not None and checkpoint.exists():
        _restore(checkpoint, net, averaged, optimizer, progress, what)
    saved_s, mean_loss = progress.spent_s, 0.0
    net.train()
    for mel, target, known in batches(clips, recipe, first=progress.step):
        begun = time.perf_counter()
        part = progress.step / steps if steps is not None else progress.spent_s / (60.0 * (minutes or 1.0))
        if part >= 1.0:
            break
        torch.manual_seed(1_000_003 * recipe.seed + progress.step)  # dropout too goes on where it stopped
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate * one_cycle(part, warm=recipe.warm)
        optimizer.zero_grad(set_to_none=True)
        loss = tolerant_loss(net(mel), target, known, tolerance=recipe.tolerance, weight=weight)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        progress.step += 1
        _average(averaged, net, decay=min(recipe.ema, progress.step / (progress.step + 20.0)))
        mean_loss += (float(loss.detach()) - mean_loss) / min(progress.step, 100)
        progress.loss = mean_loss
        progress.spent_s += time.perf_counter() - begun
        if checkpoint is not None and progress.spent_s - saved_s > save_s:
            saved_s = progress.spent_s
            _store(checkpoint, net, averaged, optimizer, progress, what)
        if tell is not None and progress.step % tell_every == 0:
            tell(progress, averaged)
    return averaged, progress


def one_cycle(part: float, *, warm: float) -> float:
    """Rise from a tenth to 1 over `warm`, then fall to nothing along a cosine."""
    if part < warm:
        return 0.1 + 0.9 * part / warm
    return 0.5 * (1.0 + float(np.cos(np.pi * min(1.0, (part - warm) / (1.0 - warm)))))


def _groups(net: BeatNet, decay: float) -> list[dict[str, object]]:
    """Only matrices decay."""
    parameters = list(net.parameters())
    return [
        {"params": [one for one in parameters if one.ndim > 1], "weight_decay": decay},
        {"params": [one for one in parameters if one.ndim <= 1], "weight_decay": 0.0},
    ]


@torch.no_grad()
def _average(averaged: BeatNet, net: BeatNet, *, decay: float) -> None:
    for mean, value in zip(averaged.state_dict().values(), net.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1.0 - decay)
        else:
            mean.copy_(value)


def _store(path: Path, net: BeatNet, averaged: BeatNet, optimizer: torch.optim.Optimizer, progress: Progress, what: str) -> None:
    content = {
        "what": what,
        "net": net.state_dict(), "averaged": averaged.state_dict(), "optimizer": optimizer.state_dict(),
        "step": progress.step, "spent_s": progress.spent_s, "loss": progress.loss,
    }  # fmt: skip
    with atomic_path(path) as temporary:
        torch.save(content, temporary)


def _restore(path: Path, net: BeatNet, averaged: BeatNet, optimizer: torch.optim.Optimizer, progress: Progress, what: str) -> None:
    content = torch.load(path, weights_only=True)
    if content["what"] != what:
        raise InputError(path, found=f"a training of {content['what']}", expected=what, next_step="delete it, or train under another name")
    net.load_state_dict(content["net"])
    averaged.load_state_dict(content["averaged"])
    optimizer.load_state_dict(content["optimizer"])
    progress.step, progress.spent_s, progress.loss = content["step"], content["spent_s"], content["loss"]
