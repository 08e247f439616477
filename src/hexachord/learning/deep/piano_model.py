"""Train a language model of piano music from scratch: `RowNet` on crops of songs in twelve keys, judged on songs it never saw.

What a note costs in nats is the loss in one unit for every tokenisation: all that has to be guessed of a stretch (where bars end and
chords, too, where they are told), divided by its notes.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.clips import Clip, excerpt, transposed
from hexachord.files import write_text
from hexachord.learning.deep.export import save_weights
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.row_export import RowExport, export_rows
from hexachord.learning.deep.row_net import RowNet, RowSize, field_losses, row_loss
from hexachord.learning.deep.temporal import parameter_count
from hexachord.learning.piano_songs import WORDS
from hexachord.learning.piano_tokens import PianoTokens

_LOWEST, _HIGHEST = 21, 108  # what a transposition may reach: the keys of a piano
Packed = tuple[IntArray, IntArray, BoolArray]
"""(batch, rows + 1, fields) rows, those but the first, and which of their fields count."""


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """How the model is trained.

    Attributes
    ----------
    minutes, steps : for how long; one of them, the other None
    seed : of everything that is random
    batch, rows : lines of rows at each step, and how long each is: also how far the model looks back
    rate, warm : the highest rate, and the part of the training in which it rises
    width, layers, heads, inner : of the network (see `hexachord.learning.deep.row_net.RowSize`)
    dropout : of what the layers add
    bfloat16 : multiply in half the precision: faster on processors that can
    tell_every : steps to a point of the curve
    judged : crops of each side that a point is measured on
    save_s : seconds of learning from one checkpoint to the next
    """

    minutes: float | None = 20.0
    steps: int | None = None
    seed: int = 0
    batch: int = 2
    rows: int = 1024
    rate: float = 2e-3
    warm: float = 0.05
    width: int = 192
    layers: int = 4
    heads: int = 4
    inner: int = 768
    dropout: float = 0.0
    bfloat16: bool = False
    tell_every: int = 50
    judged: int = 12
    save_s: float = 60.0


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point of the curve: nats a note on crops of songs that are learnt from, and of songs that are held out."""

    step: int
    minutes: float
    rows: int
    train: float
    held_out: float


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What came of a training.

    Attributes
    ----------
    model : the ONNX file
    parameters, size : of the network
    curve : its points
    export : how far the file is from the network
    spent_s : seconds of learning
    """

    model: Path
    parameters: int
    size: RowSize
    curve: tuple[Point, ...]
    export: RowExport
    spent_s: float


class PianoCrops:
    """Draws crops from songs, each in a key by chance; the same generator draws the same ones."""

    def __init__(self, clips: Sequence[Clip], *, tokens: PianoTokens, rows: int) -> None:
        self._clips = [tokens.told(clip) for clip in clips]
        self._tokens, self._rows = tokens, rows
        weight = np.array([len(clip.notes) for clip in clips], dtype=np.float64)
        self._edges = np.cumsum(weight / weight.sum())
        self._per_note = 1.0 if tokens.name == "compound" else 4.0  # rows that a note takes, about

    def crop(self, random: np.random.Generator, *, transpose: bool = True) -> tuple[IntArray, BoolArray]:
        """Draw a stretch of whole bars that fills the rows, as far as its song goes."""
        song = self._clips[min(int(np.searchsorted(self._edges, random.random())), len(self._clips) - 1)]
        room = self._rows / self._per_note
        per_bar = np.bincount(song.notes["bar"], minlength=len(song.bars)) + 2.0
        total = np.concatenate([[0.0], np.cumsum(per_bar)])
        latest = max(0, int(np.searchsorted(total, total[-1] - room * 0.5)))
        first = 0 if random.random() < 0.15 else int(random.integers(0, latest + 1))
        last = min(len(song.bars), max(first + 1, int(np.searchsorted(total, total[first] + room, side="right"))))
        clip = excerpt(song, first, last - first)
        shift = _shift(clip, random)
        after = len(song.bars) - last
        known = random.random() < 0.5
        return self._tokens.encode(
            transposed(clip, shift, vocabulary=WORDS) if transpose else clip,
            begins=first == 0, after=after if after == 0 or known else None,
            number=first if random.random() < 0.5 else int(random.integers(32)),
        )  # fmt: skip

    def packed(self, random: np.random.Generator, *, batch: int) -> Packed:
        """Draw crops, one after the other until each line is full."""
        lines = np.zeros((batch, self._rows + 1, self._tokens.fields), dtype=np.int16)
        counts = np.zeros(lines.shape, dtype=bool)
        for line, count in zip(lines, counts, strict=True):
            at = 0
            while at <= self._rows:
                rows, counted = self.crop(random)
                size = min(len(rows), self._rows + 1 - at)
                line[at : at + size], count[at : at + size] = rows[:size], counted[:size]
                at += size
        return lines, lines[:, 1:], counts[:, 1:]


def _shift(clip: Clip, random: np.random.Generator) -> int:
    shift = int(random.integers(-6, 6))
    pitch = clip.notes["pitch"]
    if not len(pitch) or (pitch.min() + shift >= _LOWEST and pitch.max() + shift <= _HIGHEST):
        return shift
    other = shift + (12 if pitch.min() + shift < _LOWEST else -12)
    return other if pitch.min() + other >= _LOWEST and pitch.max() + other <= _HIGHEST else 0


@torch.no_grad()
def nats_a_note(net: RowNet, crops: Sequence[tuple[IntArray, BoolArray]], *, tokens: PianoTokens, rows: int) -> float:
    """Measure what a note costs, in crops that begin where the model begins."""
    total, notes = 0.0, 0
    for shown, counted in crops:
        line, count = shown[None, : rows + 1], counted[None, 1 : rows + 1]
        told = net(torch.from_numpy(line))
        total += float(
            field_losses(told.float(), torch.from_numpy(line[:, 1:]), torch.from_numpy(count), field_sizes=tokens.field_sizes).sum()
        )
        notes += tokens.notes_in(line[:, 1:], count)
    return total / max(notes, 1)


def train_piano(
    train_clips: Sequence[Clip],
    held_out_clips: Sequence[Clip],
    *,
    tokens: PianoTokens,
    options: TrainOptions,
    model: Path,
    work: Path,
    identity: str = "",
    tell: Callable[[float, Point | None], None] | None = None,
) -> Trained:
    """Train, and write the model.

    Parameters
    ----------
    train_clips, held_out_clips : songs on the grid (`hexachord.learning.piano_songs.on_grid`)
    model : the ONNX file that is written, with its heads beside it as ``.npz`` and its weights as ``.safetensors``
    work : a folder for the checkpoint and the curve: a training that was stopped goes on from there
    identity : what the songs are; a checkpoint of others is refused
    tell : told the part that is done, and a point of the curve whenever there is one

    Raises
    ------
    InputError : if the checkpoint in `work` is of another training.
    """
    torch.manual_seed(options.seed)
    size = RowSize(
        field_sizes=tokens.field_sizes, width=options.width, layers=options.layers, heads=options.heads,
        memories=options.heads // 2 if options.heads % 2 == 0 else 1, inner=options.inner, dropout=options.dropout,
    )  # fmt: skip
    net = RowNet(size)
    crops = PianoCrops(train_clips, tokens=tokens, rows=options.rows)
    sides = [PianoCrops(clips, tokens=tokens, rows=options.rows) for clips in (train_clips, held_out_clips)]
    shown = [[side.crop(np.random.default_rng([9, number]), transpose=False) for number in range(options.judged)] for side in sides]
    told = work / "curve.jsonl"
    curve = _kept_curve(told)

    def hear(progress: Progress, averaged: RowNet) -> None:
        if progress.step % options.tell_every and progress.part < 1.0:
            if tell is not None:
                tell(min(progress.part, 1.0), None)
            return
        nats = [nats_a_note(averaged, side, tokens=tokens, rows=options.rows) for side in shown]
        point = Point(
            step=progress.step, minutes=round(progress.spent_s / 60, 3), rows=progress.step * options.batch * options.rows,
            train=round(nats[0], 4), held_out=round(nats[1], 4),
        )  # fmt: skip
        curve[:] = [*(each for each in curve if each.step < point.step), point]
        write_text(told, "".join(json.dumps(asdict(each)) + "\n" for each in curve))
        if tell is not None:
            tell(min(progress.part, 1.0), point)

    work.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(
        seed=options.seed, rate=options.rate, warm=options.warm, decay=0.05, ema=0.995, bfloat16=options.bfloat16, orthogonal=("layers",)
    )
    averaged, progress = train(
        net, partial(crops.packed, batch=options.batch),  # type: ignore[arg-type]
        partial(row_loss, field_sizes=tokens.field_sizes),
        recipe=recipe, steps=options.steps, minutes=None if options.steps is not None else options.minutes,
        checkpoint=work / "training.ckpt", identity=f"{tokens} {options.batch} {options.rows} {identity}",
        save_s=options.save_s, tell=hear, tell_every=min(10, options.tell_every),
    )  # fmt: skip
    made = export_rows(averaged, model, context=options.rows, vocabulary=tokens.vocabulary.to_json())
    save_weights(averaged, model.with_suffix(".safetensors"))
    return Trained(
        model=model, parameters=parameter_count(net), size=size, curve=tuple(curve), export=made, spent_s=progress.spent_s,
    )  # fmt: skip


def _kept_curve(path: Path) -> list[Point]:
    """The points that an interrupted training left; those after its checkpoint are measured anew."""
    if not path.is_file():
        return []
    try:
        return [Point(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    except (ValueError, TypeError):
        return []
