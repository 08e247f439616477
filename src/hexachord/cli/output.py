"""What the command line shows: progress and first facts on standard error, results on standard output."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from hexachord.errors import InputError
from hexachord.knowledge.model import Knowledge
from hexachord.knowledge.report import fact_lines, report_text

if TYPE_CHECKING:
    from hexachord.bench.harness import Progress as BenchProgress
    from hexachord.journeys.analyse import Analysis
    from hexachord.journeys.pipeline import Event
    from hexachord.score.model import Score
    from hexachord.song import Song


def print_json(document: Mapping[str, Any]) -> None:
    """Print JSON on standard output, in one piece; numbers that do not exist are null."""
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")
    sys.stdout.flush()


class Reporter:
    """Shows a journey as it goes: a live line on a terminal, plain lines elsewhere, nothing when quiet."""

    def __init__(self, *, quiet: bool, title: str) -> None:
        self.quiet = quiet
        self.title = title
        self.console = Console(stderr=True, highlight=False)
        self._shown: set[str] = set()
        self._running: dict[str, float] = {}  # title of a stage → how far it is
        self._ended = 0
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if not self.quiet and self.console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
            self._progress = Progress(*columns, console=self.console, transient=True)
            self._progress.start()
            self._task = self._progress.add_task(escape(self.title), total=None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._progress is not None:
            self._progress.stop()

    def waiting(self) -> None:
        """Say that another process works in the folder."""
        if not self.quiet:
            self.console.print("Another process is working in this folder; waiting for it.")

    def hear(self, event: "Event") -> None:
        """Show an event of the journey."""
        if self.quiet:
            return
        match event.kind:
            case "start" | "progress":
                self._running[event.title] = event.fraction
            case "done" | "recalled":
                self._end(event)
                self._show_facts(event)
            case "skipped":
                self._end(event)
                self._line(event.title, f"skipped: {event.message}")
            case "failed":
                self._end(event)
                self._line(event.title, f"failed: {event.message}", style="red")
            case _:
                pass
        if self._progress is not None and self._task is not None:
            if event.kind == "plan":
                self._progress.update(self._task, total=event.total)
            doing = " · ".join(self._running) or "writing files"
            completed = self._ended + sum(self._running.values())
            self._progress.update(self._task, description=f"{escape(self.title)}: {escape(doing)}", completed=completed)

    def hear_redone(self, event: "Event") -> None:
        """Show an event of a journey that does some steps again; what was recalled is no news."""
        self.hear(replace(event, observations={}) if event.kind == "recalled" else event)

    def show_analysis(self, analysis: "Analysis") -> None:
        """Show where everything went."""
        song = analysis.song
        if analysis.knowledge.sentences:
            self.console.print()
            self.console.print(" ".join(sentence.text for sentence in analysis.knowledge.sentences), markup=False)
        self._show_changed(song)
        self.console.print()
        if analysis.page is not None:
            print(analysis.page)
        print(f"{song.folder}/  ({len(song.files)} files, {analysis.wall_s:.1f} s)")
        for line in _grouped(song.files):
            print(f"  {line}")

    def show_redone(self, analysis: "Analysis") -> None:
        """Show what was done again, and where it went."""
        if not self.quiet:
            self._show_changed(analysis.song)
        if analysis.page is not None:
            print(analysis.page)
        count = f"{len(analysis.redone)} step{'s' if len(analysis.redone) != 1 else ''} done again, {len(analysis.recalled)} recalled"
        print(f"{analysis.song.folder}/" + ("" if self.quiet else f"  ({count}, {analysis.wall_s:.1f} s)"))

    def _show_changed(self, song: "Song") -> None:
        for names, what in ((song.kept, "kept as you changed it"), (song.moved, "your changed version, moved aside")):
            for name in names:
                self.console.print(f"{name}: {what}", markup=False)

    def show_knowledge(self, knowledge: Knowledge, *, title: str) -> None:
        """Print the report on standard output."""
        print(report_text(knowledge, title=title), end="")

    def _end(self, event: "Event") -> None:
        self._running.pop(event.title, None)
        self._ended += 1

    def _show_facts(self, event: "Event") -> None:
        told = [(name, words) for name, words in _facts_of(event.observations) if name not in self._shown]
        for name, words in told:
            self._shown.add(name)
            self._line(name, words)
        if not told and event.kind == "done" and not self.console.is_terminal:
            self._line(event.title, f"{event.wall_s:.1f} s")

    def _line(self, name: str, words: str, *, style: str = "") -> None:
        self.console.print(f"[bold]{escape(name):<14}[/bold] {escape(words)}", style=style)


def _facts_of(observations: Mapping[str, Any]) -> list[tuple[str, str]]:
    known = Knowledge(**{"duration_s": 0.0, **observations})
    return [(name, words) for name, words in fact_lines(known) if name != "Length" or "duration_s" in observations]


def _grouped(files: Sequence[str]) -> Iterator[str]:
    """List files, those of a folder in one line."""
    folders: dict[str, list[str]] = {}
    for name in files:
        folder, _, base = name.rpartition("/")
        folders.setdefault(folder, []).append(base)
    for folder, names in folders.items():
        yield f"{folder}/ " + " ".join(names) if folder else "  ".join(names)


def save_knowledge_as(knowledge: Knowledge, path: Path, *, tasks: Sequence[str] = (), title: str = "") -> None:
    """Write knowledge in the format that the suffix names."""
    from hexachord.files import write_text
    from hexachord.knowledge import save_jams, save_knowledge
    from hexachord.knowledge.tables import knowledge_tables

    match path.suffix.lower():
        case ".json":
            save_knowledge(knowledge, path)
        case ".jams":
            save_jams(knowledge, path, title=title)
        case ".txt":
            write_text(path, report_text(knowledge, title=title))
        case ".csv":
            tables = knowledge_tables(knowledge)
            names = [name for name in tables if name in tasks]
            if len(names) > 1:
                raise InputError(path, found=f"{len(names)} tables to write", expected="one", next_step="use one --task, or .json")
            write_text(path, tables[names[0] if names else "facts"].to_csv())
        case _:
            raise InputError(path, found=f"the suffix '{path.suffix}'", expected="one of .json, .jams, .txt, .csv")


def save_score_as(score: "Score", path: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write a score in the format that the suffix names; returns the paths (an engraving may have several pages) and the warnings."""
    suffix = path.suffix.lower()
    if suffix in (".pdf", ".svg", ".png"):
        from hexachord.score.engraving import engrave

        engraving = engrave(score)
        if suffix == ".pdf":
            return (engraving.save_pdf(path),), engraving.warnings
        return (engraving.save_svg(path) if suffix == ".svg" else engraving.save_png(path)), engraving.warnings
    from hexachord.score.formats import save_score

    report = save_score(score, path)
    return (report.path,), report.warnings


@contextmanager
def bench_progress(name: str, *, quiet: bool) -> Iterator["BenchProgress | None"]:
    """Show a bench's progress on a terminal."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(name, total=None)

        def show(what: str, done: int, total: int) -> None:
            progress.update(task, description=escape(f"{name}: {what}"), completed=done, total=total)

        yield show
