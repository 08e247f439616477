"""`engines`, `doctor` and `bench`: about this installation and its claims."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from hexachord.cli.options import Json, Quiet, add_command


class Suites(StrEnum):
    """Who plays the rendered suites."""

    HELD_OUT = "held_out"
    TRAIN = "train"
    NONE = "none"


_SIDES: dict[Suites, Literal["held_out", "train"] | None] = {Suites.HELD_OUT: "held_out", Suites.TRAIN: "train", Suites.NONE: None}


def engines(task: Annotated[str | None, typer.Argument(help="Only this task.", show_default=False)] = None, json: Json = False) -> None:
    """List the engines: what does each task, how good it is, what it was trained on.

    The first of a task is the default. Choose another with `--engine TASK=NAME`.

    Examples: `hexachord engines` · `hexachord engines chords --json`
    """
    from hexachord.cli.inventory import engine_table, print_engines
    from hexachord.cli.output import print_json

    rows = engine_table(task)
    if json:
        print_json({"engines": rows})
    else:
        print_engines(rows)


def doctor(json: Json = False) -> None:
    """Check this installation: versions, optional parts, assets, threads; what is missing and how to get it.

    Examples: `hexachord doctor` · `hexachord doctor --json`
    """
    from hexachord.cli.inventory import examine, print_examination
    from hexachord.cli.output import print_json

    report = examine()
    if json:
        print_json(report)
    else:
        print_examination(report)
    if not report["ok"]:
        raise typer.Exit(1)


def bench(
    name: Annotated[str | None, typer.Argument(help="Which claim; without a name, all are listed.", show_default=False)] = None,
    data: Annotated[
        Path | None, typer.Option("--data", envvar="HEXACHORD_DATA", help="A folder of bench data, or the one with `bench/` in it.")
    ] = None,
    json: Annotated[
        str | None,
        typer.Option(
            "--json", metavar="FILE", help="Also write the result as JSON; `-` prints it instead of the table.", show_default=False
        ),
    ] = None,
    peer: Annotated[bool, typer.Option("--peer", help="Beside other libraries, those that are installed.", show_default=False)] = False,
    instruments: Annotated[Path | None, typer.Option("--instruments", help="Held-out instruments.", show_default=False)] = None,
    suites: Annotated[
        Suites, typer.Option("--suites", help="Which instruments play the rendered suites beside the recordings; `none` leaves them out.")
    ] = Suites.HELD_OUT,
    test: Annotated[
        Path | None,
        typer.Option("--test", metavar="DIR", help="Learn from --data, be judged by this folder (artists).", show_default=False),
    ] = None,
    items: Annotated[bool, typer.Option("--items", help="Show each recording's numbers too.", show_default=False)] = False,
    quiet: Quiet = False,
) -> None:
    """Measure a claim on real data, and beside it on held-out songs that are rendered here.

    Rendering takes minutes the first time; the songs are kept in the cache folder (HEXACHORD_CACHE names another one, or `off`).

    Examples: `hexachord bench` · `hexachord bench beats --data ../data` · `hexachord bench speed --peer --json speed.json`
    """
    from hexachord.bench.harness import benches, print_result, run_bench
    from hexachord.cli.output import bench_progress, print_json
    from hexachord.errors import InputError

    if name is None:
        if json is not None:
            print_json({"benches": [{"name": entry.name, "summary": entry.summary} for entry in benches()]})
        else:
            for entry in benches():
                typer.echo(f"{entry.name:<12} {entry.summary}")
        return
    if data is None:
        raise InputError("--data", found="nothing", expected="a folder of bench data", next_step="name it with --data or HEXACHORD_DATA")
    with bench_progress(name, quiet=quiet or json == "-") as progress:
        result = run_bench(
            name,
            data=data,
            peer=peer,
            instruments=instruments,
            suites=_SIDES[suites],
            test=test,
            progress=progress,
            json_path=Path(json) if json is not None and json != "-" else None,
        )
    if json == "-":
        print_json(result.to_json())
        return
    print_result(result, items=items)
    if json is not None:
        typer.echo(f"written to {json}")


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "engines", engines, panel="This installation")
    add_command(app, "doctor", doctor, panel="This installation")
    add_command(app, "bench", bench, panel="This installation")
