"""Train the network that makes drums for a rhythm: ``python training/drumify.py --data DATA --minutes 11``.

It hears drummers' takes of the training side as one rhythm, of all drums or of some of them, with strokes missing and chords
instead of single strokes, and learns what all drums strike. It is judged on other takes of these drummers. Writes ``drumify.onnx``,
half-precision weights to go on from (``--init``), and its card.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from groove import PROOF, WEIGHTS, read_takes
from torch import Tensor
from torch.nn import functional

from hexachord.bench.groove import follow, hit_f
from hexachord.composition.drums.drumify import RHYTHM_CUES, rhythm_cues, strokes_of
from hexachord.composition.drums.groove_network import DRUMS
from hexachord.learning.deep.clips import Batch, draw_of
from hexachord.learning.deep.export import export_plain, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.loss import known_mean
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.rendering.groove_grid import GrooveTake

SIZE = TemporalSize(bands=RHYTHM_CUES, outputs=len(DRUMS), front=(), width=64, kernel=3, blocks=5, dropout=0.12)
STEPS = 64
_STYLELESS, _WHOLE, _FLAT = 0.3, 0.35, 0.3


def crop(take: GrooveTake, random: np.random.Generator, *, steps: int = STEPS) -> Batch:
    """Draw whole bars of a take: cues of its rhythm, (steps, drums) strokes, and 1 before its end."""
    bars = len(take.hits) // take.steps_per_bar
    first = int(random.integers(max(1, bars - steps // take.steps_per_bar + 1))) * take.steps_per_bar
    hits, velocity = take.hits[first : first + steps], take.velocity[first : first + steps]
    heard = hits.copy()
    if random.random() > _WHOLE:
        heard &= random.random(len(DRUMS)) < random.uniform(0.2, 0.9)
        heard &= random.random((len(heard), 1)) > random.uniform(0.0, 0.35)
    count = heard.sum(axis=1) * random.integers(1, 4, len(heard)) ** (random.random() < 0.5)
    loudness = np.where(heard, velocity, 0.0).max(axis=1) / 127.0
    if random.random() < _FLAT:
        loudness = np.full(len(heard), random.uniform(0.4, 0.9))
    cues = np.zeros((steps, RHYTHM_CUES), dtype=np.float32)
    bpm = take.bpm * 2.0 ** random.uniform(-0.06, 0.06)
    style = "" if random.random() < _STYLELESS else take.style
    cues[: len(hits)] = rhythm_cues(count, loudness, bpm=bpm, steps_per_bar=take.steps_per_bar, style=style)
    target, known = np.zeros((2, steps, len(DRUMS)), dtype=np.float32)
    target[: len(hits)], known[: len(hits)] = hits, 1.0
    return cues, target, known


def wrong(said: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Cross entropy over sixteenths that there are."""
    each = functional.binary_cross_entropy_with_logits(said, target, reduction="none")
    return known_mean(each, known)


@torch.no_grad()
def accuracy(net: TemporalNet, takes: list[GrooveTake]) -> dict[str, float]:
    """Mean F of strokes, from the rhythm of all drums."""
    found = []
    for take in takes:
        chance = torch.sigmoid(net(torch.from_numpy(follow(take))[None]))[0].numpy()
        found.append(hit_f(take.hits, strokes_of(chance)))
    return {"hit_f": round(float(np.mean(found)), 3)}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, default=WEIGHTS)
    options.add_argument("--keep", type=Path, help="a folder for the checkpoint")
    options.add_argument("--minutes", type=float, default=11.0)
    options.add_argument("--batch", type=int, default=16)
    options.add_argument("--init", type=Path, help="weights to start from")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--name", default="drumify")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    takes = read_takes(chosen.data, "train")
    proof, takes = takes[::PROOF], [take for index, take in enumerate(takes) if index % PROOF]
    net = TemporalNet(SIZE)
    if chosen.init:
        print("new:", start_from(net, chosen.init))
    print(f"{len(takes)} takes, {len(proof)} to judge by; {parameter_count(net)} parameters")
    draw = draw_of(takes, crop, weights=[len(take.hits) ** 0.75 for take in takes], batch=chosen.batch)

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        line = f"step {progress.step} ({progress.part:.0%}, {progress.spent_s:.0f} s) loss {progress.loss:.4f} {accuracy(averaged, proof)}"
        save_weights(averaged, chosen.out / f"{chosen.name}.safetensors")
        print(line, flush=True)

    trained, progress = train(
        net, draw, wrong, recipe=Recipe(seed=chosen.seed, bfloat16=True), minutes=chosen.minutes,
        checkpoint=chosen.keep / f"{chosen.name}.checkpoint" if chosen.keep else None, tell=tell, tell_every=1000,
    )  # fmt: skip
    trained.eval()
    numbers = {f"proof_{name}": value for name, value in accuracy(trained, proof).items()}
    difference = export_plain(
        trained, chosen.out / f"{chosen.name}.onnx", columns=RHYTHM_CUES, multiple=1, feature="cues", logits="strokes",
        reach=trained.size.back,
    )  # fmt: skip
    save_weights(trained, chosen.out / f"{chosen.name}.safetensors")
    write_card(
        chosen.out / f"{chosen.name}.json",
        {
            "task": "drums that follow a rhythm",
            "input": f"cues (1, sixteenths, {RHYTHM_CUES}) of hexachord.composition.drums.drumify",
            "output": f"strokes (1, sixteenths, {len(DRUMS)}): log-odds of nine drums",
            "data": {"Groove MIDI Dataset, train split": "CC BY 4.0"},
            "parameters": parameter_count(trained),
            "recipe": {"steps": progress.step, "batch": chosen.batch, "seed": chosen.seed, "init": chosen.init.name if chosen.init else ""},
            "numbers": numbers,
            "onnx_difference": difference,
            "limits": "it learnt from rhythms of drummers, not of tunes; sixteenths only",
        },
    )
    print(numbers)


if __name__ == "__main__":
    main()
