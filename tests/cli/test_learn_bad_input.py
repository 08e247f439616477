"""`hexachord learn` and what is wrong with collections: said in words, with a next step, and nothing half-written."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

sys.path.append(str(Path(__file__).parents[1] / "learning/datasets"))

from small_music import write_tune

from hexachord.learning.datasets.labelled import load_table


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEXACHORD_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    """Two classes of two tunes, a class with one song, a silent file, a broken one, and names that are hard."""
    folder = tmp_path / "songs"
    for number, name in enumerate(
        ("jazz/one.wav", "jazz/" + "n" * 180 + ".wav", "ροκ [красный]/é (2).wav", "ροκ [красный]/日本.wav", "alone/a.wav")
    ):
        write_tune(folder / name, number, seconds=3.0)
    soundfile.write(folder / "jazz/silent.wav", np.zeros(30000), 16000)
    (folder / "jazz/broken.mp3").write_text("Dear diary")
    (folder / "jazz/empty.flac").touch()
    return folder


def test_what_cannot_be_described_is_left_out_and_named(cli, songs):
    ran = cli("learn", "features", songs, "-o", "t.csv", "--families", "timbre", "--workers", "0")
    assert ran.code == 0, ran.err
    table = load_table("t.csv")
    assert len(table.labels) == 5
    assert "ροκ [красный]" in table.labels
    assert {line.partition(": ")[2].partition(":")[0].rpartition("/")[2] for line in ran.err.splitlines()} == {
        "silent.wav", "broken.mp3", "empty.flac",
    }  # fmt: skip
    assert cli("learn", "features", songs, "-o", "t.csv", "--families", "timbre", "--workers", "0", "-q").err == ""


def test_a_check_goes_through_with_all_of_it(cli, songs):
    ran = cli("learn", "check", songs, "--workers", "0")
    assert ran.code == 0, ran.err
    for words in ("no split can be drawn", "classes with one song alone", "cannot be read: 2", "broken.mp3", "ροκ [красный]"):
        assert words in ran.out
    told = json.loads(cli("learn", "check", songs, "--workers", "0", "--json").out)
    assert told["split"] is None
    assert "classes with one song alone" in told["problems"][0]
    assert len(told["integrity"]["unreadable"]) == 2


def test_a_check_does_without_scikit_learn(tmp_path):
    folder = tmp_path / "songs"
    for number in range(4):
        write_tune(folder / f"{'ab'[number % 2]}/{number}.wav", number, seconds=3.0)
    said = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('sklearn', 'torch'): raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from hexachord.cli.app import main\n"
        f"sys.exit(main(['learn', 'check', {str(folder)!r}, '--workers', '0', '--folds', '2']))"
    )
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "2 folds by song" in ran.stdout
    assert "hexachord[learn]" in ran.stdout.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("0 bytes",)),
        ("path,label\n", ("no rows",)),
        ("path,genre\nsongs/jazz/one.wav,jazz\n", ("'genre'", "no column of labels")),
        ("path,label\nmissing.wav,jazz\n", ("missing.wav",)),
        ("colour,size\nred,3\n", ("colour",)),
        ("path,label\nsongs/jazz/one.wav\n", ()),
    ],
)
@pytest.mark.parametrize("command", ["check", "features"])
def test_bad_lists_are_explained(cli, songs, left_behind, command, text, words):
    Path("list.csv").write_text(text)
    before = left_behind()
    ran = cli("learn", command, "list.csv", *(["-o", "t.csv"] if command == "features" else []), "--workers", "0")
    assert ran.code == 2, ran.out + ran.err
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
    assert left_behind() == before


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("check", "nowhere"), ("nowhere", "no such folder")),
        (("features", "{songs}", "-o", "t.xlsx"), (".arff",)),
        (("features", "{songs}", "-o", "t.csv", "--families", "colour"), ("colour", "timbre")),
        (("features", "{songs}", "-o", "t.csv", "--statistics", "mean,hope"), ("hope",)),
        (("features", "{songs}", "-o", "t.csv", "--statistics", "mean,,std"), ("--statistics", "empty name")),
        (("features", "{songs}", "-o", "t.csv", "--label", "nothing", "--layout", "list"), ("list",)),
        (("describe",), ("--list",)),
        (("describe", "{songs}/jazz/silent.wav"), ("silence",)),
        (("describe", "{songs}/jazz/broken.mp3"), ("broken.mp3",)),
        (("describe", "{songs}/jazz/one.wav", "--families", "colour"), ("colour",)),
        (("embed", "{songs}/jazz/silent.wav", "-o", "e.csv"), ("silence",)),
        (("convert", "nowhere.arff", "x.csv"), ("nowhere.arff",)),
        (("convert", "{songs}", "x.arff"), ("hexachord learn features",)),
        (("convert", "{songs}", "x.jsonl", "--index"), (".csv",)),
        (("predict", "{songs}/jazz/one.wav", "{songs}/jazz/one.wav"), ("model",)),
        (("evaluate", "nothing.npz", "--on", "{songs}"), ("nothing.npz",)),
    ],
)
def test_bad_wishes_are_explained(cli, songs, left_behind, asked, words):
    ran = cli("learn", *(word.replace("{songs}", str(songs)) for word in asked))
    assert ran.code == 2, ran.out + ran.err
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
    assert left_behind() == []


def test_a_model_that_does_not_say_how_to_describe_is_refused(cli, songs):
    pytest.importorskip("sklearn")
    assert cli("learn", "table", "iris", "-m", "knn:k=1", "--on-training", "--save", "m.npz").code == 0
    ran = cli("learn", "predict", "m.npz", songs / "jazz/one.wav")
    assert ran.code == 2
    assert "hexachord learn features" in ran.err
    Path("rows.csv").write_text("id,petal length (cm),petal width (cm),sepal length (cm),sepal width (cm)\nmine,1.4,0.2,5.1,3.5\n")
    ran = cli("learn", "predict", "m.npz", "rows.csv")
    assert ran.code == 0, ran.err
    assert "setosa" in ran.out
    Path("rows.csv").write_text("id,petal length (cm)\nmine,1.4\n")
    ran = cli("learn", "predict", "m.npz", "rows.csv")
    assert ran.code == 2
    assert "sepal" in ran.err
    Path("torn.npz").write_bytes(Path("m.npz").read_bytes()[:300])
    assert cli("learn", "predict", "torn.npz", "rows.csv").code == 2


def test_a_table_about_which_lies_are_told(cli):
    Path("t.svm").write_text("1 1:2\n2 1:3\n")
    Path("t.svm.about.json").write_text("{")
    ran = cli("learn", "convert", "t.svm", "t.csv")
    assert ran.code == 2
    assert "t.svm.about.json" in ran.err
