"""How beat tracking grows with the amount of rendered music and with its variety: the beat network of `beat_proof`, trained many times.

A run is ``LABEL=CACHE`` or ``LABEL=CACHE@HOURS`` (the first hours of the cache; several caches are joined by a comma)::

    python training/beat_curve.py --out OUT/curve --data DATA --valid CACHES/valid --steps 1500 --seeds 2 --jobs 2 \\
        "one font, dry=CACHES/plain@10" "fonts, dry=CACHES/dry@10" "+ effects=CACHES/grid@10" \\
        "full, 1 h=CACHES/full@1" "full, 3 h=CACHES/full@3" "full, 10 h=CACHES/full@10"

Every run makes the same number of steps, so that only its data differs. What is done stays done: ``OUT/curve/results.json`` is written
after each run and read at the start, and a run that was stopped goes on from its checkpoint. The table is ``OUT/curve/curve.md``.
"""

import argparse
import json
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from beat_proof import evaluate, train_and_export

from hexachord.files import write_text

SHOWN = ("beat_f", "downbeat_f", "cmlt", "amlt", "metre_acc")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training: what it is called, what it reads."""

    label: str
    caches: tuple[Path, ...]
    hours: float | None
    seed: int

    @property
    def name(self) -> str:
        """As a file name."""
        return re.sub(r"[^a-z0-9]+", "-", self.label.lower()).strip("-") + f"-{self.seed}"


def parse_run(text: str) -> tuple[str, tuple[Path, ...], float | None]:
    """Read ``LABEL=CACHE[,CACHE][@HOURS]``.

    >>> parse_run("full, 3 h=caches/full@3")
    ('full, 3 h', (PosixPath('caches/full'),), 3.0)
    """
    label, _, source = text.rpartition("=")
    folders, _, hours = source.partition("@")
    if not label or not folders:
        raise argparse.ArgumentTypeError(f"{text!r} is not LABEL=CACHE or LABEL=CACHE@HOURS")
    return label, tuple(Path(folder) for folder in folders.split(",")), float(hours) if hours else None


def carry_out(run: Run, out: Path, *, steps: int, data: Path | None, valid: Path | None, suite: bool, threads: int) -> dict[str, Any]:
    """Train and measure one run."""
    facts = train_and_export(run.caches, out / run.name, steps=steps, hours=run.hours, seed=run.seed, threads=threads, quiet=True)
    found = evaluate(out / run.name, data=data, valid=valid, suite=suite)
    return {"label": run.label, "seed": run.seed, "facts": facts, **found}


def table(results: Sequence[dict[str, Any]]) -> str:
    """Write the means over seeds as Markdown, and half the range where there are several."""
    labels = list(dict.fromkeys(result["label"] for result in results))
    parts = [
        (part, name)
        for part in ("bench", "suite", "valid")
        for name in SHOWN
        if any(name in r.get(part, {}).get("mean", {}) for r in results)
    ]
    lines = ["| data | hours | seeds | " + " | ".join(f"{part} {name}" for part, name in parts) + " |", "|---|" + "---|" * (len(parts) + 2)]
    for label in labels:
        rows = [result for result in results if result["label"] == label]
        cells = []
        for part, name in parts:
            values = [row[part]["mean"][name] for row in rows if name in row.get(part, {}).get("mean", {})]
            spread = f" ± {np.ptp(values) / 2:.3f}" if len(values) > 1 else ""
            cells.append(f"{np.mean(values):.3f}{spread}" if values else "")
        lines.append(f"| {label} | {rows[0]['facts']['hours']:.1f} | {len(rows)} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=parse_run, nargs="+", metavar="LABEL=CACHE[@HOURS]")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="the folder with bench/")
    parser.add_argument("--valid", type=Path, help="a cache of the valid side")
    parser.add_argument("--suite", action="store_true", help="measure on the rendered rhythm suite too")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time, one thread each")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / "results.json"
    done: dict[str, dict[str, Any]] = json.loads(kept.read_text()) if kept.exists() else {}
    runs = [
        Run(label=label, caches=caches, hours=hours, seed=seed) for seed in range(options.seeds) for label, caches, hours in options.runs
    ]
    left = [run for run in runs if done.get(run.name, {}).get("facts", {}).get("steps") != options.steps]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        arguments = {"steps": options.steps, "data": options.data, "valid": options.valid, "suite": options.suite, "threads": 1}
        waiting = {pool.submit(carry_out, run, options.out, **arguments): run for run in left}
        for finished in as_completed(waiting):
            done[waiting[finished].name] = finished.result()
            results = [done[run.name] for run in runs if run.name in done]
            write_text(kept, json.dumps(done, indent=1) + "\n")
            write_text(options.out / "curve.md", table(results))
            print(f"{len(results)} of {len(runs)}: {waiting[finished].label}, seed {waiting[finished].seed}", flush=True)
    print(table([done[run.name] for run in runs]))


if __name__ == "__main__":
    main()
