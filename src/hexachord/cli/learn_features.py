"""`hexachord learn features`, `describe` and `embed`: recordings become numbers."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.learn_options import Data, Label, Layout, Work, Workers, batch_progress, open_data, say_skipped, words_of
from hexachord.cli.options import Json, Quiet, add_command
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.journeys.learning_tools.describing import Described

_PANEL = "Numbers"
_POOLING = "From frames to rows"


class Tool(StrEnum):
    """Whose names descriptors have."""

    LIBROSA = "librosa"
    ESSENTIA = "essentia"
    MIRTOOLBOX = "mirtoolbox"
    PYACA = "pyaca"


Names = Annotated[Tool | None, typer.Option("--names", help="Call what these tools have by their names.", show_default=False)]
Families = Annotated[
    str,
    typer.Option(
        "--families",
        metavar="A,B,...",
        help="Of descriptors: dynamics, timbre, spectral, bands, tonal, rhythm; patterns and tempograms when asked.",
        show_default=False,
    ),
]


def features(
    data: Data,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The table: .csv, .jsonl, .arff, .svm or .npz.")],
    label: Label = "",
    layout: Layout = "",
    families: Families = "",
    names: Names = None,
    statistics: Annotated[
        str,
        typer.Option(
            "--statistics",
            metavar="A,B,...",
            help="mean, std, var, min, max, median, range, iqr, skew, kurtosis, pNN; of changes: delta_mean, delta2_std ...",
            rich_help_panel=_POOLING,
        ),
    ] = "mean,std",
    pieces: Annotated[
        float,
        typer.Option(
            "--pieces", metavar="SECONDS", min=0, help="A row for each piece of this length; 0: one a song.", rich_help_panel=_POOLING
        ),
    ] = 0.0,
    texture: Annotated[
        float, typer.Option("--texture", metavar="SECONDS", min=0, help="Pool texture windows first; 0: none.", rich_help_panel=_POOLING)
    ] = 0.0,
    covariance: Annotated[
        str,
        typer.Option(
            "--covariance",
            metavar="START",
            help="Covariances of descriptors whose names begin so: timbre/mfcc_",
            show_default=False,
            rich_help_panel=_POOLING,
        ),
    ] = "",
    sounding: Annotated[
        bool,
        typer.Option("--sounding", help="Leave out quiet frames (40 dB below loud ones).", show_default=False, rich_help_panel=_POOLING),
    ] = False,
    voiced: Annotated[
        bool, typer.Option("--voiced", help="Keep only frames with a clear pitch.", show_default=False, rich_help_panel=_POOLING)
    ] = False,
    song_numbers: Annotated[
        bool, typer.Option("--song-numbers/--no-song-numbers", help="Tempo, key strength ...: one for each song.", rich_help_panel=_POOLING)
    ] = True,
    work: Work = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Describe every recording of a collection, and write a table of numbers with labels.

    What was described is kept: a run that was stopped goes on, and only new or changed files are heard again. A file that cannot be read
    or is silent is left out and named.

    Examples: `hexachord learn features songs/ -o songs.csv` · `hexachord learn features songs/ -o songs.arff --pieces 5 --families timbre`
    · `hexachord learn features list.csv -o songs.npz --statistics mean,std,delta_mean --texture 1`
    """
    from hexachord.cli.output import print_json
    from hexachord.journeys.learning_tools.featuring import Description, describe_dataset, labelled, told_of
    from hexachord.journeys.learning_tools.working import working_folder
    from hexachord.learning.datasets.table_files import check_suffix, save_labelled
    from hexachord.learning.features.extraction import ExtractionOptions
    from hexachord.learning.features.pooling import SOUNDING, VOICED, PoolingOptions

    check_suffix(out)
    description = Description(
        extraction=ExtractionOptions(families=words_of(families, "--families")),
        pooling=PoolingOptions(
            statistics=words_of(statistics, "--statistics"),
            covariance=words_of(covariance, "--covariance"),
            texture_s=texture or None,
            chunk_s=pieces or None,
            choices=(*([SOUNDING] if sounding else []), *([VOICED] if voiced else [])),
            song_numbers=song_numbers,
        ),
        names=names.value if names else "",
    )
    dataset = open_data(data, label=label, layout=layout)
    with working_folder(data, work) as place, batch_progress("learn features", "describing", quiet=quiet or json) as progress:
        made = describe_dataset(dataset, description, place, workers=workers, progress=progress)
    about = told_of(dataset, made.table.ids) | description.about()
    paths = save_labelled(labelled(dataset, made.table), out, about=about)
    skipped = (*dataset.skipped, *made.skipped.values())
    rows, columns = made.table.values.shape
    if json:
        print_json(
            {
                "files": [str(path) for path in paths],
                "rows": rows,
                "columns": columns,
                "classes": list(dataset.classes),
                "skipped": list(skipped),
            }
        )
        return
    say_skipped(skipped, quiet=quiet)
    typer.echo(str(paths[0]) + ("" if quiet else f"  {rows} rows, {columns} columns, {len(dataset.classes)} classes"))
    for path in paths[1:]:
        typer.echo(str(path))


def describe(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A recording.", show_default=False)] = None,
    list_: Annotated[bool, typer.Option("--list", help="Explain every descriptor there is.", show_default=False)] = False,
    names: Names = None,
    families: Families = "",
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Describe one recording in numbers: means over time, and numbers of the whole.

    Examples: `hexachord learn describe song.mp3` · `hexachord learn describe song.mp3 --names essentia --json`
    · `hexachord learn describe --list --families timbre`
    """
    from hexachord.cli.output import print_json

    wanted = words_of(families, "--families")
    if list_:
        _print_catalogue(wanted, json=json)
        return
    if file is None:
        raise InputError(
            "learn describe", found="no recording", next_step="name one, or list the descriptors: hexachord learn describe --list"
        )
    from hexachord.cli.output import bench_progress
    from hexachord.journeys.learning_tools.describing import describe_recording

    with bench_progress("learn describe", quiet=quiet or json) as show:
        if show is not None:
            show(file.name, 0, 1)
        found = describe_recording(file, families=wanted)
    if json:
        print_json(found.to_plain(names.value if names else ""))
    else:
        _print_described(found, names.value if names else "")


def embed(
    files: Annotated[list[Path], typer.Argument(metavar="FILES...", help="Recordings, and folders of them.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The table: .npz, .csv, .jsonl or .arff.")],
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="`hexachord engines embedding` lists them.")
    ] = "embedding/production",
    work: Work = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Sum recordings up in vectors: near to each other where recordings sound alike.

    A folder of folders gives labels, so that `hexachord learn table` can go on with it.

    Examples: `hexachord learn embed *.mp3 -o vectors.npz` · `hexachord learn embed songs/ -o songs.csv`
    """
    from hexachord.cli.output import print_json
    from hexachord.journeys.learning_tools.asking import recordings
    from hexachord.journeys.learning_tools.featuring import describe_dataset, embedding_description, labelled, told_of
    from hexachord.journeys.learning_tools.working import working_folder
    from hexachord.learning.datasets.table_files import check_suffix, save_labelled

    check_suffix(out)
    description = embedding_description(engine)
    dataset = open_data(files[0]) if len(files) == 1 and files[0].is_dir() and _has_labels(files[0]) else recordings(files)
    with working_folder(files[0], work) as place, batch_progress("learn embed", "listening", quiet=quiet or json) as progress:
        made = describe_dataset(dataset, description, place, workers=workers, progress=progress)
    about = told_of(dataset, made.table.ids) | description.about()
    paths = save_labelled(labelled(dataset, made.table), out, about=about)
    rows, columns = made.table.values.shape
    if json:
        told = {"files": [str(path) for path in paths], "rows": rows, "columns": columns, "engine": description.embedding}
        print_json(told | {"skipped": list(made.skipped.values())})
        return
    say_skipped(made.skipped.values(), quiet=quiet)
    for number, path in enumerate(paths):
        typer.echo(str(path) + (f"  {rows} rows, {columns} columns, {description.embedding}" if not number and not quiet else ""))


def _has_labels(folder: Path) -> bool:
    try:
        return bool(open_data(folder).classes)
    except InputError:
        return False


def _print_catalogue(families: tuple[str, ...], *, json: bool) -> None:
    from hexachord.audio_analysis.descriptors import FAMILIES, OPTIONAL_FAMILIES, catalogue_json
    from hexachord.audio_analysis.descriptors.catalogue import chosen_families
    from hexachord.cli.output import print_json

    wanted = chosen_families(families) if families else (*FAMILIES, *OPTIONAL_FAMILIES)
    rows = [row for row in catalogue_json() if row["family"] in wanted]
    if json:
        print_json({"descriptors": rows})
        return
    from rich.console import Console

    from hexachord.cli.learn_printing import print_table

    told = [
        (str(row["name"]), str(row["unit"]), str(row["scope"]), str(len(list(row["columns"]))), f"{row['meaning']} ({row['source']})")  # type: ignore[call-overload]
        for row in rows
    ]
    print_table(Console(highlight=False), ("descriptor", "unit", "scope", "columns", "what it says (who defined it)"), told, words=3)


def _print_described(found: "Described", tool: str) -> None:
    from rich.console import Console

    from hexachord.cli.learn_printing import print_table

    console = Console(highlight=False)
    if tool:
        flat = found.under(tool)
        rows = [(name, " ".join(f"{one:.4g}" for one in (value if isinstance(value, list) else [value]))) for name, value in flat.items()]
        print_table(console, (tool, "value"), rows)
        return
    told = [(name, " ".join(_short(values)), " ".join(_short(spreads))) for name, values, spreads in found.by_descriptor()]
    print_table(console, ("descriptor", "mean (or number of the song)", "deviation over time"), told, words=3)


def _short(values: Sequence[float], most: int = 6) -> list[str]:
    """Numbers in words, the first few of many."""
    words = [f"{value:.4g}" for value in values[:most]]
    return [*words, f"... ({len(values)})"] if len(values) > most else words


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_command(app, "features", features, panel=_PANEL)
    add_command(app, "describe", describe, panel=_PANEL)
    add_command(app, "embed", embed, panel=_PANEL)
