"""`hexachord learn` on excerpts of real music: from files to a table, a model, guesses and figures."""

import csv
import json
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import load_audio, save_audio
from hexachord.learning.datasets.labelled import load_table
from hexachord.learning.datasets.lists import load_list
from hexachord.learning.datasets.table_files import load_labelled, table_about

SECONDS = 5.0


@pytest.fixture(scope="module")
def excerpts(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three artists with five tracks each, five seconds of each, as artist/track."""
    if not (data_dir / "bench/artists/index.csv").is_file():
        pytest.skip("no bench/artists")
    folder = tmp_path_factory.mktemp("excerpts")
    by_artist = defaultdict(list)
    with open(data_dir / "bench/artists/index.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_artist[row["artist"]].append(row["file"])
    chosen = [name for name, files in by_artist.items() if len(files) >= 5][:3]
    for name in chosen:
        for file in by_artist[name][:5]:
            sound = load_audio(data_dir / "bench/artists" / file, rate_hz=22050, mono=True, start_s=4.0, end_s=4.0 + SECONDS)
            (folder / name).mkdir(exist_ok=True)
            save_audio(sound, folder / name / f"{Path(file).stem}.flac")
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXACHORD_CACHE", str(tmp_path_factory.getbasetemp() / "learn-cache"))


FEATURES = ("--families", "timbre,spectral", "--no-song-numbers", "--workers", "0")


def copy_with_faults(excerpts: Path, folder: Path) -> Path:
    """The excerpts, a copy under another name and class, a silent file and one that is no sound."""
    shutil.copytree(excerpts, folder)
    first, second = sorted(path.name for path in folder.iterdir())[:2]
    shutil.copy(min((folder / first).iterdir()), folder / second / "the same.flac")
    sound = load_audio(min((folder / first).iterdir()))
    save_audio(type(sound)(samples=np.zeros_like(sound.samples), rate_hz=sound.rate_hz), folder / first / "silent.flac")
    (folder / first / "broken.flac").write_bytes(b"no music")
    return folder


@pytest.mark.data
def test_a_collection_is_looked_through(cli, excerpts, tmp_path):
    folder = copy_with_faults(excerpts, tmp_path / "songs")
    ran = cli("learn", "check", folder, "--out", "check", "--workers", "0", "--folds", "2")
    assert ran.code == 0, ran.err
    for words in ("in short:", "the same samples: 1", "cannot be read: 1", "tracks", "LUFS", "check/split.json"):
        assert words in ran.out
    told = json.loads(Path("check/check.json").read_text())
    assert told["integrity"]["tracks"] == 18
    copies = [copy for copy in told["integrity"]["copies"] if copy["exact"]]
    assert len(copies) == 1
    assert not copies[0]["labels_agree"]
    assert "the same" in copies[0]["first"] + copies[0]["second"]
    assert [name for name in told["integrity"]["silent"] if "silent.flac" in name]
    assert [name for name in told["integrity"]["unreadable"] if "broken.flac" in name]
    assert any("one recording under two labels" in problem for problem in told["problems"])
    assert len(told["split"]["folds"]) == 2
    assert {path.name for path in Path("check").iterdir()} == {
        "check.json", "check.txt", "dataset.csv", "index.csv", "index.json", "split.json",
    }  # fmt: skip
    assert "one recording under two labels" in Path("check/check.txt").read_text()
    assert len(load_list("check/dataset.csv")) == 18


@pytest.mark.data
def test_from_recordings_to_guesses(cli, excerpts, tmp_path):
    pytest.importorskip("sklearn")
    ran = cli("learn", "features", excerpts, "-o", "t.csv", "--pieces", "2", *FEATURES, "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["rows"] == 15 * 3  # two of two seconds, and what is left: half of one or more
    assert len(told["classes"]) == 3
    table = load_table("t.csv")
    assert table.table.values.shape == (told["rows"], told["columns"])
    assert set(table.labels) == set(told["classes"])
    assert json.loads(table_about("t.csv")["pooling"])["chunk_s"] == 2.0

    ran = cli("learn", "table", "t.csv", "-m", "gradient-boosting", "--folds", "3", "--save", "m.npz")
    assert ran.code == 2  # said before anything is judged
    assert "without pickle" in ran.err
    assert ran.out == ""
    ran = cli("learn", "table", "t.csv", "-m", "knn:k=3", "-m", "svm-linear", "--folds", "3", "--save", "m.npz", "--json")
    assert ran.code == 0, ran.err
    models = {model["name"]: model for model in json.loads(ran.out)["evaluation"]["models"]}
    assert models["knn:k=3"]["metrics"]["top1"][0] > models["majority"]["metrics"]["top1"][0]
    assert np.sum(models["knn:k=3"]["confusion"]) == 15  # songs, not pieces

    song = min(excerpts.rglob("*.flac"))
    ran = cli("learn", "predict", "m.npz", song, tmp_path / "missing.flac", "--json", "--workers", "0", "-o", "g.csv")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["predictions"][0]["labels"] == [song.parent.name]  # it has heard this one
    assert sum(told["predictions"][0]["scores"].values()) == pytest.approx(1.0)
    assert "missing.flac" in told["skipped"][0]["error"]
    assert Path("g.csv").read_text().splitlines()[0] == "id,predicted," + ",".join(told["classes"])
    ran = cli("learn", "predict", "m.npz", "t.csv")
    assert ran.code == 0, ran.err
    assert sum(line.count(song.parent.name) > 0 for line in ran.out.splitlines()) >= 5


@pytest.mark.data
def test_a_model_is_judged_by_music_it_has_not_heard_and_each_time_counts(cli, excerpts, tmp_path):
    pytest.importorskip("sklearn")
    learnt, other = tmp_path / "learnt", tmp_path / "other"
    for artist in sorted(excerpts.iterdir()):
        for number, song in enumerate(sorted(artist.iterdir())):
            side = learnt if number < 3 else other
            (side / artist.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(song, side / artist.name / song.name)
    assert cli("learn", "features", learnt, "-o", "t.npz", *FEATURES).code == 0
    assert cli("learn", "table", "t.npz", "-m", "svm-linear", "--on-training", "--save", "m.npz").code == 0
    for times in (1, 2):
        ran = cli("learn", "evaluate", "m.npz", "--on", other, "--workers", "0", "--json")
        assert ran.code == 0, ran.err
        told = json.loads(ran.out)
        assert told["openings"] == times
    assert [model["name"] for model in told["evaluation"]["models"]] == ["majority", "m"]
    assert np.sum(told["evaluation"]["models"][1]["confusion"]) == 6
    ran = cli("learn", "evaluate", "m.npz", "--on", learnt, "--workers", "0")
    assert ran.code == 2
    assert "only files that the model learnt from (9)" in ran.err
    ran = cli("learn", "evaluate", "m.npz", "--on", excerpts, "--workers", "0", "--log", "log.jsonl")
    assert ran.code == 0, ran.err
    assert "9 files that the model learnt from are left out" in ran.err
    assert "opened the first time" in ran.out
    assert len(Path("log.jsonl").read_text().splitlines()) == 1


@pytest.mark.data
def test_tables_go_through_every_format(cli, excerpts):
    for name in ("t.csv", "t.jsonl", "t.arff", "t.svm", "t.npz"):
        ran = cli("learn", "features", excerpts, "-o", name, *FEATURES)
        assert ran.code == 0, ran.err
    first = load_labelled("t.csv")
    for name in ("t.jsonl", "t.arff", "t.svm", "t.npz"):
        again = load_labelled(name)
        np.testing.assert_allclose(again.table.values, first.table.values, rtol=1e-12)
        assert again.labels == first.labels
        assert again.table.names == first.table.names
    for source, target in (("t.csv", "u.arff"), ("u.arff", "u.svm"), ("u.svm", "u.jsonl"), ("u.jsonl", "u.npz"), ("u.npz", "u.csv")):
        assert cli("learn", "convert", source, target).code == 0
    back = load_labelled("u.csv")
    np.testing.assert_allclose(back.table.values, first.table.values, rtol=1e-12)
    assert back.labels == first.labels
    assert table_about("u.csv")["pooling"] == table_about("t.csv")["pooling"]
    ran = cli("learn", "convert", excerpts, "files.csv", "--index", "--json", "--workers", "0")
    assert ran.code == 0, ran.err
    with open("files.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 15
    assert all(abs(float(row["duration_s"]) - SECONDS) < 0.05 and row["codec"] and not row["error"] for row in rows)
    assert cli("learn", "convert", excerpts, "list.jsonl").code == 0
    assert len(load_list("list.jsonl")) == 15


@pytest.mark.data
def test_names_of_other_tools(cli, excerpts):
    ran = cli("learn", "features", excerpts, "-o", "t.csv", "--names", "librosa", *FEATURES)
    assert ran.code == 0, ran.err
    names = load_labelled("t.csv").table.names
    assert {"mfcc_03.mean", "spectral_centroid.std"} <= set(names)
    song = min(excerpts.rglob("*.flac"))
    told = json.loads(cli("learn", "describe", song, "--names", "essentia", "--json").out)
    assert len(told["lowlevel"]["mfcc"]["mean"]) == 20
    ours = json.loads(cli("learn", "describe", song, "--json").out)
    assert told["lowlevel"]["mfcc"]["mean"][2] == pytest.approx(ours["timbre"]["mfcc_03"]["mean"], rel=1e-6)
    ran = cli("learn", "describe", song, "--families", "timbre")
    assert "timbre/mfcc" in ran.out
    assert "spectral/" not in ran.out
    ran = cli("learn", "describe", song, "--names", "mirtoolbox")
    assert ran.code == 0, ran.err


@pytest.mark.data
def test_embeddings_are_tables_too(cli, excerpts):
    pytest.importorskip("sklearn")
    ran = cli("learn", "embed", excerpts, "-o", "e.npz", "--workers", "0", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["rows"], told["engine"]) == (15, "embedding/production")
    assert cli("learn", "table", "e.npz", "-m", "knn:k=1", "--on-training", "--save", "m.npz").code == 0
    song = max(excerpts.rglob("*.flac"))
    ran = cli("learn", "predict", "m.npz", song, "--json")
    assert json.loads(ran.out)["predictions"][0]["labels"] == [song.parent.name]
    ran = cli("learn", "embed", song, "-o", "one.csv", "--engine", "nobody")
    assert ran.code == 2
    assert "embedding/musicnn" in ran.err


def test_descriptors_are_explained(cli):
    ran = cli("learn", "describe", "--list")
    assert ran.code == 0
    for words in ("spectral/centroid_hz", "rhythm/danceability", "Streich", "tempograms/"):
        assert words in ran.out
    rows = json.loads(cli("learn", "describe", "--list", "--families", "dynamics", "--json").out)["descriptors"]
    assert {row["family"] for row in rows} == {"dynamics"}


def test_engines_of_embeddings_are_listed(cli):
    names = [row["name"] for row in json.loads(cli("engines", "embedding", "--json").out)["engines"]]
    assert names[0] == "embedding/production"
    assert {"embedding/musicnn", "embedding/mert"} <= set(names)


def test_help_loads_neither_torch_nor_sklearn():
    said = (
        "import sys; from hexachord.cli.app import main; main(['learn', '--help']); "
        "print([name for name in ('torch', 'sklearn', 'scipy') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
    for name in ("check", "convert", "features", "describe", "embed", "table", "predict", "evaluate", "teach"):
        assert f" {name} " in ran.stdout


@pytest.mark.slow
def test_pages_that_teach(cli):
    pytest.importorskip("sklearn")
    ran = cli("learn", "teach", "lessons", "--json")
    assert ran.code == 0, ran.err
    pages = [Path(page) for page in json.loads(ran.out)["files"]]
    assert pages[0].name == "index.html"
    assert len(pages) >= 6
    assert all(page.stat().st_size > 2000 for page in pages)
