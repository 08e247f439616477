"""`read` and `transform`: arrows one at a time."""

from pathlib import Path
from typing import Annotated

import typer

from hexachord.cli import effect_commands, retune_command, transcribe_command
from hexachord.cli.options import Json, Out, Quiet, Salvage, add_command


def read(
    score: Annotated[Path, typer.Argument(help="A score: .musicxml, .mxl, .mid, .abc, .json.")],
    out: Out = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what a score holds: score → knowledge.

    Examples: `hexachord read waltz.musicxml` · `hexachord read tune.abc --json` · `hexachord read song.mid -o song.jams`
    """
    from hexachord.cli.output import Reporter, print_json, save_knowledge_as
    from hexachord.journeys.verbs import read as look
    from hexachord.knowledge.json_format import knowledge_document

    reporter = Reporter(quiet=quiet or json, title=score.name)
    with reporter:
        knowledge = look(score)
    if out is not None:
        save_knowledge_as(knowledge, out, title=score.stem)
    if json:
        print_json(knowledge_document(knowledge))
    elif not quiet:
        reporter.show_knowledge(knowledge, title=score.stem)
    if out is not None and not json:
        typer.echo(str(out))


def stems(
    song: Annotated[Path, typer.Argument(help="A recording.")],
    out: Out = None,
    salvage: Salvage = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Split a recording into stems that sum to it: audio → audio.

    Stems are FLAC files in `NAME-stems/` in the current directory, or in `--out DIR`.

    Example: `hexachord transform stems song.mp3`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.verbs import split

    folder = out or Path(f"{song.stem}-stems")
    reporter = Reporter(quiet=quiet or json, title=song.name)
    with reporter:
        paths = split(song, folder, salvage=salvage, listener=reporter.hear)
    if json:
        print_json({"files": [str(path) for path in paths]})
    else:
        for path in paths:
            typer.echo(str(path))


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    transcribe_command.add_to(app)
    add_command(app, "read", read, panel="The arrows")
    transform = typer.Typer(help="Make new sound of a recording: audio → audio.", no_args_is_help=True)
    add_command(transform, "stems", stems, panel="Transformations")
    effect_commands.add_to(transform)
    retune_command.add_to(transform)
    app.add_typer(transform, name="transform", rich_help_panel="The arrows")
