"""The command `hexachord`: its commands, and what its exit codes mean.

0: done. 1: a bug of ours. 2: bad input or bad usage, said in words. 130: stopped with Ctrl-C. Commands import what they need when they run,
so that `hexachord --help` is instant.
"""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from hexachord.cli import (
    annotate_command,
    arrow_commands,
    compose_commands,
    correct_commands,
    hum_command,
    learn_commands,
    perform_commands,
    recipe_commands,
    render_artists_command,
    song_commands,
    tool_commands,
    tour_commands,
)
from hexachord.cli.guard import guard
from hexachord.cli.routing import route

_HELP = """Music between sound, score and knowledge.

Give it a song and it makes a folder that knows everything about it: tempo, beats, key, chords, sections, melody, notes, a lead sheet and
a piano score, stems, and a report:

    hexachord song.mp3
"""

app = typer.Typer(
    name="hexachord",
    help=_HELP,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A first argument that is no command is a song: `hexachord song.mp3` is `hexachord song song.mp3`. "
    "`--debug` anywhere shows the traceback of an error.",
)
song_commands.add_to(app)
correct_commands.add_to(app)
tour_commands.add_to(app)
arrow_commands.add_to(app)
compose_commands.add_to(app)
perform_commands.add_to(app)
hum_command.add_to(app)
recipe_commands.add_to(app)
learn_commands.add_to(app)
render_artists_command.add_to(app)
annotate_command.add_to(app)
tool_commands.add_to(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from hexachord._version import __version__

        typer.echo(f"hexachord {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")] = False,
) -> None: ...


def command_names() -> tuple[str, ...]:
    """List the commands, groups included."""
    commands = [command.name for command in app.registered_commands]
    return tuple(name for name in (*commands, *(group.name for group in app.registered_groups)) if name)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : the arguments; `sys.argv` by default
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]

    def run() -> None:
        app(route(arguments, commands=command_names()), prog_name="hexachord")

    return guard(run, arguments=arguments, debug=debug)


if __name__ == "__main__":
    sys.exit(main())
