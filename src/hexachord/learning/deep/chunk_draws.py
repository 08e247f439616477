"""Chunks of labelled tracks to learn from: drawn, varied, mixed.

Every row of a batch is a function of the batch's seed and of the row's number alone, so that any number of processes can share a batch and
learn from the same chunks as one would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, UInt8Array
from hexachord.dsp.features import LogMel, dequantise
from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.together import Crew
from hexachord.learning.deep.variation import Variation, varied
from hexachord.models.chunks import cut_chunk

FULL = Variation(
    tempo_octaves=0.0, shift_bands=0.0, gain_db=6.0, tilt_db=6.0, colour_db=2.0, floor_chance=0.15, squeeze_chance=0.15, squeeze=0.15,
    masks=2, mask_bands=16, pauses=2, pause_frames=24,
)  # fmt: skip
"""What is done to a chunk in full; `scaled` does less, or more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """A track to learn from.

    Attributes
    ----------
    mel : (frames, bands) bytes
    target : (classes,) of the whole, or (frames, classes) of every frame
    weight : how much it counts when it is drawn
    share : how often it is drawn, against others
    """

    mel: UInt8Array
    target: Float32Array
    weight: float = 1.0
    share: float = 1.0


def scaled(variation: Variation, amount: float) -> Variation:
    """Do a variation by a part: 0 is nothing, 1 all of it.

    Examples
    --------
    >>> scaled(FULL, 0.5).gain_db, scaled(FULL, 0.0).masks
    (3.0, 0)
    """
    sizes = {name: getattr(variation, name) * amount for name in ("gain_db", "tilt_db", "colour_db", "squeeze", "shift_bands")}
    chances = {name: min(1.0, getattr(variation, name) * amount) for name in ("floor_chance", "squeeze_chance")}
    counts = {name: round(getattr(variation, name) * min(amount, 2.0)) for name in ("masks", "pauses")}
    return replace(variation, **sizes, **chances, **counts)


def chunk_draw(
    lessons: Sequence[Lesson],
    *,
    feature: LogMel,
    chunk: int,
    batch: int,
    step_frames: int = 0,
    variation: Variation | None = FULL,
    mixup: float = 0.0,
    crew: Crew = Crew(),
) -> Draw:
    """Draw batches of chunks: (rows, chunk, bands) decibels, targets, and how much each row counts.

    Parameters
    ----------
    lessons : one or more
    chunk : frames
    batch : rows of all processes together
    step_frames : 0 teaches whole chunks, (rows, classes); else so many frames have one answer, (rows, steps, classes)
    variation : what is done to each chunk; None for nothing
    mixup : of Beta(mixup, mixup), by which two chunks and their targets are mixed; 0 for no mixing
    crew : this process draws every so-many-th row

    Raises
    ------
    ValueError : if there are no lessons, or a batch cannot be shared out evenly.
    """
    if not lessons or batch % crew.size:
        raise ValueError(f"{len(lessons)} tracks, batches of {batch} for {crew.size} processes")
    upto = np.cumsum([lesson.share for lesson in lessons])
    steps = chunk // step_frames if step_frames else 0

    def one(random: np.random.Generator) -> tuple[Float32Array, Float32Array, float]:
        lesson = lessons[min(int(np.searchsorted(upto, random.random() * upto[-1], side="right")), len(lessons) - 1)]
        first = int(random.integers(0, max(1, len(lesson.mel) - chunk + 1)))
        rows = dequantise(cut_chunk(lesson.mel, first, chunk), feature)
        if variation is not None:
            rows = varied(rows, random, variation)
        target = lesson.target
        if steps:
            places = (first + np.arange(steps * step_frames)) % len(lesson.mel)
            over = target[places] if target.ndim == 2 else np.broadcast_to(target, (len(places), len(target)))
            target = over.reshape(steps, step_frames, -1).mean(axis=1, dtype=np.float32)
        return rows, target, lesson.weight

    def row(random: np.random.Generator) -> tuple[Float32Array, Float32Array, float]:
        rows, target, weight = one(random)
        if not mixup:
            return rows, target, weight
        part = np.float32(random.beta(mixup, mixup))
        other, other_target, other_weight = one(random)
        mixed = part * rows + (1 - part) * other
        return mixed, part * target + (1 - part) * other_target, float(part * weight + (1 - part) * other_weight)

    def draw(random: np.random.Generator) -> Batch:
        seeds = random.integers(2**63, size=batch)[crew.rank :: crew.size]
        found = [row(np.random.default_rng(seed)) for seed in seeds.tolist()]
        inputs, targets = (np.stack([each[place] for each in found]).astype(np.float32, copy=False) for place in (0, 1))
        weights = np.array([each[2] for each in found], dtype=np.float32)
        return inputs, targets, weights.reshape(-1, *([1] * (targets.ndim - 1)))

    return draw


def band_levels(mels: Sequence[UInt8Array], feature: LogMel, *, most: int = 200) -> tuple[Float32Array, Float32Array]:
    """Measure mean and standard deviation of each band, in dB, over evenly chosen tracks."""
    chosen = [mels[index] for index in np.unique(np.linspace(0, len(mels) - 1, min(most, len(mels))).astype(int))]
    rows = dequantise(np.concatenate([np.asarray(mel[::25]) for mel in chosen]), feature)
    return rows.mean(axis=0).astype(np.float32), (rows.std(axis=0) + 1.0).astype(np.float32)


def class_shares(targets: Float64Array) -> Float64Array:
    """Tell how often each track must be drawn that every class is heard as often as others: (n, classes) of 0 and 1 → (n,).

    Examples
    --------
    >>> class_shares(np.array([[1, 0], [1, 0], [1, 0], [0, 1]])).tolist()
    [0.3333333333333333, 0.3333333333333333, 0.3333333333333333, 1.0]
    """
    each = 1.0 / np.maximum(targets.sum(axis=0), 1.0)
    has = targets.sum(axis=1)
    return np.asarray(np.where(has > 0, (targets * each).sum(axis=1) / np.maximum(has, 1.0), each.mean()))
