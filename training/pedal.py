"""Train the pedal network: ``python training/pedal.py --data DATA --minutes 22 --work WORK --keep SONGS``.

It hears rendered pianos, pedalled by the data engine and by imagined pianists (`pedal_songs`), in other keys, rooms and colours, and with
strings that ring along. Writes ``pedal.onnx``, half-precision weights to go on from (``--init``) and its card, with figures of the valid
side and of instruments and pieces that nothing is chosen on, beside those of two guesses: always down, and down while many notes sound.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch
from note_network import PIANOS
from pedal_clips import OUTPUTS, PedalClip, clip_of, sampler
from pedal_songs import Pianist
from songs import add_options, instrument_folders, looked_at
from torch import Tensor
from torch.nn import functional

from hexachord.arrays import Float32Array, Float64Array, FloatArray
from hexachord.corpus.workers import in_order
from hexachord.dsp.pitch_spectrum import HOP, RATE_HZ, as_heard
from hexachord.learning.deep.export import export_onnx, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.metrics.pedal import evaluate
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split
from hexachord.rendering.stream import unopened
from hexachord.transcription.pedal import ROLLS, SEMITONES, VIEWS, PedalCosts, follow_pedal, note_rolls, shown

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
_ROWS = VIEWS + ROLLS  # of a semitone
SIZE = TemporalSize(
    bands=SEMITONES * _ROWS, outputs=OUTPUTS, front=((16, 3, 4 * _ROWS, 2 * _ROWS), (32, 3, 4, 4)), direct=True, width=36, blocks=7
)
_SHARES = (1.0, 0.5, 1.0)
_HOP_S = HOP / RATE_HZ


def pedal_loss(outputs: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Judge log-odds of being down, going down and coming up, where anything is heard."""
    each = functional.binary_cross_entropy_with_logits(outputs, target, reduction="none") * known
    shares = torch.tensor(_SHARES)
    return (each * shares).sum() / known[..., 0].sum().clamp(min=1.0)


@torch.no_grad()
def hear(net: TemporalNet, clip: PedalClip) -> FloatArray:
    """What a network says of a whole piece, (frames, OUTPUTS) chances."""
    said: FloatArray = torch.sigmoid(net(torch.from_numpy(whole(clip))[None]))[0].numpy()
    return said


def whole(clip: PedalClip) -> Float32Array:
    """What is shown of a whole piece."""
    return shown(as_heard(clip.levels, loudest=clip.loudest), note_rolls(clip.found, 0, len(clip.levels)))


def judged(clips: Sequence[PedalClip], guess: Callable[[PedalClip], Float64Array]) -> dict[str, float]:
    """Measure a guess of spans, in seconds, over all clips as if they were one piece; and the time down where there is no pedal at all."""
    wanted, found, at_s, wrong = list[Float64Array](), list[Float64Array](), 0.0, list[float]()
    for clip in clips:
        spans = clip.inside(guess(clip))
        wanted.append(clip.spans_heard + at_s)
        found.append(spans + at_s)
        at_s += clip.end_s + 1.0  # further than a change may be away
        if not len(clip.spans_heard):
            wrong.append(float(np.diff(spans).sum()) / (clip.end_s - clip.begin_s))
    figures = evaluate(np.concatenate(wanted), np.concatenate(found), begin_s=0.0, end_s=at_s)
    figures |= {"down_without": float(np.mean(wrong))} if wrong else {}
    return {name: round(value, 4) for name, value in figures.items()}


def always(clip: PedalClip) -> Float64Array:
    """Guess that the pedal is down from the first note to the last."""
    return np.array([[clip.begin_s, clip.end_s]])


def crowded(clip: PedalClip, *, notes: int) -> Float64Array:
    """Guess that it is down while so many of the notes that the note network finds sound at once."""
    moment = np.concatenate([clip.found[:, 0], clip.found[:, 1]])
    step = np.concatenate([np.ones(len(clip.found)), -np.ones(len(clip.found))])
    order = np.lexsort((step, moment))
    moment, sounding = moment[order], np.cumsum(step[order])
    many = np.concatenate([[False], sounding >= notes, [False]])
    edges = np.flatnonzero(many[1:] != many[:-1])
    spans = moment[np.minimum(edges, len(moment) - 1)].reshape(-1, 2)
    return spans[spans[:, 1] > spans[:, 0]]


def followed(said: Sequence[FloatArray], clips: Sequence[PedalClip], costs: PedalCosts) -> dict[str, float]:
    """Measure what was said of clips, followed with some costs."""
    spans = {id(clip): follow_pedal(chance, costs=costs)[0] * _HOP_S for clip, chance in zip(clips, said, strict=True)}
    return judged(clips, lambda clip: spans[id(clip)])


def tuned(said: Sequence[FloatArray], clips: Sequence[PedalClip]) -> PedalCosts:
    """Choose the costs on the valid side: see `worth`."""
    best, found = -np.inf, PedalCosts()
    for down, least_press, least_release in product((0.1, 0.2, 0.3, 0.5), (0.15, 0.25, 0.35, 0.5), (0.15, 0.25, 0.35, 0.5)):
        costs = PedalCosts(down=down, least_press=least_press, least_release=least_release)
        reached = worth(followed(said, clips, costs))
        if reached > best:
            best, found = reached, costs
    return found


def worth(figures: dict[str, float]) -> float:
    """What is chosen by: all three figures, less what is heard where there is no pedal."""
    return figures["frame_f"] + 0.5 * (figures["press_f"] + figures["release_f"]) - 0.5 * figures.get("down_without", 0.0)


def load(options: argparse.Namespace, *, side: Side, pianos: int, pedalled: int) -> Iterator[PedalClip]:
    """Render, or recall what is kept, and look: pieces of the data engine, and of imagined pianists."""
    look = partial(clip_of, folder=options.work / "seen", hear_notes=side != "train")
    if pianos:
        yield from (clip for clip in looked_at(look, options, count=pianos, side=side, kinds=PIANOS) if clip is not None)
    split = load_split()
    shelf, instruments = unopened(
        Shelf(data=options.data, split=split, side=side), find_instruments(split, side, folders=instrument_folders(options))
    )
    keep = options.keep if options.keep is not None else options.work / "songs"
    job = Pianist(look=look, shelf=shelf, instruments=instruments, seed=options.seed + 2, keep=keep)
    yield from (clip for clip in in_order(job, count=pedalled, workers=options.workers) if clip is not None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "pedal")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for checkpoint and levels")
    parser.add_argument("--minutes", type=float, default=22.0)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--pianos", type=int, default=300, help="pieces of the data engine")
    parser.add_argument("--pedalled", type=int, default=250, help="pieces of imagined pianists")
    parser.add_argument("--init", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    valid = list(load(options, side="valid", pianos=30, pedalled=16))
    unheard = list(load(options, side="held_out", pianos=0, pedalled=20))
    clips = list(load(options, side="train", pianos=options.pianos, pedalled=options.pedalled))
    print(f"{len(clips)} clips; {len(valid)} to judge by, {len(unheard)} of other instruments", flush=True)
    net = TemporalNet(SIZE)
    rows = np.concatenate([whole(clip)[::10] for clip in clips])
    net.set_levels(torch.from_numpy(rows.mean(axis=0)), torch.from_numpy(rows.std(axis=0) + 0.05))
    if options.init:
        print("begins anew:", start_from(net, options.init))
    print(f"{parameter_count(net)} parameters, {SIZE.back} frames either way", flush=True)
    curve: list[dict[str, float]] = []

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        line: dict[str, float] = {"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4)}
        if progress.step % 250 == 0 or progress.part >= 1.0:
            line |= followed([hear(averaged, clip) for clip in valid], valid, PedalCosts())
            curve.append(line)
        print(json.dumps(line), flush=True)

    net, _ = train(
        net, sampler(clips, batch=options.batch), pedal_loss,
        recipe=Recipe(seed=options.seed, rate=options.rate, ema=0.997, bfloat16=True), minutes=options.minutes,
        checkpoint=options.work / "pedal.ckpt", tell=tell, tell_every=50,
    )  # fmt: skip
    write(net, options, curve, clips=len(clips), valid=valid, unheard=unheard)


def write(
    net: TemporalNet,
    options: argparse.Namespace,
    curve: Sequence[dict[str, float]],
    *,
    clips: int,
    valid: Sequence[PedalClip],
    unheard: Sequence[PedalClip],
) -> None:
    """Write the network, its weights and its card."""
    said = [hear(net, clip) for clip in valid]
    costs = tuned(said, valid)
    notes = max(range(2, 10), key=lambda count: worth(judged(valid, partial(crowded, notes=count))))
    numbers = {}
    for name, pieces, heard in (("valid side", valid, said), ("other instruments and pieces", unheard, [hear(net, c) for c in unheard])):
        numbers[name] = {
            "the network": followed(heard, pieces, PedalCosts()),
            "with the costs best on the valid side": followed(heard, pieces, costs),
            "always down": judged(pieces, always),
            f"down while {notes} notes sound": judged(pieces, partial(crowded, notes=notes)),
        }
    print(json.dumps({"costs": str(costs), **numbers}, indent=1), flush=True)
    out = options.out
    error = export_onnx(net, out.with_name(out.name + ".onnx"), feature="levels")
    save_weights(net, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {
        "what": "how likely a piano's sustain pedal is down, goes down and comes up, in every frame of 23 ms",
        "licence": "MIT, as the package",
        "input": {"name": "levels", "shape": f"(1, frames, {SEMITONES * _ROWS})", "is": "hexachord.transcription.pedal.shown"},
        "output": {"name": "chance", "shape": f"(1, frames, {OUTPUTS})", "heads": ["down", "press", "release"]},
        "data": {"piano pieces rendered by the data engine": {"clips": clips, "licence": "CC0, CC BY 4.0, MIT, public domain"}},
        "method": "temporal convolutions (Davies & Böck, EUSIPCO 2019) on frames and changes of the pedal (Kong et al., TASLP 2021)",
        "script": "training/pedal.py", "parameters": parameter_count(net),
        "frames, and changes within 100 ms (F), and time down where there is no pedal": numbers,
        "valid side on the way": list(curve), "costs best on the valid side": str(costs), "onnx_error": error,
        "limits": "It never heard a recording: rendered pianos stand for them. Half pedals are on or off.",
    })  # fmt: skip


if __name__ == "__main__":
    main()
