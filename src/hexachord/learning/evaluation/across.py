"""Learn from one collection, be judged by another: whether a model knows music, or a collection."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.split import Fold, Split
from hexachord.learning.evaluation.crossing import Progress
from hexachord.learning.evaluation.evaluating import DEFAULT_MODELS, evaluate
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.result import Evaluation
from hexachord.learning.features.table import FeatureTable


def evaluate_across(
    learn_from: Dataset,
    learn_table: FeatureTable,
    judged_by: Dataset,
    judge_table: FeatureTable,
    *,
    group: str = "song",
    models: Sequence[str | ModelPlan] = DEFAULT_MODELS,
    options: EvaluationOptions = EvaluationOptions(),
    progress: Progress | None = None,
) -> Evaluation:
    """Fit models to all of one dataset and judge them by all of another.

    Classes and columns that both have take part; what was left out stands in the notes. Ids in the result are ``dataset/id`` where the two
    share one.

    Parameters
    ----------
    group : the kind of group that inner folds of the first dataset keep together

    Raises
    ------
    InputError : if they share fewer than two classes, or no column.
    """
    shared = sorted(set(learn_from.classes) & set(judged_by.classes))
    names = [name for name in learn_table.names if name in set(judge_table.names)]
    subject = f"{learn_from.name} and {judged_by.name}"
    if len(shared) < 2:
        raise InputError(
            subject,
            found=f"{len(shared)} classes in common",
            expected="two or more",
            next_step="give both the same names for what is the same",
        )
    if not names:
        raise InputError(subject, found="no column in common", expected="the same features of both")
    clash = set(learn_from.ids) & set(judged_by.ids)
    first, first_table = _part(learn_from, learn_table.columns(names), shared, clash)
    second, second_table = _part(judged_by, judge_table.columns(names), shared, clash)
    both = Dataset(name=f"{learn_from.name} to {judged_by.name}", tracks=first.tracks + second.tracks)
    table = FeatureTable(
        ids=first_table.ids + second_table.ids, names=tuple(names), values=np.concatenate([first_table.values, second_table.values])
    )
    fold = Fold(train=np.arange(len(first)), test=np.arange(len(first), len(both)))
    split = Split(rule=f"all of {learn_from.name}, judged by all of {judged_by.name}", kind="given", group=group, folds=(fold,))
    found = evaluate(both, table, split, models=models, options=options, progress=progress)
    notes = list(found.notes)
    for dataset, kept in ((learn_from, first), (judged_by, second)):
        left = sorted(set(dataset.classes) - set(shared))
        if left:
            notes.append(f"{dataset.name}: {len(left)} classes that the other has not are left out, with {len(dataset) - len(kept)} tracks")
    for dataset, given in ((learn_from, learn_table), (judged_by, judge_table)):
        if len(given.names) > len(names):
            notes.append(f"{dataset.name}: {len(given.names) - len(names)} columns that the other has not are left out")
    return replace(found, notes=tuple(notes))


def _part(dataset: Dataset, table: FeatureTable, classes: Sequence[str], clash: set[str]) -> tuple[Dataset, FeatureTable]:
    known = set(classes)
    tracks: list[Track] = []
    renamed: dict[str, str] = {}
    for track in dataset.tracks:
        labels = tuple(label for label in track.labels if label in known)
        if labels:
            renamed[track.id] = f"{dataset.name}/{track.id}" if track.id in clash else track.id
            # Groups of two collections are different groups, whatever they are called.
            groups = {kind: f"{dataset.name}/{name}" for kind, name in track.groups.items()}
            tracks.append(replace(track, id=renamed[track.id], labels=labels, groups=groups))
    rows = [row for row, name in enumerate(table.ids) if name in renamed]
    kept = table.rows(rows)
    return replace(dataset, tracks=tuple(tracks)), replace(kept, ids=tuple(renamed[name] for name in kept.ids))
