"""The one call: a dataset, its features, a split and models in; tables with intervals, baselines and comparisons out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.split import Split
from hexachord.learning.estimators.registry import learner, require_scikit_learn
from hexachord.learning.evaluation.chunk_twin import chunk_twin
from hexachord.learning.evaluation.crossing import Crossing, Progress, cross, cross_majority
from hexachord.learning.evaluation.curves import learning_curve
from hexachord.learning.evaluation.examples import Examples, block_columns, bring_together, mfcc_columns
from hexachord.learning.evaluation.fusing import LEARNT_RULES, fuse
from hexachord.learning.evaluation.judging import compare, judge
from hexachord.learning.evaluation.plan import EvaluationOptions, FusionPlan, ModelPlan, called
from hexachord.learning.evaluation.result import Comparison, Evaluation, LearningCurve, ModelResult, Predictions
from hexachord.learning.features.table import FeatureTable

MAJORITY, SHUFFLED, MFCC_SVM = "majority", "shuffled labels", "mfcc svm"
DEFAULT_MODELS = ("knn", "svm-rbf", "forest")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Job:
    """A plan with its name, its examples and what it is called in words."""

    plan: ModelPlan
    examples: Examples
    about: str
    baseline: bool = False
    shuffled: bool = False


def evaluate(
    dataset: Dataset,
    tables: FeatureTable | Mapping[str, FeatureTable],
    split: Split,
    *,
    models: Sequence[str | ModelPlan] = DEFAULT_MODELS,
    fusions: Sequence[FusionPlan] = (),
    options: EvaluationOptions = EvaluationOptions(),
    progress: Progress | None = None,
) -> Evaluation:
    """Judge models by a split.

    Everything that looks at numbers is fitted to the training side of each fold; what is tuned is tuned in inner folds of it, which keep
    the same groups together. The pieces of a track vote. Baselines stand first: the majority class, a model of shuffled labels, and an SVM
    of the means and deviations of MFCCs where there are any.

    Parameters
    ----------
    tables : of features, or several by name; rows of unknown tracks are left out, tracks without rows are not judged
    models : learners by name, or plans; names go with the first table
    fusions : of those models
    progress : is told what is done

    Raises
    ------
    InputError : for an unknown learner, table or block, no labelled track with features, or a training side with one class.
    MissingExtraError : without scikit-learn.
    """
    require_scikit_learn("learn")
    named = {"features": tables} if isinstance(tables, FeatureTable) else dict(tables)
    if not named or not models:
        raise InputError("evaluation", found=f"{len(named)} tables and {len(models)} models", expected="at least one of each")
    group = split.whole
    examples = {name: bring_together(dataset, table, group=group) for name, table in named.items()}
    songs = dict(zip(dataset.ids, dataset.groups("song"), strict=True))
    jobs = _jobs(models, examples, options)
    crossings: dict[str, Crossing] = {}
    results: list[ModelResult] = []
    first = next(iter(examples.values()))
    unseen = any(plan.rule in LEARNT_RULES for plan in fusions)
    if options.baselines:
        majority = cross_majority(first, split.folds, classes=len(dataset.classes))
        results.append(_judge(majority, MAJORITY, "the commonest class of the training side", dataset, songs, options, baseline=True))
    for job in jobs:
        name = job.plan.name
        run = replace(options, inner_folds=2) if job.shuffled else replace(options, keep_unseen=unseen and not job.baseline)
        crossing = cross(
            job.plan, job.examples, split.folds, classes=len(dataset.classes), options=run, shuffle_labels=job.shuffled, progress=progress
        )
        crossings[name] = crossing
        results.append(_judge(crossing.predictions, name, job.about, dataset, songs, options, crossing=crossing, baseline=job.baseline))
    for plan in fusions:
        crossing = fuse(plan, crossings, first)
        crossings[plan.name] = crossing
        about = f"{plan.rule} of {', '.join(plan.of)}"
        results.append(_judge(crossing.predictions, plan.name, about, dataset, songs, options, crossing=crossing))
    wanted = [job for job in jobs if not job.baseline]
    return Evaluation(
        classes=dataset.classes,
        rule=split.rule,
        models=tuple(results),
        comparisons=_comparisons(results, songs, options),
        curves=_curves(wanted, results, crossings, dataset, split, options, progress),
        chunk_models=_twins(wanted, dataset, split, songs, options, progress) if options.chunk_twin else (),
        notes=_notes(dataset, examples, split),
    )


def best_model(results: Sequence[ModelResult]) -> ModelResult:
    """Give the model that is no baseline with the highest balanced accuracy (F over labels for multi-label data), the first of equals."""
    found = [result for result in results if not result.baseline] or list(results)
    return max(found, key=lambda result: result.metrics.get("balanced_accuracy", result.metrics["f1_macro"]).value)


def _jobs(models: Sequence[str | ModelPlan], examples: Mapping[str, Examples], options: EvaluationOptions) -> list[_Job]:
    plans = [ModelPlan(learner=model) if isinstance(model, str) else model for model in models]
    first_table = next(iter(examples))
    wanted = []
    for plan in plans:
        table = plan.table or first_table
        if table not in examples:
            raise InputError(f"model {plan.name or plan.learner}", found=f"no table {table!r}", expected=", ".join(examples))
        made = learner(plan.learner)
        if made.task != "classes":
            raise InputError(f"model {plan.learner}", found=f"a learner of {made.task}", expected="a classifier")
        seen = examples[table]
        if plan.blocks:
            seen = seen.take_columns(block_columns(seen, plan.blocks))
        where = f" of {table}" if len(examples) > 1 else ""
        words = [made.about, f"{len(seen.names)} features{where}", *([" and ".join(plan.blocks)] if plan.blocks else [])]
        about = "; ".join([*words, *([plan.about] if plan.about else [])])
        placed = replace(plan, table=table)
        wanted.append(_Job(plan=replace(placed, name=called(placed, tables=len(examples))), examples=seen, about=about))
    names = [job.plan.name for job in wanted]
    taken = [MAJORITY, SHUFFLED, MFCC_SVM] if options.baselines else []
    for name in names:
        if names.count(name) > 1 or name in taken:
            raise InputError(f"model {name!r}", found="that name twice", expected="a name of its own for each model")
    if not options.baselines:
        return wanted
    lead = wanted[0]
    plain = replace(lead.plan, name=SHUFFLED, grid=())
    before = [_Job(plan=plain, examples=lead.examples, about=f"{lead.plan.name} of labels dealt out anew", baseline=True, shuffled=True)]
    for seen in examples.values():
        columns = mfcc_columns(seen)
        if columns:
            mfcc = seen.take_columns(columns)
            about = f"support vector machine, RBF kernel; {len(columns)} means and deviations of MFCCs"
            before.append(_Job(plan=ModelPlan(learner="svm-rbf", name=MFCC_SVM), examples=mfcc, about=about, baseline=True))
            break
    return before + wanted


def _judge(
    predictions: Predictions,
    name: str,
    about: str,
    dataset: Dataset,
    songs: Mapping[str, str],
    options: EvaluationOptions,
    *,
    crossing: Crossing | None = None,
    baseline: bool = False,
) -> ModelResult:
    return judge(
        predictions,
        name=name,
        classes=dataset.classes,
        songs=songs,
        about=about,
        top=tuple(k for k in options.top if k <= len(dataset.classes)),
        resamples=options.resamples,
        seed=options.seed,
        train_metrics={} if crossing is None else crossing.train_metrics,
        chosen=() if crossing is None else crossing.chosen,
        fit_s=0.0 if crossing is None else crossing.fit_s,
        predict_s=0.0 if crossing is None else crossing.predict_s,
        baseline=baseline,
    )


def _comparisons(results: Sequence[ModelResult], songs: Mapping[str, str], options: EvaluationOptions) -> tuple[Comparison, ...]:
    """The best model beside every other; every model beside the SVM of MFCCs."""
    best = best_model(results)
    pairs = [(best, other) for other in results if other is not best]
    pairs += [
        (result, base) for base in results if base.name == MFCC_SVM for result in results if not result.baseline and result is not best
    ]
    return tuple(
        compare(first, second, songs=songs, resamples=options.resamples, seed=options.seed)
        for first, second in pairs
        if first.predictions.ids == second.predictions.ids
    )


def _curves(
    jobs: Sequence[_Job],
    results: Sequence[ModelResult],
    crossings: Mapping[str, Crossing],
    dataset: Dataset,
    split: Split,
    options: EvaluationOptions,
    progress: Progress | None,
) -> tuple[LearningCurve, ...]:
    if not options.curve:
        return ()
    single = {job.plan.name: job for job in jobs}
    names = options.curve_models or (best_model([result for result in results if result.name in single]).name,)
    for name in names:
        if name not in single:
            raise InputError(f"learning curve of {name!r}", found="no such model", expected=", ".join(single))
    return tuple(
        learning_curve(
            single[name].plan,
            single[name].examples,
            split.folds,
            classes=len(dataset.classes),
            options=options,
            settings=crossings[name].settings,
            progress=progress,
        )
        for name in names
    )


def _twins(
    jobs: Sequence[_Job], dataset: Dataset, split: Split, songs: Mapping[str, str], options: EvaluationOptions, progress: Progress | None
) -> tuple[ModelResult, ...]:
    twins = []
    for job in jobs:
        examples, folds = chunk_twin(job.examples, split.folds, seed=options.seed)
        crossing = cross(job.plan, examples, folds, classes=len(dataset.classes), options=options, progress=progress)
        about = job.about + "; pieces of one song on both sides"
        twins.append(_judge(crossing.predictions, job.plan.name, about, dataset, songs, options, crossing=crossing))
    return tuple(twins)


def _notes(dataset: Dataset, examples: Mapping[str, Examples], split: Split) -> tuple[str, ...]:
    notes = []
    for name, seen in examples.items():
        lacking = int((~seen.has_rows).sum())
        if lacking:
            notes.append(f"{lacking} of {len(dataset)} tracks have no features in {name!r} and are neither learnt from nor judged")
        holes = int(np.isnan(seen.values).any(axis=0).sum())
        if holes:
            notes.append(f"{holes} of {len(seen.names)} columns of {name!r} have holes, filled with means of the training side")
    if split.leaks_on_purpose:
        notes.append("pieces of one song stand on both sides of this split, as was asked for: its numbers say nothing about new songs")
    return tuple(notes)
