"""The bench of artists: split by track or judged by another folder, beside its baseline."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
sys.path.append(str(Path(__file__).parents[1] / "journeys" / "recipes"))

from small_artists import ARTISTS, song

from hexachord.audio import save_audio
from hexachord.bench.artists import _given, _load, _with_test, drawn, run
from hexachord.bench.harness import run_bench
from hexachord.errors import InputError


def write_folder(root: Path, *, first: int, songs: int, artists=tuple(ARTISTS), seconds: float = 6.0) -> Path:
    """Write ``root/artists`` as the bench data have it."""
    folder = root / "artists"
    folder.mkdir(parents=True)
    rows = []
    for artist in artists:
        for number in range(first, first + songs):
            name = f"{artist}__{number}.wav"
            save_audio(song(artist if artist in ARTISTS else "organ", number, seconds=seconds), folder / name)
            rows.append((name, artist, f"{artist}-package", "x"))
    with open(folder / "index.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "artist", "package", "source_file"), *rows])
    return root


def test_twenty_splits_by_track(tmp_path):
    split = drawn(_load(write_folder(tmp_path, first=0, songs=4, seconds=0.2) / "artists"))
    assert len(split.folds) == 20
    assert split.group == "song"
    assert len({tuple(fold.test) for fold in split.folds}) > 10


def test_a_test_folder_is_judged_whole_and_unknown_artists_are_left_out(tmp_path):
    learnt = _load(write_folder(tmp_path / "a", first=0, songs=2, seconds=0.2) / "artists")
    more = _load(write_folder(tmp_path / "b", first=9, songs=1, artists=("organ", "harp"), seconds=0.2) / "artists")
    whole = _with_test(learnt, more)
    fold = _given(learnt, whole).folds[0]
    assert len(fold.train) == 6
    assert [whole.tracks[row].id for row in fold.test] == ["test/organ__9.wav"]
    assert any("harp" in line for line in whole.skipped)
    strangers = _load(write_folder(tmp_path / "c", first=0, songs=1, artists=("harp",), seconds=0.2) / "artists")
    with pytest.raises(InputError, match="no artist"):
        _with_test(learnt, strangers)


def test_missing_data_are_named_and_other_benches_take_no_test_folder(tmp_path):
    (tmp_path / "bench").mkdir()
    assert "index.csv" in run(tmp_path).skipped[0]
    with pytest.raises(InputError, match="learns nothing"):
        run_bench("speed", data=tmp_path, test=tmp_path)


@pytest.mark.slow
def test_artists_of_their_own_sound_are_told_apart(tmp_path):
    data = write_folder(tmp_path / "a", first=0, songs=3)
    test = write_folder(tmp_path / "b", first=20, songs=2)
    found = run_bench("artists", data=data, test=test)
    assert found.metrics["top1"] == 1.0
    assert found.metrics["top1_gain"] == pytest.approx(found.metrics["top1"] - found.metrics["top1_baseline"])
    assert found.metrics["top1_gain_low"] <= found.metrics["top1_gain"] <= found.metrics["top1_gain_high"]
    assert len(found.items) == 6
    assert np.isfinite(list(found.metrics.values())).all()
