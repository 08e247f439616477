"""Labelled features to learn from, and random crops of them.

A `Clip` gives its features when they are asked for, so that hours of music may lie in a mapped file, and knows when each kind of event
happens. `sampler` makes of clips what the training loop draws its batches from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.learning.deep.variation import Variation, between_rows, varied

_Piece = TypeVar("_Piece")

Batch = tuple[Float32Array, Float32Array, Float32Array]
"""(batch, frames, bands) inputs, (batch, frames, outputs) targets, (batch, frames, outputs) what is known: 1 where it is, else 0."""

Traits = Callable[[FloatArray, float], tuple[Float32Array, Float32Array]]
"""Of the times of a crop's frames in the clip, in seconds, and how many times as fast the crop is: (frames, classes of all traits) targets,
and 1 where they are known, else 0."""

Draw = Callable[[np.random.Generator], Batch]
"""Draws a batch; the same one for the same state of the generator."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A piece to learn from.

    Attributes
    ----------
    id, kind : of the piece
    features : gives frames ``[first, last)`` as (frames, bands) float32 decibels
    frames : how many there are
    events_s : when each output's events happen; None where that is not known
    weight : how often it is drawn, against others
    traits : what holds for longer than a moment
    """

    id: str
    features: Callable[[int, int], Float32Array]
    frames: int
    events_s: tuple[Float64Array | None, ...]
    kind: str = ""
    weight: float = 1.0
    traits: Traits | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a crop lies in a clip: frame `i` of it is the clip's ``first + speed * i``."""

    first: float
    speed: float
    frames: int

    def rows(self, clip: Clip) -> tuple[Float32Array, Float32Array]:
        """Read the features there, and which of the frames the clip has, (frames,) of 0 and 1; others have what is softest."""
        place = self.first + self.speed * np.arange(self.frames)
        inside = (place >= 0) & (place <= clip.frames - 1)
        start, stop = int(max(0, np.floor(place[0]))), int(min(clip.frames, np.ceil(place[-1]) + 2))
        rows = between_rows(clip.features(start, stop), place - start)
        rows[~inside] = rows.min()
        return rows, inside.astype(np.float32)

    def targets(self, events_s: Float64Array, *, hop_s: float) -> Float32Array:
        """Return 1 in the frame nearest to each event, else 0, (frames,)."""
        found = np.zeros(self.frames, dtype=np.float32)
        at = np.rint((events_s / hop_s - self.first) / self.speed).astype(np.int64)
        found[at[(at >= 0) & (at < self.frames)]] = 1.0
        return found


def draw_place(clip_frames: int, random: np.random.Generator, *, frames: int, tempo_octaves: float = 0.0) -> Place:
    """Draw where to crop, and how much faster or slower; a crop longer than the clip lies around it."""
    speed = float(2.0 ** random.uniform(-tempo_octaves, tempo_octaves))
    room = clip_frames - ((frames - 1) * speed + 1)
    return Place(first=float(random.uniform(min(0.0, room), max(0.0, room))), speed=speed, frames=frames)


def crop(
    clip: Clip, random: np.random.Generator, *, frames: int, hop_s: float, variation: Variation = Variation()
) -> tuple[Float32Array, Float32Array, Float32Array]:
    """Draw a varied crop: (frames, bands) decibels, targets and what is known, (frames, outputs + classes of traits) both."""
    place = draw_place(clip.frames, random, frames=frames, tempo_octaves=variation.tempo_octaves)
    rows, inside = place.rows(clip)
    rows = varied(rows, random, variation)
    rows[inside == 0] = rows.min()
    nothing = np.zeros(frames, dtype=np.float32)
    target = [nothing if events_s is None else place.targets(events_s, hop_s=hop_s) for events_s in clip.events_s]
    known = [nothing if events_s is None else inside for events_s in clip.events_s]
    targets, knowns = np.stack(target, axis=1), np.stack(known, axis=1)
    if clip.traits is not None:
        classes, there = clip.traits((place.first + place.speed * np.arange(frames)) * hop_s, place.speed)
        targets = np.concatenate([targets, classes], axis=1)
        knowns = np.concatenate([knowns, there * inside[:, None]], axis=1)
    return rows, targets, knowns


def sampler(clips: Sequence[Clip], *, batch: int, frames: int, hop_s: float, variation: Variation = Variation()) -> Draw:
    """Draw batches of varied crops of clips, each as often as its weight says.

    Raises
    ------
    ValueError : if there are no clips.
    """
    if not clips:
        raise ValueError("no clips to learn from")
    return draw_of(
        clips, partial(crop, frames=frames, hop_s=hop_s, variation=variation), weights=[clip.weight for clip in clips], batch=batch
    )


def draw_of(
    pieces: Sequence[_Piece], crop: Callable[[_Piece, np.random.Generator], Batch], *, weights: Sequence[float], batch: int
) -> Draw:
    """Draw batches of whatever can be cropped.

    Parameters
    ----------
    pieces : one or more
    crop : draws a stretch of one: inputs, targets and what is known
    weights : how often each is drawn, against the others
    batch : how many at a time
    """
    upto = np.cumsum(np.asarray(weights, dtype=np.float64))

    def draw(random: np.random.Generator) -> Batch:
        chosen = np.minimum(np.searchsorted(upto, random.random(batch) * upto[-1], side="right"), len(pieces) - 1)
        inputs, targets, known = (np.stack(part) for part in zip(*(crop(pieces[index], random) for index in chosen), strict=True))
        return inputs, targets, known

    return draw


def levels(clips: Sequence[Clip], *, most: int = 200) -> tuple[Float32Array, Float32Array]:
    """Measure mean and standard deviation of each band, in dB, over evenly chosen clips."""
    chosen = [clips[index] for index in np.unique(np.linspace(0, len(clips) - 1, min(most, len(clips))).astype(int))]
    rows = np.concatenate([clip.features(0, clip.frames)[::5] for clip in chosen])
    return rows.mean(axis=0).astype(np.float32), (rows.std(axis=0) + 1.0).astype(np.float32)
