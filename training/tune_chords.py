"""Train the network that hears which chord a tune asks for: ``python training/tune_chords.py --data DATA --minutes 6``.

It sees what is sung in every beat, above the tonic, and says which chord somebody set there; `hexachord.composition.harmony.tune_harmony`
weighs that against what follows what. Songs of the training side as in ``training/tune_harmony.py``; judged on the valid side. Writes
``tune_chords.onnx``, half-precision weights to go on from (``--init``), and its card.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tune_harmony import songs

from hexachord.bench.harmonise import TuneSong, agreement
from hexachord.composition.harmony.tune_harmony import CUES, FLAVOURS, NETWORK, STATES, Sung, tune_cues
from hexachord.learning.deep.clips import Batch, draw_of
from hexachord.learning.deep.export import export_plain, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count

SIZE = TemporalSize(bands=CUES, outputs=STATES, front=(), width=80, kernel=3, blocks=6, dropout=0.2)
STEPS = 96
_LOST = 0.15  # how often a beat's notes are not heard
WEIGHTS = Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights"


def relative(song: TuneSong) -> np.ndarray:
    """Chords with roots above the tonic; -1 where there is none."""
    above = song.chords // 12 * 12 + (song.chords - song.keys) % 12
    return np.asarray(np.where(song.chords >= 0, above, -1))


def crop(song: TuneSong, random: np.random.Generator) -> Batch:
    """Draw a stretch: cues, (steps, STATES) the chord, and 1 where there is one."""
    first = int(random.integers(max(1, len(song.keys) - STEPS + 1)))
    rows = slice(first, first + STEPS)
    lost = random.random(len(song.keys[rows])) < _LOST * random.random() * 2
    sung = Sung(*(np.where(lost[:, None], 0.0, each[rows]) for each in song.sung))
    cues, target, known = np.zeros((STEPS, CUES), np.float32), np.zeros((STEPS, STATES), np.float32), np.zeros((STEPS, 1), np.float32)
    seen = tune_cues(sung, keys=song.keys[rows], positions=song.positions[rows], flavour=song.flavour)
    state = relative(song)[rows]
    cues[: len(seen)] = seen
    there = np.flatnonzero(state >= 0)
    target[there, state[there]] = 1.0
    known[there] = 1.0
    return cues, target, known


def wrong(said: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Cross entropy over beats that have a chord; a little of the target goes to all."""
    each = -(0.95 * target * functional.log_softmax(said, dim=2)).sum(dim=2) - 0.05 * functional.log_softmax(said, dim=2).mean(dim=2)
    return (each * known[..., 0]).sum() / known.sum().clamp(min=1.0)


@torch.no_grad()
def accuracy(net: TemporalNet, proof: list[TuneSong]) -> dict[str, float]:
    """Roots and triads by the likeliest chord of each beat alone."""
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in FLAVOURS}
    for song in proof:
        cues = tune_cues(song.sung, keys=song.keys, positions=song.positions, flavour=song.flavour)
        best = net(torch.from_numpy(cues)[None])[0].argmax(dim=1).numpy()
        rows[song.flavour].append(agreement(song, best // 12 * 12 + (best + song.keys) % 12))
    return {f"{name}_majmin": round(float(np.mean(each, axis=0)[1]), 3) for name, each in rows.items() if each}


def main() -> None:
    """Train, judge, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, default=WEIGHTS)
    options.add_argument("--keep", type=Path, help="a folder for the checkpoint")
    options.add_argument("--minutes", type=float, default=6.0)
    options.add_argument("--batch", type=int, default=16)
    options.add_argument("--init", type=Path, help="weights to start from")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--name", default=NETWORK)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(chosen.seed)
    learnt, proof = (
        [song for name in FLAVOURS for song in songs(chosen.data, side, name) if song.sung.accented.any()] for side in ("train", "valid")
    )
    net = TemporalNet(SIZE)
    if chosen.init:
        print("new:", start_from(net, chosen.init))
    print(f"{len(learnt)} songs, {len(proof)} to judge by; {parameter_count(net)} parameters", flush=True)
    draw = draw_of(learnt, crop, weights=[len(song.keys) ** 0.75 for song in learnt], batch=chosen.batch)

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        line = f"step {progress.step} ({progress.part:.0%}, {progress.spent_s:.0f} s) loss {progress.loss:.4f} {accuracy(averaged, proof)}"
        save_weights(averaged, chosen.out / f"{chosen.name}.safetensors")
        print(line, flush=True)

    trained, progress = train(
        net, draw, wrong, recipe=Recipe(seed=chosen.seed, bfloat16=True, decay=0.05), minutes=chosen.minutes,
        checkpoint=chosen.keep / f"{chosen.name}.checkpoint" if chosen.keep else None, tell=tell, tell_every=500,
    )  # fmt: skip
    trained.eval()
    numbers = {f"proof_{name}": value for name, value in accuracy(trained, proof).items()}
    difference = export_plain(
        trained, chosen.out / f"{chosen.name}.onnx", columns=CUES, multiple=1, feature="cues", logits="chords", reach=trained.size.back
    )
    save_weights(trained, chosen.out / f"{chosen.name}.safetensors")
    write_card(
        chosen.out / f"{chosen.name}.json",
        {
            "task": "the chord that a tune asks for, beat by beat",
            "input": f"cues (1, beats, {CUES}) of hexachord.composition.harmony.tune_harmony",
            "output": f"chords (1, beats, {STATES}): logits of ten kinds of chord on twelve degrees",
            "data": {"POP909": "MIT", "OpenEWLD": "public domain tunes, MIT repository", "JSB chorales": "public domain"},
            "parameters": parameter_count(trained),
            "recipe": {"steps": progress.step, "batch": chosen.batch, "seed": chosen.seed, "init": chosen.init.name if chosen.init else ""},
            "numbers": numbers,
            "onnx_difference": difference,
            "limits": "one chord a beat; a tune allows many harmonies, and this says the usual ones",
        },
    )
    print(numbers)


if __name__ == "__main__":
    main()
