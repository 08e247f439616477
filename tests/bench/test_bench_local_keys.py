"""Signatures of ASAP, and the share of the time in which a key has the one of the page."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.bench.billboard import BillboardSong
from hexachord.bench.key import calibration_error, score_along
from hexachord.bench.local_keys import SignatureItem, load_signatures, measure_local_keys, read_signatures, share_of_time
from hexachord.errors import InputError
from hexachord.knowledge import Segments
from hexachord.score.builtin import builtin_score
from hexachord.score.formats import save_score

_HEADER = "folder,midi_performance,performance_annotations\n"


def _annotations(path: Path, lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines)
    return path


def test_signatures_hold_until_the_next(tmp_path: Path) -> None:
    path = _annotations(tmp_path / "x.txt", "0.5\t0.5\tdb,3/4,-3\n1.0\t1.0\tb\n2.0\t2.0\tb,,0\n4.0\t4.0\tdb\n")
    assert read_signatures(path) == ((0.5, 2.0, -3), (2.0, 4.0, 0))


@pytest.mark.parametrize("line", ["now\t1\tdb", "1.0\t1.0", "1.0\t1.0\tdb,4/4,many"])
def test_a_line_that_is_no_beat_is_shown(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match="the line"):
        read_signatures(_annotations(tmp_path / "x.txt", line))


def test_both_keys_of_a_signature_are_right() -> None:
    item = SignatureItem(id="x", path=Path(), signatures=((0.0, 10.0, 1),))
    spans = {"start_s": np.array([0.0, 5.0]), "end_s": np.array([5.0, 12.0])}
    assert share_of_time(item, Segments(label=("G major", "E minor"), **spans)) == 1.0
    assert share_of_time(item, Segments(label=("G major", "G minor"), **spans)) == 0.5


def test_a_piece_in_its_own_signature(tmp_path: Path) -> None:
    folder = tmp_path / "bench" / "asap"
    _annotations(folder / "invention.txt", "0.0\t0.0\tdb,3/8,-1\n40.0\t40.0\tdb\n")
    save_score(builtin_score("bach-invention-4"), folder / "invention.mid")
    row = "Bach/4,invention.mid,invention.txt\n"
    (folder / "metadata.csv").write_text(_HEADER + row + row + "Bach/5,gone.mid,gone.txt\n")
    items = load_signatures(tmp_path / "bench").items
    assert [item.id for item in items] == ["Bach/4"]
    found = measure_local_keys(items)
    assert found.items[0].metrics["local"] > 0.6


def test_calibration() -> None:
    sure = np.array([0.1, 0.1, 0.9, 0.9])
    assert calibration_error(sure, np.array([0.0, 0.0, 1.0, 1.0])) == pytest.approx(0.1)
    assert calibration_error(sure, np.array([1.0, 1.0, 0.0, 0.0])) == pytest.approx(0.9)


def _moving(tonics: tuple[str, ...], tonic_s: tuple[float, ...]) -> BillboardSong:
    silence = np.zeros((100, 12), dtype=np.float32)
    return BillboardSong(
        id="x", bass=silence, treble=silence, hop_s=0.1, start_s=0.0, chord_s=np.zeros((0, 2)), chord_labels=(),
        section_s=np.zeros((0, 2)), section_labels=(), tonics=tonics, metre="4/4", tonic_s=tonic_s,
    )  # fmt: skip


def test_keys_along_the_way_are_judged_by_the_tonic_and_the_clock() -> None:
    keys = Segments(start_s=np.array([0.0, 6.0]), end_s=np.array([6.0, 10.0]), label=("C# minor", "E major"))
    assert score_along(_moving(("Db", "E"), (0.0, 4.0)), keys) == pytest.approx({"heard_local": 0.8, "heard_local_moving": 0.8})
    assert score_along(_moving(("Db",), (0.0,)), keys) == pytest.approx({"heard_local": 0.6})
    assert score_along(_moving(("Db", "C#"), (0.0, 5.0)), keys) == pytest.approx({"heard_local": 0.6})
    assert score_along(_moving((), ()), keys) == {}
