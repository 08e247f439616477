"""Stretches of chorales that the network learns from."""

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from chorale_clips import TWINS, crop, draw_mask, read_grids

from hexachord.composition.chorale.network import CODES, COLUMNS, DOWN, MASKED, MOVED_CLASSES, OUTSIDE, VOICES


def a_chorale() -> np.ndarray:
    soprano = np.repeat([72, 74, 76, 77, 79, 77, 76, 74], 4)
    return np.stack([soprano, soprano - 5, soprano - 9, soprano - 24], axis=1)


def test_masks_hide_something_and_are_of_every_kind():
    random = np.random.default_rng(0)
    shares = np.array([draw_mask(64, random).mean(axis=0) for _ in range(400)])
    assert (shares.sum(axis=1) > 0).all()
    below = (shares[:, 0] == 0) & (shares[:, 1:] == 1).all(axis=1)
    assert below.mean() > 0.02  # a soprano alone
    assert (shares == 1).all(axis=1).mean() < 0.1


@pytest.mark.parametrize("seed", range(20))
def test_targets_are_what_is_masked_and_weights_sum_to_one(seed):
    codes, targets, known = crop(a_chorale(), np.random.default_rng(seed), beats=16)
    assert codes.shape == (64, COLUMNS)
    assert (codes.min() >= 0, codes.max() < CODES, targets.max() < MOVED_CLASSES) == (True, True, True)
    assert known.sum() == pytest.approx(1.0)
    seen = codes[:, :VOICES]
    assert ((known > 0) == (seen == MASKED)).all()
    there = (seen != MASKED) & (seen != OUTSIDE)
    assert (seen[there] == targets[there]).all()
    move = codes[0, VOICES] - DOWN
    assert ((targets[known > 0] - DOWN - move >= 0) & (targets[known > 0] - DOWN - move < 50)).all()


def test_twins_of_other_sides_do_not_teach(data_dir):
    assert len(read_grids(data_dir, "train")) == 210 - len(TWINS)
