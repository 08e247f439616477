"""`hexachord learn check` and `convert`: can the data be believed, and how do they get into another tool."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.learn_options import Data, Label, Layout, Seed, Work, Workers, batch_progress, open_data, say_skipped
from hexachord.cli.options import Json, Quiet, add_command

if TYPE_CHECKING:
    from hexachord.journeys.learning_tools.checking import DataCheck

_PANEL = "Data"


def check(
    data: Data,
    label: Label = "",
    layout: Layout = "",
    split: Annotated[
        str,
        typer.Option(
            "--split",
            metavar="NAME",
            help="How it is to be split: auto (its own sides, else folds), given, hold-out, k-fold, repeated, leave-one-group-out.",
        ),
    ] = "auto",
    folds: Annotated[int, typer.Option("--folds", min=2, max=1000, help="Of k-fold.")] = 5,
    group: Annotated[str, typer.Option("--group", metavar="KIND", help="What stays together: auto, song, album, artist ...")] = "auto",
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="DIR", help="Write everything here, too.", show_default=False)] = None,
    work: Work = None,
    workers: Workers = None,
    seed: Seed = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Look a collection through before anything is learnt from it.

    Every file is decoded, hashed and fingerprinted once. Told are files that cannot be read, copies and near-duplicates, silence, sizes of
    classes; how it would be split and whether that leaks; and whether codec, level, bandwidth, year or album give the label away.

    Examples: `hexachord learn check songs/` · `hexachord learn check list.csv --label artist --out check/`
    · `hexachord learn check artist20/ --json`
    """
    from hexachord.cli.output import print_json
    from hexachord.journeys.learning_tools.checking import check_data, planned_kind
    from hexachord.journeys.learning_tools.working import working_folder
    from hexachord.learning.datasets.splitting import SplitOptions

    dataset = open_data(data, label=label, layout=layout)
    plan = SplitOptions(kind=planned_kind(dataset) if split == "auto" else split, folds=folds, group=group, seed=seed)
    with working_folder(data, work) as place, batch_progress("learn check", "measuring", quiet=quiet or json) as progress:
        found = check_data(dataset, place, split=plan, workers=workers, progress=progress)
    paths = found.save(out) if out is not None else ()
    if json:
        print_json(found.to_plain() | {"files": [str(path) for path in paths]})
        return
    _print_check(found)
    for path in paths:
        typer.echo(str(path))


def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A collection (folder, CSV, JSONL), or a table of numbers (also ARFF, svm-light, .npz).")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help=".csv, .jsonl; for tables also .arff, .svm and .npz.")],
    label: Label = "",
    index: Annotated[
        bool,
        typer.Option("--index", help="Write what the files are (codec, length, loudness, bandwidth, hash) as CSV.", show_default=False),
    ] = False,
    work: Work = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Convert lists of recordings and tables of numbers between CSV, JSON Lines, ARFF (WEKA), svm-light (LIBSVM) and .npz.

    Examples: `hexachord learn convert songs/ songs.csv` · `hexachord learn convert features.csv features.arff`
    · `hexachord learn convert heart_scale.svm heart.csv` · `hexachord learn convert songs/ files.csv --index`
    """
    from hexachord.cli.output import print_json
    from hexachord.journeys.learning_tools.converting import convert as write
    from hexachord.journeys.learning_tools.working import working_folder

    with working_folder(source, work) as place, batch_progress("learn convert", "measuring", quiet=quiet or json) as progress:
        made = write(source, target, label=label, facts=index, work=place, workers=workers, progress=progress)
    if json:
        paths = [str(path) for path in made.paths]
        print_json({"files": paths, "what": made.what, "rows": made.rows, "classes": made.classes, "skipped": list(made.skipped)})
        return
    say_skipped(made.skipped, quiet=quiet)
    for number, path in enumerate(made.paths):
        typer.echo(str(path) + (f"  {made.what}, {made.rows} rows, {made.classes} classes" if not number and not quiet else ""))


def _print_check(found: "DataCheck") -> None:
    from rich.console import Console
    from rich.markup import escape

    from hexachord.cli.learn_printing import print_table

    console = Console(highlight=False)
    whole = found.integrity
    console.print(
        f"[bold]{escape(whole.dataset)}[/bold]: {escape(whole.layout)}; {whole.tracks} tracks, {whole.labelled} with a label, "
        f"{len(whole.labels)} classes, {whole.minutes:.1f} minutes; kept together by {escape(whole.group)}"
    )
    rows = [
        (
            label,
            str(one.tracks),
            str(one.groups),
            f"{one.minutes:.1f}",
            f"{one.loudness_lufs[0]:.1f}" if one.loudness_lufs else "",
            f"{one.bandwidth_hz[0] / 1000:.1f}" if one.bandwidth_hz else "",
            ", ".join(f"{count} {name}" for name, count in one.codecs.items()),
        )
        for label, one in whole.labels.items()
    ]
    if rows:
        print_table(console, ("class", "tracks", f"{whole.group}s", "minutes", "LUFS", "kHz", "codecs"), rows)
    labels = {f"  {label}: " for label in whole.labels}
    for line in found.lines()[1:]:
        if not any(line.startswith(start) for start in labels):
            console.print(escape(line), style="bold" if line == "in short:" else "")


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "check", check, panel=_PANEL)
    add_command(app, "convert", convert, panel=_PANEL)
