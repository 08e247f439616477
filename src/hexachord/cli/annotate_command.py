"""`hexachord annotate`: people label music in a page; what they said comes out as files, agreement and datasets."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hexachord.cli.options import Json, Quiet, add_command
from hexachord.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hexachord.learning.annotation.agreement import AgreementReport, QuestionAgreement
    from hexachord.learning.annotation.exports import Format
    from hexachord.learning.annotation.project import Order, Project
    from hexachord.learning.annotation.store import Store
    from hexachord.studio.annotate import Addresses

_PANEL = "The lab"
_ASKED, _SERVED, _OUT = "What is asked", "How it is served", "What comes out"
_SUFFIX = ".annotations.sqlite"


class Export(StrEnum):
    """What answers become."""

    CSV = "csv"
    JSONL = "jsonl"
    JAMS = "jams"
    LABELS = "labels"


class Asked(StrEnum):
    """The order in which items come."""

    FIXED = "fixed"
    RANDOM = "random"
    ACTIVE = "active"


class Aggregation(StrEnum):
    """How many answers become one."""

    MAJORITY = "majority"
    DAWID_SKENE = "dawid-skene"


def annotate(
    music: Annotated[
        Path | None,
        typer.Argument(metavar="[FOLDER|STORE]", help="A folder of music, or a store of answers to go on with.", show_default=False),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels",
            metavar="A,B,...",
            help="Ask which of these fits; of one, whether it does.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(
            "--project",
            metavar="FILE.json",
            help="Instructions, questions, training items, checks.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
    order: Annotated[
        Asked,
        typer.Option(
            "--order",
            help="With --labels: in which order items come; `active`: those first that a model is least sure of.",
            rich_help_panel=_ASKED,
        ),
    ] = Asked.RANDOM,
    repeats: Annotated[
        float,
        typer.Option("--repeats", min=0, max=1, help="With --labels: share of items that come twice, unannounced.", rich_help_panel=_ASKED),
    ] = 0.1,
    excerpt: Annotated[
        float,
        typer.Option(
            "--excerpt", metavar="SECONDS", min=0, help="With --labels: hear so much of the middle; 0: all.", rich_help_panel=_ASKED
        ),
    ] = 0.0,
    scores: Annotated[
        Path | None,
        typer.Option(
            "--scores",
            metavar="FILE.csv",
            help="With the order `active`: a model's scores (id, a column a class) instead of a quick model of our own.",
            show_default=False,
            rich_help_panel=_ASKED,
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="With --labels: of the orders.", rich_help_panel=_ASKED)] = 0,
    annotator: Annotated[
        str,
        typer.Option(
            "--annotator", metavar="NAME", help="Who answers; without it the page asks.", show_default=False, rich_help_panel=_SERVED
        ),
    ] = "",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.", rich_help_panel=_SERVED)] = 0,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.", rich_help_panel=_SERVED)] = True,
    export: Annotated[
        Export | None,
        typer.Option(
            "--export",
            help="Write the answers; `labels`: one label for each item, a list that `learn` reads.",
            show_default=False,
            rich_help_panel=_OUT,
        ),
    ] = None,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Print how far annotators agree.", show_default=False, rich_help_panel=_OUT)
    ] = False,
    question: Annotated[
        str,
        typer.Option(
            "--question", metavar="ID", help="With --export labels: whose answers are the labels.", show_default=False, rich_help_panel=_OUT
        ),
    ] = "",
    method: Annotated[
        Aggregation, typer.Option("--method", help="With --export labels: how many answers become one.", rich_help_panel=_OUT)
    ] = Aggregation.MAJORITY,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The store of answers; with --export what is written. By default NAME.annotations.* here.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Label music by keyboard, in a page on this machine; see how far people agree, and learn from what they said.

    The page shows the instructions, then plays piece after piece: digits answer, Space plays, Z takes back. Every answer is kept at once in
    one SQLite file, `FOLDER.annotations.sqlite` here; the same command goes on where it ended. Nothing leaves this machine.

    Examples: `hexachord annotate songs/ --labels jazz,rock` · `hexachord annotate songs/ --project genre.json --annotator Ann` ·
    `hexachord annotate songs.annotations.sqlite --agreement` · `hexachord annotate songs/ --export labels --method dawid-skene`
    """
    from hexachord.cli.output import print_json

    reads = export is not None or agreement
    if labels is not None and project is not None:
        raise InputError("--labels and --project", found="both", expected="one of them: a project has its own questions")
    asked, folder = _project(music, labels, project, order=order.value, repeats=repeats, excerpt=excerpt, seed=seed)
    store_path = _store_path(music, folder, None if export is not None else out)
    if reads:
        _need_store(store_path)
    elif asked is None and not store_path.is_file():
        raise InputError(
            music or "annotate", found="nothing to ask", next_step="name labels (--labels jazz,rock) or a project (--project FILE.json)"
        )
    if not reads:
        from hexachord.studio import need_studio

        need_studio("hexachord annotate")
    from hexachord.learning.annotation.store import Store

    with Store(store_path, project=None if reads else asked, folder=folder) as store:
        if export is not None:
            _export(store, export, out, question=question, method=method.value, json=json, quiet=quiet)
        if agreement:
            from hexachord.learning.annotation.agreement import measure_agreement

            report = measure_agreement(store)
            if json:
                print_json(report.to_json())
            else:
                print_agreement(report)
        if not reads:
            _serve(store, port=port, annotator=annotator, scores=scores, show=show, json=json, quiet=quiet)


def _project(
    music: Path | None, labels: str | None, file: Path | None, *, order: "Order", repeats: float, excerpt: float, seed: int
) -> "tuple[Project | None, Path | None]":
    """What is asked (None: what the store says), and where the music is (None: where the store says)."""
    from hexachord.learning.annotation.project import labels_project, load_project

    folder = music if music is not None and not music.is_file() else None
    if file is not None:
        asked, named = load_project(file)
        folder = folder or named
        if folder is None and music is None:
            raise InputError(file, found="no folder of music in it", next_step="name one: hexachord annotate FOLDER --project FILE.json")
        return asked, folder
    if labels is None:
        return None, folder
    if folder is None:
        raise InputError("--labels", found="no folder of music", next_step="name one: hexachord annotate FOLDER --labels jazz,rock")
    try:
        title = folder.resolve().name
        return labels_project(labels.split(","), title=title, repeats=repeats, order=order, excerpt_s=excerpt, seed=seed), folder
    except ValueError as error:
        raise InputError(f"--labels {labels}", found=f"that {error}", expected="names with commas between: jazz,rock") from error


def _store_path(music: Path | None, folder: Path | None, out: Path | None) -> Path:
    if music is not None and music.is_file():
        return music
    if out is not None:
        return out
    if folder is None:
        raise InputError("annotate", found="neither music nor a store", next_step="hexachord annotate FOLDER --labels jazz,rock")
    return Path(f"{folder.resolve().name}{_SUFFIX}")


def _need_store(path: Path) -> None:
    if not path.is_file():
        raise InputError(
            path, found="no such file", expected="a store of annotations", next_step="name it: hexachord annotate STORE.sqlite --agreement"
        )


def _export(store: "Store", form: Export, out: Path | None, *, question: str, method: "str", json: bool, quiet: bool) -> None:
    from hexachord.cli.output import print_json

    stem = store.path.name.removesuffix(".sqlite").removesuffix(".annotations")
    if form is Export.LABELS:
        from hexachord.learning.annotation.exports import labelled_dataset
        from hexachord.learning.datasets.lists import save_dataset

        dataset = labelled_dataset(store, question=question, method="dawid-skene" if method == "dawid-skene" else "majority")
        if not dataset.tracks:
            reasons = "; ".join(dataset.skipped[:3])
            raise InputError(store.path, found=f"no item with a label ({reasons})", next_step="answer more: hexachord annotate")
        paths: tuple[Path, ...] = (save_dataset(dataset, out or Path(f"{stem}.labels.csv")),)
        skipped = dataset.skipped
        told = f"{len(dataset)} items, {len(dataset.classes)} labels"
    else:
        from hexachord.learning.annotation.exports import export_answers

        target = out or Path(f"{stem}.jams" if form is Export.JAMS else f"{stem}.annotations.{form.value}")
        forms: dict[Export, Format] = {Export.CSV: "csv", Export.JSONL: "jsonl", Export.JAMS: "jams"}
        paths, skipped = export_answers(store, target, form=forms[form])
        told = f"{len(store.answers())} answers"
    if json:
        print_json({"written": [str(path) for path in paths], "skipped": list(skipped)})
        return
    typer.echo(str(paths[0] if len(paths) == 1 else out or Path(f"{stem}.jams")) + ("" if quiet else f"  ({told})"))
    if not quiet:
        for line in skipped:
            typer.echo(f"left out: {line}", err=True)


def _serve(store: "Store", *, port: int, annotator: str, scores: Path | None, show: bool, json: bool, quiet: bool) -> None:
    from hexachord.cli.output import print_json
    from hexachord.studio.annotate import serve_annotation

    rank = _rank(store, scores, quiet=quiet or json)
    ranked = rank()
    store.rank(ranked)
    if annotator:
        annotator = store.join(annotator, ranked=ranked).name

    def ready(addresses: "Addresses") -> None:
        if json:
            print_json({"annotate": addresses.annotate, "results": addresses.results, "store": str(store.path)})
        else:
            typer.echo(f"annotate  {addresses.annotate}")
            typer.echo(f"results   {addresses.results}")
            if not quiet:
                typer.echo(f"answers   {store.path}   ({len(store.items())} pieces; Ctrl-C ends, the same command goes on)")
                for line in store.skipped:
                    typer.echo(f"left out: {line}", err=True)

    serve_annotation(store, port=port, annotator=annotator, rank=rank, show=show, on_ready=ready)


def _rank(store: "Store", scores: Path | None, *, quiet: bool) -> "Callable[[], Sequence[str]]":
    """What gives the order `active`: a model's scores, or else how the music sounds and what was said of it."""
    if store.project.order != "active":
        if scores is not None:
            found = f"a project with the order '{store.project.order}'"
            raise InputError("--scores", found=found, expected="active", next_step="--order active")
        return lambda: ()
    if scores is None:
        return _rank_by_sound(store, quiet=quiet)
    from hexachord.learning.annotation.active import load_scores, rank_by_scores

    ids, values = load_scores(scores)
    known = {item.id for item in store.items()}
    if not known & set(ids):
        raise InputError(scores, found="no item of this store among its ids", expected=f"paths below the folder, as {min(known)}")
    ranked = rank_by_scores(ids, values)
    return lambda: ranked


def _rank_by_sound(store: "Store", *, quiet: bool) -> "Callable[[], Sequence[str]]":
    import importlib.util

    from hexachord.cli.output import bench_progress
    from hexachord.learning.annotation.ranking import ranking_by_sound

    if importlib.util.find_spec("sklearn") is None:
        raise MissingExtraError("--order active", extra="learn", need="a quick model of what was said so far")
    folder = store.path.with_name(store.path.name.removesuffix(".sqlite") + ".features")
    with bench_progress("annotate", quiet=quiet) as show:
        told = None if show is None else lambda step: show("listening", step.done, step.total)
        return ranking_by_sound(store, folder, progress=told)


def print_agreement(report: "AgreementReport") -> None:
    """Print how far annotators agree, as tables on standard output."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    console.print(f"[bold]{escape(report.title)}[/bold]: {len(report.progress)} annotators")
    for name, each in report.progress.items():
        checks = f", checks {each.attention_right}/{each.attention_known}" if each.attention_known else ""
        console.print(f"  {escape(name)}: {each.done} of {each.total}{checks}, {each.undone} taken back")
    for found in report.questions:
        _print_question(console, found)


def _print_question(console: "object", found: "QuestionAgreement") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    assert isinstance(console, Console)
    numbers = "  ".join(f"{name} {_figure(value)}" for name, value in found.metrics.items())
    console.print(f"\n[bold]{escape(found.question.text)}[/bold]  {found.answers} answers about {found.items} items")
    console.print(f"  {numbers}")
    console.print(f"  {found.verdict}")
    tables = (
        ("two by two", [(f"{each.first}, {each.second}", each.items, each.percent, each.kappa) for each in found.pairs]),
        ("with themselves", [(each.annotator, each.count, each.same, each.kappa) for each in found.repeats]),
    )
    for title, rows in tables:
        if rows:
            table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 2))
            for heading in ("", "items", "same", "kappa"):
                table.add_column(heading, justify="left" if not heading else "right")
            for name, count, same, kappa in rows:
                table.add_row(escape(name), str(count), _figure(same), _figure(kappa))
            console.print(table)
    for dispute in found.disputes[:5]:
        said = ", ".join(f"{who}: {what}" for who, what in dispute.said.items())
        console.print(f"  to discuss: {dispute.item} ({said})", markup=False)
    if len(found.disputes) > 5:
        console.print(f"  and {len(found.disputes) - 5} more; all of them: --agreement --json")


def _figure(value: float) -> str:
    return f"{value:.3f}" if value == value else "–"


def add_to(app: typer.Typer) -> None:
    """Add this file's command."""
    add_command(app, "annotate", annotate, panel=_PANEL)
