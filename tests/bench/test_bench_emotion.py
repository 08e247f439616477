from pathlib import Path

import pytest

pytest.importorskip("sklearn")

from hexachord.bench.emotion import on_scale, run, score_table
from hexachord.learning.datasets.dataset import Dataset, Track


def test_sides_of_a_scale_become_classes_and_series_groups():
    tags = {"arousal": "-1", "series": "Mana"}
    listed = Dataset(name="v", tracks=(Track(id="a", labels=("1",), tags=tags), Track(id="b", labels=("-1",), tags=tags)))
    assert [track.label for track in on_scale(listed, "valence").tracks] == ["high", "low"]
    assert [track.label for track in on_scale(listed, "arousal").tracks] == ["low", "low"]
    assert on_scale(listed, "arousal").groups("series") == ("Mana", "Mana")


def test_a_score_without_notes_is_a_row_of_nothing():
    table = score_table(("a", "b"), [{"mode/x": 1.0}, {}])
    assert table.values[0, 0] == 1.0
    assert table.values[1, 0] != table.values[1, 0]


def test_a_missing_part_is_named(tmp_path: Path):
    (tmp_path / "bench").mkdir()
    found = run(tmp_path)
    assert found.metrics == {}
    assert "vgmidi" in found.skipped[0]


@pytest.mark.data
@pytest.mark.slow
def test_cues_in_the_notes_beat_the_rule_of_thumb(data_dir: Path):
    found = run(data_dir).metrics
    assert found["arousal_bacc"] > found["arousal_shuffled"] + 0.2
    assert found["valence_bacc"] > max(0.6, found["valence_rule"])
