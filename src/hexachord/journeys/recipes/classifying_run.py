"""The recipes that tell classes apart, step by step: look at the data, describe them, judge models, guess, report.

Whatever is computed of a file is kept beside the run, so after a kill the same command goes on where it was, a network from its
checkpoint.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from shlex import quote

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError
from hexachord.journeys.lab.report import write_lab_report
from hexachord.journeys.lab.run import LabRun, TrainingCurve
from hexachord.journeys.learning_tools.featuring import file_mark
from hexachord.journeys.pipeline import Listener
from hexachord.journeys.recipes.classifying import ClassifyOptions
from hexachord.journeys.recipes.classifying_data import Prepared, hashes_of, prepare
from hexachord.journeys.recipes.classifying_models import (
    NETWORK,
    PIECES,
    TOGETHER,
    TRACKS,
    Described,
    add_network,
    describe,
    how_described,
    judge_models,
    map_table,
    refit,
)
from hexachord.journeys.recipes.handing_in import hand_in
from hexachord.journeys.recipes.recipe import Cooked
from hexachord.journeys.recipes.run_folder import RunFolder, open_run
from hexachord.learning.datasets.openings import read_openings, record_opening
from hexachord.learning.evaluation.evaluating import best_model
from hexachord.learning.evaluation.families import FAMILIES
from hexachord.learning.evaluation.model_files import save_fitted
from hexachord.learning.evaluation.plan import FusionPlan, ModelPlan, called
from hexachord.learning.evaluation.result import Evaluation, ModelResult
from hexachord.learning.evaluation.storing import save_evaluation

_OPENINGS = "openings.jsonl"
_MODEL = "model.npz"


def cook_classify(options: ClassifyOptions, out: Path, *, listener: Listener | None = None) -> Cooked:
    """Do the recipe ``classify``; see `cook`."""
    return cook(options, out, recipe="classify", listener=listener)


def cook_singer(options: ClassifyOptions, out: Path, *, listener: Listener | None = None) -> Cooked:
    """Do the recipe ``singer``; see `cook`."""
    return cook(options, out, recipe="singer", listener=listener)


def cook_genre(options: ClassifyOptions, out: Path, *, listener: Listener | None = None) -> Cooked:
    """Do the recipe ``genre``; see `cook`."""
    return cook(options, out, recipe="genre", listener=listener)


def cook_instrument(options: ClassifyOptions, out: Path, *, listener: Listener | None = None) -> Cooked:
    """Do the recipe ``instrument``; see `cook`."""
    return cook(options, out, recipe="instrument", listener=listener)


def cook_activity(options: ClassifyOptions, out: Path, *, listener: Listener | None = None) -> Cooked:
    """Do the recipe ``activity``; see `cook`."""
    return cook(options, out, recipe="activity", listener=listener)


def cook(options: ClassifyOptions, out: Path, *, recipe: str, listener: Listener | None = None) -> Cooked:
    """Tell the classes of a collection apart, and say how well that goes.

    Parameters
    ----------
    options : what is asked
    out : the folder of the run; what an earlier one left there is taken up again
    recipe : whose run it is
    listener : hears how far it is

    Raises
    ------
    InputError : if the data cannot be used, a split cannot be drawn or would leak, or an option is unknown.
    MissingExtraError : without scikit-learn, or without torch where a network is asked for.
    """
    with open_run(out, recipe=recipe, listener=listener) as run:
        run.plan(_stages(options))
        prepared = prepare(options, run)
        described = describe(prepared, options, run)
        evaluation, plans, fusions = judge_models(prepared, described, options, run)
        evaluation, trainings, heard = add_network(evaluation, prepared, described, options, run)
        winner = best_model(evaluation.models)
        files = [*_save_model(evaluation, plans, prepared, described, options, run)]
        files += _guess(winner, plans, fusions, heard, prepared, described, options, run)
        save_evaluation(evaluation, run.path("evaluation.json"))
        report = write_lab_report(_lab_run(evaluation, trainings, prepared, described, options, run, recipe), run.folder, seed=options.seed)
        lines = (*prepared.integrity.lines(), *prepared.leaks.lines(), *prepared.confounds.lines(), "", *_table(evaluation, winner))
        return Cooked(
            folder=run.folder,
            report=report.page,
            numbers=_numbers(evaluation, winner),
            lines=lines,
            files=tuple(dict.fromkeys([*files, "evaluation.json", "index.json", *report.files])),
        )


def _stages(options: ClassifyOptions) -> int:
    """How many bars there will be: index; frames, tracks and pieces of mix and voice; vectors; models; network."""
    voices = options.emphasis == "vocals"
    return 1 + 3 * (1 + voices) + voices + (options.embedding != "none") + 1 + 2 * (options.network != "none")


def _lab_run(
    evaluation: Evaluation,
    trainings: tuple[TrainingCurve, ...],
    prepared: Prepared,
    described: Described,
    options: ClassifyOptions,
    run: RunFolder,
    recipe: str,
) -> LabRun:
    judged = tuple(sorted({prepared.dataset.tracks[row].id for fold in prepared.split.folds for row in fold.test}))
    log = run.path(_OPENINGS)
    record_opening(log, prepared.dataset, purpose=f"recipe {recipe}", ids=judged)
    asked = {name: value for name, value in asdict(options).items() if name != "data"}
    return LabRun(
        title=f"{recipe}: {prepared.dataset.name}",
        dataset=prepared.dataset,
        evaluation=evaluation,
        split=prepared.split,
        table=map_table(described),
        integrity=prepared.integrity,
        leaks=prepared.leaks,
        confounds=prepared.confounds,
        openings=read_openings(log),
        trainings=trainings,
        limit=options.limit if options.limit < 1 else None,
        command=f"hexachord recipe {recipe} --data {quote(options.data.name)} --seed {options.seed}",
        seeds={"seed": options.seed},
        hashes=hashes_of(prepared),
        options={name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value) for name, value in asked.items()},
    )


def _save_model(
    evaluation: Evaluation, plans: Sequence[ModelPlan], prepared: Prepared, described: Described, options: ClassifyOptions, run: RunFolder
) -> tuple[str, ...]:
    """Keep the best single model of the mix that can be kept without pickle, fitted to every labelled track."""
    by_name = {called(plan, tables=len(described.tables)): plan for plan in plans if plan.table in (TRACKS, PIECES)}
    name = best_model([model for model in evaluation.models if model.name in by_name]).name
    fitted = refit([name], plans, prepared, described, options)[name]
    learnt = [file_mark(track) for track in prepared.dataset.tracks if track.labels and track.path is not None]
    about = {
        "model": name,
        "data": prepared.dataset.name,
        "learnt_from": json.dumps(sorted(learnt)),  # so that nobody judges it by them unawares
        **how_described(described, by_name[name].table),
    }
    try:
        save_fitted(fitted, run.path(_MODEL), classes=prepared.dataset.classes, about=about)
    except InputError:  # a learner that has no form without pickle: the report has its numbers all the same
        return ()
    return (_MODEL,)


def _guess(
    winner: ModelResult,
    plans: Sequence[ModelPlan],
    fusions: Sequence[FusionPlan],
    heard: Float64Array | None,
    prepared: Prepared,
    described: Described,
    options: ClassifyOptions,
    run: RunFolder,
) -> tuple[str, ...]:
    """Say what tracks without labels are, by the best model, fitted to every labelled track (a network to its training side)."""
    blind = [track.id for track in prepared.dataset.tracks if not track.labels]
    if not blind:
        return ()
    voices: list[Float64Array] = []
    if winner.name in (NETWORK, TOGETHER) and heard is not None:
        voices.append(heard)
    if winner.name != NETWORK:
        wanted = {plan.name: plan.of for plan in fusions}.get(FAMILIES if winner.name == TOGETHER else winner.name, (winner.name,))
        models = refit(wanted, plans, prepared, described, options)
        tables = {called(plan, tables=len(described.tables)): described.tables[plan.table] for plan in plans}
        parts = []
        for name, model in models.items():
            table = tables[name]
            rows = [row for row, track in enumerate(table.ids) if track in set(blind)]
            ids, scores = model.score(table.rows(rows))
            place = {track: number for number, track in enumerate(ids)}
            even = np.full(scores.shape[1], 1.0 / scores.shape[1])  # a track that could not be described says nothing
            parts.append(np.stack([scores[place[track]] if track in place else even for track in blind]))
        voices.append(np.mean(parts, axis=0))
    scores = np.mean(voices, axis=0)
    return hand_in(run.folder, options.submission, blind, scores, prepared.dataset.classes, multi_label=prepared.dataset.multi_label)


def _numbers(evaluation: Evaluation, winner: ModelResult) -> dict[str, object]:
    return {
        "winner": winner.name,
        "models": {
            model.name: {name: [found.value, found.low, found.high] for name, found in model.metrics.items()} for model in evaluation.models
        },
        "comparisons": [
            {"first": pair.first, "second": pair.second, "gain": asdict(pair.gain), "p": pair.p_value} for pair in evaluation.comparisons
        ],
    }


def _table(evaluation: Evaluation, winner: ModelResult) -> list[str]:
    """The models in words, a line each; the parts of a fusion are in the report."""
    shown = [name for name in ("top1", "top3", "balanced_accuracy", "roc_auc", "pr_auc", "f1_macro") if name in winner.metrics]
    shown = [name for name in shown if name not in ("roc_auc", "pr_auc", "f1_macro")] or shown
    wide = max(len(model.name) for model in evaluation.models) + 2
    lines = [evaluation.rule, " " * wide + "".join(f"{name:>24}" for name in shown)]
    for model in evaluation.models:
        if FAMILIES + ": " in model.name:
            continue
        found = (model.metrics.get(name) for name in shown)
        cells = "".join(f"{f'{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]' if one else '':>24}" for one in found)
        lines.append(f"{model.name:<{wide}}{cells}{'  *' if model is winner else ''}")
    return lines
