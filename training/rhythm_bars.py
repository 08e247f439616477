"""Train the network that counts: from the beats of a candidate to its level, its downbeats and its metre.

    python training/rhythm_bars.py --cache CACHES/full --cache CACHES/more --valid CACHES/valid --minutes 20 --work WORK

It learns from the labelled beats of rendered songs, and as often from beats that are wrong on purpose: every second one, twice as many,
those between (`readings.propose`). Writes ``rhythm_bars.onnx``, ``.safetensors`` and ``.json`` into the package, or to ``--out``.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from rhythm import WEIGHTS, about_caches
from rhythm_clips import FEATURE, BeatClip, balanced, cached_clips
from torch import Tensor

from hexachord.audio_analysis.rhythm.bar_network import PARTS, beat_parts, columns_of
from hexachord.audio_analysis.rhythm.readings import propose
from hexachord.audio_analysis.rhythm.traits import METRES
from hexachord.dsp.features import quantise
from hexachord.learning.deep.clips import Batch, Draw
from hexachord.learning.deep.export import export_onnx, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.loss import trait_loss
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.learning.deep.variation import Variation, varied

SIZE = TemporalSize(
    bands=columns_of(FEATURE), outputs=2, includes=(), traits=(len(METRES),), front=(), width=96, kernel=5, blocks=5, dropout=0.15
)
BEATS = 64
TRAIT_SHARE = 0.15
VARIATION = Variation(shift_bands=6.0, squeeze_chance=0.3)
Example = tuple[np.ndarray, np.ndarray, np.ndarray]
"""(BEATS, columns) shown, (BEATS, 2 + metres) targets, and what is known."""


def example(clip: BeatClip, random: np.random.Generator | None) -> Example | None:
    """Make an example of a clip: varied and, half of the time, of wrong beats; as it is without a generator."""
    time_s, position = clip.beat_s, clip.position
    right = True
    if random is not None:
        time_s = time_s + random.normal(0.0, 0.008, len(time_s)) + random.normal(0.0, 0.01)
        if random.random() < 0.5:
            others = propose(np.maximum.accumulate(time_s))[1:]
            if others:
                time_s, right = others[int(random.integers(len(others)))].time_s, False
    if len(time_s) < 6:
        return None
    first = 0 if random is None or len(time_s) <= BEATS else int(random.integers(len(time_s) - BEATS + 1))
    chosen = slice(first, first + BEATS)
    shown_s = np.maximum.accumulate(time_s)[chosen]
    lead = max(0, int(shown_s[0] / FEATURE.hop_s) - 20)
    rows = clip.features(lead, min(clip.frames, int(shown_s[-1] / FEATURE.hop_s) + 60))
    if len(rows) < 20:
        return None
    if random is not None:
        rows = varied(rows, random, VARIATION)
    parts = beat_parts(quantise(rows, FEATURE), shown_s - lead * FEATURE.hop_s, feature=FEATURE)
    shown = np.zeros((BEATS, parts.shape[1]), dtype=np.float32)
    target, known = (np.zeros((BEATS, 2 + len(METRES)), dtype=np.float32) for _ in range(2))
    count = len(parts)
    shown[:count], known[:count, 0], target[:count, 0] = parts, 1.0, float(right)
    if right and clip.metre:
        target[:count, 1], known[:count, 1] = position[chosen] == 1, 1.0
        metre = clip.bar_metre[chosen]
        target[:count, 2:][metre >= 0, metre[metre >= 0]] = 1.0
        known[:count, 2:] = (metre >= 0)[:, None]
    return shown, target, known


def sampler(clips: Sequence[BeatClip], *, batch: int) -> Draw:
    """Draw batches of examples, each clip as often as its weight says."""
    upto = np.cumsum([clip.weight for clip in clips])

    def draw(random: np.random.Generator) -> Batch:
        drawn: list[Example] = []
        while len(drawn) < batch:
            clip = clips[min(int(np.searchsorted(upto, random.random() * upto[-1], side="right")), len(clips) - 1)]
            found = example(clip, random)
            drawn += [found] if found is not None else []
        shown, target, known = (np.stack(part) for part in zip(*drawn, strict=True))
        return shown, target, known

    return draw


def loss_of(outputs: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Judge level and downbeats by cross entropy, and the metre beside them."""
    each = torch.nn.functional.binary_cross_entropy_with_logits(outputs[..., :2], targets[..., :2], reduction="none")
    events = ((each * known[..., :2]).sum(dim=(0, 1)) / known[..., :2].sum(dim=(0, 1)).clamp(min=1.0)).mean()
    return events + TRAIT_SHARE * trait_loss(outputs[..., 2:], targets[..., 2:], known[..., 2:], traits=(len(METRES),))


@torch.no_grad()
def judge(net: TemporalNet, clips: Sequence[BeatClip]) -> dict[str, float]:
    """How often the metre of a song is right, how often its best downbeats are, and how often the right beats beat all wrong ones."""
    metre, count, down, level = [], [], [], []
    for clip in clips:
        if len(clip.beat_s) < 8:
            continue
        mel = quantise(clip.features(0, clip.frames), FEATURE)
        logits = []
        for time_s in (clip.beat_s, *(candidate.time_s for candidate in propose(clip.beat_s)[1:])):
            parts = beat_parts(mel, time_s, feature=FEATURE)
            logits.append(net(torch.from_numpy(parts)[None])[0].numpy())
        score = [one[:, 0].mean() for one in logits]
        level.append(float(np.argmax(score) == 0))
        if not clip.metre:
            continue
        classes = torch.log_softmax(torch.from_numpy(logits[0][:, 2:]), dim=1).mean(dim=0).numpy()
        wanted = np.bincount(clip.bar_metre[clip.bar_metre >= 0], minlength=len(METRES)) if (clip.bar_metre >= 0).any() else None
        if wanted is not None:
            metre.append(float(classes.argmax() == wanted.argmax()))
            count.append(float(METRES[classes.argmax()][0] == METRES[wanted.argmax()][0]))
        phase = [logits[0][k :: clip.metre, 1].mean() for k in range(min(clip.metre, len(clip.beat_s)))]
        down.append(float(clip.position[int(np.argmax(phase))] == 1))
    return {
        name: round(float(np.mean(values)), 3) for name, values in (("metre", metre), ("count", count), ("phase", down), ("level", level))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, action="append", required=True, help="may be given again")
    parser.add_argument("--valid", type=Path, required=True, help="a cache of the valid side")
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--out", type=Path, default=WEIGHTS / "rhythm_bars")
    parser.add_argument("--work", type=Path, default=Path("."))
    parser.add_argument("--init", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.work.mkdir(parents=True, exist_ok=True)
    clips = balanced([clip for clip in cached_clips(options.cache) if clip.frames >= 300], power=0.35)
    valid = cached_clips([options.valid])
    draw = sampler(clips, batch=options.batch)
    net = TemporalNet(SIZE)
    shown = np.concatenate([draw(np.random.default_rng(number))[0].reshape(-1, SIZE.bands) for number in range(8)])
    shown = shown[np.abs(shown).sum(axis=1) > 0]
    net.set_levels(torch.from_numpy(shown.mean(axis=0)), torch.from_numpy(shown.std(axis=0) + 0.1))
    if options.init:
        print("begins anew:", start_from(net, options.init))
    print(f"{len(clips)} songs, {parameter_count(net)} parameters, {PARTS} parts of a beat", flush=True)

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        if progress.step % 500 == 0 or progress.part >= 1.0:
            print(json.dumps({"step": progress.step, "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4)}
                             | judge(averaged, valid)), flush=True)  # fmt: skip

    trained, progress = train(
        net, draw, loss_of, recipe=Recipe(seed=options.seed, rate=options.rate, ema=0.998, decay=0.03), minutes=options.minutes,
        checkpoint=options.work / "rhythm_bars.ckpt", tell=tell, tell_every=100,
    )  # fmt: skip
    out = options.out
    error = export_onnx(trained, out.with_name(out.name + ".onnx"), feature="parts", traits=("metre",))
    save_weights(trained, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {
        "what": "of each beat of a candidate: the chance that people tap it, the chance of a downbeat, and the chances of metres",
        "licence": "MIT, as the package; learnt from music rendered by hexachord's data engine, no recording of anybody's",
        "input": {"name": "parts", "shape": f"(1, beats, {SIZE.bands})", "made by": "audio_analysis.rhythm.bar_network.beat_parts"},
        "output": {"chance": "(1, beats, 2): tapped, downbeat", "metre": f"(1, beats, {len(METRES)})"},
        "metres": [f"{beats} beats of {parts}" for beats, parts in METRES],
        "script": "training/rhythm_bars.py", "parameters": parameter_count(trained), "steps": progress.step,
        "minutes": round(progress.spent_s / 60, 1), "loss": round(progress.loss, 4), "valid": judge(trained, valid),
        "onnx_error": error, **about_caches([(folder, 1.0) for folder in options.cache]),
        "limits": "Learnt from rendered music of up to 30 seconds and from labelled beats; what is wrong in a candidate otherwise than by "
        "level and place it has not met.",
    })  # fmt: skip


if __name__ == "__main__":
    main()
