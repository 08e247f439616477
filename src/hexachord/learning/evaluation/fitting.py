"""One model, fitted.

Everything that looks at numbers (imputation, scaling, selection, search, temperature, thresholds) sees training rows only. The search
runs inside the training side, in folds that keep groups together, and is judged as the model will be: by songs, after their pieces voted.
S. Varma, R. Simon, *Bias in error estimation when using cross-validation for model selection*, BMC Bioinformatics 7, 2006.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.errors import InputError
from hexachord.learning.estimators.registry import Learner, Settings, learner
from hexachord.learning.evaluation.examples import Examples
from hexachord.learning.evaluation.plan import EvaluationOptions, ModelPlan
from hexachord.learning.evaluation.scoring import fit_temperature, raw_scores, to_chances, vote
from hexachord.learning.features.piecewise import Vote
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import MeanReplacer
from hexachord.learning.features.table import FeatureTable
from hexachord.metrics.classification import confusion, table_figures
from hexachord.metrics.tagging import areas, best_thresholds

# What scikit-learn says once for each of hundreds of fits, and what is as it must be with few songs of many classes.
_KNOWN_WARNINGS = (
    "Label .* is present in all|Label not .* is present in all",
    "The number of unique classes is greater than 50%",
    "Only one sample available",  # a class of one row has no spread of its own
    ".*class.*balanced.*",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedModel:
    """A model that can be asked about new songs.

    Attributes
    ----------
    names : of the columns it looks at
    classes : how many there are
    preparation : fitted transformers, in order
    estimator : fitted to class numbers (or indicators)
    temperature : of its decision values; 1 where it gives probabilities
    thresholds : (classes,) for multi-label data: a label is given at this score or more; None otherwise
    vote : how pieces answer together
    chosen : settings that the search took
    searched : (units, classes) scores of the training units from inner folds, NaN where there were none: what stacking learns from
    converged : whether its optimiser came to rest
    """

    names: tuple[str, ...]
    classes: int
    preparation: tuple[Any, ...]
    estimator: Any
    temperature: float = 1.0
    thresholds: Float64Array | None = None
    vote: Vote = "mean"
    chosen: Settings
    searched: Float64Array | None = None
    converged: bool = True

    def row_scores(self, values: FloatArray) -> Float64Array:
        """Score rows of its columns, (m, classes)."""
        prepared = np.asarray(values, dtype=np.float64)
        for step in self.preparation:
            prepared = step.transform(prepared)
        found, chances = raw_scores(self.estimator, prepared, classes=self.classes)
        return found if chances else to_chances(found, temperature=self.temperature, several=self.thresholds is not None)

    def score(self, table: FeatureTable) -> tuple[tuple[str, ...], Float64Array]:
        """Score the tracks of a table: ids in order of their first rows, and (tracks, classes).

        Raises
        ------
        InputError : if the table lacks a column.
        """
        missing = [name for name in self.names if name not in table.names]
        if missing:
            raise InputError(
                "features",
                found=f"no column {missing[0]!r}" + (f" and {len(missing) - 1} more" if len(missing) > 1 else ""),
                expected="the columns that the model learnt from",
                next_step="extract the same features",
            )
        ids = tuple(dict.fromkeys(table.ids))
        number = {name: index for index, name in enumerate(ids)}
        unit = np.array([number[name] for name in table.ids], dtype=np.int64)
        return ids, vote(self.row_scores(table.columns(self.names).values), unit, rule=self.vote)[1]


def fit_model(
    plan: ModelPlan,
    examples: Examples,
    train: IntArray,
    *,
    classes: int,
    valid: IntArray | None = None,
    options: EvaluationOptions = EvaluationOptions(),
    fixed: Settings | None = None,
) -> FittedModel:
    """Fit a model to units, tuning what its plan leaves open.

    Parameters
    ----------
    train : numbers of units to learn from
    valid : units to choose by; inner folds of `train` where there are none. The model is fitted to both in the end
    fixed : settings chosen before: no search

    Raises
    ------
    InputError : if no unit has features, or there is but one class to learn.
    """
    made = learner(plan.learner)
    valid = np.zeros(0, dtype=np.int64) if valid is None else valid
    whole = np.concatenate([train, valid])
    whole = whole[examples.has_rows[whole]]
    if not examples.multi_label:
        whole = whole[examples.targets[whole] >= 0]
        train, valid = train[np.isin(train, whole)], valid[np.isin(valid, whole)]
        if len(np.unique(examples.targets[train])) < 2:
            raise InputError(
                f"model {plan.learner}", found=f"{len(np.unique(examples.targets[train]))} class to learn", expected="two or more"
            )
    rows = examples.rows_of(whole)
    grid = _grid(made, plan, examples, rows, classes, options) if fixed is None else (fixed,)
    inner = _inner_folds(examples, train, valid, options)
    probe = _estimator(made, {**plan.settings, **grid[0]}, examples, options)
    needs_unseen = options.keep_unseen or len(grid) > 1 or examples.multi_label or not hasattr(probe, "predict_proba")
    temperature, thresholds, searched, best = 1.0, np.full(classes, 0.5), None, grid[0]
    if needs_unseen and inner:
        best, temperature, searched = _search(made, plan, grid, examples, inner, classes=classes, options=options)
        if examples.multi_label:
            judged = np.isfinite(searched).all(axis=1)
            thresholds = best_thresholds(examples.targets[judged], searched[judged])
    estimator = _estimator(made, {**plan.settings, **best}, examples, options)
    preparation = _fitted_preparation(plan, examples, rows)
    converged = _fit(estimator, _apply(preparation, examples.values[rows]), examples.targets[examples.unit[rows]])
    return FittedModel(
        names=examples.names,
        classes=classes,
        preparation=preparation,
        estimator=estimator,
        temperature=temperature,
        thresholds=thresholds if examples.multi_label else None,
        vote=options.vote,
        chosen=best,
        searched=searched,
        converged=converged,
    )


def unit_score(name: str, targets: IntArray, scores: FloatArray) -> float:
    """Judge scores of units as a search does: by the figure of that name, or by mean average precision for indicators."""
    if targets.ndim == 2:
        return areas(targets, scores)["pr_auc"]
    table = confusion(targets, np.argmax(scores, axis=1), classes=scores.shape[1])
    return float(table_figures(table)[name])


def _search(
    made: Learner,
    plan: ModelPlan,
    grid: Sequence[Settings],
    examples: Examples,
    inner: Sequence[tuple[IntArray, IntArray]],
    *,
    classes: int,
    options: EvaluationOptions,
) -> tuple[Settings, float, Float64Array]:
    """Find the best settings, the temperature of their decision values, and the scores of units that they had not seen."""
    rows = examples.rows_of(np.concatenate([judged for _, judged in inner]))
    place = np.full(len(examples.values), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    unseen = np.full((len(grid), len(rows), classes), np.nan)
    chances = True
    for learnt, judged in inner:
        learnt_rows, judged_rows = examples.rows_of(learnt), examples.rows_of(judged)
        preparation = _fitted_preparation(plan, examples, learnt_rows)
        learnt_values = _apply(preparation, examples.values[learnt_rows])
        judged_values = _apply(preparation, examples.values[judged_rows])
        for number, settings in enumerate(grid):
            estimator = _estimator(made, {**plan.settings, **settings}, examples, options)
            _fit(estimator, learnt_values, examples.targets[examples.unit[learnt_rows]])
            unseen[number, place[judged_rows]], chances = raw_scores(estimator, judged_values, classes=classes)
    unit = examples.unit[rows]
    best, best_score, best_temperature, best_units = 0, -np.inf, 1.0, np.zeros(0)
    units = np.unique(unit)
    for number in range(len(grid)):
        scores = unseen[number]
        temperature = 1.0 if chances else fit_temperature(scores, examples.targets[unit])
        if not chances:
            scores = to_chances(scores, temperature=temperature, several=examples.multi_label)
        voted = vote(scores, unit, rule=options.vote)[1]
        score = unit_score(options.scoring, examples.targets[units], voted)
        if score > best_score + 1e-12:  # of equally good ones the first, which is the simplest
            best, best_score, best_temperature, best_units = number, score, temperature, voted
    every = np.full((len(examples.ids), classes), np.nan)
    if len(best_units):
        every[units] = best_units
    return grid[best], best_temperature, every


def _grid(
    made: Learner, plan: ModelPlan, examples: Examples, rows: IntArray, classes: int, options: EvaluationOptions
) -> tuple[Settings, ...]:
    grid = plan.grid
    if grid is None:
        open_names = made.grid(rows=len(rows), columns=len(examples.names), classes=classes)
        # What the plan fixes is not searched; settings that then are the same are tried once.
        freed = [{name: value for name, value in settings.items() if name not in plan.settings} for settings in open_names]
        grid = tuple(settings for place, settings in enumerate(freed) if settings not in freed[:place])
    if not grid:
        return ({},)
    if 0 < options.random_tries < len(grid):
        drawn = np.random.default_rng(options.seed).choice(len(grid), options.random_tries, replace=False)
        return tuple(grid[number] for number in sorted(drawn))
    return tuple(grid)


def _inner_folds(examples: Examples, train: IntArray, valid: IntArray, options: EvaluationOptions) -> list[tuple[IntArray, IntArray]]:
    train = train[examples.has_rows[train]]
    valid = valid[examples.has_rows[valid]]
    if len(valid):
        return [(train, valid)]
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    groups = np.array([examples.groups[unit] for unit in train])
    folds = min(options.inner_folds, len(np.unique(groups)))
    if folds < 2:
        return []
    if examples.multi_label:
        parts = GroupKFold(folds, shuffle=True, random_state=options.seed).split(train, groups=groups)
        return [(train[learnt], train[judged]) for learnt, judged in parts]
    targets = examples.targets[train]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a class of fewer songs than folds: it is absent from some, as it must be
        try:
            parts = list(StratifiedGroupKFold(folds, shuffle=True, random_state=options.seed).split(train, targets, groups))
        except ValueError:  # every class is smaller than the folds are many
            parts = list(GroupKFold(folds, shuffle=True, random_state=options.seed).split(train, groups=groups))
    return [(train[learnt], train[judged]) for learnt, judged in parts if len(np.unique(targets[learnt])) > 1 and len(judged)]


def _estimator(made: Learner, settings: Settings, examples: Examples, options: EvaluationOptions) -> Any:
    # k neighbours cannot be more than there are rows: a grid knows the whole side, an inner fold is smaller.
    estimator = made.make(settings, seed=options.seed)
    if not examples.multi_label:
        return estimator
    from sklearn.multiclass import OneVsRestClassifier

    return OneVsRestClassifier(estimator)


def _fit(estimator: Any, values: FloatArray, targets: IntArray) -> bool:
    """Fit, and say whether the optimiser came to rest."""
    from sklearn.exceptions import ConvergenceWarning

    neighbours = getattr(estimator, "n_neighbors", None)
    if neighbours is not None and neighbours > len(values):
        estimator.set_params(n_neighbors=len(values))
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        for message in _KNOWN_WARNINGS:
            warnings.filterwarnings("ignore", message=message)
        estimator.fit(values, targets)
    for one in raised:
        if not issubclass(one.category, ConvergenceWarning):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return not any(issubclass(one.category, ConvergenceWarning) for one in raised)


def _fitted_preparation(plan: ModelPlan, examples: Examples, rows: IntArray) -> tuple[Any, ...]:
    from sklearn.base import clone

    steps = (MeanReplacer(), Scaler()) if plan.preparation is None else plan.preparation
    fitted = [clone(step) for step in steps]
    values = examples.values[rows]
    targets = examples.targets[examples.unit[rows]]
    for step in fitted:
        # Selectors look at classes; of several labels they see the rarest that a row has, which is one class for each row.
        values = step.fit(values, targets if targets.ndim == 1 else _one_label(targets)).transform(values)
    return tuple(fitted)


def _one_label(indicators: IntArray) -> IntArray:
    counts = indicators.sum(axis=0)
    return np.asarray(np.where(indicators == 1, -counts, -np.inf).argmax(axis=1), dtype=np.int64)


def _apply(preparation: Sequence[Any], values: FloatArray) -> Float64Array:
    found = np.asarray(values, dtype=np.float64)
    for step in preparation:
        found = step.transform(found)
    return found
