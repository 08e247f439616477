"""Train the network that plays a groove: ``python training/groove.py --data DATA --minutes 9``.

It learns how hard and how early strokes on a grid of sixteenths are played from takes of the training side's drummers, and is judged on
other takes of these drummers and on takes of other drummers. Both are learnt as a middle and a spread (the likelihood of a Laplace
distribution, whose middle is what an absolute error asks for). Half of the time it is shown which strokes a page would write as triplets.
Style and drummer are often left unsaid, drums are left out, toms trade places and the tempo is told inexactly. Writes ``groove.onnx``,
half-precision weights to go on from (``--init``), and its card.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from hexachord.composition.drums.groove_network import CUES, DRUMS, groove_cues, touch_of
from hexachord.learning.deep.clips import Batch, draw_of
from hexachord.learning.deep.export import export_plain, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.loss import known_mean
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.rendering.groove_grid import GrooveTake, read_take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split

WEIGHTS = Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights"
SIZE = TemporalSize(bands=CUES, outputs=4 * len(DRUMS), front=(), width=64, kernel=3, blocks=5, dropout=0.2)
STEPS = 64
_TOMS = [DRUMS.index(name) for name in ("tom_low", "tom_middle", "tom_high")]
PROOF = 13
"""Every so manieth take of the training side is kept to judge by."""
_STYLELESS, _DRUMMERLESS, _DRUMLESS, _UNWRITTEN = 0.3, 0.4, 0.06, 0.5


def read_takes(data: Path, side: Side) -> list[GrooveTake]:
    """Read the takes of a side that strike something."""
    shelf = Shelf(data=data, split=load_split(), side=side)
    takes = [read_take(shelf.folder("groove"), name) for name in shelf.names("groove")]
    return [take for take in takes if take.hits.any()]


def crop(take: GrooveTake, random: np.random.Generator, *, steps: int = STEPS) -> Batch:
    """Draw whole bars of a take: cues, (steps, 18) velocities (of 127) and offsets, and 1 where there is a stroke; after its end none."""
    bars = len(take.hits) // take.steps_per_bar
    first = int(random.integers(max(1, bars - steps // take.steps_per_bar + 1))) * take.steps_per_bar
    place = slice(first, first + steps)
    order = np.arange(len(DRUMS))
    if random.random() < 0.3:
        order[_TOMS] = random.permutation(_TOMS)
    heard = (random.random(len(DRUMS)) > _DRUMLESS)[order]
    hits = take.hits[place][:, order] & heard
    style = "" if random.random() < _STYLELESS else take.style
    drummer = "" if random.random() < _DRUMMERLESS else take.drummer
    bpm = take.bpm * 2.0 ** random.uniform(-0.06, 0.06)
    cues = np.zeros((steps, CUES), dtype=np.float32)
    written = take.written[place][:, order] if random.random() > _UNWRITTEN else None
    cues[: len(hits)] = groove_cues(hits, written=written, bpm=bpm, steps_per_bar=take.steps_per_bar, style=style, drummer=drummer)
    target, known = np.zeros((2, steps, 2 * len(DRUMS)), dtype=np.float32)
    target[: len(hits)] = np.concatenate(
        [take.velocity[place][:, order] / 127.0, take.offset[place][:, order] - (0.0 if written is None else written)], axis=1
    )
    known[: len(hits)] = np.concatenate([hits, hits], axis=1)
    return cues, target, known


def surprise(said: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """The negative log-likelihood of a Laplace distribution, and a bit of the absolute error itself, over strokes."""
    width = target.shape[2]
    away = (said[:, :, :width] - target).abs()
    log_spread = said[:, :, width:].clamp(-5.0, 0.0)
    each = away * torch.exp(-log_spread) + log_spread + 4.0 * away
    return known_mean(each, known)


@torch.no_grad()
def accuracy(
    net: TemporalNet, takes: list[GrooveTake], *, styled: bool = True, known: bool = False, page: bool = False
) -> dict[str, float]:
    """Mean absolute errors over all strokes of takes."""
    timing, force = list[np.ndarray](), list[np.ndarray]()
    for take in takes:
        cues = groove_cues(
            take.hits, written=take.written if page else None, bpm=take.bpm, steps_per_bar=take.steps_per_bar,
            style=take.style if styled else "", drummer=take.drummer if known else "",
        )  # fmt: skip
        touch = touch_of(net(torch.from_numpy(cues)[None])[0].numpy(), written=take.written if page else None)
        timing.append((np.abs(touch.offset - take.offset) * take.step_ms)[take.hits])
        force.append(np.abs(touch.velocity - take.velocity)[take.hits])
    return {"timing_mae_ms": round(float(np.concatenate(timing).mean()), 2), "velocity_mae": round(float(np.concatenate(force).mean()), 2)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, default=WEIGHTS)
    options.add_argument("--keep", type=Path, help="a folder for the checkpoint")
    options.add_argument("--minutes", type=float, default=9.5)
    options.add_argument("--batch", type=int, default=16)
    options.add_argument("--rate", type=float, default=Recipe().rate)
    options.add_argument("--width", type=int, default=SIZE.width)
    options.add_argument("--init", type=Path, help="weights to start from")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--name", default="groove")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    takes, valid = read_takes(chosen.data, "train"), read_takes(chosen.data, "valid")
    proof, takes = takes[::PROOF], [take for index, take in enumerate(takes) if index % PROOF]
    strokes = sum(int(take.hits.sum()) for take in takes)
    print(f"{len(takes)} takes, {strokes} strokes; {len(proof)} of the same drummers and {len(valid)} of others to judge by")
    net = TemporalNet(TemporalSize(**{**SIZE.__dict__, "width": chosen.width}))
    assert net.head.bias is not None
    with torch.no_grad():
        net.head.bias[: len(DRUMS)] = 0.5
        net.head.bias[len(DRUMS) : 2 * len(DRUMS)] = 0.0
    if chosen.init:
        print("new:", start_from(net, chosen.init))
    print(f"{parameter_count(net)} parameters, sees {net.size.back} sixteenths either way")
    draw = draw_of(takes, crop, weights=[len(take.hits) ** 0.75 for take in takes], batch=chosen.batch)

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        line = f"step {progress.step} ({progress.part:.0%}, {progress.spent_s:.0f} s) loss {progress.loss:.4f}"
        if progress.step % 1000 == 0:
            line += f" {accuracy(averaged, proof)} {accuracy(averaged, proof, known=True, page=True)}"
        save_weights(averaged, chosen.out / f"{chosen.name}.safetensors")
        print(line, flush=True)

    trained, progress = train(
        net, draw, surprise, recipe=Recipe(seed=chosen.seed, rate=chosen.rate, bfloat16=True), minutes=chosen.minutes,
        checkpoint=chosen.keep / f"{chosen.name}.checkpoint" if chosen.keep else None, tell=tell, tell_every=500,
    )  # fmt: skip
    trained.eval()
    numbers = {f"proof_{name}": value for name, value in accuracy(trained, proof).items()}
    numbers |= {f"proof_drummer_{name}": value for name, value in accuracy(trained, proof, known=True).items()}
    numbers |= {f"proof_page_{name}": value for name, value in accuracy(trained, proof, page=True).items()}
    numbers |= {f"other_drummers_{name}": value for name, value in accuracy(trained, valid).items()}
    numbers |= {f"other_drummers_unstyled_{name}": value for name, value in accuracy(trained, valid, styled=False).items()}
    difference = export_plain(
        trained, chosen.out / f"{chosen.name}.onnx", columns=CUES, multiple=1, feature="cues", logits="touch", reach=trained.size.back
    )
    save_weights(trained, chosen.out / f"{chosen.name}.safetensors")
    write_card(
        chosen.out / f"{chosen.name}.json",
        {
            "task": "velocities and timing of drum strokes",
            "input": f"cues (1, sixteenths, {CUES}) of hexachord.composition.drums.groove_network",
            "output": f"touch (1, sixteenths, {4 * len(DRUMS)}): middles of velocity and offset of nine drums, logarithms of their spreads",
            "data": {"Groove MIDI Dataset, train split": "CC BY 4.0"},
            "parameters": parameter_count(trained),
            "recipe": {"steps": progress.step, "batch": chosen.batch, "seed": chosen.seed, "init": chosen.init.name if chosen.init else ""},
            "numbers": numbers,
            "onnx_difference": difference,
            "limits": "six drummers on one electronic kit, mostly in 4/4; of strokes of one drum within a sixteenth it knows the loudest",
        },
    )
    print(numbers)


if __name__ == "__main__":
    main()
