"""`transform retune`: a recording at another concert pitch."""

from pathlib import Path
from typing import Annotated

import typer

from hexachord.cli.options import Json, Out, Quiet, Salvage, add_command


def retune(
    song: Annotated[Path, typer.Argument(help="A recording.")],
    to: Annotated[float, typer.Option("--to", metavar="HZ", help="Where its A shall be.")] = 440.0,
    from_: Annotated[float | None, typer.Option("--from", metavar="HZ", help="Where its A is, if you know.", show_default=False)] = None,
    out: Out = None,
    salvage: Salvage = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Bring a recording to concert pitch by playing it faster or slower, as a tape deck does: audio → audio.

    By default the result is `NAME-440.flac` in the current directory.

    Examples: `hexachord transform retune tape.flac` · `hexachord transform retune song.mp3 --from 427 --to 442 -o right.flac`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.pipeline import Event
    from hexachord.journeys.retuning import retune as bring

    target = out or Path(f"{song.stem}-{to:g}.flac")
    reporter = Reporter(quiet=quiet or json, title=song.name)
    with reporter:
        reporter.hear(Event(kind="plan", total=1))
        reporter.hear(Event(kind="start", stage="retune", title="Retuning"))
        made = bring(
            song,
            target,
            to_hz=to,
            from_hz=from_,
            salvage=salvage,
            progress=lambda fraction: reporter.hear(Event(kind="progress", stage="retune", title="Retuning", fraction=fraction)),
        )
    if json:
        print_json({"files": [str(made.path)], "duration_s": made.duration_s, "cents": made.cents})
        return
    if not quiet:
        typer.echo(f"note: raised by {made.cents:+.1f} cents, so {made.duration_s:.1f} s long", err=True)
    typer.echo(str(made.path))


def add_to(transform: typer.Typer) -> None:
    """Add this file's command to the group of transformations."""
    add_command(transform, "retune", retune, panel="Transformations")
