"""`hexachord learn`: labelled music becomes evidence; each family of commands has a file of its own."""

import typer

from hexachord.cli import learn_data, learn_features, learn_models, learn_table

_PANEL = "The lab"
_HELP = """Learn from labelled music: look data through, describe them, judge models, ask them about new songs.

Whole assignments, from a folder of data to a report, are recipes: `hexachord recipe`.
"""


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    group = typer.Typer(
        help=_HELP, no_args_is_help=True, rich_markup_mode="markdown", context_settings={"help_option_names": ["-h", "--help"]}
    )
    for part in (learn_data, learn_features, learn_table, learn_models):
        part.add_to(group)
    app.add_typer(group, name="learn", rich_help_panel=_PANEL)
