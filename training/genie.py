"""Train the genie: ``python training/genie.py --data DATA --keep KEEP --minutes 65``.

An encoder squeezes notes of the training side into eight buttons, a decoder makes notes of buttons again
(`hexachord.learning.deep.genie`). Every crop comes in another key and tempo. In one of five no buttons are known, so that the decoder is a
language model without them, too; in one of seven they are pressed by a rule and not by the encoder, as a person's would not be. Writes
``genie.onnx`` (one step of the decoder), ``genie_encoder.onnx``, half-precision weights to go on from (``--init``), and a card.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from genie_lines import SHARES, GenieLine, columns_of, crop, read_lines, weights_of
from torch.nn import functional

from hexachord.composition.genie.cues import BUTTONS, KEYS, KINDS, buttons_by_rule, contour_kept, encoder_cues, waits
from hexachord.learning.deep.clips import draw_of
from hexachord.learning.deep.export import save_weights, start_from, write_card
from hexachord.learning.deep.genie import ENCODED, KEY, UNSAID, GenieNet, GenieSize, export_encoder, export_step, genie_loss
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.temporal import parameter_count

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"


@torch.no_grad()
def judged(net: GenieNet, lines: list[GenieLine]) -> dict[str, float]:
    """Nats and hits a note with the encoder's buttons, with those of the rule, and without; how the encoder's buttons follow the notes."""
    nats: dict[str, list[np.ndarray]] = {"buttons": [], "rule": [], "none": []}
    hits: dict[str, list[np.ndarray]] = {name: [] for name in nats}
    follows, used = [], np.zeros(BUTTONS)
    for line in lines:
        pitch, wait_s = line.pitch[:600], waits(line.moment_s[:600])
        kind = KINDS.index(line.kind)
        for name, button in (("buttons", ENCODED), ("rule", buttons_by_rule(pitch)), ("none", UNSAID)):
            columns = columns_of(pitch, wait_s, kind=kind, scale=np.zeros(12), chords=np.zeros((len(pitch), 12)), button=button)  # type: ignore[arg-type]
            said = net(torch.from_numpy(columns)[None])[0]
            wanted = torch.from_numpy(columns[:, KEY]).long() - 1
            nats[name].append(functional.cross_entropy(said[:, :KEYS], wanted, reduction="none").numpy())
            hits[name].append((said[:, :KEYS].argmax(dim=1) == wanted).numpy())
        number = net.encoder(torch.from_numpy(encoder_cues(pitch, wait_s))[None])[0, :, 0].clamp(-1, 1).numpy()
        pressed = np.rint((number + 1.0) * (BUTTONS - 1) / 2.0).astype(int) + 1
        follows.append((contour_kept(pressed, pitch), len(pitch)))
        used += np.bincount(pressed - 1, minlength=BUTTONS)
    found = {f"nats {name}": float(np.concatenate(each).mean()) for name, each in nats.items()}
    found |= {f"hits {name}": float(np.concatenate(each).mean()) for name, each in hits.items()}
    found["encoder's contour"] = float(np.average([each for each, _ in follows], weights=[size for _, size in follows]))
    found["least used button"] = float(used.min() / used.sum())
    return {name: round(value, 4) for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--keep", type=Path, help="a folder for the checkpoint")
    parser.add_argument("--minutes", type=float, default=65.0, help="of a shared core; 25 of one alone")
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--notes", type=int, default=128, help="of a crop")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--init", type=Path, help="weights to start from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--name", default="genie")
    parser.add_argument("--judge-every", type=int, default=1000, help="steps")
    parser.add_argument("--valid", type=int, default=30, help="lines of each source to judge by")
    for name, value in asdict(GenieSize()).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    lines, other = read_lines(options.data, "train"), read_lines(options.data, "valid")
    valid = {source: [line for line in other if line.source == source][: options.valid] for source in SHARES}
    net = GenieNet(GenieSize(**{name: getattr(options, name) for name in asdict(GenieSize())}))
    if options.init:
        print("begins anew:", start_from(net, options.init))
    parts = {"decoder": parameter_count(net.step), "encoder": parameter_count(net.encoder)}
    print(f"{len(lines)} lines, {sum(len(line.pitch) for line in lines)} notes; {parts}", flush=True)
    curve: list[dict[str, float]] = []
    options.out.mkdir(parents=True, exist_ok=True)
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)

    def tell(progress: Progress, averaged: GenieNet) -> None:
        line: dict[str, object] = {"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4)}
        if progress.step % options.judge_every == 0 or progress.part >= 1.0:
            for source in ("pop909/melody", "pop909/both"):
                if valid[source]:
                    line[source] = judged(averaged, valid[source])
            curve.append(line)  # type: ignore[arg-type]
            save_weights(averaged, options.out / f"{options.name}.safetensors")
        print(json.dumps(line), flush=True)

    trained, progress = train(
        net, draw_of(lines, lambda line, random: crop(line, random, notes=options.notes), weights=weights_of(lines), batch=options.batch),
        genie_loss, recipe=Recipe(seed=options.seed, rate=options.rate, warm=0.05, decay=0.02, ema=0.998, bfloat16=True),
        minutes=options.minutes, checkpoint=options.keep / f"{options.name}.checkpoint" if options.keep else None,
        identity=f"{SHARES} {options.batch} {options.notes}", tell=tell, tell_every=200,
    )  # fmt: skip
    trained.eval()
    save_weights(trained, options.out / f"{options.name}.safetensors")
    difference = {
        "step": export_step(trained, options.out / f"{options.name}.onnx"),
        "encoder": export_encoder(trained, options.out / f"{options.name}_encoder.onnx"),
    }
    write_card(options.out / f"{options.name}.json", {
        "task": "88 keys from eight buttons, note after note; and buttons for notes",
        "licence": "MIT, as the package",
        "input": "button, button before, key before, wait, kind, scale and chord, state (hexachord.learning.deep.genie.export_step)",
        "output": "logits of the 88 keys from A0, and the next state",
        "data": {"shares": SHARES, "licence": "MIT (POP909), CC BY 4.0 (GiantMIDI-Piano), public domain", "side": "train"},
        "method": "Donahue, Simon & Dieleman, Piano Genie, IUI 2019, with conditions and buttons that are left out",
        "script": "training/genie.py", "parameters": parts, "size": asdict(trained.size),
        "recipe": {
            "steps": progress.step, "batch": options.batch, "notes": options.notes, "seed": options.seed, "rate": options.rate,
            "init": options.init.name if options.init else "",
        },
        "valid side": {source: judged(trained, some) for source, some in valid.items() if some},
        "curve": curve, "onnx_difference": difference,
        "limits": "pop songs for the most part; it hears no beat, only how long each note waited; long form is the player's own",
    })  # fmt: skip


if __name__ == "__main__":
    main()
