"""The recipe "emotion", step by step: read, describe each branch, judge branches and fusions on the same folds, report."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np

from hexachord.corpus.batch import BatchResult, BatchStep, run_batch
from hexachord.corpus.store import JSON_RESULTS, Failure, ResultStore
from hexachord.errors import InputError
from hexachord.files import write_text
from hexachord.journeys.lab.report import write_lab_report
from hexachord.journeys.lab.run import LabRun
from hexachord.journeys.pipeline import Listener
from hexachord.journeys.recipes.emotion import EmotionOptions
from hexachord.journeys.recipes.emotion_data import SCALES, FeltSongs, read_songs
from hexachord.journeys.recipes.recipe import Cooked
from hexachord.journeys.recipes.run_folder import RunFolder, open_run
from hexachord.journeys.reporting.html import html_page
from hexachord.journeys.reporting.markdown import markdown_page
from hexachord.journeys.reporting.report import Report, Section, Table, Text
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.leaks import guard_against_leaks
from hexachord.learning.datasets.split import Split
from hexachord.learning.datasets.splitting import SplitOptions, make_split
from hexachord.learning.evaluation.evaluating import best_model, evaluate
from hexachord.learning.evaluation.plan import EvaluationOptions, FusionPlan, ModelPlan
from hexachord.learning.evaluation.result import Evaluation, Interval
from hexachord.learning.evaluation.storing import save_evaluation
from hexachord.learning.features.extraction import descriptors_version, extract_features
from hexachord.learning.features.fusion import BlockScaler, early_fusion
from hexachord.learning.features.lyrics import TfIdf, count_words, read_lyrics, word_columns
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.score_features import describe_score, score_table
from hexachord.learning.features.selection import MeanReplacer
from hexachord.learning.features.table import FeatureTable
from hexachord.score.formats import load_score

EARLY = "early"
_LATE = (("late mean", "mean"), ("late weighted", "tuned"), ("late stacking", "stacking"))
_MOST_GROUPS = 30
_FEW = 200  # columns
_SHOWN = ("balanced_accuracy", "f1_macro", "roc_auc")


@dataclass(frozen=True, kw_only=True)
class DescribeNotes:
    """Describe the notes of a score: what a worker process does."""

    def __call__(self, path: Path) -> Mapping[str, Any]:
        """Give numbers by name; what cannot be measured is left out.

        Raises
        ------
        InputError : if it cannot be read, or has no notes.
        """
        found = describe_score(load_score(path))
        if not found:
            raise InputError(path, found="no pitched note", expected="music", next_step="replace it or leave it out")
        return {name: float(value) for name, value in found.items() if np.isfinite(value)}


def cook_emotion(options: EmotionOptions, out: Path, *, listener: Listener | None = None) -> Cooked:
    """Tell high from low valence and arousal, by each branch and by their fusions.

    Parameters
    ----------
    options : what is asked
    out : the folder of the run; what an earlier one described is taken from there
    listener : hears how far it is

    Raises
    ------
    InputError : if the data cannot be used, or an option is unknown.
    MissingExtraError : without scikit-learn.
    """
    with open_run(out, recipe="emotion", listener=listener) as run:
        songs = read_songs(options.data, branches=options.branches, group=options.group)
        run.plan(len([branch for branch in songs.files if branch != "lyrics"]) + len(SCALES))
        branches, lost = describe_branches(songs, run, workers=options.workers or None)
        found: dict[str, Evaluation] = {}
        files = list[str]()
        for scale in SCALES:
            dataset = songs.on_scale(scale, options.middle)
            split = split_of(dataset, songs, options)
            tell = run.progress(scale, f"judge {scale}")
            found[scale] = judge_branches(dataset, branches, split, options, progress=lambda what, tell=tell: tell(0.5))  # type: ignore[misc]
            tell(1.0)
            files += _report_scale(scale, dataset, split, branches, found[scale], (*songs.skipped, *lost), options, run)
        files += _overview(songs, branches, found, (*songs.skipped, *lost), run)
        return Cooked(folder=run.folder, report=run.path("report.html"), numbers=_numbers(found), lines=_lines(found), files=tuple(files))


def describe_branches(songs: FeltSongs, run: RunFolder, *, workers: int | None) -> tuple[dict[str, FeatureTable], tuple[str, ...]]:
    """Describe what there is of each song; a song without a branch has a row of missing numbers there.

    Returns
    -------
    Tables by branch, each with a row for each song in order; lines about files that could not be described.
    """
    tables: dict[str, FeatureTable] = {}
    lines = list[str]()
    for branch, paths in songs.files.items():
        if branch == "audio":
            dataset = replace(songs.on_scale(SCALES[0], "median"), name=songs.name)
            made = extract_features(
                dataset.take(row for row, track in enumerate(dataset.tracks) if track.path is not None),
                run.work / "audio",
                workers=workers,
                progress=run.steps(branch, "describe every recording"),
            )
            table, failed = made.table, list(made.skipped.values())
        elif branch == "score":
            table, failed = _scores(paths, run.work / "score", workers, run.steps(branch, "describe the notes of every score"))
        else:
            table, failed = _lyrics(paths)
        tables[branch] = _every_song(table, songs.ids)
        lines += failed
    return tables, tuple(lines)


def split_of(dataset: Dataset, songs: FeltSongs, options: EmotionOptions) -> Split:
    """Leave each group out once, where there are groups and not too many; else folds."""
    groups = len(set(songs.groups))
    if not options.folds and songs.group != "song" and 2 <= groups <= _MOST_GROUPS:
        split = make_split(dataset, SplitOptions(kind="leave-one-group-out", group=songs.group, seed=options.seed))
    else:
        split = make_split(dataset, SplitOptions(folds=options.folds or 5, group=songs.group, seed=options.seed))
    guard_against_leaks(dataset, split)
    return split


def judge_branches(
    dataset: Dataset,
    branches: Mapping[str, FeatureTable],
    split: Split,
    options: EmotionOptions,
    *,
    progress: Callable[[str], None] | None = None,
) -> Evaluation:
    """Judge each branch alone, their columns side by side, and their answers together.

    Raises
    ------
    InputError : for an unknown model, or a training side with one class.
    """
    tables = dict(branches)
    models = [
        ModelPlan(learner=_learner(options, table), name=name, table=name, preparation=_steps(table)) for name, table in branches.items()
    ]
    fusions: tuple[FusionPlan, ...] = ()
    if len(branches) > 1:
        together = early_fusion(branches)
        tables[EARLY] = together.table
        blocks = tuple(together.blocks.values())
        models.append(
            ModelPlan(
                learner=_learner(options, together.table),
                name=EARLY,
                table=EARLY,
                preparation=(*_steps(together.table), BlockScaler(blocks)),
                about="each branch at the same strength",
            )
        )
        fusions = tuple(FusionPlan(name=name, of=tuple(branches), rule=rule) for name, rule in _LATE)
    judging = EvaluationOptions(scoring="balanced_accuracy", top=(), seed=options.seed)
    return evaluate(dataset, tables, split, models=models, fusions=fusions, options=judging, progress=progress)


def _learner(options: EmotionOptions, table: FeatureTable) -> str:
    """The balanced one sets its threshold by many small fits, for which columns must be few."""
    if options.model != "auto":
        return options.model
    return "logistic-balanced" if len(table.names) <= _FEW else "logistic"


def _steps(table: FeatureTable) -> tuple[Any, ...]:
    words = word_columns(table.names)
    return (*([TfIdf(words)] if words else []), MeanReplacer(), Scaler())


def _scores(
    paths: Mapping[str, Path], work: Path, workers: int | None, progress: Callable[[BatchStep], None]
) -> tuple[FeatureTable, list[str]]:
    store: ResultStore[Mapping[str, Any]] = ResultStore(folder=work, name="notes", version=descriptors_version(), form=JSON_RESULTS)
    batch: BatchResult[Path, Mapping[str, Any]] = run_batch(
        DescribeNotes(), list(paths.values()), store=store, workers=workers, progress=progress
    )
    ids, rows, failed = list[str](), list[dict[str, float]](), list[str]()
    for name, (_, outcome) in zip(paths, batch.results(), strict=True):
        if isinstance(outcome, Failure):
            failed.append(outcome.line)
        else:
            ids.append(name)
            rows.append(dict(outcome))
    if not rows:
        raise InputError("score", found=f"no score that could be read; the first: {failed[0]}", next_step="check the files")
    return score_table(tuple(ids), rows), failed


def _lyrics(paths: Mapping[str, Path]) -> tuple[FeatureTable, list[str]]:
    texts, failed = dict[str, str](), list[str]()
    for name, path in paths.items():
        try:
            texts[name] = read_lyrics(path)
        except InputError as error:
            failed.append(str(error))
    if not texts:
        raise InputError("lyrics", found=f"no lyrics that could be read; the first: {failed[0]}", next_step="check the files")
    return count_words(texts), failed


def _every_song(table: FeatureTable, ids: tuple[str, ...]) -> FeatureTable:
    values = np.full((len(ids), len(table.names)), np.nan)
    place = {name: row for row, name in enumerate(table.ids)}
    for row, name in enumerate(ids):
        if name in place:
            values[row] = table.values[place[name]]
    return FeatureTable(ids=ids, names=table.names, values=values)


def _report_scale(
    scale: str,
    dataset: Dataset,
    split: Split,
    branches: Mapping[str, FeatureTable],
    found: Evaluation,
    lines: tuple[str, ...],
    options: EmotionOptions,
    run: RunFolder,
) -> list[str]:
    table = early_fusion(branches).table if len(branches) > 1 else next(iter(branches.values()))
    lab = LabRun(
        title=f"emotion: {scale} of {dataset.name.removesuffix(' ' + scale)}",
        dataset=replace(dataset, skipped=lines),
        evaluation=found,
        split=split,
        leaks=guard_against_leaks(dataset, split),
        table=table,
        command=f"hexachord recipe emotion --data {quote(options.data.name)} --seed {options.seed}",
        seeds={"seed": options.seed},
        options={"branches": ", ".join(branches), "model": options.model, "middle": options.middle},
    )
    made = write_lab_report(lab, run.folder / scale, seed=options.seed)
    save_evaluation(found, run.path(f"{scale}/evaluation.json"))
    return [*(f"{scale}/{name}" for name in made.files), f"{scale}/evaluation.json"]


def _overview(
    songs: FeltSongs, branches: Mapping[str, FeatureTable], found: Mapping[str, Evaluation], lines: tuple[str, ...], run: RunFolder
) -> list[str]:
    rows = [row for scale in SCALES for row in _rows(scale, found[scale])]
    head = ("scale", "model", *(name.replace("_", " ") for name in _SHOWN))
    described = [
        (branch, f"{int(np.isfinite(table.values).any(axis=1).sum())} of {len(songs.ids)}", str(len(table.names)))
        for branch, table in branches.items()
    ]
    links = "Each scale has a report of its own: valence/report.html, arousal/report.html."
    report = Report(
        title=f"Emotion: {songs.name}",
        lead=f"{len(songs.ids)} songs, {len(set(songs.groups))} groups by {songs.group}; judged by: {found[SCALES[0]].rule}. {links}",
        figures=tuple((f"{scale}: {name}", f"{value:.2f}") for scale, (name, value) in ((scale, _best(found[scale])) for scale in SCALES)),
        sections=(
            Section(
                title="Branches and fusions, side by side",
                blocks=(Table(head=head, rows=tuple(rows), caption="With 95 % intervals over songs; all on the same folds."),),
            ),
            Section(
                title="What was described",
                blocks=(Table(head=("branch", "songs", "columns"), rows=tuple(described)), *(Text(text=line) for line in lines[:50])),
            ),
        ),
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([("scale", "model", *(f"{name}{end}" for name in _SHOWN for end in ("", "_low", "_high"))), *_plain_rows(found)])
    write_text(run.path("report.html"), html_page(report))
    write_text(run.path("report.md"), markdown_page(report))
    write_text(run.path("fusion.csv"), out.getvalue())
    return ["report.html", "report.md", "fusion.csv"]


def _rows(scale: str, found: Evaluation) -> list[tuple[str, ...]]:
    return [
        (scale, model.name + (" (baseline)" if model.baseline else ""), *(_words(model.metrics[name]) for name in _SHOWN))
        for model in found.models
    ]


def _plain_rows(found: Mapping[str, Evaluation]) -> list[tuple[str, ...]]:
    return [
        (scale, model.name, *(f"{value:.6f}" for name in _SHOWN for value in _parts(model.metrics[name])))
        for scale, one in found.items()
        for model in one.models
    ]


def _parts(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _words(found: Interval) -> str:
    return f"{found.value:.3f} ({found.low:.2f}-{found.high:.2f})"


def _best(found: Evaluation) -> tuple[str, float]:
    best = best_model(found.models)
    return best.name, best.metrics["balanced_accuracy"].value


def _numbers(found: Mapping[str, Evaluation]) -> dict[str, Any]:
    return {
        scale: {model.name: {name: model.metrics[name].value for name in _SHOWN} for model in one.models} for scale, one in found.items()
    }


def _lines(found: Mapping[str, Evaluation]) -> tuple[str, ...]:
    lines = [f"judged by: {found[SCALES[0]].rule}"]
    for scale, one in found.items():
        lines += [f"{scale:<8} {model.name:<16} balanced accuracy {_words(model.metrics['balanced_accuracy'])}" for model in one.models]
    return tuple(lines)
