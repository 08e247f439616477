"""`hexachord compose personalise` and `hexachord compose personal`: the composer learns from a user's files, and forgets again."""

from pathlib import Path
from typing import Annotated

import typer

from hexachord.cli.composing import Model, StyleName, add_tool
from hexachord.cli.options import Json, Quiet, add_command


def personalise(
    files: Annotated[list[Path], typer.Argument(help="Three to some thirty scores or MIDI files, or folders of them.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What to call it: `--like NAME` composes so.")],
    minutes: Annotated[float, typer.Option("--minutes", min=0.1, help="Of learning, at most.")] = 5.0,
    rank: Annotated[int, typer.Option("--rank", min=1, max=64, help="How much it can learn.")] = 8,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of chance, and of which songs are held out.")] = 0,
    style: StyleName = "",
    replace: Annotated[bool, typer.Option("--replace", help="Learn a name anew.", show_default=False)] = False,
    model: Model = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Teach the composer your own music, in minutes: a small file of weights beside its own.

    A fifth of the songs is held out: the report says what a note of these costs before and after, and what a note of other music does. What
    does not help is not kept. `compose personal forget NAME` undoes it. Needs the optional part 'train'.

    Example: `hexachord compose personalise waltzes/*.mid --name waltzes && hexachord compose generate --like waltzes`
    """
    from hexachord.cli.output import Reporter, print_json
    from hexachord.composition.writing import MODEL
    from hexachord.errors import MissingExtraError
    from hexachord.journeys.personalising import personalise_files
    from hexachord.journeys.pipeline import Event

    try:
        from hexachord.learning.deep.personalising import PersonalOptions
    except ModuleNotFoundError as error:
        raise MissingExtraError("compose personalise", extra="train", need=f"learning ({error.name})") from error

    with Reporter(quiet=quiet or json, title=name) as reporter:
        reporter.hear(Event(kind="plan", total=1))
        reporter.hear(Event(kind="start", stage="personalise", title="Learning"))
        made = personalise_files(
            files,
            name=name,
            options=PersonalOptions(minutes=minutes, rank=rank, seed=seed),
            model=model or MODEL,
            style=style,
            replace_old=replace,
            listener=reporter.hear,
        )
    if json:
        print_json({"path": str(made.path) if made.path else None, **made.facts, "left_out": dict(made.left_out)})
        return
    if not quiet:
        for path, why in made.left_out.items():
            typer.echo(f"note: {path} left out: {why}", err=True)
        for line in made.lines:
            typer.echo(line, err=True)
    if made.path is None:
        typer.echo("It does not help with songs that it has not learnt from: nothing is kept, the composer is as it was.", err=True)
    else:
        typer.echo(str(made.path))


def list_(json: Json = False) -> None:
    """List what the composer was taught."""
    from hexachord.cli.output import print_json
    from hexachord.composition.personal import list_personal

    names = list_personal()
    if json:
        print_json({"names": list(names)})
        return
    for name in names:
        typer.echo(name)


def show(name: Annotated[str, typer.Argument(help="As it was called.")], json: Json = False) -> None:
    """Say what is known of one: files, what was held out, what it is worth."""
    from hexachord.cli.output import print_json
    from hexachord.journeys.personalising import personal_facts, report_lines

    facts = personal_facts(name)
    if json:
        print_json(dict(facts))
        return
    for line in report_lines(facts):
        typer.echo(line)


def forget(name: Annotated[str, typer.Argument(help="As it was called.")]) -> None:
    """Delete one: the composer is as it was."""
    from hexachord.composition.personal import forget_personal

    typer.echo(f"forgot {forget_personal(name)}")


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    add_tool(app, "personalise", personalise)
    group = typer.Typer(help="What `compose personalise` taught the composer: list, show, forget.", no_args_is_help=True)
    for name, function in (("list", list_), ("show", show), ("forget", forget)):
        add_command(group, name, function, panel="Tools")
    app.add_typer(group, name="personal", rich_help_panel="Tools")
