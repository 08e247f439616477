"""Train the section network: ``python training/sections.py --data DATA --work WORK``; minutes on one core.

It is shown every half second of the Billboard songs of the training side as `form_features` describes them, in random keys (and, with
``--speeds``, at a few speeds), and says where sections begin and what each moment is for. Writes ``sections.onnx``, half-precision
weights to go on from (``--init``) and its card.
"""

import argparse
import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from section_songs import SPEEDS, UNKNOWN, SectionSong, billboard_songs, excerpt, moments_of
from torch import Tensor

from hexachord.audio_analysis.structure.form_features import MOMENT_S, transposed
from hexachord.audio_analysis.structure.functions import FUNCTIONS
from hexachord.audio_analysis.structure.section_network import EDGE_MOMENTS
from hexachord.files import atomic_path
from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.export import export_onnx, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.loss import tolerant_loss, trait_loss
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
FRAMES = 512
EXCERPTS = 0.3
NOISE, FORGET = 0.15, 0.1
"""Of each column's spread, and how many of the columns are taken out."""


def crop(song: SectionSong, random: np.random.Generator, *, level: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, ...]:
    """Draw a song in some key, whole if it fits."""
    rows = transposed(song.features, int(random.integers(12)))
    rows = rows + (random.standard_normal(rows.shape) * NOISE * spread).astype(np.float32)
    forgotten = random.random(rows.shape[1]) < FORGET
    rows[:, forgotten] = level[forgotten]
    count = len(rows)
    first = int(random.integers(min(0, count - FRAMES), max(0, count - FRAMES) + 1))
    begin, end = max(0, first), min(count, first + FRAMES)
    here = slice(begin - first, end - first)
    inputs = np.zeros((FRAMES, rows.shape[1]), dtype=np.float32)
    target, known = (np.zeros((FRAMES, 1 + len(FUNCTIONS)), dtype=np.float32) for _ in range(2))
    inputs[here] = rows[begin:end]
    at = song.begins[(song.begins >= begin) & (song.begins < end)] - first
    target[at, 0] = 1.0
    known[here, 0] = 1.0
    function = song.function[begin:end]
    said = np.flatnonzero(function != UNKNOWN)
    target[said + here.start, 1 + function[said]] = 1.0
    known[said + here.start, 1:] = 1.0
    return inputs, target, known


def sampler(songs: Sequence[SectionSong], *, batch: int, level: np.ndarray, spread: np.ndarray) -> Draw:
    """Draw songs, and excerpts of them in `EXCERPTS` of the cases."""
    cut = np.array([song.id.endswith("-excerpt") for song in songs])
    chance = np.where(cut, EXCERPTS / max(cut.sum(), 1), (1.0 - EXCERPTS * cut.any()) / (~cut).sum())

    def draw(random: np.random.Generator) -> Batch:
        drawn = [crop(songs[index], random, level=level, spread=spread) for index in random.choice(len(songs), size=batch, p=chance)]
        inputs, target, known = (np.stack(part) for part in zip(*drawn, strict=True))
        return inputs, target, known

    return draw


def loss_of(outputs: Tensor, target: Tensor, known: Tensor) -> Tensor:
    events = tolerant_loss(outputs[..., :1], target[..., :1], known[..., :1], tolerance=1)
    return 3.0 * events + trait_loss(outputs[..., 1:], target[..., 1:], known[..., 1:], traits=(len(FUNCTIONS),))


@torch.no_grad()
def judge(net: TemporalNet, songs: Sequence[SectionSong]) -> dict[str, float]:
    """Measure the loss of boundaries and the share of moments whose function is right, each song alike; and the F of boundaries within
    three seconds when the likeliest are picked."""
    right, f, nats = [], [], []
    for song in songs:
        shown = np.pad(song.features, ((EDGE_MOMENTS, EDGE_MOMENTS), (0, 0)))
        out = net(torch.from_numpy(shown)[None])[0, EDGE_MOMENTS:-EDGE_MOMENTS]
        known = song.function != UNKNOWN
        if known.any():
            right.append(float((out[:, 1:].numpy().argmax(axis=1) == song.function)[known].mean()))
        target = torch.zeros(1, len(out), 1)
        target[0, song.begins] = 1.0
        nats.append(float(tolerant_loss(out[None, :, :1], target, torch.ones_like(target), tolerance=1)))
        chance = torch.sigmoid(out[:, 0]).numpy()
        peaks = [k for k in range(1, len(chance)) if chance[k] > 0.2 and chance[k] == chance[max(0, k - 8) : k + 9].max()]
        far = np.abs(np.subtract.outer(np.array(peaks), song.begins)) <= 3.0 / MOMENT_S
        found = (far.any(axis=1).sum() + far.any(axis=0).sum()) / max(len(peaks) + len(song.begins), 1) if len(peaks) else 0.0
        f.append(float(found))
    return {"function": round(float(np.mean(right)), 4), "hit_3": round(float(np.mean(f)), 4), "nats": round(float(np.mean(nats)), 4)}


def load(options: argparse.Namespace, *, side: str, speeds: Sequence[float], excerpts: int) -> list[SectionSong]:
    """Describe the songs of a side at some speeds, and excerpts of each."""
    kept = options.work / f"sections_{side}_{len(speeds)}_{excerpts}.pickle"
    if kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    random = np.random.default_rng(7)
    found = []
    for song in billboard_songs(options.data, side=side):  # type: ignore[arg-type]
        found += [moments_of(song, speed=speed) for speed in speeds]
        found += [moments_of(excerpt(song, random)) for _ in range(excerpts)]
    with atomic_path(kept) as temporary:
        temporary.write_bytes(pickle.dumps(found))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "sections")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for checkpoint and features")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--speeds", type=int, default=1, help="how many of the speeds")
    parser.add_argument("--excerpts", type=int, default=2, help="of each song, besides it")
    parser.add_argument("--width", type=int, default=40)
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--init", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    speeds = SPEEDS[: options.speeds]
    songs = load(options, side="train", speeds=speeds, excerpts=options.excerpts)
    held = load(options, side="valid", speeds=SPEEDS[:1], excerpts=0)
    cut = [song for song in load(options, side="valid", speeds=(), excerpts=2) if len(song.begins)]
    rows = np.concatenate([song.features for song in songs])
    level, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    size = TemporalSize(
        bands=rows.shape[1], outputs=1, traits=(len(FUNCTIONS),), front=(), width=options.width, kernel=5, blocks=7, dropout=options.dropout
    )
    net = TemporalNet(size)
    net.set_levels(torch.from_numpy(level), torch.from_numpy(spread))
    if options.init:
        print("begins anew:", start_from(net, options.init))
    print(f"{len(songs)} songs and speeds, {len(held)} to judge by, {parameter_count(net)} parameters", flush=True)
    numbers: dict[str, float] = {}

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        numbers.update(judge(averaged, held) | {f"excerpts {name}": value for name, value in judge(averaged, cut).items()})
        said = {"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4), **numbers}
        print(json.dumps(said), flush=True)

    averaged, _ = train(
        net, sampler(songs, batch=options.batch, level=level, spread=spread), loss_of,
        recipe=Recipe(seed=options.seed, rate=options.rate, decay=options.decay, bfloat16=True), steps=options.steps,
        checkpoint=options.work / f"{options.out.name}.ckpt", tell=tell, tell_every=100,
    )  # fmt: skip
    write(averaged, options, numbers, count=len({song.id.partition("-")[0] for song in songs}))


def write(net: TemporalNet, options: argparse.Namespace, numbers: dict[str, float], *, count: int) -> None:
    """Write the network, its weights and its card."""
    out = options.out
    error = export_onnx(net, out.with_name(out.name + ".onnx"), feature="form", chance="begins", traits=("function",))
    save_weights(net, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {
        "what": "where sections begin and what each is for, every half second, from how the chroma of a piece compares with itself",
        "licence": "MIT, as the package",
        "input": {"name": "form", "shape": f"(1, moments, {net.size.bands})", "see": "audio_analysis/structure/form_features.py"},
        "output": {"begins": "(1, moments, 1) chances", "function": list(FUNCTIONS)},
        "data": {"McGill Billboard, chroma and sections of recordings": {"songs": count, "licence": "CC0"}},
        "method": "dilated convolutions (Davies & Böck, EUSIPCO 2019) over lags and novelty (Grill & Schlüter, ISMIR 2015); functions as "
        "in Wang, Hung & Smith, ICASSP 2022",
        "augmentation": "twelve keys, noise, columns left out, excerpts" + ", speeds" * (options.speeds > 1),
        "script": "training/sections.py", "parameters": parameter_count(net), "steps": options.steps,
        "valid side": numbers, "onnx_error": error,
        "limits": "Pop songs of 1958 to 1991. It hears no voice: verse and chorus are told by level, order and repetition.",
    })  # fmt: skip


if __name__ == "__main__":
    main()
