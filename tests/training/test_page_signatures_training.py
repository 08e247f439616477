"""What is taught about signatures that change."""

import sys
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

import page_signatures

from hexachord.theory.page_signatures import LINE, VIEWS, steps_between


def page(bars: int, seed: int) -> page_signatures.Page:
    """Bars of noise under two signatures."""
    random = np.random.default_rng(seed)
    tonic = np.where(np.arange(bars) < bars // 2, 3, 10)
    view, line = random.random((bars, 12, VIEWS)), random.random((bars, LINE))
    return page_signatures.Page(f"musetrainer/{seed}", view, line, tonic, np.full(12, 1 / 12), True)


def batch(*lengths: int) -> page_signatures.Batch:
    return page_signatures.Batch([page(bars, seed) for seed, bars in enumerate(lengths)], np.random.default_rng(0))


def test_all_paths_are_all_paths() -> None:
    random, pages = np.random.default_rng(1), batch(3)
    scores, leave, enter = (random.normal(size=(3, 12)) for _ in range(3))
    moves = random.normal(size=12)
    table, totals = steps_between(moves), np.empty((12, 12, 12))
    for path in product(range(12), repeat=3):
        totals[path] = sum(scores[bar, state] for bar, state in enumerate(path))
        for bar, (before, after) in enumerate(pairwise(path)):
            if before != after:
                totals[path] += leave[bar, before] + enter[bar + 1, after] + table[before, after]
    chances = np.exp(totals - np.logaddexp.reduce(totals.ravel()))
    found, weight = page_signatures.all_paths(pages, scores, leave, enter, moves), float(pages.weight[0])
    assert found.log_sum == pytest.approx(weight * np.logaddexp.reduce(totals.ravel()))
    np.testing.assert_allclose(found.chance[1], weight * chances.sum(axis=(0, 2)), atol=1e-9)
    assert found.entered[1, 4] == pytest.approx(weight * (chances[:, 4].sum() - chances[4, 4].sum()))
    assert found.left[1, 4] == pytest.approx(weight * (chances[:, 4].sum() - chances[:, 4, 4].sum()))


def test_the_slope_is_the_slope() -> None:
    pages, random = batch(6, 4, 5), np.random.default_rng(2)
    numbers = random.normal(0.0, 0.1, sum(page_signatures._SIZES))
    decay = np.full(len(numbers), 1e-3)
    edges = np.concatenate([[0], np.cumsum(page_signatures._SIZES)[:-1]])
    _, slope = page_signatures.cost(numbers, pages, decay)
    for place in edges + 3:
        step = np.zeros(len(numbers))
        step[place] = 1e-5
        up, down = (page_signatures.cost(numbers + sign * step, pages, decay)[0] for sign in (1, -1))
        assert slope[place] == pytest.approx((up - down) / 2e-5, abs=1e-6)
