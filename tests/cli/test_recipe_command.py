"""`hexachord recipe`: the list, a tiny run from MIDI to report, going on after it, and bad input in words."""

import json
import shutil
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "learning"))

from piano_files import save_songs, song_score

from hexachord.cli.recipe_commands import command_of
from hexachord.journeys.recipes import recipe as recipes
from hexachord.journeys.recipes.registry import RECIPES, find_recipe
from hexachord.score.formats import load_score, save_score

TINY = (
    "--steps", 8, "--width", 32, "--layers", 1, "--heads", 2, "--context", 128, "--pieces", 2, "--bars", 4, "--prompt-bars", 2,
    "--threads", 1, "--sheets", 1, "--soundfont", "plain",
)  # fmt: skip


def test_recipes_are_listed(cli):
    ran = cli("recipe")
    assert ran.code == 0
    assert "piano: Pop piano" in ran.out
    told = json.loads(cli("recipe", "--json").out)
    assert [each["name"] for each in told["recipes"]] == [recipe.name for recipe in RECIPES]
    assert "--prompt" in cli("recipe", "piano", "--help").out


def test_every_recipe_makes_a_command():
    for recipe in RECIPES:
        assert find_recipe(recipe.name) is recipe
        names = set(command_of(recipe).__annotations__)
        assert {"data", "out", "quiet", "json"} <= names
        assert recipe.target.partition(":")[0].startswith("hexachord.")


@pytest.mark.parametrize(
    "tokens", ["compound", pytest.param("remi", marks=pytest.mark.slow), pytest.param("midi-like", marks=pytest.mark.slow)]
)
def test_from_midi_to_a_report(cli, tmp_path, tokens):
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    data = save_songs(tmp_path / "data", 2)
    (data / "broken.mid").write_bytes(b"nothing of the kind")
    save_score(song_score(9, bars=3), tmp_path / "song_1.mid")
    asked = ("recipe", "piano", "--data", data, "--out", tmp_path / "run", "--tokens", tokens, "--prompt", tmp_path / "song_1.mid", *TINY)
    ran = cli(*asked, "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    run = tmp_path / "run"
    for name in told["files"]:
        assert (run / name).is_file(), name
    assert len(list((run / "midi").rglob("*.mid"))) == 6
    assert len(list((run / "continued").rglob("*.mid"))) == 3
    for path in (run / "midi").rglob("*.mid"):
        score = load_score(path)
        assert all(note.onset < 16 * score.ticks_per_quarter for part in score.parts for note in part.notes)
    best = told["numbers"]["best"]
    assert sorted(path.name for path in (run / "submission" / "task2").iterdir())[0] == "song_1.mid"
    document = json.loads((run / "report.json").read_text())
    assert document["rows"][0]["name"] == "real"
    assert [each["name"] for each in document["data"]["refused"]] == ["broken"]
    assert document["prompts"] == [{"name": "song_1", "bars": 2, "note": ""}]
    assert document["asked"]["seed"] == 0
    assert document["training"]["steps"] == 8
    page = (run / "report.html").read_text()
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert f"To listen to: {best}" in page
    assert "| H1, pitch-class entropy of a bar |" in (run / "report.md").read_text().replace("**", "")
    model = (run / "model" / "piano.onnx").stat().st_mtime_ns
    again = cli(*asked)  # everything is there already
    assert again.code == 0
    assert (run / "model" / "piano.onnx").stat().st_mtime_ns == model
    assert "nats a note" in again.out
    assert json.loads((run / "report.json").read_text())["numbers"] == document["numbers"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--data", "nowhere"), "no such folder"),
        (("--tokens", "octuple"), "compound, remi, midi-like"),
        (("--grid", "5"), "do not divide"),
        (("--sampling", "hot:heat=9"), "--sampling"),
        (("--sampling", "a:top_k=3", "--sampling", "a"), "names that differ"),
        (("--prompt-bars", "32"), "nothing left to write"),
        (("--wav", "some"), "best, all, none"),
        (("--prompt", "nowhere.mid"), "nowhere.mid"),
        (("--chords",), "no chord symbols"),
        (("--track", "tuba"), "tuba"),
    ],
)
def test_bad_input_in_words(cli, tmp_path, options, said):
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    asked = {"--data": str(save_songs(tmp_path / "data", 2))}
    ran = cli("recipe", "piano", "--out", tmp_path / "run", *(() if "--data" in options else asked.popitem()), *options, "--steps", "1")
    assert ran.code == 2, ran.err
    assert said in ran.err


def test_without_torch_it_says_what_to_install(cli, tmp_path, monkeypatch):
    found = recipes.importlib.util.find_spec
    monkeypatch.setattr(recipes.importlib.util, "find_spec", lambda name: None if name == "torch" else found(name))
    ran = cli("recipe", "piano", "--data", save_songs(tmp_path / "data", 2), "--out", tmp_path / "run")
    assert ran.code == 2
    assert "hexachord[train]" in ran.err
    assert not (tmp_path / "run").exists()


def test_a_folder_of_somebody_s_own_is_left_alone(cli, tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("words")
    ran = cli("recipe", "piano", "--data", save_songs(tmp_path / "data", 2), "--out", tmp_path / "run", "--steps", "1")
    assert ran.code == 2
    assert "no recipe made" in ran.err
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["thesis.txt"]


@pytest.mark.slow
@pytest.mark.data
def test_pop_songs_teach_something(cli, tmp_path, data_dir):
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    source = data_dir / "train" / "pop909"
    songs = sorted(path for path in source.iterdir() if path.is_dir())[:14] if source.is_dir() else []
    if not songs:
        pytest.skip("no POP909 here")
    for song in songs:
        shutil.copytree(song, tmp_path / "data" / song.name)
    ran = cli(
        "recipe", "piano", "--data", tmp_path / "data", "--out", tmp_path / "run", "--track", "piano", "--steps", 160, "--width", 64,
        "--layers", 2, "--heads", 2, "--context", 512, "--batch", 2, "--threads", 1, "--pieces", 4, "--bars", 32, "--wav", "none",
        "--sheets", 1, "--json", "--held-out", 0.2,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    document = json.loads((tmp_path / "run" / "report.json").read_text())
    curve = document["training"]["curve"]
    assert curve[-1]["held_out"] < curve[0]["held_out"] - 1.0
    assert document["nats"]["mean"] == pytest.approx(curve[-1]["held_out"], rel=0.15)
    assert document["data"]["layout"] == "pop909"
    assert len(document["data"]["held_out"]) == 3
    rows = {row["name"]: row for row in document["rows"]}
    assert rows["nucleus"]["means"]["notes_per_bar"]["mean"] > 2
    assert max(rows["nucleus"]["copied"]) < 60
    made = [load_score(path) for path in sorted((tmp_path / "run" / "midi" / "nucleus").iterdir())]
    assert len(made) == 4
    assert all(len({note.pitch % 12 for note in score.parts[0].notes}) > 4 for score in made)
