"""`hexachord compose chorale`."""

import json

import pytest

from hexachord.score.formats import load_score

TUNE = "X:1\nT:Tune\nM:3/4\nL:1/4\nK:G\nG|G2 A|B2 c|d2 c|B2 A|G2|]\n"
QUICK = ("--sweeps", "2", "--repairs", "1", "-n", "1")


@pytest.fixture
def tune(tmp_path):
    path = tmp_path / "tune.abc"
    path.write_text(TUNE)
    return path


def test_four_parts_are_written_and_told(cli, tune, tmp_path):
    ran = cli("compose", "chorale", tune, "-o", tmp_path / "made.musicxml", "--numerals", *QUICK)
    assert ran.code == 0, ran.err
    assert ran.out.split() == [str(tmp_path / "made.musicxml")]
    assert "faults per 100 moves" in ran.err
    assert "G major: " in ran.err
    made = load_score(tmp_path / "made.musicxml")
    assert [part.name for part in made.parts] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert len(made.bars) == 6


def test_json_says_candidates_and_harmony(cli, tune, tmp_path):
    ran = cli("compose", "chorale", tune, "-o", tmp_path / "made.mid", "--json", "--keep", "2", *QUICK, "-n", "2")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert len(told["files"]) == len(told["candidates"]) == 2
    assert told["seed"] == 0
    assert told["harmony"]
    assert "parallel fifths" in told["candidates"][0]["faults_per_100_moves"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--lock-part", "tenor"), "no such voice"),
        (("--lock-part", "soprano=Oboe"), "no such part"),
        (("--bars", "x"), "no bars"),
        (("--beat", "breve"), "no such note value"),
        (("--model", "weights.txt"), "the suffix '.txt'"),
    ],
)
def test_bad_options_are_named(cli, tune, options, found):
    ran = cli("compose", "chorale", tune, *QUICK, *options)
    assert ran.code == 2
    assert found in ran.err
