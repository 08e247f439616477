"""Numbers instead of classes: tempo, year, arousal. The same care: fitted to training sides, tuned inside them, judged by songs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray
from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset
from hexachord.learning.datasets.split import Split
from hexachord.learning.estimators.registry import Learner, Settings, learner
from hexachord.learning.evaluation.crossing import in_words
from hexachord.learning.evaluation.result import Interval
from hexachord.learning.features.scaling import Scaler
from hexachord.learning.features.selection import MeanReplacer
from hexachord.learning.features.table import FeatureTable
from hexachord.metrics import regression
from hexachord.metrics.bootstrap import statistic_interval

MEAN = "mean"
DEFAULT_LEARNERS = ("ridge-regression", "svr", "forest-regression")


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberResult:
    """A model that guesses a number.

    Attributes
    ----------
    name : of the learner; ``mean`` says the training side's mean of everything
    metrics : ``mse mae r2``, each with its interval over songs
    ids, folds : (n,) tracks judged, and in which fold
    truth, predicted : (n,)
    chosen : by fold, in words
    baseline : whether it is there to be beaten
    """

    name: str
    metrics: Mapping[str, Interval]
    ids: tuple[str, ...]
    folds: IntArray
    truth: Float64Array
    predicted: Float64Array
    chosen: tuple[str, ...] = ()
    baseline: bool = False


def evaluate_numbers(
    dataset: Dataset,
    table: FeatureTable,
    values: FloatArray,
    split: Split,
    *,
    learners: Sequence[str] = DEFAULT_LEARNERS,
    inner_folds: int = 3,
    resamples: int = 500,
    seed: int = 0,
) -> tuple[NumberResult, ...]:
    """Judge learners of numbers by a split; the mean stands first. What a track's pieces say is averaged.

    Parameters
    ----------
    values : (tracks,) to be guessed; NaN where unknown: such tracks take no part

    Raises
    ------
    InputError : for a learner of something else, values of another length, or nothing to judge.
    """
    known = np.asarray(values, dtype=np.float64)
    if known.shape != (len(dataset),):
        raise InputError(dataset.name, found=f"{known.shape} values", expected=f"one for each of its {len(dataset)} tracks")
    made = [learner(name) for name in learners]
    for one in made:
        if one.task != "numbers":
            raise InputError(f"model {one.name}", found=f"a learner of {one.task}", expected="a learner of numbers")
    number = {name: index for index, name in enumerate(dataset.ids)}
    rows = np.array([row for row, name in enumerate(table.ids) if name in number and np.isfinite(known[number[name]])], dtype=np.int64)
    unit = np.array([number[table.ids[row]] for row in rows], dtype=np.int64)
    features, songs = table.values[rows], dataset.groups("song")
    groups = np.array(dataset.groups(split.whole))
    results = []
    contenders: list[Learner | None] = [None, *made]
    for contender in contenders:
        found: list[tuple[IntArray, IntArray, Float64Array]] = []
        chosen = []
        for place, fold in enumerate(split.folds):
            learn, judge = np.isin(unit, np.concatenate([fold.train, fold.valid])), np.isin(unit, fold.test)
            if not judge.any() or not learn.any():
                continue
            if contender is None:
                said = np.full(int(judge.sum()), known[np.unique(unit[learn])].mean())
            else:
                grid = contender.grid(rows=int(learn.sum()), columns=features.shape[1], classes=1)
                best = _best(contender.name, grid, features[learn], known[unit[learn]], groups[unit[learn]], inner_folds, seed)
                said = _predicted(contender.name, best, features[learn], known[unit[learn]], features[judge], seed)
                chosen.append(in_words(best))
            units, inverse, counts = np.unique(unit[judge], return_inverse=True, return_counts=True)
            found.append((units, np.full(len(units), place), np.bincount(inverse, said) / counts))
        if not found:
            raise InputError(dataset.name, found="no test track with a value and features", expected="at least one")
        units, folds, predicted = (np.concatenate(parts) for parts in zip(*found, strict=True))
        truth = known[units]
        results.append(
            NumberResult(
                name=MEAN if contender is None else contender.name,
                metrics=_metrics(truth, predicted, [songs[index] for index in units], resamples, seed),
                ids=tuple(dataset.ids[index] for index in units),
                folds=folds.astype(np.int64),
                truth=truth,
                predicted=predicted,
                chosen=tuple(chosen),
                baseline=contender is None,
            )
        )
    return tuple(results)


def _best(
    name: str, grid: Sequence[Settings], features: Float64Array, truth: Float64Array, groups: FloatArray, folds: int, seed: int
) -> Settings:
    """The settings with the least squared error in inner folds that keep groups together; of equals the first."""
    folds = min(folds, len(np.unique(groups)))
    if len(grid) < 2 or folds < 2:
        return grid[0]
    from sklearn.model_selection import GroupKFold

    errors = np.zeros(len(grid))
    for learn, judge in GroupKFold(folds, shuffle=True, random_state=seed).split(features, groups=groups):
        for place, settings in enumerate(grid):
            said = _predicted(name, settings, features[learn], truth[learn], features[judge], seed)
            errors[place] += np.square(said - truth[judge]).sum()
    return grid[int(np.argmin(errors))]


def _predicted(name: str, settings: Settings, features: Float64Array, truth: Float64Array, unseen: Float64Array, seed: int) -> Float64Array:
    replacer = MeanReplacer().fit(features)
    scaler = Scaler().fit(replacer.transform(features))
    # The target is standardised too, so that penalties and margins mean the same whatever its unit.
    centre, spread = truth.mean(), truth.std() or 1.0
    model = learner(name).make(settings, seed=seed).fit(scaler.transform(replacer.transform(features)), (truth - centre) / spread)
    return np.asarray(model.predict(scaler.transform(replacer.transform(unseen))) * spread + centre, dtype=np.float64)


def _metrics(truth: Float64Array, predicted: Float64Array, songs: Sequence[str], resamples: int, seed: int) -> dict[str, Interval]:
    functions = {"mse": regression.mean_squared_error, "mae": regression.mean_absolute_error, "r2": regression.r_squared}
    found = {}
    for name, function in functions.items():

        def drawn(rows: IntArray, measure: Callable[[FloatArray, FloatArray], float] = function) -> float:
            return measure(truth[rows], predicted[rows])

        low, high = statistic_interval(songs, drawn, resamples=resamples, seed=seed)
        found[name] = Interval(value=function(truth, predicted), low=low, high=high)
    return found
