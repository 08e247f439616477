"""Train the drum network: ``python -m training.drums CACHE ... --valid CACHE --data DATA``.

Caches come from ``python -m training.cache drums``, half of them with ``--kinds drums=1``: kits alone. Writes the network
(``models/weights/drums.onnx``), its card with the numbers of the valid cache, and weights in half precision from which ``--init`` goes on.
A run that was stopped goes on with the same command. Thresholds are chosen on the valid cache; no recording is looked at.
"""

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from hexachord.arrays import Float32Array, Float64Array
from hexachord.audio_analysis.drums.kit import DRUM_MEL, KIT
from hexachord.audio_analysis.drums.picking import GROUPS, Picking, pick_strokes
from hexachord.dsp.features import dequantise
from hexachord.knowledge import Drums
from hexachord.learning.deep.export import export_onnx, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.metrics.matching import hits, match_events
from hexachord.rendering.suite_files import cache_folder
from training.drum_clips import PEDAL, DrumClip, drum_sampler, levels, load_clips

SIZE = TemporalSize(
    bands=DRUM_MEL.bands, outputs=2 * len(KIT), front=((16, 3, 8, 4), (32, 3, 4, 4)), direct=True, width=48, kernel=5, blocks=7, dropout=0.1
)
BATCH, FRAMES = 16, 500
THRESHOLDS = np.arange(0.2, 0.65, 0.05)
SURE = (0.6, 0.6, 0.6, 0.6, 0.5)  # of the groups; what is never so likely within twenty seconds is taken for something else
_NEARLY = 0.01
_WINDOW_S = 0.05
_WEIGHTS = Path("src/hexachord/models/weights")


def drum_loss(logits: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Cross entropy of strokes, whose targets are bumps a few frames wide, and squared error of velocities where something is struck."""
    pieces = len(KIT)
    struck, hard = logits[:, :, :pieces], logits[:, :, pieces:]
    wrong = functional.binary_cross_entropy_with_logits(struck, targets[:, :, :pieces], reduction="none") * known[:, :, :pieces]
    strokes = wrong.sum() / known[:, :, :pieces].sum().clamp(min=1.0) * pieces
    astray = (torch.sigmoid(hard) - targets[:, :, pieces:]).square() * known[:, :, pieces:]
    return strokes + astray.sum() / known[:, :, pieces:].sum().clamp(min=1.0)


def hear(net: TemporalNet, clip: DrumClip) -> Float32Array:
    """Run the network over a whole clip: (frames, 2 * pieces) chances and velocities."""
    with torch.no_grad():
        heard: Float32Array = torch.sigmoid(net(torch.from_numpy(dequantise(clip.mel, DRUM_MEL))[None]))[0].numpy()
    return heard


def strokes(heard: Float32Array, picking: Picking) -> Drums:
    """Pick strokes from what the network heard."""
    pieces = len(KIT)
    return pick_strokes(
        heard[:, :pieces], 127.0 * heard[:, pieces:], hop_s=DRUM_MEL.hop_s, duration_s=len(heard) * DRUM_MEL.hop_s,
        picking=picking, engine="",
    )  # fmt: skip


def of_group(names: Sequence[str], label: Sequence[str], time_s: Float64Array) -> Float64Array:
    """The times of the strokes of a group of pieces."""
    return np.asarray(time_s[np.array([one in names for one in label], dtype=bool)], dtype=np.float64)


def without_optional(true_s: Float64Array, estimate_s: Float64Array, optional_s: Float64Array) -> Float64Array:
    """Leave out estimates that match an optional stroke and no true one: they are neither right nor wrong."""
    free = np.setdiff1d(np.arange(len(estimate_s)), match_events(true_s, estimate_s, window_s=_WINDOW_S)[:, 1])
    excused = free[match_events(optional_s, estimate_s[free], window_s=_WINDOW_S)[:, 1]]
    return np.delete(estimate_s, excused)


def counts(clips: Sequence[DrumClip], heard: Sequence[Float32Array], picking: Picking) -> dict[str, list[tuple[int, int, int]]]:
    """Count matched, true and found strokes of each group in each clip."""
    found: dict[str, list[tuple[int, int, int]]] = {name: [] for name in GROUPS}
    for clip, chances in zip(clips, heard, strict=True):
        drums = strokes(chances, picking)
        kept = clip.piece < len(KIT)
        label = [KIT[piece] for piece in clip.piece[kept]]
        for name, pieces in GROUPS.items():
            true, estimate = of_group(pieces, label, clip.time_s[kept]), of_group(pieces, drums.label, drums.time_s)
            if name == "hihat":
                estimate = without_optional(true, estimate, clip.time_s[clip.piece == PEDAL])
            found[name].append((len(match_events(true, estimate, window_s=_WINDOW_S)), len(true), len(estimate)))
    return found


def choose_picking(clips: Sequence[DrumClip], heard: Sequence[Float32Array]) -> Picking:
    """Choose for each group the lowest threshold whose F over all strokes of all clips is nearly the best.

    The lowest, because chances fall where kits are unfamiliar, and those of the clips are less so than a stranger's.
    """
    scores: dict[str, dict[float, float]] = {name: {} for name in GROUPS}
    for threshold in THRESHOLDS.tolist():
        picking = Picking(threshold=(threshold,) * len(GROUPS), sure=SURE)
        for name, rows in counts(clips, heard, picking).items():
            matched, true, estimate = (int(total) for total in np.sum(rows, axis=0))
            scores[name][round(threshold, 3)] = hits(matched=matched, reference=true, estimated=estimate).f
    lowest = (min(one for one, f in found.items() if f >= max(found.values()) - _NEARLY) for found in scores.values())
    return Picking(threshold=tuple(lowest), sure=SURE)


def measure(clips: Sequence[DrumClip], heard: Sequence[Float32Array], picking: Picking) -> dict[str, float]:
    """Measure F of each group on kits alone and in mixes, the bias of the times, velocities, and what is invented where no drums are."""
    numbers: dict[str, float] = {}
    for kind, chosen in (("drums", "drums"), ("mix", "")):
        rows = [index for index, clip in enumerate(clips) if clip.has_drums and (clip.kind == "drums") == (chosen == "drums")]
        if rows:
            for name, parts in counts([clips[index] for index in rows], [heard[index] for index in rows], picking).items():
                matched, true, estimate = (int(total) for total in np.sum(parts, axis=0))
                numbers[f"{kind}_{name}_f"] = hits(matched=matched, reference=true, estimated=estimate).f
    silent = [index for index, clip in enumerate(clips) if not clip.has_drums]
    if silent:
        seconds = sum(len(clips[index].mel) for index in silent) * DRUM_MEL.hop_s
        numbers["invented_per_s"] = sum(len(strokes(heard[index], picking)) for index in silent) / seconds
    late, felt, meant = list[Float64Array](), list[Float64Array](), list[Float64Array]()
    for clip, chances in zip(clips, heard, strict=True):
        drums = strokes(chances, picking)
        for piece, name in enumerate(KIT):
            mine, yours = (
                np.flatnonzero(clip.piece == piece),
                np.flatnonzero(np.array([label == name for label in drums.label], dtype=bool)),
            )
            pairs = match_events(clip.time_s[mine], drums.time_s[yours], window_s=_WINDOW_S)
            if len(pairs):
                late.append(drums.time_s[yours][pairs[:, 1]] - clip.time_s[mine][pairs[:, 0]])
                felt.append(drums.velocity[yours][pairs[:, 1]])
                meant.append(clip.velocity[mine][pairs[:, 0]])
    if late:
        error_s = np.concatenate(late)
        numbers |= {"bias_ms": 1000 * float(np.median(error_s)), "spread_ms": 1000 * float(np.percentile(np.abs(error_s), 90))}
        both = np.concatenate(felt), np.concatenate(meant)
        numbers |= {"velocity_mae": float(np.abs(both[0] - both[1]).mean()), "velocity_r": float(np.corrcoef(*both)[0, 1])}
    return {name: round(value, 4) for name, value in numbers.items()}


def card_of(
    net: TemporalNet, clips: Sequence[DrumClip], progress: Progress, picking: Picking, numbers: Mapping[str, float]
) -> dict[str, Any]:
    """Say what is to be known of the network."""
    return {
        "name": "drums/network",
        "parameters": parameter_count(net),
        "feature": asdict(DRUM_MEL),
        "input": "mel_db (1, frames, 96)",
        "output": "chance (1, frames, 14): strokes of " + ", ".join(KIT) + "; their velocities over 127",
        "size": asdict(net.size),
        "data": f"{len(clips) * 30 / 3600:.1f} h rendered by hexachord's data engine: Groove MIDI Dataset, train split (CC BY 4.0), "
        "drum machine patterns and POP909 (MIT), OpenScore Lieder (CC0), OpenEWLD (public domain); kits and fonts of free licences",
        "steps": progress.step,
        "minutes": round(progress.spent_s / 60, 1),
        "thresholds": dict(zip(GROUPS, picking.threshold, strict=True)),
        "sure": dict(zip(GROUPS, picking.sure, strict=True)),
        "valid": dict(numbers),
        "licence": "MIT",
        "limits": "Kits of rock, pop, jazz and machines, with sticks; brushes and hand drums were never heard. A clap is nobody's stroke.",
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.drums", description=__doc__.split("\n\n")[0])
    parser.add_argument("caches", type=Path, nargs="+", help="rendered with training.cache drums")
    parser.add_argument("--valid", type=Path, required=True, help="a cache of the valid side")
    parser.add_argument("--data", type=Path, default=os.environ.get("HEXACHORD_DATA"), help="real music ($HEXACHORD_DATA)")
    parser.add_argument("--out", type=Path, default=_WEIGHTS, help=f"where drums.onnx goes ({_WEIGHTS})")
    parser.add_argument(
        "--work", type=Path, help="where to keep what a stopped run goes on from; in the user's cache folder when not given"
    )
    parser.add_argument("--init", type=Path, help="start from these weights (.safetensors)")
    parser.add_argument("--minutes", type=float, default=25.0, help="of learning (25)")
    parser.add_argument("--steps", type=int, help="instead of minutes: the same every time; 0 chooses the thresholds of --init anew")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.data is None:
        parser.error("name the folder of real music with --data, or set HEXACHORD_DATA")
    if options.work is None:
        options.work = (cache_folder() or Path()) / "training"
    torch.set_num_threads(1)
    clips = [clip for folder in options.caches for clip in load_clips(folder, options.data)]
    valid = load_clips(options.valid, options.data)
    print(f"{len(clips)} songs to learn from, {len(valid)} to judge by", flush=True)
    torch.manual_seed(options.seed)
    net = TemporalNet(SIZE)
    level, spread = levels(clips)
    net.set_levels(torch.from_numpy(level), torch.from_numpy(np.full_like(spread, spread.mean())))
    if options.init is not None:
        print("anew: " + (", ".join(start_from(net, options.init)) or "nothing"))
    options.work.mkdir(parents=True, exist_ok=True)

    def tell(progress: Progress, averaged: TemporalNet) -> None:
        heard = [hear(averaged, clip) for clip in valid[::4]]
        numbers = measure(valid[::4], heard, Picking(threshold=(0.4,) * len(GROUPS)))
        print(f"{progress.step} steps, {progress.spent_s / 60:.1f} min, loss {progress.loss:.4f}: {json.dumps(numbers)}", flush=True)

    recipe = replace(Recipe(bfloat16=True), seed=options.seed)
    progress = Progress()
    if options.steps != 0:
        net, progress = train(
            net, drum_sampler(clips, batch=BATCH, frames=FRAMES), drum_loss, recipe=recipe, tell=tell, tell_every=400,
            steps=options.steps, minutes=None if options.steps else options.minutes,
            checkpoint=options.work / "drums.checkpoint", identity=f"{len(clips)} songs",
        )  # fmt: skip
    net.eval()
    heard = [hear(net, clip) for clip in valid]
    picking = choose_picking(valid, heard)
    numbers = measure(valid, heard, picking)
    error = export_onnx(net, options.out / "drums.onnx")
    save_weights(net, options.out / "drums.safetensors")
    write_card(options.out / "drums.json", card_of(net, clips, progress, picking, numbers))
    (options.work / "drums.checkpoint").unlink(missing_ok=True)
    print(f"{parameter_count(net)} parameters, ONNX within {error:.1e}, {picking}\n{json.dumps(numbers, indent=1)}")


if __name__ == "__main__":
    main()
