"""Options that mean the same in every command, and the helper that adds a command."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from hexachord.cli.guard import Interrupted
from hexachord.errors import InputError

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks.", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Where results go.", show_default=False)]
Salvage = Annotated[
    bool, typer.Option("--salvage", help="Work with what a damaged sound file still holds; silence broken samples.", show_default=False)
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, max=64, help="Stages at once. Default: the processor cores, at most 4.")]
Soundfont = Annotated[
    str | None,
    typer.Option(
        "--soundfont",
        metavar="FILE|NAME",
        help="What plays: .sf2, .sf3, .sfz, the name of a font at hand, or `plain` (no font at all). Default: our own.",
        show_default=False,
    ),
]
EngineChoice = Annotated[
    list[str] | None,
    typer.Option(
        "--engine", metavar="TASK=NAME", help="Use another engine for a task (`hexachord engines` lists them).", show_default=False
    ),
]


def add_command(app: typer.Typer, name: str, function: Callable[..., None], *, panel: str) -> None:
    """Add a command under a heading of the help page; its help is the function's docstring up to the first form feed."""

    @functools.wraps(function)
    def interruptible(*arguments: Any, **options: Any) -> None:
        try:
            function(*arguments, **options)
        except KeyboardInterrupt as stop:
            raise Interrupted from stop

    app.command(name, rich_help_panel=panel)(interruptible)


def parse_engines(choices: Sequence[str] | None) -> dict[str, str]:
    """Turn ``["beats=dp"]`` into ``{"beats": "dp"}``.

    Raises
    ------
    InputError : if a choice is not of the form TASK=NAME.

    Examples
    --------
    >>> parse_engines(["beats=beats/dp"])
    {'beats': 'beats/dp'}
    """
    engines = {}
    for choice in choices or ():
        task, equals, name = choice.partition("=")
        if not (task and equals and name):
            raise InputError(f"--engine {choice}", found="no TASK=NAME", next_step="see the names in `hexachord engines`")
        engines[task] = name
    return engines
