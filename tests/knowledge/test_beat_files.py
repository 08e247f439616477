"""Beats from files that people edit."""

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.knowledge import Beats, Knowledge
from hexachord.knowledge.beat_files import load_beats
from hexachord.knowledge.tables import knowledge_tables, label_tracks

BEATS = Beats(time_s=np.array([0.25, 0.751234, 1.25, 61.5]), position=np.array([2, 1, 2, 0]))


def test_what_we_write_we_read(tmp_path):
    known = Knowledge(duration_s=100.0, beats=BEATS)
    (tmp_path / "beats.txt").write_text(label_tracks(known)["beats"])
    (tmp_path / "beats.csv").write_text(knowledge_tables(known)["beats"].to_csv())
    for name in ("beats.txt", "beats.csv"):
        back = load_beats(tmp_path / name)
        assert back.time_s.tolist() == BEATS.time_s.tolist()
        assert back.position.tolist() == BEATS.position.tolist()


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("0.5\n1.0\n1.5\n", [0, 0, 0]),
        ("0.5 1\n1.0 2\n1.5 1\n", [1, 2, 1]),
        ("0.5,1\n1.0,2\n1.5,3\n", [1, 2, 3]),
        ("0.5;1\n1.0;2\n1.5;3\n", [1, 2, 3]),
        ("# by hand\n0.5\t12.1\n1.0\t12.2\n\n1.5\t12.3\n", [1, 2, 3]),
        ("0.5\t0.5\t\n1.0\t1.0\tbeat\n1.5\t1.5\t1\n", [0, 0, 1]),
        ("0.5\t0.5\n1.0\t1.0\n1.5\t1.5\n", [0, 0, 0]),
        ("Position,Time,who\n1,0.5,me\n2,1.0,me\n1,1.5,me\n", [1, 2, 1]),
        ("time\n0.5\n1.0\n1.5\n", [0, 0, 0]),
        ("0.5\t0.5\t1\n\\\t100.0\t200.0\n1.0\t1.0\t2\n1.5\t1.5\t1\n", [1, 2, 1]),
        ("\ufeff0.5 1\r\n1.0 2\r\n1.5 1\r\n", [1, 2, 1]),
    ],
)
def test_lists_of_many_kinds(tmp_path, text, positions):
    (tmp_path / "b.txt").write_text(text, newline="")
    found = load_beats(tmp_path / "b.txt")
    assert found.time_s.tolist() == [0.5, 1.0, 1.5]
    assert found.position.tolist() == positions


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no beats"),
        ("time_s\n", "without beats"),
        ("colour,mood\n1,2\n", "columns colour, mood"),
        ("0.5\n1.0\nmore\n", "line 3"),
        ("0.5\n\n0.4\n", "line 3"),
        ("0.5\n0.5\n", "ascend"),
        ("-1.0\n", "columns -1.0"),
    ],
)
def test_what_is_no_list_of_beats_is_refused_by_line(tmp_path, text, words):
    (tmp_path / "b.txt").write_text(text)
    with pytest.raises(InputError, match=r"b\.txt") as caught:
        load_beats(tmp_path / "b.txt")
    assert words in str(caught.value)
