"""Hums beside tunes: the distance, and the ranks."""

import numpy as np
import pytest

from hexachord.bench.harness import run_bench
from hexachord.bench.hums import distance, ranked

TUNE = np.array([60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60])


def test_a_part_of_a_tune_is_at_no_distance():
    assert distance(TUNE[3:9] - TUNE[3], TUNE) == 0.0
    assert distance(np.sort(TUNE[3:9] - TUNE[3]), TUNE) > 0.0
    assert distance(TUNE[3:9] - TUNE[3] + 12 * np.array([0, 1, 0, 0, -1, 0]), TUNE) == 0.0  # octaves do not count


def test_each_mistake_costs():
    hum = np.array([0, 2, 0, -2, -3, -5, -7])
    assert distance(hum, TUNE) == 0.0
    wrong, more, fewer = hum.copy(), np.insert(hum, 3, 6), np.delete(hum, 4)
    wrong[3] += 1
    assert distance(wrong, TUNE) == pytest.approx(0.5 / 7)
    assert distance(more, TUNE) == pytest.approx(1 / 8)
    assert 0 < distance(fewer, TUNE) <= 1 / 6 + 1e-9


def test_who_is_as_near_stands_before():
    assert ranked({"a": 0.2, "b": 0.1, "c": 0.3}, "a") == {"hum_top1": 0.0, "hum_top3": 1.0, "hum_rank": 2.0}
    assert ranked({"a": 0.1, "b": 0.1}, "a")["hum_rank"] == 2.0
    assert ranked({"a": 0.1, "b": 0.2}, "a")["hum_top1"] == 1.0


def test_hums_find_their_tunes(data_dir):
    result = run_bench("hums", data=data_dir)
    assert len(result.items) == 5
    assert result.metrics["hum_top3"] == 1.0


def test_without_hums_it_says_so(tmp_path):
    (tmp_path / "bench").mkdir()
    assert "humming" in run_bench("hums", data=tmp_path / "bench").skipped[0]
