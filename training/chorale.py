"""Train the network that completes four voices: ``python training/chorale.py --data DATA --minutes 40``.

It sees stretches of Bach's chorales of the training side, moved to no sharps and flats, with cells masked in many ways
(`chorale_clips`), and tells what they are: each stretch counts the same, however much of it is masked, which is the likelihood of all
orders at once (Uria et al., ICML 2014). Judged on the valid side. Writes ``chorale.onnx``, half-precision weights to go on from
(``--init``), and its card.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from chorale_clips import crop, read_grids
from torch import Tensor
from torch.nn import functional

from hexachord.arrays import BoolArray, IntArray
from hexachord.composition.chorale.network import EDGE_BEATS, MOVED_CLASSES, STEPS, VOICES, classes_of, move_of, moved, shown
from hexachord.learning.deep.clips import draw_of
from hexachord.learning.deep.export import save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.temporal import parameter_count
from hexachord.learning.deep.voice_export import export_voices
from hexachord.learning.deep.voice_net import VoiceNet, VoiceSize

WEIGHTS = Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights"


def wrong(said: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Cross entropy of masked cells, the mean of each stretch's."""
    each = functional.cross_entropy(said.reshape(-1, MOVED_CLASSES), target.reshape(-1), reduction="none").view(known.shape)
    return (each * known).sum() / len(known)


@torch.no_grad()
def judged(net: VoiceNet, grids: list[IntArray]) -> dict[str, float]:
    """Mean nats of a masked cell of whole chorales: `any` share of cells, `beats` of voices (half of them), all below the `soprano`, and
    how many of these last are right at once."""
    random = np.random.default_rng(0)
    found: dict[str, list[float]] = {}
    for grid in grids:
        classes, move = classes_of(grid), move_of(grid)
        below = np.zeros(grid.shape, dtype=bool)
        below[:, 1:] = True
        beats = np.repeat(random.random((-(-len(grid) // STEPS), VOICES)) < 0.5, STEPS, axis=0)[: len(grid)]
        masks: dict[str, BoolArray] = {"any": random.random(grid.shape) < random.random(), "beats": beats, "soprano": below}
        codes = torch.from_numpy(np.stack([shown(classes, mask, move) for mask in masks.values()]))
        edge = EDGE_BEATS * STEPS
        said = net(codes)[:, edge : edge + len(grid)].reshape(len(masks), len(grid), VOICES, MOVED_CLASSES).log_softmax(dim=3).numpy()
        true_class = moved(classes, move)
        for (name, mask), chances in zip(masks.items(), said, strict=True):
            true = np.take_along_axis(chances, true_class[:, :, None], axis=2)[:, :, 0]
            found.setdefault(name, []).append(-float(true[mask].mean()))
        found.setdefault("soprano_right", []).append(float((said[2].argmax(axis=2) == true_class)[below].mean()))
    return {name: round(float(np.mean(values)), 4) for name, values in found.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, default=WEIGHTS)
    options.add_argument("--keep", type=Path, help="a folder for the checkpoint")
    options.add_argument("--minutes", type=float, default=40.0)
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--rate", type=float, default=2.5e-3)
    options.add_argument("--ema", type=float, default=0.998)
    options.add_argument("--dropout", type=float, default=VoiceSize().dropout)
    options.add_argument("--width", type=int, default=VoiceSize().width)
    options.add_argument("--layers", type=int, default=VoiceSize().layers)
    options.add_argument("--orthogonal", action="store_true", help="move matrices by Muon")
    options.add_argument("--init", type=Path, help="weights to start from")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--name", default="chorale")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    grids, valid = read_grids(chosen.data, "train"), read_grids(chosen.data, "valid")
    net = VoiceNet(VoiceSize(dropout=chosen.dropout, width=chosen.width, layers=chosen.layers))
    if chosen.init:
        print("new:", start_from(net, chosen.init))
    print(
        f"{len(grids)} chorales, {sum(map(len, grids))} sixteenths; {len(valid)} to judge by; {parameter_count(net)} parameters", flush=True
    )
    draw = draw_of(grids, crop, weights=[len(grid) for grid in grids], batch=chosen.batch)

    def tell(progress: Progress, averaged: VoiceNet) -> None:
        line = f"step {progress.step} ({progress.part:.0%}, {progress.spent_s:.0f} s) loss {progress.loss:.4f} {judged(averaged, valid)}"
        save_weights(averaged, chosen.out / f"{chosen.name}.safetensors")
        print(line, flush=True)

    recipe = Recipe(
        seed=chosen.seed, rate=chosen.rate, warm=0.1, ema=chosen.ema, decay=0.02, bfloat16=True,
        orthogonal=("layers",) if chosen.orthogonal else (),
    )  # fmt: skip
    trained, progress = train(
        net, draw, wrong, recipe=recipe, minutes=chosen.minutes,
        checkpoint=chosen.keep / f"{chosen.name}.checkpoint" if chosen.keep else None, tell=tell, tell_every=250,
    )  # fmt: skip
    trained.eval()
    numbers = {f"valid_{name}": value for name, value in judged(trained, valid).items()}
    written = export_voices(trained, chosen.out / f"{chosen.name}.onnx")
    save_weights(trained, chosen.out / f"{chosen.name}.safetensors")
    write_card(
        chosen.out / f"{chosen.name}.json",
        {
            "task": "the rest of a four-part chorale, given any of its cells",
            "input": f"codes (pieces, sixteenths, {VOICES} + 1) of hexachord.composition.chorale.network",
            "output": f"logits (pieces, sixteenths, {VOICES} x {MOVED_CLASSES}): which pitch each cell is, or a rest",
            "data": {"JSB chorales, Coconet's training split without what resembles held-out pieces": "public domain"},
            "parameters": parameter_count(trained),
            "recipe": {"steps": progress.step, "batch": chosen.batch, "seed": chosen.seed, "init": chosen.init.name if chosen.init else ""},
            "numbers": numbers,
            "onnx_difference": written.error,
            "int8_rounding_nats": written.rounding,
            "limits": "one composer and one style; no bar lines, fermatas, or repeated notes in what it learnt from; sixteenths, binary",
        },
    )
    print(numbers)


if __name__ == "__main__":
    main()
