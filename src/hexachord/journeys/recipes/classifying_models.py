"""The second half of a classification: features, models, a network, and what they say of tracks without labels."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.errors import InputError, MissingExtraError
from hexachord.journeys.lab.run import TrainingCurve
from hexachord.journeys.recipes.classifying import ClassifyOptions
from hexachord.journeys.recipes.classifying_data import Prepared, with_some_to_choose_by
from hexachord.journeys.recipes.classifying_sound import EMPHASES, spectrograms_of, vectors_of, voices_of
from hexachord.journeys.recipes.run_folder import RunFolder
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.evaluation.evaluating import best_model, evaluate
from hexachord.learning.evaluation.examples import block_columns, bring_together
from hexachord.learning.evaluation.families import FAMILIES, family_plans
from hexachord.learning.evaluation.fitting import FittedModel, fit_model
from hexachord.learning.evaluation.judging import compare, judge
from hexachord.learning.evaluation.plan import EvaluationOptions, FusionPlan, ModelPlan, called
from hexachord.learning.evaluation.result import Evaluation, ModelResult, Predictions
from hexachord.learning.features.extraction import ExtractionOptions, extract_frames, feature_table
from hexachord.learning.features.pooling import SOUNDING, VOICED, PoolingOptions
from hexachord.learning.features.table import FeatureTable, join_columns

if TYPE_CHECKING:
    from hexachord.learning.deep.classifier_options import ClassifierOptions

TRACKS, PIECES, EMBEDDING = "tracks", "pieces", "embedding"
NETWORK, TOGETHER = "network", "families and network"
_VOICE = "voice "  # before the names of what is told from the separated voice
_CURVE = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Described:
    """Features.

    Attributes
    ----------
    tables : rows of tracks, and of pieces; those of the separated voice too, where it was asked for
    pooling : how frames became rows, by table
    voices : the dataset with voices for files; None where they were not asked for
    lines : of what could not be described
    """

    tables: Mapping[str, FeatureTable]
    pooling: Mapping[str, PoolingOptions]
    voices: Dataset | None
    lines: tuple[str, ...]


def describe(prepared: Prepared, options: ClassifyOptions, run: RunFolder) -> Described:
    """Describe every recording, and its voice where that is asked for."""
    if options.emphasis not in EMPHASES:
        raise InputError("--emphasis", found=repr(options.emphasis), expected=" or ".join(EMPHASES))
    workers = options.workers or None
    choices = (SOUNDING, VOICED) if options.voiced else (SOUNDING,)
    pooling = {
        TRACKS: PoolingOptions(statistics=("mean", "std", "delta_mean", "delta_std"), choices=choices, song_numbers=True),
        PIECES: PoolingOptions(
            statistics=("mean", "std", "delta_power_mean_1"), choices=choices, chunk_s=options.piece_s, song_numbers=False
        ),
    }
    tables: dict[str, FeatureTable] = {}
    lines: list[str] = []
    voices = voices_of(prepared.dataset, run, workers=workers) if options.emphasis == "vocals" else None
    for prefix, dataset in (("", prepared.dataset), *([(_VOICE, voices)] if voices is not None else [])):
        frames = extract_frames(
            dataset,
            run.work / "frames",
            workers=workers,
            progress=run.steps(f"{prefix}descriptors", f"describe the {prefix or 'mix'}".strip()),
        )
        lines += frames.skipped.values()
        for name, wanted in pooling.items():
            step = run.steps(f"{prefix}{name}", f"pool {prefix}frames to {name}")
            found = feature_table(frames, run.work / "rows", pooling=wanted, workers=workers, progress=step)
            tables[prefix + name] = found.table
    if options.embedding != "none":
        tables[EMBEDDING] = vectors_of(prepared.dataset, options.embedding, run, workers=workers)
    return Described(tables=tables, pooling=pooling, voices=voices, lines=tuple(lines))


def plans_of(described: Described, options: ClassifyOptions, *, multi_label: bool) -> tuple[list[ModelPlan], list[FusionPlan]]:
    """The models: those asked for on whole tracks, and a discriminant for each family of the pieces, mix and voice, answering together."""
    plans = [ModelPlan(learner=name, table=TRACKS) for name in options.models]
    if EMBEDDING in described.tables:
        learner = "logistic" if multi_label else "lda-shared"
        plans.append(ModelPlan(learner=learner, name=EMBEDDING, table=EMBEDDING, about=f"vectors of {options.embedding}"))
    if options.families and not multi_label:
        parts: list[str] = []
        for prefix in ("", _VOICE):
            if prefix + PIECES in described.tables:
                made, fusion = family_plans(described.tables[prefix + PIECES], of=prefix + PIECES, name=f"{prefix}{FAMILIES}")
                plans += made
                parts += fusion.of
        parts += [EMBEDDING] * (EMBEDDING in described.tables)
        return plans, [FusionPlan(name=FAMILIES, of=tuple(parts))]
    return plans, []


def judge_models(
    prepared: Prepared, described: Described, options: ClassifyOptions, run: RunFolder
) -> tuple[Evaluation, list[ModelPlan], list[FusionPlan]]:
    """Judge them all by the split."""
    plans, fusions = plans_of(described, options, multi_label=prepared.dataset.multi_label)
    asked = EvaluationOptions(
        curve=_CURVE if options.curve else (), chunk_twin=options.chunk_twin, seed=options.seed, scoring="balanced_accuracy"
    )
    total = max(1, (len(plans) + 2) * len(prepared.split.folds))
    tell = run.progress("models", "fit and judge models")
    done = 0

    def hear(_: str) -> None:
        nonlocal done
        done += 1
        tell(min(1.0, done / total))

    found = evaluate(prepared.dataset, described.tables, prepared.split, models=plans, fusions=fusions, options=asked, progress=hear)
    return found, plans, fusions


def add_network(
    evaluation: Evaluation, prepared: Prepared, described: Described, options: ClassifyOptions, run: RunFolder
) -> tuple[Evaluation, tuple[TrainingCurve, ...], Float64Array | None]:
    """Train a network in each fold, put it (and its mean with the families) beside the other models.

    Returns
    -------
    The evaluation, how the trainings went, and what the networks say of tracks without labels, (tracks, classes), None where there are none

    Raises
    ------
    MissingExtraError : without torch.
    """
    if options.network == "none":
        return evaluation, (), None
    try:
        from hexachord.learning.deep.classifying import train_classifier
    except ImportError as error:
        raise MissingExtraError(f"--network {options.network}", extra="train", need="training (torch)") from error
    asked = network_options(options)
    dataset = prepared.dataset
    files = spectrograms_of(dataset, asked.feature, run, name="spectrograms", workers=options.workers or None)
    rows = np.array([row for row, name in enumerate(dataset.ids) if name in files])
    known = dataset.take(rows)
    place = {int(row): number for number, row in enumerate(rows)}
    mels = [files[name] for name in known.ids]
    targets = known.indicators() if dataset.multi_label else known.targets()
    unlabelled = [number for number, track in enumerate(known.tracks) if not track.labels]
    scores: dict[tuple[int, str], Float64Array] = {}
    curves, blind = [], []
    for number, fold in enumerate(with_some_to_choose_by(dataset, prepared.split, seed=options.seed)):
        tell = run.progress("network", f"train a network (fold {number + 1} of {len(prepared.split.folds)})")
        here = replace(
            fold,
            **{
                side: np.array([place[int(row)] for row in getattr(fold, side) if int(row) in place], dtype=np.int64)
                for side in ("train", "valid", "test")
            },
        )
        wanted = np.concatenate([here.test, np.array(unlabelled, dtype=np.int64)])
        result = train_classifier(
            mels, targets, here, classes=dataset.classes, options=asked, folder=run.work / "network" / f"fold{number + 1}", rows=wanted,
            progress=_telling(tell),
        )  # fmt: skip
        scores |= {(number, known.ids[int(row)]): one for row, one in zip(here.test, result.scores[: len(here.test)], strict=True)}
        blind.append(result.scores[len(here.test) :])
        curves.append(
            TrainingCurve(
                name=f"fold {number + 1}",
                best=result.best_epoch,
                train=tuple(point.loss for point in result.curve),
                valid=tuple(point.valid_loss for point in result.curve),
            )
        )
    about = f"{options.network}, {options.width} channels at first, log-mel; mean of the chances of its chunks"
    found = _beside(evaluation, scores, dataset, name=NETWORK, about=about)
    return found, tuple(curves), np.mean(blind, axis=0) if unlabelled else None


def _telling(tell: Callable[[float], None]) -> Callable[[float, str], None]:
    return lambda part, _: tell(part)


def network_options(options: ClassifyOptions) -> "ClassifierOptions":
    """How the network is trained.

    Raises
    ------
    InputError : for an unknown architecture.
    """
    from hexachord.learning.deep.classifier_options import ClassifierOptions

    names = ("short-chunk", "short-chunk-residual", "crnn")
    if options.network not in names:
        raise InputError("--network", found=repr(options.network), expected=f"none, {', '.join(names)}")
    return ClassifierOptions(architecture=options.network, epochs=options.epochs, width=options.width, seed=options.seed)  # type: ignore[arg-type]


def _beside(
    evaluation: Evaluation, scores: Mapping[tuple[int, str], Float64Array], dataset: Dataset, *, name: str, about: str
) -> Evaluation:
    """Put a model that was judged elsewhere beside the others, and its mean with the families."""
    models = {model.name: model for model in evaluation.models}
    like = next(iter(models.values())).predictions
    rows = [(int(fold), track) for fold, track in zip(like.folds, like.ids, strict=True)]
    if any(row not in scores for row in rows):
        raise InputError("network", found="tracks without a spectrogram that other models judged", expected="one for each")
    given = np.stack([scores[row] for row in rows])
    songs = dict(zip(dataset.ids, dataset.groups("song"), strict=True))
    new = [_judged(like, given, name, about, dataset, songs)]
    if FAMILIES in models:
        mean = (given + models[FAMILIES].predictions.scores) / 2.0
        new.append(_judged(like, mean, TOGETHER, f"mean of {FAMILIES}, {name}", dataset, songs))
    every = (*evaluation.models, *new)
    best = best_model(every)
    pairs = tuple(compare(best, other, songs=songs) for other in every if other is not best)
    return replace(evaluation, models=every, comparisons=pairs)


def _judged(like: Predictions, scores: Float64Array, name: str, about: str, dataset: Dataset, songs: Mapping[str, str]) -> ModelResult:
    top = tuple(k for k in (3,) if k <= len(dataset.classes))
    seen = replace(like, scores=scores, decided=None)
    return judge(seen, name=name, classes=dataset.classes, songs=songs, about=about, top=top)


def refit(
    names: Sequence[str], plans: Sequence[ModelPlan], prepared: Prepared, described: Described, options: ClassifyOptions
) -> dict[str, FittedModel]:
    """Fit models to every labelled track: what is saved, and asked about tracks without labels."""
    dataset, group = prepared.dataset, prepared.split.whole
    labelled = np.array([row for row, track in enumerate(dataset.tracks) if track.labels], dtype=np.int64)
    found = {}
    for plan in plans:
        name = called(plan, tables=len(described.tables))
        if name in names:
            examples = bring_together(dataset, described.tables[plan.table], group=group)
            if plan.blocks:
                examples = examples.take_columns(block_columns(examples, plan.blocks))
            asked = EvaluationOptions(scoring="balanced_accuracy", seed=options.seed)
            found[name] = fit_model(plan, examples, labelled, classes=len(dataset.classes), options=asked)
    return found


def map_table(described: Described) -> FeatureTable:
    """What the map of songs is drawn from: rows of tracks, mix and voice side by side where both have them."""
    mix = described.tables[TRACKS]
    voice = described.tables.get(_VOICE + TRACKS)
    if voice is None or voice.ids != mix.ids:
        return mix
    renamed = replace(voice, names=tuple(f"voice {name}" for name in voice.names))
    return join_columns([mix, renamed])


def how_described(described: Described, table: str) -> dict[str, str]:
    """Words that a saved model keeps: how its table was made."""
    return {"pooling": json.dumps(asdict(described.pooling[table])), "extraction": json.dumps(asdict(ExtractionOptions()))}
