"""`transform fx`: a recording through a chain of effects."""

from pathlib import Path
from typing import Annotated

import typer

from hexachord.cli.options import Json, Out, Quiet, Salvage, add_command
from hexachord.errors import InputError


def fx(
    song: Annotated[Path | None, typer.Argument(help="A recording.", show_default=False)] = None,
    preset: Annotated[str | None, typer.Option("--preset", metavar="NAME", help="What is done; see `--list`.", show_default=False)] = None,
    chain: Annotated[
        Path | None, typer.Option("--chain", metavar="FILE", help="A chain of your own, as `--list --json` has them.", show_default=False)
    ] = None,
    out: Out = None,
    tail: Annotated[
        float, typer.Option("--tail", metavar="SECONDS", min=0.0, max=60.0, help="Silence behind it, for echoes to end.")
    ] = 0.0,
    list_: Annotated[bool, typer.Option("--list", help="List the presets.", show_default=False)] = False,
    salvage: Salvage = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Send a recording through effects: audio → audio.

    By default the result is `NAME-PRESET.flac` in the current directory.

    Examples: `hexachord transform fx song.mp3 --preset vinyl` · `hexachord transform fx voice.wav --preset vocal -o wet.flac --tail 3`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.pipeline import Event
    from hexachord.processing.effects.chain import load_chain
    from hexachord.processing.effects.files import treat_file
    from hexachord.processing.effects.presets import PRESETS, preset_named

    if list_:
        if json:
            print_json({"presets": [one.to_json() for one in PRESETS.values()]})
        else:
            for one in PRESETS.values():
                typer.echo(f"{one.name:<18}{one.about}")
        return
    if song is None:
        raise InputError("SONG", found="nothing", expected="a recording", next_step="see `hexachord transform fx --help`")
    if (preset is None) == (chain is None):
        raise InputError("--preset", found="both or none of --preset and --chain", expected="one", next_step="see `--list`")
    chosen = load_chain(chain) if chain is not None else preset_named(preset or "")
    target = out or Path(f"{song.stem}-{chain.stem if chain is not None else chosen.name}.flac")
    title = f"Playing through {chosen.name or 'effects'}"
    reporter = Reporter(quiet=quiet or json, title=song.name)
    with reporter:
        reporter.hear(Event(kind="plan", total=1))
        reporter.hear(Event(kind="start", stage="fx", title=title))
        made = treat_file(
            song,
            target,
            chosen,
            tail_s=tail,
            salvage=salvage,
            progress=lambda fraction: reporter.hear(Event(kind="progress", stage="fx", title=title, fraction=fraction)),
        )
    if json:
        peak = made.peak_db if made.peak_db > -300 else None
        print_json({"files": [str(made.path)], "duration_s": made.duration_s, "peak_db": peak, "chain": chosen.to_json()})
        return
    if not quiet and not made.was_streamed:
        typer.echo("note: a lossy format in this chain needs the whole recording in memory", err=True)
    typer.echo(str(made.path))


def add_to(transform: typer.Typer) -> None:
    """Add this file's command to the group of transformations."""
    add_command(transform, "fx", fx, panel="Transformations")
