"""Train the critic of readings of played notes: ``python training/midi_beats_critic.py --data DATA --minutes 25``.

Pages of the training side are played by imagined pianists (see `performances`); their beats, and wrong readings of them (half,
double, thirds, three for two, beside the beat, and readings that go over from one to another) are shown to a small network as they look
from beat to beat (`hexachord.score_analysis.beat_views`). It says of every beat what kind of reading this is, whether a bar begins, how
many beats the bar has and into how many beats divide. Judged on pages of the valid side. Writes ``midi_beats_critic.onnx``, half-precision
weights to go on from, and its card.
"""

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from midi_beats import WEIGHTS, read_sheets, shares
from performances import Performance, Sheet, pick_sheet, play
from torch import Tensor

from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.export import export_onnx, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.loss import trait_loss
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.score_analysis.beat_views import COLUMNS, Chords, beat_views, chords_of
from hexachord.score_analysis.critic import KINDS, METRES

TRAITS = (len(KINDS), len(METRES) + 1, 2)
SIZE = TemporalSize(bands=len(COLUMNS), outputs=1, includes=(), traits=TRAITS, front=(), width=80, kernel=5, blocks=4, dropout=0.1)
BEATS = 64
LENGTH_S = 45.0
POOL, RENEWED, EACH = 3000, 3, 10
"""Performances that are kept, how many new ones there are for each batch, and how many readings are shown of each."""
RIGHT = 0.4
GOES_OVER = 0.15
SHARES = (1.0, 0.6, 0.4, 0.3)
"""What downbeats, kinds, metres and divisions count."""
_SNAP_S = 0.05


class Shown:
    """A performance made ready for readings of it."""

    def __init__(self, sheet: Sheet, played: Performance) -> None:
        still = np.zeros(len(played.onset_s), dtype=bool)
        self.chords: Chords = chords_of(played.onset_s, played.duration_s, played.pitch, played.velocity, is_percussion=still)
        self.beat_s, self.position = played.beat_s, played.position
        self.divided = -1 if sheet.corpus == "pop909" and sheet.beat_length == 1.5 else int(sheet.beat_length in (0.75, 1.5, 3.0))
        first = np.flatnonzero(self.position == 1)
        self.metre = np.zeros(len(self.position), dtype=int)
        for begin, end in pairwise(first.tolist()):
            self.metre[begin:end] = end - begin


def reading(shown: Shown, kind: str, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Beats of a reading of a kind, in beats of the page."""
    period, starts = KINDS[kind][int(random.integers(len(KINDS[kind])))]
    begin = starts + period * int(random.integers(max(1, round(2.0 / period))))
    place = np.arange(begin, len(shown.beat_s) - 1 + 1e-6, period)
    return place, np.full(len(place), list(KINDS).index(kind))


def example(shown: Shown, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(BEATS, columns) of a reading, targets and what is known: downbeats, kind, metre, division."""
    names = list(KINDS)

    def drawn() -> str:
        return "right" if random.random() < RIGHT else names[1 + int(random.integers(len(names) - 1))]

    place, kind = reading(shown, drawn(), random)
    if random.random() < GOES_OVER and len(place) > 8:
        other, its = reading(shown, drawn(), random)
        at = random.uniform(0.15, 0.85) * place[-1]
        shortest = 0.4 * min(np.diff(place).min(), np.diff(other).min() if len(other) > 1 else 1.0)
        later = other > at + shortest
        place, kind = np.append(place[place <= at], other[later]), np.append(kind[place <= at], its[later])
    if len(place) < 12:
        return None
    beats = len(shown.beat_s)
    time_s = np.interp(place, np.arange(beats), shown.beat_s) + random.normal(0.0, 0.006, len(place))
    chord_s = shown.chords.time_s
    after = np.clip(np.searchsorted(chord_s, time_s), 1, len(chord_s) - 1)
    onto = chord_s[after - (time_s - chord_s[after - 1] < chord_s[after] - time_s)]
    time_s = np.where(np.abs(onto - time_s) <= _SNAP_S, onto, time_s)
    keep = np.concatenate([[True], np.diff(np.maximum.accumulate(time_s)) > 0.02])
    time_s, place, kind = np.maximum.accumulate(time_s)[keep], place[keep], kind[keep]
    if len(time_s) < 12:
        return None
    views = beat_views(shown.chords, time_s)
    begin = int(random.integers(max(1, len(time_s) - BEATS + 1)))
    chosen = slice(begin, begin + BEATS)
    count = len(time_s[chosen])
    inputs = np.zeros((BEATS, len(COLUMNS)), dtype=np.float32)
    target, known = np.zeros((2, BEATS, 1 + sum(TRAITS)), dtype=np.float32)
    inputs[:count] = views[chosen]
    place, kind = place[chosen], kind[chosen]
    near = np.clip(np.rint(place).astype(int), 0, beats - 1)
    on = np.abs(place - near) < 0.02
    target[:count, 0] = on & (shown.position[near] == 1)
    bars = np.array([name in ("right", "half", "double", "third", "triple") for name in names])
    known[:count, 0] = (shown.position[near] > 0) & bars[kind]
    target[np.arange(count), 1 + kind] = 1.0
    known[:count, 1 : 1 + TRAITS[0]] = 1.0
    right = kind == 0
    metre = shown.metre[near]
    column = np.array([METRES.index(one) if one in METRES else len(METRES) for one in metre.tolist()])
    target[np.arange(count), 1 + TRAITS[0] + column] = 1.0
    known[:count, 1 + TRAITS[0] : 1 + sum(TRAITS[:2])] = (right & (metre > 0))[:, None]
    target[:count, 1 + sum(TRAITS[:2]) + max(0, shown.divided)] = 1.0
    known[:count, 1 + sum(TRAITS[:2]) :] = (right & (shown.divided >= 0))[:, None]
    return inputs, target, known


def performed(sheets: list[Sheet], weights: np.ndarray, random: np.random.Generator) -> Shown | None:
    """Play a page once."""
    sheet = pick_sheet(sheets, weights, random)
    played = play(sheet, random, length_s=LENGTH_S)
    return Shown(sheet, played) if len(played.beat_s) > 14 and len(played.onset_s) > 40 else None


def sampler(sheets: list[Sheet]) -> Draw:
    """Draw batches: readings of new performances, and of some that were played before."""
    weights, pool = shares(sheets), list[Shown]()

    def draw(random: np.random.Generator) -> Batch:
        for _ in range(RENEWED):
            fresh = performed(sheets, weights, random)
            if fresh is not None:
                if len(pool) < POOL:
                    pool.append(fresh)
                else:
                    pool[int(random.integers(POOL))] = fresh
        rows = []
        while len(rows) < RENEWED * EACH:
            latest = len(rows) < RENEWED * EACH // 3
            one = pool[-1 - int(random.integers(min(RENEWED, len(pool))))] if latest else pool[int(random.integers(len(pool)))]
            made = example(one, random)
            rows += [made] if made is not None else []
        inputs, targets, known = zip(*rows, strict=True)
        return np.stack(inputs), np.stack(targets), np.stack(known)

    return draw


def loss_of(outputs: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Judge downbeats, kinds, metres and divisions by cross entropy."""
    each = torch.nn.functional.binary_cross_entropy_with_logits(outputs[..., 0], targets[..., 0], reduction="none")
    total = SHARES[0] * (each * known[..., 0]).sum() / known[..., 0].sum().clamp(min=1.0)
    begin = 1
    for size, share in zip(TRAITS, SHARES[1:], strict=True):
        part = slice(begin, begin + size)
        total = total + share * trait_loss(outputs[..., part], targets[..., part], known[..., part], traits=(size,))
        begin += size
    return total


def judged(sheets: list[Sheet], *, count: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Readings of pages of the valid side, the same every time."""
    weights, found = shares(sheets), []
    for number in range(count):
        random = np.random.default_rng([9, number])
        shown = performed(sheets, weights, random)
        made = example(shown, random) if shown is not None else None
        found += [made] if made is not None else []
    return found


@torch.no_grad()
def accuracy(net: TemporalNet, rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> dict[str, float]:
    """How often kind, metre and division are right beat by beat, how far off downbeats are in nats, and the chance that a right beat is
    thought likelier than a wrong one."""
    inputs, target, known = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
    outputs = net(inputs)
    found, begin = {"valid_loss": float(loss_of(outputs, target, known))}, 1
    for name, size in zip(("kind", "metre", "division"), TRAITS, strict=True):
        there = known[..., begin] > 0
        part = slice(begin, begin + size)
        found[name] = float((outputs[..., part].argmax(-1) == target[..., part].argmax(-1))[there].float().mean())
        begin += size
    there = known[..., 0] > 0
    found["downbeat_nats"] = float(torch.nn.functional.binary_cross_entropy_with_logits(outputs[..., 0][there], target[..., 0][there]))
    odds = torch.log_softmax(outputs[..., 1 : 1 + TRAITS[0]], -1)[..., 0]
    whole = known[..., 1].sum(1).clamp(min=1.0)
    mean, is_right = (odds * known[..., 1]).sum(1) / whole, (target[..., 1] * known[..., 1]).sum(1) / whole > 0.99
    found["right_above_wrong"] = float((mean[is_right][:, None] > mean[~is_right][None]).float().mean())
    return {name: round(number, 3) for name, number in found.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, default=WEIGHTS)
    options.add_argument("--keep", type=Path, help="a folder for pages once read")
    options.add_argument("--minutes", type=float, default=25.0)
    options.add_argument("--rate", type=float, default=3e-3)
    options.add_argument("--init", type=Path, help="weights to start from")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--name", default="midi_beats_critic")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    sheets = read_sheets(chosen.data, "train", chosen.keep)
    valid = judged(read_sheets(chosen.data, "valid", chosen.keep), count=200)
    net, draw = TemporalNet(SIZE), sampler(sheets)
    random = np.random.default_rng(12345)
    seen = np.concatenate([row[mask[:, 1] > 0] for number in range(6) for row, mask in zip(*draw(random)[::2], strict=True)])
    net.set_levels(torch.from_numpy(seen.mean(axis=0)), torch.from_numpy(np.maximum(seen.std(axis=0), 0.05)))
    if chosen.init:
        print("new:", start_from(net, chosen.init))
    print(f"{len(sheets)} pages; {parameter_count(net)} parameters, sees {net.size.back} beats either way", flush=True)

    def export(net: TemporalNet) -> float:
        path, traits = chosen.out / f"{chosen.name}.onnx", ("kind", "metre", "division")
        return export_onnx(net, path, feature="views", chance="downbeat", traits=traits, tolerance=1e-3)

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        line = f"step {progress.step} ({progress.part:.0%}, {progress.spent_s:.0f} s) loss {progress.loss:.4f}"
        if progress.step % 200 == 0 or progress.part >= 1:
            line += f" {accuracy(averaged, valid)}"
            save_weights(averaged, chosen.out / f"{chosen.name}.safetensors")
            export(averaged)
        print(line, flush=True)

    trained, progress = train(
        net, draw, loss_of, recipe=Recipe(seed=chosen.seed, rate=chosen.rate), minutes=chosen.minutes, tell=tell, tell_every=100
    )
    trained.eval()
    numbers = accuracy(trained, valid)
    difference = export(trained)
    save_weights(trained, chosen.out / f"{chosen.name}.safetensors")
    write_card(
        chosen.out / f"{chosen.name}.json",
        {
            "task": "what kind of reading beats of played notes are",
            "input": f"views (1, beats, {len(COLUMNS)}) of hexachord.score_analysis.beat_views",
            "output": "downbeat (1, beats, 1); kind, metre and division as hexachord.score_analysis.critic names them",
            "data": {"openscore_lieder": "CC0", "musetrainer": "public domain", "pop909": "MIT"},
            "parameters": parameter_count(trained),
            "recipe": {
                "steps": progress.step,
                "batch": RENEWED * EACH,
                "seed": chosen.seed,
                "init": chosen.init.name if chosen.init else "",
            },
            "numbers": numbers,
            "onnx_difference": difference,
            "limits": "learnt from scores with imagined timing, never from a recording of a pianist",
        },
    )
    print(numbers)


if __name__ == "__main__":
    main()
