"""Chorales to learn from: stretches of them, moved to no sharps and flats, and what is masked of them."""

from pathlib import Path

import numpy as np

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.chorale.network import (
    COLUMNS,
    DOWN,
    EDGE_BEATS,
    MASKED,
    MOVED_CLASSES,
    MOVED_SILENT,
    OUTSIDE,
    STEPS,
    UP,
    VOICES,
    classes_of,
    move_of,
    moved,
)
from hexachord.learning.deep.clips import Batch
from hexachord.rendering.chorales import chorale_grid
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split

CROP_BEATS = 64
_ELSEWHERE = 0.2
"""How often music is moved a fifth too far, or anywhere: the key may be heard wrong, and music leaves it."""
TWINS = ("train/224", "train/142", "train/197", "train/055")
"""Chorales that do not teach, since they stand elsewhere, too, in another key: the first two on the valid side, the others among the test
pieces (049 has 86 % of the notes below the same tune, 008 71 %; two settings of one tune have 47 % in common at the mean)."""


def read_grids(data: Path, side: Side) -> list[IntArray]:
    """Read the chorales of a side, (sixteenths, voices) MIDI numbers each, in the order of the split."""
    shelf = Shelf(data=data, split=load_split(), side=side)
    return [chorale_grid(shelf.folder("jsb_chorales"), name) for name in shelf.names("jsb_chorales") if name not in TWINS]


def draw_move(grid: IntArray, random: np.random.Generator) -> int:
    """Draw by how many semitones a chorale is moved: mostly to no sharps and flats."""
    move = move_of(grid)
    if random.random() < _ELSEWHERE:
        move += int(random.choice((-7, -7, 7, 7, *range(-DOWN, UP + 1))))
    return (move + DOWN) % 12 - DOWN


def draw_mask(steps: int, random: np.random.Generator) -> BoolArray:
    """Draw what is masked, (steps, voices): any cells, whole beats of voices, all but some voices, all that follows a moment."""
    cells = (steps, VOICES)
    share = random.random()
    kind = random.random()
    if kind < 0.4:
        return _ensured(random.random(cells) < share, random)
    if kind < 0.55:
        return _ensured(_in_beats(steps, share, random), random)
    if kind < 0.9:
        given = np.zeros(VOICES, dtype=bool)
        if random.random() < 0.6:
            given[0] = True
        else:
            given[random.permutation(VOICES)[: random.integers(1, VOICES)]] = True
        if random.random() < 0.25:
            share = 1.0
        chosen = random.random(cells) < share if random.random() < 0.4 else _in_beats(steps, share, random)
        return _ensured(chosen & ~given, random, given)
    frames = np.arange(steps) >= random.integers(steps) if random.random() < 0.5 else random.random(steps) < share
    mask = np.broadcast_to(frames[:, None], cells).copy()
    if frames.any():
        mask[random.choice(np.flatnonzero(frames)), random.permutation(VOICES)[: random.integers(VOICES)]] = False
    return _ensured(mask, random)


def _in_beats(steps: int, share: float, random: np.random.Generator) -> BoolArray:
    beats = random.random((-(-steps // STEPS), VOICES)) < share
    return np.asarray(np.repeat(beats, STEPS, axis=0)[:steps])


def _ensured(mask: BoolArray, random: np.random.Generator, given: BoolArray | None = None) -> BoolArray:
    """Mask one cell where none is."""
    if not mask.any():
        voices = np.arange(VOICES) if given is None else np.flatnonzero(~given)
        mask[random.integers(len(mask)), random.choice(voices)] = True
    return mask


def crop(grid: IntArray, random: np.random.Generator, *, beats: int = CROP_BEATS) -> Batch:
    """Draw a stretch of a chorale: codes, classes, and how much each cell counts (of all that are masked, 1 together)."""
    steps = beats * STEPS
    move = draw_move(grid, random)
    edge = EDGE_BEATS * STEPS
    whole = np.full((len(grid) + 2 * edge + -len(grid) % STEPS, VOICES), OUTSIDE)
    whole[edge : edge + len(grid)] = moved(classes_of(grid), move)
    room = max(0, (len(whole) - steps) // STEPS)
    first = int(random.integers(room + 1)) * STEPS
    codes = np.full((steps, COLUMNS), OUTSIDE, dtype=np.int32)
    codes[: len(whole) - first, :VOICES] = whole[first : first + steps]
    codes[:, VOICES] = move + DOWN
    inside = codes[:, :VOICES] != OUTSIDE
    mask = draw_mask(steps, random) & inside
    if not mask.any():
        mask = inside.copy()
    targets = np.where(inside, codes[:, :VOICES], MOVED_SILENT).astype(np.int64)
    codes[:, :VOICES][mask] = MASKED
    assert targets.max() < MOVED_CLASSES
    return codes, targets, (mask / mask.sum()).astype(np.float32)  # type: ignore[return-value]
