"""`hexachord compose`: files in, files out, and bad input in words."""

import json

import pytest

from hexachord.score.abc import read_abc
from hexachord.score.formats import load_score, save_score
from hexachord.score.model import Score

SONG = 'X:1\nT:Tune\nM:3/4\nL:1/4\nQ:1/4=96\nK:G\n"G"B2 d|"C"e2 c|"D7"A2 c|"G"G3|]\n'
PLAIN = ("--engine", "chance", "--quiet")


@pytest.fixture
def tune(tmp_path):
    path = tmp_path / "tune.abc"
    path.write_text(SONG)
    return path


@pytest.mark.parametrize(
    ("tool", "options", "bars"),
    [
        ("continue", ("--bars", "3"), 7),
        ("infill", ("--bars", "2-3"), 4),
        ("fill", ("--lock", "bars 1-2 or chords"), 4),
        ("vary", ("--amount", "0.5"), 4),
        ("harmonise", (), 4),
        ("harmonise", ("--voices",), 4),
        ("accompany", ("--parts", "piano,bass"), 4),
        ("arrange", ("--level", "0.3"), 4),
        ("chords", ("--bars", "2"), 6),
    ],
)
def test_each_tool_writes_its_file(cli, tune, tmp_path, tool, options, bars):
    ran = cli("compose", tool, tune, "-o", tmp_path / "made.musicxml", *options, *PLAIN)
    assert ran.code == 0, ran.err
    assert ran.out.split() == [str(tmp_path / "made.musicxml")]
    assert len(load_score(tmp_path / "made.musicxml").bars) == bars


def test_generate_makes_candidates_and_facts(cli, tmp_path):
    ran = cli(
        "compose", "generate", "--bars", "4", "--key", "Bm", "--tempo", "90", "--sections", "AABA", "-n", "2", "--seed", "7",
        "-o", tmp_path / "new.mid", "--engine", "chance", "--json", "--range", "melody=C4-C6",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert [path.endswith(f"new-{number}.mid") for number, path in enumerate(told["files"], start=1)] == [True, True]
    assert (told["bars"], told["seed"], told["engine"], len(told["candidates"])) == (4, 7, "compose/chance", 2)
    assert load_score(told["files"][0]).tempos[0].quarter_bpm == pytest.approx(90, abs=0.01)


def test_a_tune_can_be_heard(cli, tune, tmp_path):
    ran = cli("compose", "continue", tune, "--bars", "1", "-o", tmp_path / "a.mid", "--listen", "--soundfont", "plain", *PLAIN)
    assert ran.code == 0, ran.err
    assert (tmp_path / "a.wav").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("infill", "{tune}", "--bars", "x"), ("--bars x", "5-8")),
        (("infill", "{tune}", "--bars", "3-9"), ("a piece of 4 bars",)),
        (("fill", "{tune}", "--lock", "bars 1-4 oder"), ("oder",)),
        (("continue", "{tune}", "-o", "a.txt"), (".txt",)),
        (("continue", "{empty}"), ("no notes",)),
        (("continue", "{tune}", "--range", "melody"), ("melody=C4-C6",)),
        (("continue", "{tune}", "--model", "nothing.onnx", "--engine", "rows"), ("no such file",)),
        (("generate", "--metre", "4/5"), ("4/5",)),
    ],
)
def test_bad_wishes_are_put_into_words(cli, tune, tmp_path, arguments, words):
    save_score(Score(parts=read_abc("X:1\nK:C\nz4|").parts), tmp_path / "empty.musicxml")
    filled = [text.format(tune=tune, empty=tmp_path / "empty.musicxml") for text in arguments]
    ran = cli("compose", *filled, *(() if "--engine" in filled else ("--engine", "chance")))
    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
