"""`hexachord recipe`: one command for each assignment, made from what the recipe says of its options."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin, get_type_hints

import typer

from hexachord.cli.options import Json, Quiet, add_command

if TYPE_CHECKING:
    from hexachord.journeys.recipes.recipe import Cooked, Recipe, Setting

_PANEL = "The lab"
Run = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder of the run; one that was stopped goes on.")]


def add_to(app: typer.Typer) -> None:
    """Add this file's commands."""
    from hexachord.journeys.recipes.registry import RECIPES

    group = typer.Typer(help=_HELP, rich_markup_mode="markdown", context_settings={"help_option_names": ["-h", "--help"]})
    group.callback(invoke_without_command=True)(_list)
    for recipe in RECIPES:
        add_command(group, recipe.name, command_of(recipe), panel="Recipes")
    app.add_typer(group, name="recipe", rich_help_panel=_PANEL)


_HELP = """Assignments as one command each: from a folder of data to models, music and a report. Without a name: list them."""


def _list(context: typer.Context, json: Json = False) -> None:
    """List the recipes."""
    if context.invoked_subcommand is not None:
        return
    from hexachord.cli.output import print_json
    from hexachord.journeys.recipes.registry import RECIPES

    if json:
        print_json({"recipes": [_card(recipe) for recipe in RECIPES]})
        return
    for number, recipe in enumerate(RECIPES):
        typer.echo(f"{chr(10) if number else ''}{recipe.name}: {recipe.title}")
        for what, told in _card(recipe).items():
            if what not in ("name", "title", "available"):
                typer.echo(f"  {what:<11}{told}")
        if not recipe.available:
            typer.echo(f"  needs      pip install 'hexachord[{recipe.extra}]'")


def _card(recipe: "Recipe") -> dict[str, Any]:
    return {
        "name": recipe.name, "title": recipe.title, "dataset": recipe.dataset, "split": recipe.split, "model": recipe.model,
        "metrics": ", ".join(recipe.metrics), "submission": recipe.submission, "available": recipe.available,
    }  # fmt: skip


def command_of(recipe: "Recipe") -> Callable[..., None]:
    """Make the function of a recipe's command: an option for each field of its options, and where it goes."""

    def cook(out: Path, quiet: bool = False, json: bool = False, **asked: Any) -> None:
        from hexachord.cli.output import Reporter, print_json

        options = recipe.options(**{name: tuple(value) if isinstance(value, list) else value for name, value in asked.items()})
        reporter = Reporter(quiet=quiet or json, title=f"recipe {recipe.name}")
        with reporter:
            cooked = recipe.cook(options, out, listener=reporter.hear)
        if json:
            print_json(cooked.to_json())
        else:
            _show(cooked, quiet=quiet)

    parameters = [_parameter(recipe, name) for name in recipe.option_names]
    needed = [each for each in parameters if each.default is inspect.Parameter.empty]
    chosen = [each for each in parameters if each.default is not inspect.Parameter.empty]
    keyword = inspect.Parameter.KEYWORD_ONLY
    told = [inspect.Parameter(name, keyword, default=False, annotation=kind) for name, kind in (("quiet", Quiet), ("json", Json))]
    whole = [*needed, inspect.Parameter("out", keyword, annotation=Run), *chosen, *told]
    vars(cook)["__signature__"] = inspect.Signature([each.replace(kind=keyword) for each in whole])
    cook.__annotations__ = {each.name: each.annotation for each in whole}
    about = f"*Data:* {recipe.dataset}. *Split:* {recipe.split}. *Model:* {recipe.model}. *Handed in:* {recipe.submission}."
    cook.__doc__ = f"{recipe.title}.\n\n{about}\n\nExample: `hexachord recipe {recipe.name} --data DIR --out RUN`"
    return cook


def _parameter(recipe: "Recipe", name: str) -> inspect.Parameter:
    hint = get_type_hints(recipe.options, include_extras=True)[name]
    if get_origin(hint) is not Annotated:
        raise TypeError(f"option {name} of the recipe {recipe.name} has no Setting")
    kind, setting = get_args(hint)
    default = next(field.default for field in fields(recipe.options) if field.name == name)
    several = get_origin(kind) is tuple
    if several:
        kind = list[get_args(kind)[0]]  # type: ignore[misc]
    flag = setting.flag or "--" + name.replace("_", "-")
    flags = (f"{flag}/--no-{flag[2:]}",) if kind is bool else (flag,)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if default is MISSING else list(default) if several else default,
        annotation=Annotated[kind, typer.Option(*flags, **_details(setting, kind), show_default=not several and default != "")],
    )


def _details(setting: "Setting", kind: type) -> dict[str, Any]:
    """What typer is told of a setting."""
    limit: Callable[[float], float] = int if kind is int else float
    found: dict[str, Any] = {"help": setting.help}
    if setting.metavar:
        found["metavar"] = setting.metavar
    if setting.least is not None:
        found["min"] = limit(setting.least)
    if setting.most is not None:
        found["max"] = limit(setting.most)
    return found


def _show(cooked: "Cooked", *, quiet: bool) -> None:
    if not quiet:
        for line in cooked.lines:
            typer.echo(line)
        typer.echo()
    typer.echo(str(cooked.report))
