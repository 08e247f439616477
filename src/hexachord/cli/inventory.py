"""What this installation is made of: engines with their cards, versions, optional parts, assets, threads."""

import importlib
import importlib.util
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hexachord._version import __version__
from hexachord.assets_folder import ASSETS, NEXT_STEP
from hexachord.errors import InputError
from hexachord.journeys.engines import all_engines

_CORE = ("numpy", "scipy", "soundfile", "soxr", "onnxruntime", "symusic", "verovio", "typst", "typer", "rich", "filelock")
_EXTRAS = {  # module, distribution, purpose
    "av": ("av", "av", "m4a, aac and films"),
    "pitch": ("swift_f0", "swift-f0", "f0 of one voice by SwiftF0's network"),
    "studio": ("fastapi", "fastapi", "the web studio"),
    "learn": ("sklearn", "scikit-learn", "classical learning"),
    "train": ("torch", "torch", "training networks"),
    "tables": ("duckdb", "duckdb", "SQL over collections"),
    "index": ("faiss", "faiss-cpu", "search in large collections"),
    "ray": ("ray", "ray", "batches on a cluster"),
    "dask": ("distributed", "distributed", "batches on a cluster"),
    "peers": ("librosa", "librosa", "bench --peer"),
}


def engine_table(task: str | None) -> list[dict[str, Any]]:
    """Return engines as plain rows; `default` marks the first of each task.

    Raises
    ------
    InputError : if no engine does the task.
    """
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for engine in all_engines():
        row = {
            "name": engine.name,
            "task": engine.task,
            "default": engine.task not in seen,
            "version": engine.version,
            "available": engine.available,
            "extra": engine.extra,
            "install": engine.install,
            "summary": engine.card.summary,
            "source": engine.card.source,
            "licence": engine.card.licence,
            "data": engine.card.data,
            "limits": engine.card.limits,
            "numbers": dict(engine.card.numbers),
        }
        seen.add(engine.task)
        rows.append(row)
    if task is not None:
        chosen = [row for row in rows if row["task"] == task or row["name"] == task]
        if not chosen:
            raise InputError(task, found="no such task or engine", expected="one of " + ", ".join(sorted(seen)))
        return chosen
    return rows


def print_engines(rows: list[dict[str, Any]]) -> None:
    """Print engines as a table, one card each."""
    console = Console()
    table = Table(show_lines=False, box=None, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("engine", no_wrap=True)
    table.add_column("what it is")
    for row in rows:
        name = f"[bold]{row['name']}[/bold]" + (" [dim](default)[/dim]" if row["default"] else "")
        if not row["available"]:
            name += "\n[yellow]not installed[/yellow]" if row["install"] else f"\n[yellow]needs hexachord\\[{row['extra']}][/yellow]"
        lines = [row["summary"]]
        if row["numbers"]:
            lines.append("  ".join(f"{metric} {value:.3g}" for metric, value in row["numbers"].items()))
        lines += [f"[dim]{row[part]}[/dim]" for part in ("source", "data", "limits") if row[part]]
        if row["install"]:
            lines.append(f"{row['licence']}" if row["available"] else f"{row['licence']}; {row['install']}")
        table.add_row(name, "\n".join(lines))
    console.print(table)


def examine() -> dict[str, Any]:
    """Look at this installation: `problems` says what is missing and how to get it, `ok` that nothing needed is; `remarks` says what one
    can do without."""
    core = {name: _version(name) for name in _CORE}
    extras = {name: _extra(*parts) for name, parts in _EXTRAS.items()}
    assets = _assets()
    problems = [f"{name} is not installed: pip install hexachord" for name, found in core.items() if not found]
    problems += [f"{name} cannot be imported ({error}): reinstall it" for name, error in _broken(core).items()]
    missing = [asset for asset in assets if not asset["present"]]
    problems += [f"{asset['name']}: {asset['next_step']}" for asset in missing if asset["needed"]]
    return {
        "ok": not problems,
        "hexachord": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor_cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "threads_setting": {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")},
        "memory_gb": _memory_gb(),
        "installed_in": str(Path(__file__).resolve().parent.parent),
        "core": core,
        "extras": extras,
        "assets": assets,
        "engines": sum(engine.available for engine in all_engines()),
        "data": os.environ.get("HEXACHORD_DATA"),
        "problems": problems,
        "remarks": [f"{asset['meanwhile']}; {asset['next_step']}" for asset in missing if not asset["needed"]],
    }


def print_examination(report: dict[str, Any]) -> None:
    """Print what `examine` found."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]hexachord {report['hexachord']}[/bold]  Python {report['python']}  {report['platform']}")
    memory = f", {report['memory_gb']:.0f} GB of memory" if report["memory_gb"] else ""
    console.print(f"{report['usable_cores']} of {report['processor_cores']} processor cores{memory}; {report['engines']} engines")
    console.print("\n[bold]Core[/bold]")
    console.print("  " + "  ".join(f"{name} {found or '[red]missing[/red]'}" for name, found in report["core"].items()))
    console.print("\n[bold]Optional parts[/bold]")
    for name, extra in report["extras"].items():
        state = f"[green]{extra['version']}[/green]" if extra["installed"] else f"not installed: pip install 'hexachord\\[{name}]'"
        console.print(f"  {name:<8} {extra['purpose']:<32} {state}")
    console.print("\n[bold]Assets[/bold]")
    for asset in report["assets"]:
        missing = "[red]missing[/red]" if asset["needed"] else "[yellow]not there[/yellow]"
        state = f"[green]{', '.join(asset['files'])}[/green]" if asset["present"] else missing
        console.print(f"  {asset['name']:<16} {state}")
    console.print()
    for problem in report["problems"]:
        console.print(f"[red]problem[/red]: {problem}")
    for remark in report["remarks"]:
        console.print(f"[yellow]remark[/yellow]: {remark}", markup=True)
    console.print("[green]Everything needed is there.[/green]" if report["ok"] else "Something needed is missing.")


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _broken(core: dict[str, str]) -> dict[str, str]:
    """Import each part: a wheel for another machine is installed and still does not work."""
    broken = {}
    for name, found in core.items():
        if found:
            try:
                importlib.import_module(name)
            except Exception as error:
                broken[name] = f"{type(error).__name__}: {error}"
    return broken


def _extra(module: str, distribution: str, purpose: str) -> dict[str, Any]:
    installed = importlib.util.find_spec(module) is not None
    return {"installed": installed, "version": _version(distribution) if installed else "", "purpose": purpose}


def _assets() -> list[dict[str, Any]]:
    """The data files inside the package: those that came with the code (needed), and those that the build hook brings."""
    package = Path(__file__).resolve().parent.parent
    assets: list[dict[str, Any]] = []
    for name, pattern in (("model weights", "models/weights/*.npz"), ("built-in scores", "score/builtin/*.txt")):
        found = sorted(path.stem for path in package.glob(pattern))
        next_step = "reinstall hexachord: the installation is damaged"
        assets.append({"name": name, "present": bool(found), "needed": True, "files": found, "meanwhile": "", "next_step": next_step})
    for asset in ASSETS:
        found = [asset.file] if asset.path.is_file() else []
        assets.append(
            {
                "name": asset.name,
                "present": bool(found),
                "needed": False,
                "files": found,
                "meanwhile": asset.meanwhile,
                "next_step": NEXT_STEP,
            }
        )
    return assets


def _memory_gb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        return 0.0
