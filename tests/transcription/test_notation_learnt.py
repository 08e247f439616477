"""What notation learnt from pages: hands, patterns of beats, where notes end."""

import numpy as np
import pytest

from hexachord.score.builtin import builtin_score
from hexachord.score.notes import note_array
from hexachord.transcription.notation.beat_patterns import DIVISIONS, beat_patterns, division_of
from hexachord.transcription.notation.hands import right_hand_chances, split_hands
from hexachord.transcription.notation.values import CANDIDATES, FEATURES, candidates, describe, note_ends


@pytest.mark.parametrize(("name", "least"), [("bach-invention-4", 0.97), ("scale", 0.97), ("bumblebee", 0.95)])
def test_hands_of_pages_that_nobody_learnt_from(name: str, least: float) -> None:
    notes = note_array(builtin_score(name))
    end_s = notes["onset_s"] + 0.9 * notes["duration_s"]
    assert np.mean(split_hands(notes["onset_s"], end_s, notes["pitch"]) == notes["staff"]) >= least


def test_hands_do_not_depend_on_the_order_of_notes_nor_cross_in_a_chord() -> None:
    random = np.random.default_rng(0)
    onset = np.repeat(np.arange(40) * 0.4, 4)
    pitch = np.concatenate([random.choice(np.arange(36.0, 90.0), 4, replace=False) for _ in range(40)])
    hand = split_hands(onset, onset + 0.3, pitch)
    shuffled = random.permutation(len(onset))
    chance = right_hand_chances(onset, onset + 0.3, pitch)
    assert right_hand_chances(onset[shuffled], onset[shuffled] + 0.3, pitch[shuffled]) == pytest.approx(chance[shuffled], abs=1e-5)
    for moment in np.unique(onset):
        chord = onset == moment
        left, right = pitch[chord & (hand == 2)], pitch[chord & (hand == 1)]
        assert not len(left) or not len(right) or left.max() <= right.min()
    assert len(split_hands(np.zeros(0), np.zeros(0), np.zeros(0))) == 0


def test_common_rhythms_cost_less_than_rare_ones() -> None:
    simple, compound = beat_patterns(False), beat_patterns(True)
    quarter, eighths, odd = 1, 1 | 1 << 12, 1 | 1 << 5
    assert simple.of(quarter) < simple.of(eighths) < simple.of(odd)
    thirds = 1 | 1 << 8 | 1 << 16
    assert compound.of(thirds) < simple.of(thirds)
    same = np.diag(simple.after)
    assert (same[DIVISIONS.index(3)] < np.delete(simple.after[DIVISIONS.index(3)], DIVISIONS.index(3))).all()
    assert [division_of(pattern) for pattern in (0, quarter, eighths, thirds)] == [1, 1, 2, 3]


def test_candidates_lie_after_onsets_and_are_told_once() -> None:
    onset = np.array([0.0, 0.0, 0.5, 1.0, 3.0])
    end, possible = candidates(onset, np.array([0.75, 0.5, 1.0, 2.0, 3.5]), np.array([0.0, 4.0]))
    assert end.shape == possible.shape == (5, CANDIDATES)
    assert (end[possible] > np.repeat(onset, possible.sum(axis=1))).all()
    for row, some in zip(end, possible, strict=True):
        assert len(np.unique(np.round(row[some], 6))) == some.sum()
    assert describe(onset, onset + 0.4, np.full(5, 60.0), np.array([0.0, 4.0]), end, period_s=0.5).shape == (5, CANDIDATES, FEATURES)


def test_notes_let_go_early_end_where_the_next_begins_and_real_rests_stay() -> None:
    onset = np.arange(16) * 0.5
    ends = note_ends(onset, onset + 0.4, onset + 0.5, np.full(16, 64.0) + np.arange(16) % 5, np.arange(0, 9, 4.0), period_s=0.6)
    assert np.mean(np.isclose(ends, onset + 0.5)) >= 0.9
    sparse = np.arange(8) * 2.0
    short = note_ends(sparse, sparse + 0.48, sparse + 0.5, np.full(8, 64.0), np.arange(0, 17, 4.0), period_s=0.6)
    assert np.median(short - sparse) <= 1.0
    assert len(note_ends(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(1), period_s=0.5)) == 0
