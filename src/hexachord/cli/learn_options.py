"""Options that commands of `hexachord learn` share, and how they show progress and what was left out."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.corpus.batch import BatchStep
    from hexachord.learning.datasets.dataset import Dataset

Data = Annotated[
    Path,
    typer.Argument(metavar="DATA", help="A folder of music by label, or a list (CSV, JSONL); artist20's and NSynth's layouts are known."),
]
Label = Annotated[
    str, typer.Option("--label", metavar="COLUMN", help="The column of classes, where it is not called `label`.", show_default=False)
]
Layout = Annotated[
    str,
    typer.Option(
        "--layout", metavar="NAME", help="Where it should not be guessed: folders, list, artist20, nsynth, activity.", show_default=False
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of everything that is drawn.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=0, max=512, help="Processes; 0: none but this one. Default: the processor cores.", show_default=False),
]
Work = Annotated[
    Path | None,
    typer.Option(
        "--work",
        metavar="DIR",
        help="Keep what was measured here, instead of the cache folder; a run that was stopped goes on.",
        show_default=False,
    ),
]


def open_data(path: Path, *, label: str = "", layout: str = "") -> "Dataset":
    """Load a collection."""
    from hexachord.learning.datasets.lists import Columns
    from hexachord.learning.datasets.loading import load_dataset

    return load_dataset(path, layout=layout, columns=Columns(label=label) if label else None)


@contextmanager
def batch_progress(title: str, what: str, *, quiet: bool) -> "Iterator[Callable[[BatchStep], None] | None]":
    """Show on a terminal how far work on many files is."""
    from hexachord.cli.output import bench_progress

    with bench_progress(title, quiet=quiet) as show:
        if show is None:
            yield None
            return
        tell = show

        def hear(step: "BatchStep") -> None:
            tell(what + (f", {step.failed} left out" if step.failed else ""), step.done, step.total)

        yield hear


def say_skipped(lines: Iterable[str], *, quiet: bool) -> None:
    """Name what was left out, on standard error."""
    for line in () if quiet else lines:
        typer.echo(f"left out: {line}", err=True)


def words_of(text: str, option: str) -> tuple[str, ...]:
    """Read names with commas between.

    Raises
    ------
    InputError : if one is empty.
    """
    if not text.strip():
        return ()
    parts = tuple(part.strip() for part in text.split(","))
    if not all(parts):
        raise InputError(f"{option} {text}", found="an empty name", expected="names with commas between")
    return parts
