"""Train the composer: ``python training/composer.py --data DATA --keep SONGS --work WORK --minutes 55``.

A language model over rows (`hexachord.learning.deep.row_net`) learns from all songs of the training side: crops with random locks,
controls, keys and tempi (`composer_crops`), from scratch. A training that was stopped goes on where it was (``WORK/composer.ckpt``);
another sitting goes on from weights (``--init``). Writes ``composer.onnx`` and ``composer.npz`` in 8 bits, weights in half precision, and a
card.

The default is made for two cores: 3.3 million parameters. For a GPU's worth of time: ``--width 512 --layers 8 --heads 8 --inner 2048``.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import torch
from composer_crops import SHARES, CropOptions, Crops
from composer_songs import songs_of

from hexachord.composition.vocabulary import FIELDS, PITCH, Vocabulary
from hexachord.learning.deep.export import save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.row_export import export_rows
from hexachord.learning.deep.row_net import RowNet, RowSize, field_losses, row_loss
from hexachord.learning.deep.temporal import parameter_count

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
CONTEXT = 1024
"""How many rows back the shipped model looks, and the longest crop that it learns from."""

Packed = tuple[np.ndarray, np.ndarray, np.ndarray]


def packed(crops: Crops, random: np.random.Generator, *, batch: int, rows: int) -> Packed:
    """Draw crops, one after the other until each line of a batch is full: (batch, rows + 1, fields), and from the second row on what is to
    be told and which of it counts. A row that begins a crop is given, and says that the piece before is over."""
    lines = np.zeros((batch, rows + 1, len(FIELDS)), dtype=np.int16)
    counts = np.zeros(lines.shape, dtype=bool)
    for line, count in zip(lines, counts, strict=True):
        at = 0
        while at <= rows:
            crop = crops.draw(random)
            size = min(len(crop.rows), rows + 1 - at)
            line[at : at + size], count[at : at + size] = crop.rows[:size], crop.scored[:size]
            at += size
    return lines, lines[:, 1:], counts[:, 1:]


def judged(songs: dict, *, vocabulary: Vocabulary, count: int, rows: int) -> dict[str, list[Packed]]:
    """Crops of the valid side, the same every time: of all songs as they are trained on, and of pop songs with nothing given."""
    kinds = {
        "all": (songs, CropOptions(rows=rows)),
        "pop": ({name: clip for name, clip in songs.items() if name.startswith("pop909/")}, CropOptions(rows=rows, free=1.0)),
    }
    found: dict[str, list[Packed]] = {}
    for name, (chosen, options) in kinds.items():
        if not chosen:
            continue
        crops = Crops(chosen, vocabulary=vocabulary, options=options)
        drawn = [crops.draw(np.random.default_rng([8, number])) for number in range(count)]
        found[name] = [(crop.rows[None], crop.rows[None, 1:], crop.scored[None, 1:]) for crop in drawn]
    return found


@torch.no_grad()
def nats(net: RowNet, crops: dict[str, list[Packed]]) -> dict[str, float]:
    """What a filled note costs, ends of bars counted in, and where it is spent."""
    sizes, found = net.size.field_sizes, {}
    for kind, each in crops.items():
        total, notes = torch.zeros(len(sizes)), 0
        for shown in each:
            rows, wanted, counts = (torch.from_numpy(part) for part in shown)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                told = net(rows)
            total += field_losses(told.float(), wanted, counts, field_sizes=sizes)
            notes += int(counts[..., PITCH].sum())
        found[f"{kind} nats a note"] = float(total.sum()) / notes
        found |= {f"{kind} {name}": float(total[field]) / notes for field, name in enumerate(FIELDS) if total[field] > 0}
    return {name: round(value, 4) for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with train/ in it")
    parser.add_argument("--keep", type=Path, help="a folder for songs once read")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for the checkpoint")
    parser.add_argument("--out", type=Path, default=WEIGHTS / "composer")
    parser.add_argument("--minutes", type=float, default=55.0)
    parser.add_argument("--init", type=Path, help="weights to go on from")
    parser.add_argument("--seed", type=int, default=0, help="a sitting that goes on from weights takes the next, or it sees the same crops")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=4, help="lines of rows")
    parser.add_argument("--rows", type=int, default=CONTEXT)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--warm", type=float, default=0.05)
    parser.add_argument("--adam", action="store_true", help="move the layers' matrices number by number too")
    parser.add_argument("--valid", type=int, default=60, help="crops to judge by, of each kind")
    parser.add_argument("--tell-every", type=int, default=50, help="steps; ten times as many to a judgement")
    for name, value in asdict(RowSize(field_sizes=(1,))).items():
        if name != "field_sizes":
            parser.add_argument(f"--{name}", type=type(value), default=value)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    vocabulary = Vocabulary()
    read = partial(songs_of, options.data, vocabulary=vocabulary, keep=options.keep)
    songs, crop_options = read("train"), CropOptions(rows=options.rows)
    crops = Crops(songs, vocabulary=vocabulary, options=crop_options)
    valid = judged(read("valid"), vocabulary=vocabulary, count=options.valid, rows=options.rows)
    shape = {name: getattr(options, name) for name in asdict(RowSize(field_sizes=(1,))) if name != "field_sizes"}
    net = RowNet(RowSize(field_sizes=vocabulary.field_sizes, **shape))
    if options.init:
        print("begins anew:", start_from(net, options.init))
    print(f"{len(songs)} songs, {sum(len(clip.notes) for clip in songs.values())} notes; {parameter_count(net)} parameters", flush=True)
    curve: list[dict[str, float]] = []
    drawn = partial(packed, crops, batch=options.batch, rows=options.rows)

    def tell(progress: Progress, averaged: RowNet) -> None:
        millions = progress.step * options.batch * options.rows / 1e6
        line = {"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "millions of rows": round(millions, 2)}
        line |= {"loss": round(progress.loss, 4)}
        if progress.step % (10 * options.tell_every) == 0 or progress.part >= 1.0:
            line |= nats(averaged, valid)
            curve.append(line)
            write(averaged, options, curve, vocabulary=vocabulary)
        print(json.dumps(line), flush=True)

    train(
        net, drawn, partial(row_loss, field_sizes=vocabulary.field_sizes),  # type: ignore[arg-type]
        recipe=Recipe(
            seed=options.seed, rate=options.rate, warm=options.warm, decay=0.05, ema=0.998, bfloat16=True,
            orthogonal=() if options.adam else ("layers",),
        ),
        minutes=options.minutes, checkpoint=options.work / "composer.ckpt", save_s=180.0,
        identity=f"{vocabulary.to_json()} {crop_options} {options.batch}", tell=tell, tell_every=options.tell_every,
    )  # fmt: skip


def write(net: RowNet, options: argparse.Namespace, curve: Sequence[dict[str, float]], *, vocabulary: Vocabulary) -> None:
    """Write the network, its weights and its card."""
    out = options.out
    out.parent.mkdir(parents=True, exist_ok=True)
    made = export_rows(net, out.with_name(out.name + ".onnx"), context=CONTEXT, vocabulary=vocabulary.to_json())
    save_weights(net, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {
        "what": "the next row of music, field after field, given those before: what is to be composed around what is locked",
        "licence": "MIT, as the package",
        "input": f"rows of {', '.join(FIELDS)} (hexachord.composition.vocabulary), whose sizes and meaning are in the file's metadata",
        "data": {"shares": SHARES, "licence": "MIT (POP909), CC0, CC BY 4.0 (Groove), public domain", "side": "train"},
        "method": "compound words (Hsiao et al., AAAI 2021); given and filled notes in one sequence (Thickstun et al., 2023); shared keys "
                  "and values (Ainslie et al., EMNLP 2023); rotary positions (Su et al., 2021)",
        "script": "training/composer.py", "parameters": parameter_count(net), "size": asdict(net.size), "context": CONTEXT,
        "init": options.init.name if options.init else "",
        "valid side, nats": list(curve), "export": asdict(made),
        "limits": "pop songs for piano, songs for voice and piano, chorales, tunes and drummers; bars up to eight quarters; long form only "
                  "as far as a plan says it",
    })  # fmt: skip


if __name__ == "__main__":
    main()
