"""What the data engine is worth: the smallest beat network, trained on one cache or another and measured on real recordings.

Train, for minutes or for a number of steps (the latter is the same every time, and fair between caches)::

    python training/beat_proof.py --cache CACHES/plain --minutes 18 --out OUT/plain
    python training/beat_proof.py --cache CACHES/full --steps 6000 --out OUT/full

which writes ``OUT/full.onnx``, ``.pt``, and ``.ckpt`` while it lasts, from which a stopped run goes on. Measure, on ``bench beats``
and on a cache of the valid side::

    python training/beat_proof.py --evaluate OUT/plain OUT/full --shipped --data DATA --valid CACHES/valid --json OUT/proof.json

Steps, sizes and the decoder's options were settled on renders of the valid side; the range of tempo jitter was halved after a look at
the bench.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from beat_hearing import FEATURE, Chances, Rows, by_kind, decode, evaluate_bench, evaluate_suite, hear_with, means, open_onnx, score_clip
from numpy.typing import NDArray

from hexachord.bench.beats import listen as shipped
from hexachord.dsp.features import dequantise
from hexachord.files import write_text
from hexachord.rendering.shards import Cache, open_cache

SHOWN = ("beat_f", "beat_f_aligned", "downbeat_f", "cmlt", "amlt", "metre_acc")


def cached_clips(folders: Sequence[Path], *, hours: float | None = None) -> list[Any]:
    """Read the songs of caches that have beats, as `beat_training.Clip`; `hours` takes the first of each cache, shared evenly."""
    from beat_training import Clip

    clips = []
    for folder in folders:
        cache = open_cache(folder)
        name = _feature_name(cache)
        count = len(cache)
        if hours is not None:
            wanted = round(hours / len(folders) * 3600.0 / cache.recipe.length_s)
            if wanted > count:
                print(f"{folder}: {count * cache.recipe.length_s / 3600:.2f} h are there, {hours / len(folders):.2f} h were asked for")
            count = min(count, wanted)
        for index in range(count):
            labels = cache.labels(index)
            beats = labels.truth.beats
            if beats is None or len(beats) < 4:
                continue
            mel = cache.features(name, index)
            clips.append(
                Clip(
                    id=labels.id,
                    kind=labels.notes.get("kind", labels.genre),
                    mel_db=_reader(mel),
                    frames=len(mel),
                    beat_s=np.asarray(beats.time_s, dtype=np.float64),
                    position=np.asarray(beats.position, dtype=np.int64),
                )
            )
    return clips


def _feature_name(cache: Cache) -> str:
    for name, feature in cache.definitions.items():
        if feature == FEATURE:
            return name
    raise SystemExit(f"{cache.folder} has no feature {FEATURE}")


def _reader(mel: NDArray[np.uint8]) -> Any:
    return lambda first, last: dequantise(mel[first:last], FEATURE)


def train_and_export(
    folders: Sequence[Path],
    out: Path,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    hours: float | None = None,
    seed: int = 0,
    threads: int = 1,
    quiet: bool = False,
) -> dict[str, float]:
    """Train on caches, write ``out``.pt and ``out``.onnx, and tell how it went."""
    import torch
    from beat_net import BeatNet, export_onnx, parameter_count, save_net
    from beat_training import HOP_S, Progress, Recipe, train

    torch.set_num_threads(threads)
    clips = cached_clips(folders, hours=hours)
    heard_h = sum(clip.frames for clip in clips) * HOP_S / 3600
    if not clips:
        raise SystemExit("no song with beats in " + ", ".join(map(str, folders)))
    out.parent.mkdir(parents=True, exist_ok=True)

    def tell(progress: Progress, net: BeatNet) -> None:
        if not quiet:
            print(f"{out.name}: step {progress.step}, {progress.spent_s / 60:.1f} min, loss {progress.loss:.4f}", flush=True)

    checkpoint = out.with_name(out.name + ".ckpt")
    net, progress = train(clips, recipe=replace(Recipe(), seed=seed), minutes=minutes, steps=steps, checkpoint=checkpoint, tell=tell)
    save_net(net, out.with_name(out.name + ".pt"))
    error = export_onnx(net, out.with_name(out.name + ".onnx"))
    checkpoint.unlink(missing_ok=True)
    facts = {
        "parameters": float(parameter_count(net)), "clips": float(len(clips)), "hours": heard_h, "steps": float(progress.step),
        "minutes": progress.spent_s / 60, "loss": progress.loss, "onnx_error": error,
    }  # fmt: skip
    write_text(out.with_name(out.name + ".json"), json.dumps(facts, indent=1) + "\n")
    return facts


def evaluate_cache(folder: Path, chances: Chances) -> Rows:
    """Score every song of a cache, by ``kind/id``."""
    return {
        f"{clip.kind}/{clip.id}": score_clip(clip.beat_s, clip.position, decode(chances(clip.mel_db(0, clip.frames))))
        for clip in cached_clips([folder])
    }


def evaluate(out: Path | None, *, data: Path | None, valid: Path | None = None, suite: bool = False) -> dict[str, Any]:
    """Measure an exported network, or the tracker that is shipped where `out` is None: means, by kind, and item by item.

    Parameters
    ----------
    data : the folder with ``bench/``
    valid : a cache, for networks only
    suite : the rendered rhythm suite as well, played by held-out instruments
    """
    chances = open_onnx(out.with_name(out.name + ".onnx")) if out else None
    hear = hear_with(chances) if chances else shipped
    parts = {
        "bench": evaluate_bench(data, hear) if data else {},
        "suite": evaluate_suite(data, hear) if data and suite else {},
        "valid": evaluate_cache(valid, chances) if valid and chances else {},
    }
    return {name: {"mean": means(rows.values()), "kinds": by_kind(rows), "items": rows} for name, rows in parts.items() if rows}


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Write means, and beats by kind, as Markdown, one row per network."""
    lines = []
    for part in ("bench", "suite", "valid"):
        shown = [name for name in SHOWN if any(name in found.get(part, {}).get("mean", {}) for found in results.values())]
        kinds = sorted({kind for found in results.values() for kind in found.get(part, {}).get("kinds", {})})
        if not shown:
            continue
        heads = [*shown, *(f"beat_f {kind}" for kind in kinds)]
        lines += ["", f"| {part} | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
        for label, found in results.items():
            if part not in found:
                continue
            mean, by = found.get(part, {}).get("mean", {}), found.get(part, {}).get("kinds", {})
            values = [mean.get(name) for name in shown] + [by.get(kind, {}).get("beat_f") for kind in kinds]
            lines.append(f"| {label} | " + " | ".join("" if value is None else f"{value:.3f}" for value in values) + " |")
    return "\n".join(lines).strip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, action="append", default=[], help="learn from it; may be given again")
    parser.add_argument("--hours", type=float, help="learn from the first hours only")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="where the network goes, without an ending")
    parser.add_argument("--evaluate", type=Path, nargs="+", default=[], help="networks to measure, as they were given to --out")
    parser.add_argument("--data", type=Path, help="the folder with bench/")
    parser.add_argument("--valid", type=Path, help="a cache of the valid side")
    parser.add_argument("--suite", action="store_true", help="measure on the rendered rhythm suite too (rendered on first use)")
    parser.add_argument("--shipped", action="store_true", help="measure the tracker that is shipped too")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.cache:
        if options.out is None or (options.minutes is None) == (options.steps is None):
            parser.error("--cache needs --out, and --minutes or --steps")
        facts = train_and_export(
            options.cache, options.out, minutes=options.minutes, steps=options.steps, hours=options.hours, seed=options.seed,
            threads=options.threads,
        )  # fmt: skip
        print(json.dumps(facts))
    networks = options.evaluate or ([options.out] if options.out and (options.data or options.valid) else [])
    results = {"shipped": evaluate(None, data=options.data, suite=options.suite)} if options.shipped else {}
    results |= {out.name: evaluate(out, data=options.data, valid=options.valid, suite=options.suite) for out in networks}
    if results:
        print(table(results))
        if options.json:
            write_text(options.json, json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
