"""`hexachord learn predict`, `evaluate` and `teach`: saved models asked and judged, and pages that teach."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hexachord.cli.learn_options import Label, Layout, Seed, Work, Workers, batch_progress, open_data, say_skipped
from hexachord.cli.options import Json, Quiet, add_command

_PANEL = "Models"
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="model.npz, as recipes and `learn table --save` write it.")]


def predict(
    model: Model,
    files: Annotated[list[Path], typer.Argument(metavar="FILES...", help="Recordings and folders of them; or a table of numbers.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE.csv", help="Also write every score.", show_default=False)] = None,
    work: Work = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Ask a saved model what new recordings are; they are described as what it learnt from was.

    Examples: `hexachord learn predict run/model.npz song.mp3` · `hexachord learn predict model.npz new/ --json`
    · `hexachord learn predict model.npz new/ -o guesses.csv`
    """
    from hexachord.cli.output import print_json
    from hexachord.journeys.learning_tools.asking import predict as ask
    from hexachord.journeys.learning_tools.working import working_folder

    with working_folder(files[0], work) as place, batch_progress("learn predict", "describing", quiet=quiet or json) as progress:
        found = ask(
            model, files, place, workers=workers if workers is not None or len(files) > 1 or files[0].is_dir() else 0, progress=progress
        )
    paths = [] if out is None else [str(found.save(out))]
    if json:
        skipped = [{"id": name, "error": line} for name, line in found.skipped.items()]
        guesses = [guess.to_plain() for guess in found.found]
        print_json({"model": found.model, "classes": list(found.classes), "predictions": guesses, "skipped": skipped, "files": paths})
        return
    from rich.console import Console

    from hexachord.cli.learn_printing import print_table

    rows = []
    for guess in found.found:
        best = list(guess.scores.items())
        said = ", ".join(guess.labels) or "(none)"
        rows.append((guess.id, said, f"{best[0][1]:.2f}", ", ".join(f"{name} {score:.2f}" for name, score in best[1:3])))
    print_table(Console(highlight=False), ("recording", "is", "score", "else"), rows, words=2)
    say_skipped(found.skipped.values(), quiet=quiet)
    for path in paths:
        typer.echo(path)


def evaluate(
    model: Model,
    on: Annotated[
        Path,
        typer.Option("--on", metavar="DATA", help="A labelled collection that it has not seen; its test side, if it has one with labels."),
    ],
    label: Label = "",
    layout: Layout = "",
    log: Annotated[
        Path | None,
        typer.Option(
            "--log",
            metavar="FILE",
            help="Where openings of test sides are counted. Default: openings.jsonl beside the model.",
            show_default=False,
        ),
    ] = None,
    work: Work = None,
    workers: Workers = None,
    seed: Seed = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Judge a saved model by another collection: whether it knows music, or the collection that it learnt from.

    Classes that only one of the two knows do not take part. Each time is written down: a test set that is looked at again and again is one
    no more.

    Examples: `hexachord learn evaluate run/model.npz --on other/`
    · `hexachord learn evaluate model.npz --on list.csv --label artist --json`
    """
    from hexachord.cli.output import print_json
    from hexachord.journeys.learning_tools.asking import evaluate_saved
    from hexachord.journeys.learning_tools.working import working_folder

    dataset = open_data(on, label=label, layout=layout)
    with working_folder(on, work) as place, batch_progress("learn evaluate", "describing", quiet=quiet or json) as progress:
        found = evaluate_saved(
            model, dataset, place, log=log or model.with_name("openings.jsonl"), seed=seed, workers=workers, progress=progress
        )
    if json:
        print_json(found.to_plain())
        return
    from rich.console import Console
    from rich.markup import escape

    from hexachord.cli.learn_printing import print_model, print_models

    console = Console(highlight=False)
    console.print(f"[bold]{escape(str(model))}[/bold], judged by {escape(found.judged_by)}")
    print_model(console, found.models[-1], found.classes)
    console.print()
    print_models(console, found.models)
    times = "the first time" if found.openings == 1 else f"{found.openings} times"
    console.print(f"this test side has been opened {times}")
    for line in () if quiet else found.notes:
        typer.echo(f"note: {line}", err=True)


def teach(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder for the pages; index.html leads to them.")],
    table: Annotated[
        str, typer.Option("--table", metavar="FILE", help="Your own songs: a table by `learn features`.", show_default=False)
    ] = "",
    label: Label = "",
    seed: Seed = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write pages to play with: the boundary of an SVM, losses, ridge and lasso, k-means, over-fitting, songs against pieces of songs.

    Every page shows real runs on real songs, and loads nothing from anywhere.

    Examples: `hexachord learn teach lessons/` · `hexachord learn teach lessons/ --table songs.csv`
    """
    from hexachord.cli.output import bench_progress, print_json
    from hexachord.journeys.lab.teaching.views import make_teaching_views

    asked: dict[str, Any] = {}
    if table:
        from hexachord.journeys.learning_tools.tables import open_numbers

        numbers = open_numbers(table, label=label)
        albums = {track.id: track.groups["album"] for track in numbers.dataset.tracks if "album" in track.groups}
        labels = {track.id: track.labels[0] for track in numbers.dataset.tracks if track.labels}
        asked = {"table": numbers.tables["features"], "labels": labels, "albums": albums or None}
    with bench_progress("learn teach", quiet=quiet or json) as show:
        if show is not None:
            show("computing the views", 0, 0)
        pages = make_teaching_views(out, seed=seed, **asked)
    if json:
        print_json({"files": [str(page) for page in pages]})
        return
    for page in pages[:1] if quiet else pages:
        typer.echo(str(page))


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "predict", predict, panel=_PANEL)
    add_command(app, "evaluate", evaluate, panel=_PANEL)
    add_command(app, "teach", teach, panel=_PANEL)
