"""What the data engine is worth: the smallest beat network, trained on one cache or another and measured on real recordings.

Train, for minutes or for a number of steps (the latter is the same every time, and fair between caches)::

    python training/beat_proof.py --cache CACHES/plain --minutes 18 --out OUT/plain
    python training/beat_proof.py --cache CACHES/full --steps 6000 --out OUT/full

which writes ``OUT/full.onnx``, and ``.ckpt`` while it lasts, from which a stopped run goes on. Measure, on ``bench beats``
and on a cache of the valid side::

    python training/beat_proof.py --evaluate OUT/plain OUT/full --shipped --data DATA --valid CACHES/valid --json OUT/proof.json

Steps, sizes and the decoder's options were settled on renders of the valid side; the range of tempo jitter was halved after a look at
the bench.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from beat_hearing import Chances, Rows, by_kind, decode, evaluate_bench, evaluate_suite, hear_with, means, score_clip
from rhythm_clips import FEATURE, cached_clips

from hexachord.bench.beats import listen as shipped
from hexachord.files import write_text
from hexachord.models.networks import open_network

SHOWN = ("beat_f", "beat_f_aligned", "downbeat_f", "cmlt", "amlt", "metre_acc")


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
    """Train on caches, write ``out``.onnx, and tell how it went."""
    import torch

    from hexachord.learning.deep.clips import levels, sampler
    from hexachord.learning.deep.export import export_onnx
    from hexachord.learning.deep.loop import Progress, Recipe, train
    from hexachord.learning.deep.loss import tolerant_loss
    from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count

    torch.set_num_threads(threads)
    clips = cached_clips(folders, hours=hours)
    heard_h = sum(clip.frames for clip in clips) * FEATURE.hop_s / 3600
    if not clips:
        raise SystemExit("no song with beats in " + ", ".join(map(str, folders)))
    out.parent.mkdir(parents=True, exist_ok=True)

    def tell(progress: Progress, net: TemporalNet) -> None:
        if not quiet:
            print(f"{out.name}: step {progress.step}, {progress.spent_s / 60:.1f} min, loss {progress.loss:.4f}", flush=True)

    torch.manual_seed(seed)
    net = TemporalNet(TemporalSize(includes=((0, 1),)))  # 88,058 parameters: the smallest that is of use
    level, spread = levels(clips)
    net.set_levels(torch.from_numpy(level), torch.tensor(float(spread.mean())))
    checkpoint = out.with_name(out.name + ".ckpt")
    net, progress = train(
        net, sampler(clips, batch=8, frames=1000, hop_s=FEATURE.hop_s), tolerant_loss, recipe=Recipe(seed=seed), minutes=minutes,
        steps=steps, checkpoint=checkpoint, identity=f"{len(clips)} clips of {', '.join(map(str, folders))}", tell=tell,
    )  # fmt: skip
    error = export_onnx(net, out.with_name(out.name + ".onnx"))
    facts = {
        "parameters": float(parameter_count(net)), "clips": float(len(clips)), "hours": heard_h, "steps": float(progress.step),
        "minutes": progress.spent_s / 60, "loss": progress.loss, "onnx_error": error,
    }  # fmt: skip
    write_text(out.with_name(out.name + ".json"), json.dumps(facts, indent=1) + "\n")
    return facts


def evaluate_cache(folder: Path, chances: Chances) -> Rows:
    """Score every song of a cache, by ``kind/id``."""
    return {
        f"{clip.kind}/{clip.id}": score_clip(clip.beat_s, clip.position, decode(chances(clip.features(0, clip.frames))))
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
    chances = open_network(out.with_name(out.name + ".onnx")) if out else None
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
