"""What reads beats from a network's chances in the proof, and how it is scored."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from beat_hearing import by_kind, decode, means, score_clip


@pytest.mark.parametrize("metre", [3, 4])
def test_the_decoder_reads_ideal_chances(metre: int) -> None:
    beat_s = 0.3 + np.arange(60) * 60.0 / 127.0
    position = np.arange(60) % metre + 1
    chance = np.full((round(beat_s[-1] / 0.02) + 20, 2), 0.01, dtype=np.float32)
    frame = np.rint(beat_s / 0.02).astype(int)
    chance[frame, 0] = 0.95
    chance[frame[position == 1], 1] = 0.9
    heard = decode(chance)
    assert score_clip(beat_s, position, heard) == {"beat_f": 1.0, "downbeat_f": 1.0, "metre_acc": 1.0}
    assert np.abs(heard.beats_s - beat_s).max() < 0.015


def test_nothing_heard_is_no_beats() -> None:
    heard = decode(np.full((500, 2), 0.001, dtype=np.float32))
    assert len(heard.beats_s) == 0
    assert heard.beats_per_bar == 0
    assert score_clip(np.arange(10.0), np.zeros(10, dtype=np.int64), heard) == {"beat_f": 0.0}


def test_means_leave_out_what_is_missing() -> None:
    rows = {"a/1": {"x": 1.0}, "a/2": {"x": 3.0, "y": 5.0}, "b/1": {"y": 7.0}}
    assert means(rows.values()) == {"x": 2.0, "y": 6.0}
    assert by_kind(rows) == {"a": {"x": 2.0, "y": 5.0}, "b": {"y": 7.0}}
