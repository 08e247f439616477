"""`hexachord learn table`: learn from a table of numbers, as WEKA's explorer does."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hexachord.cli.learn_options import Label, Seed
from hexachord.cli.options import Json, Quiet, add_command
from hexachord.errors import InputError

if TYPE_CHECKING:
    from hexachord.journeys.learning_tools.exploring import Grouped
    from hexachord.journeys.learning_tools.tables import Judging, Numbers, TableRun

_PANEL = "Models"
_JUDGED, _WITHOUT = "How models are judged", "Without a model that predicts"


def table(
    file: Annotated[str, typer.Argument(metavar="FILE", help="ARFF, CSV, JSONL, svm-light or .npz; or iris, wine, digits.")],
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            help="knn, svm-rbf, forest, j48, logistic, lda, gmm ..., with settings as knn:k=3; or LIBSVM's options, '-s 0 -t 2 -c 10'. "
            "May be repeated. What is not set is tuned.",
            show_default="knn, svm-rbf, forest",
        ),
    ] = None,
    label: Label = "",
    test: Annotated[
        Path | None, typer.Option("--test", metavar="FILE", help="Judge by this table.", show_default=False, rich_help_panel=_JUDGED)
    ] = None,
    folds: Annotated[int, typer.Option("--folds", min=2, max=100_000, help="Cross-validate.", rich_help_panel=_JUDGED)] = 10,
    split: Annotated[
        float | None,
        typer.Option(
            "--split",
            metavar="SHARE",
            min=0.01,
            max=0.99,
            help="Learn from this share (0.66).",
            show_default=False,
            rich_help_panel=_JUDGED,
        ),
    ] = None,
    on_training: Annotated[
        bool,
        typer.Option("--on-training", help="Judge by what was learnt from, which flatters.", show_default=False, rich_help_panel=_JUDGED),
    ] = False,
    group: Annotated[
        str, typer.Option("--group", metavar="KIND", help="What stays together: auto, song, album ...", rich_help_panel=_JUDGED)
    ] = "auto",
    groups: Annotated[
        Path | None,
        typer.Option(
            "--groups",
            metavar="DATA",
            help="The collection that the table describes, to know its albums.",
            show_default=False,
            rich_help_panel=_JUDGED,
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="MODEL.npz", help="Keep the first model, fitted to all rows.", show_default=False)
    ] = None,
    cluster: Annotated[
        tuple[str, int] | None,
        typer.Option("--cluster", metavar="METHOD K", help="Groups by kmeans or gmm.", show_default=False, rich_help_panel=_WITHOUT),
    ] = None,
    associate: Annotated[
        bool, typer.Option("--associate", help="Association rules (Apriori).", show_default=False, rich_help_panel=_WITHOUT)
    ] = False,
    support: Annotated[float, typer.Option("--support", help="With --associate: share of rows, at least.", rich_help_panel=_WITHOUT)] = 0.1,
    confidence: Annotated[float, typer.Option("--confidence", help="With --associate: of a rule.", rich_help_panel=_WITHOUT)] = 0.9,
    select: Annotated[
        bool, typer.Option("--select", help="Rank columns by what they say of the class.", show_default=False, rich_help_panel=_WITHOUT)
    ] = False,
    most: Annotated[int, typer.Option("--most", min=1, help="Print so many rules or columns.", rich_help_panel=_WITHOUT)] = 20,
    seed: Seed = 0,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Learn from a table of numbers and judge what was learnt: figures with intervals, classes, confusions, beside baselines.

    Rows of one id (pieces of a song) stay together, and albums where the table knows them (`learn features` tells it). Trees by j48 are
    printed as WEKA prints them.

    Examples: `hexachord learn table iris -m j48` · `hexachord learn table songs.arff -m "-s 0 -t 2 -c 10 -g 0.01" -m knn:k=3 --split 0.66`
    · `hexachord learn table songs.csv -m svm-rbf --save model.npz` · `hexachord learn table iris --cluster kmeans 3`
    """
    from hexachord.journeys.learning_tools.tables import Judging, open_numbers, with_groups

    _check_one(test=test is not None, split=split is not None, on_training=on_training)
    numbers = open_numbers(file, label=label)
    if groups is not None:
        from hexachord.learning.datasets.loading import load_dataset

        numbers = with_groups(numbers, load_dataset(groups))
    told: dict[str, Any] = {}
    if select:
        told |= _select(numbers, seed=seed, most=most, json=json)
    if associate:
        told |= _associate(numbers, support, confidence, most=most, json=json)
    if cluster is not None:
        told |= _cluster(numbers, *cluster, seed=seed, json=json)
    if model or save or not told:
        judged_by = open_numbers(str(test), label=label) if test is not None else None
        how = Judging(test=judged_by, on_training=on_training, share=split, folds=folds, group=group, seed=seed)
        told |= _judge(numbers, model or ["knn", "svm-rbf", "forest"], how, save=save, quiet=quiet, json=json)
    if json:
        from hexachord.cli.output import print_json

        print_json({"table": numbers.name, "rows": len(numbers.data.labels), "columns": len(numbers.data.table.names), **told})


def _check_one(**said: bool) -> None:
    names = [f"--{name.replace('_', '-')}" for name, there in said.items() if there]
    if len(names) > 1:
        raise InputError(" and ".join(names), found="both", expected="one way to judge", next_step="leave the others away")


def _judge(numbers: "Numbers", models: list[str], how: "Judging", *, save: Path | None, quiet: bool, json: bool) -> dict[str, Any]:
    from hexachord.cli.output import bench_progress
    from hexachord.journeys.learning_tools.tables import judge_table, plan_of, save_model

    if save is not None:  # said first: what cannot be saved is known before an hour of cross-validation
        save_model(plan_of(models[0], numbers), numbers, save, seed=how.seed)
    done = 0
    with bench_progress("learn table", quiet=quiet or json) as show:

        def hear(what: str) -> None:
            nonlocal done
            done += 1
            if show is not None:
                show(what, done, 0)

        run = judge_table(numbers, models, how, progress=hear)
    files = [] if save is None else [str(save)]
    if json:
        from hexachord.learning.evaluation.storing import evaluation_to_dict

        return {"evaluation": evaluation_to_dict(run.evaluation), "trees": dict(run.trees), "files": files}
    _print_run(numbers, run, quiet=quiet)
    for path in files:
        typer.echo(path)
    return {"files": files}


def _print_run(numbers: "Numbers", run: "TableRun", *, quiet: bool) -> None:
    from rich.console import Console
    from rich.markup import escape

    from hexachord.cli.learn_printing import print_model, print_models

    console = Console(highlight=False)
    rows, columns = numbers.data.table.values.shape
    console.print(f"[bold]{escape(numbers.name)}[/bold]: {rows} rows, {columns} columns, {len(run.dataset.classes)} classes")
    console.print(escape(f"judged by: {run.evaluation.rule}"))
    for name, tree in run.trees.items():
        console.print(f"\n[bold]{escape(name)}[/bold], fitted to all rows\n")
        typer.echo(tree)
    for found in run.evaluation.models:
        if not found.baseline:
            console.print(f"\n[bold]{escape(found.name)}[/bold]  {escape(found.about)}")
            chosen = sorted({words for words in found.chosen if words})
            if chosen:
                console.print(f"chosen: {escape('; '.join(chosen[:4]))}")
            print_model(console, found, run.evaluation.classes)
    console.print()
    print_models(console, run.evaluation.models)
    for line in () if quiet else run.evaluation.notes:
        typer.echo(f"note: {line}", err=True)


def _select(numbers: "Numbers", *, seed: int, most: int, json: bool) -> dict[str, Any]:
    from hexachord.journeys.learning_tools.exploring import rank_columns

    ranked = rank_columns(numbers, seed=seed)
    if json:
        columns = [{"name": one.name, "anova_f": _finite(one.anova_f), "information": _finite(one.information)} for one in ranked]
        return {"columns_ranked": columns}
    from rich.console import Console

    from hexachord.cli.learn_printing import print_table

    rows = [(str(place), one.name, f"{one.anova_f:.2f}", f"{one.information:.3f}") for place, one in enumerate(ranked[:most], start=1)]
    print_table(Console(highlight=False), ("rank", "column", "ANOVA F", "information (nats)"), rows, words=2)
    return {"ranked": len(ranked)}


def _associate(numbers: "Numbers", support: float, confidence: float, *, most: int, json: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from hexachord.journeys.learning_tools.exploring import find_rules

    rules = find_rules(numbers, least_support=support, least_confidence=confidence, most=most)
    if json:
        return {"rules": [asdict(rule) for rule in rules]}
    from rich.console import Console

    from hexachord.cli.learn_printing import print_table

    told = [
        (" and ".join(rule.given), " and ".join(rule.then), f"{rule.support:.2f}", f"{rule.confidence:.2f}", f"{rule.lift:.2f}")
        for rule in rules
    ]
    if told:
        print_table(Console(highlight=False), ("where", "there is", "support", "confidence", "lift"), told, words=2)
    else:
        typer.echo(f"no rule holds for {support:.0%} of the rows with a confidence of {confidence:.0%}")
    return {"rules": len(rules)}


def _cluster(numbers: "Numbers", method: str, count: int, *, seed: int, json: bool) -> dict[str, Any]:
    from hexachord.journeys.learning_tools.exploring import group_rows

    grouped = group_rows(numbers, method, count, seed=seed)
    found = grouped.found
    figures = {"silhouette": found.silhouette, "ari": found.ari, "nmi": found.nmi, "objective": found.objective}
    if json:
        assigned = dict(zip(numbers.dataset.ids, found.assigned.tolist(), strict=True))
        plain = {name: _finite(value) for name, value in figures.items()}
        counts = {name: row for name, row in zip(grouped.classes, grouped.counts.tolist(), strict=True) if name}
        return {"clusters": {"method": found.method, "groups": found.groups, **plain, "classes": counts, "assigned": assigned}}
    _print_grouped(grouped, figures)
    return {"clusters": found.groups}


def _print_grouped(grouped: "Grouped", figures: dict[str, float]) -> None:
    from rich.console import Console

    from hexachord.cli.learn_printing import print_table

    console = Console(highlight=False)
    console.print(
        f"{grouped.found.method}, {grouped.found.groups} groups: " + ", ".join(f"{name} {v:.3f}" for name, v in figures.items() if v == v)
    )
    rows = [(name or "rows", *(str(count) for count in line)) for name, line in zip(grouped.classes, grouped.counts.tolist(), strict=True)]
    print_table(console, ("class", *(f"group {number}" for number in range(1, grouped.found.groups + 1))), rows)


def _finite(value: float) -> float | None:
    return value if value == value and abs(value) != float("inf") else None


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_command(app, "table", table, panel=_PANEL)
