"""From predictions to figures with intervals, and from two models' predictions to whether one is better.

Intervals draw songs: in each resample every song counts as often as it was drawn, with all its rows.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from hexachord.arrays import BoolArray, Float64Array, IntArray
from hexachord.learning.evaluation.result import Comparison, Interval, ModelResult, Predictions
from hexachord.metrics import classification, tagging
from hexachord.metrics.bootstrap import percentile_interval, song_weights
from hexachord.metrics.mcnemar import disagreements, exact_p_value

_AREA_DRAWS = 300  # areas cost more than counts, and their ends move by less than a hundredth from here


def judge(
    predictions: Predictions,
    *,
    name: str,
    classes: Sequence[str],
    songs: Mapping[str, str] | None = None,
    about: str = "",
    top: Sequence[int] = (3,),
    resamples: int = 1000,
    seed: int = 0,
    train_metrics: Mapping[str, float] | None = None,
    chosen: Sequence[str] = (),
    fit_s: float = 0.0,
    predict_s: float = 0.0,
    baseline: bool = False,
) -> ModelResult:
    """Compute every figure of a model's predictions, each with its 95 % interval over songs.

    Anything that gives scores of tracks can be judged: a network trained elsewhere stands in the same table.

    Parameters
    ----------
    songs : the song of each track, where tracks are parts of songs; each its own if None

    Raises
    ------
    ValueError : if predictions are empty or do not fit.
    """
    if not len(predictions.ids):
        raise ValueError(f"{name} was judged by no track")
    where = _song_numbers(predictions.ids, songs)
    weights = song_weights(int(where.max()) + 1, resamples=resamples, seed=seed)
    judged = _labels if predictions.truth.ndim == 2 else _classes
    metrics, per_class, confusion = judged(predictions, classes, where, weights, top=top)
    return ModelResult(
        name=name,
        about=about,
        metrics=metrics,
        per_class=per_class,
        confusion=confusion,
        predictions=predictions,
        train_metrics=dict(train_metrics or {}),
        chosen=tuple(chosen),
        fit_s=fit_s,
        predict_s=predict_s,
        baseline=baseline,
    )


def compare(
    first: ModelResult, second: ModelResult, *, songs: Mapping[str, str] | None = None, resamples: int = 1000, seed: int = 0
) -> Comparison:
    """Compare two models on the same tracks.

    The gain is in top-1 (in exactly right label sets for multi-label data), its interval over songs that both saw in every draw. For
    McNemar's test a track that was judged several times, by repeated splits, counts once: by its mean scores.

    Raises
    ------
    ValueError : if the models were not judged by the same rows.
    """
    one, other = first.predictions, second.predictions
    if one.ids != other.ids or not np.array_equal(one.folds, other.folds):
        raise ValueError(f"{first.name} and {second.name} were not judged by the same tracks")
    where = _song_numbers(one.ids, songs)
    difference = _right(one).astype(np.float64) - _right(other)
    weights = song_weights(int(where.max()) + 1, resamples=resamples, seed=seed)
    gains = (weights @ np.bincount(where, difference)) / (weights @ np.bincount(where))
    only_first, only_second = disagreements(_right(_once(one)), _right(_once(other)))
    return Comparison(
        first=first.name,
        second=second.name,
        gain=_interval(float(difference.mean()), gains),
        only_first=only_first,
        only_second=only_second,
        p_value=exact_p_value(only_first, only_second),
    )


def _classes(
    predictions: Predictions, classes: Sequence[str], where: IntArray, weights: Float64Array, *, top: Sequence[int]
) -> tuple[dict[str, Interval], dict[str, dict[str, Interval]], IntArray]:
    truth, scores, count = predictions.truth, predictions.scores, len(classes)
    classification.validate(truth, scores)
    cells = truth * count + np.argmax(scores, axis=1)
    by_song = np.zeros((weights.shape[1], count * count))
    np.add.at(by_song, (where, cells), 1.0)
    table = by_song.sum(axis=0).reshape(count, count).astype(np.int64)
    drawn = (weights @ by_song).reshape(-1, count, count)
    draws = classification.table_figures(drawn)
    metrics = {name: _interval(float(value), draws[name]) for name, value in classification.table_figures(table).items()}
    rows = np.bincount(where)
    for k in top:
        hits = classification.top_k_hits(truth, scores, k=k).astype(np.float64)
        metrics[f"top{k}"] = _interval(float(hits.mean()), (weights @ np.bincount(where, hits)) / (weights @ rows))
    found = tagging.one_against_rest(truth, scores)
    areas = tagging.resampled_areas(truth[:, None] == np.arange(count), scores, weights[:_AREA_DRAWS, where], micro=False)
    metrics |= {name: _interval(value, areas[name]) for name, value in found.items()}
    return metrics, _each(classes, classification.class_figures(table), classification.class_figures(drawn)), table


def _labels(
    predictions: Predictions, classes: Sequence[str], where: IntArray, weights: Float64Array, *, top: Sequence[int]
) -> tuple[dict[str, Interval], dict[str, dict[str, Interval]], IntArray]:
    truth, scores = predictions.truth, predictions.scores
    decided = _decided(predictions)
    counts = np.zeros((3, weights.shape[1], len(classes)))
    for part, hits in enumerate((truth & decided, decided, truth)):
        np.add.at(counts[part], where, hits.astype(np.float64))
    whole, drawn = counts.sum(axis=1), np.stack([weights @ part for part in counts])
    each, every = _from_counts(drawn), _from_counts(drawn.sum(axis=2))
    rows = weights @ np.bincount(where)
    wrong = (decided != truth).astype(np.float64)
    draws = {
        "f1_macro": each.f1.mean(axis=1),
        "f1_micro": every.f1,
        "precision_macro": each.precision.mean(axis=1),
        "recall_macro": each.recall.mean(axis=1),
        "exact_match": (weights @ np.bincount(where, wrong.max(axis=1) == 0)) / rows,
        "hamming_loss": (weights @ np.bincount(where, wrong.mean(axis=1))) / rows,
        **tagging.resampled_areas(truth, scores, weights[:_AREA_DRAWS, where]),
    }
    metrics = {name: _interval(value, draws[name]) for name, value in tagging.evaluate(truth, scores, decided=decided).items()}
    return metrics, _each(classes, _from_counts(whole), each), np.zeros((0, 0), dtype=np.int64)


def _from_counts(counts: Float64Array) -> classification.ClassFigures:
    right, said, support = counts
    one = np.ones_like(right)
    return classification.ClassFigures(
        precision=np.divide(right, said, out=0.0 * one, where=said > 0),
        recall=np.divide(right, support, out=0.0 * one, where=support > 0),
        f1=np.divide(2.0 * right, said + support, out=0.0 * one, where=said + support > 0),
        support=support,
    )


def _each(classes: Sequence[str], found: classification.ClassFigures, drawn: classification.ClassFigures) -> dict[str, dict[str, Interval]]:
    absent = drawn.support == 0  # a draw without the class says nothing of it
    result: dict[str, dict[str, Interval]] = {}
    for number, name in enumerate(classes):
        support = float(found.support[number])
        result[name] = {"support": Interval(value=support, low=support, high=support)}
        for figure in ("precision", "recall", "f1"):
            values = np.where(absent[:, number], np.nan, getattr(drawn, figure)[:, number])
            result[name][figure] = _interval(float(getattr(found, figure)[number]), values)
    return result


def _interval(value: float, draws: Float64Array) -> Interval:
    low, high = percentile_interval(draws)
    return Interval(value=value, low=low, high=high)


def _song_numbers(ids: Sequence[str], songs: Mapping[str, str] | None) -> IntArray:
    names = list(ids) if songs is None else [songs.get(name, name) for name in ids]
    return np.asarray(np.unique(np.asarray(names), return_inverse=True)[1], dtype=np.int64)


def _decided(predictions: Predictions) -> IntArray:
    if predictions.decided is not None:
        return np.asarray(predictions.decided, dtype=np.int64)
    return np.asarray(predictions.scores >= 0.5, dtype=np.int64)


def _right(predictions: Predictions) -> BoolArray:
    if predictions.truth.ndim == 2:
        return np.asarray((_decided(predictions) == predictions.truth).all(axis=1), dtype=np.bool_)
    return np.asarray(np.argmax(predictions.scores, axis=1) == predictions.truth, dtype=np.bool_)


def _once(predictions: Predictions) -> Predictions:
    """Each track once, in the order of names, with its mean scores."""
    ids, first, number = np.unique(np.asarray(predictions.ids), return_index=True, return_inverse=True)
    if len(ids) == len(predictions.ids):
        return predictions
    counts = np.bincount(number)[:, None]
    scores = np.zeros((len(ids), predictions.scores.shape[1]))
    np.add.at(scores, number, predictions.scores)
    decided = None
    if predictions.truth.ndim == 2:
        ballots = np.zeros_like(scores)
        np.add.at(ballots, number, _decided(predictions).astype(np.float64))
        decided = np.asarray(ballots * 2 >= counts, dtype=np.int64)
    return Predictions(
        ids=tuple(str(name) for name in ids),
        folds=np.zeros(len(ids), dtype=np.int64),
        truth=predictions.truth[first],
        scores=scores / counts,
        decided=decided,
    )
