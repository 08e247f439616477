"""`read` and `transform`: arrows one at a time."""

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from hexachord.cli import effect_commands, retune_command, transcribe_command
from hexachord.cli.options import Json, Out, Quiet, Salvage, add_command


def read(
    score: Annotated[Path, typer.Argument(help="A score: .musicxml, .mxl, .mid, .abc, .json; or a folder of them, with --against.")],
    out: Out = None,
    against: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder of scores: how like them is this one, and how much of it is copied?")
    ] = None,
    bars: Annotated[int | None, typer.Option(min=1, help="Of a folder: compare the first bars of each piece.")] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw the notes, and which bars are like which.", dir_okay=False)
    ] = None,
    facts: Annotated[bool, typer.Option("--facts", help="Only what the page says of itself; quick.")] = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Say what a score holds: score → knowledge.

    Key, chords and Roman numerals, phrases, cadences, motifs, form, texture, ranges, difficulty, voice leading, and the measures that sets
    of pieces are compared by.

    Examples: `hexachord read waltz.musicxml` · `hexachord read tune.abc --json` · `hexachord read song.mid -o song.jams` ·
    `hexachord read made.mid --against training/` · `hexachord read made/ --against training/ --bars 32`
    """
    from hexachord.cli.output import Reporter, print_json, save_knowledge_as
    from hexachord.journeys.verbs import read as look
    from hexachord.knowledge.json_format import knowledge_document

    if score.is_dir():
        _read_set(score, against=against, bars=bars, quiet=quiet, json=json)
        return
    reporter = Reporter(quiet=quiet or json, title=score.name)
    with reporter:
        knowledge = look(score)
    if out is not None:
        save_knowledge_as(knowledge, out, title=score.stem)
    text, document = "", dict[str, Any]()
    if not facts and (json or not quiet or picture is not None):
        text, document = _closely(score, against=against, picture=picture)
    if json:
        print_json({**knowledge_document(knowledge), **document})
    elif not quiet:
        reporter.show_knowledge(knowledge, title=score.stem)
        if text:
            typer.echo("\n" + text, nl=False)
    for written in (out, picture):
        if written is not None and not json:
            typer.echo(str(written))


def _read_set(folder: Path, *, against: Path | None, bars: int | None, quiet: bool, json: bool) -> None:
    """Compare a folder of pieces with another."""
    from hexachord.cli.output import bench_progress, print_json
    from hexachord.errors import InputError
    from hexachord.journeys.set_reading import compare_sets, comparison_text, measure_folder

    if against is None:
        raise InputError(folder, found="a folder", expected="a score, or --against DIR to compare the folder with another")
    with bench_progress("read", quiet=quiet or json) as heard:
        made, real = (measure_folder(which, bars=bars, heard=heard) for which in (folder, against))
    found = compare_sets(made, real)
    if json:
        print_json(found.to_json())
    elif not quiet:
        typer.echo(comparison_text(found), nl=False)


def _closely(score: Path, *, against: Path | None, picture: Path | None) -> tuple[str, dict[str, Any]]:
    """Read a score closely, and tell it as text and as data."""
    from hexachord.journeys import close_reading
    from hexachord.score_analysis.reading_report import reading_text

    reading = close_reading.read_file_closely(score)
    document: dict[str, Any] = {"reading": reading.to_json()}
    if picture is not None:
        close_reading.save_reading_picture(reading, picture)
    if against is None:
        return reading_text(reading), document
    compared = close_reading.compare_with_corpus(score, close_reading.corpus_index(against))
    usual = None if math.isnan(compared.usual) else compared.usual
    shared = None if math.isnan(compared.shared) else compared.shared
    document["copied"] = {**compared.run._asdict(), "shared_8grams": shared, "files": compared.files, "usual_notes": usual}
    told = "" if usual is None else f"{'Usual among those files':<36}{usual:.0f} notes\n"
    return reading_text(reading, copied=compared.run, shared=compared.shared) + ("\n" + told if told else ""), document


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
