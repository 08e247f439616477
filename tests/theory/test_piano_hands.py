"""Two hands: who plays what, what cannot be played, how hard it is."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.score.formats import load_score
from hexachord.score.notes import note_array
from hexachord.theory.piano_hands import hand_faults, part_hands, piano_difficulty


def test_hands_keep_their_registers_and_their_reach() -> None:
    onset = np.repeat(np.arange(8) * 0.5, 3)
    pitch = np.tile([40, 52, 76], 8)
    assert part_hands(onset, pitch).reshape(8, 3).tolist() == [[0, 0, 1]] * 8
    wide = part_hands(np.zeros(6), np.array([36, 43, 48, 72, 76, 84]))
    assert wide.tolist() == [0, 0, 0, 1, 1, 1]
    assert part_hands(np.zeros(0), np.zeros(0, dtype=int)).tolist() == []


@pytest.mark.parametrize(
    ("onset", "pitch", "why"),
    [
        ([0.0, 0.0], [60, 77], "a stretch of 17 semitones"),
        ([0.0] * 6, [60, 61, 62, 63, 64, 65], "6 notes at once"),
        ([0.0, 0.05], [60, 60], "key 60 again after 50 ms"),
        ([0.0, 0.1], [48, 84], "a jump over 36 semitones in 100 ms"),
    ],
)
def test_what_no_hand_can(onset: list[float], pitch: list[int], why: str) -> None:
    start = np.array(onset)
    found = hand_faults(start, start + 0.04, np.array(pitch), np.ones(len(pitch), dtype=int))
    assert [fault.why for fault in found] == [why]


def test_a_scale_and_a_ninth_can_be_played() -> None:
    onset = np.append(np.arange(20) * 0.1, 2.0)
    pitch = np.append(60 + np.arange(20), 65)
    assert hand_faults(onset, onset + 0.1, pitch, np.ones(21, dtype=int)) == ()


@pytest.mark.parametrize("harder", ["faster", "wider", "altered", "uneven", "thicker"])
def test_each_criterion_makes_it_harder(harder: str) -> None:
    rng = np.random.default_rng(0)
    onset, pitch = np.arange(120) * 0.25, 60 + np.array([0, 2, 4, 5, 7])[rng.integers(0, 5, 120)]
    base = piano_difficulty(onset, pitch, np.ones(120, dtype=int))
    if harder == "faster":
        onset = onset / 2
    elif harder == "wider":
        pitch = pitch + 12 * rng.integers(0, 2, 120)
    elif harder == "altered":
        pitch = pitch + rng.integers(0, 2, 120)
    elif harder == "uneven":
        onset = np.cumsum(rng.choice([0.125, 0.25, 0.375, 0.5, 0.0834], 120))
    else:
        onset, pitch = np.repeat(onset, 2), np.stack([pitch, pitch + 7], axis=1).ravel()
    found = piano_difficulty(onset, pitch, np.ones(len(pitch), dtype=int))
    assert base is not None
    assert found is not None
    assert found.level > base.level + 0.02


def test_nothing_is_not_hard() -> None:
    none = np.zeros(0)
    assert piano_difficulty(none, none.astype(int), none.astype(int)) is None
    assert hand_faults(none, none, none.astype(int), none.astype(int)) == ()


def test_pieces_come_in_a_likely_order(data_dir: Path) -> None:
    folder = data_dir / "train"
    level = {}
    for name, word in (("easy", "Carol_of_the_Bells_easy"), ("middle", "Fur_Elise_fingered"), ("hard", "Chopin_-_Ballade_no._1")):
        path = next(path for path in sorted((folder / "musetrainer").glob("**/*.mxl")) if word in path.stem)
        notes = note_array(load_score(path))
        found = piano_difficulty(notes["onset_s"], notes["pitch"], (notes["staff"] == 1).astype(int))
        assert found is not None
        level[name] = found.level
        if name == "middle":  # hands that nobody wrote down are mostly those of the staves
            assert (part_hands(notes["onset_s"], notes["pitch"]) == (notes["staff"] == 1)).mean() > 0.85
    assert level["easy"] < level["middle"] < level["hard"]
