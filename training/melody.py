"""Train the melody network: ``python training/melody.py --data DATA --minutes 60 --work WORK --keep SONGS``.

It follows the tune in rendered songs, where at times somebody sings it (`singing`), and in voices alone (`melody_voices`), in other keys,
louder, softer, coloured and in noise. Writes ``melody.onnx``, half-precision weights to go on from (``--init``) and its card.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import torch
from melody_clips import PITCHES, MelodyClip, sampler, tune_of, voice_of
from songs import TONAL_KINDS, add_options, looked_at
from torch import Tensor
from torch.nn import functional

from hexachord.dsp.pitch_spectrum import BINS, BINS_PER_OCTAVE, as_heard, loudest_level
from hexachord.learning.deep.export import export_plain, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.melody import MelodyNet, MelodySize
from hexachord.learning.deep.temporal import parameter_count

WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"
SIZE = MelodySize(bins=BINS, bins_per_octave=BINS_PER_OCTAVE, pitches=PITCHES)


def melody_loss(outputs: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Judge a softmax over pitches and none."""
    each = -(target * functional.log_softmax(outputs, dim=2)).sum(dim=2)
    return (each * known[..., 0]).sum() / known.sum().clamp(min=1.0)


@torch.no_grad()
def judge(net: MelodyNet, clips: Sequence[MelodyClip]) -> dict[str, float]:
    """Measure shares of frames by kind, before any tracking: all right (``oa``), the pitch right where there is one (``rpa``)."""
    found: dict[str, list[tuple[float, float]]] = {}
    for clip in clips:
        shown = as_heard(clip.levels, loudest=loudest_level(clip.levels))
        logits = net(torch.from_numpy(shown)[None])[0].numpy()
        said, voiced = logits[:, :-1].argmax(axis=1), ~np.isnan(clip.place)
        near = np.abs(said - np.nan_to_num(clip.place, nan=-99)) < BINS_PER_OCTAVE / 24
        silent = logits[:, -1] > np.logaddexp.reduce(logits[:, :-1], axis=1)
        right = np.where(voiced, near & ~silent, silent)
        found.setdefault("voice" if clip.kind in ("voice", "solo") else "mix", []).append((float(right.mean()), float(near[voiced].mean())))
    return {
        f"{kind} {name}": round(float(np.mean([row[at] for row in rows])), 4)
        for kind, rows in found.items()
        for at, name in enumerate(("oa", "rpa"))
    }


def load(options: argparse.Namespace, *, side: str, songs: int, voices: int) -> list[MelodyClip]:
    """Render, or recall what is kept, and look."""
    found = [clip for clip in looked_at(tune_of, options, count=songs, side=side, kinds=TONAL_KINDS, singers=True) if clip is not None]  # type: ignore[arg-type]
    weight = options.voice_share / (1.0 - options.voice_share) * len(found) / max(voices, 1)
    first = 0 if side == "train" else 1000
    with ProcessPoolExecutor(max(options.workers, 1)) as pool:
        return [*found, *pool.map(partial(voice_of, weight=weight), range(first, first + voices))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "melody")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for checkpoint and spectra")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--batch", type=int, default=6)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--songs", type=int, default=900, help="rendered songs")
    parser.add_argument("--valid-songs", type=int, default=80)
    parser.add_argument("--voices", type=int, default=200, help="voices alone")
    parser.add_argument("--voice-share", type=float, default=0.15, help="of what it hears")
    parser.add_argument("--init", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    clips = load(options, side="train", songs=options.songs, voices=options.voices)
    valid = load(options, side="valid", songs=options.valid_songs, voices=20)
    print(f"{len(clips)} clips, {len(valid)} to judge by", flush=True)
    net = MelodyNet(SIZE).to(memory_format=torch.channels_last)
    if options.init:
        print("begins anew:", start_from(net, options.init))
    print(f"{parameter_count(net)} parameters, {SIZE.reach} frames either way", flush=True)
    numbers: dict[str, float] = {}

    def tell(progress: Progress, averaged: MelodyNet) -> None:
        line: dict[str, float] = {"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4)}
        if progress.step % 200 == 0 or progress.part >= 1.0:
            line |= judge(averaged, valid)
            numbers.update(line)
            write(averaged, options, numbers, len(clips))
        print(json.dumps(line), flush=True)

    train(
        net, sampler(clips, batch=options.batch), melody_loss,
        recipe=Recipe(seed=options.seed, rate=options.rate, ema=0.997, bfloat16=True), minutes=options.minutes,
        checkpoint=options.work / "melody.ckpt", tell=tell, tell_every=50,
    )  # fmt: skip


def write(net: MelodyNet, options: argparse.Namespace, numbers: dict[str, float], clips: int) -> None:
    """Write the network, its weights and its card."""
    out = options.out
    error = export_plain(net, out.with_name(out.name + ".onnx"), columns=2 * BINS, multiple=1, feature="levels", reach=SIZE.reach)
    save_weights(net, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {
        "what": "the melody's pitch, in thirds of a semitone from A1 to A6, or none, in every frame of 23 ms",
        "licence": "MIT, as the package",
        "input": {"name": "levels", "shape": f"(1, frames, {2 * BINS})", "is": "hexachord.dsp.pitch_spectrum"},
        "output": {"name": "logits", "shape": f"(1, frames, {SIZE.pitches + 1})"},
        "data": {"songs rendered by the data engine, at times with a singer made of formants": {
                     "clips": clips, "licence": "CC0, CC BY 4.0, MIT, public domain"}},
        "method": "harmonic stacking (Bittner et al., ISMIR 2017), convolutions over pitch and time",
        "script": "training/melody.py", "parameters": parameter_count(net),
        "valid side, frames right before any tracking": numbers, "onnx_error": error,
        "limits": "It never heard a person sing: voices of fonts and of formants stand for them.",
    })  # fmt: skip


if __name__ == "__main__":
    main()
