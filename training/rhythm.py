"""Train the shipped rhythm network: beats and downbeats from a log-mel spectrogram.

Render caches first (see `cache`), then give them with what they count::

    python -m training.cache rhythm --hours 16 --out CACHES/full
    python -m training.cache rhythm --side valid --hours 1 --out CACHES/valid
    python training/rhythm.py --cache CACHES/full --valid CACHES/valid --minutes 60 --work WORK

which writes ``models/weights/rhythm.onnx``, ``.safetensors`` (half precision, to go on from with ``--init``) and ``.json`` (its card) at
the end and every ``--export-minutes``, and keeps ``WORK/rhythm.ckpt``, from which the same command goes on. ``--online`` trains the causal
sibling, ``rhythm_online``. Nothing is decided on real recordings: ``WORK/rhythm.log.jsonl`` follows the loss on the valid side.
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rhythm_clips import EVENTS, FEATURE, HINTS, BeatClip, balanced, cached_clips
from torch import Tensor

from hexachord.audio_analysis.rhythm.traits import METRES, NAMES, TEMPI_BPM, TRAITS
from hexachord.learning.deep.clips import levels, sampler
from hexachord.learning.deep.export import export_onnx, export_stream, save_weights, start_from, write_card
from hexachord.learning.deep.loop import Progress, Recipe, train
from hexachord.learning.deep.loss import tolerant_loss, trait_loss
from hexachord.learning.deep.meter import Meter
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count
from hexachord.learning.deep.variation import Variation
from hexachord.rendering.instruments import instrument_set
from hexachord.rendering.shards import open_cache

MUSIC_LICENCES = {
    "billboard": "CC0", "drum_machine_patterns": "MIT", "giantmidi": "CC BY 4.0", "groove": "CC BY 4.0", "jsb_chorales": "public domain",
    "musetrainer": "public domain", "openewld": "public domain tunes, MIT", "openscore_lieder": "CC0", "pop909": "MIT",
}  # fmt: skip
WEIGHTS = Path(__file__).parents[1] / "src/hexachord/models/weights"


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What is trained on what.

    Attributes
    ----------
    batch, frames : crops in a batch, and how long they are
    rarity : how strongly rare metres are preferred; 1 draws all metres as often
    share : what each of the events and hints counts in the loss
    trait_share : what a nat about metre or tempo counts beside them
    """

    size: TemporalSize
    recipe: Recipe
    variation: Variation
    batch: int = 8
    frames: int = 1000
    rarity: float = 0.35
    share: tuple[float, ...] = (1.0, 1.5, *(0.15 for _ in HINTS))
    trait_share: float = 0.03
    tolerance: int = 1


def configuration(*, lookahead: int | None, seed: int, bfloat16: bool, rate: float = 3e-3) -> Configuration:
    """Return what is shipped: with a lookahead, the causal network."""
    return Configuration(
        size=TemporalSize(
            bands=FEATURE.bands, outputs=len(EVENTS), extra=len(HINTS) if lookahead is None else 0, includes=((0, 1),), direct=True,
            traits=TRAITS if lookahead is None else (),
            width=80 if lookahead is None else 48, blocks=9 if lookahead is None else 8, lookahead=lookahead,
        ),
        recipe=Recipe(seed=seed, rate=rate, ema=0.998, bfloat16=bfloat16),
        variation=Variation(tempo_octaves=0.25, shift_bands=6.0, squeeze_chance=0.3),
    )  # fmt: skip


def train_rhythm(
    clips: Sequence[BeatClip],
    valid: Sequence[BeatClip],
    chosen: Configuration,
    *,
    out: Path,
    work: Path,
    about: Mapping[str, Any],
    minutes: float | None = None,
    steps: int | None = None,
    init: Path | None = None,
    export_minutes: float = 15.0,
    look_every: int = 500,
) -> Progress:
    """Train, looking at the valid side now and then, and write the network, its weights and its card."""
    torch.manual_seed(chosen.recipe.seed)
    net = TemporalNet(chosen.size)
    level, spread = levels(clips)
    net.set_levels(torch.from_numpy(level), torch.tensor(float(spread.mean())))
    if init is not None:
        print("begins anew: " + (", ".join(start_from(net, init)) or "nothing"))
    loss = partial(rhythm_loss, chosen=chosen)
    draw = sampler(
        balanced(clips, power=chosen.rarity), batch=chosen.batch, frames=chosen.frames, hop_s=FEATURE.hop_s, variation=chosen.variation
    )
    exported_s = 0.0
    log = work / f"{out.name}.log.jsonl"

    with Meter(out.name) as meter:

        def tell(progress: Progress, averaged: TemporalNet) -> None:
            nonlocal exported_s
            meter(progress)
            ends = progress.part >= 1.0
            if valid and (progress.step % look_every == 0 or ends):
                found = {"step": progress.step, "minutes": round(progress.spent_s / 60, 2), "loss": round(progress.loss, 5)}
                found |= valid_loss(averaged, valid, tolerance=chosen.tolerance)
                meter.note(json.dumps(found))
                with log.open("a") as file:
                    file.write(json.dumps(found) + "\n")
            if ends or progress.spent_s - exported_s >= export_minutes * 60:
                exported_s = progress.spent_s
                write(averaged, out, {**about, **_told(progress, averaged, valid, chosen)})

        _, progress = train(
            net, draw, loss, recipe=chosen.recipe, minutes=minutes, steps=steps, checkpoint=work / f"{out.name}.ckpt",
            identity=_identity(clips, chosen, init), tell=tell, tell_every=50,
        )  # fmt: skip
    return progress


def rhythm_loss(outputs: Tensor, targets: Tensor, known: Tensor, *, chosen: Configuration) -> Tensor:
    """Judge events, and the classes of metre and tempo beside them."""
    events = chosen.size.events
    share = torch.tensor(chosen.share[:events])
    heard = tolerant_loss(outputs[:, :, :events], targets[:, :, :events], known[:, :, :events], tolerance=chosen.tolerance, share=share)
    if not chosen.size.traits:
        return heard
    return heard + chosen.trait_share * trait_loss(
        outputs[:, :, events:], targets[:, :, events:], known[:, :, events:], traits=chosen.size.traits
    )


@torch.no_grad()
def valid_loss(net: TemporalNet, clips: Sequence[BeatClip], *, tolerance: int) -> dict[str, float]:
    """Measure the mean loss of each event over whole clips, as they are."""
    total, count = torch.zeros(len(EVENTS)), torch.zeros(len(EVENTS))
    nats: dict[str, list[float]] = {name: [] for name in NAMES}
    for clip in clips:
        logits = net(torch.from_numpy(clip.features(0, clip.frames))[None])
        if net.size.traits and clip.traits is not None:
            classes = logits[0, :, net.size.events :].split(list(net.size.traits), dim=1)
            wanted, judged = clip.traits(np.arange(clip.frames) * FEATURE.hop_s, 1.0)
            parts = np.cumsum([0, *net.size.traits])
            for name, trait, first, last in zip(NAMES, classes, parts[:-1], parts[1:], strict=True):
                if judged[:, first].any():
                    target, there = (torch.from_numpy(each[None, :, first:last]) for each in (wanted, judged))
                    nats[name].append(float(trait_loss(trait[None], target, there, traits=(last - first,))))
        for index, event_s in enumerate(clip.events_s[: len(EVENTS)]):
            if event_s is None:
                continue
            target = torch.zeros(1, clip.frames, 1)
            frames = torch.from_numpy(event_s / FEATURE.hop_s).round().long()
            target[0, frames[(frames >= 0) & (frames < clip.frames)], 0] = 1.0
            total[index] += tolerant_loss(logits[:, :, index : index + 1], target, torch.ones_like(target), tolerance=tolerance)
            count[index] += 1
    found = {f"valid {name}": round(float(value), 5) for name, value in zip(EVENTS, total / count.clamp(min=1), strict=True)}
    return found | {f"valid {name}": round(float(np.mean(values)), 4) for name, values in nats.items() if values}


def write(net: TemporalNet, out: Path, card: Mapping[str, Any]) -> None:
    """Write ``OUT.onnx`` (of a causal network one that hears a stream), ``.safetensors`` and ``.json``."""
    path = out.with_name(out.name + ".onnx")
    error = export_stream(net, path) if net.size.lookahead is not None else export_onnx(net, path, traits=NAMES[: len(net.size.traits)])
    save_weights(net, out.with_name(out.name + ".safetensors"))
    write_card(out.with_name(out.name + ".json"), {**card, "onnx_error": error})


def about_caches(caches: Sequence[tuple[Path, float]]) -> dict[str, Any]:
    """Say what caches hold: music, instruments and how they were rendered."""
    data, music, instruments = [], set[str](), set[str]()
    for folder, part in caches:
        cache = open_cache(folder)
        header = json.loads((folder / "cache.json").read_text())
        data.append({
            "hours": round(len(cache) * cache.recipe.length_s / 3600, 2), "weight": part, "recipe": header["recipe"],
            "identity": cache.identity, "engine": header["engine"],
        })  # fmt: skip
        music |= set(header["music"])
        instruments |= set(header["instruments"]["paths"])
    return {
        "data": data,
        "music": {name: MUSIC_LICENCES[name] for name in sorted(music)},
        "instruments": {name: instrument_set(name).licence for name in sorted(instruments)},
    }


def _told(progress: Progress, net: TemporalNet, valid: Sequence[BeatClip], chosen: Configuration) -> dict[str, Any]:
    return {
        "parameters": parameter_count(net),
        "size": asdict(net.size),
        "recipe": asdict(chosen.recipe),
        "variation": asdict(chosen.variation),
        "batch": chosen.batch, "frames": chosen.frames, "rarity": chosen.rarity,
        "share": dict(zip((*EVENTS, *HINTS)[: chosen.size.outputs + chosen.size.extra], chosen.share, strict=False)),
        "steps": progress.step, "minutes": round(progress.spent_s / 60, 1), "complete": progress.part >= 1.0,
        "loss": round(progress.loss, 5),
        **(valid_loss(net, valid, tolerance=chosen.tolerance) if valid else {}),
    }  # fmt: skip


def _identity(clips: Sequence[BeatClip], chosen: Configuration, init: Path | None) -> str:
    ids = " ".join(f"{clip.id}*{clip.weight}" for clip in clips)
    begun = "" if init is None else sha256(init.read_bytes()).hexdigest()[:16]
    return f"{len(clips)} clips {sha256(ids.encode()).hexdigest()[:16]} {sha256(repr(chosen).encode()).hexdigest()[:16]} {begun}".strip()


def _weighed(text: str) -> tuple[Path, float]:
    folder, _, part = text.partition("=")
    return Path(folder), float(part or 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=_weighed, action="append", required=True, metavar="FOLDER[=WEIGHT]", help="may be given again")
    parser.add_argument("--valid", type=Path, help="a cache of the valid side")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int, help="instead of minutes: the same every time")
    parser.add_argument("--out", type=Path, help="where the network goes, without an ending; among the shipped weights when not given")
    parser.add_argument("--work", type=Path, default=Path("."), help="a folder for the checkpoint and the log")
    parser.add_argument("--init", type=Path, help="start from these .safetensors")
    parser.add_argument("--online", action="store_true", help="train the network that hears a stream")
    parser.add_argument("--lookahead", type=int, default=1, help="frames that the online network looks ahead (1)")
    parser.add_argument("--export-minutes", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=3e-3, help="of learning at its highest (0.003); less to refine what --init has")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--float32", action="store_true", help="never multiply in half precision: slower, and the same on more processors")
    options = parser.parse_args()
    if (options.minutes is None) == (options.steps is None):
        parser.error("give --minutes or --steps")
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    began_s = time.monotonic()
    clips = [clip for folder, part in options.cache for clip in cached_clips([folder], hints=not options.online, part=part)]
    valid = cached_clips([options.valid], hints=not options.online) if options.valid else []
    print(f"{len(clips)} clips, {sum(clip.frames for clip in clips) * FEATURE.hop_s / 3600:.1f} h, in {time.monotonic() - began_s:.0f} s")
    chosen = configuration(
        lookahead=options.lookahead if options.online else None, seed=options.seed, bfloat16=not options.float32, rate=options.rate
    )
    out = options.out or WEIGHTS / ("rhythm_online" if options.online else "rhythm")
    progress = train_rhythm(
        clips, valid, chosen, out=out, work=options.work, about={**ABOUT, **about_caches(options.cache)}, minutes=options.minutes,
        steps=options.steps, init=options.init, export_minutes=options.export_minutes,
    )  # fmt: skip
    print(f"{progress.step} steps in {progress.spent_s / 60:.1f} min, loss {progress.loss:.4f}: {out}.onnx")


ABOUT: dict[str, Any] = {
    "what": "chances of a beat and of a downbeat in every frame of 20 ms, from a log-mel spectrogram",
    "licence": "MIT, as the package; learnt from music rendered by hexachord's data engine, no recording of anybody's",
    "input": {"name": "mel_db", "shape": "(1, frames, 128)", "feature": asdict(FEATURE)},
    "output": {"name": "chance", "shape": "(1, frames, 2)", "events": list(EVENTS)},
    "traits": {"metre": [f"{beats} of {parts}" for beats, parts in METRES], "tempo": [round(float(bpm), 1) for bpm in TEMPI_BPM]},
    "method": "dilated temporal convolutions (Davies & Böck, EUSIPCO 2019); downbeats add to beats, shift-tolerant loss "
    "(Foscarin et al., ISMIR 2024)",
    "script": "training/rhythm.py",
    "limits": "Learnt from rendered music of up to 30 seconds: no singing, few soloists alone. Where a bar begins, and which of two beat "
    "levels is meant, it tells less surely than where beats are. Bars of 2 to 7 beats.",
}


if __name__ == "__main__":
    main()
