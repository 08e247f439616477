"""The parts of an evaluation, each alone: temperature, votes, twins, curves' parts, judging without a model."""

from dataclasses import replace

import numpy as np
import pytest
from lab_tables import folds, songs_in_pieces, wine

from hexachord.errors import InputError
from hexachord.learning.datasets.split import Fold
from hexachord.learning.evaluation.chunk_twin import chunk_twin
from hexachord.learning.evaluation.examples import bring_together, mfcc_columns
from hexachord.learning.evaluation.judging import judge
from hexachord.learning.evaluation.plan import EvaluationOptions
from hexachord.learning.evaluation.result import Predictions
from hexachord.learning.evaluation.scoring import fit_temperature, to_chances, vote
from hexachord.metrics.tagging import average_precision

RANDOM = np.random.default_rng(11)


def test_a_temperature_makes_sure_as_sure_as_right() -> None:
    truth = RANDOM.integers(0, 4, 2000)
    honest = RANDOM.normal(size=(2000, 4)) + 1.5 * np.eye(4)[truth]  # log-odds that mean what they say need a temperature of 1/1.5
    for boast in (0.1, 1.0, 10.0):
        temperature = fit_temperature(boast * honest, truth)
        chances = to_chances(boast * honest, temperature=temperature, several=False)
        sure, right = chances.max(axis=1), chances.argmax(axis=1) == truth
        assert sure.mean() == pytest.approx(right.mean(), abs=0.03)
        np.testing.assert_array_equal(chances.argmax(axis=1), honest.argmax(axis=1))


def test_a_class_never_seen_has_no_chance() -> None:
    chances = to_chances(np.array([[1.0, -np.inf, 0.0]]), temperature=1.0, several=False)
    assert chances[0, 1] == 0.0
    assert chances.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("rule", ["mean", "max", "median", "majority", "product"])
def test_pieces_vote_whatever_their_order(rule: str) -> None:
    scores, unit = RANDOM.dirichlet(np.ones(3), 20), np.repeat([4, 2, 9, 0], 5)
    units, voted = vote(scores, unit, rule=rule)  # type: ignore[arg-type]
    order = RANDOM.permutation(20)
    again, shuffled = vote(scores[order], unit[order], rule=rule)  # type: ignore[arg-type]
    assert units.tolist() == again.tolist() == [0, 2, 4, 9]
    np.testing.assert_allclose(voted, shuffled)
    if rule == "mean":
        np.testing.assert_allclose(voted[2], scores[:5].mean(axis=0))


def test_a_twin_of_folds_judges_every_piece_once() -> None:
    dataset, table = songs_in_pieces()
    examples = bring_together(dataset, table, group="song")
    twin, twin_folds = chunk_twin(examples, folds(dataset, 3).folds)
    judged = np.concatenate([twin.rows_of(fold.test) for fold in twin_folds])
    assert sorted(judged) == list(range(len(table.ids)))
    for fold in twin_folds:
        both = {twin.songs[unit] for unit in fold.train} & {twin.songs[unit] for unit in fold.test}
        assert len(both) == len(dataset)  # every song stands on both sides


def test_a_twin_of_hold_outs_holds_as_much_out() -> None:
    dataset, table = songs_in_pieces(pieces=10)
    examples = bring_together(dataset, table, group="song")
    order = RANDOM.permutation(24)
    split = tuple(Fold(train=np.roll(order, shift)[5:], test=np.roll(order, shift)[:5]) for shift in (0, 7))
    twin, twin_folds = chunk_twin(examples, split)
    assert len(twin_folds) == 2
    for fold in twin_folds:
        share = len(twin.rows_of(fold.test)) / (len(twin.rows_of(fold.test)) + len(twin.rows_of(fold.train)))
        assert share == pytest.approx(5 / 24, abs=0.06)


def test_a_twin_without_pieces_tears_groups_apart() -> None:
    dataset, table = wine()
    examples = bring_together(dataset, table, group="song")
    twin, twin_folds = chunk_twin(examples, folds(dataset, 4).folds)
    assert sorted(np.concatenate([fold.test for fold in twin_folds])) == list(range(178))
    shares = [np.bincount(twin.targets[fold.test], minlength=3) for fold in twin_folds]
    assert np.ptp(shares, axis=0).max() <= 1  # each class is dealt evenly


def test_mfcc_means_and_deviations_are_found_by_name() -> None:
    dataset, table = wine()
    names = ("timbre/mfcc_01/mean", "timbre/mfcc_01/std", "timbre/mfcc_01/skew", "timbre/mfcc_delta_02/mean", "tone/key/mean", "song/tempo")
    found = bring_together(dataset, replace(table, names=names, values=table.values[:, :6]), group="song")
    assert [found.names[column] for column in mfcc_columns(found)] == [names[0], names[1], names[3]]


def test_intervals_are_of_songs() -> None:
    """Twenty pieces of each of ten songs, all right or all wrong together: the interval is that of ten, not of two hundred."""
    right = RANDOM.random(10) < 0.6
    ids = tuple(f"song {row // 20} piece {row}" for row in range(200))
    scores = np.where(np.repeat(right, 20)[:, None], [0.9, 0.1], [0.1, 0.9])
    said = Predictions(ids=ids, folds=np.zeros(200, dtype=np.int64), truth=np.zeros(200, dtype=np.int64), scores=scores)
    songs = {name: name.rpartition(" piece")[0] for name in ids}
    wide = judge(said, name="m", classes=("a", "b"), songs=songs, top=()).metrics["top1"]
    narrow = judge(said, name="m", classes=("a", "b"), top=()).metrics["top1"]
    assert wide.value == narrow.value == pytest.approx(right.mean())
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)
    with pytest.raises(ValueError, match="judged by no track"):
        judge(Predictions(ids=(), folds=np.zeros(0, int), truth=np.zeros(0, int), scores=np.zeros((0, 2))), name="m", classes=("a", "b"))


def test_a_network_judged_elsewhere_gets_the_same_figures() -> None:
    truth = RANDOM.integers(0, 2, (60, 3))
    scores = np.clip(truth * 0.4 + RANDOM.random((60, 3)) * 0.6, 0, 1)
    said = Predictions(ids=tuple(map(str, range(60))), folds=np.zeros(60, dtype=np.int64), truth=truth, scores=scores)
    found = judge(said, name="cnn", classes=("a", "b", "c"))
    assert found.metrics["pr_auc"].value == pytest.approx(np.mean([average_precision(truth[:, k], scores[:, k]) for k in range(3)]))
    for interval in found.metrics.values():
        assert interval.low <= interval.value + 0.02
        assert interval.value <= interval.high + 0.02


@pytest.mark.parametrize(
    ("options", "words"),
    [({"scoring": "f1"}, "scoring"), ({"inner_folds": 1}, "inner folds"), ({"curve": (0.0,)}, "curve"), ({"vote": "loud"}, "vote")],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        EvaluationOptions(**options)  # type: ignore[arg-type]
