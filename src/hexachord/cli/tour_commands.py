"""`tour`: hear and see what Hexachord does, on a song whose truth is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.options import EngineChoice, Json, Out, Quiet, Soundfont, Threads, add_command, parse_engines

if TYPE_CHECKING:
    from hexachord.cli.output import Reporter
    from hexachord.journeys.comparison import Comparison
    from hexachord.journeys.tour import Tour

_WIDE = 120  # columns from which on a table explains its numbers


def tour(
    song: Annotated[
        Path | None, typer.Argument(help="Your own score or recording, or another built-in score (`scale`).", show_default=False)
    ] = None,
    out: Out = None,
    soundfont: Soundfont = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do every step again, even if its result is there.", show_default=False)] = False,
    stems: Annotated[bool, typer.Option(help="Split the recording into stems.")] = True,
    pdf: Annotated[bool, typer.Option(help="Engrave the scores as PDF.")] = True,
    engine: EngineChoice = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of what the player leaves to chance.")] = 0,
    threads: Threads = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Play a song, listen to it, and compare what was heard with what is written.

    Without a song it is the pop song that comes with Hexachord: its score is played, the *sound* is analysed like any recording, and each
    fact stands beside the true one. With a score of yours it does the same; a recording gets the main job. `--out DIR` is where the score,
    the sound and the song's folder go: `hexachord-tour` by default (for a recording, the song's folder).

    Examples: `hexachord tour` · `hexachord tour waltz.musicxml` · `hexachord tour song.mp3` · `hexachord tour --json | jq .comparison`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.journeys.tour import SONG, take_tour

    reporter = Reporter(quiet=quiet or json, title=song.name if song is not None else SONG)
    with reporter:
        taken = take_tour(
            song,
            out=out,
            soundfont=soundfont,
            stems=stems,
            pdf=pdf,
            engines=parse_engines(engine),
            seed=seed,
            fresh=fresh,
            threads=threads,
            listener=reporter.hear,
            on_wait=reporter.waiting,
        )
    if json:
        print_json(taken.to_json())
    elif quiet:
        typer.echo(str(taken.analysis.page or taken.analysis.song.folder))
    elif taken.comparison is None:
        reporter.show_analysis(taken.analysis)
        _show_remarks(reporter)
    else:
        print_comparison(taken.comparison)
        _show_places(taken, reporter)
    for stage, message in taken.analysis.failed.items():
        typer.echo(f"the step {stage} failed ({message}); what does not depend on it is done", err=True)
    if taken.analysis.errors:
        raise taken.analysis.errors[0]


def _show_places(taken: "Tour", reporter: "Reporter") -> None:
    """Where everything is, and where to go from here."""
    for warning in taken.warnings:
        reporter.console.print(f"note: {warning}", markup=False)
    _show_remarks(reporter)
    places = [
        ("what was played", taken.score),
        ("how it sounds", taken.performance),
        ("all that is known", f"{taken.analysis.song.folder}/"),
    ]
    if taken.analysis.page is not None:
        places.append(("its page", taken.analysis.page))
    typer.echo()
    for what, place in places:
        typer.echo(f"{what:<18} {place}")
    first = "Open the page in a browser. Then give" if taken.analysis.page is not None else "Next, give"
    typer.echo(f"\n{first} it a song of yours: make tour SONG=path/to/song.mp3, or hexachord song.mp3")


def _show_remarks(reporter: "Reporter") -> None:
    """What this installation does without."""
    from hexachord.assets_folder import ASSETS, NEXT_STEP

    for asset in ASSETS:
        if not asset.path.is_file():
            reporter.console.print(f"note: {asset.meanwhile}; {NEXT_STEP}", markup=False)


def print_comparison(comparison: "Comparison") -> None:
    """Print heard beside written as a table on standard output."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    explains = console.width >= _WIDE
    title = escape(f"Heard, and written in {comparison.title}")
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", "heard", "written", "right", *(["which means"] if explains else [])):
        table.add_column(heading, overflow="fold", justify="right" if heading == "right" else "left")
    for fact in comparison.facts:
        verdict = {True: "[green]yes[/green]", False: "[red]no[/red]", None: ""}[fact.right]
        table.add_row(f"[bold]{fact.label}[/bold]", escape(fact.heard), escape(fact.written), verdict)
    told = {fact.id for fact in comparison.facts if fact.right}
    for score in comparison.scores:
        if score.task not in told:  # a right key needs no second line
            what = f"[bold]{score.task.capitalize()}[/bold], {score.name}"
            meaning = [f"[dim]{score.meaning}[/dim]"] if explains else []
            table.add_row(what, escape(score.heard), escape(score.written), f"{100 * score.value:.0f} %", *meaning)
    for task, why in comparison.skipped.items():
        table.add_row(f"[bold]{task.capitalize()}[/bold]", f"[dim]{escape(why)}[/dim]")
    console.print()
    console.print(table)


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "tour", tour, panel="The main job")
