"""`hexachord render-artists`: a small corpus on the disk, its strength, and what it refuses."""

import csv
import json
from pathlib import Path

import pytest

from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.split import load_split

SMALL = ("--artists", "2", "--albums", "2", "--songs", "1", "--seconds", "2", "--workers", "1")


def test_without_music_it_says_what_is_missing(cli, tmp_path: Path) -> None:
    ran = cli("render-artists", str(tmp_path / "out"), "--data", str(tmp_path))
    assert ran.code == 2
    assert "no folder train/" in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_corpus_lies_where_it_was_asked_for(cli, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not find_instruments(load_split(), "train").names("font", covers="general"):
        pytest.skip("no font of the train side on this machine")
    monkeypatch.setenv("HEXACHORD_CACHE", str(tmp_path / "cache"))
    out = tmp_path / "artists"
    ran = cli("render-artists", str(out), "--data", str(data_dir), *SMALL, "--leads", str(tmp_path / "leads"), "--json")
    assert ran.code == 0
    said = json.loads(ran.out)
    assert said["songs"] == 4
    with Path(said["index"]).open(encoding="utf-8") as lines:
        assert all((out / row["path"]).exists() and (tmp_path / "leads" / row["path"]).exists() for row in csv.DictReader(lines))
    again = cli("render-artists", str(out), "--data", str(data_dir), *SMALL, "--mastering", "2")
    assert again.code == 2
    assert "mastered otherwise" in again.err
