"""The report of a run: one page that can be carried away, the same in Markdown, and all numbers as JSON.

The same run gives the same bytes; what differs from one run of the same command to the next (seconds, the machine) stands in a section,
and under a key, of its own.
"""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from math import isfinite
from pathlib import Path

from hexachord.files import write_text
from hexachord.journeys.lab import data_sections, model_sections
from hexachord.journeys.lab.document import document_of
from hexachord.journeys.lab.excerpts import ExcerptOptions, cut_excerpts
from hexachord.journeys.lab.hints import Hint, hints_of
from hexachord.journeys.lab.map_widget import MapSong, map_widget
from hexachord.journeys.lab.run import LabRun, metric_name
from hexachord.journeys.lab.song_map import SongMap, song_map
from hexachord.journeys.lab.songs_judged import judge_songs, mistakes
from hexachord.journeys.reporting.environment import environment
from hexachord.journeys.reporting.html import html_page
from hexachord.journeys.reporting.markdown import markdown_page
from hexachord.journeys.reporting.report import Block, Notice, Report, Section, Table, Text
from hexachord.learning.datasets.dataset import Track

PACKAGES = ("numpy", "scipy", "scikit-learn", "onnxruntime", "torch")


@dataclass(frozen=True, kw_only=True)
class LabReport:
    """Where a report lies: the page, the Markdown, the numbers, and paths of all files below the folder."""

    page: Path
    markdown: Path
    numbers: Path
    files: tuple[str, ...]


def write_lab_report(run: LabRun, folder: str | Path, *, excerpts: ExcerptOptions | None = ExcerptOptions(), seed: int = 0) -> LabReport:
    """Write ``report.html``, ``report.md`` and ``report.json`` for a run, and excerpts of its songs below ``sounds/``.

    Parameters
    ----------
    run : what was found
    folder : it is made where it is missing
    excerpts : how much of how many songs can be heard; None for none. Mistakes are served first
    seed : of the map of songs

    Raises
    ------
    OutputError : if the folder cannot be written.
    """
    folder = Path(folder)
    sounds: Mapping[str, str] = {}
    if excerpts is not None:
        sounds = cut_excerpts(_mistakes_first(run), folder, options=excerpts)
    songs = song_map(run.table, seed=seed) if run.table is not None else None
    report = lab_report(run, sounds=sounds, songs=songs)
    document = document_of(run, hints=hints_of(run), songs=songs, sounds=sounds, environment=environment(PACKAGES), machine=machine())
    page, markdown, numbers = folder / "report.html", folder / "report.md", folder / "report.json"
    write_text(page, _encodable(html_page(report)))
    write_text(markdown, _encodable(markdown_page(report)))
    write_text(numbers, _encodable(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)) + "\n")
    return LabReport(
        page=page, markdown=markdown, numbers=numbers, files=("report.html", "report.md", "report.json", *sorted(set(sounds.values())))
    )


def lab_report(run: LabRun, *, sounds: Mapping[str, str], songs: SongMap | None) -> Report:
    """Lay a report out.

    Parameters
    ----------
    run : what was found
    sounds : excerpts below the page, by id of the song
    songs : the map, where there is one
    """
    sections = (
        _hints_section(hints_of(run)),
        model_sections.models_section(run),
        model_sections.confusion_section(run),
        model_sections.classes_section(run),
        model_sections.curves_section(run),
        model_sections.mistakes_section(run, sounds),
        _map_section(run, songs, sounds),
        model_sections.chunk_section(run),
        model_sections.fitting_section(run),
        data_sections.data_section(run),
        data_sections.split_section(run),
        data_sections.confound_section(run),
        data_sections.features_section(run),
        model_sections.other_confusions_section(run),
        _making_section(run),
        _varying_section(run),
    )
    return Report(
        title=run.title, lead=_lead(run), figures=_figures(run), sections=sections, contents=True,
        scripts=(_asset("lab.js"),), style=_asset("lab.css"),
    )  # fmt: skip


def machine() -> dict[str, str]:
    """Describe the machine: what may differ without a number changing."""
    return {"processor": platform.machine(), "cores": str(os.cpu_count() or 1), "system": platform.system()}


def _asset(name: str) -> str:
    return resources.files("hexachord.journeys.lab").joinpath(name).read_text(encoding="utf-8")


def _encodable(text: str) -> str:
    """Replace what no file can hold: the lone surrogates of a file's name that was not text."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _mistakes_first(run: LabRun) -> list[Track]:
    by_id = {track.id: track for track in run.dataset.tracks}
    wrong = [song.id for song in mistakes(judge_songs(run.winner.predictions))] if run.winner is not None else []
    return [by_id[name] for name in dict.fromkeys([*wrong, *by_id]) if name in by_id]


def _lead(run: LabRun) -> str:
    winner, baseline, metric = run.winner, run.best_baseline, run.judged_by
    classes, tracks = len(run.evaluation.classes), len(run.dataset.tracks)
    if winner is None or not metric:
        return f"{tracks} tracks of {classes} classes; no model was run."
    mine = winner.metrics[metric]
    text = (
        f"Of {len(run.evaluation.models)} models, {winner.name} tells {classes} classes apart best on songs it never heard: "
        f"{metric_name(metric)} {mine.value:.3f} ({mine.low:.3f}–{mine.high:.3f})."
    )
    if baseline is not None:
        text += f" The best baseline, {baseline.name}, has {baseline.metrics[metric].value:.3f}."
    return text


def _figures(run: LabRun) -> tuple[tuple[str, str], ...]:
    figures = [("Songs", f"{len(run.dataset.tracks)}"), ("Classes", f"{len(run.evaluation.classes)}")]
    winner, baseline, metric = run.winner, run.best_baseline, run.judged_by
    if winner is not None:
        names = dict.fromkeys(name for name in (metric, "top1", "top3", "pr_auc", "roc_auc") if name in winner.metrics)
        known = [name for name in names if isfinite(winner.metrics[name].value)][:3]
        figures += [(f"{winner.name}: {metric_name(name)}", f"{winner.metrics[name].value:.3f}") for name in known]
    if baseline is not None and metric:
        figures.append((f"{baseline.name}: {metric_name(metric)}", f"{baseline.metrics[metric].value:.3f}"))
    return tuple(figures)


def _hints_section(hints: tuple[Hint, ...]) -> Section:
    order = {"look": 0, "good": 1, "unknown": 2}
    blocks = [Notice(state=hint.state, title=hint.title, text=hint.text) for hint in sorted(hints, key=lambda hint: order[hint.state])]
    return Section(title="Before you believe it", blocks=tuple(blocks))


def _map_section(run: LabRun, songs: SongMap | None, sounds: Mapping[str, str]) -> Section:
    if songs is None:
        return Section(title="Map of songs", blocks=())
    number = {name: index for index, name in enumerate(run.evaluation.classes)}
    tracks = {track.id: track for track in run.dataset.tracks}
    judged = {song.id: song for song in judge_songs(run.winner.predictions)} if run.winner is not None else {}
    about = {}
    for name in songs.ids:
        labels = tracks[name].labels if name in tracks else ()
        kind = next((number[label] for label in labels if label in number), -1)
        about[name] = MapSong(kind=kind, name=name, judged=judged.get(name), sound=sounds.get(name, ""))
    text = "Songs by their features alone, no label was used: those that lie together are alike to the models' ears."
    return Section(title="Map of songs", blocks=(Text(text=text), map_widget(songs, run.evaluation.classes, about)))


def _making_section(run: LabRun) -> Section:
    blocks: list[Block] = []
    if run.evaluation.notes:
        blocks.append(Table(head=("",), rows=tuple((note,) for note in run.evaluation.notes), caption="Noted on the way"))
    rows = [("command", run.command)] if run.command else []
    rows += [(f"seed of {name}", f"{seed}") for name, seed in run.seeds.items()]
    rows += list(run.options.items())
    if rows:
        blocks.append(Table(head=("asked", ""), rows=tuple(rows)))
    if run.hashes:
        blocks.append(Table(head=("SHA-256 of", ""), rows=tuple(run.hashes.items())))
    blocks.append(Table(head=("version", ""), rows=tuple(environment(PACKAGES).items())))
    return Section(title="How it was made", blocks=tuple(blocks), folded=True)


def _varying_section(run: LabRun) -> Section:
    rows = tuple((model.name, f"{model.fit_s:.1f} s", f"{model.predict_s:.2f} s") for model in run.evaluation.models)
    blocks: list[Block] = [Table(head=("model", "fitting", "judging"), rows=rows, caption="Over all folds")] if rows else []
    blocks.append(Table(head=("machine", ""), rows=tuple(machine().items())))
    return Section(title="What differs from run to run", blocks=tuple(blocks), folded=True)
