"""Stretches of a few songs: in keys that fit, with something left to write."""

import numpy as np
import pytest

from hexachord.composition.clips import on_vocabulary
from hexachord.composition.scores import clip_of
from hexachord.composition.vocabulary import FIELDS, KIND, PITCH, Vocabulary
from hexachord.learning.personal_crops import PersonalCrops, draw_given, stretches
from hexachord.score.abc import read_abc

WORDS = Vocabulary()
TUNE = "X:1\nM:3/4\nL:1/4\nK:G\n" + "|".join(["G B d", "e e c", "A A c", "G3"] * 10) + "|]\n"


@pytest.fixture(scope="module")
def clip():
    return on_vocabulary(clip_of(read_abc(TUNE), vocabulary=WORDS, style="tune"), WORDS)


def test_crops_fit_come_in_many_keys_and_leave_something_to_write(clip):
    crops = PersonalCrops(songs=[clip], vocabulary=WORDS, rows=60)
    drawn = [crops.draw(np.random.default_rng(seed)) for seed in range(60)]
    assert all(0 < len(crop.rows) <= 60 for crop in drawn)
    assert np.mean([crop.scored[:, PITCH].any() for crop in drawn]) > 0.9
    lowest = {int(crop.rows[crop.scored[:, PITCH], PITCH].min()) for crop in drawn if crop.scored[:, PITCH].any()}
    assert len(lowest) >= 10
    assert np.array_equal(crops.draw(np.random.default_rng(4)).rows, drawn[4].rows)


def test_packed_lines_are_full_and_what_counts_is_told(clip):
    rows, wanted, counts = PersonalCrops(songs=[clip], vocabulary=WORDS, rows=100).packed(np.random.default_rng(0), lines=3)
    assert rows.shape == (3, 101, len(FIELDS))
    assert wanted.shape == counts.shape == (3, 100, len(FIELDS))
    assert np.array_equal(rows[:, 1:], wanted)
    assert (wanted[..., KIND] > 0).all()
    assert (wanted[..., PITCH][counts[..., PITCH]] > 0).all()


def test_stretches_tell_the_whole_song_once(clip):
    found = stretches(clip, vocabulary=WORDS, rows=60)
    assert len(found) > 1
    assert sum(int(crop.scored[:, PITCH].sum()) for crop in found) == len(clip.notes)
    assert sum(len(crop.bar_rows) for crop in found) >= len(clip.bars)
    whole = stretches(clip, vocabulary=WORDS, rows=4000)
    assert len(whole) == 1


def test_a_bar_longer_than_all_rows_is_cut(clip):
    assert all(len(crop.rows) <= 8 for crop in stretches(clip, vocabulary=WORDS, rows=8))


def test_something_is_always_wanted_of_a_solo(clip):
    random = np.random.default_rng(0)
    given = [draw_given(clip, random)[0] for _ in range(200)]
    assert np.mean([mask.all() for mask in given]) < 0.05
    assert min(mask.mean() for mask in given) < 0.1 < 0.8 < max(mask.mean() for mask in given)
